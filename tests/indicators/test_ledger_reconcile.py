"""账表核对 of a report, the rows behind a figure, and what the reviewer sees of both."""

import datetime as dt
import io
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from eldercare import ledger_metrics
from eldercare.models import AuditEvent
from facilities.models import Bed
from indicators.actions import reports
from indicators.actions.figures import FigureChange, save_figures, take_ledger_figures
from indicators.models import IndicatorValue, MetricValue, ReportEvent
from indicators.rollup import roll_up_month
from tests.facilities.factories import SINCE, make_bed, make_caregiver, make_facility, make_post
from tests.indicators.conftest import JUNE, text_of
from tests.indicators.factories import file_report, make_indicator, make_metric


@pytest.fixture
def home(desk):
    return make_facility(desk.cast.township, "沈荡敬老院", beds=12)


def hand_in(desk, beds: str = "14", reason: str = "两张床待登记") -> None:
    """Handed in with 14 beds where the ledger has 12."""
    file_report(desk.cast.township, dt.date(2026, 5, 1), {"institution_beds": 12}, by=desk.clerk)
    change = FigureChange("institution_beds", beds, reason=reason)
    save_figures(report=desk.report, changes=[change], by=desk.clerk)
    reports.submit(report=desk.report, by=desk.clerk, allow_missing=True)


def line(page: str, code: str) -> list[str]:
    """The texts of one line of the table."""
    row = page.partition(f'data-metric="{code}"')[2].partition("</tr>")[0]
    cells = re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", row)
    return [re.sub(r"<[^>]+>", " ", cell).strip() for cell in cells]


# --- 账表核对 ---------------------------------------------------------------------------------------------------


def test_each_counted_metric_has_its_line(desk, home, clerk):
    save_figures(report=desk.report, changes=[FigureChange("institution_beds", "14")], by=desk.clerk)
    page = text_of(clerk.get(desk.url("reconcile/")))
    assert line(page, "institution_beds") == [
        "养老机构床位数",
        "张",
        "14",
        "12",
        "+2",
        "没有说明",
        "床位台账",
    ]
    assert line(page, "nursing_beds")[2:5] == ["未报", "0", "—"]
    assert line(page, "care_staff")[3] == "—"
    assert "未启用" in line(page, "care_staff")[-1]
    assert "未启用" in line(page, "home_adaptations")[-1]
    assert "福彩公益金" not in page


def test_only_what_differs_can_be_shown(desk, home, clerk):
    save_figures(report=desk.report, changes=[FigureChange("institution_beds", "14")], by=desk.clerk)
    page = text_of(clerk.get(desk.url("reconcile/?rows=differing")))
    assert 'data-metric="institution_beds"' in page
    assert 'data-metric="nursing_beds"' not in page


def test_a_unit_without_ledgers_is_told_so(desk, clerk):
    assert "台账未启用" in text_of(clerk.get(desk.url("reconcile/")))


def test_the_ledger_of_the_day_of_submission_is_kept(desk, home, clerk):
    hand_in(desk)
    step = ReportEvent.objects.get(report=desk.report, to_status="submitted")
    assert step.ledger_figures["institution_beds"] == "12"
    assert "care_staff" not in step.ledger_figures
    make_bed(home, "新1")
    cells = line(text_of(clerk.get(desk.url("reconcile/"))), "institution_beds")
    assert [cells[2], cells[3], cells[4]] == ["14", "13", "+1"]
    assert cells[5].split() == ["有变", "12"]
    assert cells[6] == "两张床待登记"


def test_a_published_figure_stays_and_its_difference_is_shown(desk, home, clerk, reviewer):
    hand_in(desk)
    reports.approve(report=desk.report, by=desk.reviewer)
    roll_up_month(JUNE)
    make_bed(home, "新1")
    roll_up_month(JUNE)
    published = MetricValue.objects.get(
        metric__code="institution_beds", org_unit=desk.cast.township, month=JUNE, is_total=False
    )
    assert published.value == 14
    page = text_of(clerk.get(desk.url("reconcile/")))
    assert "公布的数不随台账变动" in page
    assert line(page, "institution_beds")[2:5] == ["14", "13", "+1"]
    review = text_of(reviewer.get(desk.url()))
    assert "<strong>0</strong>待处理提示" in review
    assert "<strong>1</strong>账表不一致" in review


