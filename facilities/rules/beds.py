"""What holds among the values of a bed, a stay or a place in the waiting list; for forms and for uploads alike."""

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from typing import Any

from eldercare.identity import CheckedId, Severity, check_id_number, check_phone
from eldercare.identity.citizens import local_today
from facilities.rules.facilities import INSTITUTIONS
from facilities.rules.remarks import Remark

INSTITUTIONAL, DAY_CARE, MUTUAL_AID, FAMILY = "institutional", "day_care", "mutual_aid", "family"
MUTUAL_AID_HOME = "mutual_aid_home"
ATTRIBUTES = {"nursing": "护理型", "dementia": "认知障碍照护"}
NEED_REASON = frozenset({"checksum", "rounded", "century", "age"})

MOST_NUMBERS = 500  # in one go: more is a slip of the pen
NUMBER_LENGTH = 30
RANGE = re.compile(r"^(?P<prefix>\D*)(?P<first>\d{1,6})[-~～—至到](?P<again>\D*)(?P<last>\d{1,6})$")
COMMAS = re.compile(r"[,，、;；\s]+")


def check_bed(row: Mapping[str, Any], *, today: dt.date | None = None) -> list[Remark]:
    """Keys, all optional: kind, in_use_from, in_use_to, nursing, dementia (truthy if held), facility_kind."""
    today = today or local_today()
    return [*_about_use(row, today), *_about_attributes(row), *_about_facility(row)]


def _about_use(row: Mapping[str, Any], today: dt.date) -> Iterator[Remark]:
    first, until = row.get("in_use_from"), row.get("in_use_to")
    if first and until and until < first:
        yield Remark("in_use_to", f"停用日期不能早于启用日期（{first}），请核对。")
    if first and first > today:
        yield Remark(
            "in_use_from", f"启用日期 {first} 还没有到，到那天才计入床位数，请核对。", is_error=False
        )


def _about_attributes(row: Mapping[str, Any]) -> Iterator[Remark]:
    kind = row.get("kind")
    if not kind or kind == INSTITUTIONAL:
        return
    for key, name in ATTRIBUTES.items():
        if row.get(key):
            yield Remark(
                key,
                f"{name}是机构床位的属性，这张不是机构床位，统计时不计入{name}床位，请核对。",
                is_error=False,
            )


def _about_facility(row: Mapping[str, Any]) -> Iterator[Remark]:
    kind, place = row.get("kind"), row.get("facility_kind")
    if not kind or not place:
        return
    if kind == MUTUAL_AID and place != MUTUAL_AID_HOME:
        yield Remark("kind", "互助床位一般设在农村互助幸福院，请核对床位类型。", is_error=False)
    if kind == INSTITUTIONAL and place not in INSTITUTIONS:
        yield Remark("kind", "机构床位一般设在养老机构，这里不是养老机构，请核对床位类型。", is_error=False)
    if kind == DAY_CARE and place == MUTUAL_AID_HOME:
        yield Remark("kind", "农村互助幸福院一般设互助床位，不设日托床位，请核对床位类型。", is_error=False)


def check_stay(row: Mapping[str, Any], *, today: dt.date | None = None) -> list[Remark]:
    """Keys, all optional: id_number, id_reason, moved_in_on, moved_out_on, outcome."""
    today = today or local_today()
    return [*check_person(row, today=today), *_about_living(row, today)]


def _about_living(row: Mapping[str, Any], today: dt.date) -> Iterator[Remark]:
    came, left = row.get("moved_in_on"), row.get("moved_out_on")
    if came and came > today:
        yield Remark("moved_in_on", f"入住日期 {came} 还没有到，请在入住当天或之后登记。")
    if left and left > today:
        yield Remark("moved_out_on", f"离开日期 {left} 还没有到，请在离开当天或之后登记。")
    if came and left and left <= came:
        yield Remark("moved_out_on", f"离开日期须晚于入住日期（{came}），请核对。")
    if left and "outcome" in row and not row["outcome"]:
        yield Remark("outcome", "填了离开日期的，请选择去向。")
    if not left and row.get("outcome"):
        yield Remark("moved_out_on", "选了去向的，请填写离开日期。")


def check_person(row: Mapping[str, Any], *, today: dt.date | None = None) -> list[Remark]:
    """The identity number and telephone: what cannot be is an error, a wrong checksum wants ``id_reason``."""
    found = []
    if row.get("id_number"):
        checked = checked_id(row["id_number"], today)
        for each in checked.findings:
            if each.severity is Severity.ERROR:
                found.append(Remark("id_number", each.message))
            elif each.code not in NEED_REASON:
                found.append(Remark("id_number", each.message, is_error=False))
            elif not row.get("id_reason"):
                found.append(Remark("id_reason", each.message, is_error=False))
    if row.get("phone"):
        found += [
            Remark("phone", each.message, is_error=each.severity is Severity.ERROR)
            for each in check_phone(row["phone"]).findings
        ]
    return found


def checked_id(value: object, today: dt.date | None = None) -> CheckedId:
    return check_id_number(value, today=today)


def check_waiting(row: Mapping[str, Any], *, today: dt.date | None = None) -> list[Remark]:
    """Keys, all optional: id_number, id_reason, phone, asked_on, closed_on."""
    today = today or local_today()
    found = check_person(row, today=today)
    asked, closed = row.get("asked_on"), row.get("closed_on")
    if asked and asked > today:
        found.append(Remark("asked_on", "登记日期还没有到，请核对。"))
    if closed and closed > today:
        found.append(Remark("closed_on", "了结日期还没有到，请核对。"))
    if asked and closed and closed < asked:
        found.append(Remark("closed_on", f"了结日期不能早于登记日期（{asked}），请核对。"))
    return found


class NumbersError(ValueError):
    """``str()`` says what is wrong and how to write it."""


def parse_numbers(text: str) -> list[str]:
    """Bed numbers in the order written: ``1-20,22`` or ``A01-A12、B1``; a leading zero stays."""
    numbers: list[str] = []
    for piece in filter(None, COMMAS.split(text.strip())):
        numbers += _numbers_of(piece)
        if len(numbers) > MOST_NUMBERS:
            raise NumbersError(f"一次最多 {MOST_NUMBERS} 张床位，请分几次添加。")
    if not numbers:
        raise NumbersError("请填写床号，如 1-20,22。")
    twice = sorted({each for each in numbers if numbers.count(each) > 1})
    if twice:
        raise NumbersError(f"床号重复：{'、'.join(twice[:10])}。请去掉重复的。")
    return numbers


def _numbers_of(piece: str) -> list[str]:
    found = RANGE.match(piece)
    if not found:
        if len(piece) > NUMBER_LENGTH:
            raise NumbersError(f"“{piece[:20]}…”太长，床号最多 {NUMBER_LENGTH} 个字。")
        return [piece]
    prefix, again = found["prefix"], found["again"]
    first, last = int(found["first"]), int(found["last"])
    if again not in ("", prefix):
        raise NumbersError(f"“{piece}”前后字头不同，请分开写。")
    if last < first:
        raise NumbersError(f"“{piece}”后一个床号小于前一个，请核对。")
    if last - first >= MOST_NUMBERS:
        raise NumbersError(f"“{piece}”超过 {MOST_NUMBERS} 张，请核对，或分几次添加。")
    width = len(found["first"]) if found["first"].startswith("0") else 0
    return [f"{prefix}{number:0{width}d}" for number in range(first, last + 1)]
