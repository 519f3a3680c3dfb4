"""The demo county's programmes: they load, their conditions can be read, and each pays what its rates say.

Amounts are worked out by hand from fixtures/programmes/haiyan.json.
"""

import datetime as dt
from decimal import Decimal

import pytest

from eldercare.models import OrgUnit
from facilities.models import Attendance, FacilityRating
from indicators.fixtures import fixtures_dir, read_json
from subsidies.fixtures import load_programmes
from subsidies.models import Adaptation, Enrolment, Exclusion, Programme
from subsidies.rules.facts import condition, quantities
from tests.facilities.factories import make_bed, make_caregiver, make_facility, make_post, make_stay
from tests.subsidies import asking
from tests.subsidies.factories import make_assessment, make_elder, make_enrolment, make_tag

pytestmark = pytest.mark.django_db
DOCUMENT = read_json(fixtures_dir() / "programmes" / "haiyan.json")


@pytest.fixture
def programmes(cast) -> dict[str, Programme]:
    load_programmes(DOCUMENT)
    return {each.code: each for each in Programme.objects.all()}


def month(text: str) -> dt.date:
    return dt.date.fromisoformat(f"{text}-01")


def owed(enrolment: Enrolment, first: str, last: str) -> list[str]:
    """Yuan month by month; engine and oracle must agree on it."""
    return [f"{each:.2f}" for each in asking.owed(enrolment, month(first), month(last))]


def place(programme: Programme, unit: OrgUnit, applied: dt.date = dt.date(2024, 1, 1), **holder) -> Enrolment:
    """The place of a post or a facility."""
    return Enrolment.objects.create(
        programme=programme,
        org_unit=unit,
        state=Enrolment.State.RUNNING,
        applied_on=applied,
        approved_on=applied,
        **holder,
    )


# The file


def test_all_kinds_of_programmes_are_there_and_marked_as_examples(programmes):
    kinds = {each.kind for each in programmes.values()}
    assert kinds == set(Programme.Kind.values) - {"other"}
    assert all(each.is_example for each in programmes.values())


def test_loading_again_changes_nothing(programmes):
    first = programmes["old-age"].versions.get(effective_from=month("2025-01"))
    first.bands.filter(position=1).update(amount=Decimal(77))
    Exclusion.objects.filter(yielding=programmes["old-age"]).delete()
    assert [(each.inserted, each.updated) for each in load_programmes(DOCUMENT)] == [(0, 0), (0, 0)]
    assert first.bands.get(position=1).amount == 77
    assert not Exclusion.objects.filter(yielding=programmes["old-age"]).exists()


def test_every_condition_and_quantity_is_one_that_the_rules_know(programmes):
    for programme in programmes.values():
        for version in programme.versions.all():
            texts = [version.eligibility, *(band.condition for band in version.bands.all())]
            for text in filter(None, texts):
                assert condition(programme.beneficiary, text).is_condition
            for band in version.bands.exclude(quantity=""):
                assert band.quantity in quantities(programme.beneficiary)


def test_shares_of_a_version_add_up_to_the_whole(programmes):
    for programme in programmes.values():
        for version in programme.versions.all():
            assert sum(share.percent for share in version.shares.all()) == 100


def test_every_row_is_valid_by_the_models_own_checks(programmes):
    for programme in programmes.values():
        programme.full_clean()
        for version in programme.versions.all():
            version.full_clean()
            for band in version.bands.all():
                band.full_clean()


# Elders


def test_old_age_follows_the_new_document_and_gives_way_at_100(cast, programmes):
    """Born in February 1925: 80 yuan, from 2025 100; from the month of the 100th birthday 500 of the other one."""
    elder = make_elder(cast.township, born=dt.date(1925, 2, 10))
    old_age = make_enrolment(programmes["old-age"], elder)
    centenarian = make_enrolment(programmes["centenarian"], elder)
    for day in (dt.date(2025, 1, 5), dt.date(2025, 6, 1)):
        elder.certifications.create(certified_on=day)
    assert owed(old_age, "2024-11", "2025-03") == ["80.00", "80.00", "100.00", "0.00", "0.00"]
    assert owed(centenarian, "2025-01", "2025-03") == ["0.00", "500.00", "500.00"]


