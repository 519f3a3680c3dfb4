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

OTHERS = "由各镇(街道)办理。"


@todo.register
def assessments_to_renew(user: User) -> list[TodoItem]:
    """Assessments that have expired, expire within 60 days, or wait for a level. The county is told in one line."""
    if not user.may(Permission.EDIT_PEOPLE):
        return []
    day = timezone.localdate()
    mine = Assessment.objects.visible_to(user)
    number = pages.renewals(mine, day)
    address = reverse("assessment-list")
    days = pages.SOON.days
    if not user.is_township:
        words = (
            (number["expired"], f"{number['expired']:,} 人已过期"),
            (number["expiring"], f"{number['expiring']:,} 人 {days} 天内到期"),
            (number["unsettled"], f"{number['unsettled']:,} 人未确认等级"),
        )
        return _told("能力评估", words, address, "评估")
    return [
        TodoItem(title, address + query, detail, urgency, count=count, button="查看名单", tag=tag)
        for count, title, query, detail, urgency, tag in (
            (
                number["expired"],
                f"{number['expired']:,} 人的能力评估已过期",
                "?state=expired",
                "过期的评估不再作为补贴依据，请安排重新评估。",
                Urgency.OVERDUE,
                "评估过期",
            ),
            (
                number["expiring"],
                f"{number['expiring']:,} 人的能力评估 {days} 天内到期",
                "?state=expiring",
                "请在到期前安排评估。",
                Urgency.DUE,
                "评估到期",
            ),
            (
                number["unsettled"],
                f"{number['unsettled']:,} 人的评估结论没有确认能力等级",
                "?level=none",
                "请对照原评估报告确认等级，确认前按没有评估计算。",
                Urgency.NORMAL,
                "待确认",
            ),
        )
        if count
    ]


@todo.register
def people_to_certify(user: User) -> list[TodoItem]:
    """Certifications overdue, and due this month."""
    if not user.may(Permission.EDIT_PEOPLE):
        return []
    question = Question(user, timezone.localdate())
    if not question.needing:
        return []
    overdue, due = question.counts()
    if not user.is_township:
        words = ((overdue, f"{overdue:,} 人逾期"), (due, f"{due:,} 人本月应认证"))
        return _told("生存认证", words, reverse("certification-overview"), "认证")
    address = reverse("certification-list")
    return [
        TodoItem(title, address + query, detail, urgency, count=count, button="去登记", tag=tag)
        for count, title, query, detail, urgency, tag in (
            (
                overdue,
                f"{overdue:,} 人的生存认证逾期",
                "?state=overdue",
                "逾期期间不发放，请尽快核实认证。",
                Urgency.OVERDUE,
                "认证逾期",
            ),
            (
                due,
                f"{due:,} 人本月应生存认证",
                "?state=due",
                "本月不认证，下月起暂停发放。",
                Urgency.DUE,
                "本月认证",
            ),
        )
        if count
    ]


def _told(what: str, words: tuple[tuple[int, str], ...], address: str, tag: str) -> list[TodoItem]:
    """One line for the county, about whatever there is."""
    found = [text for count, text in words if count]
    if not found:
        return []
    count = sum(number for number, _ in words)
    title = f"{what}：{'，'.join(found)}"
    return [TodoItem(title, address, OTHERS, Urgency.INFO, count=count, button="查看", tag=tag)]
