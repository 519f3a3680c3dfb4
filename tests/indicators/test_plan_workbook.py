"""A plan from a workbook and back, and built in the browser."""

import datetime as dt
import json
import zipfile
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from eldercare.errors import Conflict, Refused
from eldercare.excel.scratch import scratch
from eldercare.models import AuditEvent
from indicators.actions.plan_building import apply_document
from indicators.models import Adoption, Indicator, IndicatorValue, Plan, RollupRequest
from indicators.plan_documents import compare, document_of
from indicators.resources.plan_reading import read_plan
from indicators.resources.plan_sheet import write_empty, write_plan
from indicators.rollup import roll_up_due
from indicators.rules.plan_texts import PlanTextError, read_bases, read_day, read_targets, with_codes
from tests.indicators.conftest import MAY

END = dt.date(2030, 12, 31)
PLANS = Path(__file__).parents[2] / "fixtures" / "plans"
FACTS = {
    "名称": "示例县“十五五”养老规划",
    "简称": "十五五养老规划",
    "规划期起": "2026-01-01",
    "规划期止": "2030年",
    "基期年": "2025",
}
ROWS = [
    {"序号": 1, "名称": "护理型床位占比", "公式": "护理型床位数 ÷ 养老机构床位数 × 100", "计算单位": "%", "目标": "≥60%（2027年）；≥70（2030年）", "首页展示": "是"},
    {"序号": 2, "名称": "养老床位合计", "公式": "institution_beds", "计算单位": "张", "目标值": 300, "期限": "2028年6月", "基期值": "200（2025年）"},
    {"序号": 3, "名称": "出台养老服务条例", "取数方式": "按指标登记", "公式": "home_adaptations", "目标": "1"},
]  # fmt: skip


def workbook(facts=FACTS, rows=ROWS) -> bytes:
    """The template, filled in as a person does: with another program, by the headings."""
    file = BytesIO()
    write_empty(file)
    book = openpyxl.load_workbook(file)
    plan, entries = book["规划"], book["指标"]
    for line in plan.iter_rows(min_row=2):
        line[1].value = facts.get(line[0].value)
    headings = {cell.value.rstrip("*"): cell.column for cell in entries[1]}
    for at, row in enumerate(rows, 4):  # below the two examples
        for heading, value in row.items():
            entries.cell(at, headings[heading], value)
    saved = BytesIO()
    book.save(saved)
    return saved.getvalue()


def send(client, content: bytes, name: str = "规划.xlsx"):
    return client.post(reverse("plan-build"), {"file": SimpleUploadedFile(name, content)})


@pytest.fixture
def county(desk, enter):
    return enter(desk.county_clerk)


# --- Texts ---------------------------------------------------------------------------------------------------


def test_targets_are_read_as_people_write_them():
    rows = read_targets("≥60%（2025年）；不超过70张（2030年6月）\n1,200", comparator=">=", end=END)
    assert [(row.comparator, row.value, row.due_on) for row in rows] == [
        (">=", Decimal(60), dt.date(2025, 12, 31)),
        ("<=", Decimal(70), dt.date(2030, 6, 30)),
        (">=", Decimal(1200), END),
    ]
    assert read_targets("无数值（2025年）", comparator="=", end=END)[0].value is None
    assert read_bases("54.2%（2020年）") == [(2020, Decimal("54.2"))]
    assert read_day("2024年2月", is_start=False) == dt.date(2024, 2, 29)


@pytest.mark.parametrize(
    "text", ["多建一些", "≥60（明年）", "60（2025年）；70（2025-12-31）", "1.23456", "≥60（2025-13-01）"]
)
def test_a_target_that_cannot_be_read_is_refused_with_its_words(text):
    with pytest.raises(PlanTextError):
        read_targets(text, comparator=">=", end=END)


def test_names_of_metrics_become_codes_and_doubtful_ones_are_asked():
    names = {"床位数": ["beds"], "养老床位数（张）": ["care"], "人数": ["one", "two"]}
    assert with_codes("（床位数+养老床位数（张））÷beds × 100", names) == "(beds+care)/beds * 100"
    with pytest.raises(PlanTextError, match=r"有 2 个.*one、two"):
        with_codes("人数 / 床位数", names)
    with pytest.raises(PlanTextError, match=r"第 8 个字起.*是不是“床位数”"):
        with_codes("beds / 床位总数", names)


