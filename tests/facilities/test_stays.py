"""Who lives in which bed: moving in, out, to another bed, and who may not."""

import datetime as dt
import threading

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from eldercare.errors import NotAllowed, Refused
from eldercare.models import AuditEvent
from eldercare.spells import Spells
from facilities.actions.stays import change_bed, edit_stay, move_in, move_out
from facilities.models import Bed, Stay
from tests.facilities.factories import make_bed, make_facility, make_stay, next_id
from tests.facilities.test_bed_pages import hidden, words

pytestmark = pytest.mark.django_db
DAY = dt.date(2025, 6, 1)
LATER = dt.date(2025, 7, 1)


@pytest.fixture
def home(cast):
    return make_facility(cast.township, "沈荡敬老院")


@pytest.fixture
def bed(home):
    return make_bed(home, "1", room="101")


@pytest.fixture
def clerk(cast, enter):
    return enter(cast.township_clerk)


def enter_person(clerk, bed, day="2025-06-01", **fields):
    address = f"{reverse('stay-create')}?facility={bed.facility_id}&day={day}"
    data = {"bed": bed.pk, "name": "沈阿福", "id_number": next_id(1940)} | fields
    return clerk.post(address, data, follow=True)


# --- Moving in -----------------------------------------------------------------------------------------------------


def test_moving_in(bed, clerk):
    page = enter_person(clerk, bed, is_respite="on")
    stay = Stay.objects.get()
    assert (stay.name, stay.bed, stay.moved_in_on, stay.is_respite) == ("沈阿福", bed, DAY, True)
    assert "已入住沈荡敬老院床位 101-1" in words(page)
    assert str(stay.id_number.reveal()) not in page.content.decode()


def test_only_beds_that_are_free_that_day_are_offered(home, bed, clerk):
    taken = make_bed(home, "2")
    make_stay(taken, moved_in_on=dt.date(2025, 7, 1))
    paused = make_bed(home, "3", out_of_service=Spells.since(dt.date(2025, 1, 1)))
    gone = make_bed(home, "4", in_use_to=dt.date(2025, 1, 1))
    page = clerk.get(reverse("stay-create"), {"facility": home.pk, "day": "2025-06-01"}).content.decode()
    assert f'<option value="{bed.pk}">' in page
    for other in (taken, paused, gone):
        assert f'<option value="{other.pk}"' not in page
    assert "空床 1 张" in page


def test_a_full_facility_leads_to_the_waiting_list(home, clerk):
    page = clerk.get(reverse("stay-create"), {"facility": home.pk, "day": "2025-06-01"})
    assert "没有空床" in words(page)
    assert reverse("waiting-create") in page.content.decode()


def test_a_taken_bed_says_by_whom_and_since_when(bed, cast):
    make_stay(bed, name="周阿宝", moved_in_on=dt.date(2024, 3, 5))
    with pytest.raises(Refused, match=r"2024-03-05 起已由周阿宝入住，还没有离开"):
        move_in(bed=bed, name="沈阿福", id_number=next_id(), day=DAY, by=cast.township_clerk)
    assert Stay.objects.count() == 1


def test_a_bed_taken_later_says_from_when(bed, cast):
    make_stay(bed, name="周阿宝", moved_in_on=LATER)
    with pytest.raises(Refused, match="2025-07-01 起由周阿宝入住"):
        move_in(bed=bed, name="沈阿福", id_number=next_id(), day=DAY, by=cast.township_clerk)


@pytest.mark.parametrize(
    ("fields", "word"),
    [
        ({"in_use_from": LATER}, "才启用"),
        ({"in_use_to": dt.date(2025, 5, 1)}, "停用"),
        ({"out_of_service": Spells.since(dt.date(2025, 5, 1))}, "暂停"),
    ],
)
def test_a_bed_that_is_not_in_use_is_refused(home, cast, fields, word):
    with pytest.raises(Refused, match=word):
        move_in(
            bed=make_bed(home, **fields), name="沈阿福", id_number=next_id(), day=DAY, by=cast.township_clerk
        )


def test_a_person_lives_in_one_place_which_the_own_unit_is_told(home, bed, clerk):
    number = next_id(1940)
    make_stay(
        make_bed(home, "2", room="102"), name="沈阿福", id_number=number, moved_in_on=dt.date(2024, 3, 5)
    )
    page = words(enter_person(clerk, bed, id_number=number))
    assert "2024-03-05 起已住在沈荡敬老院床位 102-2" in page
    assert Stay.objects.count() == 1


