"""Registering people and the page of one person: what each township may see and change."""

import datetime as dt
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from eldercare.identity import synthetic_id
from eldercare.models import AuditEvent
from facilities.models import Attendance, Caregiver, Certificate, Employment, Training
from tests.facilities.factories import make_caregiver, make_facility, make_post

NUMBER = synthetic_id(dt.date(1985, 7, 9), 21)  # a man, as the sequence is odd
ELSEWHERE = "此人已在其他镇(街道)登记；如确在本单位任职，请联系县级经办添加任职"
OTHER_POST = "在其他镇(街道)另有任职"


@pytest.fixture
def facility(cast):
    return make_facility(cast.township, "沈荡敬老院")


@pytest.fixture
def other_facility(cast):
    return make_facility(cast.other_township, "百步养老院")


@pytest.fixture
def clerk(cast, enter):
    return enter(cast.township_clerk)


@pytest.fixture
def county(cast, enter):
    return enter(cast.county_clerk)


def form(facility, **changes) -> dict:
    return {
        "name": "陆知秋",
        "id_number": NUMBER,
        "phone": "13957300000",
        "role": "caregiver",
        "workplace": "facility",
        "facility": facility.pk,
        "employed_from": "2024-03-01",
        "certificate-kind": "skill_level",
        "certificate-level": "4",
        "certificate-issued_on": "2023-05-20",
    } | changes


def create(client, facility, **changes):
    return client.post(reverse("caregiver-create"), form(facility, **changes))


def text(answer) -> str:
    return answer.content.decode()


