"""The sheets on which payments rest: recipients taken over, accounts, lists for comparison."""

import datetime as dt

import pytest
from django.db import IntegrityError, connection, transaction

from eldercare.errors import NotAllowed
from eldercare.identity import luhn_holds
from subsidies.models import Enrolment, EnrolmentStep, ListedPerson, Payee, ReplayLine, RuleReplay
from tests.subsidies.factories import make_elder, make_enrolment, make_payee, make_programme
from tests.subsidies.uploads import (
    DAY,
    Status,
    apply,
    counts,
    lost_digits,
    messages,
    number_of,
    sheet,
    take_back,
)

pytestmark = pytest.mark.django_db
MARCH = dt.date(2024, 3, 5)
JUNE = dt.date(2024, 6, 1)


# --- Recipients -------------------------------------------------------------------------------------------------

HEADINGS = ("项目", "姓名", "身份证号", "申请日期", "批准日期", "停发起始月", "停发原因")


@pytest.fixture
def programme(cast):
    return make_programme(cast.county, "old-age", name="高龄津贴")


def taken_over(cast, *rows: tuple):
    return sheet("enrolments", HEADINGS, *rows, by=cast.county_clerk)


def test_recipients_are_taken_over_running_or_ended(cast, programme):
    running, ended = make_elder(cast.township, "陆大有"), make_elder(cast.other_township, "沈二宝")
    rows = (
        ("高龄津贴", "陆大有", running.id_number.reveal(), MARCH, dt.date(2024, 3, 20), "", ""),
        ("old-age", "沈二宝", ended.id_number.reveal(), MARCH, "", JUNE, "去世"),
    )
    batch = taken_over(cast, *rows)
    assert counts(batch) == (2, 0, 0, 0), messages(batch)
    apply(batch)
    assert batch.status == Status.APPLIED, batch.message
    one, two = Enrolment.objects.get(elder=running), Enrolment.objects.get(elder=ended)
    assert (one.programme, one.org_unit, one.state, one.applied_on, one.approved_on, one.ended_from) == (
        programme, cast.township, "running", MARCH, dt.date(2024, 3, 20), None,
    )  # fmt: skip
    assert (two.org_unit, two.state, two.approved_on, two.ended_from, two.end_reason) == (
        cast.other_township, "ended", MARCH, JUNE, "died",
    )  # fmt: skip
    steps = EnrolmentStep.objects.order_by("enrolment").values_list("enrolment", "kind", "by")
    assert set(steps) == {(one.pk, "import", cast.county_clerk.pk), (two.pk, "import", cast.county_clerk.pk)}
    assert counts(taken_over(cast, *rows)) == (0, 0, 2, 0)
    take_back(batch)
    assert (batch.status, Enrolment.objects.count(), EnrolmentStep.objects.count()) == (Status.UNDONE, 0, 0)


def test_it_is_taken_back_although_a_change_of_rules_was_tried_on_the_people(cast, programme):
    elder = make_elder(cast.township, "陆大有")
    row = ("高龄津贴", "陆大有", elder.id_number.reveal(), MARCH, dt.date(2024, 3, 20), "", "")
    batch = taken_over(cast, row)
    apply(batch)
    replay = RuleReplay.objects.create(
        org_unit=cast.county, programme=programme, address="/", draft={}, requested_by=cast.county_clerk
    )
    ReplayLine.objects.create(
        replay=replay, programme=programme, month=JUNE, enrolment=Enrolment.objects.get(), org_unit=cast.township,
        change=ReplayLine.Change.APPEAR, old_amount=0, new_amount=50,
    )  # fmt: skip
    take_back(batch)
    connection.check_constraints()  # as at the end of the transaction
    assert (batch.status, Enrolment.objects.count(), ReplayLine.objects.count()) == (Status.UNDONE, 0, 0)


def test_a_stop_can_be_entered_by_upload_and_taken_back(cast, programme):
    elder = make_elder(cast.township, "陆大有")
    enrolment = make_enrolment(programme, elder, applied_on=MARCH, approved_on=MARCH)
    batch = taken_over(cast, ("高龄津贴", "陆大有", elder.id_number.reveal(), MARCH, "", JUNE, "迁出"))
    (line,) = batch.lines.all()
    assert (batch.changed, line.new) == (1, {"ended_from": "2024-06-01", "end_reason": "moved_out"})
    apply(batch)
    enrolment.refresh_from_db()
    assert (enrolment.state, enrolment.ended_from, enrolment.end_reason) == ("ended", JUNE, "moved_out")
    assert EnrolmentStep.objects.get().kind == "end"
    take_back(batch)
    enrolment.refresh_from_db()
    assert (enrolment.state, enrolment.ended_from, enrolment.end_reason) == ("running", None, "")
    assert not EnrolmentStep.objects.exists()


