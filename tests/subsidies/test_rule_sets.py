"""Five sets of rules as counties have them, with amounts worked out by hand: the engine and the oracle must give them.

The rules are those of real documents (rows V13–V16 of the domain facts); where a document leaves the amount to the
county, a round one is used.
"""

import datetime as dt
from collections import Counter
from decimal import Decimal

import pytest

from eldercare.spells import Spells
from subsidies.models import Batch, Elder, Enrolment, Exclusion, Programme
from tests.subsidies.asking import owed
from tests.subsidies.factories import (
    LONG_AGO,
    make_assessment,
    make_certification,
    make_elder,
    make_enrolment,
    make_programme,
    make_tag,
)
from tests.subsidies.oracle import plus
from tests.subsidies.settling import new_batch, settle


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def month(text: str) -> dt.date:
    return dt.date.fromisoformat(f"{text}-01")


def assert_owed(enrolment: Enrolment, first: str, *runs: tuple[int, str]) -> None:
    """From ``first`` on, month after month: so many months of so much; asked of the engine and of the oracle."""
    wanted = [Decimal(amount) for count, amount in runs for _ in range(count)]
    assert owed(enrolment, month(first), plus(month(first), len(wanted) - 1)) == wanted


def lines_of(batch: Batch, enrolment: Enrolment) -> list[tuple[str, str, str]]:
    """(month the money is for, kind, amount), in order."""
    lines = batch.lines.filter(enrolment=enrolment).order_by("for_month", "kind")
    return [(f"{line.for_month:%Y-%m}", line.kind, f"{line.amount:.2f}") for line in lines]


def enrol(programme: Programme, elder: Elder, applied: str = "", approved: str = "", **fields) -> Enrolment:
    if applied:
        fields |= {"applied_on": day(applied), "approved_on": day(approved or applied)}
    return make_enrolment(programme, elder, **fields)


pytestmark = pytest.mark.django_db


class TestLinkou:
    """林口: from the month after the 80th birthday, four categories, no differences, back pay by segments."""

    @pytest.fixture
    def programme(self, cast):
        programme = make_programme(
            cast.county,
            "linkou",
            starts=month("2024-10"),
            eligibility="age >= 80 and registered",
            rules={
                "facts_day": "previous_month_end",
                "start": "application",
                "back_pay": "eligible",
                "death": "paid",
                "moving_out": "paid",
            },
            amounts=((80, 89, "100"), (80, 89, "50"), (90, 99, "150"), (100, None, "300")),
        )
        poor = programme.versions.get().bands.get(position=1)
        poor.economics = ["destitute_central", "destitute_scattered", "low_income", "low_income_edge"]
        poor.save()
        return programme

    def test_the_month_of_the_birthday_does_not_count(self, cast, programme):
        elder = make_elder(cast.township, born=day("1945-01-15"))
        assert_owed(enrol(programme, elder), "2024-10", (4, "0"), (3, "50"))

    @pytest.mark.parametrize("born", ["1944-10-01", "1944-10-31"])
    def test_any_day_of_the_birthdays_month_is_as_good(self, cast, programme, born):
        assert_owed(
            enrol(programme, make_elder(cast.township, born=day(born))), "2024-10", (1, "0"), (2, "50")
        )

    def test_nothing_before_the_policy_began(self, cast, programme):
        elder = make_elder(cast.township, born=day("1940-06-01"))
        assert_owed(enrol(programme, elder), "2024-08", (2, "0"), (2, "50"))

    def test_somebody_born_on_29_february_turns_90_in_february(self, cast, programme):
        elder = make_elder(cast.township, born=day("1936-02-29"))
        assert_owed(enrol(programme, elder), "2026-01", (2, "50"), (2, "150"))

    def test_the_hundredth_year(self, cast, programme):
        elder = make_elder(cast.township, born=day("1925-03-31"))
        assert_owed(enrol(programme, elder), "2025-02", (2, "150"), (2, "300"))

    def test_a_new_category_counts_from_the_next_month_without_a_difference(self, cast, programme):
        """Low income from 10 March to 19 June: April, May and June at 100."""
        elder = make_elder(cast.township, born=day("1940-06-01"))
        make_tag(elder, "low_income", day("2025-03-10"), day("2025-06-20"))
        assert_owed(enrol(programme, elder), "2025-02", (2, "50"), (3, "100"), (2, "50"))

    def test_back_pay_by_segments_up_to_and_including_the_month_of_acceptance(self, cast, programme):
        """90 in December 2024, accepted in April 2025: Oct–Dec 3 × 50, Jan–Apr 4 × 150, together 750."""
        elder = make_elder(cast.township, born=day("1934-12-20"))
        enrolment = enrol(programme, elder, "2025-04-18")
        batch = new_batch(programme, month("2025-04"), cast.county_clerk)
        assert lines_of(batch, enrolment) == [
            ("2024-10", "back_pay", "50.00"),
            ("2024-11", "back_pay", "50.00"),
            ("2024-12", "back_pay", "50.00"),
            ("2025-01", "back_pay", "150.00"),
            ("2025-02", "back_pay", "150.00"),
            ("2025-03", "back_pay", "150.00"),
            ("2025-04", "regular", "150.00"),
        ]
        assert sum(line.amount for line in batch.lines.all()) == 750

    @pytest.mark.parametrize("gone", ["2025-05-01", "2025-05-14", "2025-05-31"])
    def test_the_month_of_death_and_of_moving_away_is_paid_and_nothing_after_it(self, cast, programme, gone):
        dead = make_elder(cast.township, born=day("1940-06-01"), died_on=day(gone))
        moved = make_elder(
            cast.township, born=day("1940-06-01"), registered=Spells.since(LONG_AGO, day(gone))
        )
        for elder in (dead, moved):
            assert_owed(enrol(programme, elder), "2025-04", (2, "50"), (2, "0"))