def test_service_subsidy_against_disability_care(cast, programmes):
    """Low income, severe, at home: 500 against 200. On the edge of low income and completely disabled: 250 against 300."""
    applied = dt.date(2025, 1, 10)
    amounts = []
    for kind, level in (("low_income", 3), ("low_income_edge", 4)):
        elder = make_elder(cast.township, tags=[kind])
        make_assessment(elder, level)
        both = [
            make_enrolment(programmes[code], elder, applied_on=applied, approved_on=applied)
            for code in ("service-subsidy", "disability-care")
        ]
        amounts.append([owed(each, "2025-01", "2025-02") for each in both])
    # Disability care goes three months back, the service subsidy begins in the month after the application.
    assert amounts == [
        [["0.00", "500.00"], ["200.00", "0.00"]],
        [["0.00", "0.00"], ["300.00", "300.00"]],
    ]


def test_disability_care_by_day_in_the_month_of_death(cast, programmes):
    """300 × 10 of 31 days = 96.774…"""
    elder = make_elder(cast.township, tags=["low_income"], died_on=dt.date(2025, 3, 10))
    make_assessment(elder, 4)
    applied = dt.date(2025, 1, 10)
    enrolment = make_enrolment(programmes["disability-care"], elder, applied_on=applied, approved_on=applied)
    assert owed(enrolment, "2025-02", "2025-04") == ["300.00", "96.77", "0.00"]


def test_destitute_care_by_the_place_and_the_ability(cast, programmes):
    """989 yuan a year are 82.42 a month, 742 are 61.83; who was never assessed is taken for able."""
    amounts = []
    for kind, level in (
        ("destitute_central", 4),
        ("destitute_central", 1),
        ("destitute_central", 0),
        ("destitute_scattered", 3),
        ("destitute_scattered", None),
    ):
        elder = make_elder(cast.township, tags=[kind])
        if level is not None:
            make_assessment(elder, level)
        amounts += owed(make_enrolment(programmes["destitute-care"], elder), "2025-05", "2025-05")
    assert amounts == ["1030.00", "618.00", "82.42", "721.00", "61.83"]


def test_destitute_people_get_no_service_subsidy_beside_it(cast, programmes):
    elder = make_elder(cast.township, tags=["low_income"])
    make_tag(elder, "destitute_scattered", dt.date(2025, 3, 3))
    make_assessment(elder, 2)
    subsidy = make_enrolment(programmes["service-subsidy"], elder)
    make_enrolment(programmes["destitute-care"], elder)
    assert owed(subsidy, "2025-02", "2025-04") == ["375.00", "0.00", "0.00"]


def test_accident_insurance_once_a_year_in_march(cast, programmes):
    elder = make_elder(cast.township, born=dt.date(1965, 3, 31))
    enrolment = make_enrolment(programmes["accident-insurance"], elder)
    year = owed(enrolment, "2025-01", "2025-12")
    assert year == ["0.00", "0.00", "30.00", *["0.00"] * 9]
    assert owed(enrolment, "2024-03", "2024-03") == ["0.00"]  # not yet 60


def test_home_adaptation_up_to_the_cap(cast, programmes):
    amounts = []
    for tags, cost in ((["low_income"], "4321.09"), (["low_income"], "8000"), ([], "4321.09"), ([], "9000")):
        elder = make_elder(cast.township, tags=tags)
        Adaptation.objects.create(
            elder=elder,
            org_unit=cast.township,
            round="2025年第一批",
            needed_from=dt.date(2025, 1, 1),
            accepted_on=dt.date(2025, 4, 30),
            cost=Decimal(cost),
        )
        enrolment = make_enrolment(programmes["home-adaptation"], elder)
        months_around = owed(enrolment, "2025-03", "2025-05")
        assert months_around[0] == months_around[2] == "0.00"
        amounts.append(months_around[1])
    assert amounts == ["4321.09", "6000.00", "2160.55", "3000.00"]  # 2160.545 rounded half up


# Posts


