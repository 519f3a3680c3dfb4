"""Beds in the browser: the list and its filters, one bed and its form."""

import datetime as dt
import io
import re

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from eldercare.spells import Spells
from facilities.models import Bed, Facility
from tests.facilities.factories import SINCE, make_bed, make_facility, make_stay, next_id

pytestmark = pytest.mark.django_db
DAY = dt.date(2025, 6, 1)


@pytest.fixture
def home(cast):
    return make_facility(cast.township, "沈荡敬老院", kind=Facility.Kind.DESTITUTE_HOME)


@pytest.fixture
def clerk(cast, enter):
    return enter(cast.township_clerk)


def words(answer):
    text = re.sub(r"<(script|style)[^>]*>.*?</\1>", " ", answer.content.decode(), flags=re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text))


def numbers(answer):
    """The bed numbers in the table, in its order."""
    return re.findall(r'<a href="/ledgers/beds/\d+/">([^<]+)</a>', answer.content.decode())


def hidden(answer, name):
    return re.search(rf'name="{name}" value="([^"]*)"', answer.content.decode()).group(1)


# --- The list ------------------------------------------------------------------------------------------------------


def test_list_shows_state_and_who_lives_there_on_the_day(home, clerk):
    make_stay(make_bed(home, "1", room="101"), name="沈阿福", moved_in_on=dt.date(2024, 5, 1))
    make_bed(home, "2", room="101", out_of_service=Spells.since(dt.date(2025, 1, 1)))
    make_bed(home, "3", room="101", in_use_to=dt.date(2025, 2, 1))
    page = clerk.get(reverse("bed-list"), {"day": "2025-06-01"})
    assert "沈阿福" in words(page)
    assert "2024-05-01" in words(page)
    for state, expected in {
        "in_use": ["1"], "occupied": ["1"], "free": [], "paused": ["2"], "retired": ["3"], "future": [],
    }.items():  # fmt: skip
        assert numbers(clerk.get(reverse("bed-list"), {"day": "2025-06-01", "state": state})) == expected
    before = clerk.get(reverse("bed-list"), {"day": "2024-04-30", "state": "free"})
    assert numbers(before) == ["1", "2", "3"]
    assert numbers(clerk.get(reverse("bed-list"), {"day": "2019-12-31", "state": "future"})) == [
        "1",
        "2",
        "3",
    ]


def test_beds_of_a_closed_facility_are_retired(cast, clerk):
    closed = make_facility(cast.township, closed_on=dt.date(2025, 1, 1), beds=1)
    assert closed.beds.count() == 1
    assert numbers(clerk.get(reverse("bed-list"), {"day": "2025-06-01", "state": "retired"})) == ["1"]
    assert numbers(clerk.get(reverse("bed-list"), {"day": "2025-06-01", "state": "in_use"})) == []


def test_ten_stands_after_nine(home, clerk):
    for number in ("10", "9", "1"):
        make_bed(home, number, room="2")
    make_bed(home, "1", room="10")
    assert numbers(clerk.get(reverse("bed-list"))) == ["1", "9", "10", "1"]


def test_filters_and_search(home, clerk, cast):
    make_bed(home, "1", nursing=Spells.since(SINCE))
    make_bed(home, "2", kind=Bed.Kind.FAMILY)
    make_bed(make_facility(cast.township, "老年公寓"), "3", room="甲", dementia=Spells.since(SINCE, DAY))
    for query, expected in (
        ({"attribute": "nursing"}, ["1"]),
        ({"attribute": "dementia"}, []),
        ({"attribute": "dementia", "day": "2025-05-31"}, ["3"]),
        ({"kind": "family"}, ["2"]),
        ({"facility": home.pk}, ["1", "2"]),
        ({"q": "公寓"}, ["3"]),
        ({"q": "甲"}, ["3"]),
    ):
        assert numbers(clerk.get(reverse("bed-list"), query)) == expected, query


def test_another_townships_beds_are_not_there(home, cast, enter):
    make_bed(home, "X77")
    page = enter(cast.other_township_clerk).get(reverse("bed-list"), {"facility": home.pk})
    assert "X77" not in words(page)
    assert "沈荡敬老院" not in words(page)
    assert numbers(enter(cast.county_clerk).get(reverse("bed-list"), {"unit": "330424101"})) == ["X77"]
    assert numbers(enter(cast.county_clerk).get(reverse("bed-list"), {"unit": "330424102"})) == []


def test_queries_of_the_list_do_not_grow(home, clerk):
    def queries():
        with CaptureQueriesContext(connection) as seen:
            clerk.get(reverse("bed-list"))
        return len(seen)

    make_stay(make_bed(home, "1"))
    queries()  # the first one of a session also writes the session
    few = queries()
    for number in range(2, 30):
        make_stay(make_bed(home, str(number)))
    assert queries() == few


