"""Pages of the facilities, as the clerks of a township and of the county use them."""

import datetime as dt
import re

import pytest
from django.urls import reverse
from django.utils import timezone

from eldercare.models import AuditEvent
from eldercare.spells import Spells
from facilities.models import Employment, Facility, FacilityRating, FacilityVillage
from tests.conftest import make_unit
from tests.facilities.factories import SINCE, make_facility, make_post, make_stay

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


def text(response) -> str:
    return re.sub(
        r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode().split('class="page-title"')[-1])
    )


def typed(response) -> dict[str, str]:
    """What a browser would send back from the form of a page, unchanged."""
    data = {}
    form = response.context["form"]
    for bound in form:
        value = form.data.get(bound.html_name) if form.is_bound else bound.value()
        if value in (None, False, ""):
            continue
        data[bound.html_name] = "on" if value is True else str(value)
    return data


def edit_url(facility: Facility) -> str:
    return reverse("facility-edit", args=[facility.pk])


# --- Registering ------------------------------------------------------------------------------------------------

NEW = {
    "name": "沈荡镇敬老院",
    "kind": "destitute_home",
    "operation": "public",
    "opened_on": "2021-05-01",
    "rehab_room_count": "1",
}


def test_a_township_clerk_registers_a_facility_in_the_own_township(cast, enter):
    response = enter(cast.township_clerk).post(
        "/ledgers/facilities/new/",
        NEW
        | {"filed_now": "on", "filed_since": "2021-06-01", "kitchen_now": "on", "village": cast.village.pk},
        follow=True,
    )
    facility = Facility.objects.get()
    assert (facility.org_unit, facility.village) == (cast.township, cast.village)
    assert str(facility.filed) == "2021-06-01至今"
    assert str(facility.kitchen) == "2021-05-01至今"  # no date: since it opened
    assert not facility.clinic
    assert "已登记“沈荡镇敬老院”" in text(response)
    event = AuditEvent.objects.get(action=AuditEvent.Action.LEDGER)
    assert (event.org_unit, event.user) == (cast.township, cast.township_clerk)


def test_the_unit_of_another_township_in_the_form_is_of_no_use(cast, enter):
    enter(cast.township_clerk).post("/ledgers/facilities/new/", NEW | {"org_unit": cast.other_township.pk})
    assert Facility.objects.get().org_unit == cast.township
    response = enter(cast.township_clerk).post(
        "/ledgers/facilities/new/", NEW | {"name": "另一家", "village": cast.other_village.pk}
    )
    assert response.context["form"].errors.keys() == {"village"}


def test_what_is_wrong_is_said_at_its_field_and_nothing_typed_is_lost(cast, enter):
    make_facility(cast.township, "沈荡镇敬老院")
    response = enter(cast.township_clerk).post(
        "/ledgers/facilities/new/",
        NEW
        | {
            "name": "沈荡镇 敬老院",
            "credit_code": "913304240000000000",
            "phone": "12",
            "filed_now": "on",
            "filed_since": (timezone.localdate() + DAY).isoformat(),
            "kitchen": "2020-05-01至2019-01-01",
            "clinic_since": "2021-05-01",
            "owner": "沈荡镇人民政府",
        },
    )
    form = response.context["form"]
    assert form.errors.keys() == {"name", "credit_code", "phone", "filed_since", "kitchen", "clinic_since"}
    html = response.content.decode()
    assert "沈荡镇人民政府" in html
    assert "有 6 处要改" in html
    assert "日期还没有到" in html
    assert Facility.objects.count() == 1


def test_only_some_kinds_may_belong_to_the_county(cast, enter):
    browser = enter(cast.county_clerk)
    county = NEW | {"org_unit": cast.county.pk}
    response = browser.post("/ledgers/facilities/new/", county)
    assert "要写明所在的镇(街道)" in response.content.decode()
    browser.post("/ledgers/facilities/new/", county | {"kind": "device_platform", "name": "辅具平台"})
    assert Facility.objects.get().org_unit == cast.county


