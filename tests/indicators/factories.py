"""Small counties for tests: a county, its townships, a few metrics, a plan; nothing from the fixtures."""

import datetime as dt
from decimal import Decimal

from eldercare.models import OrgUnit, User
from indicators.models import Adoption, Indicator, Metric, MetricEntry, MonthlyReport, Plan, Target

SINCE = dt.date(2000, 1, 1)


def make_county(townships: int = 3, code: str = "990001") -> OrgUnit:
    """A county with townships ``<code>101``, ``<code>102`` …; the code belongs to no real county."""
    county = OrgUnit.objects.create(
        code=code, name="示例县", level=OrgUnit.Level.COUNTY, path=f"/{code}/", valid_from=SINCE
    )
    for index in range(townships):
        make_township(county, f"{code}{101 + index}", f"第{index + 1}镇")
    return county


def make_township(county: OrgUnit, code: str, name: str) -> OrgUnit:
    return OrgUnit.objects.create(
        code=code,
        name=name,
        level=OrgUnit.Level.TOWNSHIP,
        parent=county,
        path=f"{county.path}{code}/",
        valid_from=SINCE,
    )


def townships_of(county: OrgUnit) -> list[OrgUnit]:
    return list(OrgUnit.objects.within(county).townships())


def make_user(unit: OrgUnit, role: str, username: str) -> User:
    return User.objects.create(
        username=username, full_name=username, role=role, org_unit=unit, must_change_password=False
    )


def make_metric(code: str, *, nature: str = "stock", reporter: str = "township", **fields) -> Metric:
    defaults = {
        "catalogue_code": code.upper(),
        "name": code,
        "definition": "测试口径",
        "unit": "个",
        "time_aggregate": "last" if nature == "stock" else "sum",
        "unit_aggregate": "sum",
        "ledger": "reported",
        "ledger_name": "上报",
        "group": "F",
        "position": Metric.objects.count() + 1,
        "is_collected": True,
    }
    return Metric.objects.create(code=code, nature=nature, reporter=reporter, **(defaults | fields))


def make_plan(county: OrgUnit, **fields) -> Plan:
    defaults = {
        "code": "plan",
        "title": "示例规划",
        "short_title": "示例规划",
        "starts_on": dt.date(2021, 1, 1),
        "ends_on": dt.date(2025, 12, 31),
        "base_year": 2020,
    }
    plan = Plan.objects.create(org_unit=county, **(defaults | fields))
    Adoption.objects.create(plan=plan, org_unit=county)
    return plan


def make_indicator(
    plan: Plan, formula: str, *, target: str | None = None, due: dt.date | None = None, **fields
) -> Indicator:
    number = plan.indicators.count() + 1
    defaults = {
        "number": number,
        "document_code": f"{plan.code}-{number}",
        "name": f"指标{number}",
        "group": "主要指标",
        "role": "target",
        "value_type": "percent",
        "value_kind": "ratio",
        "unit": "%",
        "comparator": ">=",
        "place": "表1",
        "quote": "原文",
    }
    indicator = Indicator.objects.create(plan=plan, formula=formula, **(defaults | fields))
    if target is not None:
        Target.objects.create(
            indicator=indicator,
            value=Decimal(target),
            comparator=indicator.comparator,
            due_on=due or plan.ends_on,
        )
    return indicator


def file_report(
    unit: OrgUnit, month: dt.date, figures: dict[str, object], *, by: User, status: str = "approved"
) -> MonthlyReport:
    """A report in the given state, past the checks and steps that the actions take."""
    report, _ = MonthlyReport.objects.get_or_create(
        org_unit=unit, month=month, defaults={"due_on": month.replace(day=20)}
    )
    MonthlyReport.objects.filter(pk=report.pk).update(status=status)
    report.entries.all().delete()
    ids = dict(Metric.objects.values_list("code", "id"))
    MetricEntry.objects.bulk_create(
        MetricEntry(report=report, metric_id=ids[code], value=Decimal(str(value)), entered_by=by)
        for code, value in figures.items()
        if value is not None
    )
    return report
