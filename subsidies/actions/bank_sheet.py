"""The sheet for the bank: accounts, amounts and serial numbers frozen on the lines, the file kept as it was sent.

Made once, of an approved batch, as a rule by a worker (bank_jobs.py). Full numbers are needed here, so it is for those
who prepare payments, and handing it out is each time an entry of the log: the same file, byte for byte.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from io import BytesIO

from django.db import connection, transaction
from django.utils import timezone

from eldercare import evidence
from eldercare.errors import Refused
from eldercare.excel import writing
from eldercare.models import AuditEvent, OrgUnit, User
from eldercare.permissions import Permission
from facilities.models import Caregiver, Facility
from subsidies.actions.batches_steps import expect, locked, move, now, record, require
from subsidies.models import Batch, Elder, Payee
from subsidies.rules.bank_sheet import COLUMNS
from subsidies.rules.capitals import in_capitals

State = Batch.State
AT_ONCE = 2_000  # people
# What the sheet needs of an elder: reading periods and further numbers would take most of the time.
OF_ELDER = (
    "name", "id_number", "born_on", "phone", "address", "registered_address", "village__name",
    "household_head__name", "household_head__id_number",
)  # fmt: skip


@dataclass(frozen=True)
class BankSheet:
    filename: str
    content: bytes
    is_new: bool = False


@transaction.atomic
def make_sheet(*, batch: Batch, by: User) -> bool:
    """Freeze the lines, make the file and keep it; the batch is sent. False if that was done before."""
    require(by, Permission.PREPARE_PAYMENTS)
    batch = locked(batch, by)
    if batch.state != State.APPROVED:
        expect(batch, State.SENT, State.RECONCILED, to="导出银行表")
        return False
    _send(batch, by)
    record(batch, "生成银行表", by=by, checksum=batch.sheet_checksum[:16])
    return True


@transaction.atomic
def take_sheet(*, batch: Batch, by: User) -> BankSheet:
    """The file as it was made. It holds full numbers: each time is an entry of the log."""
    require(by, Permission.PREPARE_PAYMENTS)
    found = Batch.objects.visible_to(by).select_related("programme__org_unit", "sheet").filter(pk=batch.pk)
    batch = found.first()
    if batch is None:
        raise Refused("这个批次不存在，或不在您的管理范围内。")
    expect(batch, State.SENT, State.RECONCILED, to="导出银行表")
    if batch.sheet is None:
        raise Refused(f"{batch}没有留存银行表。")
    record(
        batch,
        "导出银行表",
        by=by,
        action=AuditEvent.Action.EXPORT,
        checksum=batch.sheet_checksum[:16],
    )
    extra = f"补发第{batch.sequence - 1}批" if batch.sequence > 1 else ""
    name = f"{batch.programme.org_unit.name}{batch.programme}{batch.month:%Y年%m月}{extra}花名册.xlsx"
    return BankSheet(name, evidence.content_of(batch.sheet))


@transaction.atomic
def export(*, batch: Batch, by: User) -> BankSheet:
    """Both at once: the first time the sheet is made, later it is the very same file."""
    is_new = make_sheet(batch=batch, by=by)
    return replace(take_sheet(batch=batch, by=by), is_new=is_new)


def _send(batch: Batch, by: User) -> None:
    with connection.cursor() as cursor:
        cursor.execute(PEOPLE, [batch.pk, timezone.localdate(), timezone.localdate()])
        cursor.execute("ANALYZE sheet_people")
        cursor.execute("SELECT count(*) FROM sheet_people WHERE payee IS NULL")
        (without,) = cursor.fetchone()
        if without:
            raise Refused(
                f"有 {without} 人没有在用的收款账户（审批后停用了账户的也算），不能导出。请先补登账户，再导出。"
            )
        cursor.execute("SELECT count(*) FROM sheet_people")
        if not cursor.fetchone()[0]:
            raise Refused("这一批没有要通过银行发放的钱，不用导出。")
        cursor.execute(FREEZE, [batch.pk])
        cursor.execute(SETTLE_NOTHING_LEFT, [timezone.localdate(), batch.pk])
        batch.sent_by, batch.sent_at = by, now()
        content = _workbook(batch, by)
        cursor.execute("DROP TABLE sheet_people")
    file = evidence.keep(content)
    move(batch, State.SENT, sent_by=by, sent_at=batch.sent_at, sheet=file, sheet_checksum=file.sha256)


# One row per person with money to get, in the order of the sheet. The account is the one in use today.
PEOPLE = """
    CREATE TEMPORARY TABLE sheet_people ON COMMIT DROP AS
    SELECT person.*, payee.id AS payee,
        row_number() OVER (ORDER BY unit.code, village.code NULLS LAST, elder.name_key, person.key) AS serial
    FROM (
        SELECT coalesce('e' || enrolment.elder_id, 'c' || post.caregiver_id, 'f' || enrolment.facility_id) AS key,
            enrolment.elder_id AS elder, post.caregiver_id AS caregiver, enrolment.facility_id AS facility,
            min(line.org_unit_id) AS unit, sum(line.amount) AS amount
        FROM subsidies_paymentline line
        JOIN subsidies_enrolment enrolment ON enrolment.id = line.enrolment_id
        LEFT JOIN facilities_employment post ON post.id = enrolment.post_id
        WHERE line.batch_id = %s AND line.state = 'planned' AND line.kind <> 'recovery'
        GROUP BY 1, 2, 3, 4
        HAVING sum(line.amount) > 0
    ) person
    JOIN eldercare_orgunit unit ON unit.id = person.unit
    LEFT JOIN subsidies_elder elder ON elder.id = person.elder
    LEFT JOIN eldercare_orgunit village ON village.id = elder.village_id
    LEFT JOIN LATERAL (
        SELECT used.id FROM subsidies_payee used
        WHERE (used.elder_id = person.elder OR used.caregiver_id = person.caregiver OR used.facility_id = person.facility)
          AND used.used_from <= %s AND (used.used_to IS NULL OR used.used_to > %s)
        ORDER BY used.used_from DESC, used.id DESC LIMIT 1
    ) payee ON true"""
# The stored account is copied as it is: both columns are encrypted under the same context.
FREEZE = """
    UPDATE subsidies_paymentline line
    SET serial = person.serial, state = 'sent', payee_name = payee.name, payee_bank = payee.bank,
        payee_account = payee.account
    FROM sheet_people person
    JOIN subsidies_payee payee ON payee.id = person.payee
    JOIN (
        SELECT enrolment.id,
            coalesce('e' || enrolment.elder_id, 'c' || post.caregiver_id, 'f' || enrolment.facility_id) AS key
        FROM subsidies_enrolment enrolment LEFT JOIN facilities_employment post ON post.id = enrolment.post_id
    ) enrolment ON enrolment.key = person.key
    WHERE line.batch_id = %s AND line.state = 'planned' AND line.kind <> 'recovery'
      AND enrolment.id = line.enrolment_id"""
# Whose money is all kept back gets nothing from the bank: settled by that alone.
SETTLE_NOTHING_LEFT = """
    UPDATE subsidies_paymentline SET state = 'paid', settled_on = %s
    WHERE batch_id = %s AND state = 'planned' AND kind <> 'recovery'"""


# --- The workbook -------------------------------------------------------------------------------------------


def _workbook(batch: Batch, by: User) -> bytes:
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT unit.name, count(*), sum(person.amount) FROM sheet_people person
            JOIN eldercare_orgunit unit ON unit.id = person.unit GROUP BY unit.code, unit.name ORDER BY unit.code"""
        )
        units = cursor.fetchall()
    people, total = sum(row[1] for row in units), sum((row[2] for row in units), Decimal(0))
    capitals = in_capitals(total)
    title = f"{batch.programme.org_unit.name}{batch}发放花名册"
    money = writing.Kind.MONEY
    columns = [
        writing.Column(name, width, money if name == "补贴金额" else writing.Kind.TEXT)
        for name, width in COLUMNS
    ]
    summary = [
        *units,
        ("合计", people, total),
        ("大写", None, capitals),
    ]
    sheets = [
        writing.Sheet("花名册", columns, _rows(batch, people, total, capitals), heading=title),
        writing.Sheet(
            "分镇(街道)小计",
            [
                writing.Column("镇(街道)", 20),
                writing.Column("人数", 10, writing.Kind.INTEGER),
                writing.Column("金额(元)", 44, money),
            ],
            summary,
            heading=title,
        ),
    ]
    file = BytesIO()
    approver = batch.approved_by.full_name if batch.approved_by else ""
    signs = f"共 {people} 人，{total:.2f} 元（{capitals}）。编制：{batch.made_by.full_name} 审批：{approver}"
    writing.write_workbook(file, sheets=sheets, footer=writing.footer_line(note=signs, by=by))
    return file.getvalue()