# --- Changing ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "sent", "after"),
    [
        ("", {"clinic_now": "on", "clinic_since": "2023-03-01"}, "2023-03-01至今"),
        ("2020-01-01至今", {"clinic_now": "", "clinic_since": "2023-03-01"}, "2020-01-01至2023-02-28"),
        (
            "2020-01-01至2020-12-31",
            {"clinic_now": "on", "clinic_since": "2023-03-01"},
            "2020-01-01至2020-12-31；2023-03-01至今",
        ),
        ("2020-01-01至今", {"clinic_since": "2020-02-01"}, "2020-02-01至今"),
        ("2020-01-01至2020-12-31", {"clinic_since": "2020-07-01"}, "2020-01-01至2020-06-30"),
        (
            "2020-01-01至今",
            {"clinic": "2019-01-01至2019-06-30；2020-01-01至今"},
            "2019-01-01至2019-06-30；2020-01-01至今",
        ),
        ("2020-01-01至今", {"clinic": "", "clinic_now": ""}, ""),
    ],
)
def test_a_tick_and_a_date_change_the_periods(cast, enter, before, sent, after):
    facility = make_facility(cast.township, clinic=Spells.parse(before))
    browser = enter(cast.township_clerk)
    data = typed(browser.get(edit_url(facility))) | sent
    response = browser.post(edit_url(facility), {key: value for key, value in data.items() if value})
    assert response.status_code == 302, response.context["form"].errors
    facility.refresh_from_db()
    assert str(facility.clinic) == after


@pytest.mark.parametrize(
    ("before", "sent", "words"),
    [
        ("2020-01-01至今", {"clinic_now": ""}, "日期要晚于上次的 2020-01-01"),
        ("2020-01-01至今", {"clinic_since": ""}, "请填写日期"),
        ("", {"clinic_now": "on"}, "请填写日期"),
        ("2019-01-01至2019-06-30；2020-01-01至今", {"clinic_since": "2019-03-01"}, "与别的期间重叠"),
        ("2020-01-01至今", {"clinic_now": "", "clinic": "2020-02-01至今"}, "对不上"),
    ],
)
def test_a_tick_that_does_not_fit_its_date_is_refused(cast, enter, before, sent, words):
    facility = make_facility(cast.township, opened_on=SINCE, clinic=Spells.parse(before))
    browser = enter(cast.township_clerk)
    data = typed(browser.get(edit_url(facility))) | sent
    if not before:
        data["opened_on"] = ""  # else the day of opening would stand in
    response = browser.post(edit_url(facility), {key: value for key, value in data.items() if value})
    assert words in response.content.decode()
    facility.refresh_from_db()
    assert str(facility.clinic) == before


def test_saving_without_a_change_changes_nothing(cast, enter):
    facility = make_facility(
        cast.township, phone="13812345678", has=("filed",), clinic=Spells.parse("2020-01-01至2020-12-31")
    )
    browser = enter(cast.township_clerk)
    response = browser.post(edit_url(facility), typed(browser.get(edit_url(facility))), follow=True)
    assert "没有改动" in text(response)
    assert facility.events.count() == 1
    assert Facility.objects.get().phone == "13812345678"


def test_saving_over_a_newer_change_is_refused_and_both_are_kept(cast, enter):
    facility = make_facility(cast.township, "甲院", operator="旧公司", contact="王一")
    clerk, county = enter(cast.township_clerk), enter(cast.county_clerk)
    mine = typed(clerk.get(edit_url(facility)))
    theirs = typed(county.get(edit_url(facility)))
    county.post(
        edit_url(facility), theirs | {"operator": "新公司", "clinic_now": "on", "clinic_since": "2024-01-01"}
    )
    response = clerk.post(edit_url(facility), mine | {"contact": "李二"})
    assert response.status_code == 409
    assert "张映雪：运营单位：旧公司 → 新公司" in text(response)
    facility.refresh_from_db()
    assert (facility.operator, facility.contact) == ("新公司", "王一")
    again = typed(response)
    assert (again["operator"], again["contact"]) == ("新公司", "李二")
    clerk.post(edit_url(facility), again)
    facility.refresh_from_db()
    assert (facility.operator, facility.contact) == ("新公司", "李二")
    assert str(facility.clinic) == "2024-01-01至今"


