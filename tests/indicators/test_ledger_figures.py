"""The ledgers' figures in the monthly report: shown, taken, and held against what was typed (账表核对)."""

import json
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from eldercare import todo
from eldercare.errors import Refused
from eldercare.spells import Spells
from facilities.models import Bed
from indicators.actions import reports
from indicators.actions.figures import (
    FigureChange,
    copy_last_month,
    findings_for,
    save_figures,
    take_ledger_figures,
)
from indicators.models import MetricEntry, MonthlyReport
from tests.facilities.factories import SINCE, make_bed, make_facility, make_post
from tests.indicators.conftest import text_of
from tests.indicators.factories import make_metric

LEDGER = "取台账数"
BEDS, NURSING = 118, 80  # last month's report: 120 and 80


@pytest.fixture
def home(desk):
    """A home with 118 beds, 80 of them for nursing: the township keeps facilities and beds, but no staff."""
    home = make_facility(desk.cast.township, "沈荡敬老院")
    nursing = Spells.since(SINCE)
    Bed.objects.bulk_create(
        Bed(facility=home, number=str(n), in_use_from=SINCE, nursing=nursing if n <= NURSING else Spells())
        for n in range(1, BEDS + 1)
    )
    return home


def entry(desk, code: str = "institution_beds") -> MetricEntry:
    return MetricEntry.objects.get(report=desk.report, metric__code=code)


def save(desk, code: str, text: str, **more):
    return save_figures(report=desk.report, changes=[FigureChange(code, text, **more)], by=desk.clerk)


def take(desk, *codes: str):
    return take_ledger_figures(report=desk.report, codes=codes, by=desk.clerk)


def ledger_findings(desk) -> list[str]:
    return [finding.code for finding in findings_for(desk.report) if finding.kind == "ledger"]


def put(desk, client, code: str, **body):
    answer = client.put(desk.url(f"cells/{code}/"), json.dumps(body), content_type="application/json")
    return answer.status_code, answer.json()


# --- Shown beside the field -------------------------------------------------------------------------------------


def test_the_ledgers_figure_stands_beside_the_field_with_a_button(desk, home, clerk):
    page = text_of(clerk.get(desk.url()))
    assert 'data-ledger="118"' in page
    assert 'aria-label="养老机构床位数取台账数"' in page
    assert "<span data-take-count>2</span>" in page
    assert "<kbd>=</kbd> 取台账数" in page


def test_a_ledger_that_is_not_kept_says_so_and_shows_no_zero(desk, home, clerk):
    page = text_of(clerk.get(desk.url()))
    row = page.partition('data-code="care_staff"')[2].partition("</tr>")[0]
    assert "台账未启用" in row
    assert 'data-ledger=""' in row
    assert LEDGER not in row


def test_without_any_ledger_the_form_is_as_it_was(desk, clerk):
    page = text_of(clerk.get(desk.url()))
    assert LEDGER not in page
    assert "has-ledger" not in page
    assert "data-ledger" not in page


def test_a_metric_that_no_ledger_counts_has_nothing_beside_it(desk, home, clerk):
    make_metric("festival_visits", name="节日慰问人次", unit="人次", group="V", nature="flow")
    row = text_of(clerk.get(desk.url())).partition('data-code="festival_visits"')[2].partition("</tr>")[0]
    assert 'data-ledger=""' in row
    assert "未启用" not in row


def test_the_page_costs_the_same_queries_however_large_the_ledger(
    desk, home, clerk, django_assert_num_queries
):
    clerk.get(desk.url())
    with CaptureQueriesContext(connection) as before:
        clerk.get(desk.url())
    for name in ("甲院", "乙院"):
        make_facility(desk.cast.township, name, beds=12)
    save(desk, "institution_beds", "142")
    with django_assert_num_queries(len(before)):
        clerk.get(desk.url())


# --- Taken ------------------------------------------------------------------------------------------------------


