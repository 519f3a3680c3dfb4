"""What can be said about a person with a post, for the form and for an uploaded row. No database.

Keys of a row, all optional, values already read (dates are dates, a level is a number):

    name, id_number, id_reason, sex, born_on, phone, role, workplace
    employed_from, employed_to
    certificate (the kind), level, certificate_number, issued_on, expires_on
    facility_opened_on, facility_closed_on
"""

import datetime as dt
import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any

from eldercare.identity import CheckedId, Finding, Severity, check_id_number, check_phone, compare_with_id
from eldercare.identity.citizens import local_today
from facilities.rules.remarks import Remark

YOUNGEST = 16  # 禁止使用童工规定（国务院令第364号）第二条
OLDEST = 75  # above it a slip of the pen is likelier than a person at work
LEVELLED = frozenset({"skill_level", "qualification"})
ALWAYS_LEVELLED = frozenset({"skill_level"})
NEED_REASON = frozenset({"checksum", "rounded", "century", "foreigner", "age"})

# Old and new names of the five levels, and how people write them. Longest first: 高级技师 is not 高级.
_LEVEL_NAMES = (
    ("高级技师", 1), ("一级", 1), ("1级", 1), ("壹级", 1),
    ("技师", 2), ("二级", 2), ("2级", 2), ("贰级", 2),
    ("高级工", 3), ("高级", 3), ("三级", 3), ("3级", 3), ("叁级", 3),
    ("中级工", 4), ("中级", 4), ("四级", 4), ("4级", 4), ("肆级", 4),
    ("初级工", 5), ("初级", 5), ("五级", 5), ("5级", 5), ("伍级", 5),
)  # fmt: skip
_ROMAN = {"Ⅰ": "1", "Ⅱ": "2", "Ⅲ": "3", "Ⅳ": "4", "Ⅴ": "5"}
_AROUND = re.compile(r"养老护理员?|护理员?|职业技能等级|证书?|资格|国家职业|第|\s")
_BETWEEN = re.compile(r"[()\[\]【】、/,;:·_-]+")


def map_level(text: object) -> int | None:
    """5 … 1 for 初级/五级/初级工 … 高级技师/一级; None where nothing or several levels are meant."""
    if isinstance(text, bool) or text is None:
        return None
    if isinstance(text, int):
        return text if 1 <= text <= 5 else None
    plain = "".join(_ROMAN.get(each, each) for each in str(text))
    plain = _AROUND.sub("", unicodedata.normalize("NFKC", plain))
    if plain in {"1", "2", "3", "4", "5"}:
        return int(plain)
    found, rest = set(), ""
    for piece in _BETWEEN.split(plain):
        for name, level in _LEVEL_NAMES:
            if name in piece:
                found.add(level)
                piece = piece.replace(name, "")
        rest += piece
    return found.pop() if len(found) == 1 and not rest else None


def check_post(row: Mapping[str, Any], *, today: dt.date | None = None) -> list[Remark]:
    """Everything that is wrong with the row or worth a look, errors and warnings together."""
    today = today or local_today()
    checked = _checked_id(row, today)
    return [
        *_about_number(row, checked),
        *_about_phone(row),
        *_about_age(row, checked),
        *_about_period(row, today),
        *_about_certificate(row, today),
    ]


def born_on(row: Mapping[str, Any], today: dt.date | None = None) -> dt.date | None:
    """The birth date: as it was typed, else as the ID number says it."""
    checked = _checked_id(row, today or local_today())
    return row.get("born_on") or (checked.birth_date if checked else None)


def _checked_id(row: Mapping[str, Any], today: dt.date) -> CheckedId | None:
    number = row.get("id_number")
    return check_id_number(number, today=today) if number else None


