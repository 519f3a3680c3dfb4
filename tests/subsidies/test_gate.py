"""The gate: what a decision does to the lines, who may approve, what an approval writes."""

import datetime as dt
import threading
from decimal import Decimal

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from eldercare.errors import Conflict, NotAllowed, Refused
from subsidies.actions.batches import cancel, remake
from subsidies.actions.gate import approve, decide, send_back, submit, undecide, withdraw
from subsidies.models import Batch, Enrolment, Finding, PaymentLine, Recovery, RecoveryEntry
from tests.subsidies.batches import JUNE, MAY, approved, made, make_register, money_of, sent
from tests.subsidies.factories import make_payee

pytestmark = pytest.mark.django_db
JULY = dt.date(2025, 7, 1)
TODAY = dt.datetime(2025, 7, 12, 10, tzinfo=dt.timezone(dt.timedelta(hours=8)))


@pytest.fixture(autouse=True)
def july():
    with time_machine.travel(TODAY, tick=False):
        yield


@pytest.fixture
def register(cast):
    return make_register(cast)


@pytest.fixture
def doubtful(cast, register):
    """A batch of May in which two people have no account; (batch, findings)."""
    programme, enrolments = register
    for enrolment in enrolments[:2]:
        enrolment.elder.payees.all().delete()
    batch = made(programme, MAY, cast.county_clerk)
    return batch, batch.findings.order_by("enrolment")


def states(batch):
    return sorted(batch.lines.values_list("state", flat=True))


def test_holding_takes_the_person_out_and_undoing_puts_them_back(cast, doubtful):
    batch, findings = doubtful
    decide(batch=batch, findings=findings[:1], decision="hold", reason="等账户", by=cast.county_clerk)
    assert states(batch) == ["held", *["planned"] * 5]
    assert money_of(batch) == 250
    undecide(batch=batch, findings=findings[:1], by=cast.county_clerk)
    assert states(batch) == ["planned"] * 6
    assert findings.get(pk=findings[0].pk).reason == ""


def test_the_strictest_of_several_decisions_counts(cast, doubtful):
    batch, findings = doubtful
    mine = batch.findings.filter(pk=findings[0].pk)
    other = Finding.objects.create(batch=batch, enrolment=mine.get().enrolment, kind="outlier")
    decide(batch=batch, findings=mine, decision="hold", reason="等账户", by=cast.county_clerk)
    also = batch.findings.filter(pk=other.pk)
    decide(batch=batch, findings=also, decision="pay", reason="金额无误", by=cast.county_clerk)
    assert batch.lines.get(enrolment=other.enrolment).state == "held"
    decide(
        batch=batch, findings=also, decision="end", reason="放弃", end_reason="given_up", by=cast.county_clerk
    )
    assert batch.lines.get(enrolment=other.enrolment).state == "dropped"


def test_who_has_no_account_cannot_be_paid_by_decision(cast, doubtful):
    batch, findings = doubtful
    with pytest.raises(Refused, match="有 2 人没有在用的收款账户"):
        decide(batch=batch, findings=findings, decision="pay", reason="先发", by=cast.county_clerk)
    for finding in findings:
        make_payee(finding.enrolment.elder)
    decide(batch=batch, findings=findings, decision="pay", reason="已补账户", by=cast.county_clerk)


def test_undecided_findings_stop_the_submission(cast, doubtful):
    batch, findings = doubtful
    with pytest.raises(Refused, match="还有 2 个问题"):
        submit(batch=batch, by=cast.county_clerk)
    decide(batch=batch, findings=findings, decision="hold", reason="等账户", by=cast.county_clerk)
    assert submit(batch=batch, by=cast.county_clerk).state == Batch.State.SUBMITTED


def test_many_are_decided_at_once_and_what_was_typed_stays_when_refused(cast, enter, doubtful):
    batch, findings = doubtful
    clerk = enter(cast.county_clerk)
    address = reverse("batch-decide", args=[batch.pk])
    data = {"scope": "filtered", "query": "kind=no_account", "decision": "end", "reason": "查无此人"}
    page = clerk.post(address, data).content.decode()
    assert "停发的请选停发原因" in page
    assert "查无此人" in page
    clerk.post(address, data | {"end_reason": "not_found"})
    assert set(findings.values_list("decision", "end_reason")) == {("end", "not_found")}
    page = clerk.post(address, {"decision": "pay", "reason": "好"}, follow=True).content.decode()
    assert "请先在问题前打勾" in page
    page = clerk.post(address, data | {"query": "kind=nonsense", "end_reason": "died"}, follow=True)
    assert "筛选条件" in page.content.decode()


