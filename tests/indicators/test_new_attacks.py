"""Attacks on registers, corrections and key tasks: markup in definitions, rows next door, figures out of reach."""

import datetime as dt
from urllib.parse import urlencode

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from eldercare.permissions import Role
from indicators.actions import corrections
from indicators.actions import register_definitions as definitions
from indicators.actions.registers import add_row, edit_row
from indicators.forms.corrections import OpinionForm, SlipForm
from indicators.forms.tasks import TypedScore
from indicators.models import CorrectionSlip, MetricValue, MonthlyReport, RegisterColumn, RegisterRow
from tests.conftest import make_unit
from tests.facilities.uploads import apply, upload, workbook
from tests.indicators.factories import file_report, make_metric, make_plan
from tests.indicators.registers import choices, make_register, make_row, number, slots
from tests.indicators.task_world import make_task

pytestmark = pytest.mark.django_db
APRIL = dt.date(2026, 4, 1)
WORDS = {"reason": "漏登", "evidence": "海民〔2026〕12号"}
# Script is refused by the Content-Security-Policy; htmx would send this with the reader's own token.
FORGED = '<b hx-post="/corrections/1/approve/" hx-trigger="load"></b>'


def text(answer) -> str:
    return answer.content.decode()


def test_words_of_a_definition_are_shown_as_text(cast, enter):
    columns = (
        {"key": "code", "heading": FORGED[:40], "kind": "text", "is_key": True, "help": FORGED},
        {"key": "way", "heading": "方式", "kind": "choice", "choices": choices(FORGED[:40])},
        {"key": "on", "heading": "日期", "kind": "date", "is_required": True},
    )
    make_register(cast.county_clerk, columns=columns, purpose=FORGED)
    for person, name in (
        (cast.county_reviewer, "register-definition"),
        (cast.leader, "register-rows"),
        (cast.township_clerk, "register-row-create"),
        (cast.county_clerk, "register-metric-add"),
    ):
        shown = text(enter(person).get(reverse(name, args=["helpers"])))
        assert "<b hx-post" not in shown, name
        assert "&lt;b hx-post" in shown, name


def test_a_refused_definition_lists_no_rows_of_the_county_next_door(cast, make_person):
    """A definition is for all counties of the portal; its rows are not."""
    clerk = make_person("nanhuxian", "沈远山", Role.COUNTY_CLERK, cast.neighbour)
    register = make_register(cast.county_clerk)
    make_row(register, cast.township, cast.township_clerk, 1)
    own = make_row(register, cast.neighbour, clerk, 2)
    hours = register.columns.get(key="hours")
    with pytest.raises(definitions.InTheWay) as refusal:
        definitions.edit_column(column=hours, changes={"kind": "date"}, by=clerk)
    assert (refusal.value.number, refusal.value.rows) == (2, [own])
    # By the way alone, two rows of the first county would be one.
    make_row(register, cast.township, cast.township_clerk, 3)
    way, known_by = register.columns.get(key="way"), register.columns.get(key="id_number")
    definitions.edit_column(column=way, changes={"is_key": True}, by=clerk)
    with pytest.raises(definitions.InTheWay) as refusal:
        definitions.edit_column(column=known_by, changes={"is_key": False}, by=clerk)
    assert (refusal.value.number, refusal.value.rows) == (1, [])


def test_a_sheet_of_one_district_writes_no_row_of_another(make_person):
    """Districts below one city: each is a county of its own."""
    city = make_unit("330200", "宁波市", "city")
    own, other = (
        make_unit(code, name, "county", city) for code, name in (("330203", "海曙区"), ("330205", "江北区"))
    )
    make_unit("330203001", "南门街道", "township", own)
    make_unit("330205001", "中马街道", "township", other)
    clerk = make_person("haishu", "沈远山", Role.COUNTY_CLERK, own)
    make_register(clerk)
    headings = ("镇(街道)", "姓名", "身份证号", "开始日期")
    begun = dt.date(2025, 3, 1)
    rows = [("南门街道", "沈一", number(1), begun), ("中马街道", "沈二", number(2), begun)]
    rows += [("330205001", "沈三", number(3), begun)]
    batch = upload("register:helpers", workbook(headings, *rows), by=clerk)
    assert (batch.status, batch.new, batch.errors) == ("ready", 1, 2)
    apply(batch, only_good=True)
    assert [row.org_unit.name for row in RegisterRow.objects.select_related("org_unit")] == ["南门街道"]


