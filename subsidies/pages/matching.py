"""Who a programme reaches, asked of the rules: the work lists of 政策找人, a version tried out, one person's case.

Each question is one statement: ``subsidies.engine.people``.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.urls import reverse

from eldercare.expressions import Term
from eldercare.models import OrgUnit, User
from facilities.models import Employment, Facility
from subsidies.engine import candidates
from subsidies.engine.entitlements import Entitlement
from subsidies.engine.people import Beside, as_if, beside, lost, soon, totals
from subsidies.models import Band, Elder, Enrolment, Programme, RuleVersion
from subsidies.pages.programmes import band_row, words_for
from subsidies.rules.enrolments import add_months
from subsidies.rules.facts import FACTS, condition, telling
from subsidies.rules.programmes import condition_in_words, money, who_fits

AHEAD = 3  # months


def units_of(user: User) -> list[int]:
    """Units whose people the user works for."""
    return list(OrgUnit.objects.visible_to(user).values_list("pk", flat=True))


# --- 政策找人 -----------------------------------------------------------------------------------------------------


def find_people(
    programme: Programme, which: str, month: dt.date, *, units: Collection[int] | None
) -> list[Entitlement]:
    """``now``: would be paid and are not enrolled; ``soon``: will within AHEAD months; ``lost``: no longer satisfy it;
    ``yields``: satisfy it, and would get nothing beside what they draw from other programmes.
    """
    if which == "lost":
        return lost(programme, month, units=units)
    if which == "soon":
        return paid_and_not(soon(programme, month, ahead=AHEAD, units=units))[0]
    return paid_and_not(candidates(programme, month, units=units))[which == "yields"]


def find_with_numbers(
    programme: Programme, which: str, month: dt.date, *, units: Collection[int] | None
) -> tuple[list[Entitlement], dict[str, int]]:
    """A list, and how many stand in it and in what else the same statement answers."""
    if which not in ("now", "yields"):
        people = find_people(programme, which, month, units=units)
        return people, {which: len(people)}
    paid, yielding = paid_and_not(candidates(programme, month, units=units))
    return (paid if which == "now" else yielding), {"now": len(paid), "yields": len(yielding)}


def paid_and_not(rows: Sequence[Entitlement]) -> tuple[list[Entitlement], list[Entitlement]]:
    """Those who would get something, and those to whom other programmes leave nothing of it."""
    return [row for row in rows if row.amount > 0], [row for row in rows if row.amount <= 0]


def why_not(row: Entitlement, version: RuleVersion, words_of: "Explainer") -> str:
    """Why somebody gets nothing, in a few words."""
    if not row.is_enrolled:
        return "本月不在享受期（未批准、已停发、暂停，或者不早于以后的月份）"
    if not row.has_started:
        return "还没有到起发月"
    if not row.is_in_population:
        return f"不再是{version.get_population_display()}"
    if not row.alive_days:
        return "已去世"
    if not row.is_certified:
        return "认证逾期"
    if not row.is_eligible:
        return f"不符合享受条件：{words_of.grounds(version, row)}"
    if row.band_id is None:
        return "没有对应的档次"
    return "档次金额为 0"


class Explainer:
    """Conditions of a programme with a person's values put in."""

    def __init__(self, programme: Programme) -> None:
        self.programme = programme
        self.facts = FACTS[programme.beneficiary]
        self.labels = {Term(None, name): fact.label for name, fact in self.facts.items()}
        self.words = words_for(programme)

    def values(self, row: Entitlement) -> dict[Term, object]:
        return {Term(None, name): _exact(value) for name, value in row.facts.items()}

    def rule(self, version: RuleVersion) -> str:
        return condition_in_words(version.eligibility, self.words)

    def condition(self, version: RuleVersion, row: Entitlement) -> str:
        """年龄 79 周岁；低保：否 – the values that the condition asks for."""
        return self.asked(version.eligibility, row.facts)

    def grounds(self, version: RuleVersion, row: Entitlement) -> str:
        """年龄 79 周岁 – only the values that make it met, or not met."""
        names = telling(condition(self.programme.beneficiary, version.eligibility), self.values(row))
        return self.listed(names, row.facts)

    def asked(self, text: str, facts: Mapping[str, object]) -> str:
        """The values that a condition asks for."""
        return self.listed(condition(self.programme.beneficiary, text).names, facts)

    def listed(self, names: Sequence[str], facts: Mapping[str, object]) -> str:
        return "，".join(f"{self.facts[name].label}{self.value(name, facts.get(name))}" for name in names)

    def rendered(self, text: str, row: Entitlement) -> str:
        """The condition with the values in the place of its names."""
        return condition(self.programme.beneficiary, text).render(self.values(row), self.labels)

    def value(self, name: str, value: object) -> str:
        fact = self.facts[name]
        if value is None:
            return " 未知"
        if isinstance(value, bool):
            return "：是" if value else "：否"
        if fact.kind == "number":
            unit = fact.unit.partition("(")[0]
            return f" {money(Decimal(str(value)))} {unit}".rstrip()
        return f" {dict(fact.choices).get(value, value)}"