class TestLuoyang:
    """洛阳: paid from the month after the application, back pay of this year only, the month of death is paid."""

    @pytest.fixture
    def programme(self, cast):
        return make_programme(
            cast.county,
            "luoyang",
            starts=month("2022-01"),
            portal_from=month("2024-01"),
            eligibility="age >= 80 and registered",
            rules={
                "start": "application",
                "start_offset": 1,
                "back_pay": "this_year",
                "death": "paid",
                "moving_out": "paid",
            },
            amounts=((80, 89, "50"), (90, 99, "100"), (100, None, "300")),
        )

    def test_who_applied_late_gets_this_year_but_not_the_last(self, cast, programme):
        elder = make_elder(cast.township, born=day("1944-03-03"))
        enrolment = enrol(programme, elder, "2025-08-20", "2025-09-02")
        assert_owed(enrolment, "2024-11", (2, "0"), (12, "50"))
        batch = new_batch(programme, month("2025-09"), cast.county_clerk)
        amounts = Counter(line.kind for line in batch.lines.all())
        assert amounts == {"back_pay": 8, "regular": 1}  # January to August, and September
        assert sum(line.amount for line in batch.lines.all()) == 450

    def test_who_applied_in_december_is_paid_for_the_year_of_the_application(self, cast, programme):
        elder = make_elder(cast.township, born=day("1930-03-03"))
        enrolment = enrol(programme, elder, "2024-12-31", "2025-01-20")
        assert_owed(enrolment, "2023-12", (1, "0"), (13, "100"))

    def test_the_month_of_the_birthday_counts(self, cast, programme):
        elder = make_elder(cast.township, born=day("1945-05-31"))
        assert_owed(enrol(programme, elder, "2025-03-05"), "2025-04", (1, "0"), (2, "50"))

    def test_who_comes_from_elsewhere_is_paid_from_where_the_certificate_ends(self, cast, programme):
        """Moved in on 10 April; the old county paid up to and including May."""
        registered = Spells.since(day("2025-04-10"))
        elder = make_elder(cast.township, born=day("1940-01-01"), registered=registered)
        enrolment = enrol(programme, elder, "2025-07-07", not_before=month("2025-06"))
        assert_owed(enrolment, "2025-04", (2, "0"), (3, "50"))

    def test_a_late_death_is_recovered_but_not_the_month_of_death(self, cast, programme):
        elder = make_elder(cast.township, born=day("1940-01-01"))
        enrolment = enrol(programme, elder, "2025-07-01")
        for each in ("2025-08", "2025-09", "2025-10"):
            batch = new_batch(programme, month(each), cast.county_clerk)
            settle(batch, {}, cast.county_clerk, cast.county_reviewer)
        elder.died_on = day("2025-08-02")
        elder.save()
        assert_owed(enrolment, "2025-07", (2, "50"), (3, "0"))
        batch = new_batch(programme, month("2025-11"), cast.county_clerk, is_full_check=True)
        assert lines_of(batch, enrolment) == [
            ("2025-09", "recovery", "-50.00"),
            ("2025-10", "recovery", "-50.00"),
        ]


