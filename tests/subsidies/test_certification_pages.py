"""Certifications in the browser: who is due, entry for a village, one person's, figures per township."""

import datetime as dt
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from subsidies.models import Certification, RuleVersion
from tests.subsidies.factories import make_certification, make_elder, make_enrolment, make_programme

TODAY = dt.date.today()
MONTH = TODAY.replace(day=1)


def ago(months: int, day: int = 15) -> dt.date:
    """A day of the month so many months ago."""
    whole = MONTH.year * 12 + MONTH.month - 1 - months
    return dt.date(whole // 12, whole % 12 + 1, day)


@pytest.fixture
def quarterly(cast):
    return make_programme(cast.county, "quarterly", name="高龄津贴", rules={"certification": "quarterly"})


@pytest.fixture
def clerk(cast, enter):
    return enter(cast.township_clerk)


@pytest.fixture
def register(cast, quarterly):
    """Covered for three months from application or certification.

    甲 certified last month; 乙 three months ago: due; 丙 four months ago: overdue; 丁 never, applied two months ago;
    戊 never, applied three months ago: due; 己 never, applied long ago: overdue; 庚 dead; 辛 ended; 壬 not asked for;
    癸 of another township, overdue.
    """
    village = {"village": cast.village, "residence_village": cast.village}
    people = {name: make_elder(cast.township, f"周{name}", **village) for name in "甲乙丙丁戊己"}
    people["庚"] = make_elder(cast.township, "周庚", died_on=ago(1), **village)
    people["辛"] = make_elder(cast.township, "周辛", **village)
    people["壬"] = make_elder(cast.township, "周壬", **village)
    people["癸"] = make_elder(cast.other_township, "周癸", village=cast.other_village)
    applied = {"丁": ago(2), "戊": ago(3, 1)}
    for name, elder in people.items():
        if name == "辛":
            make_enrolment(quarterly, elder, state="ended", ended_from=MONTH, end_reason="given_up")
        elif name != "壬":
            make_enrolment(quarterly, elder, applied_on=applied.get(name, ago(30)), approved_on=ago(2))
    for name, months in (("甲", 1), ("乙", 3), ("丙", 4), ("乙", 9)):
        make_certification(people[name], ago(months, 28))
    make_enrolment(make_programme(cast.county, "without"), people["壬"])
    return people


def text(answer) -> str:
    return answer.content.decode()


def names(client, **query) -> set[str]:
    page = text(client.get(reverse("certification-list"), query))
    return set(re.findall(r'<a href="/certifications/of/\d+/">([^<]+)</a>', page))


# --- Who is due -------------------------------------------------------------------------------------------------


def test_the_list_tells_due_from_overdue(clerk, register):
    assert names(clerk) == {"周乙", "周丙", "周戊", "周己"}
    assert names(clerk, state="due") == {"周乙", "周戊"}
    assert names(clerk, state="overdue") == {"周丙", "周己"}
    assert names(clerk, state="all") == {"周甲", "周乙", "周丙", "周丁", "周戊", "周己"}


def test_the_county_sees_every_township_and_narrows(cast, enter, register):
    county = enter(cast.county_clerk)
    assert names(county, state="overdue") == {"周丙", "周己", "周癸"}
    assert names(county, unit="330424102") == {"周癸"}
    assert names(county, village="330424102201") == {"周癸"}
    assert names(county, q="周己") == {"周己"}


def test_the_strictest_programme_decides(cast, clerk, register):
    monthly = make_programme(cast.county, "monthly", name="护理补贴", rules={"certification": "monthly"})
    make_enrolment(monthly, register["甲"], applied_on=ago(20))
    assert "周甲" in names(clerk, state="due")
    page = text(clerk.get(reverse("certification-person", args=[register["甲"].pk])))
    assert "护理补贴" in page
    assert "本月应认证" in page
    assert names(clerk, state="all", programme=monthly.pk) == {"周甲"}


def test_the_version_in_force_this_month_decides(cast, clerk, quarterly, register):
    RuleVersion.objects.create(
        programme=quarterly,
        effective_from=MONTH,
        document_number="新文",
        eligibility="age >= 80",
        certification="none",
    )
    assert names(clerk, state="all") == set()


def test_the_list_asks_a_fixed_number_of_queries(cast, clerk, quarterly, register):
    address = reverse("certification-list")
    clerk.get(address)
    with CaptureQueriesContext(connection) as few:
        clerk.get(address)
    for number in range(30):
        make_enrolment(quarterly, make_elder(cast.township, f"多{number}"), applied_on=ago(9))
    with CaptureQueriesContext(connection) as many:
        clerk.get(address)
    assert len(many) == len(few)


def test_figures_add_up_per_township_and_per_village(cast, enter, clerk, register):
    page = text(enter(cast.county_clerk).get(reverse("certification-overview")))
    assert figures(page) == {"沈荡镇": [6, 2, 2, 2], "百步镇": [1, 0, 0, 1], "合计": [7, 2, 2, 3]}
    assert figures(text(clerk.get(reverse("certification-overview")))) == {
        "中钱村": [6, 2, 2, 2],
        "合计": [6, 2, 2, 2],
    }


def figures(page: str) -> dict[str, list[int]]:
    """Name → needing, covered, due, overdue."""
    found = {}
    for row in re.findall(r"<tr.*?</tr>", page.split("<tbody>")[1], re.DOTALL):
        cells = [re.sub(r"<[^>]+>", "", cell) for cell in re.findall(r"<t[dh].*?</t[dh]>", row, re.DOTALL)]
        found[cells[0]] = [int(cell) for cell in cells[1:5]]
    return found


# --- Entry ------------------------------------------------------------------------------------------------------


def village_page(cast) -> str:
    return f"{reverse('certification-record')}?village={cast.village.code}"


def test_a_village_is_certified_at_once(cast, clerk, register):
    address = village_page(cast)
    offered = set(re.findall(r'<label for="p-\d+">([^<]+)</label>', text(clerk.get(address))))
    assert offered == {"周乙", "周丙", "周戊", "周己"}
    ticked = [register[name].pk for name in "乙丙"]
    page = text(
        clerk.post(address, {"people": ticked, "certified_on": f"{TODAY}", "method": "visit"}, follow=True)
    )
    assert "已登记 2 人的生存认证" in page
    made = Certification.objects.filter(certified_on=TODAY).values_list("elder", "method")
    assert sorted(made) == sorted((pk, "visit") for pk in ticked)
    assert names(clerk) == {"周戊", "周己"}
    assert "撤销" in page


def test_the_same_day_is_not_registered_twice(cast, clerk, register):
    address = village_page(cast) + "&show=all"
    data = {"people": [register["甲"].pk], "certified_on": f"{TODAY}", "method": "visit"}
    clerk.post(address, data)
    page = text(clerk.post(address, data | {"people": [register[name].pk for name in "甲丙"]}, follow=True))
    assert "已登记 1 人" in page
    assert "周甲 1 人当天已登记过" in page
    assert Certification.objects.filter(certified_on=TODAY).count() == 2


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"people": []}, "还没有勾选人员"),
        ({"certified_on": f"{TODAY + dt.timedelta(days=1)}"}, "认证日期还没有到"),
        ({"certified_on": "不知道"}, "日期请按"),
    ],
)
def test_what_is_wrong_is_said_and_the_ticks_stay(cast, clerk, register, changes, words):
    data = {"people": [register["丙"].pk], "certified_on": f"{TODAY}", "method": "visit", "note": "张主任"}
    page = text(clerk.post(village_page(cast), data | changes))
    assert words in page
    assert "张主任" in page
    ticked = re.findall(r'value="(\d+)" checked', page)
    assert ticked == [str(pk) for pk in (data | changes)["people"]]
    assert not Certification.objects.filter(certified_on=TODAY).exists()