def test_taking_one_figure_stores_it_with_its_source(desk, home, clerk):
    answer = clerk.post(desk.url("take/"), {"take": "institution_beds"}, follow=True)
    assert "已取台账数 1 项" in text_of(answer)
    assert (entry(desk).value, entry(desk).source, entry(desk).ledger_value) == (118, "ledger", 118)
    assert not MetricEntry.objects.filter(report=desk.report, metric__code="nursing_beds").exists()


def test_taking_one_figure_saves_what_was_typed_elsewhere_and_drops_what_stood_in_its_own_field(
    desk, home, clerk
):
    fields = {
        "take": "institution_beds",
        "value-institution_beds": "不清楚",
        "seen-institution_beds": "",
        "value-care_staff": "36",
        "seen-care_staff": "",
    }
    clerk.post(desk.url("take/"), fields)
    assert (desk.figure("institution_beds"), desk.figure("care_staff")) == (118, 36)


def test_nothing_can_be_taken_from_a_ledger_that_is_not_kept(desk, home, clerk):
    page = text_of(clerk.post(desk.url("take/"), {"take": "care_staff"}, follow=True))
    assert "未启用，没有可取的数" in page
    assert desk.figure("care_staff") is None


def test_a_typed_figure_remembers_what_the_ledger_said(desk, home):
    save(desk, "institution_beds", "120")
    save(desk, "care_staff", "35")
    assert (entry(desk).source, entry(desk).ledger_value) == ("typed", 118)
    assert entry(desk, "care_staff").ledger_value is None


def test_typing_over_a_taken_figure_makes_it_typed(desk, home):
    take(desk, "institution_beds")
    save(desk, "institution_beds", "121")
    assert entry(desk).source == "typed"


def test_a_reason_alone_leaves_the_source(desk, home):
    take(desk, "institution_beds")
    save(desk, "institution_beds", "118", reason="清点属实")
    assert (entry(desk).source, entry(desk).reason) == ("ledger", "清点属实")


def test_taking_the_figure_that_was_typed_changes_its_source_only(desk, home):
    save(desk, "institution_beds", "118")
    take(desk, "institution_beds")
    assert (entry(desk).value, entry(desk).source) == (118, "ledger")


def test_the_reason_of_a_difference_goes_when_the_difference_goes(desk, home):
    save(desk, "institution_beds", "120", reason="两张待登记")
    take(desk, "institution_beds")
    assert entry(desk).reason == ""


def test_the_reason_of_a_large_change_stays_when_the_ledgers_figure_is_large_too(desk, home):
    Bed.objects.filter(number__in=[str(n) for n in range(61, 119)]).update(
        in_use_to=SINCE
    )  # 60 are left of 120
    save(desk, "institution_beds", "61", reason="二号楼停用")
    take(desk, "institution_beds")
    assert (entry(desk).value, entry(desk).reason) == (60, "二号楼停用")


def test_copying_last_month_leaves_what_a_ledger_counts(desk, home):
    assert copy_last_month(report=desk.report, by=desk.clerk) == 1
    assert desk.figure("care_staff") == 35
    assert desk.figure("institution_beds") is None


# --- All at once ------------------------------------------------------------------------------------------------


def test_all_empty_ones_are_taken_at_once(desk, home, clerk):
    page = text_of(clerk.post(desk.url("take/"), {"take": "all"}, follow=True))
    assert "已取台账数 2 项" in page
    assert (desk.figure("institution_beds"), desk.figure("nursing_beds")) == (118, 80)


def test_figures_taken_before_follow_without_a_question(desk, home, clerk):
    take(desk, "institution_beds")
    make_bed(home, "新1")
    clerk.post(desk.url("take/"), {"take": "all"})
    assert desk.figure("institution_beds") == 119


