"""Texts, names of persons and codes."""

import datetime as dt
import re
import unicodedata

from eldercare.excel.cells.flawed import Flawed, error, note, warning
from eldercare.excel.columns import CellError, Column, Kind
from eldercare.identity import holds_id_number

EXACT = 10**15  # Excel keeps 15 digits of a number
LOST_DIGITS = (
    "Excel 丢失了末几位数字：这一格是数值 {}，不是文本，Excel 只保留前 15 位。"
    "请把整列设为“文本”格式，按原件重新填写；门户不会猜补。"
)
CODE_AS_NUMBER = "这一格是数值 {}，不是文本，开头的 0 可能已被 Excel 丢失。请把整列设为“文本”格式后重新填写。"
FORMULA_ERROR = "公式出错 {}，没有数值。请改正公式，或直接填写结果。"
NUMBER_IN_TEXT = "这一格里有身份证号。这一列会原样显示，不能写证件号码，请删去；号码只填在“证件号码”列。"
MASKED = "**"  # as in eldercare.encryption, which stores no text with it
MASKED_NUMBER = (
    "号码的中间几位隐去了（**），不能写入。请填完整的号码；这张表是从门户导出的，请改用“填好现有数据的模板”。"
)
NOT_CALCULATED = "公式没有计算结果。请用 WPS 或 Excel 打开，保存后再上传，或直接填写结果。"

_ORDINARY = re.compile("[!-~\u4e00-\u9fff\u3001\u3002\u300a\u300b（），：；·]+").fullmatch
_ONE_LINE_ASCII = re.compile("[!-~]+(?: [!-~]+)*").fullmatch


def _table() -> dict[int, str | None]:
    """Full-width letters and digits to plain ones, odd spaces to a space, what nobody sees away.

    Chinese punctuation stays: （） is the proper form in a name. Kangxi radicals and compatibility ideographs, which
    come from PDFs and look the same as the ordinary characters, become those.
    """
    table: dict[int, str | None] = {}
    for code in [*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B)]:
        table[code] = chr(code - 0xFEE0)
    table |= {ord(full): plain for full, plain in zip("－／．＃＆＋＝＠＿％＊", "-/.#&+=@_%*", strict=True)}
    table |= dict.fromkeys([0xA0, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x3000, 0x09], " ")
    invisible = [0xAD, 0x180E, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070), 0xFEFF]
    table |= dict.fromkeys(
        [*range(0x09), 0x0B, 0x0C, *range(0x0E, 0x20), 0x7F, *range(0x80, 0xA0), *invisible]
    )
    table |= dict.fromkeys([0x0D, 0x2028, 0x2029, 0x85], "\n")
    for code in [*range(0x2F00, 0x2FD6), *range(0xF900, 0xFB00)]:
        table[code] = unicodedata.normalize("NFKC", chr(code))
    return table


_PLAIN = _table()


def plain(text: str) -> str:
    """As it reads: no invisible characters, plain letters and digits, single spaces, trimmed; line breaks stay."""
    if _ORDINARY(text) or _ONE_LINE_ASCII(text):
        return text
    text = text.replace("\r\n", "\n").translate(_PLAIN)
    return "\n".join(line for line in (" ".join(each.split()) for each in text.split("\n")) if line)


def squeezed(text: str) -> str:
    """For codes, numbers, dates and comparison: NFKC, and no space at all."""
    if text.isascii():
        return "".join(text.translate(_PLAIN).split())
    return "".join(unicodedata.normalize("NFKC", text.translate(_PLAIN)).translate(_PLAIN).split())


