"""A batch from the request to the reconciled return file, by the browser."""

import datetime as dt
import threading

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from eldercare.models import AuditEvent, Notice
from subsidies.actions.batches import due, make_due, request_batch
from subsidies.models import Batch, Enrolment, ListedPerson, PaymentLine
from tests.subsidies.batches import JUNE, MAY, made, make_register, returned, rows_of, sent

pytestmark = pytest.mark.django_db
TODAY = dt.datetime(2025, 6, 12, 10, tzinfo=dt.timezone(dt.timedelta(hours=8)))


@pytest.fixture(autouse=True)
def june():
    with time_machine.travel(TODAY, tick=False):
        yield


@pytest.fixture
def register(cast):
    return make_register(cast)


def go(client, name, batch, **data):
    return client.post(reverse(name, args=[batch.pk]), data, follow=True)


def text_of(answer) -> str:
    return answer.content.decode()


def test_a_month_from_the_request_to_the_reconciled_return(cast, enter, register):
    programme, enrolments = register
    clerk, reviewer = enter(cast.county_clerk), enter(cast.county_reviewer)
    dead = enrolments[0].elder
    ListedPerson.objects.create(
        org_unit=cast.county, kind="death", id_number=dead.id_number, name=dead.name, source="殡仪馆"
    )

    answer = clerk.post(reverse("batch-create"), {"programme": programme.pk, "month": "2025-05"}, follow=True)
    assert "正在排队" in text_of(answer)
    batch = Batch.objects.get()
    make_due(batch.pk)
    page = text_of(clerk.get(reverse("batch-detail", args=[batch.pk])))
    assert "300.00" in page  # six people, 50 yuan each
    assert "叁佰元整" in page
    assert "在死亡名单中" in page

    assert "还有 1 个问题没有处理" in text_of(go(clerk, "batch-submit", batch))
    finding = batch.findings.get()
    data = {
        "finding": finding.pk,
        "decision": "end",
        "end_reason": "died",
        "reason": "殡仪馆名单，已电话核实",
    }
    answer = go(clerk, "batch-decide", batch, **data)
    assert "1 个问题已按“停发”处理" in text_of(answer)
    assert "送审" in text_of(go(clerk, "batch-submit", batch))

    page = text_of(reviewer.get(reverse("batch-detail", args=[batch.pk])))
    assert "250.00" in page
    batch.refresh_from_db()
    answer = go(reviewer, "batch-approve", batch, seen=batch.submitted_at.isoformat())
    assert "已审批通过" in text_of(answer)
    enrolments[0].refresh_from_db()
    assert (enrolments[0].state, enrolments[0].ended_from) == (Enrolment.State.ENDED, MAY)
    assert enrolments[0].end_reason == "died"

    sheet = clerk.post(reverse("batch-sheet", args=[batch.pk])).content
    rows = rows_of(sheet)
    assert [row["序号"] for row in rows] == ["1", "2", "3", "4", "5"]
    assert dead.name not in {row["享受人"] for row in rows}

    file = SimpleUploadedFile("回盘.xlsx", returned(rows, failed={"2": "账户已销户"}))
    answer = go(clerk, "batch-return", batch, file=file)
    assert "成功 4 人 200.00 元，失败 1 人 50.00 元，全部已有结果，本批已对账" in text_of(answer)
    assert "账户已销户" in text_of(answer)
    batch.refresh_from_db()
    assert batch.state == Batch.State.RECONCILED

    # What failed comes in the next batch, what was ended does not.
    june = made(programme, JUNE, cast.county_clerk)
    assert sorted(june.lines.values_list("kind", "for_month", "amount")) == [
        *[("regular", JUNE, 50)] * 5,
        ("supplement", MAY, 50),
    ]


def test_two_clicks_are_one_batch(cast, enter, register):
    clerk = enter(cast.county_clerk)
    data = {"programme": register[0].pk, "month": "2025-06"}
    first = clerk.post(reverse("batch-create"), data)
    assert clerk.post(reverse("batch-create"), data)["Location"] == first["Location"]
    assert Batch.objects.count() == 1


def test_a_second_batch_waits_for_the_first(cast, enter, register):
    made(register[0], MAY, cast.county_clerk)
    clerk = enter(cast.county_clerk)
    answer = clerk.post(reverse("batch-create"), {"programme": register[0].pk, "month": "2025-06"})
    assert "还没有办完（待核对）" in text_of(answer)


def test_a_month_to_come_or_before_the_programme_is_refused(cast, enter, register):
    clerk = enter(cast.county_clerk)
    answer = clerk.post(reverse("batch-create"), {"programme": register[0].pk, "month": "2025-04"})
    assert "从 2025年5月起发放" in text_of(answer)
    answer = clerk.post(reverse("batch-create"), {"programme": register[0].pk, "month": "2025-07"})
    assert Batch.objects.count() == 0


def test_an_earlier_month_after_a_later_one_is_refused(cast, enter, register):
    sent(register[0], JUNE, cast)
    clerk = enter(cast.county_clerk)
    answer = clerk.post(reverse("batch-create"), {"programme": register[0].pk, "month": "2025-05"})
    assert "已发到 2025年6月" in text_of(answer)