def _about_number(row: Mapping[str, Any], checked: CheckedId | None) -> Iterator[Remark]:
    if checked is None:
        return
    for finding in checked.findings:
        if finding.severity is Severity.ERROR:
            yield Remark("id_number", finding.message)
        elif finding.code in NEED_REASON:
            if not (row.get("id_reason") or "").strip():  # with a reason the matter is settled
                yield Remark("id_reason", f"{_first(finding)}；核对无误的，请在“证件说明”中写明依据。", False)
        else:
            yield Remark("id_number", finding.message, False)
    if checked.usable:
        keys = {"birth_date_differs": "born_on", "sex_differs": "sex"}
        for finding in compare_with_id(checked, birth_date=row.get("born_on"), sex=row.get("sex") or None):
            yield Remark(keys[finding.code], finding.message, False)


def _first(finding: Finding) -> str:
    return re.split(r"[；，]", finding.message)[0].rstrip("。")


def _about_phone(row: Mapping[str, Any]) -> Iterator[Remark]:
    if row.get("phone"):
        for finding in check_phone(row["phone"]).findings:
            yield Remark("phone", finding.message, finding.severity is Severity.ERROR)


def _about_age(row: Mapping[str, Any], checked: CheckedId | None) -> Iterator[Remark]:
    born = row.get("born_on") or (checked.birth_date if checked else None)
    begins = row.get("employed_from")
    if not born or not begins:
        return
    age = age_on(born, begins)
    if age < YOUNGEST:
        yield Remark(
            "employed_from",
            f"入职时{'尚未出生' if age < 0 else f'只有 {age} 岁'}，未满 {YOUNGEST} 岁，请核对入职日期和证件。",
        )
    elif age > OLDEST:
        yield Remark("employed_from", f"入职时已 {age} 岁，超过 {OLDEST} 岁，请核对。", False)


def age_on(born: dt.date, day: dt.date) -> int:
    """Whole years; who is born on 29 February is a year older on 1 March."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def _about_period(row: Mapping[str, Any], today: dt.date) -> Iterator[Remark]:
    begins, ends = row.get("employed_from"), row.get("employed_to")
    opened, closed = row.get("facility_opened_on"), row.get("facility_closed_on")
    if begins and ends and ends < begins:
        yield Remark("employed_to", "离职日期早于入职日期，请核对。")
    if begins and begins > today:
        yield Remark("employed_from", "入职日期还没有到，到那天才开始计数，请核对。", False)
    if ends and ends > today:
        yield Remark("employed_to", "离职日期还没有到，到那天才停止计数，请核对。", False)
    if begins and opened and begins < opened:
        yield Remark("employed_from", f"入职日期早于机构投入使用日期（{opened}），请核对。", False)
    if begins and closed and begins >= closed:
        yield Remark("employed_from", f"机构已于 {closed} 停办，不能在此后入职。")


def _about_certificate(row: Mapping[str, Any], today: dt.date) -> Iterator[Remark]:
    kind, level = row.get("certificate"), row.get("level")
    issued, expires = row.get("issued_on"), row.get("expires_on")
    if not kind:
        if level or issued or expires or row.get("certificate_number"):
            yield Remark("certificate", "填写了证书内容，请选择证书种类。")
        return
    if level and kind not in LEVELLED:
        yield Remark("level", "这种证书不分五级，请清空等级，或改选证书种类。")
    if not level and kind in ALWAYS_LEVELLED:
        yield Remark("level", "没有填写等级，不能计入高级及以上比例，请核对证书。", False)
    if not issued:
        yield Remark("issued_on", "请填写发证日期。")
    elif issued > today:
        yield Remark("issued_on", "发证日期还没有到，请核对。", False)
    if issued and expires and expires < issued:
        yield Remark("expires_on", "有效期早于发证日期，请核对。")
    born = born_on(row, today)
    if issued and born and issued < born:
        yield Remark("issued_on", "发证日期早于出生日期，请核对。")


def attendance_limit(month: dt.date, begins: dt.date, ends: dt.date | None) -> int:
    """Days of the month (its first day given) on which the post was held; the day of leaving does not count."""
    after = (month.replace(day=28) + dt.timedelta(days=4)).replace(day=1)
    first, until = max(month, begins), min(after, ends or after)
    return max((until - first).days, 0)
