"""What the pages of registers show: all of them by field of work, the list of one, one row with its history."""

import copy
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.urls import reverse

from eldercare.excel.writing import Kind as Sheet
from eldercare.history import INSERT, Part, Step, history_of
from eldercare.lists import Column, Listing
from eldercare.models import User
from eldercare.permissions import Permission
from indicators.models import Register, RegisterColumn, RegisterMetric, RegisterRow
from indicators.register_columns import list_columns, name_of, related_of, shown
from indicators.rules.figures import format_figure
from indicators.rules.registers import CONFIDENTIAL, Kind


@dataclass(frozen=True)
class Group:
    """The registers of a field of work."""

    label: str
    registers: list[Register]

    @property
    def rows(self) -> int:
        return sum(register.number for register in self.registers)


def groups(user: User, text: str = "") -> list[Group]:
    """With the number of rows that the user may see. One statement, whatever the number of registers."""
    mine = RegisterRow.objects.visible_to(user).filter(register=OuterRef("pk")).order_by()
    number = mine.values("register").annotate(number=Count("pk")).values("number")
    found = Register.objects.annotate(
        number=Coalesce(Subquery(number), 0),
        has_metric=Exists(RegisterMetric.objects.filter(register=OuterRef("pk"))),
    )
    if text:
        found = found.filter(
            Q(name__icontains=text) | Q(purpose__icontains=text) | Q(columns__heading__icontains=text)
        )
        found = found.distinct()
    every = list(found.order_by("is_retired", "position", "code"))
    made = [
        Group(label, [register for register in every if register.field == field])
        for field, label in Register.Field.choices
    ]
    return [group for group in made if group.registers]


def columns_for(register: Register, user: User) -> list[RegisterColumn]:
    """The columns in use; without those that say who somebody is for whoever sees figures only."""
    columns = list(register.columns.current())
    if user.may(Permission.VIEW_PEOPLE):
        return columns
    return [column for column in columns if not column.is_personal]


def listing_of(register: Register, columns: Sequence[RegisterColumn], user: User) -> Listing:
    made = list_columns(columns, with_unit=not user.is_township)
    if all(column.link is None for column in made) and made:
        made = (*made, _number_column())
    day = next((column for column in columns if column.type is Kind.DATE and column.in_list), None)
    return Listing(register.name, made, order=(f"-{day.slot}",) if day and day.is_required else ("-pk",))


def _number_column() -> Column:
    return Column(
        "number",
        "编号",
        "pk",
        order=("pk",),
        kind=Sheet.INTEGER,
        link=lambda row: reverse("register-row", args=[row.pk]),
    )


def rows_of(register: Register, columns: Sequence[RegisterColumn], user: User) -> QuerySet[RegisterRow]:
    rows = RegisterRow.objects.visible_to(user).filter(register=register)
    return rows.select_related(*related_of(columns))


@dataclass(frozen=True)
class Total:
    label: str
    value: Decimal
    unit: str

    @property
    def text(self) -> str:
        return f"{self.value:,.2f}" if self.value != self.value.to_integral_value() else f"{self.value:,.0f}"


def totals(rows: QuerySet[RegisterRow], columns: Sequence[RegisterColumn]) -> list[Total]:
    """Of the columns that are summed, over the rows that were filtered; no statement where there is none."""
    summed = [column for column in columns if column.is_summed]
    if not summed:
        return []
    found = rows.order_by().aggregate(**{column.slot: Sum(column.slot) for column in summed})
    return [
        Total(
            column.heading,
            found[column.slot] or Decimal(0),
            column.unit or ("元" if column.type is Kind.AMOUNT else ""),
        )
        for column in summed
    ]


# --- One row --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Fact:
    column: RegisterColumn
    value: object
    link: str = ""

    @property
    def is_number(self) -> bool:
        """An encrypted number: the template shows it with its question."""
        return self.column.type in CONFIDENTIAL

    @property
    def text(self) -> str:
        value = self.value
        if value is None:
            return ""
        if isinstance(value, bool):
            return "是" if value else "否"
        if self.column.type is Kind.AMOUNT:
            value = f"{value:,.2f}"
        elif isinstance(value, Decimal):
            value = format_figure(value)
        return f"{value} {self.column.unit}" if self.column.unit else str(value)


def facts_of(row: RegisterRow, columns: Sequence[RegisterColumn]) -> list[Fact]:
    return [Fact(column, shown(column, getattr(row, column.slot)), _link(row, column)) for column in columns]


def _link(row: RegisterRow, column: RegisterColumn) -> str:
    if column.type is Kind.FACILITY and row.facility_id:
        return reverse("facility-detail", args=[row.facility_id])
    code = getattr(row, column.slot) if column.type is Kind.TASK else ""
    return reverse("task", args=[code]) if code else ""


class _RowPart(Part):
    """The history of a row under the headings of its register."""

    def __init__(self, row: RegisterRow, columns: Sequence[RegisterColumn]) -> None:
        super().__init__(RegisterRow, is_subject=True, pgh_obj_id=row.pk)
        self.register_columns = columns

    @cached_property
    def columns(self) -> list:
        named = [(RegisterRow._meta.get_field("org_unit"), "镇(街道)", ())]
        for column in self.register_columns:
            choices = tuple(column.labels.items()) if column.type is Kind.CHOICE else ()
            named.append((RegisterRow._meta.get_field(column.slot), column.heading, choices))
        return [_renamed(*each) for each in named]


def _renamed(field, heading: str, choices: tuple):
    renamed = copy.copy(field)
    renamed.verbose_name = heading
    if choices:
        renamed.choices = list(choices)
    return renamed


def row_history(row: RegisterRow, columns: Sequence[RegisterColumn], user: User) -> list[Step]:
    return history_of(_RowPart(row, columns), user=user)


def definition_history(register: Register, user: User) -> list[Step]:
    columns = Part(
        RegisterColumn,
        register_id=register.pk,
        fields=(
            "heading",
            "kind",
            "unit",
            "help",
            "aliases",
            "is_required",
            "is_key",
            "in_list",
            "is_filter",
            "is_summed",
            "is_retired",
        ),
    )
    steps = history_of(register, columns, user=user)
    for step in steps:  # a register comes with its columns: they stand above
        if made := [change for change in step.changes if change.kind == INSERT and not change.what]:
            step.changes = made
    return steps


def title_of(row: RegisterRow, columns: Sequence[RegisterColumn]) -> str:
    """Of the page: the key columns, or the first name that the reader may see."""
    return name_of(row, [column for column in columns if column.type not in CONFIDENTIAL])


# --- Figures --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class MetricLine:
    definition: RegisterMetric
    words: str


def metric_lines(register: Register) -> list[MetricLine]:
    found = register.metrics.select_related("metric", "column", "from_column", "to_column")
    return [MetricLine(each, words_of(each)) for each in found]


def words_of(each: RegisterMetric) -> str:
    """口径 in one sentence."""
    what = {
        RegisterMetric.Aggregate.COUNT: "计行数",
        RegisterMetric.Aggregate.SUM: f"合计“{each.column}”",
        RegisterMetric.Aggregate.DISTINCT: f"“{each.column}”中不同值的个数",
    }[RegisterMetric.Aggregate(each.aggregate)]
    if each.metric.is_stock:
        when = f"“{each.from_column}”不晚于月末"
        when += f"、“{each.to_column}”未到或没有填的" if each.to_column else "的"
    else:
        when = f"“{each.from_column}”在当月的"
    condition = f"，且 {each.condition}" if each.condition else ""
    return f"{when}{condition}，{what}"