def test_no_second_place_in_a_programme(cast, programme):
    running, in_hand, ended = (make_elder(cast.township, name) for name in ("陆大有", "沈二宝", "徐三妹"))
    make_enrolment(programme, running, applied_on=MARCH, approved_on=MARCH)
    make_enrolment(programme, in_hand, applied_on=MARCH, approved_on=None, state="applied")
    make_enrolment(
        programme,
        ended,
        applied_on=MARCH,
        approved_on=MARCH,
        state="ended",
        ended_from=JUNE,
        end_reason="other",
    )
    rows = (
        ("高龄津贴", "陆大有", running.id_number.reveal(), dt.date(2024, 4, 1), "", "", ""),
        ("高龄津贴", "沈二宝", in_hand.id_number.reveal(), MARCH, "", "", ""),
        ("高龄津贴", "徐三妹", ended.id_number.reveal(), dt.date(2024, 5, 1), "", "", ""),
    )
    batch = taken_over(cast, *rows)
    said = messages(batch)
    assert counts(batch) == (0, 0, 0, 3), said
    assert "申请日期是 2024-03-05" in said[2][0]
    assert "正在办理" in said[3][0]
    assert "重叠" in said[4][0]
    later = ("高龄津贴", "徐三妹", ended.id_number.reveal(), dt.date(2024, 9, 1), "", "", "")
    apply(taken_over(cast, later))
    states = Enrolment.objects.filter(elder=ended).order_by("applied_on").values_list("state", "applied_on")
    assert list(states) == [("ended", MARCH), ("running", dt.date(2024, 9, 1))]
    assert counts(taken_over(cast, later)) == (0, 0, 1, 0)
    assert (
        Enrolment.objects.get(elder=ended, state="running").not_before == JUNE
    )  # or May would be paid twice


def test_an_earlier_place_is_not_put_before_a_later_one(cast, programme):
    elder = make_elder(cast.township, "陆大有")
    make_enrolment(
        programme, elder, applied_on=JUNE, approved_on=JUNE, state="ended", ended_from=dt.date(2024, 9, 1), end_reason="other"
    )  # fmt: skip
    early = (
        "高龄津贴",
        "陆大有",
        elder.id_number.reveal(),
        dt.date(2024, 1, 5),
        "",
        dt.date(2024, 3, 1),
        "其他",
    )
    batch = taken_over(cast, early)
    assert counts(batch) == (0, 0, 0, 1)
    assert "先传较早的一次" in messages(batch)[2][0]


def test_the_database_takes_no_two_places_for_the_same_month(cast, programme):
    elder = make_elder(cast.township, "陆大有")
    first = make_enrolment(programme, elder, state="ended", ended_from=JUNE, end_reason="other")
    with pytest.raises(IntegrityError, match="enrolment_one_at_a_time_elder"), transaction.atomic():
        make_enrolment(programme, elder)  # without a first month it reaches back behind June
    make_enrolment(programme, elder, not_before=JUNE)
    make_enrolment(make_programme(cast.county, "other"), elder)
    Enrolment.objects.filter(pk=first.pk).update(not_before=JUNE)  # ended before it began: no month at all


def test_rows_that_cannot_be(cast, programme):
    elder = make_elder(cast.township, "陆大有")
    dead = make_elder(cast.township, "沈二宝", died_on=dt.date(2024, 5, 1))
    number = elder.id_number.reveal()
    rows = (
        ("长寿金", "陆大有", number, MARCH, "", "", ""),
        ("高龄津贴", "陆大有", number, MARCH, dt.date(2024, 3, 1), "", ""),
        ("高龄津贴", "沈二宝", dead.id_number.reveal(), MARCH, "", "", ""),
        ("高龄津贴", "无此人", number_of(111), MARCH, "", JUNE, ""),
        ("高龄津贴", "无此人", lost_digits(number_of(113)), MARCH, "", dt.date(2024, 1, 1), "去世"),
    )
    batch = taken_over(cast, *rows)
    said = messages(batch)
    assert counts(batch) == (0, 0, 0, 5), said
    assert said[2] == ["本县没有发给老年人的“长寿金”项目。可填：高龄津贴。"]
    assert said[3] == ["批准日期早于申请日期，请核对。"]
    assert said[4] == ["档案里此人已于 2024-05-01 死亡，请填写停发起始月和原因。"]
    assert "填了停发起始月，就要填停发原因。" in said[5]
    assert "早于申请的月份" in "".join(said[6])
    assert "15 位" in "".join(said[6])


