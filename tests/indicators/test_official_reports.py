"""The official report: drafted from what is published, edited, sealed by another person, and then never changed."""

import datetime as dt
import re

import pytest
import time_machine
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from eldercare.errors import Refused
from eldercare.models import AuditEvent, Notice
from eldercare.permissions import Role
from indicators.actions import corrections
from indicators.actions import official_reports as actions
from indicators.models import MonthlyReport, OfficialReport
from indicators.pages import official
from indicators.pages.official_figures import as_json, read
from indicators.rollup import roll_up_due, roll_up_months
from indicators.rules.official import Period
from tests.indicators.conftest import text_of
from tests.indicators.factories import make_indicator
from tests.indicators.official_world import APRIL, JUNE, MARCH, MAY, NOW, County
from tests.indicators.task_world import make_task


@pytest.fixture
def county(cast):
    with time_machine.travel(NOW, tick=True):
        yield County(cast)


@pytest.fixture
def clerk(county, enter):
    return enter(county.cast.county_clerk)


@pytest.fixture
def reviewer(county, enter):
    return enter(county.cast.county_reviewer)


def seal(reviewer, report: OfficialReport, **more):
    page = text_of(reviewer.get(f"/official/{report.pk}/seal/"))
    stamp = re.search(r'name="stamp" value="(\w+)"', page)[1]
    return reviewer.post(f"/official/{report.pk}/seal/", {"stamp": stamp, **more}, follow=True)


def text(report: OfficialReport, key: str) -> str:
    report.refresh_from_db()
    return next(each["text"] for each in report.sections if each["key"] == key)


# --- What it says ----------------------------------------------------------------------------------------------------


def test_the_proposal_tells_figures_progress_problems_and_what_comes_next(county):
    """April: (44 + 60) / 200 = 52 %, met for the first time; homes 4 × 5 = 20 of 100."""
    report = county.start(APRIL)
    assert "约束性指标共2项" in text(report, "overview")
    assert "新达标1项：护理床位占比" in text(report, "overview")
    assert "软性目标1项（不计入达标率）" in text(report, "overview")
    assert "没有可判定目标" not in text(report, "overview")
    assert "推进改造（总体进度15%，进度滞后）。县卫生健康局：已走访4个村。" in text(report, "tasks")
    assert "月报数据应报2个单位，已报2个，全部按时报送。" in text(report, "reporting")
    assert "重点任务进展应报2个单位，已报1个；尚未报送1个：沈荡镇。" in text(report, "reporting")
    assert "推进改造：2026年5月20日前完成摸底" in text(report, "next")


def test_the_parts_of_the_soft_targets_add_up(county):
    make_indicator(county.plan, "beds", unit="张", name="没有数值的目标", is_soft=True, value_kind="quantity")
    roll_up_months([APRIL])
    words = re.search(
        r"软性目标(\d+)项（不计入达标率），其中([^。]*)。", text(county.start(APRIL), "overview")
    )
    assert words[1] == "2"
    assert words[2].endswith("没有可判定目标1项")
    assert sum(map(int, re.findall(r"(\d+)项", words[2]))) == 2


def test_missing_townships_are_named(county):
    report = county.start(MAY)
    assert "尚未报送1个：百步镇" in text(report, "reporting")
    assert "百步镇的月报尚未报送" in text(report, "problems")
    # The ratio has no verdict without the second township; the homes are on course whatever it reports.
    assert "与上月相比，1项因本期月报未全部审核通过暂不判定，全部通过后可能变动。" in text(report, "overview")
    rows = official.load(report).figures["plans"][0]["headline"]
    assert [(row["value_text"], row["reported_text"]) for row in rows] == [("48.0%", "1/2 已审核")]


def test_changes_are_taken_against_the_month_before(county):
    """40 + 60 of 200 in March, 44 + 60 in April; homes 15 → 20."""
    plan = as_json(read(county.cast.county, Period("month", APRIL)))["plans"][0]
    assert [row["change_text"] for row in (*plan["headline"], *plan["binding"], *plan["soft"])] == [
        "+2.0",
        "+5",
        "持平",
    ]


