"""What payments, enrolments and visits put into the weekly digest: numbers, never names."""

from collections import Counter

from django.db.models import Count, Sum
from django.urls import reverse

from eldercare import digest
from eldercare.digest import COMING, Line, Week
from eldercare.models import OrgUnit
from eldercare.permissions import Permission
from subsidies.models import DuePeriod, EnrolmentStep, PaymentLine, PublicNotice, Service
from subsidies.rules.visits import WEEK, Period

SECTION = "补贴与探访"
STEPS = {
    EnrolmentStep.Kind.APPLY: "申请",
    EnrolmentStep.Kind.APPROVE: "批准",
    EnrolmentStep.Kind.REFUSE: "不予通过",
    EnrolmentStep.Kind.SUSPEND: "暂停",
    EnrolmentStep.Kind.END: "停发",
}


@digest.register
def payments(unit: OrgUnit, week: Week) -> list[Line]:
    """What went to the bank in the week, a line per programme and month."""
    sent = (
        PaymentLine.objects.filter(
            org_unit__path__startswith=unit.path,
            state__in=(PaymentLine.State.SENT, PaymentLine.State.PAID, PaymentLine.State.FAILED),
            **week.holds("batch__sent_at"),
        )
        .money()
        .values("batch", "batch__programme__name", "batch__month")
        .order_by("batch__month", "batch__programme__name", "batch")
        .annotate(people=Count("enrolment", distinct=True), amount=Sum("amount"))
    )
    lines = [
        Line(
            SECTION,
            f"{row['batch__programme__name']} {row['batch__month'].year}年{row['batch__month'].month}月已送银行："
            f"{row['people']:,} 人，{row['amount']:,.2f} 元。",
            Permission.VIEW_PAYMENTS,
            reverse("batch-detail", args=[row["batch"]]),
        )
        for row in sent
    ]
    return lines + _failed(unit, week)


def _failed(unit: OrgUnit, week: Week) -> list[Line]:
    failed = PaymentLine.objects.filter(
        org_unit__path__startswith=unit.path,
        state=PaymentLine.State.FAILED,
        **week.holds("batch__reconciled_at"),
    ).aggregate(people=Count("enrolment", distinct=True), amount=Sum("amount"))
    if not failed["people"]:
        return []
    text = (
        f"银行回盘有 {failed['people']:,} 人没有发成，共 {failed['amount']:,.2f} 元，核实账户后随下批补发。"
    )
    return [Line(SECTION, text, Permission.VIEW_PAYMENTS, reverse("payment-home"), "red")]


@digest.register
def enrolments(unit: OrgUnit, week: Week) -> list[Line]:
    steps = EnrolmentStep.objects.filter(
        enrolment__org_unit__path__startswith=unit.path, kind__in=STEPS, **week.holds("at")
    )
    counted = Counter(dict(steps.order_by().values_list("kind").annotate(Count("pk"))))
    words = [f"{word} {counted[kind]:,} 人" for kind, word in STEPS.items() if counted[kind]]
    if not words:
        return []
    text = f"享受资格：{'、'.join(words)}。"
    return [Line(SECTION, text, Permission.VIEW_PEOPLE, reverse("enrolment-list"))]


@digest.register
def visits(unit: OrgUnit, week: Week) -> list[Line]:
    """The rate of the week's visits (周探访率), defined in ``rules/visits.py``."""
    due = DuePeriod.objects.of([Period(WEEK, week.first, week.last)]).filter(
        unit__in=OrgUnit.objects.filter(path__startswith=unit.path).order_by().values("pk"),
        service=Service.VISIT,
        frequency=WEEK,
    )
    counted = due.order_by().aggregate(due=Count("pk"), done=Count("done_on"))
    if not counted["due"]:
        return []
    rate = counted["done"] * 100 / counted["due"]
    text = f"周探访：应访 {counted['due']:,} 人，已访 {counted['done']:,} 人，探访率 {rate:.1f}%。"
    tone = "red" if counted["done"] < counted["due"] else "green"
    return [Line(SECTION, text, Permission.VIEW_PEOPLE, reverse("visit-rates"), tone)]


@digest.register
def notices_over(unit: OrgUnit, week: Week) -> list[Line]:
    """Public notices that end in the week that begins."""
    ending = PublicNotice.objects.filter(
        org_unit__path__startswith=unit.path, closed_at=None, ends_on__range=week.coming
    ).select_related("programme", "org_unit")
    return [
        Line(
            COMING,
            f"{each.ends_on.month}月{each.ends_on.day}日 {each.org_unit.name}{each.programme.name}公示期满。",
            Permission.VIEW_PEOPLE,
            reverse("public-notice-detail", args=[each.pk]),
        )
        for each in ending
    ]
