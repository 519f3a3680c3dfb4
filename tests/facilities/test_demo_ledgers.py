"""The demo county's ledgers: counted alone they give the plan's printed figures and every reported one."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.models import F, Q

from eldercare import ledger_metrics
from eldercare.identity import check_credit_code, check_id_number, is_synthetic
from eldercare.models import OrgUnit
from facilities.demo.wards import share_beds
from facilities.models import (
    Bed,
    Caregiver,
    Certificate,
    Employment,
    Facility,
    FacilityRating,
    Stay,
    Training,
    WaitingEntry,
)
from indicators.demo import ledgers, series
from indicators.demo.county import COUNTY, FIRST_MONTH, TOWNSHIPS
from indicators.demo.seeding import seed
from indicators.fixtures import load_all
from indicators.models import Indicator, MetricEntry
from tests.indicators import oracle

TODAY = dt.date(2026, 2, 25)
THROUGH = dt.date(2026, 2, 1)
END_2020, END_2021 = dt.date(2020, 12, 1), dt.date(2021, 12, 1)
LEDGERS = (Facility, FacilityRating, Bed, Stay, WaitingEntry, Caregiver, Employment, Certificate, Training)


@pytest.fixture(scope="module")
def seeded(django_db_setup, django_db_blocker) -> Iterator[None]:
    """The demo county with its ledgers as seen on TODAY; the database is emptied afterwards."""
    with django_db_blocker.unblock():
        load_all(places=["haiyan"])
        seed(today=TODAY, roll_up=False, with_ledgers=True)
        yield
        call_command("flush", verbosity=0, interactive=False)


@pytest.fixture(scope="module")
def reported() -> dict[series.Report, series.Figures]:
    return series.figures(THROUGH)


def units() -> list[OrgUnit]:
    return list(OrgUnit.objects.filter(code__in=[COUNTY, *TOWNSHIPS]))


def counted(month: dt.date) -> dict[tuple[str, str], Decimal]:
    """By unit and metric, as the ledgers say."""
    codes = {unit.pk: unit.code for unit in units()}
    found = ledger_metrics.figures(units(), month, codes=ledgers.codes())
    return {(codes[unit], code): value for (unit, code), value in found.items()}


# --- What the plan prints ---------------------------------------------------------------------------------

# With the last printed digit as the unit of comparison. Not in these: 3 (subsidies) and 11 (visits), which other
# ledgers count.
TABLE_1 = {1: "100", 2: "100", 4: "41", 5: "40", 6: "100"}
FACTS_2020 = {67: "98", 68: "9", 71: "3"}
TABLE_2 = {7: "60", 8: "55", 9: "28", 10: "80", 12: "30", 13: "20", 14: "15", 15: "20"}
# The population is the plan's own (table 1) and the demo's; the townships and villages are those of the division.
ELDERS = {END_2020: 105_752, END_2021: 108_400}


def from_ledgers(number: int, month: dt.date) -> Fraction:
    """The indicator's formula over what the ledgers and the division of the county say, worked out by the oracle."""
    formula = Indicator.objects.get(plan__code="haiyan", number=number).formula
    villages = OrgUnit.objects.filter(level="village")
    rural = villages.filter(code__regex=r"^\d{9}[235]").count()
    values = {
        "townships": Decimal(OrgUnit.objects.filter(level="township").count()),
        "administrative_villages": Decimal(rural),
        "urban_communities": Decimal(villages.count() - rural),
        "registered_elders_60": Decimal(ELDERS[month]),
    }
    for (unit, code), value in counted(month).items():
        if unit != COUNTY:
            values[code] = values.get(code, Decimal(0)) + value
    at = (month.year, month.month)
    figures = {code: {at: Fraction(value)} for code, value in values.items()}
    county = oracle.Unit({at: frozenset(values)}, figures)
    question = oracle.Question(formula, at, frozenset(), "", (2021, 1))
    return oracle.reported_value(question, [county]).value


@pytest.mark.django_db
@pytest.mark.parametrize(("number", "printed"), [*TABLE_1.items(), *FACTS_2020.items()])
def test_ledgers_alone_give_the_figures_of_table_1(seeded, number, printed):
    assert round(Decimal(float(from_ledgers(number, END_2020))), 0) == Decimal(printed)


@pytest.mark.django_db
@pytest.mark.parametrize(("number", "printed"), TABLE_2.items())
def test_ledgers_alone_give_the_figures_of_table_2(seeded, number, printed):
    assert round(Decimal(float(from_ledgers(number, END_2021))), 0) == Decimal(printed)


