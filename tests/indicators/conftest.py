"""What the tests of the monthly report share: a desk with two townships, six metrics and two months."""

import datetime as dt
import re
from collections.abc import Iterator
from decimal import Decimal

import pytest
import time_machine
from django.test import Client

from indicators.actions import reports
from indicators.actions.calendar import report_for
from indicators.actions.figures import FigureChange, SaveResult, save_figures
from indicators.models import Metric, MonthlyReport
from tests.conftest import Cast
from tests.indicators.factories import file_report, make_metric, make_plan

MAY, JUNE = dt.date(2026, 5, 1), dt.date(2026, 6, 1)
GOOD = {"institution_beds": "120", "nursing_beds": "80", "care_staff": "35", "home_adaptations": "6"}


class Desk:
    """The people of ``cast`` in June 2026, five days before the deadline; May is filed and approved."""

    month = JUNE
    good = GOOD

    def __init__(self, cast: Cast) -> None:
        self.cast = cast
        self.clerk, self.county_clerk, self.reviewer = (
            cast.township_clerk,
            cast.county_clerk,
            cast.county_reviewer,
        )
        self.plan = make_plan(cast.county, report_day=20)
        beds = make_metric("institution_beds", name="养老机构床位数", unit="张", group="B")
        make_metric("nursing_beds", name="护理型床位数", unit="张", group="B", subset_of=beds)
        make_metric("care_staff", name="养老服务从业人员数", unit="人", group="S")
        make_metric("home_adaptations", name="适老化改造完成户数", unit="户", group="V", nature="flow")
        make_metric(
            "lottery_fund",
            name="福彩公益金",
            unit="万元",
            group="M",
            nature="flow",
            reporter="county",
            decimals=2,
        )
        make_metric("not_collected", name="不列入月报", is_collected=False)
        file_report(cast.township, MAY, GOOD, by=self.clerk)
        file_report(cast.other_township, MAY, GOOD, by=cast.other_township_clerk)
        self.report = report_for(cast.township, JUNE)

    def metric(self, code: str) -> Metric:
        return Metric.objects.get(code=code)

    def save(self, by=None, report: MonthlyReport | None = None, **figures: str) -> SaveResult:
        changes = [FigureChange(code, text) for code, text in figures.items()]
        return save_figures(report=report or self.report, changes=changes, by=by or self.clerk)

    def figure(self, code: str) -> Decimal | None:
        return self.report.entries.filter(metric__code=code).values_list("value", flat=True).first()

    def status(self) -> str:
        self.report.refresh_from_db()
        return self.report.status

    def url(self, tail: str = "") -> str:
        return f"/reports/2026-06/{self.cast.township.code}/{tail}"


@pytest.fixture
def in_june() -> Iterator[time_machine.Traveller]:
    """15 June 2026, ten in the morning in Shanghai; the clock runs on."""
    start = dt.datetime(2026, 6, 15, 2, 0, tzinfo=dt.UTC)
    with time_machine.travel(start, tick=True) as traveller:
        yield traveller


@pytest.fixture
def desk(in_june, cast) -> Desk:
    return Desk(cast)


@pytest.fixture
def clerk(desk, enter) -> Client:
    return enter(desk.clerk)


@pytest.fixture
def reviewer(desk, enter) -> Client:
    return enter(desk.reviewer)


def submit(desk: Desk) -> None:
    desk.save(**desk.good)
    reports.submit(report=desk.report, by=desk.clerk)


def text_of(answer) -> str:
    """A page as one line."""
    return re.sub(r"\s+", " ", answer.content.decode())