@pytest.mark.parametrize("seen", ["", "x", "-1", "9" * 30])
def test_a_form_without_a_usable_mark_is_refused_like_an_old_one(cast, enter, seen):
    facility = make_facility(cast.township, "甲院")
    browser = enter(cast.township_clerk)
    data = typed(browser.get(edit_url(facility))) | {"name": "乙院", "seen": seen}
    assert browser.post(edit_url(facility), data).status_code == 409
    facility.refresh_from_db()
    assert facility.name == "甲院"


def test_moving_a_facility_takes_its_posts_along(cast, enter):
    facility = make_facility(cast.township)
    make_post(facility)
    browser = enter(cast.county_clerk)
    data = typed(browser.get(edit_url(facility))) | {"org_unit": cast.other_township.pk}
    browser.post(edit_url(facility), data)
    assert Employment.objects.get().org_unit == cast.other_township


# --- One facility -----------------------------------------------------------------------------------------------


def test_the_page_shows_everything_about_a_facility(cast, enter, django_assert_max_num_queries):
    facility = make_facility(
        cast.township, "甲院", beds=2, has=("filed",), phone="13812345678", open_kitchen=Spells.since(SINCE)
    )
    make_stay(facility.beds.first())
    make_post(facility, role="nurse")
    FacilityRating.objects.create(facility=facility, scheme="star", level=3, issued_on=SINCE)
    FacilityVillage.objects.create(facility=facility, village=cast.village, covered=Spells.since(SINCE))
    browser = enter(cast.township_clerk)
    with django_assert_max_num_queries(25):
        page = text(browser.get(f"/ledgers/facilities/{facility.pk}/"))
    for words in (
        "138****5678",
        "三星级",
        "中钱村",
        "50.0%",
        "护士",
        "2020-01-01至今",
        "修改期间",
        "登记停办",
    ):
        assert words in page
    assert "13812345678" not in page
    assert "有阳光厨房而没有食堂" in page
    assert "现登记 2 张" in page


def test_a_leader_sees_no_buttons_that_change(cast, enter):
    facility = make_facility(cast.township)
    page = text(enter(cast.leader).get(f"/ledgers/facilities/{facility.pk}/"))
    assert "登记停办" not in page
    assert "登记设施" not in text(enter(cast.leader).get("/ledgers/facilities/"))


# --- Ratings and villages ---------------------------------------------------------------------------------------


def test_a_rating_is_registered_changed_and_removed(cast, enter):
    facility = make_facility(cast.township)
    browser = enter(cast.township_clerk)
    base = f"/ledgers/facilities/{facility.pk}/ratings"
    browser.post(f"{base}/new/", {"rating": "star-3", "issued_on": "2024-01-01", "expires_on": "2026-12-31"})
    rating = FacilityRating.objects.get()
    assert (rating.label, rating.expires_on) == ("三星级", dt.date(2026, 12, 31))
    twice = browser.post(f"{base}/new/", {"rating": "star-4", "issued_on": "2024-01-01"})
    assert "同一天已有一条同种类的评定" in twice.content.decode()
    browser.post(f"{base}/{rating.pk}/", {"rating": "center-5", "issued_on": "2024-01-01"})
    rating.refresh_from_db()
    assert (rating.label, rating.expires_on) == ("5A级", None)
    assert "删除评定" in browser.get(f"{base}/{rating.pk}/delete/").content.decode()
    assert FacilityRating.objects.exists()
    browser.post(f"{base}/{rating.pk}/delete/")
    assert not FacilityRating.objects.exists()


