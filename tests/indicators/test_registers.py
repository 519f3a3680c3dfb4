"""Registers: their rows in the browser, who sees them, what changing a definition refuses, what is counted."""

import datetime as dt
from decimal import Decimal

import pytest
from django.urls import reverse

from eldercare import ledger_metrics
from eldercare.errors import Conflict, NotAllowed, Refused
from eldercare.models import AuditEvent
from indicators.actions import register_definitions as definitions
from indicators.actions.registers import add_row, delete_row, edit_row
from indicators.ledger_figures import counted_for
from indicators.models import Metric, Register, RegisterMetric, RegisterRow
from tests.indicators.factories import make_metric
from tests.indicators.registers import choices, make_register, make_row, number, slots

pytestmark = pytest.mark.django_db
JUNE = dt.date(2025, 6, 1)


@pytest.fixture
def register(cast) -> Register:
    return make_register(cast.county_clerk)


def page(client, name: str, *args, query: str = "", **data):
    address = reverse(name, args=args) + query
    return client.post(address, data) if data else client.get(address)


def text(answer) -> str:
    return answer.content.decode()


# --- Rows -----------------------------------------------------------------------------------------------------


def filled(register: Register, **values) -> dict:
    """What a browser sends for a row."""
    places = slots(register)
    given = {
        "name": "沈一",
        "id_number": number(1),
        "way": "助浴",
        "from_on": "2025-03-01",
        "skills": ["护理", "法律"],
    }
    return {places[key]: value for key, value in (given | values).items()}


def test_a_township_enters_a_row_and_reads_it_masked(cast, enter, register):
    client = enter(cast.township_clerk)
    data = filled(register, phone="13800001111", trained="yes", hours="3.5", village=cast.village.pk)
    answer = client.post(reverse("register-row-create", args=["helpers"]), data, follow=True)
    row = RegisterRow.objects.get()
    assert row.org_unit == cast.township
    assert row.values(register.columns.all())["skills"] == "|护理|法律|"
    shown = text(answer)
    for words in ("护理、法律", "中钱村", "3.5 小时", "138****1111", "沈一"):
        assert words in shown
    assert number(1) not in shown
    assert "13800001111" not in shown


def test_the_same_person_twice_is_refused_and_nothing_typed_is_lost(cast, enter, register):
    make_row(register, cast.township, cast.township_clerk, 1)
    answer = enter(cast.township_clerk).post(
        reverse("register-row-create", args=["helpers"]), filled(register, note="第二次")
    )
    assert "已有一条识别列完全相同的记录" in text(answer)
    assert "第二次" in text(answer)
    assert RegisterRow.objects.count() == 1


def test_another_township_may_have_the_same_person(cast, register):
    make_row(register, cast.township, cast.township_clerk, 1)
    make_row(register, cast.other_township, cast.other_township_clerk, 1)
    assert RegisterRow.objects.count() == 2


def test_an_impossible_number_is_refused(cast, enter, register):
    answer = enter(cast.township_clerk).post(
        reverse("register-row-create", args=["helpers"]), filled(register, id_number="330424")
    )
    assert answer.status_code == 200
    assert not RegisterRow.objects.exists()


def test_a_row_that_somebody_changed_meanwhile_is_not_overwritten(cast, register):
    row = make_row(register, cast.township, cast.township_clerk)
    slot = slots(register)["way"]
    edit_row(row=row, changes={slot: "陪聊"}, seen=None, by=cast.county_clerk)
    with pytest.raises(Conflict):
        edit_row(row=row, changes={slot: "助浴"}, seen=1, by=cast.township_clerk)
    row.refresh_from_db()
    assert getattr(row, slot) == "陪聊"


def test_history_speaks_in_the_words_of_the_register(cast, enter, register):
    row = make_row(register, cast.township, cast.township_clerk)
    client = enter(cast.township_clerk)
    data = filled(
        register, id_number=row.id_1.masked, phone="", way="陪聊", skills=[], hours="2.5", name="沈一0"
    )
    answer = client.post(reverse("register-row-edit", args=[row.pk]), data, follow=True)
    assert "已保存：" in text(answer)
    assert "方式：助餐 → 陪聊" in text(answer)
    row.refresh_from_db()
    assert row.id_1 == number(0)


def test_a_deleted_row_leaves_a_reason_in_the_log(cast, register):
    row = make_row(register, cast.township, cast.township_clerk)
    with pytest.raises(Refused):
        delete_row(row=row, reason=" ", by=cast.township_clerk)
    delete_row(row=row, reason="重复登记", by=cast.township_clerk)
    event = AuditEvent.objects.latest("pk")
    assert event.detail["reason"] == "重复登记"
    assert "沈一" not in event.subject


