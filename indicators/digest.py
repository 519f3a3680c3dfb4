"""What the monthly report, the plans, the tasks and the corrections put into the weekly digest."""

import datetime as dt
from collections import Counter

from django.db.models import Count, Q
from django.urls import reverse

from eldercare import digest
from eldercare.digest import COMING, Line, Week
from eldercare.models import OrgUnit
from eldercare.permissions import Permission
from indicators.models import (
    CorrectionSlip,
    Indicator,
    IndicatorValue,
    MonthlyReport,
    OfficialReport,
    ReportEvent,
    Supervision,
    Target,
    TaskBulletin,
    TaskProgress,
)
from indicators.models.values import end_of, published
from indicators.pages.published import states_then
from indicators.rules.months import add_months, month_of

NAMED = 5
MONTHS_READ = 4
STEPS = {
    MonthlyReport.Status.SUBMITTED: "提交",
    MonthlyReport.Status.RETURNED: "退回",
    MonthlyReport.Status.APPROVED: "通过",
}
Light = IndicatorValue.Status
JUDGED = {Light.MET: "达标", Light.ON_COURSE: "进度正常", Light.BEHIND: "进度滞后"}


# Units that file one report: what others count in reports is said of theirs without a number.
SINGLE = (OrgUnit.Level.TOWNSHIP, OrgUnit.Level.REPORTING)


def _names(words: list[str]) -> str:
    return "、".join(words[:NAMED]) + (f"等 {len(words)} 项" if len(words) > NAMED else "")


def _month(month: dt.date) -> str:
    return f"{month.year}年{month.month}月"


@digest.register
def reports(unit: OrgUnit, week: Week) -> list[Line]:
    """The steps of the week, and who is still missing at its end."""
    steps = ReportEvent.objects.filter(report__org_unit__path__startswith=unit.path, **week.holds("at"))
    taken = Counter(steps.filter(to_status__in=STEPS).values_list("report__month", "to_status"))
    lines = []
    for month in sorted({month for month, _ in taken}):
        words = [
            STEPS[state] + ("" if unit.level in SINGLE else f" {taken[month, state]} 份")
            for state in STEPS
            if taken[month, state]
        ]
        text = f"{_month(month)}月报：{'、'.join(words)}。"
        lines.append(Line("月报", text, Permission.VIEW_REPORTS, reverse("report-month", args=[month])))
    return lines + _missing(unit, week)


def _missing(unit: OrgUnit, week: Week) -> list[Line]:
    """Of the months that were due by the end of the week and not long ago: who had not handed in by then."""
    due = MonthlyReport.objects.filter(
        org_unit__path__startswith=unit.path, due_on__range=(week.last - dt.timedelta(days=60), week.last)
    )
    rows = states_then(due, week.last).order_by("month", "org_unit__path")
    missing: dict[dt.date, list[str]] = {}
    for month, name, state in rows.values_list("month", "org_unit__name", "state_then"):
        if state in MonthlyReport.EDITABLE:
            missing.setdefault(month, []).append(name)
    return [
        Line(
            "月报",
            f"{_month(month)}月报已过截止日，"
            + (
                "还没有报送。"
                if unit.level in SINGLE
                else f"仍有 {len(names)} 个单位没有报送：{_names(names)}。"
            ),
            Permission.VIEW_REPORTS,
            reverse("report-month", args=[month]),
            "red",
        )
        for month, names in missing.items()
    ]


@digest.register
def lights(unit: OrgUnit, week: Week) -> list[Line]:
    """Indicators whose newest published state is not what it was a week before. Two queries."""
    before, after = _states(unit, week.before), _states(unit, week.last)
    turned: dict[tuple[str, str], list[Indicator]] = {}
    for indicator, state in after.items():
        was = before.get(indicator)
        if was is not None and was != state and state in (Light.MET, Light.BEHIND):
            turned.setdefault((indicator.plan.short_title, state), []).append(indicator)
    lines = []
    for (plan, state), indicators in sorted(turned.items()):
        names = _names([f"{each.number} {each.name}" for each in indicators])
        text = f"{plan}新转为{JUDGED[Light(state)]} {len(indicators)} 项：{names}。"
        link = f"{reverse('plan', args=[indicators[0].plan.code])}?status={state}"
        tone = "green" if state == Light.MET else "red"
        lines.append(Line("规划指标", text, Permission.VIEW_INDICATORS, link, tone))
    return lines


def _states(unit: OrgUnit, day: dt.date) -> dict[Indicator, str]:
    newest = month_of(day)
    rows = (
        published(IndicatorValue, day)
        .filter(
            org_unit=unit,
            month__range=(add_months(newest, -MONTHS_READ), newest),
            status__in=JUDGED,
            indicator__is_active=True,
            indicator__is_soft=False,
            indicator__role__in=(Indicator.Role.TARGET, Indicator.Role.NORM),
        )
        .select_related("indicator__plan")
        .order_by("month")
    )
    return {row.indicator: row.status for row in rows}