class TestQingbaijiang:
    """青白江: 60, 240 and 600 yuan, certified every quarter; a certification brings back at most three months."""

    @pytest.fixture
    def programme(self, cast):
        return make_programme(
            cast.county,
            "qingbaijiang",
            starts=month("2025-01"),
            eligibility="registered",
            rules={"certification": "quarterly", "resume_months": 3},
            amounts=((80, 89, "60"), (90, 99, "240"), (100, None, "600")),
        )

    @pytest.mark.parametrize(
        ("born", "amount"), [("1940-01-01", "60"), ("1930-01-01", "240"), ("1920-01-01", "600")]
    )
    def test_the_application_covers_a_quarter_more(self, cast, programme, born, amount):
        elder = make_elder(cast.township, born=day(born))
        assert_owed(enrol(programme, elder, "2025-01-31"), "2025-01", (4, amount), (3, "0"))

    def test_a_certification_reaches_three_months_back_and_three_ahead(self, cast, programme):
        """Covered to April; certified on 30 September: June to December. May is lost."""
        elder = make_elder(cast.township, born=day("1940-01-01"))
        enrolment = enrol(programme, elder, "2025-01-10")
        make_certification(elder, day("2025-09-30"))
        assert_owed(enrolment, "2025-03", (2, "60"), (1, "0"), (7, "60"), (1, "0"))

    def test_what_was_held_back_is_paid_after_the_certification(self, cast, programme):
        elder = make_elder(cast.township, born=day("1930-01-01"))
        enrolment = enrol(programme, elder, "2025-01-10")
        for each, found in (("2025-04", 4), ("2025-05", 0)):
            batch = new_batch(programme, month(each), cast.county_clerk)
            assert batch.lines.count() == found
            settle(batch, {}, cast.county_clerk, cast.county_reviewer)
        make_certification(elder, day("2025-06-01"))
        batch = new_batch(programme, month("2025-06"), cast.county_clerk, is_full_check=True)
        assert lines_of(batch, enrolment) == [
            ("2025-05", "back_pay", "240.00"),
            ("2025-06", "regular", "240.00"),
        ]


class TestNanhai:
    """南海: certified every year; missed months come back only two at most; suspension by the office."""

    @pytest.fixture
    def programme(self, cast):
        return make_programme(
            cast.county,
            "nanhai",
            starts=month("2024-01"),
            eligibility="age >= 80 and (registered or resident)",
            rules={
                "certification": "yearly",
                "resume_months": 2,
                "population": "either",
                "moving_out": "unpaid",
            },
            amounts=((80, 89, "100"), (90, None, "200")),
        )

    def test_a_year_and_the_month_itself_are_covered(self, cast, programme):
        """Applied in January 2024: to January 2025. Certified in June 2025: April 2025 to June 2026."""
        elder = make_elder(cast.township, born=day("1940-01-01"))
        enrolment = enrol(programme, elder, "2024-01-05")
        make_certification(elder, day("2025-06-10"))
        assert_owed(enrolment, "2024-12", (2, "100"), (2, "0"), (15, "100"), (1, "0"))

    def test_a_suspension_stops_whole_months_and_lifting_it_pays_them(self, cast, programme):
        elder = make_elder(cast.township, born=day("1940-01-01"))
        enrolment = enrol(programme, elder, "2024-01-05")
        enrolment.suspended = Spells.since(month("2024-09"), month("2024-11"))
        enrolment.save()
        assert_owed(enrolment, "2024-08", (1, "100"), (2, "0"), (1, "100"))
        enrolment.suspended = Spells()
        enrolment.save()
        assert_owed(enrolment, "2024-08", (4, "100"))

    def test_who_keeps_one_foot_in_the_county_stays_in(self, cast, programme):
        """Registration gone in March, residence in June: June, the month of leaving, is not paid."""
        elder = make_elder(
            cast.township,
            born=day("1934-05-05"),
            registered=Spells.since(LONG_AGO, day("2024-03-15")),
            resident=Spells.since(LONG_AGO, day("2024-06-30")),
        )
        assert_owed(enrol(programme, elder, "2024-01-05"), "2024-03", (2, "100"), (1, "200"), (2, "0"))


