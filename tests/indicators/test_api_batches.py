"""Bulk writing through the API: the upload of the pages, from dry run to undo."""

import datetime as dt
import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from eldercare.excel.working import work_on
from eldercare.models import ImportBatch, User
from facilities.models import Bed
from indicators.models import MetricEntry, RegisterRow
from tests.facilities.factories import make_facility
from tests.facilities.uploads import workbook
from tests.indicators.registers import make_register, number
from tests.indicators.test_api_reports import client_of, send

BATCHES = "/api/v1/batches/"


@pytest.fixture
def home(desk):
    return make_facility(desk.cast.township, "沈荡敬老院", opened_on=dt.date(2020, 1, 1))


@pytest.fixture
def program(desk):
    return client_of(desk.clerk)


def beds(*numbers: str, **more) -> dict:
    rows = [{"facility": "沈荡敬老院", "number": each, "nursing": True} for each in numbers]
    return {"ledger": "beds", "as_of": "2026-06-15", "rows": rows} | more


def begin(program, body: dict, **headers):
    """Send a batch and let the worker read it; the batch as it is then."""
    answer = send(program, "post", BATCHES, body, **headers)
    assert answer.status_code == 202, answer.content
    work_on(answer.json()["id"])
    return program.get(f"{BATCHES}{answer.json()['id']}/")


def apply(program, batch, **body):
    address = f"{BATCHES}{batch.json()['id']}/apply/"
    answer = send(program, "post", address, body, If_Match=batch["ETag"])
    work_on(batch.json()["id"])
    return answer


def test_rows_are_tried_shown_written_and_taken_back(home, program):
    batch = begin(program, beds("1", "2"))
    shown = batch.json()
    assert (shown["status"], shown["state"], shown["new"], shown["errors"]) == ("ready", "待确认", 2, 0)
    assert not Bed.objects.exists()
    lines = program.get(f"{BATCHES}{shown['id']}/lines/").json()["results"]
    assert [each["state"] for each in lines] == ["new", "new"]
    assert lines[0]["cells"] == [{"heading": "护理型", "old": "", "new": "是"}]
    assert apply(program, batch).status_code == 202
    assert Bed.objects.filter(nursing__on=dt.date(2026, 6, 15)).count() == 2
    undone = send(program, "post", f"{BATCHES}{shown['id']}/undo/", {"reason": "传错"})
    assert undone.json()["status"] == "undone"
    assert not Bed.objects.exists()


def test_the_same_rows_again_change_nothing(home, program):
    apply(program, begin(program, beds("1")))
    again = begin(program, beds("1")).json()
    assert (again["new"], again["changed"], again["unchanged"]) == (0, 0, 1)


def test_a_workbook_is_read_as_it_is_on_the_page(home, program):
    file = SimpleUploadedFile(
        "床位.xlsx", workbook(("机构名称", "床号"), ("沈荡敬老院", "7"), ("没有的院", "8"))
    )
    answer = program.post(BATCHES, {"ledger": "beds", "as_of": "2026-06-15", "file": file})
    assert answer.status_code == 202
    assert answer["Location"].endswith(f"{BATCHES}{answer.json()['id']}/")
    work_on(answer.json()["id"])
    shown = program.get(f"{BATCHES}{answer.json()['id']}/")
    assert (shown.json()["new"], shown.json()["errors"]) == (1, 1)
    (wrong,) = program.get(f"{BATCHES}{answer.json()['id']}/lines/?state=error").json()["results"]
    assert wrong["findings"][0]["word"] == "错误"
    refused = apply(program, shown)
    assert refused.status_code == 409
    assert "只写入没有错误的行" in refused.json()["detail"]
    apply(program, shown, only_good=True)
    assert list(Bed.objects.values_list("number", flat=True)) == ["7"]


def test_monthly_figures_are_written_in_bulk(desk):
    program = client_of(desk.clerk, "reports:write")
    rows = [
        {"metric": "养老机构床位数", "code": "institution_beds", "value": 125},
        {"metric": "护理型床位数", "code": "nursing_beds", "value": "81"},
    ]
    batch = begin(program, {"ledger": "figures", "as_of": "2026-06-01", "rows": rows})
    assert (batch.json()["new"], batch.json()["errors"]) == (2, 0)
    apply(program, batch)
    assert desk.figure("institution_beds") == 125
    assert MetricEntry.objects.get(report=desk.report, metric__code="nursing_beds").entered_by == desk.clerk


def test_a_slip_that_was_not_looked_at_is_not_written(home, program):
    batch = begin(program, beds("1"))
    address = f"{BATCHES}{batch.json()['id']}/apply/"
    assert send(program, "post", address).status_code == 428
    assert send(program, "post", address, If_Match='"something"').status_code == 412
    assert ImportBatch.objects.get().status == "ready"


def test_a_batch_that_is_sent_twice_is_one(home, program):
    first = begin(program, beds("1"), Idempotency_Key="b-1").json()
    again = send(program, "post", BATCHES, beds("1"), Idempotency_Key="b-1")
    assert (again.status_code, again.json()["id"]) == (202, first["id"])
    file = {
        "ledger": "beds",
        "file": SimpleUploadedFile("床位.xlsx", workbook(("机构名称", "床号"), ("甲", "7"))),
    }
    answers = []
    for _ in range(2):
        file["file"].seek(0)
        answers.append(program.post(BATCHES, file, headers={"Idempotency-Key": "b-2"}))
    assert answers[0].json()["id"] == answers[1].json()["id"]
    assert ImportBatch.objects.count() == 2