def test_typed_figures_that_differ_are_asked_about_by_number_and_name(desk, home, clerk):
    save(desk, "institution_beds", "120", reason="两张待登记")
    page = text_of(clerk.post(desk.url("take/"), {"take": "all"}))
    assert "有 1 项手工填报的数与台账不同" in page
    assert "比台账多 2 张" in page
    assert "两张待登记" in page
    assert "只取其余 1 项" in page
    assert (desk.figure("institution_beds"), desk.figure("nursing_beds")) == (120, None)


def test_agreeing_replaces_them(desk, home, clerk):
    save(desk, "institution_beds", "120")
    clerk.post(desk.url("take/"), {"take": "all", "asked": "replace", "replace": "institution_beds"})
    assert (desk.figure("institution_beds"), desk.figure("nursing_beds")) == (118, 80)


def test_keeping_them_takes_the_empty_ones_only(desk, home, clerk):
    save(desk, "institution_beds", "120")
    clerk.post(desk.url("take/"), {"take": "all", "asked": "keep", "replace": "institution_beds"})
    assert (desk.figure("institution_beds"), desk.figure("nursing_beds")) == (120, 80)


def test_a_figure_typed_after_the_question_is_not_replaced(desk, home, clerk):
    save(desk, "institution_beds", "120")
    save(desk, "nursing_beds", "79")
    clerk.post(desk.url("take/"), {"take": "all", "asked": "replace", "replace": "institution_beds"})
    assert (desk.figure("institution_beds"), desk.figure("nursing_beds")) == (118, 79)


def test_the_button_of_the_bar_needs_no_field(desk, home, clerk):
    """A script that sends the form leaves the name of the button out."""
    clerk.post(desk.url("take/?take=all"), {})
    assert desk.figure("institution_beds") == 118


def test_a_closed_report_takes_nothing(desk, home, clerk):
    MonthlyReport.objects.filter(pk=desk.report.pk).update(status="submitted")
    answer = clerk.post(desk.url("take/"), {"take": "institution_beds"})
    assert answer.status_code == 409
    assert desk.figure("institution_beds") is None


# --- The check --------------------------------------------------------------------------------------------------


def fill(desk, **figures: str) -> None:
    desk.save(
        **(
            {"institution_beds": "118", "nursing_beds": "80", "care_staff": "35", "home_adaptations": "6"}
            | figures
        )
    )


def test_a_figure_that_is_not_the_ledgers_stops_submission_until_it_has_a_reason(desk, home):
    fill(desk, institution_beds="120")
    assert ledger_findings(desk) == ["institution_beds"]
    with pytest.raises(Refused, match="养老机构床位数填 120，台账为 118"):
        reports.submit(report=desk.report, by=desk.clerk)
    save(desk, "institution_beds", "120", reason="两张床待登记")
    reports.submit(report=desk.report, by=desk.clerk)
    assert desk.status() == "submitted"


def test_agreeing_and_uncounted_figures_are_no_findings(desk, home):
    fill(desk)
    assert ledger_findings(desk) == []


def test_a_taken_figure_is_asked_about_once_its_ledger_has_moved(desk, home):
    take(desk, "institution_beds")
    assert ledger_findings(desk) == []
    make_bed(home, "新1")
    assert ledger_findings(desk) == ["institution_beds"]


def test_the_finding_is_on_its_row_and_in_the_list_before_submitting(desk, home, clerk):
    save(desk, "institution_beds", "120")
    page = text_of(clerk.get(desk.url()))
    assert page.count("养老机构床位数填 120，台账为 118(比台账多 2 张)") == 2
    assert '<a href="#v-institution_beds">养老机构床位数填 120' in page


def test_the_month_overview_counts_it_for_the_county(desk, home, enter):
    save(desk, "institution_beds", "120")
    assert "待说明 1" in text_of(enter(desk.county_clerk).get("/reports/2026-06/"))