# --- Upload --------------------------------------------------------------------------------------------------


def test_a_workbook_becomes_a_plan_in_force_with_figures(desk, county):
    page = send(county, workbook())
    text = page.content.decode()
    assert "新增的指标（3）" in text
    assert "2 行示例没有读入" in text
    assert not Plan.objects.filter(
        short_title="十五五养老规划"
    ).exists()  # nothing is written before it is confirmed
    answer = county.post(reverse("plan-build-apply"), {"document": page.context["packed"]})
    plan = Plan.objects.get(short_title="十五五养老规划")
    assert answer.url == f"/dashboard/?plan={plan.code}"
    assert (plan.org_unit, plan.ends_on, plan.base_year) == (desk.cast.county, END, 2025)
    first, second, third = plan.indicators.order_by("number")
    assert first.formula == "nursing_beds / institution_beds * 100"
    assert list(first.targets.values_list("value", "due_on")) == [(60, dt.date(2027, 12, 31)), (70, END)]
    assert second.targets.get().due_on == dt.date(2028, 6, 30)
    assert second.baselines.get().value == 200
    assert (third.value_kind, third.unit) == ("confirmation", "是/否")
    assert Adoption.objects.filter(plan=plan, org_unit=desk.cast.county).exists()
    assert RollupRequest.objects.filter(month=MAY).exists()
    roll_up_due()
    value = IndicatorValue.objects.get(indicator=first, org_unit=desk.cast.county, month=MAY)
    assert round(value.value, 2) == Decimal("66.67")  # 160 of 240 beds in two townships
    board = county.get(answer.url)
    assert "护理型床位占比" in board.content.decode()
    assert AuditEvent.objects.filter(subject="十五五养老规划 新建").count() == 1


def test_what_is_wrong_is_said_with_its_place_and_nothing_is_offered_to_write(county):
    rows = [
        {"序号": 1, "名称": "甲", "公式": "护理床位数 / institution_beds"},
        {"序号": 1, "名称": "乙", "公式": "institution_beds"},
        {"序号": 3, "名称": "丙", "公式": "institution_beds *", "目标": "多建"},
        {"序号": 4, "名称": "丁", "性质": "愿望"},
    ]
    page = send(county, workbook(FACTS | {"规划期止": "2020年", "月报截止日": "31"}, rows))
    problems = [(each.place, each.message) for each in page.context["problems"]]
    places = {place for place, _ in problems}
    assert {"指标!G4", "指标!A5", "指标!G6", "指标!J6", "指标!D7"} <= places
    assert any("是不是“护理型床位数”" in message for _, message in problems)
    assert any("要晚于规划期起" in message for _, message in problems)
    assert any("1 到 28" in message for _, message in problems)
    assert page.context["packed"] == ""


def test_cells_that_changed_are_listed_and_only_they_are_written(desk, county):
    apply_document(document=read(workbook(FACTS | {"代码": "fifteen"})), by=desk.county_clerk)
    plan = Plan.objects.get(code="fifteen")
    kept = plan.indicators.get(number=2).updated_at
    rows = [ROWS[0] | {"目标": "≥65（2027年）；≥70（2030年）"}, ROWS[1]]
    page = send(county, workbook(FACTS | {"代码": "fifteen", "发布单位": "示例县民政局"}, rows))
    slip = page.context["slip"]
    assert [(cell.label, cell.after) for cell in slip.plan_cells] == [("发布单位", "示例县民政局")]
    assert [(each.entry["number"], [c.label for c in each.cells]) for each in slip.changed] == [(1, ["目标"])]
    assert (slip.unchanged, [each["number"] for each in slip.gone]) == (1, [3])
    county.post(reverse("plan-build-apply"), {"document": page.context["packed"], "retire": "yes"})
    assert list(plan.indicators.get(number=1).targets.values_list("value", flat=True)) == [65, 70]
    assert plan.indicators.get(number=2).updated_at == kept
    assert not plan.indicators.get(number=3).is_active


