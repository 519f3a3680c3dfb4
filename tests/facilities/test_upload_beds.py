"""An upload from file to ledger and back, with the sheet of beds."""

import datetime as dt

import pghistory
import pytest

from eldercare.errors import Conflict, Refused
from eldercare.excel.undoing import undo
from eldercare.models import ImportBatch, ImportLine
from eldercare.spells import Spells
from facilities.models import Bed
from tests.facilities.factories import SINCE, make_bed, make_facility, make_stay
from tests.facilities.uploads import DAY, apply, upload, workbook

HEADINGS = ("机构名称", "房间", "床号", "床位类型", "护理型", "启用日期")
Status, State = ImportBatch.Status, ImportLine.State

pytestmark = pytest.mark.django_db


@pytest.fixture
def home(cast):
    return make_facility(cast.township, "沈荡敬老院")


def lines(batch, state):
    return list(batch.lines.filter(state=state))


def test_a_new_changed_unchanged_and_missing_bed(cast, home):
    changed = make_bed(home, "1", room="101")
    make_bed(home, "2", room="101", nursing=Spells.since(SINCE))
    missing = make_bed(home, "9", room="109")
    content = workbook(
        HEADINGS,
        ("沈荡敬老院", "101", "1", "机构床位", "是", SINCE),
        ("沈荡敬老院", "101", "2", "机构床位", "是", SINCE),
        ("沈荡敬老院", "102", "1", "日托", "否", dt.date(2025, 5, 1)),
    )
    batch = upload("beds", content, by=cast.township_clerk)
    assert (batch.status, batch.message) == (Status.READY, "")
    assert (batch.new, batch.changed, batch.unchanged, batch.missing, batch.errors) == (1, 1, 1, 1, 0)
    (line,) = lines(batch, State.CHANGED)
    assert (line.row, line.target_id, line.old, line.new) == (
        2,
        changed.pk,
        {"nursing": False},
        {"nursing": True},
    )
    assert [each.target_id for each in lines(batch, State.MISSING)] == [missing.pk]
    assert Bed.objects.count() == 3

    apply(batch)
    assert batch.status == Status.APPLIED
    changed.refresh_from_db()
    assert changed.nursing == Spells.since(DAY)
    made = Bed.objects.get(room="102")
    assert (made.kind, made.in_use_from, made.nursing) == ("day_care", dt.date(2025, 5, 1), Spells())
    assert Bed.objects.get(pk=missing.pk).in_use_to is None

    again = upload("beds", content, by=cast.township_clerk)
    assert (again.new, again.changed, again.unchanged) == (0, 0, 3)


def test_undo_restores_exactly_what_was(cast, home):
    make_bed(home, "1", room="101")
    make_bed(home, "9", room="109")
    before = list(Bed.objects.order_by("pk").values())
    content = workbook(
        HEADINGS,
        ("沈荡敬老院", "101", "1", "机构床位", "是", None),
        ("沈荡敬老院", "102", "1", "日托", "否", None),
    )
    batch = apply(upload("beds", content, by=cast.township_clerk), close_missing=True)
    assert Bed.objects.get(room="109").in_use_to == DAY
    with pytest.raises(Refused, match="原因"):
        undo(batch, by=cast.township_clerk, reason=" ")
    assert undo(batch, by=cast.township_clerk, reason="传错了月份") == []
    assert list(Bed.objects.order_by("pk").values()) == before
    batch.refresh_from_db()
    assert batch.status == Status.UNDONE


def test_undo_leaves_or_refuses_what_was_changed_since(cast, home):
    content = workbook(
        HEADINGS, ("沈荡敬老院", "101", "1", "", "", ""), ("沈荡敬老院", "101", "2", "", "", "")
    )
    batch = apply(upload("beds", content, by=cast.township_clerk))
    touched = Bed.objects.get(number="2")
    touched.note = "靠窗"
    with pghistory.context(user=cast.township_clerk.pk):  # as in a request of its own
        touched.save()
    with pytest.raises(Conflict, match="1 行又被改过"):
        undo(batch, by=cast.township_clerk, reason="重复了")
    assert Bed.objects.count() == 2
    left = undo(batch, by=cast.township_clerk, reason="重复了", leave_changed=True)
    assert [each["id"] for each in left] == [touched.pk]
    assert list(Bed.objects.all()) == [touched]