def inputs(answer) -> dict[str, str]:
    """What the form on the page would send back as it stands."""
    page, found = text(answer), {}
    for tag in re.findall(r"<input[^>]+>", page):
        name, value = re.search(r'name="([^"]+)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and "checkbox" not in tag and "disabled" not in tag:
            found[name[1]] = value[1] if value else ""
    for name, options in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', page, re.DOTALL):
        chosen = re.search(r'value="([^"]*)" selected', options)
        found[name] = chosen[1] if chosen else ""
    return found


# --- Registering ----------------------------------------------------------------------------------------------


def test_one_form_registers_person_post_and_certificate(clerk, cast, facility):
    answer = create(clerk, facility)
    person = Caregiver.objects.get()
    assert answer.url == reverse("caregiver-detail", args=[person.pk])
    assert (person.name, person.sex, person.born_on) == ("陆知秋", "male", dt.date(1985, 7, 9))
    post = person.employments.get()
    assert (post.facility, post.org_unit, post.role) == (facility, cast.township, "caregiver")
    assert person.certificates.get().level == 4
    event = AuditEvent.objects.get(action=AuditEvent.Action.LEDGER)
    assert event.user == cast.township_clerk
    assert NUMBER not in f"{event.subject} {event.detail}"


def test_without_a_certificate_none_is_made(clerk, facility):
    nothing = {"certificate-kind": "", "certificate-level": "", "certificate-issued_on": ""}
    create(clerk, facility, **nothing)
    assert Caregiver.objects.get().certificates.count() == 0


def test_a_refused_form_keeps_what_was_typed_and_writes_nothing(clerk, facility):
    page = text(create(clerk, facility, employed_to="2024-02-01", phone="0573-86012345"))
    assert "离职日期早于入职日期" in page
    assert "陆知秋" in page
    assert "0573-86012345" in page
    assert not Caregiver.objects.exists()


def test_a_wrong_check_character_is_taken_with_a_reason_only(clerk, facility):
    wrong = NUMBER[:-1] + ("0" if NUMBER[-1] != "0" else "1")
    page = text(create(clerk, facility, id_number=wrong))
    assert "校验位不符" in page
    assert not Caregiver.objects.exists()
    create(clerk, facility, id_number=wrong, id_reason="已核对身份证原件")
    assert Caregiver.objects.get().id_number == wrong


def test_a_warning_must_be_ticked_as_it_stands(clerk, facility):
    answer = create(clerk, facility, sex="female")
    assert "性别与身份证号第 17 位不一致" in text(answer)
    assert not Caregiver.objects.exists()
    tick = re.search(r'name="confirmed" value="([^"]+)"', text(answer))[1]
    later = str(dt.date.today().year + 1) + "-01-01"
    create(clerk, facility, sex="female", confirmed=tick, employed_from=later)
    assert not Caregiver.objects.exists()  # a second warning, which nobody has seen yet
    create(clerk, facility, sex="female", confirmed=tick)
    assert Caregiver.objects.get().sex == "female"


def test_who_is_registered_already_is_pointed_out(clerk, facility):
    create(clerk, facility)
    page = text(create(clerk, facility, name="另一人"))
    assert "此人已登记" in page
    assert reverse("employment-create", args=[Caregiver.objects.get().pk]) in page
    assert Caregiver.objects.count() == 1


@pytest.mark.parametrize("is_old_first", [True, False])
def test_the_old_number_of_15_digits_is_the_same_person(clerk, facility, is_old_first):
    numbers = [NUMBER[:6] + NUMBER[8:17], NUMBER]
    first, second = numbers if is_old_first else numbers[::-1]
    make_post(facility, make_caregiver(id_number=first))
    assert "此人已登记" in text(create_confirmed(clerk, facility, id_number=second))
    assert Caregiver.objects.count() == 1


def create_confirmed(client, facility, **changes):
    """Ticks whatever the page warns of."""
    answer = create(client, facility, **changes)
    tick = re.search(r'name="confirmed" value="([^"]+)"', text(answer))
    return create(client, facility, **changes, confirmed=tick[1]) if tick else answer


def test_who_is_registered_in_another_township_is_not_described(clerk, county, facility, other_facility):
    person = make_caregiver("邹远山", id_number=NUMBER)
    make_post(other_facility, person)
    page = text(create(clerk, facility))
    assert ELSEWHERE in page
    assert "邹远山" not in page
    assert "百步" not in page
    assert f"/staff/{person.pk}/" not in page
    assert "邹远山" in text(create(county, facility))


def test_a_township_cannot_choose_a_facility_of_another(clerk, other_facility):
    assert "选择一个有效的选项" in text(create(clerk, other_facility))
    assert not Caregiver.objects.exists()


def test_social_workers_of_a_community_have_no_facility(clerk, county, cast, facility):
    away = {"workplace": "community", "role": "social_worker", "certificate-kind": "social_work"}
    create(clerk, facility, **away, **{"certificate-level": ""})
    post = Employment.objects.get()
    assert (post.facility, post.org_unit) == (None, cast.township)
    other = synthetic_id(dt.date(1990, 1, 2), 4)
    page = text(create(county, facility, **away, **{"certificate-level": "", "id_number": other}))
    assert "请选择所在镇(街道)" in page


# --- One person ---------------------------------------------------------------------------------------------------


@pytest.fixture
def shared(facility, other_facility):
    """Somebody who works in both townships."""
    person = make_caregiver("邹远山", id_number=NUMBER, phone="13957300000")
    make_post(facility, person)
    make_post(other_facility, person, role=Employment.Role.MANAGER)
    return person


def test_a_township_sees_its_own_post_and_that_there_is_another(clerk, county, shared):
    page = text(clerk.get(reverse("caregiver-detail", args=[shared.pk])))
    assert "沈荡敬老院" in page
    assert OTHER_POST in page
    assert "百步" not in page
    assert NUMBER not in page
    page = text(county.get(reverse("caregiver-detail", args=[shared.pk])))
    assert "百步养老院" in page
    assert OTHER_POST not in page


def test_the_page_costs_the_same_for_a_short_and_a_long_career(clerk, facility, cast):
    person = make_post(facility).caregiver

    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            clerk.get(reverse("caregiver-detail", args=[person.pk]))
        return len(queries)

    def grow() -> None:
        post = make_post(make_facility(cast.township), person)
        day = dt.date(2020 + post.pk % 5, 1, 1 + post.pk % 28)
        Certificate.objects.create(caregiver=person, kind="course", issued_on=day)
        Training.objects.create(caregiver=person, subject="skill", held_on=day, title=str(post.pk))
        Attendance.objects.create(employment=post, month=dt.date.today().replace(day=1), days=1)

    grow()
    cost()
    few = cost()
    for _ in range(6):
        grow()
    assert cost() == few


def test_the_history_does_not_name_the_clerk_of_another_township(clerk, cast, enter, shared):
    other = enter(cast.other_township_clerk)
    other.post(
        reverse("certificate-create", args=[shared.pk]),
        {"kind": "skill_level", "level": "5", "issued_on": "2024-05-01"},
    )
    page = text(clerk.get(reverse("caregiver-detail", args=[shared.pk])))
    assert "2024-05-01" in page
    assert cast.other_township_clerk.full_name not in page


def test_a_township_may_not_change_who_a_shared_person_is(clerk, county, shared):
    address = reverse("caregiver-edit", args=[shared.pk])
    assert "由县级经办修改" in text(clerk.get(address))
    clerk.post(address, inputs(clerk.get(address)) | {"name": "换了名字", "education": "college"})
    shared.refresh_from_db()
    assert (shared.name, shared.education) == ("邹远山", "college")
    county.post(address, inputs(county.get(address)) | {"name": "邹远岫"})
    shared.refresh_from_db()
    assert shared.name == "邹远岫"


def test_only_the_county_adds_the_post_in_a_second_township(clerk, county, facility, other_facility):
    person = make_caregiver(id_number=NUMBER)
    make_post(other_facility, person)
    address = reverse("employment-create", args=[person.pk])
    values = {
        "role": "caregiver",
        "workplace": "facility",
        "facility": facility.pk,
        "employed_from": "2025-01-01",
    }
    assert clerk.post(address, values).status_code == 404
    assert county.post(address, values).status_code == 302
    assert person.employments.count() == 2
    assert clerk.get(reverse("caregiver-detail", args=[person.pk])).status_code == 200


def test_the_same_facility_twice_at_a_time_is_refused_in_words(clerk, facility):
    post = make_post(facility)
    page = text(
        clerk.post(
            reverse("employment-create", args=[post.caregiver_id]),
            {
                "role": "manager",
                "workplace": "facility",
                "facility": facility.pk,
                "employed_from": "2025-01-01",
            },
        )
    )
    assert "此人在该机构的这段时间已有任职" in page
    assert "2025-01-01" in page


def test_a_post_is_ended_and_the_number_stays_as_it_was(clerk, facility):
    post = make_post(facility)
    number = post.caregiver.id_number.reveal()
    address = reverse("employment-end", args=[post.pk])
    assert "离职日期早于入职日期" in text(
        clerk.post(address, inputs(clerk.get(address)) | {"employed_to": "2019-01-01"})
    )
    clerk.post(address, inputs(clerk.get(address)) | {"employed_to": "2025-02-01"})
    post.refresh_from_db()
    assert post.employed_to == dt.date(2025, 2, 1)
    edit = reverse("caregiver-edit", args=[post.caregiver_id])
    clerk.post(edit, inputs(clerk.get(edit)) | {"phone": "0573-86012345"})
    person = Caregiver.objects.get(pk=post.caregiver_id)
    assert person.id_number.reveal() == number
    assert person.phone.reveal() == "0573-86012345"


def test_saving_over_a_newer_change_is_refused_shown_and_can_be_repeated(clerk, county, facility):
    post = make_post(facility)
    address = reverse("employment-edit", args=[post.pk])
    mine = inputs(clerk.get(address)) | {"employed_from": "2021-05-01"}
    theirs = inputs(county.get(address)) | {"role": "manager"}
    assert county.post(address, theirs).status_code == 302
    answer = clerk.post(address, mine)
    page = text(answer)
    assert "已被别人修改" in page
    assert "管理人员" in page  # as it is now
    assert 'value="2021-05-01"' in page  # as it was typed
    post.refresh_from_db()
    assert (post.role, post.employed_from) == ("manager", dt.date(2020, 1, 1))
    assert clerk.post(address, inputs(answer)).status_code == 302
    post.refresh_from_db()
    assert (post.role, post.employed_from) == ("caregiver", dt.date(2021, 5, 1))


def test_certificates_are_added_changed_and_removed(clerk, facility):
    person = make_post(facility).caregiver
    added = {"kind": "skill_level", "level": "5", "issued_on": "2024-05-01"}
    clerk.post(reverse("certificate-create", args=[person.pk]), added)
    certificate = person.certificates.get()
    page = text(clerk.post(reverse("certificate-create", args=[person.pk]), added))
    assert "此人同一天已有一本同种类的证书" in page
    edit = reverse("certificate-edit", args=[certificate.pk])
    clerk.post(edit, inputs(clerk.get(edit)) | {"level": "3"})
    certificate.refresh_from_db()
    assert certificate.level == 3
    remove = reverse("certificate-remove", args=[certificate.pk])
    stale = inputs(clerk.get(remove))
    clerk.post(edit, inputs(clerk.get(edit)) | {"number": "A-1"})
    assert "已被别人修改" in text(clerk.post(remove, stale))
    assert person.certificates.count() == 1
    clerk.post(remove, inputs(clerk.get(remove)))
    assert person.certificates.count() == 0
    page = text(clerk.get(reverse("caregiver-detail", args=[person.pk])))
    assert "删除证书" in page  # in the history


def test_a_level_where_there_is_none_is_refused_beside_its_field(clerk, facility):
    person = make_post(facility).caregiver
    page = text(
        clerk.post(
            reverse("certificate-create", args=[person.pk]),
            {"kind": "social_work", "level": "5", "issued_on": "2024-05-01"},
        )
    )
    assert "这种证书不分五级" in page
    assert not person.certificates.exists()


def test_changing_a_number_to_somebody_elses_tells_no_more_than_it_may(clerk, facility, other_facility):
    mine = make_post(facility).caregiver
    make_post(other_facility, make_caregiver("邹远山", id_number=NUMBER))
    address = reverse("caregiver-edit", args=[mine.pk])
    page = text(
        clerk.post(address, inputs(clerk.get(address)) | {"id_number": NUMBER, "sex": "", "born_on": ""})
    )
    assert ELSEWHERE in page
    assert "邹远山" not in page