def test_a_slip_that_is_out_of_date_is_shown_again(desk, county):
    apply_document(document=read(workbook(FACTS | {"代码": "fifteen"})), by=desk.county_clerk)
    page = send(county, workbook(FACTS | {"代码": "fifteen"}, [ROWS[0] | {"名称": "新名称"}, *ROWS[1:]]))
    Indicator.objects.filter(plan__code="fifteen", number=1).update(unit="张")
    again = county.post(reverse("plan-build-apply"), {"document": page.context["packed"]})
    assert "被别人改过" in again.content.decode()
    assert Indicator.objects.get(plan__code="fifteen", number=1).name == "护理型床位占比"
    with pytest.raises(Conflict):
        apply_document(document=read(workbook(FACTS | {"代码": "fifteen"})), by=desk.county_clerk, digest="0")


def test_a_slip_is_the_uploaders_own_and_a_foreign_plan_is_not_changed(desk, county, enter):
    packed = send(county, workbook()).context["packed"]
    for document in (packed[:-2] + "xx", "", "x" * 100):
        answer = county.post(reverse("plan-build-apply"), {"document": document}, follow=True)
        assert "重新上传" in answer.content.decode()
    Plan.objects.create(
        code="theirs",
        title="邻县规划",
        short_title="邻县",
        org_unit=desk.cast.neighbour,
        starts_on=MAY,
        ends_on=END,
    )
    page = send(county, workbook(FACTS | {"代码": "theirs"}))
    assert "已被别的单位的规划使用" in page.content.decode()
    assert Plan.objects.get(code="theirs").title == "邻县规划"


def bomb() -> bytes:
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", "<!DOCTYPE x [<!ENTITY a 'b'>]><workbook/>")
    return file.getvalue()


@pytest.mark.parametrize(
    ("name", "content"),
    [("a.xlsx", b"MZ\x00\x00"), ("a.xlsm", b"PK\x03\x04"), ("a.xlsx", b"PK\x03\x04 cut"), ("a.xlsx", bomb())],
)
def test_hostile_files_are_refused_before_they_are_opened(county, name, content):
    page = send(county, content, name)
    assert page.context["form"].errors["file"]
    assert page.status_code == 200


def test_a_workbook_without_the_sheets_is_refused_in_words(county):
    book = openpyxl.Workbook()
    book.active.append(["序号", "名称"])
    book.active.append([1, "甲"])
    file = BytesIO()
    book.save(file)
    assert "没有工作表“规划”" in send(county, file.getvalue()).content.decode()


def read(content: bytes, current=None) -> dict:
    with scratch() as folder:
        path = folder / "plan"
        path.write_bytes(content)
        reading = read_plan(path, "plan.xlsx", current=lambda code: current, fresh=lambda: "fresh")
    assert reading.problems == []
    return reading.document


# --- Round trip ----------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_workbooks_of_all_shipped_plans_come_back_unchanged():
    """443 entries: each field of each, with its targets and starting figures, also without the plan to compare with."""
    call_command("load_fixtures", verbosity=0)
    seen = 0
    for name in sorted(path.stem for path in PLANS.glob("*.json")):
        whole = document_of(Plan.objects.get(code=name))
        file = BytesIO()
        write_plan(file, whole)
        known = read(file.getvalue(), current=whole)
        assert compare(known, whole).is_empty
        alone = read(file.getvalue())
        # A workbook cell keeps no double space; one entry of the documents has one.
        spaced = json.dumps(whole, ensure_ascii=False, sort_keys=True).replace("床位  张", "床位 张")
        assert json.dumps(alone, ensure_ascii=False, sort_keys=True) == spaced
        seen += len(alone["indicators"])
    assert seen == 443


# --- In the browser ------------------------------------------------------------------------------------------