def test_what_the_county_keeps_no_township_writes(cast):
    register = make_register(cast.county_clerk, "meetings", keeper="county")
    places = slots(register)
    values = {
        "org_unit": cast.township,
        places["name"]: "沈一",
        places["id_number"]: number(1),
        places["from_on"]: JUNE,
    }
    with pytest.raises(NotAllowed):
        add_row(register=register, values=values, by=cast.township_clerk)
    assert add_row(register=register, values=values | {"org_unit": cast.county}, by=cast.county_clerk).pk


# --- The list -------------------------------------------------------------------------------------------------


@pytest.fixture
def rows(cast, register) -> list[RegisterRow]:
    return [
        make_row(register, cast.township, cast.county_clerk, 0, way="助餐", hours=Decimal(2), trained=True),
        make_row(register, cast.township, cast.county_clerk, 2, way="助浴", hours=Decimal(3), skills="|护理|", village=cast.village),
        make_row(register, cast.other_township, cast.county_clerk, 4, way="助餐", hours=Decimal(5), from_on=dt.date(2025, 5, 9)),
    ]  # fmt: skip


def listed(answer) -> set[str]:
    return {name for name in ("沈一0", "沈一2", "沈一4") if name in text(answer)}


FILTERS = {
    "": {"沈一0", "沈一2", "沈一4"},
    "?way=助餐": {"沈一0", "沈一4"},
    "?skills=护理": {"沈一2"},
    "?trained=yes": {"沈一0"},
    "?trained=no": {"沈一2", "沈一4"},
    "?from_on_since=2025-05-01": {"沈一4"},
    "?from_on_until=2025-05-01": {"沈一0", "沈一2"},
    "?village=330424101201": {"沈一2"},
    "?unit=330424102": {"沈一4"},
    "?q=沈一2": {"沈一2"},
}


def test_filters(cast, enter, rows):
    client = enter(cast.county_clerk)
    found = {query: listed(page(client, "register-rows", "helpers", query=query)) for query in FILTERS}
    assert found == FILTERS


def test_a_township_sees_its_own_and_the_sum_of_it(cast, enter, rows):
    answer = page(enter(cast.township_clerk), "register-rows", "helpers")
    assert listed(answer) == {"沈一0", "沈一2"}
    assert [total.value for total in answer.context["totals"]] == [Decimal(5)]


def test_the_list_is_sorted_by_what_stands_in_it(cast, enter, rows):
    answer = page(enter(cast.county_clerk), "register-rows", "helpers", query="?sort=-hours")
    assert [line.row.pk for line in answer.context["ledger"].lines] == [rows[2].pk, rows[1].pk, rows[0].pk]


def test_a_leader_sees_figures_and_no_names(cast, enter, rows):
    client = enter(cast.leader)
    assert listed(page(client, "register-rows", "helpers")) == set()
    assert listed(page(client, "register-rows", "helpers", query="?q=沈一")) == set()
    assert listed(page(client, "register-row", rows[0].pk)) == set()


def test_queries_do_not_grow_with_rows(cast, enter, register, rows, django_assert_max_num_queries):
    client = enter(cast.county_clerk)
    with django_assert_max_num_queries(100) as few:
        page(client, "register-rows", "helpers")
    for place in range(5, 30):
        if place % 10 not in (0, 9):
            make_row(register, cast.township, cast.county_clerk, place * 2, village=cast.village)
    with django_assert_max_num_queries(len(few)):
        page(client, "register-rows", "helpers")


def test_the_overview_counts_what_is_visible(cast, enter, rows):
    numbers = {}
    for name in ("township_clerk", "county_clerk"):
        found = page(enter(getattr(cast, name)), "register-list").context["groups"]
        numbers[name] = [register.number for group in found for register in group.registers]
    assert numbers == {"township_clerk": [2], "county_clerk": [3]}


# --- Changing a definition ------------------------------------------------------------------------------------


def column(register: Register, key: str):
    return register.columns.get(key=key)


def test_renaming_and_offering_more_is_free(cast, register, rows):
    way = column(register, "way")
    wanted = [
        {"code": "助餐", "label": "上门助餐"},
        *choices("助浴"),
        {"code": "陪聊", "label": "陪聊", "retired": True},
        *choices("代办"),
    ]
    definitions.edit_column(
        column=way, changes={"heading": "帮扶方式", "choices": wanted}, by=cast.county_clerk
    )
    way.refresh_from_db()
    assert (way.heading, way.labels["助餐"]) == ("帮扶方式", "上门助餐")
    assert [code for code, _ in way.open_choices] == ["助餐", "助浴", "代办"]


