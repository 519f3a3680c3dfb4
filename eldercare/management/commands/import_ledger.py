"""Upload a workbook from the command line, through the same engine as the page."""

import datetime as dt
import json
import uuid
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from eldercare.errors import Refused
from eldercare.excel.batches import ask_to_apply, receipt, take_in
from eldercare.excel.columns import Severity, column_letters
from eldercare.excel.ledgers import Ledger, ledger_of
from eldercare.excel.working import work_on
from eldercare.models import ImportBatch, ImportLine, OrgUnit, User

Status = ImportBatch.Status


class Command(BaseCommand):
    help = "import_ledger facilities|beds|caregivers|figures|register:CODE FILE --user NAME [--apply]: prints the slip as JSON"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("ledger")
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--user", required=True, help="in whose name; the account's unit and rights count"
        )
        parser.add_argument("--org", default="", help="code of the unit; the account's own by default")
        parser.add_argument(
            "--month", default="", help="YYYY-MM: the data are of its last day, or of today if earlier"
        )
        parser.add_argument("--sheet", default="")
        parser.add_argument(
            "--apply", action="store_true", help="write it; without this only the slip is made"
        )
        parser.add_argument("--only-good", action="store_true", help="write the rows without errors")
        parser.add_argument(
            "--close-missing", action="store_true", help="end rows that the file does not have"
        )
        parser.add_argument("--reason", default="", help="needed to write rows with warnings")
        parser.add_argument(
            "--receipt", type=Path, metavar="OUT.xlsx", help="the file with its errors marked"
        )

    def handle(self, *args, **options) -> None:
        try:
            batch = self._run(options)
        except Refused as error:
            raise CommandError(str(error)) from error
        self.stdout.write(json.dumps(about(batch), ensure_ascii=False, indent=2))
        if batch.status == Status.REFUSED or (options["apply"] and batch.status != Status.APPLIED):
            raise CommandError(batch.message or "没有写入。")

    def _run(self, options: dict) -> ImportBatch:
        ledger = ledger_of(options["ledger"])
        user = user_named(options["user"])
        if not options["file"].is_file():
            raise CommandError(f"没有这个文件：{options['file']}")
        batch = take_in(
            ledger=ledger,
            content=options["file"].read_bytes(),
            filename=options["file"].name,
            org_unit=_unit(options["org"]) if options["org"] else user.org_unit,
            as_of=_day(options["month"], ledger),
            by=user,
            token=uuid.uuid4(),
            sheet=options["sheet"],
        )
        work_on(batch.pk)
        batch.refresh_from_db()
        if options["receipt"] and batch.lines.exclude(findings=[]).exists():
            receipt(batch, options["receipt"])
        if options["apply"] and batch.status == Status.READY:
            ask_to_apply(
                batch,
                by=user,
                only_good=options["only_good"],
                close_missing=options["close_missing"],
                reason=options["reason"],
            )
            work_on(batch.pk)
            batch.refresh_from_db()
        return batch


def about(batch: ImportBatch) -> dict:
    """The slip in figures, and every error and warning with its place."""
    lines = batch.lines.exclude(findings=[]).order_by("row").only("row", "findings")
    return {
        "import_id": batch.pk,
        "status": batch.status,
        "message": batch.message,
        "new": batch.new,
        "changed": batch.changed,
        "unchanged": batch.unchanged,
        "missing": batch.missing,
        "warnings": batch.warnings,
        "errors": batch.errors,
        "error_list": [
            _place(batch, line, each)
            for line in lines
            for each in line.findings
            if each["severity"] == Severity.ERROR
        ],
        "warning_list": [
            _place(batch, line, each)
            for line in lines
            for each in line.findings
            if each["severity"] == Severity.WARNING
        ],
    }


def _place(batch: ImportBatch, line: ImportLine, finding: dict) -> dict:
    return {
        "sheet": batch.sheet,
        "row": line.row,
        "column": column_letters(finding["column"]) if finding["column"] >= 0 else "",
        "heading": finding["heading"],
        "value": finding["value"],
        "message": finding["message"],
    }


def user_named(name: str) -> User:
    try:
        return User.objects.get(username=name, is_active=True)
    except User.DoesNotExist:
        raise CommandError(f"没有用户名为“{name}”的启用账号。") from None


def _unit(code: str) -> OrgUnit:
    try:
        return OrgUnit.objects.get(code=code)
    except OrgUnit.DoesNotExist:
        raise CommandError(f"没有代码为“{code}”的单位。") from None


def _day(month: str, ledger: Ledger) -> dt.date:
    today = timezone.localdate()
    if not month:
        return today
    try:
        first = dt.datetime.strptime(month, "%Y-%m").date()
    except ValueError:
        raise CommandError(f"月份应写成 2025-06 的样子，不是“{month}”。") from None
    last = (first + dt.timedelta(days=31)).replace(day=1) - dt.timedelta(days=1)
    return first if ledger.takes_month else min(last, today)