def test_recipients_and_lists_are_the_countys(cast, programme):
    for key in ("enrolments", "listed_persons"):
        with pytest.raises(NotAllowed):
            sheet(key, HEADINGS, by=cast.township_clerk)
        batch = sheet(key, HEADINGS, ("",) * 7, by=cast.county_clerk, org_unit=cast.township)
        assert (batch.status, "选为县" in batch.message) == (Status.REFUSED, True)


# --- Accounts ---------------------------------------------------------------------------------------------------

ACCOUNTS = ("姓名", "身份证号", "收款人", "与享受人关系", "收款人身份证号", "开户银行", "银行账号")


def card(stem: str) -> str:
    """A card number with the right last digit."""
    return next(stem + str(digit) for digit in range(10) if luhn_holds(stem + str(digit)))


ONE, TWO = card("622848000000000001"), card("622848000000000002")


def test_an_account_of_ones_own_and_of_a_child(cast):
    elder, second = make_elder(cast.township, "陆大有"), make_elder(cast.township, "沈二宝")
    rows = (
        ("陆大有", elder.id_number.reveal(), "", "", "", "海盐农商银行", ONE),
        (
            "沈二宝",
            second.id_number.reveal(),
            "沈小宝",
            "子女",
            number_of(111, dt.date(1970, 1, 2)),
            "海盐农商银行",
            TWO,
        ),
    )
    batch = sheet("payees", ACCOUNTS, *rows, by=cast.township_clerk)
    assert (counts(batch), batch.warnings) == ((2, 0, 0, 0), 0), messages(batch)
    stored = str(list(batch.lines.values()))
    assert ONE not in stored
    assert number_of(111, dt.date(1970, 1, 2)) not in stored
    apply(batch)
    assert batch.status == Status.APPLIED, batch.message
    one, two = Payee.objects.get(elder=elder), Payee.objects.get(elder=second)
    assert (one.name, one.relation, one.bank, one.account.reveal(), one.used_from, one.used_to) == (
        "陆大有", "本人", "海盐农商银行", ONE, DAY, None,
    )  # fmt: skip
    assert (two.name, two.relation, two.id_number.reveal()) == (
        "沈小宝", "子女", number_of(111, dt.date(1970, 1, 2)),
    )  # fmt: skip
    assert counts(sheet("payees", ACCOUNTS, *rows, by=cast.township_clerk)) == (0, 0, 2, 0)
    take_back(batch)
    assert not Payee.objects.exists()


def test_a_changed_account_is_shown_masked_and_restored(cast):
    elder = make_elder(cast.township, "陆大有")
    payee = make_payee(elder, account=ONE, bank="海盐农商银行")
    row = ("陆大有", elder.id_number.reveal(), "", "", "", "海盐农商银行", TWO)
    batch = sheet("payees", ACCOUNTS, row, by=cast.township_clerk)
    (line,) = batch.lines.all()
    assert batch.changed == 1
    assert set(line.new) == {"account"}
    assert TWO not in str(line.new)
    apply(batch)
    payee.refresh_from_db()
    assert payee.account.reveal() == TWO
    take_back(batch)
    payee.refresh_from_db()
    assert payee.account.reveal() == ONE


def test_accounts_that_want_a_look(cast):
    people = [make_elder(cast.township, name) for name in ("陆大有", "沈二宝", "徐三妹", "朱四喜")]
    first, second, third, fourth = (each.id_number.reveal() for each in people)
    make_payee(make_elder(cast.township, "别的人"), account=TWO)
    rows = (
        ("陆大有", first, "", "", "", "海盐农商银行", ONE),
        ("沈二宝", second, "", "", "", "海盐农商银行", ONE),
        ("徐三妹", third, "徐大妹", "", "", "海盐农商银行", TWO),
        ("朱四喜", fourth, "", "", "", "海盐农商银行", lost_digits(ONE)),
    )
    batch = sheet("payees", ACCOUNTS, *rows, by=cast.township_clerk)
    said = messages(batch)
    assert (batch.new, batch.errors) == (2, 2), said
    assert said[2] == ["与第 3 行的人用同一个银行账号，请核对。"]
    assert "收款人不是本人的，请填写与享受人关系。" in said[4]
    assert "这个银行账号在用于本单位另一位老年人，请核对。" in said[4]
    assert "15 位" in said[5][0]