@digest.register
def tasks(unit: OrgUnit, week: Week) -> list[Line]:
    progress = TaskProgress.objects.filter(org_unit__path__startswith=unit.path)
    handed_in = progress.filter(**week.holds("submitted_at")).count()
    decided = Counter(progress.filter(**week.holds("reviewed_at")).values_list("status", flat=True))
    accepted, returned = (
        decided[TaskProgress.Status.ACCEPTED],
        decided[TaskProgress.Status.RETURNED],
    )
    counts = (("提交", handed_in), ("通过", accepted), ("退回", returned))
    words = [f"{word} {number} 项" for word, number in counts if number]
    lines = []
    if words:
        text = f"任务进展：{'、'.join(words)}。"
        lines.append(Line("重点任务", text, Permission.VIEW_TASKS, reverse("task-list")))
    return lines + _supervisions(unit, week)


def _supervisions(unit: OrgUnit, week: Week) -> list[Line]:
    whose = Supervision.objects.filter(org_unit__path__startswith=unit.path).select_related(
        "org_unit", "task"
    )
    issued, closed = whose.filter(**week.holds("issued_at")), whose.filter(**week.holds("closed_at"))
    link = reverse("supervision-list")
    lines = []
    for word, found, tone in (("下发", list(issued), "red"), ("销号", list(closed), "green")):
        if found:
            names = _names([f"{each.org_unit.name}“{each.task.name}”" for each in found])
            text = f"督办{word} {len(found)} 件：{names}。"
            lines.append(Line("重点任务", text, Permission.VIEW_TASKS, link, tone))
    bulletins = TaskBulletin.objects.filter(org_unit__path__startswith=unit.path, **week.holds("issued_at"))
    lines += [
        Line(
            "重点任务",
            f"印发{_month(each.month)}重点任务通报。",
            Permission.VIEW_TASKS,
            reverse("task-notice", args=[each.month]),
        )
        for each in bulletins
    ]
    return lines


@digest.register
def corrections(unit: OrgUnit, week: Week) -> list[Line]:
    """Published figures that were corrected, and official reports that were sealed."""
    slips = CorrectionSlip.objects.filter(
        org_unit__path__startswith=unit.path,
        status=CorrectionSlip.Status.APPROVED,
        **week.holds("decided_at"),
    )
    lines = [
        Line(
            "更正与公文",
            f"{slip}生效：{_month(slip.month)}的数据有更正，现为第 {slip.revision} 版。",
            Permission.VIEW_REPORTS,
            reverse("correction", args=[slip.pk]),
        )
        for slip in slips
    ]
    sealed = OfficialReport.objects.filter(
        org_unit__path__startswith=unit.path, **week.holds("sealed_at")
    ).only("title")
    lines += [
        Line(
            "更正与公文",
            f"定稿《{report.title}》。",
            Permission.VIEW_REPORTS,
            reverse("official-report", args=[report.pk]),
        )
        for report in sealed
    ]
    return lines


@digest.register
def coming(unit: OrgUnit, week: Week) -> list[Line]:
    """Deadlines of the week that begins: monthly reports, targets, answers to a supervision."""
    return [*_reports_due(unit, week), *_targets_due(unit, week), *_answers_due(unit, week)]


def _reports_due(unit: OrgUnit, week: Week) -> list[Line]:
    due = MonthlyReport.objects.filter(org_unit__path__startswith=unit.path, due_on__range=week.coming)
    rows = states_then(due, week.last).values("month", "due_on").order_by("month", "due_on")
    counted = rows.annotate(
        owed=Count("pk"), open=Count("pk", filter=Q(state_then__in=MonthlyReport.EDITABLE))
    )
    return [
        Line(
            COMING,
            f"{row['due_on'].month}月{row['due_on'].day}日 {_month(row['month'])}月报截止，"
            + (
                "还没有报送。"
                if unit.level in SINGLE
                else f"{row['owed']} 个单位中还有 {row['open']} 个没有报送。"
            ),
            Permission.VIEW_REPORTS,
            reverse("report-month", args=[row["month"]]),
        )
        for row in counted
        if row["open"]
    ]


def _targets_due(unit: OrgUnit, week: Week) -> list[Line]:
    due = (
        Target.objects.filter(
            due_on__range=week.coming,
            indicator__is_active=True,
            indicator__is_soft=False,
            indicator__recurrence="",
            indicator__values__org_unit=unit,
        )
        .select_related("indicator__plan")
        .order_by("due_on", "indicator__plan__code", "indicator__number")
        .distinct()
    )
    by_plan: dict[str, list[Target]] = {}
    for target in due:
        by_plan.setdefault(target.indicator.plan.code, []).append(target)
    return [
        Line(
            COMING,
            f"{targets[0].due_on.month}月{targets[0].due_on.day}日 {targets[0].indicator.plan.short_title}"
            f"有 {len(targets)} 项指标到期：{_names([f'{each.indicator.number} {each.indicator.name}' for each in targets])}。",
            Permission.VIEW_INDICATORS,
            f"{reverse('plan', args=[code])}?sort=due",
        )
        for code, targets in by_plan.items()
    ]


def _answers_due(unit: OrgUnit, week: Week) -> list[Line]:
    due = Supervision.objects.filter(
        org_unit__path__startswith=unit.path,
        status=Supervision.Status.ISSUED,
        issued_at__lt=end_of(week.last),
        reply_due_on__range=week.coming,
    ).select_related("org_unit", "task")
    return [
        Line(
            COMING,
            f"{each.reply_due_on.month}月{each.reply_due_on.day}日前 {each.org_unit.name}回复督办“{each.task.name}”。",
            Permission.VIEW_TASKS,
            reverse("supervision", args=[each.pk]),
        )
        for each in due
    ]
