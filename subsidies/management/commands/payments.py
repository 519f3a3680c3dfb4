"""Payment batches from the command line: the same steps as the pages, in the name of an account."""

import argparse
import datetime as dt
import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import Count, Sum

from eldercare.errors import Refused
from eldercare.models import User
from subsidies.actions.bank_return import Outcome, match_return
from subsidies.actions.bank_sheet import export
from subsidies.actions.batches import make_due, request_batch
from subsidies.actions.gate import approve, submit
from subsidies.models import Batch, PaymentLine, Programme


class Refusal(CommandError):
    """Ends with exit code 2 and one sentence."""

    def __init__(self, sentence: object) -> None:
        super().__init__(str(sentence), returncode=2)


class Command(BaseCommand):
    help = "payments make PROGRAMME MONTH | submit|approve|export|match BATCH …, --user NAME: prints JSON; refused: exit code 2"

    def add_arguments(self, parser: CommandParser) -> None:
        parts = parser.add_subparsers(dest="step", required=True)
        make = parts.add_parser("make", help="work out a month: payments make old-age 2025-06 --user U")
        make.add_argument("programme", help="code of the programme")
        make.add_argument("month", help="YYYY-MM")
        make.add_argument("--full-check", action="store_true", help="look at all earlier months of everybody")
        submit_ = parts.add_parser("submit", help="hand a batch to the approver")
        approve_ = parts.add_parser("approve", help="by another person than who made and submitted it")
        export_ = parts.add_parser("export", help="the sheet for the bank, with full numbers")
        export_.add_argument("--out", type=Path, required=True, metavar="FILE.xlsx")
        match_ = parts.add_parser("match", help="the bank's return file")
        match_.add_argument("--file", type=Path, required=True)
        match_.add_argument(
            "--only-agreeing", action="store_true", help="register the rows that agree although others do not"
        )
        for each in (submit_, approve_, export_, match_):
            each.add_argument("batch", type=int, help="number of the batch")
        for each in (make, submit_, approve_, export_, match_):
            each.add_argument(
                "--user", required=True, help="in whose name; the account's rights and unit count"
            )

    def handle(self, *args: Any, **options: Any) -> None:
        steps = {"make": _make, "submit": _submit, "approve": _approve, "export": _export, "match": _match}
        try:
            answer = steps[options["step"]](argparse.Namespace(**options), _user(options["user"]))
        except Refused as refusal:
            raise Refusal(refusal) from refusal
        self.stdout.write(json.dumps(answer, ensure_ascii=False, indent=2))


def _make(options: argparse.Namespace, user: User) -> dict:
    programme = Programme.objects.visible_to(user).filter(code=options.programme).first()
    if programme is None:
        raise Refusal(f"没有代码为“{options.programme}”的补贴项目。")
    try:
        month = dt.datetime.strptime(options.month, "%Y-%m").date()
    except ValueError:
        raise Refusal(f"月份应写成 2025-06 的样子，不是“{options.month}”。") from None
    batch = request_batch(programme=programme, month=month, by=user, is_full_check=options.full_check)
    make_due(batch.pk)
    batch.refresh_from_db()
    if batch.error:
        raise Refusal(batch.error)
    return about(batch)


def _submit(options: argparse.Namespace, user: User) -> dict:
    return about(submit(batch=_batch(options, user), by=user))


def _approve(options: argparse.Namespace, user: User) -> dict:
    return about(approve(batch=_batch(options, user), by=user))


def _export(options: argparse.Namespace, user: User) -> dict:
    batch = _batch(options, user)
    if not options.out.parent.is_dir():
        raise Refusal(f"没有这个文件夹：{options.out.parent}")
    made = export(batch=batch, by=user)
    options.out.write_bytes(made.content)
    batch.refresh_from_db()
    return about(batch) | {"file": str(options.out), "first_export": made.is_new}


def _match(options: argparse.Namespace, user: User) -> dict:
    batch = _batch(options, user)
    if not options.file.is_file():
        raise Refusal(f"没有这个文件：{options.file}")
    outcome = match_return(
        batch=batch,
        content=options.file.read_bytes(),
        filename=options.file.name,
        only_agreeing=options.only_agreeing,
        by=user,
    )
    if not outcome.is_written:
        first = outcome.problems[0]
        raise Refusal(
            f"有 {len(outcome.problems)} 行与送银行的表不符，没有登记。第 {first.row} 行：{first.sentence}"
        )
    batch.refresh_from_db()
    return about(batch) | _about_return(outcome)


def _about_return(outcome: Outcome) -> dict:
    return {
        "paid": outcome.paid,
        "paid_amount": f"{outcome.paid_amount:.2f}",
        "failed": outcome.failed,
        "failed_amount": f"{outcome.failed_amount:.2f}",
        "known": outcome.known,
        "left": outcome.left,
        "problems": [
            {"row": each.row, "serial": each.serial, "message": each.sentence} for each in outcome.problems
        ],
    }


def about(batch: Batch) -> dict:
    """The batch in figures; nobody's name or number."""
    lines = PaymentLine.objects.filter(batch=batch).live().money().order_by()
    total = lines.aggregate(people=Count("enrolment", distinct=True), amount=Sum("amount"))
    return {
        "batch": batch.pk,
        "programme": batch.programme.code,
        "month": f"{batch.month:%Y-%m}",
        "sequence": batch.sequence,
        "state": batch.state,
        "people": total["people"],
        "amount": f"{total['amount'] or 0:.2f}",
        "undecided": batch.findings.filter(decision="").count(),
        "checksum": batch.sheet_checksum,
    }


def _batch(options: argparse.Namespace, user: User) -> Batch:
    batch = (
        Batch.objects.visible_to(user).select_related("programme__org_unit").filter(pk=options.batch).first()
    )
    if batch is None:
        raise Refusal(f"没有编号为 {options.batch} 的批次，或不在这个账号的管理范围内。")
    return batch


def _user(name: str) -> User:
    user = User.objects.select_related("org_unit").filter(username=name, is_active=True).first()
    if user is None:
        raise Refusal(f"没有用户名为“{name}”的启用账号。")
    return user