def test_masked_numbers_are_told_in_their_rows(cast):
    """As the lists of this portal are exported: only the rows with full numbers can be written."""
    one, two, three = (make_elder(cast.township, name) for name in ("陆大有", "沈二宝", "徐三妹"))
    rows = (
        ("陆大有", one.id_number.reveal(), "", "", "", "海盐农商银行", "622848****0123"),
        ("沈二宝", two.id_number.reveal(), "沈小宝", "子女", "330****2685", "海盐农商银行", ONE),
        ("徐三妹", three.id_number.reveal(), "", "", "", "海盐农商银行", TWO),
        ("朱四喜", "330****2685", "", "", "", "海盐农商银行", TWO),
    )
    batch = sheet("payees", ACCOUNTS, *rows, by=cast.township_clerk)
    assert (batch.status, batch.new, batch.errors) == (Status.READY, 1, 3), batch.message
    said = messages(batch)
    for row in (2, 3, 5):
        assert [each for each in said[row] if "隐去" in each], said[row]


def test_money_goes_out_where_the_record_is_kept(cast):
    elder = make_elder(cast.other_township, "陆大有", residence_unit=cast.township)
    row = ("陆大有", elder.id_number.reveal(), "", "", "", "海盐农商银行", ONE)
    batch = sheet("payees", ACCOUNTS, row, by=cast.township_clerk)
    assert "没有这个证件号码" in messages(batch)[2][0]
    assert counts(sheet("payees", ACCOUNTS, row, row, by=cast.county_clerk)) == (0, 0, 0, 2)
    assert counts(sheet("payees", ACCOUNTS, row, by=cast.other_township_clerk)) == (1, 0, 0, 0)


# --- Lists for comparison ---------------------------------------------------------------------------------------

LISTED = ("名单种类", "身份证号", "姓名", "死亡日期", "来源")


def test_a_list_of_deaths_is_kept_and_finds_the_elder(cast):
    elder = make_elder(cast.township, "陆大有")
    rows = (
        ("死亡", elder.id_number.reveal(), "陆大有", dt.date(2025, 6, 2), "县殡仪馆2025年6月"),
        ("服刑", number_of(111), "", "", ""),
    )
    batch = sheet("listed_persons", LISTED, *rows, by=cast.county_clerk)
    assert counts(batch) == (2, 0, 0, 0), messages(batch)
    assert elder.id_number.reveal() not in str(list(batch.lines.values()))
    apply(batch)
    listed = ListedPerson.objects.get(kind="death")
    assert (listed.org_unit, listed.id_number.reveal(), listed.happened_on, listed.source) == (
        cast.county, elder.id_number.reveal(), dt.date(2025, 6, 2), "县殡仪馆2025年6月",
    )  # fmt: skip
    stored = ListedPerson.objects.filter(id_number=elder.id_number.reveal())
    assert [each.kind for each in stored] == ["death"]
    assert counts(sheet("listed_persons", LISTED, *rows, by=cast.county_clerk)) == (0, 0, 2, 0)
    take_back(batch)
    assert not ListedPerson.objects.exists()
    elder.refresh_from_db()
    assert elder.died_on is None


def test_doubles_and_wrong_numbers_on_a_list(cast):
    rows = (
        ("死亡", number_of(111), "甲", dt.date(2025, 6, 2), ""),
        ("火化", number_of(111), "甲", dt.date(2025, 6, 2), ""),
        ("死亡", lost_digits(number_of(113)), "乙", "", ""),
        ("死亡", number_of(115)[:16], "丙", "", ""),
        ("死亡", number_of(117), "丁", dt.date(2025, 7, 2), ""),
    )
    batch = sheet("listed_persons", LISTED, *rows, by=cast.county_clerk)
    assert counts(batch) == (0, 0, 0, 5), messages(batch)
