"""The list of elders: who is on it, filters, search, pages, export, and what it costs."""

import datetime as dt
import io
import re

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from eldercare.identity import synthetic_id
from eldercare.lists import PAGE_SIZE
from eldercare.models import AuditEvent
from eldercare.spells import Spells
from subsidies.models import Elder
from tests.subsidies.factories import LONG_AGO, make_elder, make_tag

BORN = dt.date(1944, 5, 6)


@pytest.fixture
def clerk(cast, enter):
    return enter(cast.township_clerk)


@pytest.fixture
def county(cast, enter):
    return enter(cast.county_clerk)


def text(answer) -> str:
    return answer.content.decode()


def names(client, **query) -> list[str]:
    page = text(client.get(reverse("elder-list"), query))
    return re.findall(r'<a href="/elders/\d+/">([^<]+)</a>', page)


def aged(years: int) -> dt.date:
    """Born so that the birthday is in this month, whatever the day."""
    today = timezone.localdate()
    return dt.date(today.year - years, today.month, 28)


@pytest.fixture
def people(cast):
    """甲 low income, 80 this month; 乙 alone, 79; 丙 dead; 丁 moved out; 戊 lives elsewhere; 己 from elsewhere; 庚 no number."""
    here = cast.township
    gone = Spells.since(LONG_AGO, dt.date(2024, 1, 1))
    made = {
        "甲": make_elder(here, "甲建国", born=aged(80), tags=["low_income"], village=cast.village),
        "乙": make_elder(here, "乙建华", born=aged(79), tags=["living_alone", "empty_nest"]),
        "丙": make_elder(here, "丙秀英", died_on=dt.date(2025, 3, 1)),
        "丁": make_elder(here, "丁国强", registered=gone, resident=gone, residence_unit=None),
        "戊": make_elder(here, "戊桂兰", residence_unit=cast.other_township),
        "己": make_elder(cast.other_township, "己玉珍", residence_unit=here, residence_village=cast.village),
        "庚": make_elder(here, "庚阿水", id_kind="none", id_number=None),
    }
    make_tag(made["乙"], "severe_disability", until=dt.date(2025, 1, 1))
    return made


def firsts(found: list[str]) -> str:
    return "".join(sorted((name[0] for name in found), key="甲乙丙丁戊己庚".index))


def test_a_township_sees_whom_it_keeps_and_who_lives_there(clerk, people):
    assert firsts(names(clerk)) == "甲乙戊己庚"


def test_another_township_sees_only_its_own(cast, enter, people):
    assert firsts(names(enter(cast.other_township_clerk), state="all")) == "戊己"


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"state": "died"}, "丙"),
        ({"state": "left"}, "丁"),
        ({"state": "all"}, "甲乙丙丁戊己庚"),
        ({"age": "80", "q": "建"}, "甲"),
        ({"age": "70", "q": "建"}, "乙"),
        ({"age": "100"}, ""),
        ({"tag": "low_income"}, "甲"),
        ({"tag": "living_alone", "tag2": "empty_nest"}, "乙"),
        ({"tag": "living_alone", "tag2": "low_income"}, ""),
        ({"tag": "severe_disability"}, ""),
        ({"split": "yes"}, "戊己"),
        ({"split": "no"}, "甲乙庚"),
        ({"number": "none"}, "庚"),
        ({"village": "330424101201"}, "甲己"),
        ({"q": "建国"}, "甲"),
        ({"q": "建"}, "甲乙"),
        ({"q": "桂兰"}, "戊"),
        ({"q": "国"}, "甲"),
        ({"q": "甲国"}, ""),
    ],
)
def test_filters(clerk, people, query, expected):
    assert firsts(names(clerk, **query)) == expected


def test_the_county_narrows_to_a_township_and_gets_what_the_township_sees(county, cast, people):
    assert firsts(names(county)) == "甲乙戊己庚"
    assert firsts(names(county, unit=cast.township.code)) == "甲乙戊己庚"
    assert firsts(names(county, unit=cast.other_township.code)) == "戊己"


