"""The list framework, on a listing of its own."""

import datetime as dt
import io

import openpyxl
import pytest
from django import forms
from django.contrib.auth.models import AnonymousUser
from django.db.models import Count
from django.test import RequestFactory

from eldercare import lists
from eldercare.excel.writing import Kind
from eldercare.lists import Badge, Column, ListFilterForm, Listing, contains, list_page, search_field
from eldercare.models import AuditEvent
from facilities.models import Facility
from tests.facilities.factories import make_facility

pytestmark = pytest.mark.django_db

COLUMNS = (
    Column("name", "名称", "name", order=("name",), link=lambda row: f"/there/{row.pk}/", width=30),
    Column("unit", "镇(街道)", "org_unit.name", order=("org_unit__code", "name")),
    Column("beds", "床位", "bed_count", order=("bed_count",), kind=Kind.INTEGER),
    Column("opened", "投入使用", "opened_on", order=("opened_on",), kind=Kind.DATE),
    Column("upgraded", "改造", "upgraded_on", order=("upgraded_on",), kind=Kind.DATE),
    Column(
        "state", "状态", lambda row: Badge("停办", "secondary") if row.closed_on else Badge("运营", "green")
    ),
    Column("phone", "电话", "phone"),
)
LISTING = Listing("设施", COLUMNS, order=("name",), unit="个", is_off=lambda row: row.closed_on is not None)


class Filter(ListFilterForm):
    q = search_field("名称")
    kind = forms.ChoiceField(label="类别", required=False, choices=[("", "全部"), *Facility.Kind.choices])
    state = forms.ChoiceField(
        label="状态", required=False, choices=[("open", "运营"), ("all", "全部")], initial="open"
    )


@pytest.fixture
def page(cast):
    """``page("q=敬老")`` is the answer of the list to the county's clerk."""

    def ask(query: str = "", listing: Listing = LISTING):
        request = RequestFactory().get(f"/things/?{query}")
        request.user = cast.county_clerk
        form = Filter(request.GET)
        chosen = form.chosen()
        everything = Facility.objects.visible_to(request.user)
        rows = everything.select_related("org_unit").annotate(bed_count=Count("beds"))
        if chosen.get("state") == "open":
            rows = rows.filter(closed_on=None)
        if chosen.get("kind"):
            rows = rows.filter(kind=chosen["kind"])
        if chosen.get("q"):
            rows = rows.filter(contains(chosen["q"], "name", "operator"))
        return list_page(
            request,
            listing,
            form=form,
            everything=everything,
            rows=rows,
            template="_components/ledger_list.html",
        )

    return ask


def names(response) -> list[str]:
    """The first cells of the table, as a reader sees them."""
    html = response.content.decode()
    return [part.split("</a>")[0].split(">")[-1] for part in html.split('<a href="/there/')[1:]]


def sheet(response):
    return openpyxl.load_workbook(io.BytesIO(response.content)).active


def test_a_filter_left_out_has_its_initial_value_and_all_is_a_choice(cast, page):
    make_facility(cast.township, "甲院")
    make_facility(cast.township, "乙院", closed_on=dt.date(2024, 1, 1))
    assert names(page()) == ["甲院"]
    assert set(names(page("state=all"))) == {"甲院", "乙院"}
    assert 'class="row-off"' in page("state=all").content.decode()


def test_a_bad_or_unknown_condition_is_said_and_not_used(cast, page):
    make_facility(cast.township, "甲院")
    html = page("kind=zzz&colour=red&sort=nonsense&q=甲").content.decode()
    assert "甲院" in html
    for word in ("“类别”", "“colour”", "“排序：nonsense”"):
        assert word in html.split("没有采用")[0]
    assert "没有采用" not in page("q=甲&page=1&sort=-name").content.decode()


def test_search_wants_every_word_in_one_of_the_fields(cast, page):
    make_facility(cast.township, "沈荡镇敬老院", operator="康乐公司")
    make_facility(cast.township, "百步镇敬老院", operator="长青公司")
    assert names(page("q=敬老院 康乐")) == ["沈荡镇敬老院"]
    assert set(names(page("q=敬老院 公司 "))) == {"百步镇敬老院", "沈荡镇敬老院"}
    assert names(page("q=%25")) == []


