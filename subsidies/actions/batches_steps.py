"""What every step of a payment batch has in common: who may, the batch locked, one state to the next, the log."""

from typing import Any

from django.urls import reverse
from django.utils import timezone

from eldercare import audit, notices
from eldercare.errors import Conflict, NotAllowed, Refused
from eldercare.models import AuditEvent, Notice, User
from eldercare.permissions import ROLE_PERMISSIONS, Permission
from subsidies.models import Batch

WORDS = {
    Permission.PREPARE_PAYMENTS: "您的账号不能编制发放批次。",
    Permission.APPROVE_PAYMENTS: "您的账号不能审批发放批次。",
}


def require(by: User, permission: Permission) -> None:
    if not by.may(permission):
        raise NotAllowed(WORDS[permission])


def locked(batch: Batch, by: User) -> Batch:
    """The batch as it is now; until the transaction ends nobody else takes a step with it."""
    found = (
        Batch.objects.visible_to(by)
        .select_for_update(of=("self",))
        .select_related("programme__org_unit", "made_by", "submitted_by")
        .filter(pk=batch.pk)
        .first()
    )
    if found is None:
        raise Refused("这个批次不存在，或不在您的管理范围内。")
    return found


def expect(batch: Batch, *states: Batch.State, to: str) -> None:
    if batch.state not in states:
        raise Conflict(f"{batch}现在是“{batch.get_state_display()}”，不能{to}。请刷新页面看最新情况。")


def move(batch: Batch, to: Batch.State, **fields: Any) -> None:
    """From the state the batch was read in; if it is no longer in it, nothing is written."""
    moved = Batch.objects.filter(pk=batch.pk, state=batch.state).update(state=to, **fields)
    if not moved:
        raise Conflict(f"{batch}刚才已被别人处理，请刷新页面看最新情况。")
    for name, value in ({"state": to} | fields).items():
        setattr(batch, name, value)


def record(
    batch: Batch,
    what: str,
    *,
    by: User | None,
    action: AuditEvent.Action = AuditEvent.Action.PAYMENT,
    **detail: object,
) -> None:
    audit.record(
        action,
        by=by,
        org_unit=batch.programme.org_unit,
        subject=f"{what}：{batch}",
        batch=batch.pk,
        **detail,
    )


def tell(batch: Batch, people: list[User], kind: Notice.Kind, text: str, *, by: User | None = None) -> None:
    """A notice on the home page of each, except of the one who has just done it."""
    notices.tell(people, kind, text, reverse("batch-detail", args=[batch.pk]), by=by)


def approvers(batch: Batch, *, but: tuple[int | None, ...] = ()) -> list[User]:
    """Who may approve this batch: neither who prepared nor who submitted it; ``but``: who shall not, instead."""
    roles = [role for role, granted in ROLE_PERMISSIONS.items() if Permission.APPROVE_PAYMENTS in granted]
    county = batch.programme.org_unit.path
    people = User.objects.filter(role__in=roles, is_active=True, org_unit__path=county)
    own = but or (batch.made_by_id, batch.submitted_by_id)
    return list(people.exclude(pk__in=[pk for pk in own if pk]))


def now():
    return timezone.now()