def test_who_was_merged_into_another_record_is_not_listed(clerk, people):
    Elder.objects.filter(pk=people["乙"].pk).update(merged_into=people["甲"])
    assert firsts(names(clerk, state="all")) == "甲丙丁戊己庚"


def test_numbers_are_masked(clerk, people):
    page = text(clerk.get(reverse("elder-list"), {"state": "all"}))
    for person in people.values():
        if person.id_number:
            assert person.id_number.reveal() not in page
            assert str(person.id_number) in page


def test_the_oldest_first_and_the_youngest_first(clerk, people):
    assert names(clerk, sort="-age", q="建") == ["甲建国", "乙建华"]
    assert names(clerk, sort="age", q="建") == ["乙建华", "甲建国"]


# --- Pages ----------------------------------------------------------------------------------------------------


@pytest.fixture
def crowd(cast):
    """A page and a half in one township, of which every tenth lives there only, and some in the other one."""
    number = PAGE_SIZE * 2 + 20
    for place in range(number):
        keeper = cast.other_township if place % 10 == 0 else cast.township
        number_of = synthetic_id(BORN, place * 2 + 101)
        make_elder(keeper, f"老{place:03d}", born=BORN, id_number=number_of, residence_unit=cast.township)
    return [f"老{place:03d}" for place in range(number)]


def walk(client, step: str, **query) -> list[str]:
    """All names, page by page: ``step`` is next or prev."""
    found: list[str] = []
    for _ in range(10):
        page = text(client.get(reverse("elder-list"), query))
        here = re.findall(r'<a href="/elders/\d+/">([^<]+)</a>', page)
        found = found + here if step == "next" else here + found
        onward = re.search(rf'href="\?([^"]*)" rel="{step}"', page)
        if not onward:
            return found
        query = dict(each.split("=") for each in onward[1].replace("&amp;", "&").split("&"))
    raise AssertionError("The pages do not end.")


def test_every_person_is_on_one_page_forward_and_back(clerk, crowd):
    assert walk(clerk, "next") == crowd
    assert walk(clerk, "prev", before="end") == crowd


def test_the_pages_of_the_county_go_by_name_and_age(county, cast, crowd):
    younger = make_elder(cast.township, crowd[0], born=dt.date(1950, 1, 1))
    older = make_elder(cast.other_township, crowd[0], born=dt.date(1930, 1, 1))
    found = walk(county, "next")
    assert found == [crowd[0], crowd[0], *crowd]
    assert walk(county, "prev", before="end") == found
    page = text(county.get(reverse("elder-list")))
    assert page.index(f"/elders/{older.pk}/") < page.index(f"/elders/{younger.pk}/")


def test_pages_in_another_order(clerk, crowd):
    assert sorted(walk(clerk, "next", sort="-age")) == crowd


def test_a_place_that_the_user_may_not_see_is_the_first_page(cast, enter, crowd):
    stranger = make_elder(cast.neighbour, "邻县")
    assert names(enter(cast.township_clerk), after=stranger.pk) == crowd[:PAGE_SIZE]


def test_people_are_counted_when_asked_and_not_before(clerk, county, crowd):
    for client in (clerk, county):
        with CaptureQueriesContext(connection) as queries:
            page = text(client.get(reverse("elder-list")))
        assert not any("COUNT(" in each["sql"] and "subsidies_elder" in each["sql"] for each in queries)
        assert f"本页 {PAGE_SIZE} 人" in page
        asked = text(
            client.get("{}?{}".format(reverse("elder-list"), re.search(r'href="\?([^"]*count=1)"', page)[1]))
        )
        assert f"共 {len(crowd)} 人" in asked
        assert "没有采用" not in asked
        assert "count=1" not in re.search(r'href="([^"]*)" rel="next"', asked)[1]


def test_a_list_of_one_page_tells_its_number(clerk, people):
    assert "共 5 人" in text(clerk.get(reverse("elder-list")))