def _rows(batch: Batch, people: int, total: Decimal, capitals: str) -> Iterator[list[object]]:
    day = f"{timezone.localtime(batch.approved_at):%Y-%m-%d}"
    for first in range(1, people + 1, AT_ONCE):
        yield from _people(batch, first, day)
    blank = [""] * len(COLUMNS)
    yield ["合计", *blank[1:10], f"{people} 人", "", "", capitals, "", total, ""]


def _people(batch: Batch, first: int, day: str) -> Iterator[list[object]]:
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT serial, elder, caregiver, facility, unit, amount, payee FROM sheet_people
            WHERE serial BETWEEN %s AND %s ORDER BY serial""",
            [first, first + AT_ONCE - 1],
        )
        rows = cursor.fetchall()
    payees = Payee.objects.in_bulk([row[6] for row in rows])
    elders = (
        Elder.objects.select_related("village", "household_head")
        .only(*OF_ELDER)
        .in_bulk([row[1] for row in rows if row[1]])
    )
    caregivers = Caregiver.objects.in_bulk([row[2] for row in rows if row[2]])
    facilities = Facility.objects.in_bulk([row[3] for row in rows if row[3]])
    units = OrgUnit.objects.in_bulk({row[4] for row in rows})
    for serial, elder, caregiver, facility, unit, amount, payee in rows:
        paid_to = payees[payee]
        if elder:
            head, holder = _of_elder(elders[elder], paid_to, batch.month)
        elif caregiver:
            head, holder = _of_caregiver(caregivers[caregiver], units[unit])
        else:
            head, holder = _of_facility(facilities[facility], units[unit])
        own = holder["id"] if paid_to.relation == "本人" or paid_to.name == holder["name"] else ""
        payee_id = _plain(paid_to.id_number) or own
        yield [
            str(serial), "待发", *head, paid_to.name, payee_id, _plain(paid_to.account), paid_to.bank,
            holder["place"], "", holder["name"], holder["id"], holder["phone"] or _plain(paid_to.phone),
            holder["address"], holder["age"], amount, day,
        ]  # fmt: skip


def _of_elder(elder: Elder, payee: Payee, month: dt.date) -> tuple[tuple[str, str], dict[str, str]]:
    number = _plain(elder.id_number)
    head = getattr(elder, "household_head", None)
    return (head.name, _plain(head.id_number)) if head else (elder.name, number), {
        "name": elder.name,
        "id": number,
        "place": elder.village.name if elder.village else "",
        "phone": _plain(elder.phone),
        "address": elder.address or elder.registered_address,
        "age": str(elder.age_on(month)),
    }


def _of_caregiver(caregiver: Caregiver, unit: OrgUnit) -> tuple[tuple[str, str], dict[str, str]]:
    return ("", ""), {
        "name": caregiver.name,
        "id": _plain(caregiver.id_number),
        "place": unit.name,
        "phone": _plain(caregiver.phone),
        "address": "",
        "age": "",
    }


def _of_facility(facility: Facility, unit: OrgUnit) -> tuple[tuple[str, str], dict[str, str]]:
    return ("", ""), {
        "name": facility.name,
        "id": facility.credit_code,
        "place": unit.name,
        "phone": _plain(facility.phone),
        "address": facility.address,
        "age": "",
    }


def _plain(value: str | None) -> str:
    """The number in full; str() of it would be masked."""
    return value.reveal() if value else ""
