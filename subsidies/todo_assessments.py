"""What assessments and certifications ask of the clerks, for the to-do list. Imported by ``apps.py``."""

from django.urls import reverse
from django.utils import timezone

from eldercare import todo
from eldercare.models import User
from eldercare.permissions import Permission
from eldercare.todo import TodoItem, Urgency
from subsidies.models import Assessment
from subsidies.pages import assessments as pages
from subsidies.pages.certifications import Question


@todo.register
def assessments_to_renew(user: User) -> list[TodoItem]:
    """Assessments that expire within 60 days, have expired, or wait for a level. The county is told, not asked."""
    if not user.may(Permission.EDIT_PEOPLE):
        return []
    day = timezone.localdate()
    own = user.is_township
    mine = Assessment.objects.visible_to(user)
    address = reverse("assessment-list")
    found = (
        (pages.expired(mine, day), "{} 人的能力评估已过期", "?state=expired", Urgency.OVERDUE, "评估过期",
         "过期的评估不再作为补贴依据，请安排重新评估。"),
        (pages.expiring(mine, day), "{} 人的能力评估60天内到期", "?state=expiring", Urgency.DUE, "评估到期",
         "请在到期前安排评估。"),
        (pages.unsettled(mine), "{} 人的评估结论没有确认能力等级", "?level=none", Urgency.NORMAL, "待确认",
         "请对照原评估报告确认等级，确认前按没有评估计算。"),
    )  # fmt: skip
    items = []
    for rows, title, query, urgency, tag, detail in found:
        if count := rows.order_by().count():
            items.append(
                TodoItem(
                    title.format(count),
                    address + query,
                    detail if own else "由各镇(街道)办理。",
                    urgency if own else Urgency.INFO,
                    count=count,
                    button="查看名单",
                    tag=tag,
                )
            )
    return items


@todo.register
def people_to_certify(user: User) -> list[TodoItem]:
    """Certifications overdue, and due this month."""
    if not user.may(Permission.EDIT_PEOPLE):
        return []
    question = Question(user, timezone.localdate())
    if not question.needing:
        return []
    own = user.is_township
    address = reverse("certification-list") if own else reverse("certification-overview")
    items = []
    for rows, title, state, urgency, tag, detail in (
        (question.overdue(), "{} 人的生存认证逾期", "overdue", Urgency.OVERDUE, "认证逾期", "逾期期间不发放，请尽快核实认证。"),
        (question.due(), "{} 人本月应生存认证", "due", Urgency.DUE, "本月认证", "本月不认证，下月起暂停发放。"),
    ):  # fmt: skip
        if count := question.elders.filter(rows).count():
            items.append(
                TodoItem(
                    title.format(count),
                    f"{address}?state={state}" if own else address,
                    detail if own else "由各镇(街道)办理。",
                    urgency if own else Urgency.INFO,
                    count=count,
                    button="去登记" if own else "查看",
                    tag=tag,
                )
            )
    return items
