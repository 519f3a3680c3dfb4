"""Who reaches which page of correction slips."""

import datetime as dt

from eldercare.models import OrgUnit
from indicators.models import CorrectionLine, CorrectionSlip, Metric
from tests.indicators.factories import file_report
from tests.outsider import EVERYBODY, READERS, Row, Target

MONTH = dt.date(2024, 6, 1)
CLERK = frozenset({"county_clerk"})
REVIEWER = frozenset({"county_reviewer"})
WORDS = {"reason": "漏登", "evidence": "盐民〔2024〕1号"}


def prepare(cast, things: dict) -> dict:
    """A slip of the county on one township's report, sent; one of the county next door."""

    def slip(county: OrgUnit, unit: OrgUnit, by) -> CorrectionSlip:
        report = file_report(unit, MONTH, {"beds": 5}, by=by, status="locked")
        made = CorrectionSlip.objects.create(
            org_unit=county, month=MONTH, year=2024, serial=1, prepared_by=by, status="submitted", **WORDS
        )
        metric = Metric.objects.get(code="beds")
        CorrectionLine.objects.create(slip=made, report=report, metric=metric, old_value=5, new_value=6)
        return made

    return {
        "slip": slip(cast.county, cast.township, cast.county_clerk),
        "stranger_slip": slip(cast.neighbour, cast.neighbour, cast.neighbour_administrator),
    }


SLIPS = (
    Target(lambda world: {"pk": world.things["slip"].pk}, hidden_from={"other_township_clerk"}),
    Target(lambda world: {"pk": world.things["stranger_slip"].pk}, hidden_from=EVERYBODY),
    Target(lambda world: {"pk": 0}, hidden_from=EVERYBODY),
)
FIGURES = (
    Target(lambda world: {"pk": world.things["slip"].pk, "code": world.cast.township.code}),
    Target(
        lambda world: {"pk": world.things["slip"].pk, "code": world.cast.neighbour.code},
        hidden_from=EVERYBODY,
    ),
    Target(
        lambda world: {"pk": world.things["stranger_slip"].pk, "code": world.cast.neighbour.code},
        hidden_from=EVERYBODY,
    ),
)

ROWS = {
    "correction-list": Row(READERS),
    "correction-create": Row(CLERK, ("GET", "POST")),
    "correction": Row(READERS, targets=SLIPS),
    "correction-edit": Row(CLERK, ("GET", "POST"), targets=SLIPS[1:]),
    "correction-figures": Row(CLERK, ("GET", "POST"), targets=FIGURES),
    "correction-submit": Row(CLERK, ("POST",), targets=SLIPS),
    "correction-withdraw": Row(CLERK, ("POST",), targets=SLIPS),
    "correction-cancel": Row(CLERK, ("POST",), targets=SLIPS),
    "correction-return": Row(REVIEWER, ("POST",), targets=SLIPS),
    "correction-approve": Row(REVIEWER, ("POST",), targets=SLIPS),
}
