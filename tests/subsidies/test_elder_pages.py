"""The page of one person, registering, correcting: what each township may see and change."""

import datetime as dt
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from eldercare.identity import synthetic_id
from eldercare.models import AuditEvent
from eldercare.spells import Spells
from subsidies.models import Elder, ElderTag
from tests.subsidies.factories import (
    make_assessment,
    make_elder,
    make_enrolment,
    make_payee,
    make_programme,
    make_tag,
)

BORN = dt.date(1943, 7, 9)
NUMBER = synthetic_id(BORN, 121)  # a man, as the sequence is odd
ELSEWHERE = "此人已在其他镇(街道)登记，请联系县民政局"


@pytest.fixture
def clerk(cast, enter):
    return enter(cast.township_clerk)


@pytest.fixture
def other(cast, enter):
    return enter(cast.other_township_clerk)


@pytest.fixture
def county(cast, enter):
    return enter(cast.county_clerk)


@pytest.fixture
def elder(cast):
    return make_elder(cast.township, "陆知秋", born=BORN, id_number=NUMBER, sex="male", village=cast.village)


def text(answer) -> str:
    return answer.content.decode()


def form(cast, **changes) -> dict:
    return {
        "name": "陆知秋",
        "id_kind": "resident",
        "id_number": NUMBER,
        "phone": "13957300000",
        "village": cast.village.pk,
        "residence_village": cast.village.pk,
        "is_registered": "on",
        "is_resident": "on",
    } | changes


def create(client, cast, **changes):
    return client.post(reverse("elder-create"), form(cast, **changes))


def page_of(client, elder):
    return text(client.get(reverse("elder-detail", args=[elder.pk])))


def inputs(page: str) -> dict[str, str]:
    """What the form on the page would send back as it stands."""
    found = {}
    for tag in re.findall(r"<input[^>]+>", page):
        name, value = re.search(r'name="([^"]+)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and 'type="search"' not in tag and (not re.search("checkbox|radio", tag) or "checked" in tag):
            found[name[1]] = value[1] if value else ""
    for name, options in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', page, re.DOTALL):
        chosen = re.search(r'value="([^"]*)" selected', options)
        found[name] = chosen[1] if chosen else ""
    return found


# --- Registering ----------------------------------------------------------------------------------------------


def test_the_number_says_sex_and_birth_and_the_village_the_township(clerk, cast):
    answer = create(clerk, cast)
    person = Elder.objects.get()
    assert answer.url == reverse("elder-detail", args=[person.pk])
    assert (person.sex, person.born_on) == ("male", BORN)
    assert (person.org_unit, person.residence_unit) == (cast.township, cast.township)
    assert person.registered == person.resident == Spells.since(BORN)
    event = AuditEvent.objects.get(action=AuditEvent.Action.LEDGER)
    assert event.user == cast.township_clerk
    assert NUMBER not in f"{event.subject}{event.detail}"
    assert "陆知秋" not in f"{event.subject}{event.detail}"


def test_since_when_somebody_is_here_may_be_told(clerk, cast):
    create(clerk, cast, registered_since="2001-02-03", is_resident="", residence_village="")
    person = Elder.objects.get()
    assert person.registered == Spells.since(dt.date(2001, 2, 3))
    assert person.resident == Spells()
    assert person.residence_unit is None


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"id_number": NUMBER[:17]}, "18 位"),
        ({"id_number": ""}, "确实没有证件的，证件种类选“暂无证件”"),
        ({"id_kind": "none"}, "证件种类选了“暂无证件”，却填了号码"),
        ({"id_kind": "none", "id_number": ""}, "证件号码里看不出来"),
        ({"registered_since": "1940-01-01"}, "户籍起始日早于出生日期"),
        ({"is_registered": "", "is_resident": "", "residence_village": ""}, "不在本县登记"),
        ({"residence_village": ""}, "请选居住镇(街道)"),
        ({"name": f"陆{NUMBER}"}, "不能写身份证号"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_lost_or_written(clerk, cast, changes, words):
    page = text(create(clerk, cast, address="桃源路5号", **changes))
    assert words in page
    assert "桃源路5号" in page
    assert not Elder.objects.exists()


def test_a_wrong_check_character_is_taken_with_a_reason_only(clerk, cast):
    wrong = NUMBER[:-1] + ("0" if NUMBER[-1] != "0" else "1")
    assert "校验位不符" in text(create(clerk, cast, id_number=wrong))
    assert not Elder.objects.exists()
    create(clerk, cast, id_number=wrong, id_reason="已核对身份证原件")
    assert Elder.objects.get().id_number == wrong


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"sex": "female"}, "性别与身份证号第 17 位不一致"),
        ({"born_on": "1943-07-08"}, "出生日期与身份证号中的不一致"),
    ],
)
def test_what_was_typed_is_compared_and_not_replaced(clerk, cast, changes, words):
    page = text(create(clerk, cast, **changes))
    assert words in page
    assert not Elder.objects.exists()
    create(clerk, cast, **changes, accepted="1")
    person = Elder.objects.get()
    for name, value in changes.items():
        assert str(getattr(person, name)) == value