def test_home_says_how_many_figures_differ_without_a_reason(desk, home):
    save(desk, "institution_beds", "121")
    save(desk, "nursing_beds", "79", reason="待登记")
    (item,) = [item for item in todo.items_for(desk.clerk) if "账表不一致" in item.title]
    assert item.title == "2026年6月份月报账表不一致 1 项"
    assert item.link == desk.url("reconcile/")


def test_home_says_nothing_when_all_agree(desk, home):
    save(desk, "institution_beds", "118")
    assert [item for item in todo.items_for(desk.clerk) if "账表不一致" in item.title] == []


# --- One cell at a time, as the script saves it -----------------------------------------------------------------


def test_saving_a_cell_answers_with_the_ledger_and_the_finding(desk, home, clerk):
    status, answer = put(desk, clerk, "institution_beds", value="120", seen="")
    assert status == 200
    assert (answer["ledger"], answer["taken"]) == ("118", False)
    assert [finding["code"] for finding in answer["findings"]] == ["institution_beds"]


def test_taking_a_cell_gives_the_figure_as_it_is_counted_now(desk, home, clerk):
    make_bed(home, "新1")
    status, answer = put(desk, clerk, "institution_beds", value="118", seen="", take=True)
    assert (status, answer["value"], answer["taken"]) == (200, "119", True)
    assert entry(desk).source == "ledger"


def test_taking_a_cell_that_somebody_changed_is_a_conflict(desk, home, clerk):
    save(desk, "institution_beds", "117")
    status, answer = put(desk, clerk, "institution_beds", value="118", seen="", take=True)
    assert (status, answer["theirs"]["value"]) == (409, "117")


def test_taking_a_cell_without_a_ledger_is_refused_with_a_sentence(desk, home, clerk):
    status, answer = put(desk, clerk, "care_staff", value="", seen="", take=True)
    assert status == 422
    assert "未启用" in answer["detail"]
    make_metric("festival_visits", name="节日慰问人次", unit="人次", group="V", nature="flow")
    status, answer = put(desk, clerk, "festival_visits", value="", seen="", take=True)
    assert "没有台账" in answer["detail"]


# --- Past months ------------------------------------------------------------------------------------------------


def test_a_past_month_is_counted_as_of_its_own_end(desk, home, clerk):
    make_bed(home, "六月", in_use_from=desk.month.replace(day=3))
    may = text_of(clerk.get(f"/reports/2026-05/{desk.cast.township.code}/reconcile/"))
    june = text_of(clerk.get(desk.url("reconcile/")))
    assert '/figures/institution_beds/330424101/2026-05/">118</a>' in may
    assert '/figures/institution_beds/330424101/2026-06/">119</a>' in june


def test_people_are_counted_where_they_work(desk, home):
    make_post(home)
    take(desk, "care_staff")
    assert entry(desk, "care_staff").value == Decimal(1)


# --- The county's own report ------------------------------------------------------------------------------------


@pytest.fixture
def own_form(desk, enter):
    """The county owes the unions of its own; those of the townships are reported by them."""
    make_metric("health_care_unions", name="康养联合体数", reporter="both")
    make_facility(desk.cast.township, "沈荡康养联合体", kind="health_care_union")
    client, address = enter(desk.county_clerk), f"/reports/2026-06/{desk.cast.county.code}/"
    client.post(f"{address}save/", {"open": "1"})
    return client, address


def test_the_county_is_not_held_to_a_zero_of_its_own(own_form):
    client, address = own_form
    assert LEDGER not in text_of(client.get(address))


def test_the_county_takes_what_it_has_itself_without_the_townships(desk, own_form):
    client, address = own_form
    make_facility(desk.cast.county, "县康养联合体", kind="health_care_union")
    client.post(f"{address}take/", {"take": "health_care_unions"})
    figure = MetricEntry.objects.get(report__org_unit=desk.cast.county)
    assert (figure.value, figure.source) == (1, "ledger")
    assert "/figures/health_care_unions/330424/2026-06/?scope=own" in text_of(client.get(address))