def test_a_row_changed_since_the_preview_is_shown_again(cast, home):
    bed = make_bed(home, "1", room="101")
    content = workbook(HEADINGS, ("沈荡敬老院", "101", "1", "机构床位", "是", SINCE))
    batch = upload("beds", content, by=cast.township_clerk)
    bed.kind = Bed.Kind.DAY_CARE
    bed.save()
    apply(batch)
    assert batch.status == Status.READY
    assert "1 行又被改过" in batch.message
    (line,) = batch.lines.all()
    assert line.is_stale
    assert line.old == {"kind": "day_care", "nursing": False}
    bed.refresh_from_db()
    assert bed.nursing == Spells()
    apply(batch)
    assert batch.status == Status.APPLIED


def test_errors_come_all_at_once_and_nothing_is_written_unless_asked(cast, home):
    make_facility(cast.other_township, "百步敬老院")
    content = workbook(
        HEADINGS,
        ("沈荡敬老院", "101", "1", "", "", ""),
        ("沈荡敬老院", "101", "1", "", "", ""),
        ("百步敬老院", "101", "1", "", "", ""),
        ("沈荡敬老院", "102", "1", "上下铺", "也许", "2022-2-30"),
        ("沈荡敬老院", "103", "1", "", "", ""),
    )
    batch = upload("beds", content, by=cast.township_clerk)
    assert (batch.errors, batch.new) == (4, 1)
    found = {line.row: [each["message"] for each in line.findings] for line in lines(batch, State.ERROR)}
    assert set(found) == {2, 3, 4, 5}
    assert "第 3 行" in found[2][0]
    assert "没有“百步敬老院”" in found[4][0]
    assert len(found[5]) == 3
    with pytest.raises(Refused, match="4 行有错误"):
        apply(batch)
    apply(batch, only_good=True)
    assert [bed.room for bed in Bed.objects.all()] == ["103"]


def test_an_occupied_bed_that_is_missing_is_shown_and_not_ended(cast, home):
    taken, free = make_bed(home, "1", room="101"), make_bed(home, "2", room="101")
    make_stay(taken)
    content = workbook(HEADINGS, ("沈荡敬老院", "102", "1", "机构床位", "", ""))
    batch = upload("beds", content, by=cast.township_clerk)
    assert [line.label for line in lines(batch, State.MISSING)] == [
        "沈荡敬老院 101 1 （有人入住，不停用）",
        "沈荡敬老院 101 2",
    ]
    apply(batch, close_missing=True)
    assert list(Bed.objects.exclude(in_use_to=None)) == [free]


def test_several_beds_in_one_cell_want_a_look(cast, home):
    """On the page 1-20 makes twenty beds; in a sheet a row is one bed, and its number may well have a hyphen."""
    content = workbook(
        HEADINGS,
        ("沈荡敬老院", "101", "1-3", "机构床位", "是", SINCE),
        ("沈荡敬老院", "102", "1～20", "机构床位", "是", SINCE),
        ("沈荡敬老院", "103", "1-1", "机构床位", "是", SINCE),
        ("沈荡敬老院", "103", "1-2", "机构床位", "是", SINCE),
        ("沈荡敬老院", "103", "1-3", "机构床位", "是", SINCE),
        ("沈荡敬老院", "104", "104-1", "机构床位", "是", SINCE),
        ("沈荡敬老院", "105", "A", "机构床位", "是", SINCE),
    )
    batch = upload("beds", content, by=cast.township_clerk)
    said = {
        line.row: [each["message"] for each in line.findings] for line in batch.lines.exclude(findings=[])
    }
    assert said == {
        2: ["“1-3”按一张床的床号读取；如果是从 1 到 3 的 3 张床，请一行写一张。"],
        3: ["“1～20”按一张床的床号读取；如果是从 1 到 20 的 20 张床，请一行写一张。"],
    }
    assert (batch.new, batch.errors, batch.warnings) == (7, 0, 2)


def test_the_headings_of_the_portals_own_list_are_known(cast, home):
    bed = make_bed(home, "1", room="101")
    headings = ("镇(街道)", "机构(设施)", "房间", "床号", "床位类型", "状态")
    content = workbook(headings, (cast.township.name, "沈荡敬老院", bed.room, bed.number, "机构床位", "空床"))
    batch = upload("beds", content, by=cast.township_clerk)
    assert (batch.status, batch.unchanged) == (Status.READY, 1), batch.message
