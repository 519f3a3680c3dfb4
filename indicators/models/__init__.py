"""Models of the indicators app, one concept per file."""

from indicators.models.adoptions import Adoption, Equivalence
from indicators.models.corrections import CorrectionEvidence, CorrectionLine, CorrectionSlip
from indicators.models.metrics import Metric
from indicators.models.official_reports import OfficialReport
from indicators.models.owing import MetricNeed, filing_units, owed_by, owed_by_each
from indicators.models.plans import Baseline, Indicator, Plan, PlanRemark, Registration, Target
from indicators.models.registers import Register, RegisterColumn, RegisterMetric, RegisterRow
from indicators.models.reports import CellComment, MetricEntry, MonthlyReport, ReportEvent
from indicators.models.task_work import (
    EvaluationRound,
    RoundItem,
    TaskBulletin,
    TaskEvidence,
    TaskProgress,
)
from indicators.models.tasks import Supervision, SupervisionReply, Task, TaskMilestone, TaskState, TaskUnit
from indicators.models.values import IndicatorValue, MetricValue, RollupRequest

__all__ = [
    "Adoption",
    "Baseline",
    "CellComment",
    "CorrectionEvidence",
    "CorrectionLine",
    "CorrectionSlip",
    "Equivalence",
    "EvaluationRound",
    "Indicator",
    "IndicatorValue",
    "Metric",
    "MetricEntry",
    "MetricNeed",
    "MetricValue",
    "MonthlyReport",
    "OfficialReport",
    "Plan",
    "PlanRemark",
    "Register",
    "RegisterColumn",
    "RegisterMetric",
    "RegisterRow",
    "Registration",
    "ReportEvent",
    "RollupRequest",
    "RoundItem",
    "Supervision",
    "SupervisionReply",
    "Target",
    "Task",
    "TaskBulletin",
    "TaskEvidence",
    "TaskMilestone",
    "TaskProgress",
    "TaskState",
    "TaskUnit",
    "filing_units",
    "owed_by",
    "owed_by_each",
]
