"""What happens to an enrolment that runs: suspended and resumed, ended and opened again."""

import datetime as dt

from django.db import transaction

from eldercare.errors import Conflict, NotAllowed, Refused
from eldercare.models import User
from eldercare.permissions import Permission
from subsidies.actions.enrolments import Kind, reason, require, take_step
from subsidies.models import Enrolment


def _month(month: dt.date) -> dt.date:
    if month.day != 1:
        raise Refused("暂停、恢复和停发都从月初算，请选月份。")
    return month


@transaction.atomic
def suspend(*, enrolment: Enrolment, from_month: dt.date, comment: str, by: User) -> Enrolment:
    """From that month on nothing is paid, until it is resumed."""
    require(by, Permission.CHECK_ENROLMENTS)
    current = locked(enrolment)
    if current.suspended.since_day is not None:
        raise Conflict(f"已从 {current.suspended.since_day:%Y-%m} 起暂停。")
    if current.suspended and current.suspended[-1].until > from_month:
        raise Refused(f"{current.suspended[-1]}已经暂停过，请选以后的月份。")
    suspended = current.suspended.begun(_month(from_month))
    comment = f"{from_month:%Y-%m} 起暂停：{reason(comment)}"
    return take_step(current, Kind.SUSPEND, by, comment, suspended=suspended)


@transaction.atomic
def resume(*, enrolment: Enrolment, from_month: dt.date, comment: str, by: User) -> Enrolment:
    """From that month on it is paid again; the months between come back when it is the first suspended one."""
    require(by, Permission.CHECK_ENROLMENTS)
    current = locked(enrolment)
    since = current.suspended.since_day
    if since is None:
        raise Conflict("现在没有暂停，不用恢复。")
    if _month(from_month) < since:
        raise Refused(f"从 {since:%Y-%m} 起暂停的，恢复的月份不能更早。")
    resumed = current.suspended.ended(from_month)
    what = "撤销暂停，期间的按规则补发" if from_month == since else "暂停期间的不补发"
    comment = f"{from_month:%Y-%m} 起恢复（{what}）" + (f"：{comment.strip()}" if comment.strip() else "")
    return take_step(current, Kind.RESUME, by, comment, suspended=resumed)


@transaction.atomic
def end(*, enrolment: Enrolment, end_reason: str, ended_from: dt.date, comment: str, by: User) -> Enrolment:
    """From ``ended_from`` on nothing is due; what was paid for those months becomes a recovery in the next batch."""
    require(by, Permission.CHECK_ENROLMENTS)
    current = locked(enrolment)
    label = Enrolment.EndReason(end_reason).label
    words = f"{label}，{_month(ended_from):%Y-%m} 起停发" + (
        f"；{comment.strip()}" if comment.strip() else ""
    )
    return take_step(current, Kind.END, by, words, ended_from=ended_from, end_reason=end_reason)


@transaction.atomic
def reopen(*, enrolment: Enrolment, comment: str, by: User) -> Enrolment:
    """撤销停发: money flows again, so it takes one who approves and who did not end it."""
    require(by, Permission.APPROVE_ENROLMENTS)
    current = locked(enrolment)
    last_end = current.steps.filter(kind=Kind.END).order_by("-at", "-id").first()
    if last_end and last_end.by_id == by.pk:
        raise NotAllowed("停发由您经办，撤销停发请交另一位同事办理。")
    return take_step(current, Kind.REOPEN, by, reason(comment), ended_from=None, end_reason="")


def locked(enrolment: Enrolment) -> Enrolment:
    """As it is now; the steps of one enrolment wait for each other. Its state is still what the page showed."""
    found = (
        Enrolment.objects.select_for_update(of=("self",))
        .select_related("programme", "org_unit", "elder", "post__caregiver", "facility")
        .get(pk=enrolment.pk)
    )
    if found.state != enrolment.state:
        raise Conflict(f"别人刚刚办理过，现在是“{found.get_state_display()}”，请看办理记录。")
    return found
