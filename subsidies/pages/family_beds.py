"""Family beds: the list, and in which state one is."""

from django.db.models import Q, QuerySet
from django.urls import reverse

from eldercare.excel.writing import Kind
from eldercare.lists import Badge, Column, Listing, contains
from eldercare.models import User
from eldercare.plan_goals import PlanGoal, goals_of
from subsidies.models import FamilyBed

IN_STATE = {
    "applied": Q(ended_on=None, assessed_on=None, approved_on=None, accepted_on=None),
    "assessed": Q(ended_on=None, assessed_on__isnull=False, approved_on=None, accepted_on=None),
    "approved": Q(ended_on=None, approved_on__isnull=False, accepted_on=None),
    "in_use": Q(ended_on=None, accepted_on__isnull=False),
    "ended": Q(ended_on__isnull=False),
    "open": Q(ended_on=None),
    "all": Q(),
}
STATES = (
    ("open", "在办和在用"),
    ("applied", "已申请"),
    ("assessed", "已评估"),
    ("approved", "已批准"),
    ("in_use", "在用"),
    ("ended", "已终止"),
    ("all", "全部"),
)


def state_of(row: FamilyBed) -> Badge:
    if row.ended_on:
        return Badge("已终止", "secondary")
    if row.accepted_on:
        return Badge("在用", "green")
    if row.approved_on:
        return Badge("已批准", "blue")
    return Badge("已评估", "blue") if row.assessed_on else Badge("已申请", "orange")


FAMILY_BEDS = Listing(
    "家庭养老床位",
    (
        Column(
            "name",
            "姓名",
            "elder.name",
            order=("elder__name_key",),
            css="nowrap",
            link=lambda row: reverse("family-bed-detail", args=[row.pk]),
        ),
        Column("id_number", "证件号码", "elder.id_number", width=22, css="code nowrap"),
        Column(
            "unit",
            "居住镇(街道)",
            "elder.residence_unit.name",
            order=("elder__residence_unit__code",),
            css="nowrap",
        ),
        Column("facility", "签约机构", "facility.name", order=("facility__name",), width=28),
        Column("state", "状态", state_of),
        Column("applied", "申请日期", "applied_on", order=("applied_on",), kind=Kind.DATE),
        Column("accepted", "启用日期", "accepted_on", order=("accepted_on",), kind=Kind.DATE),
        Column("ended", "终止日期", "ended_on", order=("ended_on",), kind=Kind.DATE),
        Column("fee", "月服务费(元)", "monthly_fee", order=("monthly_fee",), kind=Kind.MONEY),
        Column("subsidy", "建床补贴(元)", "subsidy", order=("subsidy",), kind=Kind.MONEY),
    ),
    order=("-applied_on",),
    unit="张",
    is_off=lambda row: row.ended_on is not None,
)


def family_bed_rows(everything: QuerySet[FamilyBed], chosen: dict) -> QuerySet[FamilyBed]:
    rows = everything.select_related("elder__residence_unit", "facility")
    rows = rows.filter(IN_STATE[chosen.get("state", "open")])
    if chosen.get("facility"):
        rows = rows.filter(facility=chosen["facility"])
    if chosen.get("q"):
        rows = rows.filter(contains(chosen["q"], "elder__name", "facility__name"))
    return rows


def goals_with_beds(user: User) -> list[tuple[PlanGoal, int]]:
    """What the plans ask, beside the beds in use."""
    goals = goals_of("home_care_beds", user)
    if not goals:
        return []
    beds = FamilyBed.objects.visible_to(user).filter(IN_STATE["in_use"]).count()
    return [(goal, beds) for goal in goals]
