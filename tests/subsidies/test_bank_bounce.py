"""Money that the bank sends back after success: one person registers it, another confirms it, then it is owed again."""

import datetime as dt

import pytest
import time_machine
from django.urls import reverse

from eldercare.errors import Conflict, NotAllowed, Refused
from eldercare.models import Notice, User
from eldercare.todo import items_for
from subsidies.actions.bank_bounce import confirm_bounce, refuse_bounce, register_bounce
from subsidies.actions.bank_return import match_return
from subsidies.engine import identity
from subsidies.models import Batch, Bounce, Recovery, ReturnRow
from tests.subsidies.batches import JUNE, MAY, approved, made, make_register, returned, sent

pytestmark = pytest.mark.django_db
TODAY = dt.datetime(2025, 6, 12, 10, tzinfo=dt.timezone(dt.timedelta(hours=8)))
BACK = dt.date(2025, 6, 24)


@pytest.fixture(autouse=True)
def june():
    with time_machine.travel(TODAY, tick=False):
        yield


@pytest.fixture
def register(cast):
    return make_register(cast)


def reconciled(programme, month, cast):
    batch, rows = sent(programme, month, cast)
    with time_machine.travel(TODAY.replace(day=20), tick=False):
        match_return(batch=batch, content=returned(rows), filename="回盘.xlsx", by=cast.county_clerk)
    return Batch.objects.get(pk=batch.pk), rows


def registered(batch, row, by, **more) -> Bounce:
    values = {"serial": int(row["序号"]), "name": row["收款人姓名"], "on": BACK, "reason": "账户已销户"}
    return register_bounce(batch=batch, by=by, **(values | more))


def state_of(batch, serial: int) -> tuple[str, str]:
    return batch.lines.get(serial=serial).state, batch.returns.get(serial=serial).result


def supplements(batch) -> list:
    return list(batch.lines.filter(kind="supplement").values_list("enrolment", "for_month", "amount"))


# --- Two people -----------------------------------------------------------------------------------------------


def test_until_another_person_confirms_it_the_payment_counts_as_paid(cast, register):
    programme, _ = register
    batch, rows = reconciled(programme, MAY, cast)
    bounce = registered(batch, rows[0], cast.county_clerk)
    assert state_of(batch, 1) == ("paid", "paid")
    june_first = made(programme, JUNE, cast.county_clerk)
    assert supplements(june_first) == []
    assert confirm_bounce(bounce=bounce, by=cast.county_reviewer).decided_by == cast.county_reviewer
    assert state_of(batch, 1) == ("failed", "failed")


def test_once_confirmed_it_is_owed_again_and_the_month_still_balances(cast, register):
    programme, _ = register
    batch, rows = reconciled(programme, MAY, cast)
    confirm_bounce(bounce=registered(batch, rows[0], cast.county_clerk), by=cast.county_reviewer)
    line = batch.lines.get(serial=1)
    assert line.settled_on == BACK
    assert "账户已销户" in line.failure
    batch.refresh_from_db()
    assert batch.state == Batch.State.RECONCILED
    with time_machine.travel(TODAY.replace(day=25), tick=False):
        later = made(programme, JUNE, cast.county_clerk)
    assert supplements(later) == [(line.enrolment_id, MAY, line.amount)]
    assert later.lines.filter(for_month=MAY).count() == 1
    assert identity(later).holds


def test_who_registered_it_cannot_confirm_it(cast, register):
    batch, rows = reconciled(register[0], MAY, cast)
    bounce = registered(batch, rows[0], cast.county_clerk)
    with pytest.raises(NotAllowed):
        confirm_bounce(bounce=bounce, by=cast.county_clerk)
    cast.county_clerk.role = "county_reviewer"  # has changed places meanwhile
    cast.county_clerk.save()
    for decide in (confirm_bounce, lambda **given: refuse_bounce(note="不对", **given)):
        with pytest.raises(NotAllowed, match="另一位"):
            decide(bounce=bounce, by=cast.county_clerk)
    assert state_of(batch, 1) == ("paid", "paid")


def test_what_is_refused_stays_paid_and_may_be_registered_again(cast, register):
    batch, rows = reconciled(register[0], MAY, cast)
    bounce = registered(batch, rows[0], cast.county_clerk)
    refuse_bounce(bounce=bounce, note="银行说已重新入账", by=cast.county_reviewer)
    assert state_of(batch, 1) == ("paid", "paid")
    told = Notice.objects.filter(recipient=cast.county_clerk).latest("pk")
    assert "银行说已重新入账" in told.text
    with pytest.raises(Conflict):
        confirm_bounce(bounce=bounce, by=cast.county_reviewer)
    confirm_bounce(bounce=registered(batch, rows[0], cast.county_clerk), by=cast.county_reviewer)
    assert state_of(batch, 1) == ("failed", "failed")


def test_a_bounce_is_registered_once_and_confirmed_once(cast, register):
    batch, rows = reconciled(register[0], MAY, cast)
    bounce = registered(batch, rows[0], cast.county_clerk)
    with pytest.raises(Conflict, match="不用再登记"):
        registered(batch, rows[0], cast.county_clerk)
    confirm_bounce(bounce=bounce, by=cast.county_reviewer)
    with pytest.raises(Conflict, match="已有人处理"):
        confirm_bounce(bounce=bounce, by=cast.county_reviewer)
    with pytest.raises(Refused, match="不用再登记"):
        registered(batch, rows[0], cast.county_clerk)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"name": "别人"}, "不是“别人”"),
        ({"serial": 999}, "没有登记过回盘结果"),
        ({"on": dt.date(2025, 6, 19)}, "早于入账日期"),
    ],
)
def test_a_slip_registers_nothing(cast, register, changes, words):
    batch, rows = reconciled(register[0], MAY, cast)
    with pytest.raises(Refused, match=words):
        registered(batch, rows[0], cast.county_clerk, **changes)
    assert not Bounce.objects.exists()


