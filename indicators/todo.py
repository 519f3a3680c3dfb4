"""What the monthly report asks of each role, for the to-do list of the home page."""

import datetime as dt

from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone

from eldercare import todo
from eldercare.models import User
from eldercare.permissions import Permission, Role
from eldercare.todo import TodoItem, Urgency
from indicators.models import CorrectionSlip, Metric, MonthlyReport
from indicators.pages.reconcile import unexplained_differences
from indicators.rules.months import month_of

Status = MonthlyReport.Status
SOON = 5  # days before the deadline from which a report counts as urgent
MONTHS_HELD_AGAINST_LEDGERS = 3  # newest open reports; each is counted anew when the home page is opened
NEWS_FOR = 7  # days that an approval stays on the list


@todo.register
def own_reports(user: User) -> list[TodoItem]:
    """What the user's own unit still has to hand in, the oldest month first, and what was approved lately."""
    if not user.may(Permission.ENTER_REPORTS):
        return []
    collected = Q(entries__metric__in=Metric.objects.collected())
    recent = timezone.now() - dt.timedelta(days=NEWS_FOR)
    reports = (
        MonthlyReport.objects.filter(org_unit=user.org_unit)
        .filter(Q(status__in=MonthlyReport.EDITABLE) | Q(status=Status.APPROVED, approved_at__gte=recent))
        .select_related("approved_by")
        .annotate(filled=Count("entries", filter=collected))
        .order_by("month")
    )
    today = timezone.localdate()
    return [
        _approved(report, user) if report.status == Status.APPROVED else _due(report, user, today)
        for report in reports
    ]


@todo.register
def ledger_differences(user: User) -> list[TodoItem]:
    """Open reports of the user's unit with figures that are not the ledgers' and have no reason (账表不一致)."""
    if not user.may(Permission.ENTER_REPORTS):
        return []
    reports = (
        MonthlyReport.objects.open_for_entry()
        .filter(org_unit=user.org_unit, entries__isnull=False)
        .select_related("org_unit")
        .order_by("-month")
        .distinct()[:MONTHS_HELD_AGAINST_LEDGERS]
    )
    counted = [(report, unexplained_differences(report)) for report in reports]
    return [
        TodoItem(
            f"{report.month.year}年{report.month.month}月份月报账表不一致 {number} 项",
            reverse("report-reconcile", args=[report.month, user.org_unit.code]),
            "填报数与台账不同：请取台账数，或者填写说明后再提交。",
            Urgency.DUE
            if report.due_on - timezone.localdate() <= dt.timedelta(days=SOON)
            else Urgency.NORMAL,
            count=number,
            button="去核对",
            tag="账表",
        )
        for report, number in counted
        if number
    ]


def _day_text(day: dt.date) -> str:
    """“11-22”, with the year where it is not this one."""
    return f"{day:%m-%d}" if day.year == timezone.localdate().year else f"{day:%Y-%m-%d}"


def _time_text(moment: dt.datetime) -> str:
    local = timezone.localtime(moment)
    return f"{_day_text(local.date())} {local:%H:%M}"


def _link(report: MonthlyReport, user: User) -> str:
    return reverse("report", args=[report.month, user.org_unit.code])


def _due(report: MonthlyReport, user: User, today: dt.date) -> TodoItem:
    left = (report.due_on - today).days
    name = f"{report.month.year}年{report.month.month}月份月报"
    if report.status == Status.RETURNED:
        when = f"退回时间 {_time_text(report.returned_at)}。" if report.returned_at else ""
        detail = f"按退回意见改好后重新提交。{when}"
        title = f"{name}被退回，请修改"
        return TodoItem(title, _link(report, user), detail, Urgency.RETURNED, button="去修改")
    progress = f"截止 {_day_text(report.due_on)}，已填 {report.filled} 项。"
    if left < 0:
        text = f"已逾期 {-left} 天，{progress}"
        return TodoItem(f"{name}逾期未报", _link(report, user), text, Urgency.OVERDUE, button="去填报")
    urgency = Urgency.DUE if left <= SOON else Urgency.NORMAL
    when = "今天截止" if left == 0 else f"还有 {left} 天"
    return TodoItem(f"填报{name}", _link(report, user), f"{when}，{progress}", urgency, button="去填报")


def _approved(report: MonthlyReport, user: User) -> TodoItem:
    when = _time_text(report.approved_at)
    return TodoItem(
        f"{report.month.year}年{report.month.month}月份月报已审核通过",
        _link(report, user),
        f"审核人 {report.approved_by.full_name}，{when}。" if report.approved_by else f"{when}。",
        Urgency.INFO,
        button="查看",
        tag="通过",
    )


