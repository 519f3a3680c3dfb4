"""A course for many people at once, and the attendance of a facility in a month."""

import datetime as dt
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from facilities.actions.attendance import Entry, save_attendance
from facilities.models import Attendance, Employment, Training
from tests.facilities.factories import make_caregiver, make_facility, make_post

MONTH = dt.date(2025, 6, 1)


@pytest.fixture
def facility(cast):
    return make_facility(cast.township, "沈荡敬老院")


@pytest.fixture
def clerk(cast, enter):
    return enter(cast.township_clerk)


def text(answer) -> str:
    return answer.content.decode()


# --- Courses ----------------------------------------------------------------------------------------------------


def course(people, **changes) -> dict:
    return {
        "subject": "rehab_skills",
        "title": "2025年第一期",
        "held_on": "2025-05-10",
        "hours": "24",
        "is_passed": "on",
        "people": [each.pk for each in people],
    } | changes


def test_a_course_is_registered_for_everybody_ticked_and_once(clerk, facility):
    people = [make_post(facility).caregiver for _ in range(3)]
    address = reverse("training-course")
    page = text(clerk.get(address))
    assert all(person.name in page for person in people)
    answer = clerk.post(address, course(people[:2]), follow=True)
    assert "已为 2 人登记培训" in text(answer)
    rows = Training.objects.values_list("caregiver", "subject", "held_on", "hours", "is_passed")
    day = dt.date(2025, 5, 10)
    assert sorted(rows) == sorted((each.pk, "rehab_skills", day, 24, True) for each in people[:2])
    answer = clerk.post(address, course(people), follow=True)
    assert "已为 1 人登记培训" in text(answer)
    assert "没有重复登记" in text(answer)
    assert Training.objects.count() == 3


def test_who_works_in_two_places_stands_in_the_list_once(clerk, cast, facility):
    person = make_post(facility).caregiver
    make_post(make_facility(cast.township), person)
    assert text(clerk.get(reverse("training-course"))).count('name="people"') == 1


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"people": []}, "还没有勾选"),
        ({"hours": "0"}, "学时为 1 至 500"),
        ({"held_on": "2999-01-01"}, "还没有到"),
        ({"held_on": ""}, "标红"),
        ({"people": ["x", "99999999999999999999"]}, "还没有勾选"),
    ],
)
def test_a_refused_course_keeps_the_ticks(clerk, facility, changes, words):
    person = make_post(facility).caregiver
    page = text(clerk.post(reverse("training-course"), course([person]) | changes))
    assert words in page
    assert "2025年第一期" in page
    if "people" not in changes:
        assert re.search(rf'value="{person.pk}" checked', page)
    assert not Training.objects.exists()


def test_people_of_another_township_cannot_be_ticked(clerk, cast, facility):
    mine = make_post(facility).caregiver
    theirs = make_post(make_facility(cast.other_township)).caregiver
    page = text(clerk.post(reverse("training-course"), course([mine, theirs])))
    assert "已不在本单位名册" in page
    assert theirs.name not in page
    assert not Training.objects.exists()


def test_the_county_chooses_a_township_first(cast, enter, facility):
    person = make_post(facility).caregiver
    county = enter(cast.county_clerk)
    assert "请先选择镇(街道)或机构" in text(county.get(reverse("training-course")))
    page = text(county.get(reverse("training-course"), {"unit": cast.township.code}))
    assert person.name in page
    address = f"{reverse('training-course')}?unit={cast.township.code}"
    county.post(address, course([person]))
    assert Training.objects.count() == 1


# --- Attendance -------------------------------------------------------------------------------------------------


def grid_address(facility, name="attendance-grid") -> str:
    return reverse(name, args=[facility.pk, "2025-06"])


def fields(answer) -> dict[str, str]:
    return dict(re.findall(r'name="((?:days|seen)-\d+)" value="([^"]*)"', text(answer)))


def send(client, facility, typed, **more):
    return client.post(grid_address(facility, "attendance-save"), typed | more)


def days_of(post) -> list[int]:
    return list(Attendance.objects.filter(employment=post, month=MONTH).values_list("days", flat=True))


def test_the_table_is_saved_together_and_empty_is_not_zero(clerk, facility):
    one, two, three = (make_post(facility) for _ in range(3))
    page = fields(clerk.get(grid_address(facility)))
    answer = send(clerk, facility, page | {f"days-{one.pk}": "21", f"days-{two.pk}": "0"})
    assert answer.status_code == 302
    assert (days_of(one), days_of(two), days_of(three)) == ([21], [0], [])
    page = fields(clerk.get(grid_address(facility)))
    assert (page[f"days-{two.pk}"], page[f"days-{three.pk}"]) == ("0", "")
    send(clerk, facility, page | {f"days-{two.pk}": ""})
    assert days_of(two) == []
    assert days_of(one) == [21]