def test_somebody_without_papers_is_registered_by_birth_date(clerk, cast):
    create(clerk, cast, id_kind="none", id_number="", sex="female", born_on="1939-01-02")
    person = Elder.objects.get()
    assert (person.id_number, person.sex, person.born_on) == (None, "female", dt.date(1939, 1, 2))


@pytest.mark.parametrize("is_old_first", [True, False])
def test_the_old_number_of_15_digits_is_the_same_person(clerk, cast, is_old_first):
    numbers = [NUMBER[:6] + NUMBER[8:17], NUMBER]
    first, second = numbers if is_old_first else numbers[::-1]
    known = make_elder(cast.township, "陆知秋", born=BORN, id_number=first, sex="male")
    page = text(create(clerk, cast, id_number=second, accepted="1"))
    assert "已登记" in page
    assert reverse("elder-detail", args=[known.pk]) in page
    assert Elder.objects.count() == 1


def test_somebody_of_another_township_is_refused_without_a_word_more(other, cast, elder):
    elder.phone = "13812344321"
    elder.save()
    answer = create(other, cast, name="陆", village="", residence_village=cast.other_village.pk)
    page = text(answer)
    assert ELSEWHERE in page
    assert "知秋" not in page
    assert "沈荡镇中钱村" not in page
    assert f"/elders/{elder.pk}/" not in page
    assert Elder.objects.count() == 1


def test_the_county_registers_for_any_township(county, cast):
    create(county, cast, org_unit=cast.other_township.pk, village=cast.other_village.pk)
    person = Elder.objects.get()
    assert (person.org_unit, person.residence_unit) == (cast.other_township, cast.township)


def test_a_township_cannot_register_for_another(clerk, cast):
    create(clerk, cast, org_unit=cast.other_township.pk)
    assert Elder.objects.get().org_unit == cast.township


# --- The page ---------------------------------------------------------------------------------------------------


def test_the_page_tells_what_is_known_and_masks_numbers(clerk, cast, elder):
    make_tag(elder, "low_income")
    make_tag(elder, "left_behind", until=dt.date(2025, 1, 1))
    make_assessment(elder, 3)
    account = make_payee(elder)
    make_enrolment(make_programme(cast.county, name="高龄津贴示例"), elder)
    page = page_of(clerk, elder)
    for words in (
        "低保",
        "留守",
        "重度失能",
        "高龄津贴示例",
        "享受中",
        "测试农村商业银行",
        "2000-01-01至2024-12-31",
    ):
        assert words in page
    assert NUMBER not in page
    assert account.account.reveal() not in page
    assert str(elder.id_number) in page


def test_who_lives_elsewhere_is_marked_on_both_sides(clerk, other, cast, elder):
    assert "人户分离" not in page_of(clerk, elder)
    Elder.objects.filter(pk=elder.pk).update(residence_unit=cast.other_township)
    assert "人户分离" in page_of(clerk, elder)
    page = page_of(other, elder)
    assert "档案和发放由沈荡镇管理" in page
    assert reverse("elder-edit", args=[elder.pk]) not in page
    assert reverse("payee-create", args=[elder.pk]) not in page


def test_opening_a_page_is_logged_once_in_half_an_hour(clerk, county, cast, elder):
    for _ in range(3):
        page_of(clerk, elder)
    entries = AuditEvent.objects.filter(action=AuditEvent.Action.PERSON)
    assert [each.user for each in entries] == [cast.township_clerk]
    assert "陆知秋" not in entries[0].subject
    page = page_of(county, elder)
    assert "谁看过这份档案" in page
    assert cast.township_clerk.full_name in page
    assert "谁看过这份档案" not in page_of(clerk, elder)


