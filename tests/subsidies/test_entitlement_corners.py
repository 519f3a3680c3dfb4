"""Corners of docs/payment-rules.md that random lives reach seldom, each with its amount worked out by hand.

Every one was written against a way in which an implementation goes wrong; the names say which way is right.
"""

import datetime as dt
from decimal import Decimal

import pytest

from eldercare.spells import Spells
from subsidies.models import Enrolment, Exclusion, Programme
from tests.subsidies import asking
from tests.subsidies.factories import (
    LONG_AGO,
    make_assessment,
    make_certification,
    make_elder,
    make_enrolment,
    make_programme,
    make_tag,
)

pytestmark = pytest.mark.django_db


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def owed(enrolment: Enrolment, first: str, last: str) -> list[str]:
    """Yuan month by month; engine and oracle must agree on it."""
    return [f"{each.normalize():f}" for each in asking.owed(enrolment, day(f"{first}-01"), day(f"{last}-01"))]


def flat(cast, amount: str, eligibility: str = "age >= 60", **rules) -> Programme:
    """So much for everybody who satisfies the condition."""
    return make_programme(cast.county, eligibility=eligibility, amounts=((None, None, amount),), rules=rules)


def exclude(yielding: Programme, prevailing: Programme, relation: str, to: str = "") -> None:
    Exclusion.objects.create(
        yielding=yielding,
        prevailing=prevailing,
        relation=relation,
        effective_from=day("2024-01-01"),
        effective_to=day(to) if to else None,
    )


class TestProgrammesTogether:
    def test_offsets_are_added_up_before_they_are_taken_off(self, cast):
        """500 − 100 − 150 = 250; a third one beyond that leaves nothing, not less than nothing."""
        elder = make_elder(cast.township)
        mine = flat(cast, "500")
        enrolment = make_enrolment(mine, elder)
        for amount, left in (("100", "400"), ("150", "250"), ("300", "0")):
            other = flat(cast, amount)
            make_enrolment(other, elder)
            exclude(mine, other, "offset")
            assert owed(enrolment, "2025-05", "2025-05") == [left]

    def test_a_relation_holds_in_its_last_month(self, cast):
        elder = make_elder(cast.township)
        mine, other = flat(cast, "50"), flat(cast, "10")
        make_enrolment(other, elder)
        exclude(mine, other, "exclusive", to="2025-03-01")
        assert owed(make_enrolment(mine, elder), "2025-02", "2025-04") == ["0", "0", "50"]

    def test_gross_amounts_decide_also_of_one_that_gives_way_itself(self, cast):
        """A yields to B and B to C: both get nothing, though B is paid nothing."""
        elder = make_elder(cast.township)
        a, b, c = (flat(cast, amount) for amount in ("50", "60", "70"))
        exclude(a, b, "exclusive")
        exclude(b, c, "exclusive")
        places = [make_enrolment(each, elder) for each in (a, b, c)]
        assert [owed(each, "2025-01", "2025-01") for each in places] == [["0"], ["0"], ["70"]]

    def test_two_places_in_the_other_programme_one_after_the_other_count_once_each_month(self, cast):
        elder = make_elder(cast.township)
        mine, other = flat(cast, "500"), flat(cast, "100")
        make_enrolment(other, elder, state="ended", ended_from=day("2025-03-01"), end_reason="other")
        make_enrolment(other, elder, applied_on=day("2025-02-01"), not_before=day("2025-03-01"))
        exclude(mine, other, "offset")
        assert owed(make_enrolment(mine, elder), "2025-01", "2025-03") == ["400", "400", "400"]

    def test_somebody_elses_place_excludes_nothing(self, cast):
        mine, other = flat(cast, "50"), flat(cast, "60")
        exclude(mine, other, "exclusive")
        make_enrolment(other, make_elder(cast.township))
        assert owed(make_enrolment(mine, make_elder(cast.township)), "2025-01", "2025-01") == ["50"]

    def test_who_is_in_the_other_programme_but_gets_nothing_from_it_loses_nothing(self, cast):
        elder = make_elder(cast.township)
        mine, other = flat(cast, "50"), flat(cast, "60", "low_income")
        exclude(mine, other, "exclusive")
        make_enrolment(other, elder)
        make_tag(elder, "low_income", day("2025-02-28"), day("2025-04-01"))
        assert owed(make_enrolment(mine, elder), "2025-01", "2025-05") == ["50", "0", "0", "50", "50"]


