"""Correction slips: a locked figure is corrected by one person and approved by another, and moves what was listed."""

import datetime as dt
from decimal import Decimal

import pytest
import time_machine

from eldercare.errors import Conflict, NotAllowed, Refused
from eldercare.models import Notice
from indicators.actions import corrections as actions
from indicators.models import (
    CorrectionSlip,
    IndicatorValue,
    Metric,
    MetricEntry,
    MetricValue,
    MonthlyReport,
    RollupRequest,
)
from indicators.models.values import published
from indicators.rollup import roll_up_due
from tests.indicators.conftest import text_of
from tests.indicators.correction_world import APRIL, MARCH, MAY, WORDS, Archive


@pytest.fixture
def archive(cast):
    with time_machine.travel(dt.datetime(2026, 6, 10, 2, 0, tzinfo=dt.UTC), tick=True) as clock:
        made = Archive(cast)
        clock.move_to(dt.datetime(2026, 7, 15, 2, 0, tzinfo=dt.UTC))
        yield made


def moves(slip: CorrectionSlip) -> set[tuple]:
    return {(row["name"], row["unit_name"], row["month"], row["before"], row["after"]) for row in slip.effect}


def test_slip_lists_every_published_value_that_moves(archive):
    """April: care beds 40 → 48, homes 2 → 4. The share is (48 + 60) / 200; the total also grows in May."""
    slip = archive.sent(care_beds="48", homes="4")
    assert moves(slip) == {
        ("护理型床位占比", "海盐县", "2026-04", "50", "54"),
        ("护理型床位占比", "沈荡镇", "2026-04", "40", "48"),
        ("累计改造户数", "海盐县", "2026-04", "10", "12"),
        ("累计改造户数", "海盐县", "2026-05", "15", "17"),
        ("累计改造户数", "沈荡镇", "2026-04", "4", "6"),
        ("累计改造户数", "沈荡镇", "2026-05", "6", "8"),
    }
    share = next(row for row in slip.effect if row["unit_name"] == "海盐县" and row["measure"] == "%")
    assert share["status_after"] == "met"
    assert share["status"] != "met"


def test_measuring_leaves_nothing_behind(archive):
    before = list(IndicatorValue.versions.order_by("pk").values())
    entries = list(MetricEntry.objects.order_by("pk").values())
    archive.sent(care_beds="48", homes="4")
    assert list(IndicatorValue.versions.order_by("pk").values()) == before
    assert list(MetricEntry.objects.order_by("pk").values()) == entries
    assert archive.value(archive.share, APRIL) == 50


def test_approval_moves_exactly_what_the_slip_said(archive):
    slip = archive.sent(care_beds="48", homes="4")
    everything = {
        (v.indicator.name, v.org_unit.name, f"{v.month:%Y-%m}"): v.value
        for v in IndicatorValue.objects.select_related("indicator", "org_unit")
    }
    actions.approve(slip=slip, by=archive.cast.county_reviewer)
    roll_up_due()
    now = {
        (v.indicator.name, v.org_unit.name, f"{v.month:%Y-%m}"): v.value
        for v in IndicatorValue.objects.select_related("indicator", "org_unit")
    }
    moved = {(*key, f"{everything[key]:f}", f"{now[key]:f}") for key in now if everything[key] != now[key]}
    listed = {(*row[:3], Decimal(row[3]), Decimal(row[4])) for row in moves(slip)}
    assert {(*row[:3], Decimal(row[3]), Decimal(row[4])) for row in moved} == listed
    assert len(listed) == 6
    entry = archive.report().entries.get(metric__code="care_beds")
    assert (entry.value, entry.entered_by) == (48, archive.cast.county_clerk)
    assert str(slip) in entry.reason


def test_each_approved_slip_is_a_new_revision_of_the_month(archive):
    revisions = [
        actions.approve(slip=archive.sent(homes=text), by=archive.cast.county_reviewer).revision
        for text in ("4", "5")
    ]
    other = actions.approve(slip=archive.sent(MARCH, homes="9"), by=archive.cast.county_reviewer).revision
    assert (revisions, other) == ([2, 3], 2)


def test_numbers_run_through_the_year(archive):
    assert [str(archive.slip(homes="4")), str(archive.slip(MAY, homes="4"))] == [
        "更正〔2026〕1号",
        "更正〔2026〕2号",
    ]