def test_the_reviewer_sees_what_differs_and_why(desk, home, reviewer):
    hand_in(desk)
    page = text_of(reviewer.get(desk.url("?rows=notable")))
    assert "<strong>账表不一致</strong>比台账多 2 张" in page
    assert "<strong>说明</strong>两张床待登记" in page
    assert desk.url("reconcile/") in page


def test_a_difference_that_arose_after_submission_is_marked_as_unexplained(desk, home, reviewer):
    hand_in(desk, "12", reason="")
    make_bed(home, "新1")
    page = text_of(reviewer.get(desk.url()))
    assert "比台账少 1 张，没有说明" in page


def test_the_page_costs_the_same_queries_however_many_rows(desk, home, clerk, django_assert_num_queries):
    clerk.get(desk.url("reconcile/"))
    with CaptureQueriesContext(connection) as before:
        clerk.get(desk.url("reconcile/"))
    make_facility(desk.cast.township, beds=15)
    with django_assert_num_queries(len(before)):
        clerk.get(desk.url("reconcile/"))


# --- The rows behind a figure -----------------------------------------------------------------------------------


def rows_url(code: str, unit, month: str = "2026-06") -> str:
    return f"/figures/{code}/{unit.code}/{month}/"


def shown_number(page: str) -> str:
    return re.search(r'<li class="tally-blue"><strong>([\d,]+)', page).group(1)


def shown_rows(client, address: str) -> int:
    """Rows on all pages of the list."""
    number, total = 1, 0
    while True:
        page = text_of(client.get(address, {"page": number}))
        total += page.partition("<tbody>")[2].partition("</tbody>")[0].count("<tr>")
        if 'rel="next"' not in page.partition('class="pager"')[2]:
            return total
        number += 1


def test_the_count_on_top_is_the_length_of_the_list(desk, clerk):
    home = make_facility(desk.cast.township, "沈荡敬老院")
    Bed.objects.bulk_create(Bed(facility=home, number=str(n), in_use_from=SINCE) for n in range(60))
    make_bed(home, "九月", in_use_from=dt.date(2026, 9, 1))
    address = rows_url("institution_beds", desk.cast.township)
    assert shown_number(text_of(clerk.get(address))) == "60"
    assert shown_rows(clerk, address) == 60
    assert ledger_metrics.figures([desk.cast.township], JUNE)[desk.cast.township.pk, "institution_beds"] == 60


def test_past_months_are_counted_again(desk, home, clerk):
    Bed.objects.filter(facility=home, number="1").update(in_use_to=dt.date(2026, 6, 10))
    assert shown_number(text_of(clerk.get(rows_url("institution_beds", desk.cast.township)))) == "11"
    may = rows_url("institution_beds", desk.cast.township, "2026-05")
    assert shown_number(text_of(clerk.get(may))) == "12"
    assert shown_rows(clerk, may) == 12


def test_the_county_sees_all_townships_and_each_of_them(desk, home, reviewer):
    make_facility(desk.cast.other_township, beds=20)
    make_facility(desk.cast.neighbour, beds=30)
    page = text_of(reviewer.get(rows_url("institution_beds", desk.cast.county)))
    assert shown_number(page) == "32"
    assert "<strong>12</strong>沈荡镇" in page
    assert "<strong>20</strong>百步镇" in page
    assert shown_rows(reviewer, rows_url("institution_beds", desk.cast.county)) == 32


def test_what_the_county_itself_reports_can_be_listed_alone(desk, reviewer):
    make_facility(desk.cast.township, "沈荡康养联合体", kind="health_care_union")
    make_facility(desk.cast.county, "县康养联合体", kind="health_care_union")
    make_metric("health_care_unions", reporter="both")
    address = rows_url("health_care_unions", desk.cast.county)
    assert shown_number(text_of(reviewer.get(address))) == "2"
    own = text_of(reviewer.get(address + "?scope=own"))
    assert shown_number(own) == "1"
    assert "县康养联合体" in own
    assert "沈荡康养联合体" not in own


def test_each_row_leads_to_its_own_page(desk, home, clerk):
    page = text_of(clerk.get(rows_url("institution_beds", desk.cast.township)))
    bed = Bed.objects.filter(facility=home).first()
    assert f'href="/ledgers/beds/{bed.pk}/"' in page