def test_an_answer_about_a_batch_is_not_given_again_to_one_who_moved_away(home, desk, enter):
    browser = enter(desk.clerk)
    first = send(browser, "post", BATCHES, beds("1"), Idempotency_Key="b")
    assert send(browser, "post", BATCHES, beds("1"), Idempotency_Key="b").json() == first.json()
    User.objects.filter(pk=desk.clerk.pk).update(org_unit=desk.cast.other_township)
    assert send(browser, "post", BATCHES, beds("1"), Idempotency_Key="b").status_code == 404


def test_giving_up_writes_nothing(home, program):
    batch = begin(program, beds("1")).json()
    assert send(program, "post", f"{BATCHES}{batch['id']}/discard/").json()["state"] == "已放弃"
    answer = send(program, "post", f"{BATCHES}{batch['id']}/discard/")
    assert (answer.status_code, answer.json()["code"]) == (409, "refused")


@pytest.mark.parametrize(
    ("change", "field", "words"),
    [
        ({"ledger": "no"}, "ledger", "没有可写入的台账“no”"),
        ({"ledger": None}, "ledger", "null"),
        ({"rows": []}, "rows", "1"),
        ({"rows": [{}]}, "rows", "第 1 行是空的"),
        ({"rows": [{"bed_number": "1"}]}, "rows", "没有“bed_number”这一列"),
        ({"rows": [{"number": "1"}, {"number": "2", "room": "3"}]}, "rows", "第 2 行与第 1 行不同"),
        ({"rows": [{"number": ["1"]}]}, "rows.1.number", "须为文字"),
        ({"rows": None}, "rows", "null"),
        ({"as_of": "2027-01-01"}, "as_of", "不能晚于今天"),
        ({"as_of": "1999-12-31"}, "as_of", "不能早于"),
        ({"org_unit": "330424102"}, "org_unit", "本单位"),
    ],
    ids=range(11),
)
def test_a_batch_that_is_wrong_names_what_is(home, program, change, field, words):
    answer = send(program, "post", BATCHES, beds("1") | change)
    assert answer.status_code == 422, answer.content
    assert words in answer.json()["fields"][field][0]
    assert not ImportBatch.objects.exists()


def test_a_hostile_file_is_refused_in_a_sentence(desk, program):
    for name, content, words in (
        ("床位.xlsx", b"", "空"),
        ("床位.xlsm", b"PK", "宏"),
        ("床位.xlsx", b"%PDF-1.7\n\0", "PDF"),
    ):
        answer = program.post(BATCHES, {"ledger": "beds", "file": SimpleUploadedFile(name, content)})
        assert answer.status_code == 422
        assert words in json.dumps(answer.json(), ensure_ascii=False)


def test_a_scope_opens_its_own_ledgers_only(desk, home):
    figures = client_of(desk.clerk, "reports:write")
    assert [each["key"] for each in figures.get("/api/v1/ledgers/").json()] == ["figures"]
    assert send(figures, "post", BATCHES, beds("1")).status_code == 422
    other = client_of(desk.clerk, "ledgers:write")
    pk = begin(other, beds("1")).json()["id"]
    assert figures.get(f"{BATCHES}{pk}/").status_code == 404
    assert client_of(desk.cast.leader).get(BATCHES).status_code == 403


def test_the_columns_of_a_ledger_are_told(program):
    (found,) = [each for each in program.get("/api/v1/ledgers/").json() if each["key"] == "beds"]
    columns = {each["key"]: each for each in found["columns"]}
    assert columns["number"] | {"help": ""} == {
        "key": "number",
        "heading": "床号",
        "kind": "text",
        "required": True,
        "unit": "",
        "choices": [],
        "help": "",
    }


def test_rows_of_a_register_are_written_like_those_of_any_ledger(desk, program):
    register = make_register(desk.county_clerk)
    key = f"register:{register.code}"
    listed = program.get(f"/api/v1/ledgers/?ledger={key}").json()
    assert [each["key"] for each in listed] == [key]
    assert {"name", "id_number", "from_on"} <= {column["key"] for column in listed[0]["columns"]}
    rows = [{"name": "沈一", "id_number": number(1), "from_on": "2026-03-01", "way": "助餐"}]
    batch = begin(program, {"ledger": key, "as_of": "2026-06-15", "rows": rows})
    assert (batch.json()["new"], batch.json()["errors"]) == (1, 0)
    assert apply(program, batch).status_code == 202
    row = RegisterRow.objects.get(register=register)
    assert row.org_unit == desk.clerk.org_unit
    assert [each["id"] for each in program.get(BATCHES).json()["results"]] == [batch.json()["id"]]


def test_a_register_that_is_none_is_said_to_be_none(program):
    answer = send(program, "post", BATCHES, beds("1", ledger="register:nothing"))
    assert (answer.status_code, "register:nothing" in answer.json()["detail"]) == (422, True)
    assert program.get("/api/v1/ledgers/?ledger=register:nothing").json() == []
