"""What can be said about an elder's record, for the form and for an uploaded row. No database.

Keys of a row, all optional, values already read (dates are dates):

    name, id_kind, id_number, id_reason, sex, born_on, phone, contact_phone, died_on
    registered_since, resident_since
"""

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from eldercare.identity import (
    CheckedId,
    Finding,
    Severity,
    check_card,
    check_id_number,
    check_phone,
    compare_with_id,
)
from eldercare.identity.citizens import local_today
from facilities.rules.remarks import Remark

YOUNGEST = 60  # 老年人权益保障法第二条
OLDEST = 120
NEED_REASON = frozenset({"checksum", "rounded", "century", "foreigner", "age"})
OTHER_NUMBER = re.compile(r"[A-Z0-9()/-]{5,30}")

Period = tuple[dt.date, dt.date | None]  # first day, and the first day on which it no longer holds

# Kinds of tags that one person cannot well have at the same time, and why.
CONTRADICTIONS: tuple[tuple[str, str, str], ...] = (
    ("destitute_central", "destitute_scattered", "特困人员只有一种供养方式"),
    ("destitute_central", "low_income", "特困人员不同时享受低保"),
    ("destitute_scattered", "low_income", "特困人员不同时享受低保"),
    ("destitute_central", "low_income_edge", "特困人员不同时列入低保边缘"),
    ("destitute_scattered", "low_income_edge", "特困人员不同时列入低保边缘"),
    ("low_income", "low_income_edge", "低保对象不同时列入低保边缘"),
    ("destitute_central", "living_alone", "集中供养的人不独居"),
    ("destitute_central", "empty_nest", "集中供养的人不在家居住"),
    ("in_care_home", "living_alone", "住在养老机构的人不独居"),
    ("in_care_home", "empty_nest", "住在养老机构的人不在家居住"),
    ("living_alone", "empty_nest", "独居是一人居住，空巢是与配偶居住"),
)


def read_number(id_kind: str | None, text: str) -> str:
    """A number as it is stored."""
    if id_kind in (None, "", "resident"):
        return check_id_number(text).value
    return "".join(text.split()).upper()


def check_elder(row: Mapping[str, Any], *, today: dt.date | None = None) -> list[Remark]:
    """Everything that is wrong with a record or worth a look, errors and warnings together."""
    today = today or local_today()
    return [
        *_about_number(row, today),
        *_about_phones(row),
        *_about_birth(row, today),
        *_about_dates(row, today),
    ]


def _about_number(row: Mapping[str, Any], today: dt.date) -> Iterator[Remark]:
    kind, number = row.get("id_kind") or "resident", row.get("id_number")
    if kind == "none":
        if number:
            yield Remark("id_number", "证件种类选了“暂无证件”，却填了号码；请改选种类，或清空号码。")
        return
    if not number:
        yield Remark("id_number", "请填写证件号码；确实没有证件的，证件种类选“暂无证件”。")
        return
    if kind != "resident":
        if not OTHER_NUMBER.fullmatch(str.__str__(number)):
            yield Remark("id_number", "证件号码由 5 至 30 位字母和数字组成，请核对。")
        return
    checked = check_id_number(number, today=today)
    yield from _findings(row, checked)
    if checked.usable:
        keys = {"birth_date_differs": "born_on", "sex_differs": "sex"}
        for finding in compare_with_id(checked, birth_date=row.get("born_on"), sex=row.get("sex") or None):
            yield Remark(keys[finding.code], finding.message, False)


def _findings(row: Mapping[str, Any], checked: CheckedId) -> Iterator[Remark]:
    for finding in checked.findings:
        if finding.severity is Severity.ERROR:
            yield Remark("id_number", finding.message)
        elif finding.code in NEED_REASON:
            if not (row.get("id_reason") or "").strip():  # with a reason the matter is settled
                yield Remark("id_reason", f"{_first(finding)}；核对无误的，请在“证件说明”中写明依据。", False)
        else:
            yield Remark("id_number", finding.message, False)


def _first(finding: Finding) -> str:
    return re.split(r"[；，]", finding.message)[0].rstrip("。")


def _about_phones(row: Mapping[str, Any]) -> Iterator[Remark]:
    for key in ("phone", "contact_phone"):
        if row.get(key):
            for finding in check_phone(row[key]).findings:
                yield Remark(key, finding.message, finding.severity is Severity.ERROR)