def test_another_townships_person_is_not_revealed(bed, cast, clerk, enter):
    number = next_id(1940)
    elsewhere = make_facility(cast.other_township, "百步养老院")
    make_stay(make_bed(elsewhere, "7"), name="周阿宝", id_number=number, moved_in_on=dt.date(2024, 3, 5))
    page = words(enter_person(clerk, bed, id_number=number))
    assert "此人已在其他镇(街道)登记入住，请联系县级核实。" in page
    assert "百步" not in page
    assert "周阿宝" not in page
    assert "2024-03-05" not in page
    assert "百步养老院" in words(enter_person(enter(cast.county_clerk), bed, id_number=number))
    assert Stay.objects.count() == 1


def test_who_has_left_elsewhere_may_move_in(bed, cast, clerk):
    number = next_id(1940)
    elsewhere = make_bed(make_facility(cast.other_township))
    make_stay(elsewhere, id_number=number, moved_out_on=DAY)
    enter_person(clerk, bed, id_number=number)
    assert Stay.objects.filter(bed=bed).exists()


def test_a_number_that_cannot_be_is_refused_and_kept_in_the_form(bed, clerk):
    page = enter_person(clerk, bed, id_number="330424")
    assert "18 位" in words(page)
    assert 'value="沈阿福"' in page.content.decode()
    assert not Stay.objects.exists()


def test_a_wrong_checksum_wants_a_reason_that_goes_into_the_log(bed, clerk):
    number = next_id(1940)
    wrong = number[:17] + ("0" if number[17] != "0" else "1")
    assert "校验位不符" in words(enter_person(clerk, bed, id_number=wrong))
    assert not Stay.objects.exists()
    enter_person(clerk, bed, id_number=wrong, id_reason="已核对原件")
    assert Stay.objects.filter(id_number=wrong).count() == 1
    entry = AuditEvent.objects.get(action="ledger", subject__startswith="入住")
    assert entry.detail == {"id_reason": "已核对原件"}
    assert wrong not in f"{entry.subject}{entry.detail}"


def test_number_is_stored_as_the_check_reads_it(bed, clerk):
    number = next_id(1940)
    enter_person(clerk, bed, id_number=f" {number[:6]} {number[6:14]} {number[14:]} ".replace("X", "x"))
    assert Stay.objects.filter(id_number=number).exists()


def test_future_days_and_foreign_facilities_are_refused(home, cast, clerk, enter):
    tomorrow = (timezone.localdate() + dt.timedelta(days=1)).isoformat()
    assert "还没有到" in words(clerk.get(reverse("stay-create"), {"facility": home.pk, "day": tomorrow}))
    page = enter(cast.other_township_clerk).get(
        reverse("stay-create"), {"facility": home.pk, "day": "2025-06-01"}
    )
    assert "沈荡敬老院" not in words(page)


def test_leaders_cannot_write(bed, cast):
    with pytest.raises(NotAllowed):
        move_in(bed=bed, name="沈阿福", id_number=next_id(), day=DAY, by=cast.leader)


def test_actions_do_not_reach_another_township(bed, cast):
    stay = make_stay(bed)
    for attempt in (
        lambda by: move_in(bed=bed, name="x", id_number=next_id(), day=DAY, by=by),
        lambda by: move_out(stay=stay, day=DAY, outcome="home", by=by),
        lambda by: change_bed(stay=stay, to=bed, day=DAY, by=by),
    ):
        with pytest.raises(Refused, match="不存在"):
            attempt(cast.other_township_clerk)


# --- Leaving and changing ----------------------------------------------------------------------------------------------


def test_leaving_frees_the_bed_on_that_day(bed, clerk, cast):
    stay = make_stay(bed)
    clerk.post(reverse("stay-move-out", args=[stay.pk]), {"day": "2025-06-01", "outcome": "hospital"})
    stay.refresh_from_db()
    assert (stay.moved_out_on, stay.outcome) == (DAY, "hospital")
    move_in(bed=bed, name="沈阿福", id_number=next_id(), day=DAY, by=cast.township_clerk)
    assert Stay.objects.filter(bed=bed).on(DAY).count() == 1