@pytest.mark.django_db
def test_beds_and_centres_of_2020_counted_one_by_one(seeded):
    """Without any of the portal's conditions, in plain Python."""
    day = dt.date(2020, 12, 31)
    beds = [
        bed
        for bed in Bed.objects.select_related("facility").filter(kind="institutional")
        if bed.is_in_use_on(day) and bed.facility.is_open_on(day)
    ]
    assert len(beds) == 4231
    assert sum(bed.nursing.on(day) for bed in beds) == 2115
    per_institution = Counter(bed.facility_id for bed in beds)
    assert len(per_institution) == 25
    assert min(per_institution.values()) >= Facility.SMALLEST_INSTITUTION
    centres = Facility.objects.filter(kind="community_care_center")
    assert sum(each.is_open_on(day) for each in centres) == 98


# --- Every reported figure --------------------------------------------------------------------------------

MONTHS = [FIRST_MONTH, *(dt.date(year, month, 1) for year, month in (
    (2021, 1), (2021, 12), (2022, 5), (2022, 6), (2022, 7), (2023, 6), (2024, 7), (2024, 12), (2025, 10),
    (2026, 1), (2026, 2),
))]  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize("month", MONTHS, ids=str)
def test_ledgers_count_to_every_reported_figure(seeded, reported, month):
    found = counted(month)
    compared = {
        (unit, code): (figure, found[unit, code])
        for unit in (COUNTY, *TOWNSHIPS)
        for code, figure in reported[unit, month].items()
        if (unit, code) in found
    }
    assert len({code for _, code in compared}) == 44
    assert {key: pair for key, pair in compared.items() if pair[0] != pair[1]} == {}


@pytest.mark.django_db
def test_only_two_townships_report_otherwise_and_only_in_the_newest_month(seeded):
    by_unit = defaultdict(dict)
    rows = MetricEntry.objects.exclude(ledger_value=None).exclude(value=F("ledger_value"))
    for unit, month, code, reason in rows.values_list(
        "report__org_unit__code", "report__month", "metric__code", "reason"
    ):
        assert month == THROUGH
        by_unit[unit][code] = reason
    assert set(by_unit) == {"330424004", "330424005"}
    reasons = [reason for codes in by_unit.values() for reason in codes.values()]
    assert any(reasons)
    assert not all(reasons)
    assert not MetricEntry.objects.filter(source="ledger").exclude(value=F("ledger_value")).exists()


# --- Rows that could be real ------------------------------------------------------------------------------


@pytest.mark.django_db
def test_nobody_has_a_number_that_a_person_could_have(seeded):
    seen = Counter()
    for model in (Stay, Caregiver, WaitingEntry):
        for number in model.objects.values_list("id_number", flat=True).iterator():
            plain = number.reveal()
            assert is_synthetic(plain)
            assert not check_id_number(plain, today=TODAY).findings
            seen[model, plain] += 1
    assert max(count for (model, _), count in seen.items() if model is Caregiver) == 1


@pytest.mark.django_db
def test_credit_codes_are_valid_and_of_no_real_registry(seeded):
    codes = list(Facility.objects.exclude(credit_code="").values_list("credit_code", flat=True))
    assert len(codes) == len(set(codes)) >= 36
    for code in codes:
        assert not check_credit_code(code, check_organisation=True).findings
        assert code[2:8] == "338024"


@pytest.mark.django_db
def test_nothing_happens_after_today_or_before_there_was_a_facility(seeded):
    assert not Bed.objects.filter(in_use_from__gt=TODAY).exists()
    assert not Bed.objects.filter(in_use_from__lt=F("facility__opened_on")).exists()
    assert not Stay.objects.filter(Q(moved_in_on__gt=TODAY) | Q(moved_out_on__gt=TODAY)).exists()
    assert not Stay.objects.filter(moved_in_on__lt=F("bed__in_use_from")).exists()
    assert not Employment.objects.filter(employed_from__gt=TODAY).exists()
    assert not Employment.objects.filter(employed_from__lt=F("facility__opened_on")).exists()
    assert not Training.objects.filter(held_on__gt=TODAY).exists()
    assert not Certificate.objects.filter(issued_on__gt=TODAY).exists()
    assert not FacilityRating.objects.filter(issued_on__gt=TODAY).exists()
    assert not WaitingEntry.objects.filter(Q(asked_on__gt=TODAY) | Q(closed_on__gt=TODAY)).exists()
    assert not WaitingEntry.objects.filter(closed_on__lt=F("asked_on")).exists()


@pytest.mark.django_db
def test_people_are_grown_up_when_they_are_hired(seeded):
    posts = Employment.objects.values_list("employed_from", "caregiver__born_on")
    assert min(first.year - born.year for first, born in posts) >= 18