class TestServiceSubsidy:
    """养老服务补贴 by ability × income × living, and 失能护理补贴: of the two only the higher one."""

    @pytest.fixture
    def service(self, cast):
        programme = make_programme(
            cast.county,
            "service",
            starts=month("2025-01"),
            eligibility="assessed and ability >= 2 and resident",
            amounts=((None, None, "1000"), (None, None, "500"), (None, None, "300"), (None, None, "250")),
        )
        poor = ["low_income", "destitute_scattered"]
        settings = (
            {"abilities": [3, 4], "economics": poor, "livings": ["in_care_home"]},
            {"abilities": [3, 4], "economics": poor},
            {"abilities": [2], "economics": poor},
            {
                "abilities": [3, 4],
                "economics": ["low_income_edge"],
                "livings": ["living_alone", "empty_nest"],
            },
        )
        for band, values in zip(programme.versions.get().bands.order_by("position"), settings, strict=True):
            for name, value in values.items():
                setattr(band, name, value)
            band.save()
        return programme

    @pytest.fixture
    def care(self, cast, service):
        programme = make_programme(
            cast.county,
            "care",
            starts=month("2025-01"),
            eligibility="ability >= 3",
            amounts=((None, None, "400"),),
        )
        Exclusion.objects.create(
            yielding=programme, prevailing=service, relation="higher", effective_from=month("2025-02")
        )
        return programme

    def test_bands_in_their_order_and_the_higher_of_the_two(self, cast, service, care):
        """At home 500 against 400; in the home from 10 April 1000; from June only moderately disabled: 300, no care."""
        elder = make_elder(cast.township, tags=["low_income"])
        make_tag(elder, "in_care_home", day("2025-04-10"))
        make_assessment(elder, 3)
        make_assessment(elder, 2, day("2025-06-30"))
        subsidy, allowance = enrol(service, elder), enrol(care, elder)
        assert_owed(subsidy, "2025-01", (3, "500"), (2, "1000"), (2, "300"))
        # The relation holds from February on: in January both are paid.
        assert_owed(allowance, "2025-01", (1, "400"), (6, "0"))

    def test_the_smaller_subsidy_gives_way_to_the_higher_allowance(self, cast, service, care):
        elder = make_elder(cast.township, tags=["low_income_edge", "empty_nest"])
        make_assessment(elder, 4)
        subsidy, allowance = enrol(service, elder), enrol(care, elder)
        assert_owed(subsidy, "2025-01", (1, "250"), (3, "0"))
        assert_owed(allowance, "2025-01", (4, "400"))

    def test_of_two_equal_ones_the_prevailing_is_paid(self, cast, service, care):
        care.versions.get().bands.update(amount=Decimal(500))
        elder = make_elder(cast.township, tags=["destitute_scattered"])
        make_assessment(elder, 3)
        subsidy, allowance = enrol(service, elder), enrol(care, elder)
        assert_owed(subsidy, "2025-02", (2, "500"))
        assert_owed(allowance, "2025-02", (2, "0"))

    def test_an_assessment_counts_to_the_month_on_whose_last_day_it_still_holds(self, cast, service):
        elder = make_elder(cast.township, tags=["low_income"])
        make_assessment(elder, 2, valid_until=day("2025-08-31"))
        other = make_elder(cast.township, tags=["low_income"])
        make_assessment(other, 2, valid_until=day("2025-08-30"))
        assert_owed(enrol(service, elder), "2025-07", (2, "300"), (1, "0"))
        assert_owed(enrol(service, other), "2025-07", (1, "300"), (2, "0"))

    def test_only_what_exceeds_the_prevailing_one_where_it_is_offset(self, cast, service, care):
        Exclusion.objects.filter(yielding=care).delete()
        Exclusion.objects.create(
            yielding=service, prevailing=care, relation="offset", effective_from=month("2025-01")
        )
        elder = make_elder(cast.township, tags=["low_income"])
        make_assessment(elder, 4)
        subsidy, allowance = enrol(service, elder), enrol(care, elder)
        assert_owed(subsidy, "2025-01", (2, "100"))
        assert_owed(allowance, "2025-01", (2, "400"))