def test_what_was_published_on_a_day_can_be_shown_again(archive):
    slip = archive.sent(care_beds="48")
    actions.approve(slip=slip, by=archive.cast.county_reviewer)
    roll_up_due()
    assert archive.value(archive.share, APRIL) == 54
    wanted = {"indicator": archive.share, "org_unit": archive.cast.county, "month": APRIL}
    before, after, earlier = dt.date(2026, 7, 14), dt.date(2026, 7, 15), dt.date(2026, 6, 9)
    assert published(IndicatorValue, before).get(**wanted).value == 50
    assert published(IndicatorValue, after).get(**wanted).value == 54
    assert not published(IndicatorValue, earlier).filter(**wanted).exists()
    beds = {"metric__code": "care_beds", "org_unit": archive.cast.county, "is_total": True, "month": APRIL}
    assert published(MetricValue, before).get(**beds).value == 100
    assert published(MetricValue, None).get(**beds).value == 108


def test_a_figure_can_be_taken_out(archive):
    slip = archive.sent(visitors="未报")
    assert slip.effect == []
    actions.approve(slip=slip, by=archive.cast.county_reviewer)
    roll_up_due()
    assert archive.figure("visitors") is None
    total = MetricValue.objects.get(
        metric__code="visitors", org_unit=archive.cast.county, is_total=True, month=APRIL
    )
    assert (total.value, total.reported, total.owed) == (7, 1, 2)


def test_nobody_approves_an_own_slip(archive, make_person):
    slip = archive.sent(homes="4")
    both = archive.cast.county_clerk
    with pytest.raises(NotAllowed):
        actions.approve(slip=slip, by=both)
    type(both).objects.filter(pk=both.pk).update(role="county_reviewer")
    both.refresh_from_db()
    with pytest.raises(Refused, match="另一位审核人"):
        actions.approve(slip=slip, by=both)
    assert archive.figure("homes") == 2


def test_a_slip_whose_figure_was_corrected_meanwhile_is_refused(archive):
    late, first = archive.sent(homes="4"), archive.sent(homes="5")
    actions.approve(slip=first, by=archive.cast.county_reviewer)
    roll_up_due()
    with pytest.raises(Conflict, match="现在公布的是 5，更正单上的原数是 2"):
        actions.approve(slip=late, by=archive.cast.county_reviewer)
    assert archive.figure("homes") == 5


def test_a_slip_whose_effect_changed_is_shown_again_before_it_is_approved(archive, enter):
    first = archive.sent(homes="4")
    other = archive.sent(MARCH, homes="3")
    actions.approve(slip=other, by=archive.cast.county_reviewer)
    roll_up_due()
    page = enter(archive.cast.county_reviewer)
    answer = page.post(f"/corrections/{first.pk}/approve/", {"opinion": ""})
    assert answer.status_code == 409
    assert "影响清单已重新计算" in text_of(answer)
    assert archive.figure("homes") == 2
    first.refresh_from_db()
    assert ("累计改造户数", "海盐县", "2026-04", "11", "13") in moves(first)
    assert page.post(f"/corrections/{first.pk}/approve/", {"opinion": "同意"}).status_code == 302
    assert archive.figure("homes") == 4


@pytest.mark.parametrize(
    ("texts", "said"),
    [
        ({"care_beds": "120"}, "大于"),
        ({}, "还没有要更正的数据"),
        ({"homes": "2"}, "还没有要更正的数据"),
    ],
)
def test_impossible_or_empty_slips_are_not_sent(archive, texts, said):
    slip = archive.slip(**texts)
    with pytest.raises(Refused, match=said):
        actions.submit(slip=slip, by=archive.cast.county_clerk)
    slip.refresh_from_db()
    assert slip.status == "draft"


def test_text_that_is_no_figure_comes_back_and_nothing_is_written(archive, enter):
    slip = archive.slip(homes="4")
    browser = enter(archive.cast.county_clerk)
    address = f"/corrections/{slip.pk}/figures/{archive.cast.township.code}/"
    answer = browser.post(address, {"value-homes": "五户", "value-care_beds": "45"})
    assert answer.status_code == 422
    assert "“五户”不是数字" in text_of(answer)
    assert 'value="五户"' in text_of(answer)
    assert 'value="45"' in text_of(answer)
    assert [(line.metric.code, line.new_value) for line in slip.lines.all()] == [("homes", 4)]


def test_the_published_figure_typed_again_is_said_to_correct_nothing(archive, enter):
    slip = archive.slip()
    browser = enter(archive.cast.county_clerk)
    address = f"/corrections/{slip.pk}/figures/{archive.cast.township.code}/"
    page = text_of(browser.post(address, {"value-homes": "2"}, follow=True))
    assert "已记下" not in page
    assert "沈荡镇没有要更正的数：填的都与已公布的相同。" in page
    page = text_of(browser.post(address, {"value-homes": "4"}, follow=True))
    assert "已记下沈荡镇的更正。" in page


