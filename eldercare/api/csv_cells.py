"""Cells of the .csv files that the portal hands out: Excel takes a text that begins like a formula for one.

The workbooks (excel/writing.py) need none of this: there a text is stored as a text.
"""

import re

NUMBER = re.compile(r"[+-]?\d+(\.\d+)?").fullmatch
# Also as the wide letters of Chinese keyboards, which Excel reads alike.
STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def plain_cell(value: object) -> str:
    """Empty for None; a text that a spreadsheet would calculate begins with an apostrophe; a number stays one."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.lstrip(" ").startswith(STARTS) and not NUMBER(text) else text
