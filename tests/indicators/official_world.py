"""A small county with three months of an official report."""

import datetime as dt

from indicators.actions import official_reports as actions
from indicators.models import OfficialReport, TaskMilestone
from indicators.needs import settle_needs
from indicators.pages import official
from indicators.pages.official_figures import read
from indicators.rollup import roll_up_months
from indicators.rules.official import Period
from tests.indicators.factories import file_report, make_indicator, make_metric, make_plan
from tests.indicators.task_world import make_progress, make_task

MARCH, APRIL, MAY, JUNE = (dt.date(2026, month, 1) for month in (3, 4, 5, 6))
NOW = dt.datetime(2026, 6, 10, 2, 0, tzinfo=dt.UTC)


class County:
    """Two townships, January to May 2026, today 10 June; in May the second one has not reported.

    Care beds: 40, 44, 48 of 100 in the first from March on, always 60 of 100 in the second. Homes adapted: 2 and 3 a
    month. The share must be 52 %, the homes 100.
    """

    def __init__(self, cast) -> None:
        self.cast = cast
        self.plan = make_plan(
            cast.county, starts_on=dt.date(2026, 1, 1), ends_on=dt.date(2028, 12, 31), base_year=2025
        )
        beds = make_metric("beds", name="机构床位数", unit="张")
        make_metric("care_beds", name="护理型床位数", unit="张", subset_of=beds)
        make_metric("homes", name="改造户数", unit="户", nature="flow")
        make_indicator(
            self.plan, "care_beds / beds * 100", target="52", name="护理床位占比", is_headline=True
        )
        make_indicator(
            self.plan, "sum_since_plan_start(homes)", target="100", value_kind="quantity", unit="户",
            name="改造户数", decimals=0,
        )  # fmt: skip
        make_indicator(
            self.plan, "beds", target="300", unit="张", name="争取床位", is_soft=True, value_kind="quantity"
        )
        settle_needs(self.plan)
        for month in range(1, 6):
            care = 40 + 4 * max(0, month - 3)
            self._file(cast.township, cast.township_clerk, month, care, 2, "locked")
            self._file(
                cast.other_township,
                cast.other_township_clerk,
                month,
                60,
                3,
                "draft" if month == 5 else "locked",
            )
        self.task = make_task(
            self.plan, cast.township, lead=cast.department, name="推进改造", deadline=dt.date(2026, 6, 30)
        )
        for month in (MARCH, APRIL):
            make_progress(
                self.task,
                cast.department,
                month,
                by=cast.department_clerk,
                percent=30,
                text=f"已走访{month.month}个村",
            )
        TaskMilestone.objects.create(task=self.task, due_on=dt.date(2026, 5, 20), what="完成摸底")
        roll_up_months([dt.date(2026, month, 1) for month in range(1, 7)])

    def _file(self, unit, clerk, month: int, care: int, homes: int, status: str) -> None:
        figures = {} if status == "draft" else {"beds": 100, "care_beds": care, "homes": homes}
        file_report(unit, dt.date(2026, month, 1), figures, by=clerk, status=status)

    def start(self, month: dt.date = APRIL, kind: str = "month") -> OfficialReport:
        sections = official.sections_of(read(self.cast.county, Period(kind, month)))
        return actions.start(
            county=self.cast.county,
            kind=kind,
            month=month,
            plan=None,
            sections=sections,
            by=self.cast.county_clerk,
        )
