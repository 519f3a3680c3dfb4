"""Waiting lists: in order, without gaps, and a person who moves in waits no longer."""

import datetime as dt

import pytest
from django.urls import reverse

from eldercare.errors import Refused
from eldercare.models import AuditEvent
from facilities.actions.waiting import add_entry, admit, close_entry, move_entry
from facilities.models import Stay, WaitingEntry
from tests.facilities.factories import make_bed, make_facility, make_stay, next_id
from tests.facilities.test_bed_pages import hidden, words
from tests.facilities.test_stays import at_once

pytestmark = pytest.mark.django_db
DAY = dt.date(2025, 6, 1)


@pytest.fixture
def home(cast):
    return make_facility(cast.township, "沈荡敬老院")


@pytest.fixture
def clerk(cast, enter):
    return enter(cast.township_clerk)


@pytest.fixture
def line(home, cast):
    """甲, 乙, 丙, 丁 wait in this order."""
    return {name: wait(home, name, cast.township_clerk) for name in "甲乙丙丁"}


def wait(facility, name, by, **fields):
    defaults = {"name": name, "id_number": next_id(1938), "asked_on": DAY, "reason": "alone"}
    return add_entry(facility=facility, fields=defaults | fields, by=by)


def order(facility):
    entries = facility.waiting_entries.filter(closed_on=None).order_by("position")
    assert [each.position for each in entries] == list(range(1, len(entries) + 1))
    return "".join(each.name for each in entries)


def entry_form(home, **fields):
    return {
        "facility": home.pk,
        "name": "沈阿福",
        "id_number": next_id(1938),
        "phone": "13812345678",
        "asked_on": "2025-06-01",
        "reason": "disabled",
        "note": "",
    } | fields


# --- Entering ------------------------------------------------------------------------------------------------------


def test_the_form_offers_the_facilities_of_the_township(clerk, home):
    page = clerk.get(reverse("waiting-create"), {"facility": home.pk}).content.decode()
    assert f'<option value="{home.pk}" selected>{home.name}</option>' in page


def test_new_entry_stands_at_the_end_masked(home, line, clerk):
    data = entry_form(home)
    page = clerk.post(reverse("waiting-create"), data, follow=True)
    entry = home.waiting_entries.get(name="沈阿福")
    assert (entry.position, entry.phone, entry.entered_by.full_name) == (5, "13812345678", "顾云舟")
    assert "排第 5 位" in words(page)
    assert data["id_number"] not in page.content.decode()
    assert "13812345678" not in page.content.decode()


@pytest.mark.parametrize(
    ("fields", "word"),
    [
        ({"name": ""}, "必填"),
        ({"id_number": "12345"}, "18 位"),
        ({"asked_on": "2099-01-01"}, "还没有到"),
        ({"reason": "bored"}, "有效"),
    ],
)
def test_wrong_entries_are_said(home, clerk, fields, word):
    assert word in words(clerk.post(reverse("waiting-create"), entry_form(home, **fields)))
    assert not WaitingEntry.objects.exists()


def test_an_odd_telephone_is_asked_about_once(home, clerk):
    data = entry_form(home, phone="找村里小王")
    assert "请核对" in words(clerk.post(reverse("waiting-create"), data))
    assert not WaitingEntry.objects.exists()
    clerk.post(reverse("waiting-create"), data | {"accepted": "1"})
    assert WaitingEntry.objects.count() == 1


def test_the_same_person_waits_once_at_a_facility(home, line, cast, clerk):
    data = entry_form(home, id_number=line["乙"].id_number.reveal())
    assert "乙已在沈荡敬老院轮候，排第 2 位" in words(clerk.post(reverse("waiting-create"), data))
    other = make_facility(cast.township)
    clerk.post(reverse("waiting-create"), data | {"facility": other.pk})
    assert other.waiting_entries.count() == 1


def test_another_townships_facility_cannot_be_chosen(home, cast, enter):
    page = enter(cast.other_township_clerk).post(reverse("waiting-create"), entry_form(home))
    assert "沈荡敬老院" not in words(page)
    assert not WaitingEntry.objects.exists()


# --- Order ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "to", "expected"), [("丁", 1, "丁甲乙丙"), ("甲", 3, "乙丙甲丁"), ("乙", 9, "甲丙丁乙")]
)
def test_moving_in_the_order(home, line, cast, name, to, expected):
    move_entry(entry=line[name], to=to, reason="研究决定", by=cast.township_clerk)
    assert order(home) == expected


def test_the_reason_is_kept_in_note_and_log(home, line, clerk):
    page = clerk.post(
        reverse("waiting-move", args=[line["丙"].pk]), {"to": "1", "reason": "失能等级变化"}, follow=True
    )
    assert "丙已调到第 1 位" in words(page)
    assert "由第 3 位调到第 1 位：失能等级变化" in WaitingEntry.objects.get(name="丙").note
    assert AuditEvent.objects.get(subject__startswith="调整轮候次序").detail["reason"] == "失能等级变化"
    assert "失能等级变化" in words(clerk.get(reverse("waiting-detail", args=[line["丙"].pk])))


def test_moving_wants_a_reason(home, line, clerk):
    clerk.post(reverse("waiting-move", args=[line["丙"].pk]), {"to": "1", "reason": ""})
    assert order(home) == "甲乙丙丁"