@pytest.mark.parametrize(
    ("data", "word"),
    [
        ({"day": "2020-01-01", "outcome": "home"}, "晚于入住日期"),
        ({"day": "2025-06-01", "outcome": ""}, "必填"),
        ({"day": "2099-01-01", "outcome": "home"}, "还没有到"),
        ({"day": "六月", "outcome": "home"}, "2025-06-30"),
    ],
)
def test_leaving_that_makes_no_sense(bed, clerk, data, word):
    stay = make_stay(bed)
    assert word in words(clerk.post(reverse("stay-move-out", args=[stay.pk]), data))
    stay.refresh_from_db()
    assert stay.moved_out_on is None


def test_changing_the_bed_ends_one_stay_and_begins_the_next(home, bed, clerk):
    stay = make_stay(bed, name="沈阿福", is_respite=True)
    target = make_bed(home, "5")
    clerk.post(reverse("stay-change-bed", args=[stay.pk]), {"day": "2025-06-01", "bed": target.pk})
    stay.refresh_from_db()
    assert (stay.moved_out_on, stay.outcome) == (DAY, "other_bed")
    following = Stay.objects.get(bed=target)
    assert (following.name, following.id_number, following.is_respite) == ("沈阿福", stay.id_number, True)
    assert (following.moved_in_on, following.moved_out_on) == (DAY, None)


def test_changing_to_a_taken_bed_changes_nothing(home, bed, cast):
    stay, target = make_stay(bed), make_bed(home, "5")
    make_stay(target, name="周阿宝")
    with pytest.raises(Refused, match="周阿宝"):
        change_bed(stay=stay, to=target, day=DAY, by=cast.township_clerk)
    stay.refresh_from_db()
    assert stay.moved_out_on is None


def test_a_wrong_bed_is_corrected_on_the_first_day(home, bed, cast):
    stay, target = make_stay(bed, moved_in_on=DAY), make_bed(home, "5")
    change_bed(stay=stay, to=target, day=DAY, by=cast.township_clerk)
    assert Stay.objects.get().bed == target


# --- Correcting ---------------------------------------------------------------------------------------------------------


def form_of(clerk, stay, **fields):
    page = clerk.get(reverse("stay-edit", args=[stay.pk]))
    data = {
        "seen": hidden(page, "seen"),
        "name": stay.name,
        "id_number": str(stay.id_number),
        "moved_in_on": stay.moved_in_on.isoformat(),
        "moved_out_on": "",
        "outcome": "",
    }
    return data | fields


def test_masked_number_sent_back_stays(bed, clerk):
    number = next_id(1940)
    stay = make_stay(bed, id_number=number)
    clerk.post(reverse("stay-edit", args=[stay.pk]), form_of(clerk, stay, name="改名"))
    stay.refresh_from_db()
    assert (stay.name, stay.id_number) == ("改名", number)


def test_conflict_is_shown_and_nothing_lost(bed, clerk):
    stay = make_stay(bed)
    stale = form_of(clerk, stay, name="我写的")
    Stay.objects.filter(pk=stay.pk).update(name="别人写的")
    page = clerk.post(reverse("stay-edit", args=[stay.pk]), stale)
    assert "别人写的" in words(page)
    assert 'value="我写的"' in page.content.decode()
    clerk.post(reverse("stay-edit", args=[stay.pk]), stale | {"seen": hidden(page, "seen")})
    assert Stay.objects.get().name == "我写的"


def test_dates_that_overlap_another_stay_are_refused(bed, cast):
    make_stay(bed, name="周阿宝", moved_in_on=dt.date(2021, 1, 1), moved_out_on=dt.date(2022, 1, 1))
    stay = make_stay(bed, moved_in_on=dt.date(2022, 1, 1))
    with pytest.raises(Refused, match="周阿宝"):
        edit_stay(
            stay=stay, changes={"moved_in_on": dt.date(2021, 12, 31)}, seen=None, by=cast.township_clerk
        )


def test_date_and_outcome_go_together(bed, clerk):
    stay = make_stay(bed)
    page = clerk.post(reverse("stay-edit", args=[stay.pk]), form_of(clerk, stay, moved_out_on="2025-06-01"))
    assert "请选择去向" in words(page)


def test_deleting_wants_a_reason_and_stays_in_the_history(bed, clerk):
    stay = make_stay(bed, name="沈阿福")
    address = reverse("stay-delete", args=[stay.pk])
    assert "必填" in words(clerk.post(address, {"reason": ""}))
    clerk.post(address, {"reason": "登记重复"})
    assert not Stay.objects.exists()
    assert AuditEvent.objects.get(action="ledger").detail == {"reason": "登记重复"}
    assert Stay.pgh_event_model.objects.filter(pgh_obj_id=stay.pk, pgh_label="delete").exists()


