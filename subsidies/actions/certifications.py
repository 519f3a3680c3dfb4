"""Writing certifications (生存认证): many people of a village at once, and taking one entry back."""

import datetime as dt
from collections.abc import Iterable
from typing import NamedTuple

from django.db import transaction

from eldercare import audit
from eldercare.errors import NotAllowed, Refused
from eldercare.models import AuditEvent, User
from eldercare.permissions import Permission
from facilities.actions.guards import visible
from subsidies.models import Certification, Elder

GONE = "名单已有变动，请重新打开本页。"


class Certified(NamedTuple):
    added: int
    known: list[str]  # names of those who were certified on that day already


@transaction.atomic
def certify(*, elders: Iterable[int], day: dt.date, method: str, note: str = "", by: User) -> Certified:
    """One certification for each, on one day and by one method; who has one of that day keeps it.

    Raises Refused, and writes nothing, when one of them is out of reach or was dead on that day.
    """
    _require(by)
    wanted = set(elders)
    found = list(
        Elder.objects.visible_to(by)
        .current()
        .filter(pk__in=wanted)
        .select_related("org_unit")
        .order_by("pk")
        .select_for_update(of=("self",))
    )
    if len(found) != len(wanted):
        raise Refused(GONE)
    dead = [each.name for each in found if each.died_on and each.died_on < day]
    if dead:
        raise Refused(
            f"下列人员在认证日期之前已登记死亡，不能登记认证：{'、'.join(dead)}。如死亡登记有误，请先更正。"
        )
    known = set(
        Certification.objects.filter(elder__in=found, certified_on=day).values_list("elder_id", flat=True)
    )
    new = [each for each in found if each.pk not in known]
    Certification.objects.bulk_create(
        [Certification(elder=each, certified_on=day, method=method, note=note) for each in new],
        ignore_conflicts=True,
    )
    if new:
        audit.record(
            AuditEvent.Action.LEDGER,
            by=by,
            subject="生存认证",
            org_unit=new[0].org_unit if len({each.org_unit_id for each in new}) == 1 else None,
            step="登记生存认证",
            rows=len(new),
            date=str(day),
        )
    return Certified(len(new), [each.name for each in found if each.pk in known])


@transaction.atomic
def remove(*, certification: Certification, by: User) -> None:
    """Take back an entry that was made by mistake; the history keeps it."""
    _require(by)
    rows = Certification.objects.select_related("elder__org_unit")
    row = visible(rows, by, certification.pk, "这次认证")
    audit.record(
        AuditEvent.Action.LEDGER,
        by=by,
        subject=f"老年人 编号 {row.elder_id}",
        org_unit=row.elder.org_unit,
        step="撤销生存认证",
        date=str(row.certified_on),
    )
    row.delete()


def _require(by: User) -> None:
    if not by.may(Permission.EDIT_PEOPLE):
        raise NotAllowed("您的账号不能登记生存认证。")