def _about_birth(row: Mapping[str, Any], today: dt.date) -> Iterator[Remark]:
    born = row.get("born_on")
    if not born:
        return
    if born > today:
        yield Remark("born_on", "出生日期晚于今天，请核对。")
        return
    age = age_by_month(born, today)
    if age < YOUNGEST:
        yield Remark("born_on", f"未满 {YOUNGEST} 周岁，请核对是否应登记为老年人。", False)
    elif age >= OLDEST and not (row.get("id_reason") or "").strip():
        yield Remark("born_on", f"按出生日期已满 {OLDEST} 周岁，请核对。", False)


def _about_dates(row: Mapping[str, Any], today: dt.date) -> Iterator[Remark]:
    born = row.get("born_on")
    labels = {"registered_since": "户籍起始日", "resident_since": "居住起始日"}
    for key, label in labels.items():
        day = row.get(key)
        if day and day > today:
            yield Remark(key, f"{label}还没有到，请核对。")
        elif day and born and day < born:
            yield Remark(key, f"{label}早于出生日期，请核对。")


def age_by_month(born: dt.date, day: dt.date) -> int:
    """Full years at the end of the month of ``day``, as subsidies count."""
    return ((day.year - born.year) * 12 + day.month - born.month) // 12


# --- Tags -----------------------------------------------------------------------------------------------------


def first_overlap(one: Iterable[Period], other: Iterable[Period]) -> dt.date | None:
    """The first day on which both hold."""
    other = list(other)
    found = [
        max(first, begin)
        for first, until in one
        for begin, end in other
        if (until is None or begin < until) and (end is None or first < end)
    ]
    return min(found, default=None)


def contradictions(held: Mapping[str, Sequence[Period]], kind: str) -> list[tuple[str, str, dt.date]]:
    """With which other kinds ``kind`` cannot well go together: that kind, why, and since when both hold."""
    found = []
    for one, other, why in CONTRADICTIONS:
        if kind in (one, other):
            second = other if kind == one else one
            day = first_overlap(held.get(kind, ()), held.get(second, ()))
            if day is not None:
                found.append((second, why, day))
    return found


# --- Periods in the county ------------------------------------------------------------------------------------


def entered(periods: Sequence[Period], day: dt.date) -> list[Period]:
    """``periods`` and from ``day`` on. Raises ValueError with a sentence where that says nothing new."""
    for first, until in periods:
        if first <= day and (until is None or day < until):
            since = f"自 {first} 起" + (f"至 {until - dt.timedelta(days=1)}" if until else "")
            raise ValueError(f"{since}已登记在本县，{day} 不能再登记迁入（来县）。")
    later = [first for first, _ in periods if first > day]
    if later:
        raise ValueError(
            f"{min(later)} 已有一次迁入（来县）登记，比这次晚；如日期有误，请在“修改”页更正起止日期。"
        )
    return [*periods, (day, None)]


def left(periods: Sequence[Period], day: dt.date) -> list[Period]:
    """``periods`` without what follows ``day`` in the period that held before it; a later return stays as it is.

    Raises ValueError with a sentence where nothing held.
    """
    for place, (first, until) in enumerate(periods):
        if first < day and (until is None or day < until):
            return [*periods[:place], (first, day), *periods[place + 1 :]]
        if until == day:
            raise ValueError(f"{day} 已登记迁出（离县），不用重复登记。")
    raise ValueError(f"{day} 以前不在本县，不能登记迁出（离县）；请核对日期，或在“修改”页更正起止日期。")


# --- Accounts -------------------------------------------------------------------------------------------------


def check_payee(row: Mapping[str, Any], *, today: dt.date | None = None) -> list[Remark]:
    """An account into which money is paid: keys relation, name, id_number, phone, account, used_from."""
    today = today or local_today()
    remarks = []
    for finding in check_card(row.get("account") or "", what="银行账号").findings:
        remarks.append(Remark("account", finding.message, finding.severity is Severity.ERROR))
    if row.get("id_number"):
        for finding in check_id_number(row["id_number"], today=today).findings:
            remarks.append(Remark("id_number", finding.message, finding.severity is Severity.ERROR))
    elif (row.get("relation") or "本人") != "本人":
        remarks.append(
            Remark("id_number", "收款人不是本人的，请填写收款人证件号码，供银行和财政核对。", False)
        )
    if row.get("phone"):
        for finding in check_phone(row["phone"]).findings:
            remarks.append(Remark("phone", finding.message, finding.severity is Severity.ERROR))
    if row.get("used_from") and row["used_from"] > today:
        remarks.append(Remark("used_from", "启用日期还没有到，请到那一天再登记。"))
    return remarks
