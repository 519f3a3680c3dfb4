"""Who reaches which page of the official report: the county's own people; townships see none of it."""

import datetime as dt

from indicators.models import OfficialReport
from tests.outsider import EVERYBODY, READERS, TOWNSHIPS, Row, Target

MONTH = dt.date(2024, 6, 1)
CLERK = frozenset({"county_clerk"})
REVIEWER = frozenset({"county_reviewer"})


def prepare(cast, things: dict) -> dict:
    def draft(county, by) -> OfficialReport:
        return OfficialReport.objects.create(
            org_unit=county,
            month=MONTH,
            title="工作进展月报",
            signatory="民政局",
            sections=[{"key": "overview", "text": "总体平稳。", "proposal": "总体平稳。"}],
            created_by=by,
            edited_by=by,
        )

    return {
        "official": draft(cast.county, cast.county_clerk),
        "strange_official": draft(cast.neighbour, cast.neighbour_administrator),
    }


def _targets(hidden_from=frozenset(), **more) -> tuple[Target, ...]:
    return (
        Target(lambda world: {"pk": world.things["official"].pk, **more}, hidden_from=hidden_from),
        Target(lambda world: {"pk": world.things["strange_official"].pk, **more}, hidden_from=EVERYBODY),
        Target(lambda world: {"pk": 0, **more}, hidden_from=EVERYBODY),
    )


ROWS = {
    "official-report-list": Row(READERS),
    "official-report-create": Row(CLERK, ("GET", "POST")),
    "official-report": Row(READERS, targets=_targets(TOWNSHIPS)),
    "official-report-file": Row(
        READERS, targets=(*_targets(TOWNSHIPS, kind="docx"), _targets(EVERYBODY, kind="pdf")[0])
    ),
    "official-report-edit": Row(CLERK, ("GET", "POST"), targets=_targets()),
    "official-report-section": Row(
        CLERK, ("GET", "POST"), targets=(*_targets(key="overview"), _targets(EVERYBODY, key="nothing")[0])
    ),
    "official-report-seal": Row(REVIEWER, ("GET", "POST"), targets=_targets()),
    "official-report-ask": Row(CLERK, ("POST",), targets=_targets()),
    "official-report-renew": Row(CLERK, ("POST",), targets=_targets()),
    "official-report-discard": Row(CLERK, ("POST",), targets=_targets()),
}