def test_narrowing_names_the_rows_in_the_way(cast, register, rows):
    for key, changes, number_of_rows in (
        ("way", {"choices": choices("助浴", "陪聊")}, 2),
        ("hours", {"kind": "date"}, 3),
        ("village", {"is_required": True}, 2),
    ):
        with pytest.raises(definitions.InTheWay) as refusal:
            definitions.edit_column(column=column(register, key), changes=changes, by=cast.county_clerk)
        assert refusal.value.number == len(refusal.value.rows) == number_of_rows


def test_the_page_lists_the_rows_in_the_way(cast, enter, register, rows):
    hours = column(register, "hours")
    data = {"heading": hours.heading, "kind": "date", "position": hours.position, "in_list": "on"}
    answer = page(enter(cast.county_clerk), "register-column-edit", "helpers", "hours", **data)
    assert "有 3 条记录填了“时长”" in text(answer)
    assert all(reverse("register-row", args=[row.pk]) in text(answer) for row in rows)


def test_a_wider_kind_keeps_its_values(cast, register, rows):
    definitions.edit_column(
        column=column(register, "times"), changes={"kind": "number"}, by=cast.county_clerk
    )
    definitions.edit_column(
        column=column(register, "hours"), changes={"kind": "amount"}, by=cast.county_clerk
    )
    rows[2].refresh_from_db()
    assert getattr(rows[2], slots(register)["hours"]) == Decimal(5)


def test_a_key_that_rows_share_is_refused(cast, register, rows):
    """By the way alone two people of a township would be one row."""
    make_row(register, cast.township, cast.county_clerk, 6, way="助餐")
    definitions.edit_column(column=column(register, "way"), changes={"is_key": True}, by=cast.county_clerk)
    with pytest.raises(definitions.InTheWay) as refusal:
        definitions.edit_column(
            column=column(register, "id_number"), changes={"is_key": False}, by=cast.county_clerk
        )
    assert refusal.value.number == 1
    with pytest.raises(Refused, match="已有一条"):
        make_row(register, cast.township, cast.county_clerk, 6, way="助餐")


def test_a_new_column_cannot_be_required_of_rows_that_lack_it(cast, register, rows):
    fields = {"key": "level", "heading": "等级", "kind": "text"}
    with pytest.raises(definitions.InTheWay, match="已有 3 条记录"):
        definitions.add_column(register=register, fields=fields | {"is_required": True}, by=cast.county_clerk)
    assert definitions.add_column(register=register, fields=fields, by=cast.county_clerk).slot == "text_5"


def test_codes_that_would_reach_a_statement_are_refused(cast, register):
    for key in ("row", "Name", "a b", "township", 'x"; drop', "dif_x"):
        with pytest.raises(Refused):
            definitions.add_column(
                register=register, fields={"key": key, "heading": "甲", "kind": "text"}, by=cast.county_clerk
            )


def test_a_register_is_made_in_the_browser(cast, enter):
    client = enter(cast.county_clerk)
    data = {
        "name": "敬老月活动",
        "field": "work",
        "row_name": "次活动",
        "keeper": "township",
        "first_heading": "活动名称",
        "first_kind": "text",
    }
    answer = client.post(reverse("register-create"), data, follow=True)
    made = Register.objects.get()
    assert "已建立登记簿“敬老月活动”" in text(answer)
    more = {"heading": "参加人数", "kind": "integer", "unit": "人", "in_list": "on", "is_summed": "on"}
    answer = client.post(reverse("register-column-add", args=[made.code]), more, follow=True)
    assert "已增加“参加人数”" in text(answer)
    assert list(made.columns.values_list("heading", "is_key")) == [("活动名称", True), ("参加人数", False)]
    assert client.get(reverse("register-row-create", args=[made.code])).status_code == 200


def test_only_who_defines_registers_defines_them(cast, register):
    with pytest.raises(NotAllowed):
        definitions.edit_register(register=register, changes={"name": "甲"}, by=cast.township_clerk)


# --- Figures --------------------------------------------------------------------------------------------------


