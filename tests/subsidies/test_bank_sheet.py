"""The sheet for the bank: its layout, what is frozen, the same file twice; the return file in every state."""

import datetime as dt
import io
import threading
from decimal import Decimal

import openpyxl
import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.urls import reverse

from eldercare.errors import NotAllowed, Refused
from eldercare.models import AuditEvent
from subsidies.actions.bank_return import match_return
from subsidies.actions.bank_sheet import export
from subsidies.models import Batch, HouseholdHead, PaymentLine, Recovery, ReturnRow
from tests.subsidies.batches import JUNE, MAY, approved, made, make_register, returned, rows_of, sent

pytestmark = pytest.mark.django_db
TODAY = dt.datetime(2025, 6, 12, 10, tzinfo=dt.timezone(dt.timedelta(hours=8)))
LAYOUT = [
    "序号",
    "支付状态",
    "户主姓名",
    "户主身份证号",
    "收款人姓名",
    "收款人身份证号",
    "银行账号",
    "开户银行",
    "村(居)委会",
    "村(居)民小组",
    "享受人",
    "享受人身份证号",
    "联系电话",
    "现居住地",
    "年龄",
    "补贴金额",
    "填报日期",
]


@pytest.fixture(autouse=True)
def june():
    with time_machine.travel(TODAY, tick=False):
        yield


@pytest.fixture
def register(cast):
    return make_register(cast)


def match(batch, content, by, **more):
    return match_return(batch=batch, content=content, filename="回盘.xlsx", by=by, **more)


# --- The sheet ------------------------------------------------------------------------------------------------


def test_the_layout_and_one_row_per_person(cast, register):
    programme, enrolments = register
    first = enrolments[0].elder
    HouseholdHead.objects.create(elder=first, relation="长子", name="沈大明", id_number="338024197001011239")
    _, rows = sent(programme, JUNE, cast)  # June, and May paid with it
    assert list(rows[0]) == LAYOUT
    assert len(rows) == 6
    assert {row["补贴金额"] for row in rows} == {100}
    row = next(row for row in rows if row["享受人"] == first.name)
    payee = first.payees.get()
    assert row["户主姓名"] == "沈大明"
    assert row["享受人身份证号"] == row["收款人身份证号"] == first.id_number.reveal()
    assert row["银行账号"] == payee.account.reveal()  # text: every digit is there
    assert row["年龄"] == str(2025 - first.born_on.year)
    assert [each["享受人"][0] for each in rows] == ["沈"] * 4 + ["百"] * 2  # by township


def test_totals_in_figures_and_capitals_and_by_township(cast, register):
    batch = approved(register[0], MAY, cast)
    book = _book(export(batch=batch, by=cast.county_clerk).content)
    cells = [[cell.value for cell in row] for row in book["花名册"].iter_rows()]
    total = next(line for line in cells if line[0] == "合计")
    assert total[LAYOUT.index("补贴金额")] == 300
    assert "叁佰元整" in total
    parts = [[cell.value for cell in row][:3] for row in book["分镇(街道)小计"].iter_rows()]
    assert ["沈荡镇", 4, 200] in parts
    assert ["百步镇", 2, 100] in parts


def test_exported_again_it_is_the_same_file_whatever_changed(cast, register):
    programme, enrolments = register
    batch = approved(programme, MAY, cast)
    first = export(batch=batch, by=cast.county_clerk)
    elder = enrolments[0].elder
    elder.phone, elder.address = "13800001234", "搬到别处"
    elder.save()
    elder.payees.update(used_to=MAY)
    again = export(batch=batch, by=cast.county_clerk)
    assert again.content == first.content
    assert (first.is_new, again.is_new) == (True, False)
    line = PaymentLine.objects.get(batch=batch, elder=elder)
    assert (line.state, line.payee_account) == ("sent", elder.payees.get().account)
    log = AuditEvent.objects.filter(action="export").values_list("subject", flat=True)
    assert len(log) == 2
    assert not any(row["银行账号"] in str(list(log)) for row in rows_of(first.content))


