"""The history of a tracked row: who, when, from which upload, field by field, never a number in full."""

import datetime as dt
import re
import uuid

import pghistory
import pytest
from django.db import connection
from django.template.loader import render_to_string
from django.test.utils import CaptureQueriesContext

from eldercare.history import Part, history_of, version_of
from eldercare.models import ImportBatch, ImportFile
from eldercare.spells import Spells
from facilities.models import Bed, Facility, FacilityRating, Stay
from tests.facilities.factories import make_bed, make_facility, make_stay, next_id

pytestmark = pytest.mark.django_db


def change(row, **fields):
    for name, value in fields.items():
        setattr(row, name, value)
    row.save()


def by(user, **more):
    return pghistory.context(user=user.pk, name=user.full_name, **more)


def words(steps):
    return [step.words for step in steps]


def drawn(steps):
    return re.sub(
        r"\s+", " ", re.sub(r"<[^>]+>", "", render_to_string("_components/history.html", {"history": steps}))
    )


def make_batch(unit, user):
    file = ImportFile.objects.create(sha256="0" * 64, size=1, content=b"x")
    return ImportBatch.objects.create(
        ledger="beds", org_unit=unit, as_of=dt.date(2025, 6, 1), file=file, filename="床位.xlsx",
        token=uuid.uuid4(), created_by=user,
    )  # fmt: skip


@pytest.fixture
def bed(cast):
    with by(cast.township_clerk):
        return make_bed(make_facility(cast.township, "甲院"), "1")


def test_changes_are_newest_first_with_labels_and_names(cast, bed):
    other = make_facility(cast.township, "乙院")
    with by(cast.county_clerk):
        change(bed, kind=Bed.Kind.FAMILY, facility=other, in_use_to=dt.date(2025, 3, 1))
    newest, first = history_of(bed)
    assert (newest.by, first.by) == ("张映雪", "顾云舟")
    assert set(newest.words) == {
        "机构(设施)：甲院 → 乙院",
        "床位类型：机构床位 → 家庭养老床位",
        "停用日期：（空） → 2025-03-01",
    }
    assert first.words == ["新建"]


def test_of_what_was_new_only_the_difference_is_listed(cast, bed):
    """What is still so stands on the page; what is gone stands nowhere else."""

    def first(of) -> list[str]:
        inserted = history_of(bed, Part(Stay, bed=bed))
        change = next(
            each for step in inserted for each in step.changes if (each.kind, each.what[:2]) == ("insert", of)
        )
        return [f"{each.label}：{each.new}" for each in change.fields]

    with by(cast.county_clerk):
        stay = make_stay(bed, name="沈阿福")
    assert first("") == []
    assert first("入住") == []
    with by(cast.county_reviewer):
        change(bed, kind=Bed.Kind.FAMILY, note="靠窗")
        stay.delete()
    assert first("") == ["床位类型：机构床位"]
    assert any("沈阿福" in each for each in first("入住"))


def test_spells_and_yes_no_are_read_as_words(cast, bed):
    stay = make_stay(bed, name="沈阿福")
    with by(cast.county_clerk):
        change(bed, nursing=Spells.since(dt.date(2024, 5, 1)))
        change(stay, is_respite=True)
    assert history_of(bed)[0].words == ["护理型：（空） → 2024-05-01至今"]
    assert history_of(stay)[0].words == ["短期托养(喘息服务)：否 → 是"]


def test_numbers_stay_masked_and_a_hidden_difference_is_said(cast, bed):
    old = next_id()
    new = old[:8] + str((int(old[8]) + 1) % 10) + old[9:]
    stay = make_stay(bed, id_number=old)
    change(stay, id_number=new)
    page = drawn(history_of(stay))
    assert old not in page
    assert new not in page
    assert "隐去的数字有改动" in page


def test_parts_are_named_and_deleted_ones_are_found(cast, bed):
    facility = bed.facility
    with by(cast.county_clerk):
        rating = FacilityRating.objects.create(
            facility=facility, scheme="star", level=3, issued_on=dt.date(2024, 1, 1)
        )
    with by(cast.township_clerk):
        rating.delete()
    steps = words(history_of(facility, Part(FacilityRating, facility=facility)))
    assert ["删除等级评定“三星级”"] in steps
    assert ["新建等级评定“三星级”"] in steps


def test_what_one_request_changed_is_one_step(cast, bed):
    with by(cast.township_clerk):
        change(bed, note="靠窗")
        make_stay(bed, name="沈阿福", moved_in_on=dt.date(2025, 1, 1))
    newest = history_of(bed, Part(Stay, bed=bed))[0]
    assert newest.words == ["备注：（空） → 靠窗", "新建入住“沈阿福 2025-01-01”"]


def test_an_upload_is_named_for_whoever_may_see_it(cast, bed):
    batch = make_batch(cast.county, cast.county_clerk)
    with by(cast.county_clerk, **{"import": batch.pk}):
        change(bed, note="靠窗")
    assert "床位.xlsx" in drawn(history_of(bed, user=cast.county_clerk))
    for_township = drawn(history_of(bed, user=cast.township_clerk))
    assert "床位.xlsx" not in for_township
    assert "上传" in for_township


def test_change_below_the_portal_has_no_name(cast):
    bed = make_bed(make_facility(cast.township))
    with connection.cursor() as cursor:
        cursor.execute("UPDATE facilities_bed SET note = 'x' WHERE id = %s", [bed.pk])
    assert [step.by for step in history_of(bed)] == ["系统"]
    assert "备注：（空） → x" in history_of(bed)[0].words


def test_rewriting_the_same_values_is_no_change(bed):
    before = len(history_of(bed))
    bed.save()
    assert len(history_of(bed)) == before


def test_queries_do_not_grow_with_the_history(cast, bed):
    def queries():
        with CaptureQueriesContext(
            connection,
        ) as seen:
            drawn(history_of(bed, Part(Stay, bed=bed), user=cast.county_clerk))
        return len(seen)

    batch = make_batch(cast.county, cast.county_clerk)

    def year(number):
        with by(cast.county_clerk, **{"import": batch.pk}):
            change(bed, note=f"第{number}年", facility=make_facility(cast.township))
            make_stay(bed, moved_in_on=dt.date(number, 1, 1), moved_out_on=dt.date(number, 6, 1))

    year(2000)
    few = queries()
    for number in range(2001, 2015):
        year(number)
    assert queries() == few


def test_only_ten_steps_are_open(bed):
    steps = history_of(bed)
    html = render_to_string("_components/history.html", {"history": (steps * 15)[:14]})
    assert html.count("<time") == 14
    assert html.split('<details class="history-more"')[0].count("<time") == 10
    assert "显示全部（还有 4 次）" in html


def test_version_moves_with_every_change(bed):
    first = version_of(bed)
    Bed.objects.filter(pk=bed.pk).update(note="x")
    assert version_of(bed) > first > 0
    assert version_of(Facility(pk=0)) == 0
