"""What is said of a unit that has no published figure of a month.

Only approved reports count. So the word is how the unit's report of the month stands; “未报” is left to those who did
not hand one in, or left the figure out of it. A total is of many reports, and of a day gone by their states are not
known: there it is “未审核”.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from eldercare.models import OrgUnit
from indicators.models import MonthlyReport
from indicators.pages.display import NOT_REVIEWED

NOT_HANDED_IN = "未报"
Status = MonthlyReport.Status
WAITING, RETURNED = str(Status.SUBMITTED.label), str(Status.RETURNED.label)
WORDS = {Status.SUBMITTED: WAITING, Status.RETURNED: RETURNED}
ONE_REPORT = (OrgUnit.Level.TOWNSHIP, OrgUnit.Level.REPORTING)  # units whose figures are those of one report


@dataclass(frozen=True)
class MissingWords:
    """``statuses`` of the month's reports by unit; ``None`` where they are not known."""

    statuses: dict[int, str] | None = None

    @classmethod
    def of(cls, reports: Iterable[MonthlyReport]) -> "MissingWords":
        return cls({report.org_unit_id: report.status for report in reports})

    def own(self, unit: OrgUnit) -> str:
        """For a figure of the unit's own report."""
        if self.statuses is None:
            return NOT_REVIEWED
        return WORDS.get(self.statuses.get(unit.pk), NOT_HANDED_IN)

    def whole(self, unit: OrgUnit) -> str:
        """For a figure of the unit with everything below it."""
        return self.own(unit) if unit.level in ONE_REPORT else NOT_REVIEWED
