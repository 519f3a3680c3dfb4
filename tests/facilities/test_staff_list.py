"""The list of people who work in elder care: filters, search, export, and what it puts on the to-do list."""

import datetime as dt
import io
import re

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from facilities.models import Certificate, Employment, Training
from tests.facilities.factories import make_caregiver, make_facility, make_post


@pytest.fixture
def facility(cast):
    return make_facility(cast.township, "沈荡敬老院")


@pytest.fixture
def clerk(cast, enter):
    return enter(cast.township_clerk)


def text(answer) -> str:
    return answer.content.decode()


def names(client, **query) -> list[str]:
    page = text(client.get(reverse("caregiver-list"), query))
    return re.findall(r'<a href="/ledgers/staff/\d+/">([^<]+)</a>', page)


@pytest.fixture
def staff(facility):
    """甲 certified, 乙 without, 丙 left, 丁 with an expired, 戊 with an ending certificate."""
    today = dt.date.today()
    day = dt.timedelta(days=1)
    people = {name: make_caregiver(name) for name in "甲乙丙丁戊"}
    make_post(facility, people["甲"], level=3)
    make_post(facility, people["乙"], role=Employment.Role.MANAGER)
    make_post(facility, people["丙"], employed_to=dt.date(2024, 1, 1), level=5)
    for name, expires in (("丁", today - day), ("戊", today + 60 * day)):
        make_post(facility, people[name])
        Certificate.objects.create(
            caregiver=people[name],
            kind="skill_level",
            level=5,
            issued_on=dt.date(2020, 1, 1),
            expires_on=expires,
        )
    Training.objects.create(caregiver=people["乙"], subject="safety", held_on=today, hours=24)
    return people


def test_the_list_shows_who_is_at_work_today_masked(clerk, staff):
    assert sorted(names(clerk)) == sorted("甲乙丁戊")
    page = text(clerk.get(reverse("caregiver-list")))
    for person in staff.values():
        assert person.id_number.reveal() not in page
    assert str(staff["甲"].id_number) in page


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"state": "left"}, "丙"),
        ({"state": "all"}, "甲乙丙丁戊"),
        ({"on": "2023-12-31"}, "甲乙丙丁戊"),
        ({"on": "2024-01-01"}, "甲乙丁戊"),
        ({"on": "2019-12-31"}, ""),
        ({"role": "manager"}, "乙"),
        ({"q": "乙"}, "乙"),
        ({"certificate": "held"}, "甲戊"),
        ({"certificate": "none"}, "乙丁"),
        ({"certificate": "senior"}, "甲"),
        ({"certificate": "ending"}, "戊"),
        ({"certificate": "ended"}, "丁"),
        ({"trained": "yes"}, "乙"),
        ({"trained": "no"}, "甲丁戊"),
    ],
)
def test_filters(clerk, staff, query, expected):
    assert sorted(names(clerk, **query)) == sorted(expected)


def test_a_renewed_certificate_has_not_expired(clerk, staff):
    Certificate.objects.create(caregiver=staff["丁"], kind="skill_level", level=4, issued_on=dt.date.today())
    assert names(clerk, certificate="ended") == []
    assert sorted(names(clerk, certificate="held")) == sorted("甲丁戊")


def test_another_township_sees_none_of_them(cast, enter, staff):
    assert names(enter(cast.other_township_clerk), state="all") == []


def test_a_number_is_searched_by_post_and_never_in_an_address(clerk, staff, cast, enter):
    number = staff["甲"].id_number.reveal()
    answer = clerk.post(reverse("caregiver-find"), {"text": f" {number.lower()} "})
    assert answer.url == reverse("caregiver-detail", args=[staff["甲"].pk])
    other = enter(cast.other_township_clerk)
    answer = other.post(reverse("caregiver-find"), {"text": number, "query": "state=all&q=甲"})
    assert number not in answer.url
    assert "本单位没有登记" in text(other.get(answer.url))
    answer = clerk.post(reverse("caregiver-find"), {"text": "乙", "query": "state=all"})
    assert names(clerk, **dict(each.split("=") for each in answer.url.split("?")[1].split("&"))) == []
    assert "%E4%B9%99" in answer.url  # 乙
    assert "state=all" in answer.url


def test_the_list_costs_the_same_for_two_and_for_twenty(clerk, facility):
    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            clerk.get(reverse("caregiver-list"))
        return len(queries)

    for _ in range(2):
        make_post(facility, level=4)
    cost()  # the session
    few = cost()
    for _ in range(18):
        make_post(facility, level=4)
    assert cost() == few


def test_the_export_holds_what_is_filtered_and_no_number(clerk, staff):
    answer = clerk.get(reverse("caregiver-list"), {"certificate": "held", "export": "xlsx"})
    rows = list(openpyxl.load_workbook(io.BytesIO(answer.content)).active.values)
    assert rows[0][:3] == ("姓名", "证件号码", "性别")
    shown = {row[0]: row[1] for row in rows[1:3]}
    assert shown == {name: str(staff[name].id_number) for name in "甲戊"}
    assert all("*" in number for number in shown.values())


def test_the_to_do_list_names_certificates_to_renew(clerk, cast, enter, staff):
    page = text(clerk.get(reverse("home")))
    assert "1 人的证书已过期" in page
    assert "1 人的证书 60 天内到期" in page
    assert f"{reverse('caregiver-list')}?certificate=ended" in page
    assert "证书已过期" in text(enter(cast.county_clerk).get(reverse("home")))
    assert "证书已过期" not in text(enter(cast.other_township_clerk).get(reverse("home")))
    assert "证书已过期" not in text(enter(cast.leader).get(reverse("home")))