def test_an_end_reaches_the_enrolment_with_the_approval_only(cast, doubtful):
    batch, findings = doubtful
    decide(
        batch=batch, findings=findings, decision="end", reason="查无此人", end_reason="not_found",
        by=cast.county_clerk,
    )  # fmt: skip
    submit(batch=batch, by=cast.county_clerk)
    ended = Enrolment.objects.filter(state="ended")
    assert not ended.exists()
    approve(batch=batch, by=cast.county_reviewer)
    assert set(ended.values_list("ended_from", "end_reason")) == {(MAY, "not_found")}
    assert "查无此人" in ended.first().steps.get(kind="end").comment


# --- Two pairs of eyes ----------------------------------------------------------------------------------------


def submitted(cast, register):
    batch = made(register[0], MAY, cast.county_clerk)
    return submit(batch=batch, by=cast.county_clerk)


def test_who_prepared_does_not_approve(cast, register, make_person):
    batch = submitted(cast, register)
    with pytest.raises(NotAllowed):
        approve(batch=batch, by=cast.county_clerk)
    promoted = cast.county_clerk
    promoted.role = "county_reviewer"
    promoted.save()
    with pytest.raises(NotAllowed, match="不能审批自己的批次"):
        approve(batch=batch, by=promoted)
    batch.refresh_from_db()
    with pytest.raises(IntegrityError, match="batch_two_people"), transaction.atomic():
        Batch.objects.filter(pk=batch.pk).update(approved_by=cast.county_clerk)


def test_sent_back_with_a_note_and_submitted_again(cast, enter, register):
    batch = submitted(cast, register)
    send_back(batch=batch, note="请核对百步镇", by=cast.county_reviewer)
    assert (
        "请核对百步镇"
        in enter(cast.county_clerk).get(reverse("batch-detail", args=[batch.pk])).content.decode()
    )
    submit(batch=batch, by=cast.county_clerk)
    batch.refresh_from_db()
    assert (batch.state, batch.return_note) == ("submitted", "")
    withdraw(batch=batch, by=cast.county_clerk)
    batch.refresh_from_db()
    assert batch.state == "checking"


def test_an_approver_who_looked_at_an_earlier_submission_is_told(cast, register):
    batch = submitted(cast, register)
    seen = batch.submitted_at - dt.timedelta(minutes=1)
    with pytest.raises(Conflict, match="退回重做又送审了一次"):
        approve(batch=batch, by=cast.county_reviewer, seen=seen)
    approve(batch=batch, by=cast.county_reviewer, seen=batch.submitted_at)


def test_nothing_is_changed_once_submitted(cast, register):
    batch = submitted(cast, register)
    for act in (
        lambda: remake(batch=batch, by=cast.county_clerk),
        lambda: cancel(batch=batch, reason="不要了", by=cast.county_clerk),
        lambda: decide(
            batch=batch, findings=batch.findings.all(), decision="hold", reason="等", by=cast.county_clerk
        ),
        lambda: submit(batch=batch, by=cast.county_clerk),
    ):
        with pytest.raises(Conflict):
            act()
    assert batch.lines.count() == 6