def test_headings_sort_both_ways_and_rows_without_a_value_come_last(cast, page):
    make_facility(cast.township, "甲", upgraded_on=dt.date(2023, 1, 1), beds=2)
    make_facility(cast.township, "乙", beds=5)
    make_facility(cast.township, "丙", upgraded_on=dt.date(2021, 1, 1))
    assert names(page("sort=upgraded")) == ["丙", "甲", "乙"]
    assert names(page("sort=-upgraded")) == ["甲", "丙", "乙"]
    assert names(page("sort=-beds")) == ["乙", "甲", "丙"]
    html = page("sort=-beds&q=").content.decode()
    assert html.count('aria-sort="descending"') == 1
    assert html.count('aria-sort="none"') == 4
    assert 'href="?sort=beds&amp;q="' in html


def test_pages_hold_fifty_rows_and_lose_none(cast, page):
    for number in range(120):
        make_facility(cast.township, f"第{number:03}院")
    pages = [names(page(f"page={number}&sort=opened")) for number in (1, 2, 3)]
    assert [len(each) for each in pages] == [50, 50, 20]
    assert len({name for each in pages for name in each}) == 120
    html = page("page=2&state=all").content.decode()
    assert "共 120 个，第 2 / 3 页" in html
    assert "?page=3&amp;state=all" in html


def test_numbers_dates_and_telephones_are_shown_as_they_should_be(cast, page):
    make_facility(cast.township, "甲院", phone="13812345678", beds=3)
    html = page().content.decode()
    assert "138****5678" in html
    assert "13812345678" not in html
    assert "2020-01-01" in html
    assert '<td class="num">3</td>' in html


def test_nothing_fits_is_not_nothing_there(cast, page):
    assert "还没有登记" in page().content.decode()
    make_facility(cast.township, "甲院")
    html = page("q=没有这个").content.decode()
    assert "没有符合条件的记录" in html
    assert 'href="/things/"' in html


def test_the_number_of_queries_does_not_grow(cast, page, django_assert_num_queries):
    for number in range(60):
        make_facility(cast.township if number % 2 else cast.other_township, beds=number % 3)
    with django_assert_num_queries(2):
        page()
    with django_assert_num_queries(3):  # number, entry in the log, rows
        page("export=xlsx")


def test_the_export_has_the_filtered_rows_of_all_pages_in_the_same_columns(cast, page):
    for number in range(60):
        make_facility(cast.township, f"第{number:03}院", phone="13812345678")
    make_facility(cast.township, "另一家", closed_on=dt.date(2024, 1, 1))
    response = page("export=xlsx&q=院&sort=-name&page=2")
    rows = list(sheet(response).iter_rows(values_only=True))
    assert rows[0] == ("名称", "镇(街道)", "床位", "投入使用", "改造", "状态", "电话")
    assert [row[0] for row in rows[1:61]] == [f"第{number:03}院" for number in range(59, -1, -1)]
    assert rows[1][2:] == (0, dt.datetime(2020, 1, 1), None, "运营", "138****5678")
    assert "查找=院；状态=运营" in rows[62][0]


def test_an_export_is_logged_with_its_conditions(cast, page):
    make_facility(cast.township, "甲院", kind="welfare_home")
    page("export=xlsx&kind=welfare_home")
    event = AuditEvent.objects.get(action=AuditEvent.Action.EXPORT)
    assert (event.user, event.subject) == (cast.county_clerk, "设施")
    assert event.detail == {"rows": 1, "conditions": "类别=福利院；状态=运营"}


def test_an_export_past_the_limit_says_so(cast, page, monkeypatch):
    monkeypatch.setattr(lists, "EXPORT_LIMIT", 2)
    for name in "甲乙丙":
        make_facility(cast.township, name)
    rows = list(sheet(page("export=xlsx")).iter_rows(values_only=True))
    assert len([row for row in rows[1:] if row[1]]) == 2
    assert "只导出了前 2 个" in rows[-1][0]


def test_attach_gets_the_rows_of_a_page_and_of_an_export(cast, page):
    for name in "甲乙":
        make_facility(cast.township, name)

    def attach(rows: list) -> None:
        for row in rows:
            row.extra = f"{row.name}·{len(rows)}"

    columns = (*COLUMNS, Column("extra", "附", "extra"))
    listing = Listing("设施", columns, order=("name",), attach=attach)
    assert "甲·2" in page(listing=listing).content.decode()
    values = [row[-1] for row in sheet(page("export=xlsx", listing)).iter_rows(values_only=True)]
    assert values[1:3] == ["乙·2", "甲·2"]


def test_formulas_stay_text_in_the_export(cast, page):
    make_facility(cast.township, "=1+1")
    cell = sheet(page("export=xlsx"))["A2"]
    assert (cell.value, cell.data_type) == ("=1+1", "s")


def test_nobody_is_shown_anything_without_an_account(cast):
    make_facility(cast.township, "甲院")
    assert not Facility.objects.visible_to(AnonymousUser()).exists()