@pytest.mark.parametrize("wrong", ["31", "32", "-1", "2.5", "二十", "1e1"])
def test_one_wrong_cell_and_nothing_is_saved_nor_lost(clerk, facility, wrong):
    one, two = make_post(facility), make_post(facility)
    page = fields(clerk.get(grid_address(facility)))
    answer = send(clerk, facility, page | {f"days-{one.pk}": "20", f"days-{two.pk}": wrong})
    assert "没有保存" in text(answer)
    assert fields(answer)[f"days-{one.pk}"] == "20"
    assert fields(answer)[f"days-{two.pk}"] == wrong
    assert not Attendance.objects.exists()


def test_nobody_is_present_longer_than_employed(clerk, facility):
    post = make_post(facility, employed_from=dt.date(2025, 6, 20))  # 11 days in June
    page = fields(clerk.get(grid_address(facility)))
    assert "本月在职 11 天" in text(send(clerk, facility, page | {f"days-{post.pk}": "12"}))
    send(clerk, facility, page | {f"days-{post.pk}": "11"})
    assert days_of(post) == [11]


def test_only_who_was_employed_in_the_month_is_in_the_table(clerk, facility):
    make_post(facility, make_caregiver("早已离开"), employed_to=dt.date(2025, 6, 1))
    make_post(facility, make_caregiver("当月离开"), employed_to=dt.date(2025, 6, 2))
    make_post(facility, make_caregiver("七月才来"), employed_from=dt.date(2025, 7, 1))
    page = text(clerk.get(grid_address(facility)))
    assert "当月离开" in page
    assert "早已离开" not in page
    assert "七月才来" not in page


def test_last_month_is_taken_over_into_empty_cells_without_saving(clerk, facility):
    full, late, typed = make_post(facility), make_post(facility), make_post(facility)
    for post in (full, late, typed):
        Attendance.objects.create(employment=post, month=dt.date(2025, 5, 1), days=31)
    Employment.objects.filter(pk=late.pk).update(employed_to=dt.date(2025, 6, 6))
    page = fields(clerk.get(grid_address(facility)))
    answer = send(clerk, facility, page | {f"days-{typed.pk}": "7"}, copy="1")
    copied = fields(answer)
    assert copied[f"days-{full.pk}"] == "30"  # June is shorter than May
    assert copied[f"days-{late.pk}"] == "5"
    assert copied[f"days-{typed.pk}"] == "7"
    assert "尚未保存" in text(answer)
    assert not Attendance.objects.filter(month=MONTH).exists()
    send(clerk, facility, copied)
    assert (days_of(full), days_of(late), days_of(typed)) == ([30], [5], [7])


def test_two_clerks_do_not_overwrite_each_other(clerk, cast, enter, facility):
    one, two = make_post(facility), make_post(facility, make_caregiver("沈二"))
    county = enter(cast.county_clerk)
    mine, theirs = (fields(each.get(grid_address(facility))) for each in (clerk, county))
    send(county, facility, theirs | {f"days-{two.pk}": "9"})
    send(clerk, facility, mine | {f"days-{one.pk}": "20"})  # another cell: both stand
    assert (days_of(one), days_of(two)) == ([20], [9])
    answer = send(clerk, facility, mine | {f"days-{two.pk}": "15"})
    assert "沈二（现为 9 天）" in text(answer)
    assert fields(answer)[f"days-{two.pk}"] == "15"
    assert days_of(two) == [9]
    send(clerk, facility, fields(answer))  # now meant
    assert days_of(two) == [15]


def test_the_action_holds_the_limit_too(cast, facility):
    post = make_post(facility, employed_from=dt.date(2025, 6, 20))
    with pytest.raises(Exception, match="本月在职 11 天"):
        save_attendance(
            facility=facility, month=MONTH, entries={post.pk: Entry(None, 12)}, by=cast.township_clerk
        )
    assert days_of(post) == []


def test_a_reader_sees_the_days_and_no_box(cast, enter, facility):
    post = make_post(facility)
    Attendance.objects.create(employment=post, month=MONTH, days=22)
    page = text(enter(cast.leader).get(grid_address(facility)))
    assert "22" in page
    assert 'name="days-' not in page


def test_the_overview_counts_what_is_filled_and_costs_the_same(clerk, cast, facility):
    def page() -> tuple[str, int]:
        with CaptureQueriesContext(connection) as queries:
            answer = clerk.get(reverse("attendance-list"), {"month": "2025-06"})
        return re.sub(r"\s+", "", text(answer)), len(queries)

    post = make_post(facility)
    make_post(facility)
    Attendance.objects.create(employment=post, month=MONTH, days=22)
    page()
    words, few = page()
    assert '沈荡敬老院</a></td><tdclass="num">2</td><tdclass="num">1</td>' in words
    assert "未填完" in words
    for _ in range(5):
        make_post(make_facility(cast.township))
    assert page()[1] == few


def test_the_grid_costs_the_same_for_two_and_for_twenty(clerk, facility):
    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            clerk.get(grid_address(facility))
        return len(queries)

    make_post(facility)
    cost()
    few = cost()
    for _ in range(10):
        make_post(facility)
    assert cost() == few
