"""The list of facilities: who sees what, filters, figures, the export."""

import datetime as dt
import io
import re

import openpyxl
import pytest

from eldercare.spells import Spells
from facilities.models import FacilityRating
from tests.facilities.factories import SINCE, make_bed, make_facility, make_stay

pytestmark = pytest.mark.django_db


def listed(response) -> list[str]:
    return re.findall(r'<a href="/ledgers/facilities/\d+/">([^<]+)</a>', response.content.decode())


def text(response) -> str:
    return re.sub(
        r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode().split('class="page-title"')[-1])
    )


def test_a_township_sees_its_own_facilities_and_the_county_all(cast, enter):
    make_facility(cast.township, "沈荡敬老院")
    make_facility(cast.other_township, "百步敬老院")
    make_facility(cast.neighbour, "南湖敬老院")
    assert listed(enter(cast.township_clerk).get("/ledgers/facilities/")) == ["沈荡敬老院"]
    assert listed(enter(cast.leader).get("/ledgers/facilities/")) == ["沈荡敬老院", "百步敬老院"]
    county = enter(cast.county_clerk)
    assert listed(county.get("/ledgers/facilities/?unit=330424102")) == ["百步敬老院"]
    assert "“镇(街道)”没有采用" in text(county.get("/ledgers/facilities/?unit=330402")).replace(" ", "")


def test_the_list_shows_who_is_open_on_a_day(cast, enter):
    make_facility(cast.township, "老院", closed_on=dt.date(2023, 1, 1))
    make_facility(cast.township, "新院", opened_on=dt.date(2024, 1, 1))
    browser = enter(cast.township_clerk)
    assert listed(browser.get("/ledgers/facilities/")) == ["新院"]
    assert listed(browser.get("/ledgers/facilities/?day=2022-12-31")) == ["老院"]
    assert listed(browser.get("/ledgers/facilities/?day=2023-01-01")) == []
    assert listed(browser.get("/ledgers/facilities/?state=closed")) == ["老院"]
    assert sorted(listed(browser.get("/ledgers/facilities/?state=all"))) == ["新院", "老院"]


def test_the_list_filters_by_qualification_and_rating(cast, enter):
    insured = make_facility(cast.township, "有保险", has=("liability_insurance", "filed"))
    make_facility(cast.township, "无保险", has=("filed",))
    FacilityRating.objects.create(facility=insured, scheme="star", level=3, issued_on=SINCE)
    browser = enter(cast.township_clerk)
    assert listed(browser.get("/ledgers/facilities/?has=liability_insurance")) == ["有保险"]
    assert listed(browser.get("/ledgers/facilities/?has=filed&lacks=liability_insurance")) == ["无保险"]
    assert listed(browser.get("/ledgers/facilities/?has=filed&day=2019-12-31&state=all")) == []
    assert listed(browser.get("/ledgers/facilities/?rating=star-3")) == ["有保险"]
    assert listed(browser.get("/ledgers/facilities/?rating=none")) == ["无保险"]


def test_the_list_counts_beds_residents_and_occupancy_and_exports_them(cast, enter):
    facility = make_facility(cast.township, "甲院", beds=4, phone="13812345678")
    beds = list(facility.beds.all())
    make_bed(facility, "日1", kind="day_care")
    make_bed(facility, "停", in_use_to=dt.date(2021, 1, 1))
    make_bed(facility, "修", out_of_service=Spells.since(SINCE))
    for bed in beds[:3]:
        make_stay(bed)
    make_stay(beds[3], moved_out_on=dt.date(2022, 1, 1))
    FacilityRating.objects.create(
        facility=facility, scheme="star", level=5, issued_on=SINCE, expires_on=dt.date(2022, 1, 1)
    )
    FacilityRating.objects.create(facility=facility, scheme="star", level=4, issued_on=dt.date(2022, 1, 1))
    browser = enter(cast.county_clerk)
    response = browser.get("/ledgers/facilities/?export=xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(response.content)).active
    row = dict(zip([cell.value for cell in sheet[1]], [cell.value for cell in sheet[2]], strict=True))
    assert (row["机构床位"], row["其他床位"], row["入住"], row["入住率"]) == (4, 1, 3, 75)
    assert (row["等级"], row["状态"], row["镇(街道)"]) == ("四星级", "运营", "沈荡镇")
    assert "75.0%" in text(browser.get("/ledgers/facilities/"))


@pytest.mark.parametrize(
    "query", ["unit=%00", "q=%00", "day=%00", "kind=%00&state=zzz", "page=x&sort=%00", "has=pk"]
)
def test_the_list_says_what_it_cannot_use_and_shows_the_rest(cast, enter, query):
    make_facility(cast.township, "甲院")
    response = enter(cast.county_clerk).get(f"/ledgers/facilities/?{query}")
    assert listed(response) == ["甲院"]
    assert "没有采用" in text(response)


def test_the_list_takes_the_same_number_of_queries_however_long_it_is(
    cast, enter, django_assert_max_num_queries
):
    browser = enter(cast.county_clerk)
    make_facility(cast.township, beds=2)
    browser.get("/ledgers/facilities/")  # the first page of a session writes its clock
    counts = []
    for more in (0, 12):
        for _ in range(more):
            make_facility(cast.township, beds=1, village=cast.village)
        with django_assert_max_num_queries(12) as queries:
            browser.get("/ledgers/facilities/")
        counts.append(len(queries))
    assert counts[0] == counts[1]