class TestMoves:
    def place(self, cast, eligibility: str, registered: Spells, **rules) -> Enrolment:
        programme = flat(cast, "50", eligibility, **rules)
        return make_enrolment(programme, make_elder(cast.township, registered=registered))

    @pytest.mark.parametrize(("rule", "march"), [("paid", "50"), ("unpaid", "0")])
    @pytest.mark.parametrize("facts_day", ["month_end", "previous_month_end"])
    @pytest.mark.parametrize("gone", ["2025-03-01", "2025-03-02", "2025-03-31"])
    def test_the_rule_decides_about_the_month_of_leaving(self, cast, rule, march, facts_day, gone):
        """Whichever day of March it was, also where the condition itself asks for the registration."""
        enrolment = self.place(
            cast, "registered", Spells.since(LONG_AGO, day(gone)), moving_out=rule, facts_day=facts_day
        )
        assert owed(enrolment, "2025-02", "2025-04") == ["50", march, "0"]

    def test_who_came_back_before_the_month_was_over_never_left(self, cast):
        spells = Spells([(LONG_AGO, day("2025-03-05")), (day("2025-03-31"), None)])
        enrolment = self.place(cast, "registered", spells, moving_out="unpaid")
        assert owed(enrolment, "2025-02", "2025-04") == ["50", "50", "50"]

    def test_a_newcomer_counts_from_the_month_or_from_the_next(self, cast):
        spells = Spells.since(day("2025-03-31"))
        at_once = self.place(cast, "age >= 60", spells, facts_day="month_end")
        next_month = self.place(cast, "age >= 60", spells, facts_day="previous_month_end")
        assert owed(at_once, "2025-02", "2025-04") == ["0", "50", "50"]
        assert owed(next_month, "2025-02", "2025-04") == ["0", "0", "50"]

    def test_of_two_ways_to_belong_only_the_one_that_was_left_counts_as_the_rule_says(self, cast):
        """Lived here, never registered: in the month of leaving he is a resident still, but never registered."""
        programme = flat(cast, "50", "resident and not registered", population="either", moving_out="paid")
        elder = make_elder(
            cast.township, registered=Spells(), resident=Spells.since(LONG_AGO, day("2025-03-10"))
        )
        assert owed(make_enrolment(programme, elder), "2025-02", "2025-04") == ["50", "50", "0"]

    def test_the_population_does_not_change_a_name_that_it_does_not_ask_for(self, cast):
        """Residents are counted; the registration, gone on the same day, is asked on the last day of March."""
        programme = flat(cast, "50", "registered", population="resident", moving_out="paid")
        gone = Spells.since(LONG_AGO, day("2025-03-10"))
        elder = make_elder(cast.township, registered=gone, resident=gone)
        assert owed(make_enrolment(programme, elder), "2025-02", "2025-04") == ["50", "0", "0"]


class TestDaysAndAmounts:
    def test_the_month_of_death_by_day_includes_the_day_and_rounds_half_up(self, cast):
        """30.00 × 1 ÷ 31 = 0.9677; in February 2024 45.67 × 29 ÷ 29; 0.03 × 15 ÷ 30 = 0.015 → 0.02."""
        cases = (
            ("30", "2025-03-01", "0.97"),
            ("45.67", "2024-02-29", "45.67"),
            ("0.03", "2025-04-15", "0.02"),
        )
        for amount, died, wanted in cases:
            programme = flat(cast, amount, death="by_day")
            enrolment = make_enrolment(programme, make_elder(cast.township, died_on=day(died)))
            assert owed(enrolment, died[:7], died[:7]) == [wanted]

    def test_what_is_unknown_is_not_met_either_way(self, cast):
        never = make_elder(cast.township)
        for text in ("ability > 2", "not (ability > 2)", "ability <= 2"):
            assert owed(make_enrolment(flat(cast, "50", text), never), "2025-01", "2025-01") == ["0"]
        assert owed(
            make_enrolment(flat(cast, "50", "ability > 2 or age > 60"), never), "2025-01", "2025-01"
        ) == ["50"]

    def test_of_two_assessments_on_a_day_the_later_entered_counts_and_an_older_one_comes_back(self, cast):
        elder = make_elder(cast.township)
        make_assessment(elder, 1)
        make_assessment(elder, 2, day("2025-02-01"), valid_until=day("2025-03-31"))
        make_assessment(elder, 3, day("2025-02-01"), valid_until=day("2025-03-31"), standard="mzt039")
        make_assessment(elder, None, day("2025-02-15"))
        three, one = flat(cast, "50", "ability == 3"), flat(cast, "50", "ability == 1")
        assert owed(make_enrolment(three, elder), "2025-01", "2025-04") == ["0", "50", "50", "0"]
        assert owed(make_enrolment(one, elder), "2025-01", "2025-04") == ["50", "0", "0", "50"]

    def test_the_first_band_by_position_and_then_by_age_of_the_row(self, cast):
        programme = make_programme(
            cast.county,
            eligibility="age >= 60",
            amounts=((60, None, "10"), (60, None, "20"), (60, None, "30")),
        )
        first, _, third = programme.versions.get().bands.order_by("pk")
        enrolment = make_enrolment(programme, make_elder(cast.township))
        for position, wanted in ((1, "10"), (3, "20"), (2, "10")):
            first.position = position
            first.save()
            assert owed(enrolment, "2025-01", "2025-01") == [wanted]
        third.position = 1
        third.save()
        assert owed(enrolment, "2025-01", "2025-01") == ["30"]

    def test_each_month_is_asked_of_the_version_of_its_time(self, cast):
        """The new version pays nothing before the application, the old one pays since ever."""
        programme = flat(cast, "50", back_pay="eligible", start="application")
        version = programme.versions.get()
        version.pk, version.effective_from, version.back_pay = None, day("2025-01-01"), "none"
        version.save()
        version.bands.create(label="新", amount=Decimal(60))
        elder = make_elder(cast.township)
        enrolment = make_enrolment(
            programme, elder, applied_on=day("2025-03-09"), approved_on=day("2025-03-09")
        )
        assert owed(enrolment, "2024-11", "2025-04") == ["50", "50", "0", "0", "60", "60"]

    def test_a_certification_covers_its_months_at_both_ends(self, cast):
        """Every half year, two months back: certified in July 2025 covers May 2025 to January 2026."""
        programme = flat(cast, "50", certification="half_yearly", resume_months=2)
        elder = make_elder(cast.township)
        make_certification(elder, day("2025-07-31"))
        enrolment = make_enrolment(programme, elder)  # applied in January 2024: covered to July
        assert owed(enrolment, "2024-06", "2024-08") == ["50", "50", "0"]
        assert owed(enrolment, "2025-04", "2025-05") == ["0", "50"]
        assert owed(enrolment, "2026-01", "2026-02") == ["50", "0"]