def test_after_half_an_hour_opening_is_logged_again(clerk, elder, monkeypatch):
    page_of(clerk, elder)
    monkeypatch.setattr("subsidies.actions.elders.LOOKED", dt.timedelta(0))
    page_of(clerk, elder)
    assert AuditEvent.objects.filter(action=AuditEvent.Action.PERSON).count() == 2


@pytest.mark.parametrize("field", ["id_number", "phone"])
def test_a_number_is_shown_with_a_reason(clerk, cast, elder, field):
    Elder.objects.filter(pk=elder.pk).update(phone="13957312345")
    address = reverse("number-reveal", args=["elder", elder.pk, field])
    assert address in page_of(clerk, elder)
    full = NUMBER if field == "id_number" else "13957312345"
    answer = clerk.post(address, {"reason": "核对证件"})
    assert full in text(answer)
    event = AuditEvent.objects.get(action=AuditEvent.Action.REVEAL)
    assert full not in f"{event.subject}{event.detail}"


def test_the_page_costs_the_same_for_much_and_for_little(clerk, cast, elder):
    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            page_of(clerk, elder)
        return len(queries)

    def fill(number: int) -> None:
        make_tag(elder, ElderTag.Kind.values[number])
        make_assessment(elder, 2, on=dt.date(2024, 1, number + 1))
        make_payee(elder, used_to=dt.date(2024, 1, 1))
        make_enrolment(make_programme(cast.county), elder)

    fill(0)
    cost()
    few = cost()
    for number in range(1, 8):
        fill(number)
    assert cost() == few


# --- Correcting -------------------------------------------------------------------------------------------------


def edit(client, elder, **changes):
    address = reverse("elder-edit", args=[elder.pk])
    return client.post(address, inputs(text(client.get(address))) | changes)


def test_saving_a_form_untouched_changes_nothing(clerk, elder):
    before = Elder.objects.filter(pk=elder.pk).values().get()
    assert edit(clerk, elder).status_code == 302
    assert Elder.objects.filter(pk=elder.pk).values().get() == before
    assert Elder.pgh_event_model.objects.filter(pgh_obj_id=elder.pk).count() == 1


def test_a_correction_is_kept_in_the_history(clerk, elder):
    edit(clerk, elder, address="新桥路8号", phone="13957311111", registered="2003-05-06至今")
    elder.refresh_from_db()
    assert elder.address == "新桥路8号"
    assert elder.registered == Spells.since(dt.date(2003, 5, 6))
    page = page_of(clerk, elder)
    assert "新桥路8号" in page
    assert "13957311111" not in page


def test_two_at_once_the_second_sees_what_the_first_wrote(clerk, county, elder):
    address = reverse("elder-edit", args=[elder.pk])
    stale = inputs(text(clerk.get(address)))
    edit(county, elder, address="先到路1号")
    page = text(clerk.post(address, stale | {"address": "后到路2号"}))
    assert "先到路1号" in page
    assert "后到路2号" in page
    elder.refresh_from_db()
    assert elder.address == "先到路1号"


def test_where_somebody_only_lives_the_record_is_not_changed(other, cast, elder):
    Elder.objects.filter(pk=elder.pk).update(residence_unit=cast.other_township)
    answer = other.post(reverse("elder-edit", args=[elder.pk]), {"name": "别名"}, follow=True)
    assert "由沈荡镇管理" in text(answer)
    elder.refresh_from_db()
    assert elder.name == "陆知秋"


def test_another_township_learns_nothing(other, elder):
    tag, payee = make_tag(elder, "low_income"), make_payee(elder)
    for name, pk in (
        ("elder-detail", elder.pk),
        ("elder-edit", elder.pk),
        ("elder-tag-create", elder.pk),
        ("elder-tag-edit", tag.pk),
        ("payee-edit", payee.pk),
    ):
        assert other.get(reverse(name, args=[pk])).status_code == 404
    assert other.get(reverse("elder-change", args=[elder.pk, "death"])).status_code == 404
    assert other.get(reverse("number-reveal", args=["elder", elder.pk, "id_number"])).status_code == 404
    assert other.get(reverse("number-reveal", args=["payee", payee.pk, "account"])).status_code == 404
