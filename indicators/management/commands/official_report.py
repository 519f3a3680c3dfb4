"""Write the official report of a month as a file, as the page would propose it today; nothing is stored."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser

from eldercare.models import OrgUnit
from indicators.management.commands._cli import month_argument, plan_argument, print_json, unit_argument
from indicators.models import Adoption, OfficialReport
from indicators.pages import official
from indicators.pages.official_figures import read
from indicators.resources import official_docx, official_xlsx
from indicators.rules.official import Period, ends_a_period, title_of

WRITERS = {".docx": official_docx.write, ".xlsx": official_xlsx.write}


class Command(BaseCommand):
    help = "official_report MONTH [--plan CODE] [--org CODE] [--kind month|half_year|year] --out FILE.docx"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("month", help="YYYY-MM, the last one of the period")
        parser.add_argument("--plan", help="code of one plan; all that are in force if left out")
        parser.add_argument(
            "--org", help="code of the county; the only one that has plans in force if left out"
        )
        parser.add_argument("--kind", choices=OfficialReport.Kind.values, default=OfficialReport.Kind.MONTH)
        parser.add_argument("--out", required=True, metavar="FILE", help="ends in .docx or .xlsx")

    def handle(self, *args, **options) -> None:
        month, out = month_argument(options["month"]), Path(options["out"])
        if out.suffix not in WRITERS:
            raise CommandError("文件名应以 .docx 或 .xlsx 结尾。")
        if not ends_a_period(options["kind"], month):
            raise CommandError("半年报的截至月份应为6月或12月，年报应为12月。")
        plan = plan_argument(options["plan"]) if options["plan"] else None
        unit = unit_argument(options["org"]) if options["org"] else _unit(month, plan)
        period = Period(options["kind"], month)
        reading = read(unit, period, plan)
        if not reading.plans:
            raise CommandError(f"{unit.name}在{period.text}没有执行中的规划。")
        report = OfficialReport(
            org_unit=unit,
            plan=plan,
            kind=period.kind,
            month=month,
            title=title_of(unit.name, period),
            signatory=f"{unit.name}民政局",
            sections=official.sections_of(reading),
        )
        content = official.Content(report, official.as_json(reading))
        try:
            out.write_bytes(WRITERS[out.suffix](content))
        except OSError as error:
            raise CommandError(f"写不了文件 {out}：{error.strerror}。") from error
        print_json(
            self.stdout,
            {
                "file": str(out),
                "title": report.title,
                "missing": content.missing,
                "plans": [
                    {
                        "plan": each["code"],
                        "total": each["total"],
                        "rate": each["rate"],
                        "counts": each["counts"],
                    }
                    for each in content.figures["plans"]
                ],
            },
        )


def _unit(month, plan) -> OrgUnit:
    adoptions = Adoption.objects.in_force(month)
    if plan is not None:
        adoptions = adoptions.filter(plan=plan)
    units = list(OrgUnit.objects.filter(pk__in=adoptions.values("org_unit")))
    if plan is not None and plan.org_unit in units:
        return plan.org_unit
    if len(units) != 1:
        names = "、".join(f"{unit.name} {unit.code}" for unit in units) or "没有"
        raise CommandError(f"请用 --org 指明单位；{month:%Y-%m} 执行规划的单位：{names}。")
    return units[0]