@pytest.mark.parametrize(
    "sent",
    [
        {"rating": "star-3", "issued_on": "2024-01-01", "expires_on": "2023-12-31"},
        {"rating": "star-9", "issued_on": "2024-01-01"},
        {"rating": "star-3", "issued_on": "2999-01-01"},
        {"rating": "", "issued_on": "2024-01-01"},
    ],
)
def test_a_rating_that_cannot_be_is_refused(cast, enter, sent):
    facility = make_facility(cast.township)
    response = enter(cast.township_clerk).post(f"/ledgers/facilities/{facility.pk}/ratings/new/", sent)
    assert response.context["form"].errors
    assert not FacilityRating.objects.exists()


def test_several_villages_are_added_at_once_and_one_is_ended(cast, enter):
    second = make_unit("330424101202", "五丰村", "village", cast.township)
    facility = make_facility(cast.township)
    browser = enter(cast.township_clerk)
    base = f"/ledgers/facilities/{facility.pk}/villages"
    page = browser.get(f"{base}/new/").content.decode()
    assert "五丰村" in page
    assert "百联村" not in page
    browser.post(f"{base}/new/", {"villages": [cast.village.pk, second.pk], "since": "2024-01-01"})
    assert {str(each.covered) for each in facility.coverage.all()} == {"2024-01-01至今"}
    part = facility.coverage.get(village=second)
    browser.post(f"{base}/{part.pk}/", {"covered": "2024-01-01至2024-12-31"})
    part.refresh_from_db()
    assert part.covered.on(dt.date(2024, 12, 31))
    assert not part.covered.on(dt.date(2025, 1, 1))
    browser.post(f"{base}/{part.pk}/", {"covered": ""})
    assert [each.village for each in facility.coverage.all()] == [cast.village]


def test_a_village_of_another_township_cannot_be_covered(cast, enter):
    facility = make_facility(cast.township)
    response = enter(cast.township_clerk).post(
        f"/ledgers/facilities/{facility.pk}/villages/new/",
        {"villages": [cast.other_village.pk], "since": "2024-01-01"},
    )
    assert response.context["form"].errors.keys() == {"villages"}


# --- Closing ----------------------------------------------------------------------------------------------------


def test_closing_names_what_is_left_and_wants_it_confirmed(cast, enter):
    facility = make_facility(cast.township, "甲院", beds=3)
    make_stay(facility.beds.first())
    make_post(facility)
    browser = enter(cast.township_clerk)
    url = f"/ledgers/facilities/{facility.pk}/close/"
    page = text(browser.get(url))
    for words in ("老人 1 人", "床位 3 张", "人员 1 人"):
        assert words in page
    sent = {"closed_on": "2025-03-01", "reason": "合并到中心敬老院"}
    assert "勾选确认" in browser.post(url, sent).content.decode()
    facility.refresh_from_db()
    assert facility.closed_on is None
    browser.post(url, sent | {"confirmed": "on"})
    facility.refresh_from_db()
    assert facility.closed_on == dt.date(2025, 3, 1)
    event = AuditEvent.objects.filter(action=AuditEvent.Action.LEDGER).first()
    assert event.detail["reason"] == "合并到中心敬老院"
    assert "已于 2025-03-01 停办" in text(browser.get(f"/ledgers/facilities/{facility.pk}/"))


def test_a_facility_cannot_close_before_it_opened(cast, enter):
    facility = make_facility(cast.township, opened_on=dt.date(2024, 1, 1))
    response = enter(cast.township_clerk).post(
        f"/ledgers/facilities/{facility.pk}/close/", {"closed_on": "2023-12-31", "reason": "拆迁"}
    )
    assert "停办日期早于投入使用日期（2024-01-01）" in response.content.decode()


def test_a_closing_is_taken_back_with_a_reason(cast, enter):
    facility = make_facility(cast.township, closed_on=dt.date(2025, 3, 1))
    browser = enter(cast.township_clerk)
    url = f"/ledgers/facilities/{facility.pk}/reopen/"
    assert browser.post(url, {"reason": " "}).context["form"].errors
    browser.post(url, {"reason": "登记错了"})
    facility.refresh_from_db()
    assert facility.closed_on is None