def as_typed(value: object) -> str:
    """The cell as a person saw it in the sheet, as far as it can be told."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float | int):
        return number_text(value)
    if isinstance(value, dt.datetime):
        return value.isoformat(" ", "seconds")
    return str(value)


def number_text(value: float) -> str:
    """As Excel shows it: 15 digits, scientific from 12 digits of an unformatted cell would be guessing."""
    if isinstance(value, int) or value.is_integer():
        return str(int(value)) if abs(value) < EXACT else f"{value:.5E}".replace("E+0", "E+")
    return f"{value:.15g}"


def cell_error(value: CellError) -> Flawed:
    return error(FORMULA_ERROR.format(value.text) if value.text else NOT_CALCULATED)


_ERROR_TEXTS = frozenset(["#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!"])
_FIRST, _REST = "[0-9A-Za-z\u4e00-\u9fff]", "[!-~\u4e00-\u9fff\u3001\u3002\u300a\u300b（），：；·]"


def ordinary(column: Column) -> str:
    """Pattern of what needs no second look: begins with a letter, digit or Chinese character, holds nothing odd."""
    if column.kind is Kind.TEXT:
        return f"(?!.*[0-9]{{17}}){_FIRST}{_REST}{{0,{column.max_length - 1}}}"
    if column.kind is Kind.NAME and column.max_length >= 8:
        return "[\u4e00-\u9fff]{2,8}"
    if column.kind is Kind.CODE and column.max_length >= 12:
        longest = column.max_length
        return f"[0-9]{{2,{longest - 1}}}X?|[A-Z]{{1,6}}[0-9]{{1,{longest - 6}}}"
    return ""


# --- texts ---------------------------------------------------------------------------------------


def clean_text(text: str, column: Column) -> object:
    value = plain(text)
    if not value:
        return None
    if len(value) > column.max_length:
        return error(f"有 {len(value)} 个字，超过 {column.max_length} 个字的上限，请精简。")
    if value in _ERROR_TEXTS:
        return error(FORMULA_ERROR.format(value))
    if len(value) >= 18 and holds_id_number(value):
        return error(NUMBER_IN_TEXT)
    if "\ufffd" in value:
        return warning(value, "有乱码（�），请核对原件后改正。")
    return value


def text_of_other(value: object, column: Column) -> object:
    """A text column's cell that is no text."""
    if isinstance(value, bool):
        return note("TRUE" if value else "FALSE", f"这一格是逻辑值，按文字“{as_typed(value)}”读取。")
    if isinstance(value, int | float):
        if value != value or abs(value) == float("inf"):
            return error("这一格的数值不正常，请重新填写。")
        if abs(value) >= EXACT:
            return error(LOST_DIGITS.format(number_text(value)))
        shown = number_text(value)
        read = clean_text(shown, column)
        if isinstance(read, str) and float(shown) != value:
            return note(read, f"这一格是数值，按 Excel 显示的“{shown}”读取。")
        return read
    if isinstance(value, CellError):
        return cell_error(value)
    if isinstance(value, dt.datetime | dt.date):
        return warning(
            as_typed(value),
            f"这一格是日期 {as_typed(value)}；如果原来填的是“3-1”这样的文字，是 Excel 自动改成了日期，请设为文本后重新填写。",
        )
    if isinstance(value, dt.time | dt.timedelta):
        return warning(as_typed(value), f"这一格是时间 {as_typed(value)}，不是文字，请核对。")
    return clean_text(str(value), column)


# --- names of persons ----------------------------------------------------------------------------

_DOTS = str.maketrans(dict.fromkeys("•・‧∙●⋅．", "·"))
_STRANGE = re.compile(
    "[□?？*〇\ufffd\ue000-\uf8ff]|[A-Za-z]{1,3}(?=[\u4e00-\u9fff])|(?<=[\u4e00-\u9fff])[A-Za-z]"
)
_GAP = re.compile("(?<=[\u3400-\u9fff\U00020000-\U0003ffff]) +(?=[\u3400-\u9fff\U00020000-\U0003ffff])")


def clean_name(text: str, column: Column) -> object:
    value = clean_text(text, column)
    if not isinstance(value, str):
        return value
    joined = _GAP.sub("", value.replace("\n", " ").translate(_DOTS))
    if _STRANGE.search(joined):
        return warning(joined, "姓名里有看不清或代替用的字符，请核对身份证后改正。")
    if joined != value:
        return note(joined, f"姓名按“{joined}”读取（去掉了中间的空格，间隔号统一为“·”）。")
    return value


# --- codes ---------------------------------------------------------------------------------------

_SCIENTIFIC = re.compile(r"\d(?:\.\d+)?[Ee]\+?\d{1,3}").fullmatch
_QUOTED = re.compile(r'="(.*)"', re.DOTALL).fullmatch


def clean_code(text: str, column: Column) -> object:
    """An ID, a telephone number, an account: without spaces, upper case."""
    if quoted := _QUOTED(text.strip()):
        text = quoted.group(1)  # how many systems write a number into .csv so that Excel leaves it alone
    value = squeezed(text).lstrip("'`‘’").upper()
    if not value:
        return None
    if value in _ERROR_TEXTS:
        return error(FORMULA_ERROR.format(value))
    if _SCIENTIFIC(value):
        return error(LOST_DIGITS.format(value))
    if MASKED in value:
        return error(MASKED_NUMBER)
    if len(value) > column.max_length:
        return error(f"有 {len(value)} 个字符，超过 {column.max_length} 个的上限。")
    return value


def code_of_other(value: object, column: Column) -> object:
    if isinstance(value, bool):
        return error("这一格是逻辑值，不是号码，请设为文本后重新填写。")
    if isinstance(value, int | float):
        if value != value or abs(value) >= EXACT:
            return error(LOST_DIGITS.format(number_text(value)))
        shown = number_text(value)
        if shown.isdecimal() and len(shown) in column.digits:
            return shown
        return error(CODE_AS_NUMBER.format(shown))
    if isinstance(value, CellError):
        return cell_error(value)
    if isinstance(value, dt.datetime | dt.date | dt.time | dt.timedelta):
        return error(f"这一格是日期或时间 {as_typed(value)}，不是号码。请把整列设为“文本”格式后重新填写。")
    return clean_code(str(value), column)


def cleaners(column: Column):
    """(for texts, for anything else)"""
    if column.kind is Kind.CODE:
        return clean_code, code_of_other
    return (clean_name if column.kind is Kind.NAME else clean_text), text_of_other