def test_closing_moves_the_others_up(home, line, clerk, cast):
    address = reverse("waiting-close", args=[line["乙"].pk])
    clerk.post(address, {"outcome": "withdrawn", "day": "2025-06-10", "note": "家人照料"})
    assert order(home) == "甲丙丁"
    closed = WaitingEntry.objects.get(name="乙")
    assert (closed.outcome, closed.closed_on, closed.note) == ("withdrawn", dt.date(2025, 6, 10), "家人照料")
    assert "已于 2025-06-10 了结" in words(clerk.post(address, {"outcome": "withdrawn", "day": "2025-06-11"}))
    again = wait(home, "乙", cast.township_clerk, id_number=line["乙"].id_number)
    assert (again.position, order(home)) == (4, "甲丙丁乙")


def test_closing_before_asking_is_refused(line, cast):
    with pytest.raises(Refused, match="登记轮候的日期"):
        close_entry(
            entry=line["甲"], outcome="died", day=dt.date(2025, 5, 31), note="", by=cast.township_clerk
        )


# --- Moving in -------------------------------------------------------------------------------------------------------


def test_admission_makes_the_stay_and_closes_the_entry(home, line, clerk):
    bed = make_bed(home, "1")
    page = clerk.post(
        reverse("waiting-admit", args=[line["乙"].pk]), {"day": "2025-06-10", "bed": bed.pk}, follow=True
    )
    stay = Stay.objects.get()
    entry = WaitingEntry.objects.get(name="乙")
    assert (stay.bed, stay.name, stay.id_number) == (bed, "乙", line["乙"].id_number)
    assert (entry.outcome, entry.closed_on, entry.stay) == ("admitted", stay.moved_in_on, stay)
    assert order(home) == "甲丙丁"
    assert "轮候同时了结" in words(page)


def test_refused_admission_changes_nothing(home, line, cast):
    bed = make_bed(home, "1")
    make_stay(bed, name="周阿宝")
    with pytest.raises(Refused, match="周阿宝"):
        admit(entry=line["甲"], bed=bed, day=DAY, by=cast.township_clerk)
    assert order(home) == "甲乙丙丁"
    assert Stay.objects.count() == 1


def test_admission_to_another_facility_is_refused(line, cast):
    bed = make_bed(make_facility(cast.township))
    with pytest.raises(Refused, match="不属于"):
        admit(entry=line["甲"], bed=bed, day=DAY, by=cast.township_clerk)


@pytest.mark.django_db(transaction=True)
def test_two_admissions_of_one_person(cast):
    home = make_facility(cast.township, beds=2)
    entry = wait(home, "甲", cast.township_clerk)
    first, second = home.beds.order_by("number")
    at_once(
        lambda: admit(entry=entry, bed=first, day=DAY, by=cast.township_clerk),
        lambda: admit(entry=entry, bed=second, day=DAY, by=cast.county_clerk),
    )
    assert Stay.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_clerks_changing_one_order_leave_no_gap(cast):
    home = make_facility(cast.township)
    line = {name: wait(home, name, cast.township_clerk) for name in "甲乙丙丁"}
    at_once(
        lambda: move_entry(entry=line["丁"], to=1, reason="x", by=cast.township_clerk),
        lambda: close_entry(entry=line["乙"], outcome="other", day=DAY, note="", by=cast.county_clerk),
    )
    assert order(home) == "丁甲丙"


# --- Pages -----------------------------------------------------------------------------------------------------------


def test_edit_keeps_masked_numbers_and_refuses_a_stale_page(home, line, clerk):
    entry = wait(home, "戊", line["甲"].entered_by, phone="13812345678")
    address = reverse("waiting-edit", args=[entry.pk])
    page = clerk.get(address)
    data = entry_form(home, name="改名", id_number=str(entry.id_number), phone=str(entry.phone)) | {
        "seen": hidden(page, "seen")
    }
    WaitingEntry.objects.filter(pk=entry.pk).update(note="别人写的")
    conflict = clerk.post(address, data)
    assert "别人写的" in words(conflict)
    clerk.post(address, data | {"seen": hidden(conflict, "seen")})
    entry.refresh_from_db()
    assert (entry.name, entry.phone) == ("改名", "13812345678")


def test_a_changed_mask_is_no_number(home, line, clerk):
    entry = line["甲"]
    page = clerk.get(reverse("waiting-edit", args=[entry.pk]))
    data = entry_form(home, id_number=str(entry.id_number), phone="138****9999") | {
        "seen": hidden(page, "seen"), "accepted": "1",
    }  # fmt: skip
    assert "脱敏" in words(clerk.post(reverse("waiting-edit", args=[entry.pk]), data))


def test_list_filters_and_the_queue(home, line, cast, clerk, enter):
    close_entry(entry=line["丁"], outcome="died", day=DAY, note="", by=cast.township_clerk)
    assert " 丁 " not in words(clerk.get(reverse("waiting-list")))
    assert " 丁 " in words(clerk.get(reverse("waiting-list"), {"state": "closed"}))
    assert " 甲 " not in words(clerk.get(reverse("waiting-list"), {"reason": "dementia"}))
    queue = words(clerk.get(reverse("waiting-facility", args=[home.pk])))
    assert queue.index(" 甲 ") < queue.index(" 乙 ") < queue.index(" 丙 ")
    assert "共 3 人轮候" in queue
    county = words(enter(cast.county_clerk).get(reverse("waiting-list"), {"unit": "330424101"}))
    assert " 甲 " in county
    assert " 甲 " not in words(enter(cast.other_township_clerk).get(reverse("waiting-list")))


def test_leader_reads_only(home, line, cast, enter):
    page = enter(cast.leader).get(reverse("waiting-facility", args=[home.pk])).content.decode()
    assert "甲" in page
    assert reverse("waiting-close", args=[line["甲"].pk]) not in page
