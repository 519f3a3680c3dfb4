"""Rates of visits (探访率) by week and month, and the list of person-periods behind each number."""

import datetime as dt
from dataclasses import dataclass, field

from django import forms
from django.db.models import Count, Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from eldercare import ledger_kept
from eldercare.excel.writing import Kind
from eldercare.forms import units_for_accounts
from eldercare.lists import Badge, Column, ListFilterForm, Listing, search_field
from eldercare.models import OrgUnit, User
from facilities.forms.checked import date_field
from subsidies.models import DuePeriod
from subsidies.pages.visits import GROUP_LABELS, GROUPS, Tally, places_of
from subsidies.rules.visits import SHORT, WEEK, Period, is_counted, periods_of_month


@dataclass
class RateLine:
    unit: OrgUnit
    label: str
    weeks: list[Tally]
    totals: dict[str, Tally] = field(
        default_factory=lambda: {name: Tally() for name in GROUPS}
    )  # what counts by now
    code: str = ""  # in the address of the list behind
    running: set[str] = field(default_factory=set)  # groups of which something is due that does not count yet
    is_kept: bool = True  # the ledger had begun by that month

    def cells(self) -> list[tuple[str, Tally, bool]]:
        """Group, what counts of it by now, and whether all of it still runs."""
        return [(name, each, not each.due and name in self.running) for name, each in self.totals.items()]


@dataclass
class Rates:
    weeks: list[Period]
    lines: list[RateLine]
    total: RateLine


def load_rates(user: User, month: dt.date, unit: OrgUnit | None) -> Rates:
    """Per township, or per village of ``unit``: three queries, whatever their number.

    A week has a column from the start; the month's totals hold what counts by now (``rules/visits.py``).
    """
    periods = periods_of_month(month)
    weeks = [each for each in periods if each.frequency == WEEK]
    position = {week.last: number for number, week in enumerate(weeks)}
    today = timezone.localdate()
    lines = {} if unit is None else {unit.pk: _line(unit, "未填村(社区)", weeks)}
    for place in places_of(user, today, unit):
        lines[place.pk] = _line(place, place.name, weeks)
    total = _line(unit or user.org_unit, "合计", weeks)
    for pk, service, frequency, last, due, done in _rows(user, periods, unit):
        name = _group(service, frequency)
        for line in filter(None, (lines.get(pk or (unit.pk if unit else None)), total)):
            counts = [line.weeks[position[last]]] if name == "weekly" else []
            if is_counted(frequency, last, today):
                counts.append(line.totals[name])
            else:
                line.running.add(name)
            for count in counts:
                count.due += due
                count.done += done
    shown = [
        line
        for line in lines.values()
        if line.unit != unit or line.running or any(each.due for each in line.totals.values())
    ]
    _tell_kept(shown, total, month, unit)
    return Rates(weeks, shown, total)


def _tell_kept(lines: list[RateLine], total: RateLine, month: dt.date, unit: OrgUnit | None) -> None:
    """A village keeps no ledger: its lines are told by the township."""
    keepers = {line.code: unit or line.unit for line in [*lines, total]}
    kept = ledger_kept.kept(list({each.pk: each for each in keepers.values()}.values()), month)
    for line in [*lines, total]:
        line.is_kept = kept[keepers[line.code].pk, "visits"]


def _line(place: OrgUnit, label: str, weeks: list[Period]) -> RateLine:
    return RateLine(place, label, [Tally() for _ in weeks], code=place.code)


def _rows(user: User, periods: list[Period], unit: OrgUnit | None) -> QuerySet:
    rows = DuePeriod.objects.of(periods).visible_to(user)
    if unit:
        rows = rows.filter(unit=unit)
    keys = ("village" if unit else "unit", "service", "frequency", "last_day")
    return rows.order_by().values_list(*keys).annotate(due=Count("pk"), done=Count("done_on"))


def _group(service: str, frequency: str) -> str:
    if service == "visit" and frequency in ("week", "month"):
        return {"week": "weekly", "month": "monthly"}[frequency]
    return "periodic"


# --- The rows behind --------------------------------------------------------------------------------------------


