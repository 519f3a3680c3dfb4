"""Accounts of those who are no elders: of staff for their allowance, of facilities for theirs."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from eldercare import audit
from eldercare.errors import NotAllowed, Refused
from eldercare.models import AuditEvent, User
from eldercare.permissions import Permission
from facilities.actions.guards import in_words
from facilities.models import Caregiver, Facility
from subsidies.models import Enrolment, Payee


def payee_in_use(enrolment: Enrolment) -> Payee | None:
    return Payee.objects.filter(used_to=None, **holder_of(enrolment)).order_by("-used_from", "-pk").first()


def holder_of(enrolment: Enrolment) -> dict[str, Caregiver | Facility]:
    """Whose account it is: a person keeps one account through several posts."""
    if enrolment.post_id:
        return {"caregiver": enrolment.post.caregiver}
    return {"facility": enrolment.facility}


@transaction.atomic
def set_payee(*, enrolment: Enrolment, values: Mapping[str, Any], by: User) -> Payee:
    """The account from ``used_from`` on; the one in use until then is ended. For the unit that answers for the holder."""
    if not by.may(Permission.EDIT_PEOPLE):
        raise NotAllowed("您的账号不能登记收款账户。")
    if enrolment.elder_id:
        raise Refused("老年人的收款账户在老年人档案里登记。")
    holder = enrolment.holder
    if not by.org_unit.contains(holder.org_unit):
        raise NotAllowed(f"由{holder.org_unit}管理，请由{holder.org_unit}登记收款账户。")
    ((_, owner),) = holder_of(enrolment).items()
    type(owner).objects.select_for_update().get(pk=owner.pk)
    in_use = payee_in_use(enrolment)
    if in_use:
        if values["used_from"] < in_use.used_from:
            raise Refused(f"启用日期不能早于现用账户的启用日期（{in_use.used_from}）。")
        in_use.used_to = values["used_from"]
        in_use.save(update_fields=["used_to"])
    with in_words(Payee):
        made = Payee.objects.create(**holder_of(enrolment), **values)
    audit.record(
        AuditEvent.Action.ENROLMENT,
        by=by,
        org_unit=enrolment.org_unit,
        subject=f"登记收款账户：{enrolment.programme.name}，资格编号 {enrolment.pk}",
    )
    return made
