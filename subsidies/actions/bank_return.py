"""The bank's return file (回盘): which serial was paid and which failed. What does not agree is told, never guessed.

A file may hold a part of the batch; the same file again changes nothing. Reading happens first, at arm's length;
writing is one transaction, so a process that is killed leaves all of it or nothing.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.db import connection, transaction
from django.db.models import F, Sum
from django.utils import timezone

from eldercare.errors import Refused
from eldercare.excel.columns import Choice, Column, Kind, Severity
from eldercare.excel.limits import LIMITS
from eldercare.excel.reading import open_upload
from eldercare.excel.scratch import scratch
from eldercare.models import Notice, User
from eldercare.permissions import Permission
from subsidies.actions.batches_steps import expect, locked, move, now, record, require, tell
from subsidies.models import Batch, PaymentLine, Recovery, RecoveryEntry, ReturnRow
from subsidies.rules.bank_sheet import FAILED_WORDS, PAID_WORDS, Expected, Returned, disagreement

State = Batch.State
Result = ReturnRow.Result
UNSAID = "银行未说明原因"
ANALYZE_FROM = 1_000  # rows
COLUMNS = (
    Column("serial", "银行序号", aliases=("批内序号", "明细序号", "流水序号"), kind=Kind.INTEGER, required=True, minimum=1),
    Column("name", "户名", aliases=("收款人", "收款人姓名", "收款户名", "账户名称", "姓名", "对方户名")),
    Column(
        "account",
        "账号",
        aliases=("银行账号", "收款账号", "收款人账号", "卡号", "银行卡号", "账(卡)号", "对方账号"),
        kind=Kind.CODE,
        required=True,
    ),
    Column(
        "amount",
        "金额",
        aliases=("补贴金额", "发放金额", "交易金额", "代发金额", "支付金额", "入账金额"),
        kind=Kind.MONEY,
        unit="元",
        required=True,
    ),
    Column(
        "result",
        "结果",
        aliases=("处理结果", "交易结果", "支付状态", "发放状态", "处理状态", "交易状态", "状态", "成功标志", "发放结果"),
        kind=Kind.CHOICE,
        required=True,
        choices=(Choice("paid", "成功", PAID_WORDS), Choice("failed", "失败", FAILED_WORDS)),
    ),
    Column("reason", "失败原因", aliases=("原因", "错误信息", "备注", "失败信息", "退票原因", "处理信息", "摘要")),
    Column("date", "日期", aliases=("交易日期", "入账日期", "处理日期", "退票日期", "发放日期"), kind=Kind.DATE),
)  # fmt: skip
# Headings that count rows are never taken by name in uploads; in this file they are the key.
SERIAL_HEADINGS = dict.fromkeys(("序号", "编号", "No", "No.", "NO", "NO.", "行号"), "serial")


@dataclass(frozen=True)
class Problem:
    row: int
    serial: int | None
    sentence: str


@dataclass
class Outcome:
    """What a file did, or would do: ``is_written`` says which."""

    paid: int = 0
    paid_amount: Decimal = Decimal(0)
    failed: int = 0
    failed_amount: Decimal = Decimal(0)
    known: int = 0  # registered before, with the same result
    left: int = 0  # serials without a result
    problems: list[Problem] = field(default_factory=list)
    is_written: bool = False
    is_reconciled: bool = False

    @property
    def new(self) -> int:
        return self.paid + self.failed


def match_return(
    *, batch: Batch, content: bytes, filename: str, by: User, only_agreeing: bool = False
) -> Outcome:
    """Register the results of a file. With rows that do not agree nothing is written, unless ``only_agreeing``."""
    require(by, Permission.PREPARE_PAYMENTS)
    rows, problems = read(content, filename)
    return register(batch=batch, rows=rows, problems=problems, only_agreeing=only_agreeing, by=by)


def read(
    content: bytes, filename: str, *, seen: Callable[[int], None] | None = None
) -> tuple[list[Returned], list[Problem]]:
    """The rows of a file, and those that cannot be read. Raises Refused for what is no return file.

    ``seen`` is told now and then how many rows have been read.
    """
    if len(content) > LIMITS.file_bytes:
        raise Refused(f"文件超过了 {LIMITS.file_bytes // 1024 // 1024} MB，请核对是不是选错了文件。")
    rows: list[Returned] = []
    problems: list[Problem] = []
    with scratch() as folder:
        path = folder / "return"
        path.write_bytes(content)
        with open_upload(path, filename) as upload:
            table = upload.find_table(COLUMNS, mapping=SERIAL_HEADINGS)
            for batch in table.read():
                wrong = {}
                for each in batch.findings:
                    if each.severity is Severity.ERROR:
                        wrong.setdefault(each.row, f"{each.heading}：{each.message}")
                for row, *values in zip(batch.rows, *_values(batch.values), strict=True):
                    serial, name, account, amount, result, reason, day = values
                    if row in wrong:
                        problems.append(Problem(row, serial, wrong[row]))
                        continue
                    back = Returned(row, serial, name or "", account or "", amount, result, reason or "")
                    rows.append(_dated(back, day))
                if seen:
                    seen(len(rows) + len(problems))
    return rows, problems


def _values(values: dict[str, list]) -> Sequence[list]:
    return [values[column.key] for column in COLUMNS]


@dataclass(frozen=True)
class Dated(Returned):
    day: object = None


def _dated(back: Returned, day: object) -> Dated:
    return Dated(**{name: getattr(back, name) for name in Returned.__dataclass_fields__}, day=day)


@transaction.atomic
def register(
    *, batch: Batch, rows: Sequence[Dated], problems: Sequence[Problem], only_agreeing: bool, by: User
) -> Outcome:
    batch = locked(batch, by)
    expect(batch, State.SENT, State.RECONCILED, to="登记回盘")
    sent = expected_of(batch)
    times = Counter(back.serial for back in rows)
    outcome, taken = Outcome(problems=list(problems)), []
    for back in rows:
        known = sent.get(back.serial)
        sentence = disagreement(known, back)
        if not sentence and times[back.serial] > 1:
            sentence = f"序号 {back.serial} 在文件里出现了 {times[back.serial]} 次。"
        if sentence:
            outcome.problems.append(Problem(back.row, back.serial, sentence))
        elif known.result:
            outcome.known += 1
        else:
            taken.append(back)
    outcome.problems.sort(key=lambda each: each.row)
    _count(outcome, taken)
    outcome.left = sum(1 for each in sent.values() if not each.result) - len(taken)
    if outcome.problems and not only_agreeing:
        outcome.left += len(taken)
        return outcome
    if taken:
        _write(batch, taken)
    outcome.is_written = True
    if not outcome.left and batch.state == State.SENT:
        _reconcile(batch, by)
    outcome.is_reconciled = batch.state == State.RECONCILED
    record(
        batch,
        "登记回盘",
        by=by,
        paid=outcome.paid,
        failed=outcome.failed,
        known=outcome.known,
        problems=len(outcome.problems),
        left=outcome.left,
    )
    return outcome


def expected_of(batch: Batch) -> dict[int, Expected]:
    """Per serial what the bank was told, and the result that is registered."""
    results = dict(batch.returns.values_list("serial", "result"))
    lines = (
        batch.lines.exclude(serial=None)
        .order_by()
        .values("serial", "payee_name", "payee_account")
        .annotate(total=Sum("amount"))
    )
    return {
        each["serial"]: Expected(
            each["payee_name"],
            each["payee_account"].reveal(),
            each["total"],
            results.get(each["serial"], ""),
        )
        for each in lines
    }


def _count(outcome: Outcome, taken: Sequence[Returned]) -> None:
    for back in taken:
        if back.result == Result.PAID:
            outcome.paid += 1
            outcome.paid_amount += back.amount
        else:
            outcome.failed += 1
            outcome.failed_amount += back.amount


def _write(batch: Batch, taken: Sequence[Dated]) -> None:
    ReturnRow.objects.bulk_create(
        [
            ReturnRow(
                batch=batch,
                serial=back.serial,
                name=back.name[:80],
                account=back.account,
                amount=back.amount,
                result=back.result,
                reason=(back.reason[:100] or UNSAID) if back.result == Result.FAILED else "",
                settled_on=back.day or timezone.localdate(),
            )
            for back in taken
        ],
        batch_size=2000,
    )
    with connection.cursor() as cursor:
        if len(taken) > ANALYZE_FROM:
            # Otherwise the database still believes in an empty table, and compares every row with every other.
            cursor.execute("ANALYZE subsidies_returnrow")
        cursor.execute(SETTLE, [batch.pk])
    failed = [back.serial for back in taken if back.result == Result.FAILED]
    if failed:
        undo_offsets(batch, failed)


SETTLE = """
    UPDATE subsidies_paymentline line
    SET state = back.result, failure = back.reason, settled_on = back.settled_on
    FROM subsidies_returnrow back
    WHERE line.batch_id = %s AND line.state = 'sent' AND back.batch_id = line.batch_id AND back.serial = line.serial"""


def undo_offsets(batch: Batch, serials: Sequence[int]) -> None:
    """What was kept back from a payment that failed was not kept back: the claim is due again."""
    lines = batch.lines.filter(
        serial__in=serials, kind=PaymentLine.Kind.OFFSET, state=PaymentLine.State.FAILED
    )
    for line in lines.order_by("recovery_id", "pk"):
        Recovery.objects.filter(pk=line.recovery_id).update(offset=F("offset") + line.amount)
        RecoveryEntry.objects.create(
            recovery_id=line.recovery_id,
            kind=RecoveryEntry.Kind.OFFSET_UNDONE,
            amount=-line.amount,
            on=timezone.localdate(),
            note=f"{batch}发放失败",
        )


def _reconcile(batch: Batch, by: User) -> None:
    """Every serial has its result, and what came back adds up to what was sent."""
    sent = batch.lines.exclude(serial=None).aggregate(total=Sum("amount"))["total"]
    back = batch.returns.aggregate(total=Sum("amount"))["total"]
    if sent != back:
        raise Refused(f"回盘合计 {back:,.2f} 元与送银行的 {sent:,.2f} 元不一致，没有登记。请与银行核对。")
    move(batch, State.RECONCILED, reconciled_at=now())
    failed = batch.returns.filter(result=Result.FAILED).count()
    words = f"{failed} 人发放失败，会在下一批补发" if failed else "全部发放成功"
    tell(batch, [batch.made_by], Notice.Kind.SYSTEM, f"{batch}已对账，{words}", by=by)