def test_a_plan_is_built_by_forms_reordered_and_deleted(desk, county):
    fields = {"title": "手工规划", "short_title": "手工", "starts_on": "2026-01-01", "ends_on": "2030-12-31",
              "report_day": "20", "weekend_rule": "keep", "lock_after_days": "5", "code": "byhand"}  # fmt: skip
    assert county.post(reverse("plan-new"), fields).url == "/plans/byhand/contents/"
    plan = Plan.objects.get(code="byhand")
    add = reverse("plan-indicator-add", args=["byhand"])
    wrong = county.post(
        add, {"number": 1, "name": "占比", "formula": "护理床位 / institution_beds", "targets": "60"}
    )
    assert "是不是“护理型床位数”" in wrong.content.decode()
    assert "护理床位 / institution_beds" in wrong.content.decode()
    for number, name in ((1, "甲"), (2, "乙"), (3, "丙")):
        answer = county.post(
            add, {"number": number, "name": name, "formula": "养老机构床位数", "targets": "≥60（2027年）"}
        )
        assert answer.status_code == 302
    twice = county.post(add, {"number": 3, "name": "丁", "formula": "beds"})
    assert "已经有指标" in twice.content.decode()
    county.post(reverse("plan-indicator-move", args=["byhand", 3]), {"to": 1})
    assert list(plan.indicators.order_by("number").values_list("name", flat=True)) == ["丙", "甲", "乙"]
    change = reverse("indicator-edit", args=["byhand", 1])
    seen = plan.indicators.get(number=1).updated_at.isoformat()
    typed = {"name": "丙改", "formula": "nursing_beds", "targets": "≥70（2028年）", "is_headline": "on", "is_active": "on",
             "projection": "path", "judging": "each_unit", "judged_level": "reporting_unit",
             "judged_where": "institution_beds", "back": "contents", "seen": seen}  # fmt: skip
    assert county.post(change, typed).url == "/plans/byhand/contents/"
    third = plan.indicators.get(number=1)
    assert (third.name, third.formula, third.is_headline) == ("丙改", "nursing_beds", True)
    assert (third.projection, third.judging, third.judged_level) == ("path", "each_unit", "reporting_unit")
    assert third.judged_where == "institution_beds"
    assert third.targets.get().value == 70
    stale = county.post(change, {"name": "丙又改", "formula": "nursing_beds", "seen": "2026-01-01"})
    assert "被修改过" in stale.content.decode()
    assert plan.indicators.get(number=1).name == "丙改"
    county.post(reverse("plan-facts", args=["byhand"]), fields | {"title": "手工规划（修订）"})
    plan.refresh_from_db()
    assert plan.title == "手工规划（修订）"
    assert county.post(reverse("plan-delete", args=["byhand"])).url == "/plans/"
    assert not Plan.objects.filter(code="byhand").exists()


def test_a_plan_with_figures_is_not_deleted_and_a_copy_begins_with_its_indicators(desk, county):
    apply_document(document=read(workbook(FACTS | {"代码": "fifteen"})), by=desk.county_clerk)
    roll_up_due()
    answer = county.post(reverse("plan-delete", args=["fifteen"]), follow=True)
    assert "不能删除" in answer.content.decode()
    fields = {"title": "照抄", "short_title": "照抄", "starts_on": "2026-01-01", "ends_on": "2030-12-31",
              "report_day": "20", "weekend_rule": "keep", "lock_after_days": "5", "code": "copy", "copied": "fifteen"}  # fmt: skip
    county.post(reverse("plan-new"), fields)
    assert Plan.objects.get(code="copy").indicators.count() == 3
    with pytest.raises(Refused):
        apply_document(
            document=document_of(Plan.objects.get(code="copy")) | {"code": "build"}, by=desk.county_clerk
        )


def test_contents_take_as_many_queries_for_one_indicator_as_for_many(desk, county):
    apply_document(document=read(workbook(FACTS | {"代码": "one"}, ROWS[:1])), by=desk.county_clerk)
    apply_document(document=read(workbook(FACTS | {"代码": "many"})), by=desk.county_clerk)
    county.get(reverse("plan-contents", args=["one"]))  # what is read once per process is no matter
    counts = []
    for code in ("one", "many"):
        with CaptureQueriesContext(connection) as caught:
            county.get(reverse("plan-contents", args=[code]))
        counts.append(len(caught))
    assert counts[0] == counts[1]
