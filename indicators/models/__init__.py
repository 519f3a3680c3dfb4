"""Models of the indicators app, one concept per file."""

from indicators.models.metrics import Metric
from indicators.models.plans import Baseline, Indicator, Plan, PlanRemark, Registration, Target
from indicators.models.reports import CellComment, MetricEntry, MonthlyReport, ReportEvent
from indicators.models.values import IndicatorValue, MetricValue, RollupRequest

__all__ = [
    "Baseline",
    "CellComment",
    "Indicator",
    "IndicatorValue",
    "Metric",
    "MetricEntry",
    "MetricValue",
    "MonthlyReport",
    "Plan",
    "PlanRemark",
    "Registration",
    "ReportEvent",
    "RollupRequest",
    "Target",
]
