"""What a person is owed for a month, programme by programme, and why."""

import datetime as dt
import json
import sys

from django.core.management.base import BaseCommand, CommandError, CommandParser

from eldercare import audit
from eldercare.expressions import ExpressionError
from eldercare.identity import check_id_number
from eldercare.models import AuditEvent
from subsidies.engine import Entitlement, entitlements
from subsidies.engine.people import as_if
from subsidies.models import Elder, Enrolment, Programme
from subsidies.pages.matching import Explainer, case_of
from subsidies.rules.enrolments import add_months


class Command(BaseCommand):
    help = (
        "entitlement PERSON MONTH (an elder's record number and 2026-01), or entitlement --id-number-from - MONTH "
        "with the identity number on the standard input, so that it stays out of the shell's history. Prints JSON."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("person_and_month", nargs="+", metavar="PERSON MONTH")
        parser.add_argument("--id-number-from", metavar="FILE", help="a file, or - for the standard input")

    def handle(self, *args: object, **options: object) -> None:
        words = list(options["person_and_month"])
        source = options["id_number_from"]
        if len(words) != (1 if source else 2):
            raise CommandError("写法：entitlement 档案编号 月份，或 entitlement --id-number-from - 月份。")
        month = self._month(words[-1])
        elder = self._by_number(source) if source else self._by_key(words[0])
        subject = f"命令行查应发金额：老年人档案编号 {elder.pk}"
        audit.record(AuditEvent.Action.PERSON, by=None, org_unit=elder.org_unit, subject=subject)
        programmes = Programme.objects.filter(
            org_unit__in=_above(elder), beneficiary=Programme.Beneficiary.ELDER
        )
        found = {
            "person": elder.pk,
            "month": f"{month:%Y-%m}",
            "programmes": [self._of(each, elder, month) for each in programmes.order_by("pk")],
        }
        self.stdout.write(json.dumps(found, ensure_ascii=False, indent=2))

    def _month(self, text: str) -> dt.date:
        try:
            return dt.date.fromisoformat(f"{text}-01")
        except ValueError:
            raise CommandError(f"“{text}”不是月份，请按 2026-01 的样式写。") from None

    def _by_key(self, text: str) -> Elder:
        if not text.isdigit() or len(text) >= 12:
            raise CommandError("人员请写档案编号（老年人页面地址里的数字）；证件号码请用 --id-number-from。")
        found = Elder.objects.select_related("org_unit").filter(pk=text).first()
        if found is None:
            raise CommandError(f"没有档案编号为 {text} 的老年人。")
        return found

    def _by_number(self, source: str) -> Elder:
        if source == "-":
            text = sys.stdin.readline()
        else:
            with open(source, encoding="utf-8") as file:
                text = file.readline()
        checked = check_id_number(text.strip())
        numbers = {checked.value, *checked.upgrades} if checked.usable else set()
        found = Elder.objects.select_related("org_unit").filter(id_number__in=numbers, merged_into=None)
        person = found.first() if numbers else None
        if person is None:
            raise CommandError("名册里没有这个证件号码的老年人。")
        return person

    def _of(self, programme: Programme, elder: Elder, month: dt.date) -> dict:
        enrolled = Enrolment.objects.filter(programme=programme, elder=elder, state__in=Enrolment.PAYABLE)
        last = enrolled.order_by("-approved_on", "-pk").first()
        told = {"programme": programme.code, "name": programme.name}
        try:
            if last is not None:
                rows = entitlements(
                    programme, [month], enrolments=list(enrolled.values_list("pk", flat=True))
                )
                rows.sort(key=lambda row: (row.gross, row.enrolment_id == last.pk), reverse=True)
                told |= {"enrolment": last.pk, "state": last.state}
            else:
                rows = as_if(programme, [month], [elder.pk], applied_on=add_months(month, -1))
                told |= {"enrolment": None, "state": "not enrolled: as if applied for the month before"}
            return told | self._why(programme, rows[0] if rows else None, month)
        except ExpressionError as error:
            return told | {"amount": None, "error": str(error)}

    def _why(self, programme: Programme, row: Entitlement | None, month: dt.date) -> dict:
        case = case_of(programme, row, month)
        if row is None:
            return {"amount": "0.00", "reason": case.problem}
        explainer = Explainer(programme)
        conditions = [
            {"condition": "资格在享受期", "met": row.is_enrolled},
            {"condition": "已到起发月", "met": row.has_started},
            *({"condition": what, "met": met, "values": words} for what, met, words in case.checks),
        ]
        return {
            "amount": f"{row.amount:.2f}",
            "gross": f"{row.gross:.2f}",
            "band": case.band.label if case.band else None,
            "version": f"{case.version.effective_from:%Y-%m} {case.version.document_number}",
            "eligibility": explainer.rendered(case.version.eligibility, row),
            "conditions": conditions,
            "other_programmes": case.conflicts,
            "reason": case.problem,
        }


def _above(elder: Elder) -> list[int]:
    """The unit that answers for the person and those above it."""
    units, unit = [], elder.org_unit
    while unit is not None:
        units.append(unit.pk)
        unit = unit.parent
    return units