def _exact(value: object) -> object:
    """A number of JSON as a Decimal; what is true or false, a text or unknown as it is."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return Decimal(str(value)) if is_number else value


# --- One person -------------------------------------------------------------------------------------------------


@dataclass
class Case:
    """What the rules say of somebody for a month."""

    month: dt.date
    row: Entitlement | None
    version: RuleVersion | None
    band: Band | None
    band_words: str
    checks: list[tuple[str, bool, str]]  # what is asked, met, the values
    conflicts: list[str]
    problem: str = ""

    @property
    def is_paid(self) -> bool:
        return bool(self.row and self.row.amount > 0)


def case_of(programme: Programme, row: Entitlement | None, month: dt.date) -> Case:
    """A row of the engine put into words."""
    if row is None:
        return Case(month, None, None, None, "", [], [], "这个月不在项目的执行期，或者不是发放月份。")
    version = RuleVersion.objects.get(pk=row.version_id)
    band = Band.objects.filter(pk=row.band_id).first() if row.band_id else None
    explainer = Explainer(programme)
    checks = []
    if programme.beneficiary == Programme.Beneficiary.ELDER:
        population = str(version.get_population_display())
        checks = [
            ("对象", row.is_in_population, population if row.is_in_population else f"不是{population}"),
            ("在世", row.alive_days > 0, "" if row.alive_days else "已登记死亡"),
            ("生存认证", row.is_certified, "" if row.is_certified else "认证逾期"),
        ]
    checks += [
        ("享受条件", row.is_eligible, f"{explainer.rule(version)}：{explainer.condition(version, row)}"),
        ("档次", band is not None, who_fits(band_row(band), explainer.words) if band else "没有对应的档次"),
    ]
    problem = "" if row.gross > 0 else why_not(row, version, explainer)
    return Case(month, row, version, band, band.label if band else "", checks, conflicts_of(row), problem)


def conflicts_of(row: Entitlement, besides: Sequence[Beside] = ()) -> list[str]:
    names = dict(Programme.objects.filter(pk__in=[int(pk) for pk in row.others]).values_list("pk", "name"))
    moved = moved_by(row, besides)
    found = [gain_in_words(row, moved, names)] if moved else []
    told = {str(each.programme_id) for each in moved}
    for pk, gross in row.others.items():
        if pk in told:
            continue
        words = f"同月可享受“{names.get(int(pk), pk)}” {money(Decimal(str(gross)))} 元"
        if row.amount < row.gross:
            words += f"，按项目衔接规定本项目发 {money(row.amount)} 元"
        found.append(words)
    return found


def moved_by(row: Entitlement, besides: Sequence[Beside]) -> list[Beside]:
    """The other programmes that pay less once this one is paid in full."""
    if row.amount < row.gross:
        return []
    same = [each for each in besides if (each.holder_id, each.month) == (row.holder_id, row.month)]
    return [each for each in same if each.after < each.before]


def gain_in_words(row: Entitlement, moved: Sequence[Beside], names: Mapping[int, str]) -> str:
    """What an approval brings in all, where other programmes give way."""
    told = [f"批准后改发 {row.amount:,.2f} 元"]
    for each in moved:
        becomes = f"减为 {each.after:,.2f} 元" if each.after else "停发"
        told.append(f"“{names.get(each.programme_id, each.programme_id)}” {each.before:,.2f} 元{becomes}")
    gain = row.amount - sum(each.before - each.after for each in moved)
    told.append(f"实增 {gain:,.2f} 元" if gain >= 0 else f"实减 {-gain:,.2f} 元")
    return "，".join(told)


def case_of_applicant(enrolment: Enrolment, month: dt.date) -> Case:
    """For an enrolment that is not approved yet: as of the day it was applied for.

    How it goes together with other programmes is said of the first month from ``month`` on in which it would be paid.
    """
    programme, holders = enrolment.programme, [holder_id(enrolment)]
    months = [add_months(month, shift) for shift in range(AHEAD + 1)]
    rows = as_if(programme, months, holders, applied_on=enrolment.applied_on)
    besides = beside(programme, months, holders, applied_on=enrolment.applied_on)
    case = case_of(programme, next((row for row in rows if row.month == month), None), month)
    paid = next((row for row in rows if row.gross > 0), None)
    if paid:
        case.conflicts = conflicts_of(paid, besides)
    return case


def first_month_paid(enrolment: Enrolment, month: dt.date) -> dt.date | None:
    """From when on the applicant would be paid: looked for from a year back to a quarter ahead."""
    months = [add_months(month, shift) for shift in range(-12, AHEAD + 1)]
    months = [each for each in months if each >= enrolment.programme.portal_from]
    if enrolment.not_before:
        months = [each for each in months if each >= enrolment.not_before]
    rows = as_if(enrolment.programme, months, [holder_id(enrolment)], applied_on=enrolment.applied_on)
    return next((row.month for row in rows if row.gross > 0), None)


def holder_id(enrolment: Enrolment) -> int:
    return enrolment.elder_id or enrolment.post_id or enrolment.facility_id


def bands_of(enrolments: Sequence[Enrolment], month: dt.date) -> dict[int, Band]:
    """The band that each applicant of one programme would be in, by enrolment; without one: not eligible."""
    if not enrolments:
        return {}
    holders = {holder_id(each): each.pk for each in enrolments}
    rows = as_if(enrolments[0].programme, [month], list(holders), applied_on=month)
    bands = Band.objects.in_bulk({row.band_id for row in rows if row.gross > 0})
    return {holders[row.holder_id]: bands[row.band_id] for row in rows if row.gross > 0}


# --- A version tried out ----------------------------------------------------------------------------------------


@dataclass
class TrialLine:
    label: str
    people: int = 0
    amount: Decimal = Decimal(0)


@dataclass
class Trial:
    """``inside``: enrolled; ``outside``: would be paid had they applied."""

    by_band: list[tuple[str, TrialLine, TrialLine]]
    by_unit: list[tuple[str, TrialLine, TrialLine]]
    inside: TrialLine
    outside: TrialLine


def try_out(version: RuleVersion, month: dt.date, *, units: Collection[int] | None) -> Trial:
    inside, outside = TrialLine("享受中"), TrialLine("符合而未申请")
    by_band = defaultdict(lambda: (TrialLine(""), TrialLine("")))
    by_unit = defaultdict(lambda: (TrialLine(""), TrialLine("")))
    for each in totals(version, month, units=units):
        place = 0 if each.is_enrolled else 1
        for line in ((inside, outside)[place], by_band[each.band][place], by_unit[each.org_unit][place]):
            line.people += each.people
            line.amount += each.amount
    bands = [(each.label, *by_band[each.pk]) for each in version.bands.all()]
    named = OrgUnit.objects.filter(pk__in=by_unit).order_by("code")
    return Trial(bands, [(unit.name, *by_unit[unit.pk]) for unit in named], inside, outside)


# --- The lines of the work list ---------------------------------------------------------------------------------


@dataclass
class Line:
    row: Entitlement
    name: str
    about: str
    unit: str
    reason: str
    amount: Decimal
    enrolment: Enrolment | None = None
    remark: str = ""
    url: str = ""


PAGES = {"elder": "elder-detail", "post": "", "facility": "facility-detail"}


def lines_of(programme: Programme, rows: Sequence[Entitlement], user: User, month: dt.date) -> list[Line]:
    """The rows of a page with names and reasons: a fixed number of queries."""
    besides = besides_of(programme, rows, month)
    holders = _holders(programme, rows, user)
    versions = RuleVersion.objects.in_bulk({row.version_id for row in rows})
    bands = Band.objects.in_bulk({row.band_id for row in rows if row.band_id})
    running = Enrolment.objects.visible_to(user).in_bulk(
        [row.enrolment_id for row in rows if row.enrolment_id]
    )
    before = _earlier(programme, rows, user)
    names = dict(
        Programme.objects.filter(pk__in={int(pk) for row in rows for pk in row.others}).values_list(
            "pk", "name"
        )
    )
    explainer = Explainer(programme)
    lines = []
    for row in rows:
        holder = holders.get(row.holder_id)
        if holder is None:
            continue
        name, about, unit = holder
        if row.enrolment_id:
            reason, remark = why_not(row, versions[row.version_id], explainer), ""
        else:
            band = bands[row.band_id].label if row.band_id else ""
            reason = f"{explainer.grounds(versions[row.version_id], row)}（{band}）"
            moved = moved_by(row, besides.get(row.holder_id, ()))
            words = gain_in_words(row, moved, names) if moved else _others_in_words(row, names)
            remark = "；".join(filter(None, [words, before.get(row.holder_id, "")]))
        enrolment = running.get(row.enrolment_id)
        page = PAGES[programme.beneficiary]
        url = reverse(page, args=[row.holder_id]) if page else ""
        lines.append(Line(row, name, about, unit, reason, round(row.amount, 2), enrolment, remark, url))
    return lines


def besides_of(programme: Programme, rows: Sequence[Entitlement], month: dt.date) -> dict[int, list[Beside]]:
    """What approvals change in other programmes, by holder: as if applied for in the month before ``month``."""
    outside = [row for row in rows if row.enrolment_id is None]
    found = defaultdict(list)
    if outside:
        months, holders = sorted({row.month for row in outside}), [row.holder_id for row in outside]
        for each in beside(programme, months, holders, applied_on=add_months(month, -1)):
            found[each.holder_id].append(each)
    return found


def _others_in_words(row: Entitlement, names: dict[int, str]) -> str:
    if row.amount >= row.gross or not row.others:
        return ""
    listed = "、".join(f"“{names.get(int(pk), pk)}”" for pk in row.others)
    return f"已享受{listed}，本项目发 {money(row.amount)} 元"


def _earlier(programme: Programme, rows: Sequence[Entitlement], user: User) -> dict[int, str]:
    """What became of an earlier application of those who are not in the programme."""
    key = f"{programme.beneficiary}_id"
    outside = [row.holder_id for row in rows if row.enrolment_id is None]
    found = Enrolment.objects.visible_to(user).filter(programme=programme, **{f"{key}__in": outside})
    words = {}
    for each in found.order_by("pk"):
        if each.state == Enrolment.State.ENDED:
            words[getattr(each, key)] = f"{each.ended_from:%Y-%m} 起停发（{each.get_end_reason_display()}）"
        else:
            words[getattr(each, key)] = f"{each.applied_on:%Y-%m} 申请{each.get_state_display()}"
    return words


def _holders(
    programme: Programme, rows: Sequence[Entitlement], user: User
) -> dict[int, tuple[str, str, str]]:
    """Name, what tells apart, township."""
    keys = [row.holder_id for row in rows]
    if programme.beneficiary == Programme.Beneficiary.ELDER:
        people = Elder.objects.visible_to(user).select_related("org_unit", "village")
        people = people.defer("id_number", "phone", "contact_phone").in_bulk(keys)
        return {
            pk: (
                each.name,
                f"{each.get_sex_display()}，{each.born_on:%Y-%m} 出生，{each.village.name if each.village_id else ''}".rstrip(
                    "，"
                ),
                each.org_unit.name,
            )
            for pk, each in people.items()
        }
    if programme.beneficiary == Programme.Beneficiary.POST:
        posts = Employment.objects.visible_to(user).select_related("caregiver", "facility", "org_unit")
        return {
            pk: (each.caregiver.name, f"{each.get_role_display()}，{each.place}", each.org_unit.name)
            for pk, each in posts.in_bulk(keys).items()
        }
    found = Facility.objects.visible_to(user).select_related("org_unit").in_bulk(keys)
    return {pk: (each.name, each.get_kind_display(), each.org_unit.name) for pk, each in found.items()}
