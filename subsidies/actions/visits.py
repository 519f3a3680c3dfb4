"""Writing visits (探访登记): one person or many of a village at once, and taking one entry back."""

import datetime as dt
from collections.abc import Iterable
from typing import NamedTuple

from django.db import transaction
from django.utils import timezone

from eldercare import audit
from eldercare.errors import NotAllowed, Refused
from eldercare.models import AuditEvent, User
from eldercare.permissions import Permission
from facilities.actions.guards import visible
from subsidies.models import Elder, Visit

GONE = "名单已有变动，请重新打开本页。"
Result = Visit.Result
NEEDS_NOTE = (Result.NEEDS_HELP, Result.URGENT)


class Recorded(NamedTuple):
    added: list[Visit]
    known: list[str]  # names of those for whom the service was entered on that day already


@transaction.atomic
def record_visits(
    *,
    elders: Iterable[int],
    service: str,
    day: dt.date,
    method: str,
    result: str = Result.WELL,
    visitor: str = "",
    note: str = "",
    by: User,
) -> Recorded:
    """One visit for each, on one day. Who was not met earlier that day and is met now has that entry corrected.

    Raises Refused, and writes nothing, when one of them is out of reach or had died before.
    """
    require_editor(by)
    if day > timezone.localdate():
        raise Refused("日期还没有到，请在探访当天或之后登记。")
    if result in NEEDS_NOTE and not note.strip():
        raise Refused(f"{Result(result).label}的，请写明情况。")
    found = _people(elders, by, day)
    known = {
        each.elder_id: each
        for each in Visit.objects.filter(elder__in=found, service=service, visited_on=day).select_for_update()
    }
    written, kept = [], []
    for elder in found:
        visit = known.get(elder.pk)
        if visit and (visit.result != Result.NOT_MET or result == Result.NOT_MET):
            kept.append(elder.name)
            continue
        visit = visit or Visit(elder=elder, service=service, visited_on=day)
        visit.org_unit_id = elder.residence_unit_id or elder.org_unit_id
        visit.method, visit.result, visit.visitor, visit.note = method, result, visitor, note
        visit.recorded_by = by
        visit.save()
        written.append(visit)
    if written:
        audit.record(
            AuditEvent.Action.LEDGER,
            by=by,
            subject="探访登记",
            step="登记探访服务",
            rows=len(written),
            date=str(day),
        )
    return Recorded(written, kept)


def _people(elders: Iterable[int], by: User, day: dt.date) -> list[Elder]:
    wanted = set(elders)
    found = list(
        Elder.objects.visible_to(by)
        .current()
        .filter(pk__in=wanted)
        .order_by("pk")
        .select_for_update(of=("self",))
    )
    if len(found) != len(wanted):
        raise Refused(GONE)
    dead = [each.name for each in found if each.died_on and each.died_on < day]
    if dead:
        raise Refused(f"{'、'.join(dead)}在这一天之前已登记死亡，不能登记探访。死亡登记有误的，请先更正。")
    return found


@transaction.atomic
def take_back(*, visit: Visit, by: User) -> None:
    """Delete an entry that was made by mistake; the history keeps it."""
    require_editor(by)
    row = visible(Visit.objects.select_related("elder__org_unit"), by, visit.pk, "这条探访记录")
    audit.record(
        AuditEvent.Action.LEDGER,
        by=by,
        subject=f"老年人 编号 {row.elder_id}",
        org_unit=row.elder.org_unit,
        step="撤销探访登记",
        date=str(row.visited_on),
    )
    row.delete()


def require_editor(by: User) -> None:
    if not by.may(Permission.EDIT_PEOPLE):
        raise NotAllowed("您的账号不能登记居家服务。")