@pytest.mark.parametrize("who", ["township_clerk", "county_clerk"])
def test_every_page_costs_the_same(cast, enter, crowd, who):
    client = enter(getattr(cast, who))

    def cost(**query) -> int:
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse("elder-list"), query)
        of_people = [each for each in queries if "subsidies_elder" in each["sql"]]
        assert len(of_people) == (2 if "after" in query else 1)  # rows and what is shown of them
        return len(queries)

    cost()  # the session
    first = cost()
    assert cost(q="老0") == first
    assert cost(before="end") == first
    someone = Elder.objects.get(name=crowd[60])
    assert cost(after=someone.pk) == first + 1  # where the page begins
    Elder.objects.filter(name__gt="老070").delete()
    assert cost() == first


# --- Search and export -----------------------------------------------------------------------------------------


def test_a_number_is_searched_by_post_and_never_in_an_address(clerk, people, cast, enter):
    number = people["甲"].id_number.reveal()
    answer = clerk.post(reverse("elder-find"), {"text": f" {number.lower()} "})
    assert answer.url == reverse("elder-detail", args=[people["甲"].pk])
    other = enter(cast.other_township_clerk)
    answer = other.post(reverse("elder-find"), {"text": number, "query": "state=all&q=甲"})
    assert number not in answer.url
    page = text(other.get(answer.url))
    assert "本单位名册里没有这个证件号码" in page
    assert "甲建国" not in page


def test_the_old_number_finds_who_has_the_new_one(clerk, people):
    number = people["甲"].id_number.reveal()
    answer = clerk.post(reverse("elder-find"), {"text": number[:6] + number[8:17]})
    assert answer.url == reverse("elder-detail", args=[people["甲"].pk])


def test_a_name_is_searched_within_the_filter(clerk, people):
    answer = clerk.post(reverse("elder-find"), {"text": "建国", "query": "state=all&after=7"})
    assert "state=all" in answer.url
    assert "after" not in answer.url
    assert firsts(names(clerk, state="all", q="建国")) == "甲"


def test_part_of_a_number_is_not_searched(clerk, people):
    answer = clerk.post(reverse("elder-find"), {"text": "13957312345"})
    assert "139" not in answer.url


def test_the_export_holds_what_is_filtered_no_number_and_who_took_it(clerk, cast, people):
    answer = clerk.get(reverse("elder-list"), {"split": "yes", "export": "xlsx"})
    rows = list(openpyxl.load_workbook(io.BytesIO(answer.content)).active.values)
    assert rows[0][:3] == ("姓名", "证件号码", "性别")
    assert {row[0]: row[1] for row in rows[1:3]} == {
        people[key].name: str(people[key].id_number) for key in "戊己"
    }
    foot = " ".join(str(cell) for row in rows[3:] for cell in row if cell)
    assert cast.township_clerk.full_name in foot
    assert "人户分离" in foot
    event = AuditEvent.objects.get(action=AuditEvent.Action.EXPORT)
    assert event.user == cast.township_clerk
    assert event.detail["rows"] == 2


def test_an_export_is_complete_whatever_the_number_of_pages(clerk, crowd):
    answer = clerk.get(reverse("elder-list"), {"export": "xlsx"})
    rows = list(openpyxl.load_workbook(io.BytesIO(answer.content)).active.values)
    assert sorted(row[0] for row in rows if str(row[0]).startswith("老")) == crowd


def test_people_are_no_page_for_leaders(cast, enter, people):
    for who in (cast.leader, cast.administrator, cast.auditor):
        assert enter(who).get(reverse("elder-list")).status_code == 403
        assert enter(who).get(reverse("elder-detail", args=[people["甲"].pk])).status_code == 403


def test_how_much_an_export_takes_is_said_before(clerk, county, crowd, monkeypatch):
    assert "一次最多导出 100,000 人" in text(county.get(reverse("elder-list")))
    assert "一次最多导出" not in text(county.get(reverse("elder-list"), {"count": 1}))  # counted, and fewer
    monkeypatch.setattr("eldercare.lists.EXPORT_LIMIT", 100)
    assert "一次最多导出 100 人" in text(county.get(reverse("elder-list"), {"count": 1}))
