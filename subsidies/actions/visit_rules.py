"""Writing the rules of how often whom to visit (探访频次)."""

from collections.abc import Mapping

from django.db import transaction

from eldercare import audit
from eldercare.errors import NotAllowed, Refused
from eldercare.models import AuditEvent, User
from eldercare.permissions import Permission
from facilities.actions.guards import check_version, in_words, visible, write
from subsidies.models import VisitRule

EDITABLE = ("category", "service", "frequency", "effective_from", "effective_to", "document_number")


@transaction.atomic
def create_rule(*, fields: Mapping[str, object], by: User) -> VisitRule:
    _require(by)
    rule = VisitRule(org_unit=by.org_unit, **fields)
    _refuse_overlap(rule)
    with in_words(VisitRule):
        rule.save()
    _record(rule, "新增探访频次", by)
    return rule


@transaction.atomic
def edit_rule(*, rule: VisitRule, changes: Mapping[str, object], seen: int | None, by: User) -> list[str]:
    """The labels of what changed."""
    _require(by)
    current = visible(VisitRule.objects, by, rule.pk, "这条频次")
    check_version(current, seen)
    for name, value in changes.items():
        setattr(current, name, value)
    _refuse_overlap(current)
    current.refresh_from_db()
    words = write(current, {name: value for name, value in changes.items() if name in EDITABLE})
    if words:
        _record(current, "修改探访频次", by, fields=words)
    return words


@transaction.atomic
def remove_rule(*, rule: VisitRule, by: User) -> None:
    """For a rule entered by mistake: one that was in force gets a last day instead, which keeps past rates."""
    _require(by)
    current = visible(VisitRule.objects, by, rule.pk, "这条频次")
    _record(current, "删除探访频次", by)
    current.delete()


def _refuse_overlap(rule: VisitRule) -> None:
    """Two rules of one category and service in force at once would hide which one the office means."""
    others = VisitRule.objects.filter(
        org_unit=rule.org_unit_id, category=rule.category, service=rule.service
    ).exclude(pk=rule.pk)
    for other in others:
        ends_before = rule.effective_to is not None and rule.effective_to < other.effective_from
        begins_after = other.effective_to is not None and other.effective_to < rule.effective_from
        if not ends_before and not begins_after:
            raise Refused(
                f"“{rule.get_category_display()}”的{rule.get_service_display()}自 {other.effective_from} 起已有一条频次"
                f"（{other.get_frequency_display()}），执行期间不能重叠。请先给那一条填上截止日。"
            )


def _require(by: User) -> None:
    if not by.may(Permission.EDIT_PROGRAMMES):
        raise NotAllowed("您的账号不能修改探访频次。")


def _record(rule: VisitRule, step: str, by: User, **detail: object) -> None:
    audit.record(AuditEvent.Action.PROGRAMME, by=by, subject=f"探访频次：{rule}", step=step, **detail)