def test_names_of_persons_do_not_become_text_that_everybody_sees(cast, enter):
    register = make_register(cast.county_clerk)
    make_row(register, cast.township, cast.township_clerk, 1)
    name = register.columns.get(key="name")
    for kind in ("text", "long"):
        with pytest.raises(definitions.InTheWay, match="不能由“人员姓名”"):
            definitions.edit_column(column=name, changes={"kind": kind}, by=cast.county_clerk)
    assert RegisterColumn.objects.get(pk=name.pk).is_personal
    assert "沈一1" not in text(enter(cast.leader).get(reverse("register-rows", args=["helpers"])))


def test_history_of_a_row_is_not_told_under_a_column_that_came_later(cast, enter):
    """The place that a change of kind has freed still holds old values in the history."""
    clerk = cast.county_clerk
    columns = (
        {"key": "code", "heading": "编号", "kind": "text", "is_key": True},
        {"key": "worry", "heading": "家庭矛盾", "kind": "text"},
    )
    register = make_register(clerk, columns=columns)
    worry = register.columns.get(key="worry")
    values = {"org_unit": cast.township, slots(register)["code"]: "甲", worry.slot: "与邻居不和"}
    row = add_row(register=register, values=values, by=cast.township_clerk)
    edit_row(row=row, changes={worry.slot: ""}, seen=None, by=cast.township_clerk)
    definitions.edit_column(column=worry, changes={"kind": "date"}, by=clerk)
    new = definitions.add_column(
        register=register, fields={"key": "way", "heading": "服务方式", "kind": "text"}, by=clerk
    )
    assert new.slot != worry.slot
    assert "与邻居不和" not in text(enter(cast.township_clerk).get(reverse("register-row", args=[row.pk])))


def test_a_place_that_never_held_anything_is_given_again(cast):
    register = make_register(cast.county_clerk)
    hours = register.columns.get(key="hours")
    slot = hours.slot
    definitions.edit_column(column=hours, changes={"kind": "date"}, by=cast.county_clerk)
    new = definitions.add_column(
        register=register, fields={"key": "cost", "heading": "费用", "kind": "number"}, by=cast.county_clerk
    )
    assert new.slot == slot


def test_values_of_the_plans_unit_are_for_the_units_that_a_task_names(cast, enter):
    """An office reads the figures of its own task, not of another office's."""
    plan = make_plan(cast.county)
    metric = make_metric("beds")
    MetricValue.objects.create(
        org_unit=cast.county, is_total=True, value=98_765, metric=metric, month=APRIL, reported=1, owed=1
    )
    own, other = (
        make_task(plan, unit, metric=metric, quantity_target=100) for unit in (cast.department, cast.township)
    )
    pages = {
        (name, task): text(enter(getattr(cast, name)).get(reverse("task", args=[task.code])))
        for name in ("department_clerk", "township_clerk", "other_township_clerk", "leader")
        for task in (own, other)
    }
    assert {key for key, page in pages.items() if "98,765" in page} == {
        ("department_clerk", own), ("township_clerk", other), ("leader", own), ("leader", other)
    }  # fmt: skip
    assert all("≥100" in page for page in pages.values())


@pytest.mark.parametrize("field", ["row", "note"])
def test_a_number_of_thousands_of_digits_is_no_key(cast, enter, field):
    data = {"step": "return"} if field == "note" else {"step": "accept"}
    name = f"note-{'9' * 5000}" if field == "note" else "row"
    answer = enter(cast.county_reviewer).post(
        reverse("task-decide", args=[APRIL]),
        urlencode(data | {name: "9" * 5000}),
        content_type="application/x-www-form-urlencoded",
    )
    assert answer.status_code == 409