class MonthField(forms.CharField):
    """2026-06, as the browser's month field gives it; the first day of it."""

    def __init__(self, **more) -> None:
        super().__init__(widget=forms.TextInput(attrs={"type": "month"}), **more)

    def to_python(self, value) -> dt.date | None:
        text = super().to_python(value)
        if not text:
            return None
        try:
            return dt.datetime.strptime(text, "%Y-%m").replace(tzinfo=dt.UTC).date()
        except ValueError:
            raise forms.ValidationError("月份请按 2026-06 的样式填写。") from None


STATES = (
    ("", "全部"),
    ("done", "已完成"),
    ("open", "未完成"),
    ("missed", "已过期未完成"),
    ("counted", "已计入"),
    ("counted_done", "已计入且已完成"),
)


class DueFilterForm(ListFilterForm):
    month = MonthField(label="月份", required=False, initial=lambda: timezone.localdate().strftime("%Y-%m"))
    group = forms.ChoiceField(label="种类", required=False, choices=[("", "全部"), *GROUP_LABELS.items()])
    unit = forms.ModelChoiceField(
        label="镇(街道)",
        required=False,
        queryset=OrgUnit.objects.none(),
        to_field_name="code",
        empty_label="全部",
    )
    village = forms.ModelChoiceField(
        label="村(社区)",
        required=False,
        queryset=OrgUnit.objects.none(),
        to_field_name="code",
        empty_label="全部",
    )
    until = date_field("期间止", required=False)
    state = forms.ChoiceField(label="完成情况", required=False, choices=STATES)
    q = search_field("姓名")

    def __init__(self, *args, user: User, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = units_for_accounts(user)
        villages = OrgUnit.objects.visible_to(user).filter(level=OrgUnit.Level.VILLAGE)
        self.fields["village"].queryset = villages.order_by("code")
        if user.is_township:
            del self.fields["unit"]

    def the_month(self) -> dt.date:
        return self.chosen().get("month") or timezone.localdate().replace(day=1)


def due_rows(rows: QuerySet[DuePeriod], chosen: dict) -> QuerySet[DuePeriod]:
    rows = rows.select_related("elder", "unit", "village")
    if chosen.get("group"):
        rows = rows.filter(GROUPS[chosen["group"]])
    for name, key in (("unit", "unit"), ("village", "village"), ("until", "last_day")):
        if chosen.get(name):
            rows = rows.filter(**{key: chosen[name]})
    state = chosen.get("state")
    if state == "done":
        rows = rows.done()
    elif state == "open":
        rows = rows.filter(done_on=None)
    elif state == "missed":
        rows = rows.missed(timezone.localdate())
    elif state in ("counted", "counted_done"):
        rows = rows.filter(Q(last_day__lt=timezone.localdate()) | ~Q(frequency__in=SHORT))
        rows = rows.done() if state == "counted_done" else rows
    if chosen.get("q"):
        rows = rows.filter(elder__name__icontains=chosen["q"])
    return rows


def state_of(row: DuePeriod) -> Badge:
    if row.done_on:
        return Badge("已完成", "green")
    if row.last_day < timezone.localdate():
        return Badge("过期未完成", "red")
    return Badge("待完成", "orange")


DUE = Listing(
    "应访明细",
    (
        Column(
            "name",
            "姓名",
            "elder.name",
            order=("elder__name_key",),
            css="nowrap",
            link=lambda row: reverse("visit-person", args=[row.elder_id]),
        ),
        Column("id_number", "证件号码", "elder.id_number", width=22, css="code nowrap"),
        Column("unit", "居住镇(街道)", "unit.name", order=("unit__code",), css="nowrap"),
        Column("village", "居住村(社区)", "village.name", order=("village__code",)),
        Column("service", "服务", "get_service_display", order=("service",)),
        Column("frequency", "频次", "get_frequency_display", order=("frequency",)),
        Column("first", "期间起", "first_day", order=("first_day",), kind=Kind.DATE),
        Column("last", "期间止", "last_day", order=("last_day",), kind=Kind.DATE),
        Column("done", "完成日期", "done_on", order=("done_on",), kind=Kind.DATE),
        Column("state", "完成情况", state_of),
    ),
    order=("last_day", "elder__name_key"),
)