def test_nobody_of_another_township_can_be_slipped_in(cast, clerk, register):
    stranger = register["癸"].pk
    data = {"people": [register["丙"].pk, stranger], "certified_on": f"{TODAY}", "method": "visit"}
    page = text(clerk.post(village_page(cast), data))
    assert "名单已有变动" in page
    other = clerk.get(f"{reverse('certification-record')}?village={cast.other_village.code}")
    assert "周癸" not in text(other)
    assert not Certification.objects.filter(certified_on=TODAY).exists()


def test_a_death_before_the_day_is_refused(clerk, register):
    address = reverse("certification-create", args=[register["庚"].pk])
    page = text(clerk.post(address, {"certified_on": f"{TODAY}", "method": "visit"}))
    assert "之前已登记死亡" in page
    assert not Certification.objects.filter(elder=register["庚"]).exists()


def test_one_entry_is_taken_back_and_stays_in_the_history(cast, clerk, register):
    clerk.post(
        reverse("certification-create", args=[register["丙"].pk]),
        {"certified_on": f"{TODAY}", "method": "video"},
    )
    made = Certification.objects.get(certified_on=TODAY)
    address = reverse("certification-remove", args=[made.pk])
    assert "可能列为追缴" in text(clerk.get(address))
    answer = clerk.post(address, {"back": village_page(cast)})
    assert answer["Location"] == village_page(cast)
    assert not Certification.objects.filter(pk=made.pk).exists()
    page = text(clerk.get(reverse("certification-person", args=[register["丙"].pk])))
    assert f"删除生存认证“{TODAY} 视频”" in page


def test_the_way_back_leads_nowhere_else(clerk, register):
    made = make_certification(register["甲"], TODAY)
    address = reverse("certification-remove", args=[made.pk])
    answer = clerk.post(address, {"back": "https://elsewhere.example/"})
    assert answer["Location"] == reverse("certification-person", args=[register["甲"].pk])


def test_pages_show_numbers_masked(cast, clerk, register):
    for address in (reverse("certification-list"), village_page(cast)):
        page = text(clerk.get(address))
        assert register["丙"].id_number.masked in page
        assert str.__str__(register["丙"].id_number) not in page


def test_the_home_page_says_who_must_be_certified(cast, clerk, enter, register):
    page = text(clerk.get(reverse("home")))
    assert "2 人的生存认证逾期" in page
    assert "2 人本月应生存认证" in page
    assert "生存认证：3 人逾期，2 人本月应认证" in text(enter(cast.county_clerk).get(reverse("home")))