# --- The list -----------------------------------------------------------------------------------------------------------


def test_list_follows_the_day_and_masks_numbers(home, bed, clerk):
    number = next_id(1940)
    make_stay(
        bed, name="早先", id_number=number, moved_in_on=dt.date(2023, 1, 1), moved_out_on=dt.date(2024, 1, 1)
    )
    make_stay(bed, name="现在", moved_in_on=dt.date(2024, 1, 1), is_respite=True)
    for query, names in (
        ({}, {"现在"}),
        ({"day": "2023-06-01"}, {"早先"}),
        ({"day": "2022-06-01"}, set()),
        ({"living": "left"}, {"早先"}),
        ({"living": "all"}, {"早先", "现在"}),
        ({"living": "all", "respite": "no"}, {"早先"}),
        ({"living": "all", "q": "现"}, {"现在"}),
    ):
        page = words(clerk.get(reverse("stay-list"), query))
        assert {name for name in ("早先", "现在") if f" {name} " in page} == names, query
        assert number not in page
    export = clerk.get(reverse("stay-list"), {"living": "all", "export": "xlsx"})
    assert number.encode() not in export.content


def test_a_waiting_persons_stay_is_not_deleted(bed, cast, clerk):
    from facilities.actions.waiting import add_entry, admit

    fields = {"name": "沈阿福", "id_number": next_id(), "asked_on": DAY, "reason": "alone"}
    entry = add_entry(facility=bed.facility, fields=fields, by=cast.township_clerk)
    stay = admit(entry=entry, bed=bed, day=DAY, by=cast.township_clerk)
    assert "轮候登记而来" in words(clerk.post(reverse("stay-delete", args=[stay.pk]), {"reason": "x"}))


# --- Two at once --------------------------------------------------------------------------------------------------------


def at_once(*attempts):
    """Run them together; what each raised or returned."""
    results = [None] * len(attempts)
    start = threading.Barrier(len(attempts))

    def run(place, attempt):
        start.wait()
        try:
            results[place] = attempt()
        except Refused as refusal:
            results[place] = refusal
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=each) for each in enumerate(attempts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


@pytest.mark.django_db(transaction=True)
def test_two_clerks_and_one_bed(cast):
    bed = make_bed(make_facility(cast.township), "1")

    def attempt(name, by):
        number = next_id(1940)
        return lambda: move_in(bed=bed, name=name, id_number=number, day=DAY, by=by)

    results = at_once(attempt("沈阿福", cast.township_clerk), attempt("周阿宝", cast.county_clerk))
    assert Stay.objects.count() == 1
    winner = Stay.objects.get().name
    refusals = [str(each) for each in results if isinstance(each, Refused)]
    assert len(refusals) == 1
    assert winner in refusals[0]
    assert "2025-06-01" in refusals[0]


@pytest.mark.django_db(transaction=True)
def test_one_person_and_two_beds(cast):
    number = next_id(1940)
    beds = [make_bed(make_facility(unit), "1") for unit in (cast.township, cast.other_township)]

    def attempt(bed, by):
        return lambda: move_in(bed=bed, name="沈阿福", id_number=number, day=DAY, by=by)

    at_once(attempt(beds[0], cast.township_clerk), attempt(beds[1], cast.other_township_clerk))
    assert Stay.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_moving_in_while_the_bed_is_retired(cast):
    from facilities.actions.beds import Change, Wanted, change_beds

    bed = make_bed(make_facility(cast.township), "1")
    at_once(
        lambda: move_in(bed=bed, name="沈阿福", id_number=next_id(1940), day=DAY, by=cast.township_clerk),
        lambda: change_beds(
            beds=Bed.objects.filter(pk=bed.pk), wanted=Wanted(Change.RETIRE, DAY), by=cast.county_clerk
        ),
    )
    bed.refresh_from_db()
    assert (bed.in_use_to is None) == Stay.objects.exists()


def test_moving_in_begins_today_when_only_the_facility_is_said(clerk, home):
    bed = make_bed(home, "1")
    page = clerk.get(reverse("stay-create"), {"facility": home.pk}).content.decode()
    assert f'<option value="{bed.pk}"' in page
