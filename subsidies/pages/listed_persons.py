"""The lists that other offices sent for comparison, and whom of the register they name."""

from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.urls import reverse

from eldercare.excel.writing import Kind
from eldercare.lists import Badge, Column, Listing, contains
from subsidies.models import Elder, ListedPerson


def filter_listed(listed: QuerySet, chosen: dict[str, Any]) -> QuerySet:
    # Both numbers are stored under one context, so that equal ones are equal.
    same = Elder.objects.current().filter(id_number=OuterRef("id_number")).order_by()
    listed = listed.annotate(
        elder=Subquery(same.values("pk")[:1]), elder_unit=Subquery(same.values("org_unit__name")[:1])
    )
    if kind := chosen.get("kind"):
        listed = listed.filter(kind=kind)
    if found := chosen.get("found"):
        listed = listed.filter(elder__isnull=found == "no")
    if text := chosen.get("q"):
        listed = listed.filter(contains(text, "name", "source"))
    return listed


def _found(row: ListedPerson) -> Badge:
    return Badge("在册", "orange") if row.elder else Badge("不在册", "secondary")


LISTED = Listing(
    "比对名单",
    (
        Column("kind", "名单", "get_kind_display", order=("kind",), css="nowrap"),
        Column(
            "name",
            "姓名",
            "name",
            order=("name",),
            link=lambda row: row.elder and reverse("elder-detail", args=[row.elder]),
            css="nowrap",
        ),
        Column("id_number", "证件号码", "id_number", width=22, css="code nowrap"),
        Column("happened", "发生日期", "happened_on", order=("happened_on",), kind=Kind.DATE),
        Column("source", "来源", "source", order=("source",), width=30),
        Column("found", "老年人名册", _found),
        Column("unit", "管理镇(街道)", "elder_unit", width=16, css="nowrap"),
    ),
    order=("-happened_on", "-pk"),
    unit="人",
)