def test_numbers_of_people_are_masked_on_the_page_and_in_the_workbook(desk, home, clerk):
    person = make_caregiver("李测试")
    make_post(home, person)
    number = person.id_number.reveal()
    answer = clerk.get(rows_url("care_staff", desk.cast.township))
    assert "李测试" in text_of(answer)
    assert number not in text_of(answer)
    assert f"{number[:6]}********{number[-4:]}" in text_of(answer)
    book = load_workbook(
        io.BytesIO(clerk.get(rows_url("care_staff", desk.cast.township) + "?export=xlsx").content)
    )
    cells = {str(cell.value) for row in book.active.iter_rows() for cell in row}
    assert "李测试" in cells
    assert number not in cells
    assert AuditEvent.objects.filter(action="export", user=desk.clerk, subject__contains="台账明细").exists()


def test_a_ledger_that_is_not_kept_lists_nothing_and_no_zero(desk, home, clerk):
    page = text_of(clerk.get(rows_url("care_staff", desk.cast.township)))
    assert "台账未启用" in page
    assert '<li class="tally-blue"><strong>—</strong>' in page


@pytest.mark.parametrize("code", ["lottery_fund", "no_such_metric"])
def test_a_metric_that_no_ledger_counts_has_no_such_page(desk, home, clerk, code):
    answer = clerk.get(rows_url(code, desk.cast.township))
    assert answer.status_code == 404
    assert "没有代码为" in text_of(answer)


def test_a_month_to_come_has_no_such_page(desk, home, clerk):
    assert clerk.get(rows_url("institution_beds", desk.cast.township, "2026-07")).status_code == 404


def test_the_metric_page_leads_to_the_rows_of_each_township(desk, home, reviewer):
    roll_up_month(dt.date(2026, 5, 1))
    page = text_of(reviewer.get("/metrics/institution_beds/"))
    for unit in (desk.cast.county, desk.cast.township, desk.cast.other_township):
        assert rows_url("institution_beds", unit, "2026-05") in page
    assert "/figures/" not in text_of(reviewer.get("/metrics/lottery_fund/"))


def test_the_explanation_of_an_indicator_leads_to_the_rows(desk, home, reviewer):
    make_indicator(desk.plan, "nursing_beds / institution_beds * 100", target="60")
    roll_up_month(dt.date(2026, 5, 1))
    page = text_of(reviewer.get("/plans/plan/1/?month=2026-05"))
    assert rows_url("nursing_beds", desk.cast.township, "2026-05") in page


# --- What a change of the ledgers does to the indicators --------------------------------------------------------


@pytest.fixture
def share(desk, home):
    """80 of 120 nursing beds in May's other township; its June report is approved, that of our township open."""
    indicator = make_indicator(
        desk.plan, "nursing_beds / institution_beds * 100", target="60", name="护理型占比"
    )
    make_indicator(desk.plan, "care_staff", value_kind="quantity", unit="人", name="从业人员")
    figures = {"institution_beds": 100, "nursing_beds": 50, "care_staff": 9, "home_adaptations": 1}
    file_report(desk.cast.other_township, JUNE, figures, by=desk.cast.other_township_clerk)
    roll_up_month(JUNE)
    return indicator


def effects(desk, before: dict, after: dict, by=None) -> list[tuple]:
    change = ledger_metrics.Change(desk.cast.township, before, after)
    found = ledger_metrics.effects_of([change], JUNE, by or desk.county_clerk)
    return [
        (each["indicator"], each["unit"], each["before"], each["after"])
        for each in found
        if "indicator" in each
    ]


BEFORE = {"institution_beds": 100, "nursing_beds": 40}
AFTER = {"institution_beds": 100, "nursing_beds": 70}


def told_of(desk) -> list[dict]:
    change = ledger_metrics.Change(desk.cast.township, BEFORE, AFTER)
    return ledger_metrics.effects_of([change], JUNE, desk.county_clerk)


def test_units_are_told_of_one_after_the_other_in_as_many_statements(desk, share):
    of_one = ledger_metrics.Change(desk.cast.township, {"home_adaptations": 1}, {"home_adaptations": 2})
    changes = [of_one._replace(unit=desk.cast.other_township), of_one]
    with CaptureQueriesContext(connection) as few:
        ledger_metrics.effects_of(changes[:1], JUNE, desk.county_clerk)
    with CaptureQueriesContext(connection) as many:
        ledger_metrics.effects_of(changes, JUNE, desk.county_clerk)
    assert len(many) == len(few)
    of_other = ledger_metrics.Change(desk.cast.other_township, {"care_staff": 9}, {"care_staff": 8})
    of_first = ledger_metrics.Change(desk.cast.township, BEFORE, AFTER)
    said = ledger_metrics.effects_of([of_first, of_other], JUNE, desk.county_clerk)
    assert [each["unit"] for each in said if "indicator" in each] == [
        "沈荡镇",
        "海盐县",
    ]  # the other is approved


