"""Who reaches which page of reports, plans and metrics."""

import datetime as dt

from indicators.models import Registration
from tests.indicators.factories import file_report, make_indicator, make_metric, make_plan
from tests.outsider import EVERYBODY, READERS, TOWNSHIPS, Row, Target, World

MONTH = dt.date(2025, 6, 1)
CLERK = frozenset({"county_clerk"})
REVIEWER = frozenset({"county_reviewer"})
CLERKS = TOWNSHIPS | CLERK


def prepare(cast, things: dict) -> dict:
    plan = make_plan(cast.county)
    beds = make_metric("beds")
    make_metric("institution_beds")
    stranger = make_plan(cast.neighbour, code="neighbour")
    indicator = make_indicator(plan, "beds", value_kind="confirmation", input_source="registered")
    make_indicator(stranger, "beds")
    for unit, clerk in (
        (cast.township, cast.township_clerk),
        (cast.other_township, cast.other_township_clerk),
        (cast.neighbour, cast.neighbour_administrator),
    ):
        file_report(unit, MONTH, {"beds": 5}, by=clerk, status="draft")
    registration = Registration.objects.create(
        indicator=indicator,
        metric=beds,
        org_unit=cast.county,
        happened_on=MONTH,
        quantity=1,
        evidence="盐政发〔2025〕1号",
        created_by=cast.county_clerk,
    )
    return {"indicator": indicator, "registration": registration}


def _report(unit: str, **more):
    return lambda world: {"month": MONTH, "code": getattr(world.cast, unit).code, **more}


def _reports(**more) -> tuple[Target, ...]:
    return (
        Target(_report("township", **more), hidden_from={"other_township_clerk"}),
        Target(_report("other_township", **more), hidden_from={"township_clerk"}),
        Target(_report("neighbour", **more), hidden_from=EVERYBODY),
    )


def _counted() -> tuple[Target, ...]:
    """The rows behind a figure: of a township, of the county, of another county."""

    def rows(unit: str):
        return lambda world: {
            "code": "institution_beds",
            "unit": getattr(world.cast, unit).code,
            "month": MONTH,
        }

    return (
        Target(rows("township"), hidden_from={"other_township_clerk"}),
        Target(rows("other_township"), hidden_from={"township_clerk"}),
        Target(rows("county"), hidden_from=TOWNSHIPS),
        Target(rows("neighbour"), hidden_from=EVERYBODY),
        Target(rows("township"), hidden_from={"other_township_clerk"}, query="?export=xlsx"),
    )


def _indicator(world: World) -> dict:
    return {"code": world.things["indicator"].plan.code, "number": world.things["indicator"].number}


PLANS = (
    Target(lambda world: {"code": world.things["indicator"].plan.code}),
    Target(lambda world: {"code": "neighbour"}, hidden_from=EVERYBODY),
)
INDICATORS = (
    Target(_indicator),
    Target(lambda world: {"code": "neighbour", "number": 1}, hidden_from=EVERYBODY),
)
REGISTRATIONS = (
    Target(lambda world: {**_indicator(world), "pk": world.things["registration"].pk}),
    Target(
        lambda world: {"code": "neighbour", "number": 1, "pk": world.things["registration"].pk},
        hidden_from=EVERYBODY,
    ),
)
ANY_MONTH = (Target(lambda world: {"month": MONTH}),)

ROWS = {
    "report-list": Row(READERS),
    "report-month": Row(READERS, targets=ANY_MONTH),
    "report-month-export": Row(READERS, targets=ANY_MONTH),
    "report-remind": Row(CLERK | REVIEWER, ("POST",), targets=ANY_MONTH, data=lambda world: {"unit": "all"}),
    "report": Row(READERS, targets=_reports()),
    "report-export": Row(READERS, targets=_reports()),
    "report-save": Row(CLERKS, ("POST",), targets=_reports()),
    "report-copy": Row(CLERKS, ("POST",), targets=_reports()),
    "report-submit": Row(CLERKS, ("POST",), targets=_reports()),
    "report-take": Row(
        CLERKS, ("POST",), targets=_reports(), data=lambda world: {"take": "institution_beds"}
    ),
    "report-reconcile": Row(READERS, targets=_reports()),
    "ledger-rows": Row(READERS, targets=_counted()),
    "report-withdraw": Row(CLERKS, ("POST",), targets=_reports()),
    "report-return": Row(REVIEWER, ("POST",), targets=_reports()),
    "report-approve": Row(REVIEWER, ("POST",), targets=_reports()),
    "report-reopen": Row(REVIEWER, ("POST",), targets=_reports()),
    "report-cell": Row(
        CLERKS,
        ("PUT",),
        targets=_reports(metric="beds"),
        data=lambda world: {"value": "6", "seen": "5"},
    ),
    "report-unknown": Row(
        READERS,
        ("GET", "POST"),
        targets=(Target(lambda world: {"text": "2025-13/"}, hidden_from=EVERYBODY),),
    ),
    "dashboard": Row(READERS),
    "dashboard-wall": Row(READERS),
    "dashboard-stamp": Row(READERS),
    "plan-list": Row(READERS),
    "plan": Row(READERS, targets=PLANS),
    "plan-export": Row(READERS, targets=PLANS),
    "indicator": Row(READERS, targets=INDICATORS),
    "indicator-edit": Row(CLERK, ("GET", "POST"), targets=INDICATORS),
    "indicator-preview": Row(CLERK, ("GET", "POST"), targets=INDICATORS),
    "indicator-projection": Row(CLERK, ("POST",), targets=INDICATORS),
    "registration-add": Row(CLERK, ("GET", "POST"), targets=INDICATORS),
    "registration-withdraw": Row(CLERK, ("POST",), targets=REGISTRATIONS),
    "metric-list": Row(READERS),
    "metric": Row(READERS, targets=(Target(lambda world: {"code": "beds"}),)),
}
