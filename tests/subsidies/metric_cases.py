"""For every metric that the registers of this app count: what makes the figure, and what comes near but does not.

Each case puts things into the registers of the cast; the expectations follow the definitions of the catalogue, at
the end of June 2026, a month whose last day is a Tuesday: its weeks end on the 7th, 14th, 21st and 28th.
"""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import NamedTuple

from eldercare.spells import Spells
from subsidies.models import Adaptation, Batch, PaymentLine, Programme, Visit, VisitRule
from tests.conftest import Cast
from tests.facilities.factories import make_facility, make_post
from tests.subsidies.factories import (
    LONG_AGO,
    make_assessment,
    make_elder,
    make_enrolment,
    make_programme,
    make_tag,
)

MONTH, LAST, JULY = dt.date(2026, 6, 1), dt.date(2026, 6, 30), dt.date(2026, 7, 1)
MAY = dt.date(2026, 5, 1)
Make = Callable[[Cast], object]


class Case(NamedTuple):
    code: str
    counted: Make
    not_counted: Make
    value: int = 1
    at_county: bool = False


def all_of(*makes: Make) -> Make:
    return lambda cast: [make(cast) for make in makes]


def elder(
    *tags: str, born: str = "1944-05-06", level: int | None = None, assessed: dict | None = None, **fields
) -> Make:
    """Somebody of the township; ``level``: assessed long ago."""

    def make(cast: Cast):
        who = make_elder(cast.township, born=dt.date.fromisoformat(born), tags=tags, **fields)
        if level is not None:
            make_assessment(who, level, **(assessed or {}))
        return who

    return make


def tagged(kind: str, since: dt.date, until: dt.date | None, **fields) -> Make:
    def make(cast: Cast) -> None:
        make_tag(elder(**fields)(cast), kind, since, until)

    return make


GONE = Spells.since(LONG_AGO, LAST)  # no longer on the last day
COMES = Spells.since(JULY)
CENTRAL, SCATTERED = "destitute_central", "destitute_scattered"

ELDERS = [
    Case(
        "registered_elders_60",
        all_of(elder(born="1966-06-30"), elder(resident=Spells(), residence_unit=None)),
        all_of(
            elder(born="1966-07-01"),
            elder(registered=GONE),
            elder(registered=COMES),
            elder(died_on=LAST),
        ),
        value=2,
    ),
    Case("registered_elders_80", elder(born="1946-06-30"), elder(born="1946-07-01")),
    Case(
        "centenarians",
        elder(born="1926-06-30"),
        all_of(elder(born="1926-07-01"), elder(born="1920-01-01", registered=GONE)),
    ),
    Case(
        "resident_elders_60",
        all_of(elder(born="1966-06-30"), elder(registered=Spells())),
        all_of(elder(born="1966-07-01"), elder(resident=GONE), elder(died_on=LAST)),
        value=2,
    ),
    Case("resident_elders_65", elder(born="1961-06-30"), elder(born="1961-07-01")),
    Case(
        "disabled_elders",
        all_of(
            elder(level=1),
            elder(level=0, assessed={"has_dementia": True}),
            elder(level=4, registered=Spells()),
            elder(level=2, assessed={"valid_until": LAST}),
        ),
        all_of(
            elder(level=0),
            elder("disabled", "dementia"),  # not assessed
            elder(level=3, assessed={"valid_until": dt.date(2026, 6, 29)}),
            elder(level=3, assessed={"on": JULY}),
            elder(level=3, born="1966-07-01"),
            elder(level=3, registered=GONE, resident=GONE),
        ),
        value=4,
    ),
    Case(
        "destitute_elders",
        all_of(elder(CENTRAL), elder(SCATTERED)),
        all_of(elder("low_income"), elder(CENTRAL, born="1966-07-01"), tagged(SCATTERED, LONG_AGO, LAST)),
        value=2,
    ),
    Case("destitute_elders_in_care", elder(CENTRAL), elder(SCATTERED, "in_care_home")),
    Case(
        "destitute_unable_self_care",
        all_of(elder(CENTRAL, level=3), elder(SCATTERED, level=4, born="1980-01-01")),
        all_of(elder(CENTRAL, level=2), elder("low_income", level=4), elder(CENTRAL)),
        value=2,
    ),
    Case("destitute_unable_self_care_in_care", elder(CENTRAL, level=4), elder(SCATTERED, level=4)),
    Case(
        "destitute_wishing_central_care",
        all_of(elder(CENTRAL), elder(SCATTERED, wishes_central_care=Spells.since(LONG_AGO))),
        all_of(
            elder(SCATTERED),
            elder(wishes_central_care=Spells.since(LONG_AGO)),
            elder(SCATTERED, wishes_central_care=GONE),
        ),
        value=2,
    ),
    Case(
        "destitute_wishing_in_central_care",
        elder(CENTRAL, wishes_central_care=Spells.since(LONG_AGO)),
        elder(SCATTERED, wishes_central_care=Spells.since(LONG_AGO)),
    ),
]