def test_what_stood_before_is_called_published_now_only_until_the_slip_takes_effect(archive, enter):
    slip = archive.sent(homes="4")
    reviewer = enter(archive.cast.county_reviewer)
    assert "现在公布" in text_of(reviewer.get(f"/corrections/{slip.pk}/"))
    actions.approve(slip=slip, by=archive.cast.county_reviewer)
    page = text_of(reviewer.get(f"/corrections/{slip.pk}/"))
    assert "现在公布" not in page
    assert "更正前" in page


def test_open_months_need_no_slip(archive):
    MonthlyReport.objects.filter(month=MAY).update(status="approved")
    with pytest.raises(Refused, match="没有已锁定的月报"):
        actions.start(county=archive.cast.county, month=MAY, by=archive.cast.county_clerk, **WORDS)


def test_an_approval_asks_for_the_roll_up_of_the_month_and_all_later_ones(archive):
    slip = archive.sent(homes="4")
    RollupRequest.objects.all().delete()
    actions.approve(slip=slip, by=archive.cast.county_reviewer)
    assert list(RollupRequest.objects.values_list("month", flat=True)) == [APRIL, MAY]


def test_a_month_of_a_slip_through_the_pages(archive, enter):
    """Drafted, filled in, sent, returned, corrected, approved; the township sees only its own lines."""
    clerk, reviewer = enter(archive.cast.county_clerk), enter(archive.cast.county_reviewer)
    own, other = archive.cast.township.code, archive.cast.other_township.code
    answer = clerk.post("/corrections/new/", {"month": "2026-04-01", **WORDS})
    slip = CorrectionSlip.objects.get()
    assert answer.url == f"/corrections/{slip.pk}/"
    for code, texts in ((own, {"value-homes": "4"}), (other, {"value-homes": "1"})):
        assert clerk.post(f"/corrections/{slip.pk}/figures/{code}/", texts).status_code == 302
    assert clerk.post(f"/corrections/{slip.pk}/submit/").status_code == 302
    page = text_of(reviewer.get(f"/corrections/{slip.pk}/"))
    assert "没有指标值变动" not in page
    assert "各镇(街道)的指标值 4 个" in page
    reviewer.post(f"/corrections/{slip.pk}/return/", {"opinion": "百步镇的数请再核"})
    assert "百步镇的数请再核" in text_of(clerk.get(f"/corrections/{slip.pk}/"))
    clerk.post(f"/corrections/{slip.pk}/figures/{other}/", {"value-homes": ""})
    clerk.post(f"/corrections/{slip.pk}/submit/")
    assert reviewer.post(f"/corrections/{slip.pk}/approve/", {"opinion": "同意"}).status_code == 302
    slip.refresh_from_db()
    assert (slip.status, slip.revision, slip.opinion) == ("approved", 2, "同意")
    assert [line.report.org_unit.code for line in slip.lines.all()] == [own]
    township = text_of(enter(archive.cast.township_clerk).get(f"/corrections/{slip.pk}/"))
    assert "沈荡镇" in township
    assert "海盐县 2026-04" not in township
    assert enter(archive.cast.other_township_clerk).get(f"/corrections/{slip.pk}/").status_code == 404
    told = Notice.objects.filter(recipient=archive.cast.township_clerk, kind=Notice.Kind.APPROVED)
    assert [str(slip) in notice.text for notice in told] == [True]
    assert "更正〔2026〕1号：适老化改造户数 2 → 4" in text_of(
        enter(archive.cast.township_clerk).get(f"/reports/2026-04/{own}/")
    )


def test_a_draft_is_the_countys_own_business(archive, enter):
    slip = archive.slip(homes="4")
    assert enter(archive.cast.township_clerk).get(f"/corrections/{slip.pk}/").status_code == 404
    assert enter(archive.cast.county_reviewer).get(f"/corrections/{slip.pk}/").status_code == 200


def test_the_list_takes_a_fixed_number_of_queries(archive, enter, django_assert_max_num_queries):
    for text in ("3", "4", "5", "6"):
        archive.slip(homes=text)
    browser = enter(archive.cast.county_clerk)
    with django_assert_max_num_queries(12):
        page = text_of(browser.get("/corrections/"))
    assert page.count("更正〔2026〕") == 4
    assert Metric.objects.count() == 4


def test_home_pages_say_which_slips_wait(archive, enter):
    slip = archive.sent(homes="4")
    assert f"审批{slip}" in text_of(enter(archive.cast.county_reviewer).get("/"))
    assert f"{slip}" not in text_of(enter(archive.cast.county_clerk).get("/"))
    actions.return_slip(slip=slip, opinion="请附名册", by=archive.cast.county_reviewer)
    home = text_of(enter(archive.cast.county_clerk).get("/"))
    assert f"{slip}被退回" in home
    assert "请附名册" in home