def test_a_half_year_adds_up_the_flows(county):
    """January to April 5 homes a month, in May 2 of the township that reported."""
    figures = as_json(read(county.cast.county, Period("half_year", JUNE)))
    assert [(flow["name"], flow["value"], flow["months"]) for flow in figures["flows"]] == [
        ("改造户数", "22", 5)
    ]
    titles = [each.title for each in official.load(county.start(JUNE, "half_year")).document.attachments]
    assert titles[-1] == "2026年上半年工作量合计表"


# --- Drafting and sealing --------------------------------------------------------------------------------------------


def test_a_clerk_drafts_and_edits_and_a_reviewer_seals(county, clerk, reviewer):
    page = clerk.post("/official/new/", {"kind": "month", "month": "2026-04-01", "plan": ""}, follow=True)
    report = OfficialReport.objects.get()
    assert "海盐县2026年4月养老服务工作进展月报" in text_of(page)
    form = clerk.get(f"/official/{report.pk}/edit/").context["form"]
    data = {**form.initial, "document_number": "盐民[2026]8号", "addressee": "市民政局", "signed_on": ""}
    data["text-problems"] = "（一）床位不足\r\n正在协调用地。"
    page = clerk.post(f"/official/{report.pk}/edit/", data, follow=True)
    assert "盐民〔2026〕8号" in text_of(page)
    assert '<span class="paper-head">（一）床位不足</span>' in text_of(page)
    clerk.post(f"/official/{report.pk}/ask/")
    assert Notice.objects.filter(
        recipient=county.cast.county_reviewer, text__contains="请核对后定稿"
    ).exists()
    page = seal(reviewer, report)
    report.refresh_from_db()
    assert (report.status, report.sealed_by) == ("sealed", county.cast.county_reviewer)
    assert report.signed_on == dt.date(2026, 6, 10)
    assert report.docx_sha256 in text_of(page)
    assert AuditEvent.objects.filter(subject__contains="定稿", user=county.cast.county_reviewer).exists()


def test_who_wrote_it_does_not_seal_it(county):
    report = county.start()
    author = county.cast.county_clerk
    author.role = "county_reviewer"
    author.save()
    content = official.load(report)
    sealing = actions.Sealing(version=None, figures=content.figures, docx=b"x", xlsx=b"y", signed_on=APRIL)
    with pytest.raises(Refused, match="另一位"):
        actions.seal(report=report, sealing=sealing, accept_missing=True, by=author)
    with pytest.raises(IntegrityError, match="two_pairs_of_eyes"), transaction.atomic():
        OfficialReport.objects.filter(pk=report.pk).update(sealed_by=author)


def test_whoever_ever_wrote_on_it_does_not_seal_it(county, make_person, enter):
    """A helper writes a section anew, the drafter writes on, the helper is made a reviewer."""
    helper = make_person("zhuzhu", "祝助", Role.COUNTY_CLERK, county.cast.county)
    report = county.start()
    actions.renew_section(report=report, key="problems", text="（一）床位不足\n协调用地。", by=helper)
    actions.renew_section(report=report, key="next", text="抓紧建设。", by=county.cast.county_clerk)
    helper.role = Role.COUNTY_REVIEWER
    helper.save()
    report.refresh_from_db()
    assert helper not in (report.created_by, report.edited_by)
    content = official.load(report)
    sealing = actions.Sealing(version=None, figures=content.figures, docx=b"x", xlsx=b"y", signed_on=APRIL)
    with pytest.raises(Refused, match="另一位"):
        actions.seal(report=report, sealing=sealing, accept_missing=True, by=helper)
    assert "您起草或修改过这份月报" in text_of(enter(helper).get(f"/official/{report.pk}/seal/"))
    actions.ask_to_seal(report=report, by=county.cast.county_clerk)
    told = Notice.objects.filter(text__contains="请核对后定稿").values_list("recipient__username", flat=True)
    assert list(told) == [county.cast.county_reviewer.username]