def test_post_allowance_by_skill_and_attendance(cast, programmes):
    """Fourth level from the third month on the post; 19 days present are too few; the certificate ends on 31 May."""
    home = make_facility(cast.township)
    post = make_post(home, level=5, employed_from=dt.date(2025, 1, 31))
    post.caregiver.certificates.create(
        kind="skill_level", level=4, issued_on=dt.date(2025, 1, 1), expires_on=dt.date(2025, 5, 31)
    )
    for number, days in ((3, 22), (4, 22), (5, 20), (6, 20), (7, 19)):
        Attendance.objects.create(employment=post, month=dt.date(2025, number, 1), days=days)
    enrolment = place(programmes["post-allowance"], cast.township, dt.date(2025, 3, 1), post=post)
    assert owed(enrolment, "2025-03", "2025-08") == ["0.00", "500.00", "500.00", "300.00", "0.00", "0.00"]


def test_entry_award_in_three_parts(cast, programmes):
    """40,000 for a college graduate: 30 % after 36 months, 30 % after 48, 40 % after 60; nothing in between."""
    post = make_post(
        make_facility(cast.township),
        make_caregiver(education="college"),
        employed_from=dt.date(2021, 2, 15),
    )
    enrolment = place(programmes["entry-award"], cast.township, post=post)
    amounts = owed(enrolment, "2024-01", "2026-12")
    paid = {number: amount for number, amount in enumerate(amounts) if amount != "0.00"}
    assert paid == {1: "12000.00", 13: "12000.00", 25: "16000.00"}  # February 2024, 2025 and 2026


def test_entry_award_ends_with_the_post(cast, programmes):
    post = make_post(
        make_facility(cast.township),
        make_caregiver(education="bachelor"),
        employed_from=dt.date(2021, 2, 15),
        employed_to=dt.date(2025, 2, 28),
    )
    enrolment = place(programmes["entry-award"], cast.township, post=post)
    paid = [amount for amount in owed(enrolment, "2024-01", "2026-12") if amount != "0.00"]
    assert paid == ["15000.00"]


# Facilities


def test_operation_subsidy_by_occupied_bed_and_star(cast, programmes):
    """3 of 5 beds occupied, from 20 May 2; four stars from 15 June: 3 × 200, 2 × 200, 2 × 250."""
    home = make_facility(cast.township, beds=5)
    beds = list(home.beds.order_by("pk"))
    for bed in beds[:2]:
        make_stay(bed)
    make_stay(beds[2], moved_out_on=dt.date(2025, 5, 20))
    make_stay(make_bed(home, "日1", kind="day_care"))
    FacilityRating.objects.create(facility=home, scheme="star", level=4, issued_on=dt.date(2025, 6, 15))
    enrolment = place(programmes["operation"], cast.township, dt.date(2025, 3, 9), facility=home)
    assert owed(enrolment, "2025-03", "2025-06") == ["0.00", "600.00", "400.00", "500.00"]


def test_construction_subsidy_by_new_beds(cast, programmes):
    """49 beds, then 2 more in May: 51 beds, so 2 × 2,000; one in June that is out of use at once still counts as new."""
    home = make_facility(cast.township, opened_on=dt.date(2024, 1, 1))
    for number in range(49):
        make_bed(home, str(number), in_use_from=dt.date(2024, 3, 31))
    for number in (101, 102):
        make_bed(home, str(number), in_use_from=dt.date(2025, 5, 1))
    make_bed(home, "103", in_use_from=dt.date(2025, 6, 2), in_use_to=dt.date(2025, 6, 20))
    enrolment = place(programmes["construction"], cast.township, facility=home)
    assert owed(enrolment, "2024-03", "2024-04") == ["49000.00", "0.00"]
    assert owed(enrolment, "2025-04", "2025-07") == ["0.00", "4000.00", "2000.00", "0.00"]


def test_no_operation_subsidy_for_a_closed_or_a_profit_making_home(cast, programmes):
    for fields in ({"closed_on": dt.date(2025, 5, 31)}, {"operation": "for_profit"}):
        home = make_facility(cast.township, beds=1, **fields)
        make_stay(home.beds.get())
        enrolment = place(programmes["operation"], cast.township, facility=home)
        april = "200.00" if "closed_on" in fields else "0.00"
        assert owed(enrolment, "2025-04", "2025-05") == [april, "0.00"]
