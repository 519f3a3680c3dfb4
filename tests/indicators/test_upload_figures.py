"""The sheet of monthly figures: written into an open report, as if typed."""

import datetime as dt
from decimal import Decimal

import pytest

from eldercare.excel.undoing import undo
from eldercare.models import ImportBatch
from indicators.models import MetricEntry
from tests.facilities.uploads import apply, upload, workbook
from tests.indicators.factories import file_report, make_metric

MONTH = dt.date(2025, 6, 1)
Status = ImportBatch.Status

pytestmark = pytest.mark.django_db


@pytest.fixture
def report(cast):
    make_metric("beds", name="床位数", unit="张")
    make_metric("people", name="受训人数", unit="人", nature="flow")
    make_metric("money", name="县级资金", unit="万元", reporter="county")
    return file_report(cast.township, MONTH, {"beds": 5}, by=cast.township_clerk, status="draft")


def figures(report) -> dict[str, Decimal]:
    return dict(MetricEntry.objects.filter(report=report).values_list("metric__code", "value"))


def test_figures_are_written_and_taken_back(cast, report):
    content = workbook(
        ("序号", "指标名称", "单位", "数值", "说明"),
        (1, "床位数", "张", 7, "新开一层"),
        (2, "受训人数", "人", 0, ""),
    )
    batch = upload("figures", content, by=cast.township_clerk, as_of=dt.date(2025, 6, 30))
    assert (batch.as_of, batch.status, batch.new, batch.changed) == (MONTH, Status.READY, 1, 1), batch.message
    apply(batch)
    assert figures(report) == {"beds": 7, "people": 0}
    entry = MetricEntry.objects.get(metric__code="beds")
    assert (entry.reason, entry.source, entry.entered_by) == ("新开一层", "typed", cast.township_clerk)
    undo(batch, by=cast.township_clerk, reason="表不对")
    assert figures(report) == {"beds": 5}


def test_wrong_rows_are_named(cast, report):
    content = workbook(
        ("指标名称", "数值"),
        ("床位数", 1.5),
        ("没有这项", 3),
        ("县级资金", 8),
        ("受训人数", ""),
        ("床位", -1),
    )
    batch = upload("figures", content, by=cast.township_clerk, as_of=MONTH)
    said = {line.row: line.findings[0]["message"] for line in batch.lines.filter(state="error")}
    assert set(said) == {2, 3, 4, 6}
    assert "应为整数" in said[2]
    assert "不填这一项" in said[4]
    apply(batch, only_good=True)
    assert figures(report) == {"beds": 5}


def test_a_report_that_was_handed_in_is_left_alone(cast, report):
    content = workbook(("指标名称", "数值"), ("床位数", 7))
    batch = upload("figures", content, by=cast.township_clerk, as_of=MONTH)
    type(report).objects.filter(pk=report.pk).update(status="submitted")
    apply(batch)
    assert batch.status == Status.READY
    assert "现在不能修改" in batch.message
    assert figures(report) == {"beds": 5}
    late = upload("figures", content, by=cast.township_clerk, as_of=dt.date(2025, 7, 1))
    assert (late.status, "还没有开放" in late.message) == (Status.REFUSED, True)