def test_a_bank_that_sends_back_no_names(cast, register):
    batch, rows = sent(register[0], MAY, cast)
    file = returned([row | {"收款人姓名": None} for row in rows])
    match_return(batch=batch, content=file, filename="回盘.xlsx", by=cast.county_clerk)
    with pytest.raises(Refused, match="收款人不是"):
        registered(batch, rows[0], cast.county_clerk, name="别人")
    bounce = registered(batch, rows[0], cast.county_clerk)
    assert bounce.name == rows[0]["收款人姓名"]
    confirm_bounce(bounce=bounce, by=cast.county_reviewer)
    assert state_of(batch, bounce.serial) == ("failed", "failed")


def test_a_claim_for_money_that_came_back_is_settled_by_it(cast, register):
    """Dead since before May; claimed in June; then the bank returns May's payment: nothing is owed either way."""
    programme, enrolments = register
    batch, rows = reconciled(programme, MAY, cast)
    row = next(row for row in rows if row["享受人"] == enrolments[0].elder.name)
    elder = enrolments[0].elder
    elder.died_on = dt.date(2025, 4, 3)
    elder.save()
    approved(programme, JUNE, cast)
    claim = Recovery.objects.get(enrolment=enrolments[0])
    bounce = registered(batch, row, cast.county_clerk)
    claim.refresh_from_db()
    assert claim.outstanding == claim.amount
    confirm_bounce(bounce=bounce, by=cast.county_reviewer)
    claim.refresh_from_db()
    assert claim.outstanding == 0
    assert claim.repaid == claim.amount
    with time_machine.travel(TODAY.replace(month=7), tick=False):
        later = made(programme, dt.date(2025, 7, 1), cast.county_clerk)
    assert not later.lines.filter(enrolment=enrolments[0]).exists()


# --- On the pages ---------------------------------------------------------------------------------------------


def test_it_stands_in_the_list_of_whoever_may_confirm_it(cast, register):
    batch, rows = reconciled(register[0], MAY, cast)
    bounces = [registered(batch, row, cast.county_clerk) for row in rows[:2]]

    def waiting(user) -> list[tuple[str, int]]:
        return [(item.title, item.count) for item in items_for(user) if "退汇" in item.title]

    assert waiting(cast.county_reviewer) == [(f"确认{batch}的退汇", 2)]
    assert waiting(cast.county_clerk) == []
    elsewhere = User.objects.create(username="linxian", role="county_reviewer", org_unit=cast.neighbour)
    assert waiting(elsewhere) == []
    for bounce in bounces:
        confirm_bounce(bounce=bounce, by=cast.county_reviewer)
    assert waiting(cast.county_reviewer) == []


def test_a_bounce_from_the_form_to_the_statement(cast, enter, register):
    batch, rows = reconciled(register[0], MAY, cast)
    ReturnRow.objects.update(settled_on=dt.date(2025, 6, 11))
    clerk, reviewer = enter(cast.county_clerk), enter(cast.county_reviewer)
    detail, name = reverse("batch-detail", args=[batch.pk]), rows[0]["收款人姓名"]
    assert "登记退汇" in clerk.get(detail).content.decode()
    values = {"serial": rows[0]["序号"], "name": "写错", "on": "2025-06-12", "reason": "账户已销户"}
    url = reverse("batch-bounce", args=[batch.pk])
    page = clerk.post(url, values).content.decode()
    assert "请核对序号和姓名" in page
    assert "账户已销户" in page  # nothing typed is lost
    page = clerk.post(url, values | {"name": name}, follow=True).content.decode()
    assert "等另一位有审批权限的人确认" in page
    assert "您登记的" in page

    bounce = Bounce.objects.get()
    page = reviewer.get(detail).content.decode()
    confirm = reverse("batch-bounce-confirm", args=[batch.pk, bounce.pk])
    assert confirm in page
    assert "账户已销户" in page
    assert confirm not in clerk.get(detail).content.decode()
    assert clerk.post(confirm).status_code == 403
    page = reviewer.post(confirm, follow=True).content.decode()
    assert "退汇 50.00 元" in page
    assert "入账后退回：账户已销户" in page
    assert "已有人处理" in reviewer.post(confirm).content.decode()
    statement = clerk.get(reverse("payment-statement", args=[batch.lines.get(serial=1).elder_id]))
    assert "入账后退回：账户已销户" in statement.content.decode()


def test_to_refuse_takes_a_reason(cast, enter, register):
    batch, rows = reconciled(register[0], MAY, cast)
    bounce = registered(batch, rows[0], cast.county_clerk)
    reviewer = enter(cast.county_reviewer)
    url = reverse("batch-bounce-refuse", args=[batch.pk, bounce.pk])
    assert "账户已销户" in reviewer.get(url).content.decode()
    assert reviewer.post(url, {"note": ""}).status_code == 200
    assert Bounce.objects.get().state == "waiting"
    page = reviewer.post(url, {"note": "与银行核实过，没有退回"}, follow=True).content.decode()
    assert "仍按已发放计" in page
    assert Bounce.objects.get().state == "refused"