# --- Payments -----------------------------------------------------------------------------------------------------


def programme(cast: Cast, **fields) -> Programme:
    """The county's one service subsidy for low incomes, made when it is first asked for."""
    found = Programme.objects.filter(code="service").first()
    return found or make_programme(
        cast.county, "service", kind="service_subsidy", eligibility="low_income and registered", **fields
    )


def receives(*tags: str, who: dict | None = None, **fields) -> Make:
    def make(cast: Cast):
        return make_enrolment(programme(cast), elder(*tags, **(who or {}))(cast), **fields)

    return make


def on_post(kind: str = "post_allowance", post: dict | None = None, **fields) -> Make:
    def make(cast: Cast) -> None:
        allowance = Programme.objects.filter(code=kind).first() or make_programme(
            cast.county, kind, kind=kind, beneficiary="post", eligibility="employed"
        )
        worker = make_post(make_facility(cast.township), **(post or {}))
        defaults = {"state": "running", "applied_on": MAY, "approved_on": MAY, "org_unit": cast.township}
        allowance.enrolments.create(post=worker, **(defaults | fields))

    return make


def paid(*lines: dict, month: dt.date = MONTH) -> Make:
    """One person's lines in one batch."""

    def make(cast: Cast) -> None:
        batch, _ = Batch.objects.get_or_create(
            programme=programme(cast),
            month=month,
            sequence=1,
            defaults={"state": "reconciled", "made_by": cast.county_clerk},
        )
        enrolment = receives("low_income")(cast)
        defaults = {
            "month": month,
            "for_month": month,
            "kind": "regular",
            "state": "paid",
            "amount": Decimal(100),
            "settled_on": month.replace(day=15),
        }
        for line in lines:
            PaymentLine.objects.create(
                batch=batch,
                enrolment=enrolment,
                elder=enrolment.elder,
                org_unit=cast.township,
                **(defaults | line),
            )

    return make


PAYMENTS = [
    Case(
        "service_subsidy_eligible_elders",
        all_of(receives("low_income"), elder("low_income"), elder("low_income", born="1930-01-01")),
        all_of(
            lambda cast: programme(cast, amounts=((80, None, "50"),)),
            elder(),
            elder("low_income", born="1950-01-01"),
            elder("low_income", registered=GONE, resident=GONE),
            tagged("low_income", LONG_AGO, LAST),
            elder("low_income", died_on=MAY),
        ),
        value=3,
    ),
    Case(
        "service_subsidy_recipients",
        all_of(
            receives(),
            receives(ended_from=JULY, state="ended", end_reason="given_up"),
            receives(not_before=MONTH),
        ),
        all_of(
            receives(ended_from=MONTH, state="ended", end_reason="given_up"),
            receives(not_before=JULY),
            receives(approved_on=JULY),
            receives(state="noticed", approved_on=None),
            receives(suspended=Spells.since(MONTH, JULY)),
            receives(who={"died_on": LAST}),
        ),
        value=3,
    ),
    Case(
        "caregivers_on_post_allowance",
        on_post(),
        all_of(on_post("entry_award"), on_post(post={"employed_to": LAST}), on_post(approved_on=JULY)),
        at_county=True,
    ),
    Case(
        "subsidy_paid_amount",
        all_of(
            paid({}, {"kind": "back_pay", "for_month": MAY, "amount": Decimal("50.50")}),
            paid({"kind": "offset", "amount": Decimal("-20.25")}, {}),
            paid({"settled_on": None}),
            paid({"settled_on": MONTH}, month=MAY),
        ),
        all_of(
            paid({"state": "sent"}),
            paid({"state": "failed"}),
            paid({"settled_on": JULY}),
            paid({"settled_on": None}, month=MAY),
        ),
        value=Decimal("430.25"),
        at_county=True,
    ),
    Case(
        "subsidy_payments",
        all_of(
            paid({}, {"kind": "back_pay", "for_month": MAY}),
            paid({"kind": "offset", "amount": Decimal(-20)}, {}),
        ),
        all_of(paid({"state": "failed"}), paid({"settled_on": JULY})),
        value=2,
        at_county=True,
    ),
]