def count(
    register: Register, cast, code: str, *, nature="stock", reporter="township", **fields
) -> RegisterMetric:
    columns = {
        key: column(register, value) for key, value in fields.items() if key.endswith("column") and value
    }
    rest = {key: value for key, value in fields.items() if not key.endswith("column")}
    definition = RegisterMetric(from_column=column(register, "from_on"), **columns, **rest)
    definition.metric = make_metric(code, nature=nature, reporter=reporter)
    return definitions.save_metric(
        register=register, definition=definition, new_metric=None, by=cast.county_clerk
    )


def test_figures_and_their_rows_agree(cast, register, rows):
    make_row(register, cast.township, cast.county_clerk, 6, until=dt.date(2025, 6, 30), hours=Decimal(7))
    make_row(
        register,
        cast.township,
        cast.county_clerk,
        8,
        from_on=dt.date(2025, 6, 20),
        way="陪聊",
        until=dt.date(2025, 7, 1),
    )
    count(register, cast, "in_service", to_column="until")
    count(register, cast, "meals_and_baths", condition='way in ("助餐", "助浴") and not trained')
    count(register, cast, "begun", nature="flow")
    count(register, cast, "hours_given", nature="flow", aggregate="sum", column="hours")
    count(register, cast, "ways", aggregate="distinct", column="way")
    wanted = {"in_service": 3, "meals_and_baths": 2, "begun": 1, "hours_given": Decimal("2.5"), "ways": 3}
    found = ledger_metrics.figures([cast.township], JUNE, codes=wanted)
    assert {code: found[cast.township.pk, code] for code in wanted} == wanted
    for code in ("in_service", "meals_and_baths", "begun", "ways"):
        assert ledger_metrics.rows_of(code, JUNE, cast.township).count() == wanted[code]


def test_a_county_reports_all_rows_of_a_metric_of_its_own(cast, register, rows):
    count(register, cast, "of_county", reporter="county")
    count(register, cast, "of_townships", reporter="township")
    found = ledger_metrics.figures([cast.county, cast.township], JUNE, codes=["of_county", "of_townships"])
    assert (found[cast.county.pk, "of_county"], found[cast.county.pk, "of_townships"]) == (3, 0)
    assert found[cast.township.pk, "of_townships"] == 2


def test_a_register_without_rows_of_a_unit_says_nothing_of_it(cast, register):
    make_row(register, cast.township, cast.county_clerk)
    counted = count(register, cast, "in_service").metric
    assert counted_for(cast.township, JUNE, [counted]).figures == {"in_service": 1}
    assert counted_for(cast.other_township, JUNE, [counted]).figures == {}
    assert counted_for(cast.township, dt.date(2025, 2, 1), [counted]).figures == {}


def test_the_rows_behind_a_figure_can_be_opened(cast, enter, register, rows):
    count(register, cast, "in_service")
    address = reverse("ledger-rows", args=["in_service", cast.township.code, JUNE])
    answer = enter(cast.township_clerk).get(address)
    assert listed(answer) == {"沈一0", "沈一2"}
    assert listed(enter(cast.leader).get(address)) == set()


def test_a_metric_is_made_in_the_browser(cast, enter, register, rows):
    data = {
        "aggregate": "sum", "column": column(register, "hours").pk, "condition": 'way == "助餐"',
        "from_column": column(register, "from_on").pk, "new_name": "助餐时长", "new_code": "meal_hours", "new_definition": "当月助餐时长合计",
        "new_unit": "小时", "new_nature": "flow", "new_reporter": "township", "new_group": "V",
    }  # fmt: skip
    answer = enter(cast.county_clerk).post(
        reverse("register-metric-add", args=["helpers"]), data, follow=True
    )
    assert "指标已保存" in text(answer)
    assert Metric.objects.get(code="meal_hours").ledger_name == "帮扶人员"
    march = ledger_metrics.figures([cast.township], dt.date(2025, 3, 1), codes=["meal_hours"])
    assert march[cast.township.pk, "meal_hours"] == Decimal(2)


def test_a_wrong_condition_is_told(cast, register):
    for place, condition in enumerate(
        ("姓名 == 1", "way = 1", "nothing > 3", 'id_number == "1"', "hours", "way > 3")
    ):
        with pytest.raises(Refused, match="条件："):
            count(register, cast, f"wrong_{place}", condition=condition)


def test_a_column_that_a_figure_needs_is_not_retired(cast, register):
    count(register, cast, "trained_ones", condition="trained")
    with pytest.raises(Refused, match="trained_ones"):
        definitions.edit_column(
            column=column(register, "trained"), changes={"is_retired": True}, by=cast.county_clerk
        )