def test_export_has_what_is_filtered_and_nothing_to_tick(home, clerk):
    make_bed(home, "1")
    make_bed(home, "2", kind=Bed.Kind.FAMILY)
    answer = clerk.get(reverse("bed-list"), {"kind": "family", "export": "xlsx"})
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    rows = [[cell for cell in row if cell is not None] for row in book.active.iter_rows(values_only=True)]
    assert rows[0][:4] == ["镇(街道)", "机构(设施)", "房间", "床号"]
    assert "家庭养老床位" in rows[1]
    assert not any("checkbox" in str(cell) for row in rows for cell in row)


def test_readers_see_no_buttons_that_write(home, cast, enter):
    bed = make_bed(home, "1")
    leader = enter(cast.leader)
    for page in (leader.get(reverse("bed-list")), leader.get(reverse("bed-detail", args=[bed.pk]))):
        assert "新增床位" not in words(page)
        assert "批量操作" not in words(page)
        assert reverse("bed-edit", args=[bed.pk]) not in page.content.decode()


# --- One bed ----------------------------------------------------------------------------------------------------------


def form_of(clerk, bed, **fields):
    page = clerk.get(reverse("bed-edit", args=[bed.pk]))
    data = {
        "seen": hidden(page, "seen"),
        "room": bed.room,
        "number": bed.number,
        "kind": bed.kind,
        "nursing": str(bed.nursing),
        "dementia": "",
        "medical": "",
        "in_use_from": bed.in_use_from.isoformat(),
        "in_use_to": "",
        "out_of_service": "",
        "note": bed.note,
    }
    return data | fields


def test_edit_writes_and_stands_in_the_history(home, clerk):
    bed = make_bed(home, "1")
    answer = clerk.post(
        reverse("bed-edit", args=[bed.pk]),
        form_of(clerk, bed, nursing="2024-01-01至今", note="靠窗"),
        follow=True,
    )
    assert "护理型：（空） → 2024-01-01至今" in words(answer)
    assert "顾云舟" in words(answer)


def test_saving_over_a_newer_change_is_refused_once_and_loses_nothing(home, clerk):
    bed = make_bed(home, "1")
    address = reverse("bed-edit", args=[bed.pk])
    stale = form_of(clerk, bed, note="我写的")
    Bed.objects.filter(pk=bed.pk).update(note="别人写的")
    page = clerk.post(address, stale)
    assert "别人修改了这条记录" in words(page)
    assert "别人写的" in words(page)
    assert 'value="我写的"' in page.content.decode()
    bed.refresh_from_db()
    assert bed.note == "别人写的"
    assert clerk.post(address, stale | {"seen": hidden(page, "seen")}).status_code == 302
    bed.refresh_from_db()
    assert bed.note == "我写的"


def test_a_number_that_exists_and_a_bed_with_a_person_are_refused_in_words(home, clerk):
    make_bed(home, "2")
    bed = make_bed(home, "1")
    make_stay(bed, name="沈阿福")
    address = reverse("bed-edit", args=[bed.pk])
    assert "已有这个床号" in words(clerk.post(address, form_of(clerk, bed, number="2")))
    page = clerk.post(address, form_of(clerk, bed, in_use_to="2025-01-01"))
    assert "沈阿福" in words(page)
    assert "停用" in words(page)
    bed.refresh_from_db()
    assert (bed.number, bed.in_use_to) == ("1", None)


@pytest.mark.parametrize(
    ("field", "value", "word"),
    [
        ("nursing", "去年起", "看不懂"),
        ("in_use_from", "2025-13-01", "2025-06-30"),
        ("in_use_to", "2019-01-01", "早于"),
        ("number", "", "必填"),
        ("kind", "sofa", "有效"),
    ],
)
def test_wrong_entries_are_said_and_kept(home, clerk, field, value, word):
    bed = make_bed(home, "1")
    page = clerk.post(reverse("bed-edit", args=[bed.pk]), form_of(clerk, bed, note="靠窗", **{field: value}))
    assert page.status_code == 200
    assert word in words(page)
    assert 'value="靠窗"' in page.content.decode()


def test_detail_names_the_person_with_the_number_masked(home, clerk):
    number = next_id(1941)
    stay = make_stay(make_bed(home, "1"), name="沈阿福", id_number=number)
    page = clerk.get(reverse("bed-detail", args=[stay.bed_id])).content.decode()
    assert "沈阿福" in page
    assert number not in page
    assert stay.id_number.masked in page