# --- Visits -------------------------------------------------------------------------------------------------------


def rule(cast: Cast, category: str, frequency: str, service: str = "visit") -> None:
    VisitRule.objects.get_or_create(
        org_unit=cast.county,
        category=category,
        service=service,
        effective_from=LONG_AGO,
        defaults={"frequency": frequency},
    )


def visited(
    *days: int, tag: str, frequency: str, service: str = "visit", result: str = "well", **fields
) -> Make:
    """Somebody due by a rule for the tag, and visited on days of June."""

    def make(cast: Cast) -> None:
        rule(cast, tag, frequency, service)
        who = elder(tag, **fields)(cast)
        for day in days:
            Visit.objects.create(
                elder=who,
                org_unit=cast.township,
                service=service,
                result=result,
                visited_on=MONTH + dt.timedelta(days=day - 1),
            )

    return make


WEEKLY = {"tag": "living_alone", "frequency": "week"}
MONTHLY = {"tag": "disabled", "frequency": "month"}
CLEANING = {"tag": SCATTERED, "frequency": "week", "service": "cleaning"}
LAUNDRY = {"tag": "no_kin", "frequency": "half_month", "service": "laundry"}

VISITS = [
    Case(
        "weekly_visits_due",
        all_of(
            visited(**WEEKLY), visited(**WEEKLY, died_on=dt.date(2026, 6, 15))
        ),  # 4 weeks; 2 before the death
        all_of(
            visited(**MONTHLY), visited(**CLEANING), visited(**WEEKLY, resident=Spells.since(LONG_AGO, MONTH))
        ),
        value=6,
    ),
    Case(
        "weekly_visits_done",
        all_of(
            visited(1, 7, 14, **WEEKLY),  # twice in the first week, then the second
            visited(0, **WEEKLY),  # 31 May is the Sunday of a week of May
            visited(29, **WEEKLY),  # a Monday: a week of July
        ),
        all_of(visited(3, **WEEKLY, result="not_met"), visited(3, **MONTHLY)),
        value=2,
    ),
    Case(
        "monthly_visits_due",
        all_of(visited(**MONTHLY), visited(**MONTHLY)),
        all_of(visited(**WEEKLY), visited(**MONTHLY, died_on=LAST)),
        value=2,
    ),
    Case(
        "monthly_visits_done",
        all_of(visited(1, 30, **MONTHLY), visited(30, **MONTHLY)),
        all_of(visited(0, **MONTHLY), visited(31, **MONTHLY), visited(3, **MONTHLY, result="not_met")),
        value=2,
    ),
    Case(
        "periodic_care_services_due",
        all_of(visited(**CLEANING), visited(**LAUNDRY)),
        visited(**WEEKLY),
        value=6,
    ),
    Case(
        "periodic_care_services_done",
        all_of(visited(1, 8, **CLEANING), visited(15, 16, **LAUNDRY)),
        visited(1, **WEEKLY),
        value=4,
    ),
]


# --- Adaptations --------------------------------------------------------------------------------------------------


def adapted(needed: dt.date = LONG_AGO, **fields) -> Make:
    def make(cast: Cast) -> None:
        Adaptation.objects.create(
            elder=elder()(cast), org_unit=cast.township, round="第一批", needed_from=needed, **fields
        )

    return make


def adapted_twice(cast: Cast) -> None:
    who = elder()(cast)
    for number in ("第一批", "第二批"):
        Adaptation.objects.create(elder=who, org_unit=cast.township, round=number, needed_from=LONG_AGO)


ADAPTATIONS = [
    Case(
        "home_adaptations",
        all_of(adapted(accepted_on=MONTH), adapted(accepted_on=LAST)),
        all_of(adapted(), adapted(accepted_on=JULY), adapted(accepted_on=dt.date(2026, 5, 31))),
        value=2,
    ),
    Case(
        "home_adaptations_needed",
        all_of(
            adapted(LAST),
            adapted(accepted_on=MAY),
            adapted(cancelled_on=JULY, cancel_reason="x"),
            adapted_twice,
        ),
        all_of(adapted(JULY), adapted(cancelled_on=LAST, cancel_reason="搬迁")),
        value=4,
    ),
]