@pytest.mark.django_db(transaction=True)
def test_two_exports_at_once_are_one_sheet(cast, register):
    batch = approved(register[0], MAY, cast)
    files = []

    def go():
        try:
            files.append(export(batch=batch, by=cast.county_clerk))
        finally:
            connection.close()

    threads = [threading.Thread(target=go) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert files[0].content == files[1].content
    assert sorted(each.is_new for each in files) == [False, True]
    assert sorted(batch.lines.values_list("serial", flat=True)) == [1, 2, 3, 4, 5, 6]


def test_only_an_approved_batch_and_only_by_those_who_prepare(cast, enter, register):
    batch = made(register[0], MAY, cast.county_clerk)
    with pytest.raises(Refused, match="待核对"):
        export(batch=batch, by=cast.county_clerk)
    with pytest.raises(NotAllowed):
        export(batch=batch, by=cast.county_reviewer)
    assert enter(cast.county_reviewer).post(reverse("batch-sheet", args=[batch.pk])).status_code == 403
    page = enter(cast.county_clerk).post(reverse("batch-sheet", args=[batch.pk])).content.decode()
    assert "不能导出银行表" in page


def test_an_account_taken_away_after_the_approval_stops_the_export(cast, register):
    programme, enrolments = register
    batch = approved(programme, MAY, cast)
    enrolments[0].elder.payees.all().delete()
    with pytest.raises(Refused, match="有 1 人没有在用的收款账户"):
        export(batch=batch, by=cast.county_clerk)
    batch.refresh_from_db()
    assert batch.state == "approved"
    assert not batch.lines.exclude(serial=None).exists()


def test_whose_money_is_all_kept_back_is_left_out_and_settled(cast):
    programme, enrolments = make_register(cast, people=1, other=1, offsets_recoveries=True)
    may = approved(programme, MAY, cast)
    Batch.objects.update(state="reconciled")
    Recovery.objects.create(
        batch=may, enrolment=enrolments[0], from_month=MAY, to_month=MAY, months=1, amount=Decimal(70)
    )
    batch, rows = sent(programme, JUNE, cast)
    assert [row["享受人"] for row in rows] == [enrolments[1].elder.name]
    assert set(batch.lines.filter(enrolment=enrolments[0]).values_list("state", flat=True)) == {"paid"}


# --- The return file ------------------------------------------------------------------------------------------


def test_paid_and_failed_by_serial_and_the_same_file_twice_changes_nothing(cast, register):
    batch, rows = sent(register[0], MAY, cast)
    file = returned(rows, failed={"3": "账号户名不符"})
    outcome = match(batch, file, cast.county_clerk)
    assert (outcome.paid, outcome.paid_amount, outcome.failed, outcome.is_reconciled) == (5, 250, 1, True)
    failed = batch.lines.get(serial=3)
    assert (failed.state, failed.failure, failed.settled_on) == (
        "failed",
        "账号户名不符",
        dt.date(2025, 6, 20),
    )
    before = list(batch.lines.order_by("pk").values())
    again = match(batch, file, cast.county_clerk)
    assert (again.new, again.known, again.problems) == (0, 6, [])
    assert list(batch.lines.order_by("pk").values()) == before
    assert ReturnRow.objects.count() == 6


def test_a_part_comes_back_first(cast, register):
    batch, rows = sent(register[0], MAY, cast)
    outcome = match(batch, returned(rows[:2]), cast.county_clerk)
    assert (outcome.paid, outcome.left, outcome.is_reconciled) == (2, 4, False)
    outcome = match(batch, returned(rows), cast.county_clerk)
    assert (outcome.paid, outcome.known, outcome.is_reconciled) == (4, 2, True)


def test_what_does_not_agree_is_listed_and_nothing_is_written(cast, enter, register):
    batch, rows = sent(register[0], MAY, cast)
    wrong = [
        rows[0] | {"银行账号": "6200000000000000"},
        rows[1] | {"补贴金额": 5},
        rows[2] | {"序号": "99"},
        rows[3],
        rows[4],
        rows[4],
    ]
    outcome = match(batch, returned(wrong), cast.county_clerk)
    sentences = {each.row: each.sentence for each in outcome.problems}
    assert "账号" in sentences[2]
    assert "送出 50.00 元，回盘 5.00 元" in sentences[3]
    assert "没有序号 99" in sentences[4]
    assert "出现了 2 次" in sentences[6]
    assert sorted(sentences) == [2, 3, 4, 6, 7]
    assert not outcome.is_written
    assert ReturnRow.objects.count() == 0
    outcome = match(batch, returned(wrong), cast.county_clerk, only_agreeing=True)
    assert (outcome.paid, outcome.left, outcome.is_written) == (1, 5, True)


def test_a_result_that_turns_round_is_not_believed(cast, register):
    batch, rows = sent(register[0], MAY, cast)
    match(batch, returned(rows[:1]), cast.county_clerk)
    outcome = match(batch, returned(rows[:1], failed={"1": "退票"}), cast.county_clerk)
    assert "已按成功登记过" in outcome.problems[0].sentence
    assert batch.lines.get(serial=1).state == "paid"


@pytest.mark.parametrize(
    ("word", "state"), [("交易成功", "paid"), ("代发失败", "failed"), ("退票", "failed")]
)
def test_banks_spell_results_in_many_ways(cast, register, word, state):
    batch, rows = sent(register[0], MAY, cast)
    match(batch, returned(rows[:1], 结果=word), cast.county_clerk)
    assert batch.lines.get(serial=1).state == state


def test_a_word_that_is_no_result_is_told(cast, register):
    batch, rows = sent(register[0], MAY, cast)
    outcome = match(batch, returned(rows[:1], 结果="处理中"), cast.county_clerk)
    assert "处理中" in outcome.problems[0].sentence


def test_a_file_without_the_columns_is_refused(cast, register):
    batch, _ = sent(register[0], MAY, cast)
    with pytest.raises(Refused):
        match_return(batch=batch, content="甲,乙\n1,2\n".encode(), filename="回盘.csv", by=cast.county_clerk)


def test_a_csv_is_read_too(cast, register):
    batch, rows = sent(register[0], MAY, cast)
    lines = ["序号,户名,账号,金额,结果,失败原因"]
    lines += [f"{r['序号']},{r['收款人姓名']},{r['银行账号']},{r['补贴金额']},成功," for r in rows]
    content = "\n".join(lines).encode("gb18030")
    outcome = match_return(batch=batch, content=content, filename="回盘.csv", by=cast.county_clerk)
    assert outcome.is_reconciled


def test_what_was_kept_back_from_a_failed_payment_is_due_again(cast):
    programme, enrolments = make_register(cast, people=1, other=0, offsets_recoveries=True)
    may = approved(programme, MAY, cast)
    Batch.objects.update(state="reconciled")
    claim = Recovery.objects.create(
        batch=may, enrolment=enrolments[0], from_month=MAY, to_month=MAY, months=1, amount=Decimal(20)
    )
    batch, rows = sent(programme, JUNE, cast)
    assert [row["补贴金额"] for row in rows] == [30]
    match(batch, returned(rows, failed={"1": "销户"}), cast.county_clerk)
    claim.refresh_from_db()
    assert (claim.offset, claim.outstanding) == (0, 20)
    assert list(claim.entries.values_list("kind", "amount")) == [("offset", 20), ("not_offset", 20)]


def test_numbers_are_masked_on_every_page_of_the_batch(cast, enter, register):
    programme, enrolments = register
    batch, rows = sent(programme, MAY, cast)
    match(batch, returned(rows, failed={"1": "销户"}), cast.county_clerk)
    secrets = {row["银行账号"] for row in rows} | {row["享受人身份证号"] for row in rows}
    clerk = enter(cast.county_clerk)
    addresses = [
        reverse(f"batch-{name}", args=[batch.pk]) for name in ("detail", "lines", "findings", "return")
    ]
    addresses += [reverse("payment-statement", args=[enrolments[0].elder_id]), reverse("recovery-list")]
    for address in addresses:
        page = clerk.get(address).content.decode()
        assert [secret for secret in secrets if secret in page] == [], address
    page = clerk.get(reverse("batch-lines", args=[batch.pk]) + "?export=xlsx")
    text = str([[cell.value for cell in row] for row in _book(page.content).active.iter_rows()])
    assert [secret for secret in secrets if secret in text] == []


def _book(content):
    return openpyxl.load_workbook(io.BytesIO(content))


# --- Broken off -----------------------------------------------------------------------------------------------


def test_an_export_that_breaks_off_leaves_nothing_and_can_be_repeated(cast, register, monkeypatch):
    batch = approved(register[0], MAY, cast)
    before = list(batch.lines.order_by("pk").values())

    def killed(*args, **kwargs):
        raise RuntimeError("killed")

    with monkeypatch.context() as patch:
        patch.setattr("subsidies.actions.bank_sheet._workbook", killed)
        with pytest.raises(RuntimeError):
            export(batch=batch, by=cast.county_clerk)
    assert list(batch.lines.order_by("pk").values()) == before
    assert export(batch=batch, by=cast.county_clerk).is_new


def test_a_return_that_breaks_off_leaves_nothing_and_can_be_repeated(cast, register, monkeypatch):
    batch, rows = sent(register[0], MAY, cast)

    def killed(*args, **kwargs):
        raise RuntimeError("killed")

    with monkeypatch.context() as patch:
        patch.setattr("subsidies.actions.bank_return._reconcile", killed)
        with pytest.raises(RuntimeError):
            match(batch, returned(rows), cast.county_clerk)
    assert ReturnRow.objects.count() == 0
    assert set(batch.lines.values_list("state", flat=True)) == {"sent"}
    assert match(batch, returned(rows), cast.county_clerk).is_reconciled


def test_the_page_lists_what_does_not_agree(cast, enter, register):
    batch, rows = sent(register[0], MAY, cast)
    file = SimpleUploadedFile("回盘.xlsx", returned([rows[0] | {"补贴金额": 5}, *rows[1:]]))
    page = enter(cast.county_clerk).post(reverse("batch-return", args=[batch.pk]), {"file": file})
    text = page.content.decode()
    assert "有 1 行与送银行的表不符，没有登记任何一行" in text
    assert "送出 50.00 元，回盘 5.00 元" in text
    assert "相符的有 5 行" in text