def test_effects_are_those_of_the_unit_and_of_the_county(desk, share):
    # The county: (40 + 50) / 200 = 45 %, then (70 + 50) / 200 = 60 %.
    assert effects(desk, BEFORE, AFTER) == [
        ("护理型占比", "沈荡镇", "40.0%", "70.0%"),
        ("护理型占比", "海盐县", "45.0%", "60.0%"),
    ]


def test_a_township_is_told_of_itself_alone(desk, share):
    assert [unit for _, unit, *_ in effects(desk, BEFORE, AFTER, by=desk.clerk)] == ["沈荡镇"]


def test_typed_figures_stay_and_taken_ones_follow(desk, share):
    save_figures(report=desk.report, changes=[FigureChange("institution_beds", "140")], by=desk.clerk)
    take_ledger_figures(report=desk.report, codes=["nursing_beds"], by=desk.clerk)
    assert effects(desk, BEFORE, AFTER, by=desk.clerk) == [
        ("护理型占比", "沈荡镇", "28.6%", "50.0%")  # 40 and 70 of the typed 140
    ]
    save_figures(report=desk.report, changes=[FigureChange("nursing_beds", "35")], by=desk.clerk)
    assert effects(desk, BEFORE, AFTER, by=desk.clerk) == []


def test_a_report_that_was_handed_in_follows_no_more(desk, share):
    save_figures(
        report=desk.report,
        changes=[FigureChange("institution_beds", "12"), FigureChange("nursing_beds", "0")],
        by=desk.clerk,
    )
    type(desk.report).objects.filter(pk=desk.report.pk).update(status="submitted")
    assert effects(desk, BEFORE, AFTER) == []


def test_nothing_changes_without_a_change(desk, share):
    assert effects(desk, BEFORE, dict(BEFORE)) == []
    assert effects(desk, {"institution_beds": 1}, {"institution_beds": 1}) == []


def test_the_first_rows_of_a_ledger_begin_from_not_reported(desk, share):
    Bed.objects.all().delete()
    type(share).objects.filter(pk=share.pk).update(
        formula="nursing_beds", value_kind="quantity", unit="张", decimals=0
    )
    assert effects(desk, {"nursing_beds": 0}, {"nursing_beds": 7}, by=desk.clerk) == [
        ("护理型占比", "沈荡镇", "未报", "7 张")
    ]


def test_effects_write_nothing_and_cost_a_fixed_number_of_statements(desk, share):
    stored = list(IndicatorValue.objects.order_by("pk").values_list("pk", "value"))
    with CaptureQueriesContext(connection) as few:
        effects(desk, BEFORE, AFTER)
    for number in range(5):
        make_indicator(desk.plan, "institution_beds", name=f"另{number}", value_kind="quantity", unit="张")
    with CaptureQueriesContext(connection) as many:
        effects(desk, BEFORE, AFTER | {"institution_beds": 200})
    assert len(many) == len(few)
    assert stored == list(IndicatorValue.objects.order_by("pk").values_list("pk", "value"))


def test_effects_of_a_foreign_unit_are_nobodys_business(desk, share):
    assert effects(desk, BEFORE, AFTER, by=desk.cast.other_township_clerk) == []
    assert effects(desk, BEFORE, AFTER, by=desk.cast.neighbour_administrator) == []


def test_each_effect_leads_to_the_page_of_its_indicator(desk, share, enter):
    said = told_of(desk)
    found = [each for each in said if "indicator" in each]
    for each in found:
        assert enter(desk.county_clerk).get(each["url"]).status_code == 200
    assert (found[0]["number"], found[0]["plan"]) == (1, "示例规划")


def test_the_ledgers_own_figures_are_told_too(desk, share):
    make_facility(desk.cast.township, "甲院", beds=12)
    assert [each for each in told_of(desk) if "metric" in each] == [
        {"metric": "护理型床位数", "unit": "沈荡镇", "before": "40 张", "after": "70 张"}
    ]
