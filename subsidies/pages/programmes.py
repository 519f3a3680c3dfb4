"""What the pages of programmes show: the list, one programme with a version put into words, how programmes go together."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.urls import reverse

from eldercare.excel.writing import Kind
from eldercare.history import Part, Step, history_of
from eldercare.lists import Badge, Column, Listing, contains
from eldercare.models import User
from subsidies.models import (
    Ability,
    Band,
    ElderTag,
    Enrolment,
    Exclusion,
    FundingShare,
    PaymentLine,
    Programme,
    RuleVersion,
)
from subsidies.rules.facts import FACTS
from subsidies.rules.programmes import (
    BandRow,
    Words,
    band_warnings,
    money,
    sentences,
    shares_problem,
    what_is_paid,
    who_fits,
)

TAG_LABELS = dict(ElderTag.Kind.choices)
ECONOMICS = [(kind.value, str(kind.label)) for kind in ElderTag.ECONOMIC]
LIVINGS = [(kind.value, str(kind.label)) for kind in ElderTag.LIVING]


def words_for(programme: Programme) -> Words:
    return Words(
        facts={name: fact.label for name, fact in FACTS[programme.beneficiary].items()},
        abilities={level.value: str(level.label) for level in Ability},
        economics=TAG_LABELS,
        livings=TAG_LABELS,
    )


# --- List -------------------------------------------------------------------------------------------------------


def month_text(month: dt.date | None) -> str:
    return f"{month:%Y-%m}" if month else ""


def programme_state(programme: Programme, today: dt.date) -> Badge:
    month = today.replace(day=1)
    if programme.ends_on and programme.ends_on < month:
        return Badge("已终止", "secondary")
    return Badge("执行中", "green") if programme.starts_on <= month else Badge("未开始", "blue")


def programme_rows(rows: QuerySet, today: dt.date) -> QuerySet:
    """With the version in force today, and how many are on it and wait for it."""
    in_force = RuleVersion.objects.filter(programme=OuterRef("pk"), effective_from__lte=today)
    in_force = in_force.order_by("-effective_from")
    return rows.annotate(
        document=Subquery(in_force.values("document_number")[:1]),
        in_force_from=Subquery(in_force.values("effective_from")[:1]),
        running=_enrolled(Q(state=Enrolment.State.RUNNING)),
        waiting=_enrolled(Q(state__in=WAITING)),
    )


WAITING = tuple(state for state in Enrolment.OPEN if state != Enrolment.State.RUNNING)


def _enrolled(condition: Q) -> Subquery:
    counted = (
        Enrolment.objects.filter(condition, programme=OuterRef("pk"))
        .order_by()
        .values("programme")
        .annotate(number=Count("pk"))
    )
    return Subquery(counted.values("number"))


def filter_programmes(rows: QuerySet, chosen: dict, today: dt.date) -> QuerySet:
    if text := chosen.get("q"):
        rows = rows.filter(contains(text, "name", "code", "versions__document_number")).distinct()
    if kind := chosen.get("kind"):
        rows = rows.filter(kind=kind)
    month = today.replace(day=1)
    if chosen.get("state") == "open":
        rows = rows.filter(Q(ends_on=None) | Q(ends_on__gte=month))
    elif chosen.get("state") == "ended":
        rows = rows.filter(ends_on__lt=month)
    return rows


def programme_listing(today: dt.date) -> Listing:
    columns = (
        Column(
            "name",
            "项目",
            "name",
            order=("name",),
            link=lambda row: reverse("programme-detail", args=[row.pk]),
            width=26,
            css="ledger-name",
        ),
        Column(
            "example", "", lambda row: Badge("示例标准", "orange") if row.is_example else None, css="nowrap"
        ),
        Column("kind", "种类", "get_kind_display", order=("kind",), width=18),
        Column("beneficiary", "发放对象", "get_beneficiary_display", order=("beneficiary",)),
        Column("starts", "政策起止", _period, order=("starts_on",), width=20, css="nowrap"),
        Column("document", "现行文号", "document", order=("document",), width=22),
        Column(
            "since",
            "现行版本起",
            lambda row: month_text(row.in_force_from),
            order=("in_force_from",),
            css="nowrap",
        ),
        Column(
            "running", "享受中", lambda row: row.running or 0, order=("running",), kind=Kind.INTEGER, width=10
        ),
        Column(
            "waiting", "办理中", lambda row: row.waiting or 0, order=("waiting",), kind=Kind.INTEGER, width=10
        ),
        Column("state", "状态", lambda row: programme_state(row, today)),
    )
    return Listing("补贴项目", columns, order=("kind", "name"), unit="个")


def _period(programme: Programme) -> str:
    return f"{programme.starts_on:%Y-%m} 至 {month_text(programme.ends_on) or '今'}"


# --- One programme ----------------------------------------------------------------------------------------------


@dataclass
class BandLine:
    band: Band
    who: str
    paid: str


@dataclass
class VersionSheet:
    """A version in words."""

    version: RuleVersion
    sentences: list[tuple[str, str]]
    bands: list[BandLine]
    shares: list[FundingShare]
    warnings: list[str]
    lines: int  # of payments that used it

    @property
    def may_be_deleted(self) -> bool:
        return self.lines == 0


@dataclass
class ProgrammeSheet:
    programme: Programme
    state: Badge
    versions: list[tuple[RuleVersion, Badge | None]]
    shown: VersionSheet | None
    exclusions: list[Exclusion]
    counts: list[tuple[str, str, int]]  # label, state, number
    history: list[Step]


def in_force(programme: Programme, month: dt.date) -> RuleVersion | None:
    found = programme.versions.filter(effective_from__lte=month)
    return found.order_by("-effective_from").first()


def load_programme(programme: Programme, *, wanted: str, user: User, today: dt.date) -> ProgrammeSheet:
    """``wanted``: the key of the version to show; else the one in force, else the newest."""
    versions = list(programme.versions.order_by("-effective_from"))
    month = today.replace(day=1)
    current = next((each for each in versions if each.effective_from <= month), None)
    shown = next((each for each in versions if str(each.pk) == wanted), None) or current
    shown = shown or (versions[0] if versions else None)
    return ProgrammeSheet(
        programme=programme,
        state=programme_state(programme, today),
        versions=[(each, _version_badge(each, current, month)) for each in versions],
        shown=load_version(shown, programme) if shown else None,
        exclusions=exclusions_of(user, today, programme),
        counts=_counts(programme, user),
        history=history_of(
            programme,
            Part(RuleVersion, programme=programme.pk),
            Part(Band, version__in=[each.pk for each in versions]),
            Part(FundingShare, version__in=[each.pk for each in versions]),
            user=user,
        ),
    )


def _version_badge(version: RuleVersion, current: RuleVersion | None, month: dt.date) -> Badge:
    if current is not None and version.pk == current.pk:
        return Badge("现行", "green")
    return Badge("未执行", "blue") if version.effective_from > month else Badge("已替代", "secondary")


def load_version(version: RuleVersion, programme: Programme) -> VersionSheet:
    words = words_for(programme)
    bands = list(version.bands.all())
    rows = [band_row(each) for each in bands]
    shares = list(version.shares.all())
    settings = {each.attname: getattr(version, each.attname) for each in version._meta.concrete_fields}
    problems = [*band_warnings(rows), shares_problem(each.percent for each in shares)]
    return VersionSheet(
        version=version,
        sentences=sentences(settings, words, beneficiary=programme.beneficiary),
        bands=[
            BandLine(band, who_fits(row, words), what_is_paid(row, words))
            for band, row in zip(bands, rows, strict=True)
        ],
        shares=shares,
        warnings=[each for each in problems if each],
        lines=PaymentLine.objects.filter(version=version).count(),
    )


def band_row(band: Band) -> BandRow:
    return BandRow(**{name: getattr(band, name) for name in BandRow.__dataclass_fields__})


def _counts(programme: Programme, user: User) -> list[tuple[str, str, int]]:
    counted = dict(
        programme.enrolments.filter(pk__in=Enrolment.objects.visible_to(user).values("pk"))
        .order_by()
        .values("state")
        .annotate(number=Count("pk"))
        .values_list("state", "number")
    )
    return [
        (str(state.label), state.value, counted[state.value])
        for state in Enrolment.State
        if state.value in counted
    ]


# --- How programmes go together ---------------------------------------------------------------------------------


def exclusions_of(user: User, today: dt.date, programme: Programme | None = None) -> list[Exclusion]:
    """With ``is_in_force`` of the month of ``today``; those that hold first."""
    found = Exclusion.objects.visible_to(user).select_related("yielding", "prevailing")
    if programme is not None:
        found = found.filter(Q(yielding=programme) | Q(prevailing=programme))
    rows = list(found)
    for each in rows:
        each.is_in_force = each.holds_in(today.replace(day=1))
    return sorted(rows, key=lambda each: not each.is_in_force)


def exclusion_in_words(exclusion: Exclusion) -> str:
    one, other = exclusion.yielding.name, exclusion.prevailing.name
    return {
        Exclusion.Relation.EXCLUSIVE: f"能享受“{other}”的月份，不发“{one}”。",
        Exclusion.Relation.HIGHER: f"“{one}”和“{other}”只发金额高的一项，相同时发“{other}”。",
        Exclusion.Relation.OFFSET: f"“{one}”只发高出“{other}”的部分。",
        Exclusion.Relation.BOTH: f"“{one}”和“{other}”可以同时享受。",
    }[exclusion.relation]


def shares_in_words(shares: Iterable[FundingShare]) -> str:
    return "、".join(f"{each.get_source_display()} {money(each.percent)}%" for each in shares)
