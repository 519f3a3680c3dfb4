"""A county whose spring is published, and slips that correct it."""

import datetime as dt
from decimal import Decimal

from indicators.actions import corrections as actions
from indicators.models import CorrectionSlip, IndicatorValue, MonthlyReport
from indicators.rollup import roll_up_months
from tests.indicators.factories import file_report, make_indicator, make_metric, make_plan

MARCH, APRIL, MAY = (dt.date(2026, month, 1) for month in (3, 4, 5))
WORDS = {"reason": "新开办的养老机构漏登", "evidence": "海民〔2026〕12号"}


class Archive:
    """Two townships, March to May 2026 locked and published on 10 June 2026.

    Care beds of 200 in the county: 40 + 60 of 100 + 100 = 50 %; homes adapted 2 + 3 a month.
    """

    def __init__(self, cast) -> None:
        self.cast = cast
        self.plan = make_plan(
            cast.county, starts_on=dt.date(2026, 1, 1), ends_on=dt.date(2028, 12, 31), base_year=2025
        )
        beds = make_metric("beds", name="机构床位数", unit="张")
        make_metric("care_beds", name="护理型床位数", unit="张", subset_of=beds)
        make_metric("homes", name="适老化改造户数", unit="户", nature="flow")
        make_metric("visitors", name="来访人次", unit="人次", nature="flow")
        self.share = make_indicator(self.plan, "care_beds / beds * 100", target="52", name="护理型床位占比")
        self.total = make_indicator(
            self.plan, "sum_since_plan_start(homes)", target="100", value_kind="quantity", unit="户",
            name="累计改造户数",
        )  # fmt: skip
        for month in (MARCH, APRIL, MAY):
            for unit, clerk, care, homes in (
                (cast.township, cast.township_clerk, 40, 2),
                (cast.other_township, cast.other_township_clerk, 60, 3),
            ):
                figures = {"beds": 100, "care_beds": care, "homes": homes, "visitors": 7}
                file_report(unit, month, figures, by=clerk, status="locked")
        self._history()
        roll_up_months([MARCH, APRIL, MAY])

    def _history(self) -> None:
        """The total counts from the plan's start: the months before March have reports without homes."""
        months = [dt.date(2026, 1, 1), dt.date(2026, 2, 1)]
        for month in months:
            file_report(self.cast.township, month, {"homes": 0}, by=self.cast.township_clerk, status="locked")
            file_report(
                self.cast.other_township,
                month,
                {"homes": 0},
                by=self.cast.other_township_clerk,
                status="locked",
            )
        roll_up_months(months)

    def slip(self, month: dt.date = APRIL, **texts: str) -> CorrectionSlip:
        """A slip on the first township's report."""
        slip = actions.start(county=self.cast.county, month=month, by=self.cast.county_clerk, **WORDS)
        errors = actions.set_lines(
            slip=slip, report=self.report(month), texts=texts, by=self.cast.county_clerk
        )
        assert errors == {}
        return slip

    def sent(self, month: dt.date = APRIL, **texts: str) -> CorrectionSlip:
        return actions.submit(slip=self.slip(month, **texts), by=self.cast.county_clerk)

    def report(self, month: dt.date = APRIL) -> MonthlyReport:
        return MonthlyReport.objects.get(org_unit=self.cast.township, month=month)

    def value(self, indicator, month: dt.date, unit=None) -> Decimal | None:
        return IndicatorValue.objects.get(
            indicator=indicator, org_unit=unit or self.cast.county, month=month
        ).value

    def figure(self, code: str, month: dt.date = APRIL) -> Decimal | None:
        return self.report(month).entries.filter(metric__code=code).values_list("value", flat=True).first()