def test_a_cancelled_batch_is_made_again_under_its_number(cast, enter, register):
    batch = made(register[0], JUNE, cast.county_clerk)
    clerk = enter(cast.county_clerk)
    answer = go(clerk, "batch-cancel", batch, reason="政策版本录错")
    assert "已作废" in text_of(answer)
    assert PaymentLine.objects.count() == 0
    again = made(register[0], JUNE, cast.county_clerk)
    assert (again.pk, again.sequence) == (batch.pk, 1)
    assert {line.kind for line in again.lines.filter(for_month=JUNE)} == {"regular"}


def test_making_again_keeps_what_was_decided(cast, enter, register):
    programme, enrolments = register
    enrolments[0].elder.payees.update(used_to=MAY)
    batch = made(programme, JUNE, cast.county_clerk)
    clerk = enter(cast.county_clerk)
    finding = batch.findings.get(kind="no_account")
    go(clerk, "batch-decide", batch, finding=finding.pk, decision="hold", reason="等社区补账户")
    go(clerk, "batch-remake", batch)
    make_due(batch.pk)
    batch.refresh_from_db()
    assert batch.state == Batch.State.CHECKING
    assert batch.findings.get(kind="no_account").reason == "等社区补账户"
    assert {line.state for line in batch.lines.filter(enrolment=enrolments[0])} == {"held"}


def test_a_rule_that_cannot_be_read_is_told_in_a_sentence(cast, enter, register):
    programme, _ = register
    programme.versions.update(eligibility="age >= ")
    clerk = enter(cast.county_clerk)
    clerk.post(reverse("batch-create"), {"programme": programme.pk, "month": "2025-06"})
    batch = Batch.objects.get()
    make_due(batch.pk)
    page = text_of(clerk.get(reverse("batch-detail", args=[batch.pk])))
    assert "没有生成" in page
    assert "规则有错" in page
    assert "没有生成" in Notice.objects.get(recipient=cast.county_clerk).text
    programme.versions.update(eligibility="age >= 80")
    go(clerk, "batch-remake", batch)
    make_due(batch.pk)
    batch.refresh_from_db()
    assert batch.state == Batch.State.CHECKING


def test_a_worker_that_breaks_off_is_not_tried_for_ever(cast, register, monkeypatch):
    def broken(batch):
        raise RuntimeError("connection lost")

    monkeypatch.setattr("subsidies.actions.batches.engine.make", broken)
    batch = request_batch(programme=register[0], month=JUNE, by=cast.county_clerk)
    for _ in range(4):
        assert due() == [batch.pk]
        make_due(batch.pk)
    assert due() == []
    batch.refresh_from_db()
    assert "多次中断" in batch.error
    assert not batch.lines.exists()


def test_a_leader_sees_figures_and_no_names(cast, enter, register):
    programme, enrolments = register
    batch, _ = sent(programme, JUNE, cast)
    leader = enter(cast.leader)
    pages = [reverse("payment-home"), reverse("batch-detail", args=[batch.pk])]
    for address in pages:
        page = text_of(leader.get(address))
        assert "600.00" in page or "600" in page  # June, and May paid with it
        assert "沈荡镇" in page
        assert [each.elder.name for each in enrolments if each.elder.name in page] == []
    for name in ("batch-lines", "batch-findings"):
        assert leader.get(reverse(name, args=[batch.pk])).status_code == 403


def test_a_township_sees_its_own_people_and_money(cast, enter, register):
    batch = made(register[0], MAY, cast.county_clerk)
    page = text_of(enter(cast.other_township_clerk).get(reverse("batch-detail", args=[batch.pk])))
    assert "100.00" in page
    assert "300.00" not in page
    assert "勾稽" not in page
    page = text_of(enter(cast.other_township_clerk).get(reverse("batch-lines", args=[batch.pk])))
    assert "百老人甲" in page
    assert "沈老人甲" not in page


def test_pages_cost_the_same_whatever_the_number_of_people(cast, enter):
    small, _ = make_register(cast, people=1, other=1)
    large, _ = make_register(cast, people=6, other=6)
    for programme in (small, large):
        for enrolment in programme.enrolments.all():
            enrolment.elder.payees.update(used_to=MAY)  # a finding for each
    batches = [made(programme, JUNE, cast.county_clerk) for programme in (small, large)]
    assert [batch.lines.count() for batch in batches] == [4, 24]  # June, and May paid with it
    clerk = enter(cast.county_clerk)
    for name in ("batch-lines", "batch-detail", "batch-findings"):
        clerk.get(reverse(name, args=[batches[0].pk]))  # what a process does once
        few, many = (queries_of(clerk, reverse(name, args=[batch.pk])) for batch in batches)
        assert few == many, name
        assert many <= 25, name
    assert queries_of(clerk, reverse("payment-home")) <= 15


def queries_of(client, address) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return len(queries)


def test_every_step_stands_in_the_log(cast, register):
    sent(register[0], JUNE, cast)
    subjects = " ".join(AuditEvent.objects.filter(action="payment").values_list("subject", flat=True))
    for step in ("提出发放批次", "送审", "审批通过"):
        assert step in subjects
    assert AuditEvent.objects.filter(action="export", subject__contains="导出银行表").count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_make_one_batch_once(cast, register):
    batch = request_batch(programme=register[0], month=JUNE, by=cast.county_clerk)

    def work():
        try:
            make_due(batch.pk)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    batch.refresh_from_db()
    assert batch.state == Batch.State.CHECKING
    assert batch.lines.count() == 12  # June, and May paid with it
    assert Notice.objects.filter(recipient=cast.county_clerk).count() == 1
