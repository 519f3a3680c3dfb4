"""A batch taken along its way, for tests."""

import datetime as dt
import io
from decimal import Decimal

import openpyxl

from subsidies.actions.bank_sheet import export
from subsidies.actions.batches import make_due, request_batch
from subsidies.actions.gate import approve, decide, submit
from subsidies.models import Batch
from tests.subsidies.factories import make_elder, make_enrolment, make_payee, make_programme

MAY, JUNE = dt.date(2025, 5, 1), dt.date(2025, 6, 1)
HEADINGS = ("序号", "户名", "账号", "金额", "结果", "失败原因", "日期")


def make_register(cast, *, people=4, other=2, **programme):
    """``people`` elders over 80 in 沈荡镇 and ``other`` in 百步镇, enrolled and with an account each; 50 yuan a month."""
    programme.setdefault("starts", MAY)
    made = make_programme(cast.county, **programme)
    enrolments = []
    for unit, number in ((cast.township, people), (cast.other_township, other)):
        for place in range(number):
            born = dt.date(1930 + place, 3, 5 + place)
            elder = make_elder(unit, f"{unit.name[0]}老人{'甲乙丙丁戊己庚辛'[place]}", born=born)
            make_payee(elder)
            enrolments.append(make_enrolment(made, elder))
    return made, enrolments


def made(programme, month, by, **more) -> Batch:
    batch = request_batch(programme=programme, month=month, by=by, **more)
    assert make_due(batch.pk)
    batch.refresh_from_db()
    assert batch.state == Batch.State.CHECKING, batch.error
    return batch


def approved(programme, month, cast, **more) -> Batch:
    batch = made(programme, month, cast.county_clerk, **more)
    if batch.findings.exists():
        decide(
            batch=batch,
            findings=batch.findings.all(),
            decision="pay",
            reason="已核实",
            by=cast.county_clerk,
        )
    submit(batch=batch, by=cast.county_clerk)
    approve(batch=batch, by=cast.county_reviewer)
    batch.refresh_from_db()
    return batch


def sent(programme, month, cast, **more) -> tuple[Batch, list[dict]]:
    batch = approved(programme, month, cast, **more)
    sheet = export(batch=batch, by=cast.county_clerk)
    batch.refresh_from_db()
    return batch, rows_of(sheet.content)


def rows_of(content: bytes, sheet: str = "花名册") -> list[dict]:
    """The rows of people in a bank sheet, by heading."""
    page = openpyxl.load_workbook(io.BytesIO(content))[sheet]
    lines = [[cell.value for cell in row] for row in page.iter_rows()]
    headings = lines[1]
    return [dict(zip(headings, line, strict=True)) for line in lines[2:] if str(line[0]).isdecimal()]


def returned(rows: list[dict], failed: dict[str, str] | None = None, **changes) -> bytes:
    """What the bank sends back for rows of the sheet; ``failed``: serial → reason."""
    book = openpyxl.Workbook()
    page = book.active
    page.append(HEADINGS)
    for row in rows:
        reason = (failed or {}).get(row["序号"], "")
        line = [
            row["序号"],
            row["收款人姓名"],
            row["银行账号"],
            float(row["补贴金额"]),
            "失败" if reason else "成功",
            reason,
            dt.date(2025, 6, 20),
        ]
        page.append([changes.get(HEADINGS[place], value) for place, value in enumerate(line)])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def money_of(batch: Batch) -> Decimal:
    return sum((line.amount for line in batch.lines.live().money()), Decimal(0))
