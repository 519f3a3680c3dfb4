"""Writing the register of elders: the person, tags, accounts, head of household.

Moves and deaths are in ``elder_changes.py``, two records made one in ``elder_merges.py``.
"""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import models, transaction
from django.db.models import QuerySet
from django.utils import timezone

from eldercare import audit
from eldercare.errors import Conflict, NotAllowed, Refused
from eldercare.history import version_of
from eldercare.identity import check_id_number
from eldercare.models import AuditEvent, User
from eldercare.permissions import Permission
from eldercare.spells import Spells
from facilities.actions.guards import in_words, write
from subsidies.models import Elder, ElderTag, HouseholdHead, Payee

ELSEWHERE = "此人已在其他镇(街道)登记，请联系县民政局。"
CHANGED = "在您打开本页之后，别人修改了这条记录。您填写的内容都在下面，没有丢失；请对照现在的内容，确认后再保存一次。"
GONE = "这条记录已不存在，或不在您的管理范围内。"
MERGED = "这份档案已并入另一份，请在保留的档案上办理。"


def subject_of(elder: Elder) -> str:
    """For the log, which names no elders."""
    return f"老年人 编号 {elder.pk}"


def record(elder: Elder, by: User, step: str, **detail: object) -> None:
    audit.record(AuditEvent.Action.LEDGER, by=by, subject=subject_of(elder), step=step, **detail)


def is_responsible(elder: Elder, user: User) -> bool:
    """Keeps the record; a township where the person only lives reports, visits and tags."""
    return elder.org_unit.path.startswith(user.org_unit.path)


def persons_with(id_number: str) -> QuerySet[Elder]:
    """Whoever has the number, in its form of 18 characters or the old one of 15 digits. Not narrowed: a person is
    registered once, and who asks is told no more than the caller decides."""
    plain = str.__str__(id_number)
    forms = {plain, *check_id_number(plain).upgrades}
    if len(plain) == 18 and plain[6:8] == "19":
        forms.add(plain[:6] + plain[8:17])
    return Elder.objects.filter(id_number__in=forms)


def locked(elder: Elder, *, by: User, seen: int | None = None, responsible: bool = False) -> Elder:
    """The row, held until the end of the transaction. ``responsible``: only for whoever keeps the record.

    Raises Refused when it is out of reach or merged, Conflict when it is no longer what was seen, NotAllowed.
    """
    if not by.may(Permission.EDIT_PEOPLE):
        raise NotAllowed("您的账号不能修改老年人档案。")
    found = Elder.objects.visible_to(by).select_related("org_unit").select_for_update(of=("self",))
    row = found.filter(pk=elder.pk).first()
    if row is None:
        raise Refused(GONE)
    if row.merged_into_id:
        raise Refused(MERGED)
    if responsible and not is_responsible(row, by):
        raise NotAllowed(f"此人的档案由{row.org_unit}管理，请联系该镇(街道)或县民政局办理。")
    if seen is not None and version_of(row) != seen:
        raise Conflict(CHANGED)
    return row


def locked_part(part: models.Model, *, by: User, seen: int | None) -> Any:
    """A tag or an account of a person already held."""
    row = type(part).objects.visible_to(by).filter(pk=part.pk).first()
    if row is None:
        raise Refused(GONE)
    if seen is not None and version_of(row) != seen:
        raise Conflict(CHANGED)
    return row


# --- The person -----------------------------------------------------------------------------------------------


@transaction.atomic
def add_elder(*, values: Mapping[str, Any], by: User) -> Elder:
    """Raises Refused for somebody registered already, and NotAllowed, which tells nothing more, for somebody that
    the user may not see."""
    if not by.may(Permission.EDIT_PEOPLE):
        raise NotAllowed("您的账号不能修改老年人档案。")
    _check_unit(values, by)
    _refuse_known(values.get("id_number"), by=by)
    elder = Elder(**values)
    with in_words(Elder):
        elder.save()
    record(elder, by, "登记老年人")
    return elder


@transaction.atomic
def edit_elder(*, elder: Elder, changes: Mapping[str, Any], seen: int, by: User) -> list[str]:
    """Labels of what changed."""
    row = locked(elder, by=by, seen=seen, responsible=True)
    _check_unit(changes, by)
    if changes.get("id_number") != row.id_number:
        _refuse_known(changes.get("id_number"), by=by, but=row)
    died = row.died_on
    if died and changes.get("born_on") and changes["born_on"] > died:
        raise Refused(f"出生日期不能晚于已登记的死亡日期（{died}）。")
    labels = write(row, dict(changes))
    if labels:
        record(row, by, "修改档案", changes=labels)
    return labels


def _check_unit(values: Mapping[str, Any], by: User) -> None:
    unit = values.get("org_unit")
    if unit is not None and not unit.path.startswith(by.org_unit.path):
        raise NotAllowed("只能登记由本单位管理的老年人。")


def _refuse_known(id_number: str | None, *, by: User, but: Elder | None = None) -> None:
    if not id_number:
        return
    known = persons_with(id_number).exclude(pk=but.pk if but else None).first()
    if known is None:
        return
    if Elder.objects.visible_to(by).filter(pk=known.pk).exists():
        kept = "（该档案已并入他处）" if known.merged_into_id else ""
        raise Refused(f"这个证件号码已登记在“{known.name}”名下{kept}，请核对。")
    raise NotAllowed(ELSEWHERE)


