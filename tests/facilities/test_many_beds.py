"""Adding many beds and changing many, in the browser: looked at first, then done."""

import datetime as dt

import pytest
from django.urls import reverse

from eldercare.models import AuditEvent
from eldercare.spells import Spells
from facilities.models import Bed, Facility
from tests.facilities.factories import SINCE, make_bed, make_facility, make_stay
from tests.facilities.test_bed_pages import hidden, words

pytestmark = pytest.mark.django_db
DAY = dt.date(2025, 6, 1)


@pytest.fixture
def home(cast):
    return make_facility(cast.township, "沈荡敬老院", kind=Facility.Kind.DESTITUTE_HOME)


@pytest.fixture
def clerk(cast, enter):
    return enter(cast.township_clerk)


# --- Adding many -----------------------------------------------------------------------------------------------------


def add(clerk, home, **fields):
    data = {
        "facility": home.pk,
        "room": "201",
        "numbers": "1-3",
        "kind": "institutional",
        "in_use_from": "2025-03-01",
    }
    return clerk.post(reverse("bed-create"), data | fields)


def test_adding_many_is_previewed_then_made(home, clerk):
    preview = add(clerk, home, attributes=["nursing"], preview="1")
    assert Bed.objects.count() == 0
    assert "新增 3 张" in words(preview)
    saved = add(clerk, home, attributes=["nursing"], save="1", digest=hidden(preview, "digest"))
    assert saved.status_code == 302
    assert list(home.beds.order_by("number").values_list("room", "number")) == [
        ("201", "1"),
        ("201", "2"),
        ("201", "3"),
    ]
    assert {str(bed.nursing) for bed in home.beds.all()} == {"2025-03-01至今"}
    assert AuditEvent.objects.filter(action="ledger", subject__contains="新增床位 3 张").count() == 1


def test_numbers_that_exist_are_named_and_skipped_only_if_chosen(home, clerk):
    make_bed(home, "2", room="201")
    preview = add(clerk, home, preview="1")
    assert "已有的床号 1 个：2" in words(preview)
    digest = hidden(preview, "digest")
    refused = add(clerk, home, save="1", digest=digest)
    assert "跳过已有的床号" in words(refused)
    assert home.beds.count() == 1
    add(clerk, home, save="1", digest=digest, skip_existing="on")
    assert sorted(home.beds.values_list("number", flat=True)) == ["1", "2", "3"]


def test_what_was_not_previewed_is_not_made(home, clerk):
    digest = hidden(add(clerk, home, preview="1"), "digest")
    page = add(clerk, home, numbers="1-300", save="1", digest=digest)
    assert "内容有改动" in words(page)
    assert Bed.objects.count() == 0


def test_a_warning_is_confirmed_before_the_preview(home, clerk):
    asked = add(clerk, home, kind="mutual_aid", preview="1")
    assert "农村互助幸福院" in words(asked)
    assert "新增 3 张" not in words(asked)
    assert 'value="1-3"' in asked.content.decode()
    assert "新增 3 张" in words(add(clerk, home, kind="mutual_aid", preview="1", accepted="1"))


def test_beds_cannot_be_added_to_another_townships_facility(home, cast, enter):
    page = add(enter(cast.other_township_clerk), home, preview="1")
    assert "沈荡敬老院" not in words(page)
    assert Bed.objects.count() == 0


# --- Changing many ----------------------------------------------------------------------------------------------------


def choose(clerk, beds, change, **fields):
    data = {"scope": "ticked", "bed": [bed.pk for bed in beds], "change": change, "query": ""}
    return clerk.post(reverse("bed-many"), data | fields)


def confirm(clerk, beds, change, **fields):
    looked = choose(clerk, beds, change, **fields)
    return choose(clerk, beds, change, confirm="1", outlook=hidden(looked, "outlook"), **fields)


def test_retiring_many(home, clerk):
    beds = [make_bed(home, str(number)) for number in range(1, 4)]
    asked = choose(clerk, beds, "retire", day="2025-06-01")
    assert "确定改动 3 张" in words(asked)
    assert Bed.objects.filter(in_use_to=None).count() == 3
    assert confirm(clerk, beds, "retire", day="2025-06-01").status_code == 302
    assert set(Bed.objects.values_list("in_use_to", flat=True)) == {DAY}


def test_an_occupied_bed_is_not_retired_and_neither_are_the_others(home, clerk):
    beds = [make_bed(home, "1"), make_bed(home, "2")]
    make_stay(beds[0], name="沈阿福")
    page = confirm(clerk, beds, "retire", day="2025-06-01")
    assert "沈阿福" in words(page)
    assert "不能停用" in words(page)
    assert Bed.objects.filter(in_use_to=None).count() == 2


def test_a_bed_whose_person_has_left_by_then_is_retired(home, clerk):
    bed = make_bed(home, "1")
    make_stay(bed, moved_out_on=DAY)
    assert confirm(clerk, [bed], "retire", day="2025-06-01").status_code == 302


def test_all_that_is_filtered_is_changed_and_nothing_else(home, clerk):
    for number in range(60):  # more than a page
        make_bed(home, f"A{number}")
    other = make_bed(home, "B1")
    query = "q=A"
    looked = clerk.post(reverse("bed-many"), {"scope": "filtered", "query": query, "change": "begin"})
    assert "60 张床位" in words(looked)
    data = {
        "scope": "filtered",
        "query": query,
        "change": "begin",
        "day": "2025-06-01",
        "attribute": "dementia",
    }
    looked = clerk.post(reverse("bed-many"), data)
    clerk.post(reverse("bed-many"), data | {"confirm": "1", "outlook": hidden(looked, "outlook")})
    assert Bed.objects.filter(dementia__on=DAY).count() == 60
    other.refresh_from_db()
    assert not other.dementia


def test_attributes_and_breaks_keep_what_was_before(home, clerk):
    bed = make_bed(home, "1", nursing=Spells.since(SINCE, dt.date(2021, 1, 1)))
    confirm(clerk, [bed], "begin", day="2025-06-01", attribute="nursing")
    confirm(clerk, [bed], "pause", day="2025-07-01", last_day="2025-07-31")
    bed.refresh_from_db()
    assert str(bed.nursing) == "2020-01-01至2020-12-31；2025-06-01至今"
    assert str(bed.out_of_service) == "2025-07-01至2025-07-31"
    confirm(clerk, [bed], "end", day="2025-12-01", attribute="nursing")
    confirm(clerk, [bed], "resume", day="2025-07-11")
    bed.refresh_from_db()
    assert str(bed.nursing) == "2020-01-01至2020-12-31；2025-06-01至2025-11-30"
    assert str(bed.out_of_service) == "2025-07-01至2025-07-10"


def test_what_changed_since_the_question_is_asked_again(home, clerk):
    beds = [make_bed(home, "1"), make_bed(home, "2")]
    looked = choose(clerk, beds, "pause", day="2025-06-01")
    make_stay(beds[0], name="沈阿福")
    page = choose(clerk, beds, "pause", day="2025-06-01", confirm="1", outlook=hidden(looked, "outlook"))
    assert "情况有变化" in words(page)
    assert "沈阿福" in words(page)
    assert not Bed.objects.filter(out_of_service__on=DAY).exists()


def test_ticked_beds_of_another_township_are_left_alone(home, cast, enter):
    bed = make_bed(home, "1")
    page = choose(enter(cast.other_township_clerk), [bed], "retire", day="2025-06-01")
    assert page.status_code == 302
    bed.refresh_from_db()
    assert bed.in_use_to is None
