"""Bank and social-security cards, and telephone numbers: checked loosely, for real ledgers hold all sorts."""

import re

from eldercare.identity.findings import Checked, error, warning
from eldercare.identity.reading import NO_NUMBER, as_text

HYPHENS = str.maketrans(dict.fromkeys("-‐‑‒–—−_.·", ""))
CARD_LENGTHS = range(16, 20)

COUNTRY = re.compile(r"(?a)(\+86|0086|^86(?=1[3-9]\d{9}$))")
MOBILE = re.compile(r"(?a)1[3-9]\d{9}")
LANDLINE = re.compile(r"(?a)(010|02\d|0[3-9]\d\d)?([2-9]\d{6,7})(?:(?:转|EXT|#)(\d{1,6}))?")
SEVERAL = re.compile(r"(?a)\d{6,}.*[^\d-].*\d{6,}")


def luhn_holds(digits: str) -> bool:
    """The Luhn sum: from the right every second digit doubled, digits added, a multiple of 10."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        number = int(digit) * (1 + place % 2)
        total += number - 9 if number > 9 else number
    return total % 10 == 0


def check_card(value: object, *, what: str = "银行卡号") -> Checked:
    """A card number. Only lost digits and foreign characters are errors: passbook accounts have other lengths
    and no Luhn digit.
    """
    text, problem = as_text(value, what=what)
    text = text.translate(HYPHENS)
    if problem is not None:
        return Checked(text, (problem,))
    if not text:
        return Checked("", (error("missing", f"没有填写{what}。"),))
    if not (text.isascii() and text.isdecimal()):
        return Checked(text, (error("characters", f"{what}应全是数字。"),))
    if not isinstance(value, str):
        return Checked(
            text, (warning("number_cell", f"{what}所在单元格是数字格式，开头的 0 会丢失，请核对。"),)
        )
    if len(text) not in CARD_LENGTHS:
        return Checked(
            text, (warning("length", f"{what}一般为 16 至 19 位，这里是 {len(text)} 位，请核对。"),)
        )
    if not luhn_holds(text):
        return Checked(text, (warning("checksum", f"{what}校验位不符，多半有一位写错，请核对。"),))
    return Checked(text)


def check_phone(value: object) -> Checked:
    """A mobile or landline number, stored as 13812345678, 0573-86012345, 86012345 or 0573-86012345-801."""
    text, problem = as_text(value, what="电话号码")
    if problem is not None:
        return Checked(text, (problem,))
    if not text:
        return Checked("", (error("missing", "没有填写电话号码。"),))
    if text in NO_NUMBER:
        return Checked(text, (error("no_number", "这里写的不是电话号码，没有电话的请留空。"),))
    digits = COUNTRY.sub("", re.sub(r"[-‐‑‒–—−_.·()\[\]]", "", text), count=1)
    if MOBILE.fullmatch(digits):
        return Checked(digits)
    landline = LANDLINE.fullmatch(digits)
    if landline:
        return Checked("-".join(part for part in landline.groups() if part))
    if SEVERAL.search(text):
        return Checked(text, (warning("several", "一格里有几个电话号码，请只留一个，其余填到联系人。"),))
    if not isinstance(value, str) and LANDLINE.fullmatch("0" + digits):
        return Checked(digits, (warning("area_code", "座机区号开头的 0 可能被 Excel 去掉了，请核对。"),))
    return Checked(text, (warning("form", "不像手机号或座机号，请核对。"),))