# --- Tags -----------------------------------------------------------------------------------------------------


@transaction.atomic
def add_tag(*, elder: Elder, kind: str, held: Spells, source: str, by: User) -> ElderTag:
    """Held in these periods, beside those that are known already."""
    row = locked(elder, by=by)
    tag = ElderTag.objects.visible_to(by).filter(elder=row, kind=kind).first()
    if tag is None:
        tag = ElderTag(elder=row, kind=kind)
    tag.held = _checked(Spells([*tag.held, *held]), row)
    tag.source = source or tag.source
    with in_words(ElderTag):
        tag.save()
    record(row, by, "登记人员类别", changes=[f"{tag} {held}"])
    return tag


@transaction.atomic
def end_tag(*, tag: ElderTag, last: dt.date, source: str, seen: int | None, by: User) -> None:
    """``last`` is the last day on which it held."""
    elder = locked(tag.elder, by=by)
    row = locked_part(tag, by=by, seen=seen)
    if last > timezone.localdate():
        raise Refused("最后一天还没有到，请到那一天再登记。")
    if not row.held.on(last):
        raise Refused(f"{last} 当天没有“{row}”，请对照现有期间（{row.held or '无'}）核对日期。")
    row.held = row.held.ended(last + dt.timedelta(days=1))
    row.source = source or row.source
    row.save()
    record(elder, by, "终止人员类别", changes=[f"{row} 至 {last}"])


@transaction.atomic
def edit_tag(*, tag: ElderTag, held: Spells, source: str, seen: int | None, by: User) -> None:
    """Correct the periods; without any the tag was a mistake and is deleted. The history keeps it."""
    elder = locked(tag.elder, by=by)
    row = locked_part(tag, by=by, seen=seen)
    if not held:
        record(elder, by, "删除人员类别", changes=[f"{row} {row.held}"])
        row.delete()
        return
    row.held, row.source = _checked(held, elder), source
    row.save()
    record(elder, by, "更正人员类别", changes=[f"{row} {held}"])


def _checked(held: Spells, elder: Elder) -> Spells:
    today = timezone.localdate()
    for first, until in held:
        if first > today or (until is not None and until > today + dt.timedelta(days=1)):
            raise Refused("起止日期不能晚于今天；还在持续的，不写结束日期。")
        if first < elder.born_on:
            raise Refused(f"起始日期早于出生日期（{elder.born_on}），请核对。")
    return held


# --- Accounts and the head of household ------------------------------------------------------------------------


@transaction.atomic
def add_payee(*, elder: Elder, values: Mapping[str, Any], by: User) -> Payee:
    """A new account takes the place of the one in use from ``used_from`` on."""
    row = locked(elder, by=by, responsible=True)
    for old in row.payees.filter(used_to=None):
        if values["used_from"] < old.used_from:
            raise Refused(f"启用日期不能早于现用账户的启用日期（{old.used_from}）。")
        old.used_to = values["used_from"]
        old.save(update_fields=["used_to"])
    with in_words(Payee):
        made = Payee.objects.create(elder=row, **values)
    record(row, by, "登记收款账户")
    return made


@transaction.atomic
def edit_payee(*, payee: Payee, changes: Mapping[str, Any], seen: int, by: User) -> list[str]:
    elder = locked(payee.elder, by=by, responsible=True)
    labels = write(locked_part(payee, by=by, seen=seen), dict(changes))
    if labels:
        record(elder, by, "更正收款账户", changes=labels)
    return labels


@transaction.atomic
def end_payee(*, payee: Payee, day: dt.date, seen: int, by: User) -> None:
    """No longer used from ``day`` on: until a new one is set nothing can be paid."""
    elder = locked(payee.elder, by=by, responsible=True)
    row = locked_part(payee, by=by, seen=seen)
    if row.used_to is not None:
        raise Refused(f"这个账户已于 {row.used_to} 停用。")
    if day > timezone.localdate():
        raise Refused("停用日期还没有到，请到那一天再登记。")
    write(row, {"used_to": day})
    record(elder, by, "停用收款账户")


@transaction.atomic
def set_household_head(*, elder: Elder, values: Mapping[str, Any] | None, by: User) -> list[str]:
    """None: the elder is the head."""
    row = locked(elder, by=by, responsible=True)
    head = HouseholdHead.objects.visible_to(by).filter(elder=row).first()
    if values is None:
        if head is not None:
            head.delete()
            record(row, by, "户主改为本人")
        return []
    if head is None:
        HouseholdHead.objects.create(elder=row, **values)
        labels = ["户主"]
    else:
        labels = write(head, dict(values))
    if labels:
        record(row, by, "登记户主", changes=labels)
    return labels


# --- Who looked ------------------------------------------------------------------------------------------------

LOOKED = dt.timedelta(minutes=30)


def record_view(*, elder: Elder, by: User) -> None:
    """One entry of the log for each account, person and half hour."""
    since = timezone.now() - LOOKED
    entries = AuditEvent.objects.filter(action=AuditEvent.Action.PERSON, subject=subject_of(elder))
    if not entries.filter(user=by, at__gte=since).exists():
        audit.record(AuditEvent.Action.PERSON, by=by, subject=subject_of(elder))