@pytest.mark.django_db
def test_nobody_lives_in_a_bed_that_is_not_in_use(seeded):
    for stay in Stay.objects.on(TODAY).select_related("bed__facility"):
        assert stay.bed.is_in_use_on(TODAY)
        assert stay.bed.facility.is_open_on(TODAY)


@pytest.mark.django_db
def test_most_beds_are_occupied_and_two_townships_are_short(seeded):
    beds = Counter(
        Bed.objects.in_use_on(TODAY)
        .filter(kind="institutional")
        .values_list("facility__org_unit__code", flat=True)
    )
    residents = Counter(Stay.objects.on(TODAY).values_list("bed__facility__org_unit__code", flat=True))
    waiting = Counter(
        WaitingEntry.objects.waiting_on(TODAY).values_list("facility__org_unit__code", flat=True)
    )
    share = {unit: Fraction(residents[unit], beds[unit]) for unit in TOWNSHIPS}
    short = {unit for unit in TOWNSHIPS if share[unit] > Fraction(9, 10)}
    assert short == {"330424005", "330424102"}
    assert all(Fraction(6, 10) <= each <= Fraction(97, 100) for each in share.values())
    assert all(waiting[unit] >= 8 for unit in short)
    admitted = WaitingEntry.objects.filter(outcome="admitted")
    assert admitted.exists()
    assert not admitted.filter(stay=None).exists()
    assert Stay.objects.filter(is_respite=True).exists()
    assert Bed.objects.filter(out_of_service__on=TODAY).exists()


@pytest.mark.django_db
def test_a_home_given_to_a_private_operator_keeps_its_people_and_beds(seeded):
    """One facility closes the day another opens: of each, and in the same month, as many."""
    closed = Facility.objects.filter(closed_on__isnull=False)
    assert {each.org_unit.name for each in closed} == {"于城镇", "澉浦镇"}
    for old in closed:
        new = Facility.objects.get(org_unit=old.org_unit, kind=old.kind, closed_on=None)
        assert new.opened_on == old.closed_on
        assert new.operation == Facility.Operation.PUBLIC_BUILT_PRIVATE_RUN
        before = old.closed_on - dt.timedelta(days=1)
        assert new.beds.in_use_on(new.opened_on).count() >= old.beds.in_use_on(before).count() > 0
        assert not old.beds.filter(in_use_to=None).exists()
        moved = Employment.objects.filter(facility=new, employed_from=new.opened_on).count()
        assert moved >= Employment.objects.filter(facility=old, employed_to=old.closed_on).count() > 10


@pytest.mark.django_db
def test_a_person_with_two_posts_is_counted_once(seeded):
    posts = Counter(
        Employment.objects.on(TODAY).filter(workplace="facility").values_list("caregiver", flat=True)
    )
    assert max(posts.values()) == 2
    total = sum(
        value for (unit, code), value in counted(THROUGH).items() if code == "care_staff" and unit != COUNTY
    )
    assert total == len(posts)


# --- Running it -------------------------------------------------------------------------------------------


def rows() -> dict[str, tuple[int, int]]:
    return {m.__name__: (m.objects.count(), m.objects.order_by("-pk").first().pk) for m in LEDGERS}


@pytest.mark.django_db
def test_second_run_changes_nothing(seeded, capsys):
    before = rows()
    call_command("seed_demo")
    assert rows() == before
    assert "台账" not in capsys.readouterr().out


@pytest.mark.django_db
def test_a_demo_county_without_ledgers_gets_them_the_same(seeded, capsys, monkeypatch):
    def fingerprint() -> list:
        beds = Bed.objects.order_by("facility__org_unit__code", "facility__name", "room", "number")
        return list(beds.values_list("facility__name", "room", "number", "in_use_from", "in_use_to"))

    before, figures = fingerprint(), counted(THROUGH)
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE facilities_facility, facilities_caregiver CASCADE")
    monkeypatch.setattr("indicators.demo.seeding.timezone.localdate", lambda: TODAY)
    call_command("seed_demo")
    assert "已补写台账" in capsys.readouterr().out
    assert fingerprint() == before
    assert counted(THROUGH) == figures


# --- Sharing out beds -------------------------------------------------------------------------------------


def test_beds_are_shared_out_within_the_bounds_of_large_and_small():
    assert sum(share_beds([200, 90], 300, 1, [200, 90])) == 300
    assert share_beds([200, 90], 300, 1, [200, 90])[1] <= 99
    assert share_beds([120, 99], 219, 2, [120, 99]) == [119, 100]  # one bed moves so that the second is large
    assert share_beds([150, 0], 150, 1, [150, 30], opening=(1,)) == [130, 20]
