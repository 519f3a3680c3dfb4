"""Who has to be certified as alive (生存认证), by when; the definition is §3.7 of docs/payment-rules.md.

Asked of the running enrolments of elders in programmes whose version in force this month wants certification.
Whoever is covered up to this month must be certified before it ends; whose cover has ended is overdue.
"""

import datetime as dt
from collections import defaultdict
from copy import copy
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any, NamedTuple, Self

from django import forms
from django.db.models import Count, Max, Q, QuerySet
from django.db.models.functions import Coalesce
from django.urls import reverse

from eldercare.excel.writing import Kind
from eldercare.lists import Badge, Column, ListFilterForm, Listing
from eldercare.models import OrgUnit, User
from facilities.forms.staff import units_of
from subsidies.models import Certification, Elder, Enrolment, Programme, RuleVersion
from subsidies.rules.certifications import (
    Cover,
    add_months,
    covered_until,
    first_to_end,
    latest_uncovering,
    month_of,
)

RECENT = dt.timedelta(days=30)  # entries shown below the form, to take one back


class Needing(NamedTuple):
    """A programme that wants certification now, every so many months."""

    programme: Programme
    period: int


def needing(user: User, month: dt.date) -> list[Needing]:
    """Programmes of elders in force in ``month`` whose rules then want certification."""
    versions = (
        RuleVersion.objects.visible_to(user)
        .filter(
            effective_from__lte=month,
            programme__beneficiary=Programme.Beneficiary.ELDER,
            programme__starts_on__lte=month,
        )
        .filter(Q(programme__ends_on=None) | Q(programme__ends_on__gte=month))
        .select_related("programme")
        .order_by("programme_id", "-effective_from")
        .distinct("programme_id")
    )
    months = RuleVersion.CERTIFICATION_MONTHS
    return [
        Needing(each.programme, months[each.certification])
        for each in versions
        if each.certification in months
    ]


class Question:
    """Who must be certified, for one user, as of a day. Asking for the programmes is one query."""

    def __init__(self, user: User, day: dt.date) -> None:
        self.user = user
        self.month = month_of(day)
        self.needing = needing(user, self.month)
        self.elders = Elder.objects.visible_to(user).current().filter(died_on=None)

    def only(self, programme: Programme | None) -> Self:
        """The same, about one programme; None: about all."""
        narrowed = copy(self)
        narrowed.needing = [each for each in self.needing if programme in (None, each.programme)]
        return narrowed

    def everybody(self) -> QuerySet[Elder]:
        return self.elders.filter(self.whoever())

    def whoever(self) -> Q:
        return self._any(self._running([each.programme for each in self.needing]))

    def overdue(self) -> Q:
        """Not covered this month: nothing is paid for it."""
        return self._not_covered_in(self.month)

    def due(self) -> Q:
        """Covered this month and not the next."""
        return self._not_covered_in(add_months(self.month, 1)) & ~self.overdue()

    def to_do(self) -> Q:
        """Due or overdue."""
        return self._not_covered_in(add_months(self.month, 1))

    def counts(self) -> tuple[int, int]:
        """How many are overdue, and how many due, in one query."""
        found = (
            self.elders.filter(self.to_do())
            .order_by()
            .aggregate(all=Count("pk"), overdue=Count("pk", filter=self.overdue()))
        )
        return found["overdue"], found["all"] - found["overdue"]

    def _not_covered_in(self, month: dt.date) -> Q:
        by_period = defaultdict(list)
        for each in self.needing:
            by_period[each.period].append(each.programme)
        found = []
        for period, programmes in by_period.items():
            before = latest_uncovering(month, period)
            covered = Certification.objects.filter(certified_on__gte=before).values("elder")
            enrolments = self._running(programmes).filter(applied_on__lt=before)
            found.append(Q(pk__in=enrolments.values("elder")) & ~Q(pk__in=covered))
        return reduce(or_, found, Q(pk__in=[])) if found else Q(pk__in=[])

    def _running(self, programmes: list[Programme]) -> QuerySet[Enrolment]:
        return Enrolment.objects.filter(
            programme__in=programmes, state=Enrolment.State.RUNNING, elder__isnull=False
        )

    def _any(self, enrolments: QuerySet[Enrolment]) -> Q:
        return Q(pk__in=enrolments.values("elder")) if self.needing else Q(pk__in=[])

    def attach(self, elders: list[Elder]) -> None:
        """Add ``last`` (day of the last certification), ``covers`` by programme and ``covered``, the first to end."""
        periods = {each.programme.pk: each for each in self.needing}
        last = dict(
            Certification.objects.filter(elder__in=elders)
            .order_by()
            .values_list("elder")
            .annotate(Max("certified_on"))
        )
        covers: dict[int, list[Cover]] = defaultdict(list)
        for each in self._running(list(periods)).filter(elder__in=elders).order_by("programme"):
            found = periods[each.programme_id]
            until = covered_until(each.applied_on, last.get(each.elder_id), found.period)
            covers[each.elder_id].append(Cover(found.programme.name, until))
        for elder in elders:
            elder.last, elder.covers = last.get(elder.pk), covers[elder.pk]
            elder.covered = first_to_end(elder.covers)
            elder.state = state_of(elder.covered, self.month)