def test_sealing_asks_when_townships_are_missing(county, reviewer):
    report = county.start(MAY)
    page = seal(reviewer, report)
    assert "百步镇的月报还没有报齐" in text_of(page)
    report.refresh_from_db()
    assert report.status == "draft"
    seal(reviewer, report, accept_missing="on")
    report.refresh_from_db()
    assert report.status == "sealed"


def test_a_draft_that_changed_after_it_was_read_is_not_sealed(county, reviewer):
    report = county.start()
    stamp = reviewer.get(f"/official/{report.pk}/seal/").context["form"].initial["stamp"]
    actions.renew_section(report=report, key="next", text="另有安排。", by=county.cast.county_clerk)
    page = reviewer.post(f"/official/{report.pk}/seal/", {"stamp": stamp})
    assert page.status_code == 409
    assert "有变动" in text_of(page)


def test_two_people_do_not_overwrite_each_other(county, clerk):
    report = county.start()
    data = dict(clerk.get(f"/official/{report.pk}/edit/").context["form"].initial, signed_on="")
    actions.renew_section(report=report, key="next", text="另有安排。", by=county.cast.county_clerk)
    data["text-overview"] = "我写的总体情况。"
    page = clerk.post(f"/official/{report.pk}/edit/", data)
    assert "修改过这份月报" in text_of(page)
    assert "我写的总体情况。" in text_of(page)
    assert text(report, "next") == "另有安排。"


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("document_number", "盐民2026第8号", "文号应如"),
        ("title", "", "此项必填"),
        ("text-tasks", "联系人证件 11010519491231002X", "不能写身份证号"),
    ],
)
def test_what_cannot_be_printed_is_refused(county, clerk, field, typed, sentence):
    report = county.start()
    data = dict(clerk.get(f"/official/{report.pk}/edit/").context["form"].initial, signed_on="")
    page = clerk.post(f"/official/{report.pk}/edit/", {**data, field: typed})
    assert page.status_code == 422
    assert sentence in text_of(page)


def test_a_section_is_made_anew_after_asking(county, clerk):
    report = county.start()
    proposed = text(report, "overview")
    actions.edit(
        report=report,
        version=None,
        head={name: getattr(report, name) for name in actions.HEAD_FIELDS},
        texts={"overview": "手写。"},
        by=county.cast.county_clerk,
    )
    url = f"/official/{report.pk}/sections/overview/"
    assert "改过的文字会丢失" in text_of(clerk.get(url))
    assert text(report, "overview") == "手写。"
    clerk.post(url)
    assert text(report, "overview") == proposed


def test_a_half_year_report_needs_its_last_month(county, clerk):
    page = clerk.post("/official/new/", {"kind": "half_year", "month": "2026-05-01", "plan": ""})
    assert "半年报的截至月份应为6月或12月" in text_of(page)
    assert not OfficialReport.objects.exists()


# --- Sealed for ever -------------------------------------------------------------------------------------------------


def correct(county, month: dt.date, **figures: str) -> None:
    """The whole way of a correction of the first township's month."""
    people = county.cast
    slip = corrections.start(
        county=people.county, month=month, reason="漏登", evidence="盐民〔2026〕3号", by=people.county_clerk
    )
    report = MonthlyReport.objects.get(org_unit=people.township, month=month)
    assert corrections.set_lines(slip=slip, report=report, texts=figures, by=people.county_clerk) == {}
    corrections.approve(slip=corrections.submit(slip=slip, by=people.county_clerk), by=people.county_reviewer)
    roll_up_due()


def test_a_correction_leaves_the_sealed_version_and_offers_another(county, clerk, reviewer):
    """April's share is 52 %; with 50 care beds in the first township it is (50 + 60) / 200 = 55 %."""
    report = county.start()
    seal(reviewer, report)
    files = [f"/official/{report.pk}/files/{kind}/" for kind in ("docx", "xlsx")]
    before = [clerk.get(url).content for url in files]
    correct(county, APRIL, care_beds="50")
    assert [clerk.get(url).content for url in files] == before
    page = text_of(clerk.get(f"/official/{report.pk}/"))
    assert "此后有更正" in page
    assert "更正〔2026〕1号" in page
    assert "52.0%" in page
    assert "55.0%" not in page
    page = text_of(clerk.post(f"/official/{report.pk}/renew/", follow=True))
    assert "第 2 版" in page
    assert "55.0%" in page
    assert OfficialReport.objects.filter(status="sealed", revision=1).exists()


