"""The sheet of monthly figures (月报数据): one row per metric, for the report of one unit and month."""

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal

from eldercare.errors import Refused
from eldercare.excel.cleaning import CleanBatch
from eldercare.excel.columns import Column, Kind, Severity
from eldercare.excel.ledgers import Field, Ledger, Prepare, Situation, Target, register
from eldercare.identity import name_key
from eldercare.models import ImportBatch, OrgUnit
from eldercare.permissions import Permission
from indicators.effects import typed_effects
from indicators.models import Metric, MetricEntry, MonthlyReport, owed_by

COLUMNS: tuple[Column, ...] = (
    Column("metric", "指标名称", aliases=("指标", "项目", "名称", "统计指标"), required=True, width=40, max_length=80),
    Column("code", "指标代码", aliases=("代码",), kind=Kind.CODE, width=34, max_length=80, help="不填的按指标名称认。"),
    Column("measure", "计量单位", aliases=("单位",), width=10),
    Column(
        "value", "数值", aliases=("本月", "本期", "本月数", "数据", "填报数", "本期数"), kind=Kind.NUMBER, decimals=4, minimum=0,
        maximum=Decimal(10) ** 14, width=16, help="没有的填 0；空着表示这一项不改。",
    ),
    Column("reason", "说明", aliases=("备注", "情况说明"), width=40, max_length=200),
)  # fmt: skip
BY_KEY = {column.key: column for column in COLUMNS}


def report_of(batch: ImportBatch) -> MonthlyReport | None:
    return MonthlyReport.objects.filter(org_unit=batch.org_unit_id, month=batch.as_of).first()


def _guard(batch: ImportBatch) -> None:
    month = f"{batch.as_of.year}年{batch.as_of.month}月份"
    report = report_of(batch)
    if report is None:
        raise Refused(f"{batch.org_unit}{month}的月报还没有开放填报，请核对月份。")
    if not report.is_editable:
        raise Refused(f"{report}{report.get_status_display()}，现在不能修改；需要改的请先退回或撤销审核。")


def _prepare(situation: Situation) -> Prepare:
    report = report_of(situation.batch)
    owed = {metric.pk for metric in owed_by(situation.unit, situation.batch.as_of.replace(day=1))}
    metrics = list(Metric.objects.exclude(reporter=Metric.Reporter.REGISTERED))
    by_code = {metric.code.upper(): metric for metric in metrics}
    by_name: dict[str, list[Metric]] = {}
    for metric in metrics:
        by_name.setdefault(name_key(metric.name), []).append(metric)

    def find(name: str | None, code: str | None) -> Metric | None:
        if code:
            return by_code.get(code.upper())
        found = by_name.get(name_key(name), [])
        return found[0] if len(found) == 1 else None

    def prepare(rows: CleanBatch) -> None:
        values = rows.values
        found: list[int | None] = []
        for index, (name, code) in enumerate(zip(values["metric"], values["code"], strict=True)):
            metric = find(name, code) if name or code else None
            if metric is None or metric.pk not in owed:
                if name:
                    situation.say(rows, index, BY_KEY["metric"], _unknown(metric), value=name)
                found.append(None)
                continue
            _check_value(situation, rows, index, metric)
            found.append(metric.pk)
        values["metric_id"] = found
        values["report_id"] = [report.pk if report else None] * len(rows.rows)

    return prepare


def _unknown(metric: Metric | None) -> str:
    if metric is None:
        return "基础指标里没有这一项，请按模板里的指标名称填写。"
    return "本单位的月报不填这一项，请删去这一行。"


def _check_value(situation: Situation, rows: CleanBatch, index: int, metric: Metric) -> None:
    value = rows.values["value"][index]
    if value is not None and value != round(value, metric.decimals):
        whole = "应为整数" if metric.decimals == 0 else f"最多 {metric.decimals} 位小数"
        situation.say(rows, index, BY_KEY["value"], f"“{metric.name}”{whole}，请核对。", value=value)
    measure = rows.values["measure"][index]
    if measure and name_key(measure) != name_key(metric.unit):
        situation.say(
            rows,
            index,
            BY_KEY["measure"],
            f"这一项的计量单位是“{metric.unit}”，请核对数值的单位。",
            Severity.WARNING,
        )


def _measure(ledger: Ledger, batch: ImportBatch, units: list[OrgUnit]) -> dict[tuple[int, str], Decimal]:
    entries = MetricEntry.objects.filter(report__org_unit__in=units, report__month=batch.as_of)
    return {
        (unit, code): value
        for unit, code, value in entries.values_list("report__org_unit", "metric__code", "value")
    }


def _present_rows(unit: OrgUnit, as_of: dt.date) -> Iterator[dict]:
    entries = {
        entry.metric_id: entry
        for entry in MetricEntry.objects.filter(report__org_unit=unit, report__month=as_of.replace(day=1))
    }
    for metric in owed_by(unit, as_of.replace(day=1)):
        entry = entries.get(metric.pk)
        yield {
            "metric": metric.name,
            "code": metric.code,
            "measure": metric.unit,
            "value": entry.value.normalize() if entry else None,
            "reason": entry.reason if entry else "",
        }


register(
    Ledger(
        key="figures",
        position=9,
        label="月报数据",
        title="月报数据",
        row_name="指标",
        measure_word="项",
        columns=COLUMNS,
        derived={"metric_id": "bigint", "report_id": "bigint"},
        targets=(
            Target(
                "entry",
                MetricEntry,
                join="entry.report_id = s.report_id AND entry.metric_id = s.metric_id",
                when="s.value IS NOT NULL AND s.metric_id IS NOT NULL",
                distinct=("s.metric_id",),
                constants={
                    "report_id": "s.report_id",
                    "metric_id": "s.metric_id",
                    "entered_by_id": "%(user)s",
                    "entered_at": "now()",
                    "source": "'typed'",
                },
                on_update={
                    "entered_by_id": "%(user)s",
                    "entered_at": "now()",
                    "source": "'typed'",
                    "ledger_value": "NULL",
                },
                fields=(Field("value", "value"), Field("reason", "reason", keep=True, default="''")),
            ),
        ),
        subject="entry",
        unique=("s.metric_id",),
        unique_key="metric",
        row_label="s.metric",
        prepare=_prepare,
        present_rows=_present_rows,
        instructions=("一行一项指标；没有发生的填 0，空着的不改。",),
        permission=Permission.ENTER_REPORTS,
        takes_month=True,
        guard=_guard,
        measure=_measure,
        effects=typed_effects,
    )
)