@todo.register
def reports_to_review(user: User) -> list[TodoItem]:
    """One line per report that waits for a reviewer; those that this reviewer may not approve say so."""
    if not user.may(Permission.REVIEW_REPORTS):
        return []
    waiting = (
        MonthlyReport.objects.visible_to(user)
        .filter(status=Status.SUBMITTED)
        .select_related("org_unit", "submitted_by")
        .annotate(own=Count("entries", filter=Q(entries__entered_by=user)))
        .order_by("month", "org_unit__path")
    )
    return [_to_review(report, user) for report in waiting]


def _to_review(report: MonthlyReport, user: User) -> TodoItem:
    title = f"{report.org_unit.name}{report.month.year}年{report.month.month}月份月报"
    link = reverse("report", args=[report.month, report.org_unit.code])
    detail = ""
    if report.submitted_by and report.submitted_at:
        detail = f"{report.submitted_by.full_name}于 {_time_text(report.submitted_at)} 提交。"
    if report.own or report.submitted_by_id == user.pk:
        detail += "含您本人填写的数据，须由另一位审核人办理。"
        return TodoItem(f"{title}待他人审核", link, detail, Urgency.INFO, button="查看")
    return TodoItem(f"审核{title}", link, detail, Urgency.NORMAL, button="去审核", tag="待审")


@todo.register
def units_behind(user: User) -> list[TodoItem]:
    """For the county: how many units have not handed in, month by month; only the late for past months."""
    watches = user.may(Permission.REMIND_UNITS) or user.role == Role.LEADER
    if not watches:
        return []
    today = timezone.localdate()
    late, returned = Q(status=Status.DRAFT, due_on__lt=today), Q(status=Status.RETURNED)
    months = (
        MonthlyReport.objects.visible_to(user)
        .filter(late | returned | Q(month=month_of(today)))
        .order_by("month")
        .values("month")
        .annotate(
            late=Count("pk", filter=late),
            returned=Count("pk", filter=returned),
            open=Count("pk", filter=Q(status__in=MonthlyReport.EDITABLE)),
            passed=Count("pk", filter=Q(status__in=MonthlyReport.PUBLISHED)),
            total=Count("pk"),
        )
    )
    return [item for row in months if (item := _behind(row, user))]


def _behind(row: dict, user: User) -> TodoItem | None:
    if not row["open"]:
        return None
    parts = [
        f"{row['late']} 个逾期未报" if row["late"] else "",
        f"{row['returned']} 个已退回" if row["returned"] else "",
    ]
    facts = "、".join(part for part in parts if part)
    title = f"{row['month'].year}年{row['month'].month}月份月报还有 {row['open']} 个单位没有报送"
    may_remind = user.may(Permission.REMIND_UNITS)
    if row["late"]:
        urgency = Urgency.OVERDUE if may_remind else Urgency.INFO
    else:
        urgency = Urgency.NORMAL if may_remind else Urgency.INFO
    return TodoItem(
        title,
        reverse("report-month", args=[row["month"]]),
        f"{facts}。" if facts else "尚未到截止日。",
        urgency,
        count=row["open"],
        button="去催报" if may_remind else "查看",
    )


@todo.register
def corrections(user: User) -> list[TodoItem]:
    """Correction slips that wait for an approver, or came back to whoever drafts them."""
    wanted = Q()
    if user.may(Permission.APPROVE_CORRECTIONS):
        wanted |= Q(status=CorrectionSlip.Status.SUBMITTED)
    if user.may(Permission.PREPARE_CORRECTIONS):
        wanted |= Q(status=CorrectionSlip.Status.RETURNED)
    if not wanted:
        return []
    slips = (
        CorrectionSlip.objects.filter(wanted, org_unit=user.org_unit)
        .select_related("prepared_by")
        .order_by("submitted_at")
    )
    return [_correction(slip) for slip in slips]


def _correction(slip: CorrectionSlip) -> TodoItem:
    month = f"{slip.month.year}年{slip.month.month}月"
    link = reverse("correction", args=[slip.pk])
    if slip.status == CorrectionSlip.Status.RETURNED:
        return TodoItem(f"{slip}被退回", link, f"{month}：{slip.opinion}", Urgency.RETURNED, button="去修改")
    detail = f"更正{month}月报，{slip.prepared_by.full_name}起草。"
    return TodoItem(f"审批{slip}", link, detail, Urgency.NORMAL, button="去审批", tag="待审")