def test_a_year_of_thousands_of_digits_is_no_year(cast, enter):
    answer = enter(cast.leader).get(reverse("task-calendar"), {"year": f"02025{'9' * 5000}"})
    assert answer.status_code == 200


def test_identity_numbers_do_not_stand_in_words_that_everybody_reads():
    words = f"{number(1)}漏登"
    form = SlipForm({"reason": words, "evidence": words})
    assert set(form.errors) == {"reason", "evidence"}
    assert OpinionForm({"opinion": words}).errors
    with pytest.raises(ValueError, match="不能写身份证号"):
        TypedScore("90", words).value()


# --- Corrections ----------------------------------------------------------------------------------------------


@pytest.fixture
def in_july():
    with time_machine.travel(dt.datetime(2026, 7, 15, 2, 0, tzinfo=dt.UTC), tick=True):
        yield


def locked_month(unit, clerk) -> MonthlyReport:
    file_report(unit, APRIL, {"beds": 100}, by=clerk, status="locked")
    return MonthlyReport.objects.get(org_unit=unit, month=APRIL)


@pytest.fixture
def report(cast, in_july) -> MonthlyReport:
    make_plan(cast.county, starts_on=dt.date(2026, 1, 1), ends_on=dt.date(2028, 12, 31), base_year=2025)
    make_metric("beds", name="机构床位数", unit="张")
    make_metric("fund", name="福彩公益金", unit="万元", reporter="county")
    make_metric("not_collected", name="不列入月报", is_collected=False)
    return locked_month(cast.township, cast.township_clerk)


def test_a_slip_adds_no_figure_that_the_unit_does_not_report(cast, report):
    slip = corrections.start(county=cast.county, month=APRIL, by=cast.county_clerk, **WORDS)
    texts = {"beds": "101", "fund": "5", "not_collected": "7"}
    assert corrections.set_lines(slip=slip, report=report, texts=texts, by=cast.county_clerk) == {}
    assert list(slip.lines.values_list("metric__code", flat=True)) == ["beds"]


def test_two_slips_of_a_month_wait_for_each_other(cast, report):
    """Their revision is the next one: the row of the county is locked before it is looked up."""
    slip = corrections.start(county=cast.county, month=APRIL, by=cast.county_clerk, **WORDS)
    corrections.set_lines(slip=slip, report=report, texts={"beds": "101"}, by=cast.county_clerk)
    corrections.submit(slip=slip, by=cast.county_clerk)
    with CaptureQueriesContext(connection) as queries:
        corrections.approve(slip=slip, by=cast.county_reviewer)
    said = [each["sql"] for each in queries]
    lock = next(n for n, sql in enumerate(said) if "eldercare_orgunit" in sql and "FOR NO KEY UPDATE" in sql)
    assert lock < next(
        n for n, sql in enumerate(said) if 'MAX("indicators_correctionslip"."revision")' in sql
    )


def test_a_slip_of_the_city_opens_no_figures_of_another_district(make_person, enter, report):
    city = make_unit("330400", "嘉兴市", "city")
    districts = [make_unit(code, code, "county", city) for code in ("330411", "330481")]
    clerks = [make_person(f"clerk{each.code}", "沈远山", Role.COUNTY_CLERK, each) for each in districts]
    author = make_person("shiji", "周知远", Role.COUNTY_CLERK, city)
    for unit, clerk in zip(districts, clerks, strict=True):
        locked_month(unit, clerk)
    slip = corrections.start(county=city, month=APRIL, by=author, **WORDS)
    for unit in districts:
        line = {"slip": slip, "report": MonthlyReport.objects.get(org_unit=unit)}
        slip.lines.create(**line, metric=line["report"].entries.get().metric, old_value=100, new_value=99)
    CorrectionSlip.objects.filter(pk=slip.pk).update(status="submitted")
    browser = enter(clerks[0])
    assert browser.get(reverse("correction", args=[slip.pk])).status_code == 200
    assert browser.get(reverse("correction-figures", args=[slip.pk, "330411"])).status_code == 200
    assert browser.get(reverse("correction-figures", args=[slip.pk, "330481"])).status_code == 404
