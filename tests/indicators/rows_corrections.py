"""Who reaches which page of correction slips."""

import datetime as dt

from eldercare import evidence
from eldercare.models import OrgUnit
from indicators.models import CorrectionEvidence, CorrectionLine, CorrectionSlip, Metric
from tests.indicators.factories import file_report
from tests.indicators.task_world import PDF
from tests.outsider import EVERYBODY, READERS, TOWNSHIPS, Row, Target

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

    def file(slip: CorrectionSlip) -> CorrectionEvidence:
        return CorrectionEvidence.objects.create(
            slip=slip, filename="名册.pdf", kind="pdf", file=evidence.keep(PDF), uploaded_by=slip.prepared_by
        )

    made = slip(cast.county, cast.township, cast.county_clerk)
    strange = slip(cast.neighbour, cast.neighbour, cast.neighbour_administrator)
    return {
        "slip": made,
        "stranger_slip": strange,
        "slip_file": file(made),
        "stranger_slip_file": file(strange),
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
FILES = (
    Target(lambda world: {"pk": world.things["slip_file"].pk}, hidden_from=TOWNSHIPS),
    Target(lambda world: {"pk": world.things["stranger_slip_file"].pk}, hidden_from=EVERYBODY),
)

ROWS = {
    "correction-list": Row(READERS),
    "correction-create": Row(CLERK, ("GET", "POST")),
    "correction": Row(READERS, targets=SLIPS),
    "correction-edit": Row(CLERK, ("GET", "POST"), targets=SLIPS[1:]),
    "correction-figures": Row(CLERK, ("GET", "POST"), targets=FIGURES),
    "correction-evidence-add": Row(CLERK, ("POST",), targets=SLIPS),
    "correction-evidence": Row(READERS, targets=FILES),
    "correction-evidence-remove": Row(CLERK, ("POST",), targets=FILES),
    "correction-submit": Row(CLERK, ("POST",), targets=SLIPS),
    "correction-withdraw": Row(CLERK, ("POST",), targets=SLIPS),
    "correction-cancel": Row(CLERK, ("POST",), targets=SLIPS),
    "correction-return": Row(REVIEWER, ("POST",), targets=SLIPS),
    "correction-approve": Row(REVIEWER, ("POST",), targets=SLIPS),
}