def test_a_correction_of_an_earlier_month_that_moves_the_figures_is_named_too(county, clerk, reviewer):
    report = county.start()
    seal(reviewer, report)
    correct(county, MARCH, homes="4")
    assert "更正〔2026〕1号" in text_of(clerk.get(f"/official/{report.pk}/"))


def test_the_database_refuses_to_change_or_delete_a_sealed_version(county, reviewer):
    report = county.start()
    seal(reviewer, report)
    sealed = OfficialReport.objects.filter(pk=report.pk)
    for change in (lambda: sealed.update(title="别的"), sealed.delete):
        with pytest.raises(DatabaseError, match="Cannot"), transaction.atomic():
            change()
    assert actions.sealed_file(sealed.get(), "docx").startswith(b"PK")


# --- Pages -----------------------------------------------------------------------------------------------------------


def test_pages_take_a_fixed_number_of_queries(county, clerk, django_assert_num_queries):
    pages = [county.start(MARCH).pk]
    addresses = ("/official/", f"/official/{pages[0]}/")
    before = []
    clerk.get(addresses[0])  # what is read once for a browser
    for address in addresses:
        with CaptureQueriesContext(connection) as queries:
            clerk.get(address)
        before.append(len(queries))
    county.start(APRIL)
    county.start(MAY)
    for number in range(20):
        make_indicator(county.plan, "homes", target=str(number + 1), value_kind="quantity")
        make_task(county.plan, county.cast.township)
    roll_up_months([MARCH])
    for address, number in zip(addresses, before, strict=True):
        with django_assert_num_queries(number):
            page = clerk.get(address)
    assert number < 40
    # The text of a draft is a person's, the table follows the figures.
    assert "数据或任务进展有变动" in text_of(page)


def test_the_page_has_contents_and_folds_the_figures_by_group(county, clerk):
    """Nothing is lost by folding: every row of the attachment stands in one fold, and the files keep their tables."""
    report = county.start(APRIL)
    for number, group in ((1, "主要指标"), (2, "服务体系"), (3, "服务体系")):
        county.plan.indicators.filter(number=number).update(group=group)
    make_indicator(
        county.plan, "homes", target="500", value_kind="quantity", name="累计改造", group="服务队伍"
    )
    roll_up_months([APRIL])
    answer = clerk.get(f"/official/{report.pk}/")
    page = text_of(answer)
    (attachment,) = answer.context["attachments"]
    (document,) = answer.context["document"].attachments
    assert sorted(row[1] for fold in attachment.folds for row in fold.table.rows) == sorted(
        row[1] for table in document.tables for row in table.rows
    )
    assert [fold.title for fold in attachment.folds] == [
        "主要指标", "其他约束性指标：服务体系", "其他约束性指标：服务队伍", "软性目标（不计入达标率）"
    ]  # fmt: skip
    assert [fold.table.note != "" for fold in attachment.folds] == [False, False, False, True]
    counted = {badge.label: count for badge, count in attachment.lights}
    assert sum(counted.values()) == attachment.rows == 4
    assert counted["已达标"] == sum(row[-1] == "已达标" for table in document.tables for row in table.rows)
    targets = set(re.findall(r'href="#([\w-]+)"', page))
    assert {"section-overview", "section-next", "attachment-1", "attachment-1-4"} <= targets
    assert all(f'id="{target}"' in page for target in targets - {"main"})
    folds = re.findall(r'<details class="paper-fold"[^>]*>', page)
    assert len(folds) == 4
    assert all("data-print-open" in fold and " open " not in fold for fold in folds)
    opened = re.findall(
        r'<details class="paper-fold"[^>]*>', text_of(clerk.get(f"/official/{report.pk}/?open=all"))
    )
    assert all(" open " in fold for fold in opened)


def test_townships_see_no_tab_of_it(county, enter):
    page = text_of(enter(county.cast.township_clerk).get("/reports/"))
    assert "工作进展月报" not in page