def state_of(covered: dt.date | None, month: dt.date) -> Badge:
    if covered is None:
        return Badge("不需认证")
    if covered < month:
        return Badge("逾期", "red")
    return Badge("本月应认证", "orange") if covered == month else Badge("有效", "green")


# --- The list ---------------------------------------------------------------------------------------------------

STATES = (("todo", "应认证(含逾期)"), ("overdue", "逾期"), ("due", "本月应认证"), ("all", "全部需认证人员"))


class VillageChoice(forms.ModelChoiceField):
    """Villages; for the county with the township before the name."""

    def label_from_instance(self, village: OrgUnit) -> str:
        return f"{village.parent.name} {village.name}" if self.is_county else village.name

    is_county = False

    def of(self, user: User, day: dt.date) -> None:
        self.is_county = not user.is_township
        self.queryset = (
            OrgUnit.objects.visible_to(user)
            .as_of(day)
            .filter(level=OrgUnit.Level.VILLAGE)
            .select_related("parent")
            .order_by("code")
        )


class CertificationFilterForm(ListFilterForm):
    state = forms.ChoiceField(label="范围", required=False, initial="todo", choices=STATES)
    unit = forms.ModelChoiceField(
        label="镇(街道)", required=False, queryset=None, to_field_name="code", empty_label="全部镇(街道)"
    )
    village = VillageChoice(
        label="村(社区)", required=False, queryset=None, to_field_name="code", empty_label="全部村(社区)"
    )
    programme = forms.ModelChoiceField(
        label="补贴项目", required=False, queryset=None, empty_label="全部项目"
    )
    q = forms.CharField(
        label="姓名",
        required=False,
        max_length=20,
        widget=forms.TextInput(attrs={"placeholder": "姓名", "type": "search", "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, question: Question, day: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        by = question.user
        self.fields["unit"].queryset = units_of(by).exclude(level=OrgUnit.Level.COUNTY)
        self.fields["village"].of(by, day)
        wanting = [each.programme.pk for each in question.needing]
        self.fields["programme"].queryset = Programme.objects.visible_to(by).filter(pk__in=wanting)
        if by.is_township:
            del self.fields["unit"]

    def clean_q(self) -> str:
        text = self.cleaned_data["q"]
        if sum(letter.isdigit() for letter in text) > 6:
            raise forms.ValidationError("这里只按姓名查找。")
        return text


def lives_in(village: OrgUnit) -> Q:
    """People are certified where they live; whose village of residence is not recorded, where they are registered."""
    return Q(residence_village=village) | Q(residence_village=None, village=village)


def certification_rows(question: Question, chosen: dict) -> QuerySet[Elder]:
    state = chosen.get("state", "todo")
    rows = question.everybody() if state == "all" else question.elders.filter(_in_state(question, state))
    if unit := chosen.get("unit"):
        rows = rows.filter(org_unit=unit)
    if village := chosen.get("village"):
        rows = rows.filter(lives_in(village))
    if text := chosen.get("q"):
        rows = rows.named(text)
    return rows.select_related("org_unit", "village", "residence_village")


def _in_state(question: Question, state: str) -> Q:
    return {"overdue": question.overdue, "due": question.due}.get(state, question.to_do)()


def certification_listing(question: Question, *, is_county: bool) -> Listing:
    unit = Column("unit", "管理镇(街道)", "org_unit.name", order=("org_unit__code",), css="nowrap")
    columns = (
        Column("name", "姓名", "name", order=("name_key",), link=_page, width=12, css="nowrap"),
        Column("id_number", "证件号码", "id_number", width=22, css="code nowrap"),
        Column(
            "age",
            "年龄",
            lambda row: row.age_on(question.month),
            order=("-born_on",),
            kind=Kind.INTEGER,
            width=6,
        ),
        *((unit,) if is_county else ()),
        Column("village", "居住村(社区)", place_of, width=16),
        Column("programmes", "需认证的补贴项目", _programmes, width=34),
        Column("last", "最近认证", "last", kind=Kind.DATE, width=12),
        Column("covered", "有效到(月)", _covered, width=12, css="nowrap"),
        Column("state", "状态", "state", width=12, css="nowrap"),
    )
    return Listing(
        "生存认证名单",
        columns,
        order=("org_unit__code", "residence_village__code", "village__code", "name_key"),
        unit="人",
        attach=question.attach,
    )


def _page(row: Elder) -> str:
    return reverse("certification-person", args=[row.pk])


def place_of(row: Elder) -> str:
    village = row.residence_village or row.village
    return village.name if village else ""


def _programmes(row: Elder) -> str:
    return "、".join(cover.programme for cover in row.covers)


def _covered(row: Elder) -> str:
    return f"{row.covered:%Y-%m}" if row.covered else ""


# --- One village, one person, the county ------------------------------------------------------------------------


def people_of(question: Question, village: OrgUnit, *, everybody: bool) -> list[Elder]:
    """Who can be ticked in a village: those due and overdue, or everybody who needs certification."""
    rows = question.everybody() if everybody else question.elders.filter(question.to_do())
    people = list(rows.filter(lives_in(village)).select_related("village").order_by("name_key", "pk"))
    question.attach(people)
    return people


def recent_of(user: User, village: OrgUnit, day: dt.date) -> list[Certification]:
    """What was entered for a village lately, to take one back."""
    elders = Elder.objects.visible_to(user).filter(lives_in(village))
    return list(
        Certification.objects.visible_to(user)
        .filter(elder__in=elders.values("pk"), certified_on__gte=day - RECENT)
        .select_related("elder")
        .order_by("-certified_on", "elder__name_key", "pk")
    )


@dataclass(frozen=True)
class UnitLine:
    """Figures of a township, or of a village of one."""

    unit: OrgUnit | None
    needing: int
    overdue: int
    due: int
    link: str = ""

    @property
    def covered(self) -> int:
        return self.needing - self.overdue - self.due

    @property
    def percent(self) -> float | None:
        return 100 * (self.needing - self.overdue) / self.needing if self.needing else None


def unit_lines(question: Question) -> tuple[list[UnitLine], UnitLine]:
    """Per township for the county, per village for a township, and the sum. Two queries besides the programmes'."""
    user = question.user
    field = "org_unit" if not user.is_township else "place"
    rows = question.everybody()
    if user.is_township:
        rows = rows.annotate(place=Coalesce("residence_village", "village"))
    counted = (
        rows.order_by()
        .values(field)
        .annotate(
            number=Count("pk"),
            overdue=Count("pk", filter=question.overdue()),
            due=Count("pk", filter=question.due()),
        )
    )
    counts = {row[field]: row for row in counted}
    units = {each.pk: each for each in OrgUnit.objects.filter(pk__in=[pk for pk in counts if pk])}
    key = "unit" if not user.is_township else "village"
    lines = [
        UnitLine(
            units.get(pk),
            row["number"],
            row["overdue"],
            row["due"],
            f"{reverse('certification-list')}?{key}={units[pk].code}" if pk in units else "",
        )
        for pk, row in counts.items()
    ]
    lines.sort(key=lambda line: line.unit.code if line.unit else "~")
    total = UnitLine(
        None, *(sum(getattr(line, name) for line in lines) for name in ("needing", "overdue", "due"))
    )
    return lines, total