@pytest.mark.django_db(transaction=True)
def test_two_approvers_at_once_open_each_claim_once(cast, register, make_person):
    programme, enrolments = register
    sent(programme, MAY, cast)
    Enrolment.objects.filter(pk=enrolments[0].pk).update(
        state="ended", ended_from=MAY, end_reason="corrected"
    )
    batch = made(programme, JUNE, cast.county_clerk)
    submit(batch=batch, by=cast.county_clerk)
    second = make_person("shenhe2", "周慎之", "county_reviewer", cast.county)
    done = []

    def go(person):
        try:
            approve(batch=batch, by=person)
            done.append("approved")
        except Conflict:
            done.append("too late")
        finally:
            connection.close()

    threads = [threading.Thread(target=go, args=[each]) for each in (cast.county_reviewer, second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(done) == ["approved", "too late"]
    assert Recovery.objects.get().amount == 50


# --- What an approval writes ----------------------------------------------------------------------------------


def test_a_claim_opens_for_what_was_paid_too_much(cast, register):
    programme, enrolments = register
    approved(programme, MAY, cast)
    Batch.objects.update(state="reconciled")
    approved(programme, JUNE, cast)
    Batch.objects.update(state="reconciled")
    elder = enrolments[0].elder
    elder.died_on = dt.date(2025, 4, 3)
    elder.save()
    batch = approved(programme, JULY, cast)
    claim = Recovery.objects.get()
    assert (claim.from_month, claim.to_month, claim.months, claim.amount) == (MAY, JUNE, 2, 100)
    assert "2025-04-03 死亡" in claim.reason
    assert {line.recovery_id for line in batch.lines.filter(kind="recovery")} == {claim.pk}


def test_what_is_kept_back_settles_the_claim(cast):
    programme, enrolments = make_register(cast, people=1, other=1, offsets_recoveries=True)
    may = approved(programme, MAY, cast)
    Batch.objects.update(state="reconciled")
    claim = Recovery.objects.create(
        batch=may, enrolment=enrolments[0], from_month=MAY, to_month=MAY, months=1, amount=Decimal(70)
    )
    batch = approved(programme, JUNE, cast)
    claim.refresh_from_db()
    assert (claim.offset, claim.outstanding) == (50, 20)
    entry = RecoveryEntry.objects.get()
    assert (entry.kind, entry.amount, entry.line.batch_id) == ("offset", 50, batch.pk)
    assert money_of(batch) == 50  # the other person; the first gets nothing


def test_a_claim_paid_meanwhile_stops_the_approval(cast):
    programme, enrolments = make_register(cast, people=1, other=1, offsets_recoveries=True)
    may = approved(programme, MAY, cast)
    Batch.objects.update(state="reconciled")
    claim = Recovery.objects.create(
        batch=may, enrolment=enrolments[0], from_month=MAY, to_month=MAY, months=1, amount=Decimal(50)
    )
    batch = made(programme, JUNE, cast.county_clerk)
    submit(batch=batch, by=cast.county_clerk)
    Recovery.objects.filter(pk=claim.pk).update(repaid=40)
    with pytest.raises(Refused, match="在生成之后又有入账"):
        approve(batch=batch, by=cast.county_reviewer)
    batch.refresh_from_db()
    assert batch.state == "submitted"


def test_a_batch_without_money_needs_no_bank(cast):
    programme, _ = make_register(cast, people=1, other=0)
    approved(programme, MAY, cast)
    Batch.objects.update(state="reconciled")
    Enrolment.objects.update(state="ended", ended_from=MAY, end_reason="corrected")
    batch = approved(programme, JUNE, cast)
    assert batch.state == Batch.State.RECONCILED
    assert Recovery.objects.get().amount == 50
    assert PaymentLine.objects.filter(batch=batch).count() == 1


def test_the_home_page_tells_whose_turn_it_is(cast, enter, doubtful):
    batch, findings = doubtful
    home = reverse("home")
    assert f"核对{batch}" in enter(cast.county_clerk).get(home).content.decode()
    decide(batch=batch, findings=findings, decision="hold", reason="等账户", by=cast.county_clerk)
    assert f"送审{batch}" in enter(cast.county_clerk).get(home).content.decode()
    submit(batch=batch, by=cast.county_clerk)
    assert f"审批{batch}" in enter(cast.county_reviewer).get(home).content.decode()
    assert f"审批{batch}" not in enter(cast.county_clerk).get(home).content.decode()
    assert str(batch) not in enter(cast.leader).get(home).content.decode()


def test_many_findings_of_one_kind_are_one_row_and_decided_together(cast, enter, doubtful, monkeypatch):
    monkeypatch.setattr("subsidies.pages.batches.FOLD_FROM", 2)
    batch, findings = doubtful
    Finding.objects.create(batch=batch, enrolment=findings[0].enrolment, kind="outlier", detail="比上月多")
    client = enter(cast.county_clerk)
    url = reverse("batch-findings", args=[batch.pk])
    page = client.get(url).content.decode()
    names = [each.enrolment.elder.name for each in batch.findings.filter(kind="no_account")]
    assert "同类较多的问题" in page
    assert "?kind=no_account&amp;decision=open" in page
    assert names[1] not in page  # folded; the first one is listed for another reason
    assert "比上月多" in page
    narrowed = client.get(url, {"kind": "no_account"}).content.decode()
    assert all(name in narrowed for name in names)
    choice = {"scope": "filtered", "decision": "hold", "reason": "待补账户"}
    client.post(reverse("batch-decide", args=[batch.pk]), choice | {"query": ""})
    assert set(batch.findings.filter(decision="hold").values_list("kind", flat=True)) == {"outlier"}
    client.post(reverse("batch-decide", args=[batch.pk]), choice | {"query": "kind=no_account&decision=open"})
    assert not batch.findings.filter(decision="").exists()
