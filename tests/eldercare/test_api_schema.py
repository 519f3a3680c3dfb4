"""The description of the API: valid, complete, and true of what is answered, whatever is asked."""

import json
import re
from functools import cache
from urllib.parse import urlencode

import pytest
from django.core.management import call_command
from django.urls import get_resolver
from drf_spectacular.generators import SchemaGenerator
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from eldercare.scopes import scopes_of
from tests.eldercare.test_tokens import bearer, issue
from tests.test_outsider_matrix import patterns

CHINESE = re.compile("[\u4e00-\u9fff]")
OWN = ("api-docs", "api-schema")
UNSAFE = ("post", "patch", "put", "delete")


@cache
def document() -> dict:
    return json.loads(json.dumps(SchemaGenerator().get_schema(public=True), default=str))


def operations() -> list[tuple[str, str, dict]]:
    return [
        (path, method, operation)
        for path, methods in document()["paths"].items()
        for method, operation in methods.items()
    ]


def test_the_document_is_valid_and_nothing_in_it_is_guessed(tmp_path):
    call_command("spectacular", validate=True, fail_on_warn=True, file=str(tmp_path / "schema.yaml"))
    assert document()["openapi"].startswith("3.1")


def test_every_address_is_described_with_its_refusals():
    named = {name for name, _ in patterns(get_resolver()) if name.startswith("api-")}
    assert len(document()["paths"]) == len(named) - len(OWN)
    for path, method, operation in operations():
        assert CHINESE.search(operation["summary"]), path
        assert operation["security"] == [{"token": []}, {"session": []}]
        wanted = {"400", "401", "403", "404", "429"} | ({"422"} if method in UNSAFE else set())
        assert wanted <= set(operation["responses"]), path
    assert len({operation["operationId"] for *_, operation in operations()}) == len(operations())


def test_the_document_is_served_to_who_has_signed_in(cast, enter):
    answer = enter(cast.auditor).get("/api/v1/schema/")
    assert answer.json()["info"]["title"] == "养老服务数据门户接口"
    page = enter(cast.auditor).get("/api/v1/docs/")
    assert "swagger-ui-bundle.js" in page.content.decode()
    assert "unsafe" not in page["Content-Security-Policy"]


# --- Whatever is asked ------------------------------------------------------------------------------------------

texts = st.one_of(
    st.sampled_from(
        ["", "0", "-1", "2026-06", "330424101", "null", "\0", "%", "'", "ü", "9" * 30, "true", "2026-02-30"]
    ),
    st.text(max_size=12),
)
scalars = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), texts)
values = st.recursive(
    scalars, lambda each: st.lists(each, max_size=3) | st.dictionaries(texts, each, max_size=3), max_leaves=6
)


def validator_of(operation: dict, status: int, media: str) -> Draft202012Validator | None:
    content = operation["responses"].get(str(status), {}).get("content", {})
    schema = content.get(media, {}).get("schema")
    return schema and Draft202012Validator({**schema, "components": document()["components"]})


@pytest.fixture
def program(cast, settings):
    settings.API_REQUESTS_PER_MINUTE = 1_000_000
    return bearer(issue(cast.county_clerk, *map(str, scopes_of(cast.county_clerk.role)))[1])


@settings(max_examples=150)
@given(data=st.data())
def test_no_question_breaks_it_and_every_answer_has_its_form(program, data):
    path, method, operation = data.draw(st.sampled_from(operations()), label="address")
    address = path
    for name in re.findall(r"{(\w+)}", path):
        kinds = {
            "pk": "7",
            "number": "3",
            "month": "2025-06",
            "kind": data.draw(st.sampled_from(["csv", "adx", "x"])),
        }
        address = address.replace("{" + name + "}", kinds.get(name, "330424101"))
    known = [each["name"] for each in operation.get("parameters", ()) if each["in"] == "query"]
    query = data.draw(st.dictionaries(st.sampled_from(known), texts, max_size=2)) if known else {}
    body = {}
    if method in UNSAFE:
        fields = _fields(operation)
        drawn = st.dictionaries(st.sampled_from(fields), values, max_size=4) if fields else st.just({})
        body = {"data": json.dumps(data.draw(st.one_of(drawn, values))), "content_type": "application/json"}
    answer = getattr(program, method)(f"{address}?{urlencode(query)}", **body)
    assert answer.status_code < 500
    if answer.streaming:
        b"".join(answer.streaming_content)
        return
    found = validator_of(operation, answer.status_code, answer["Content-Type"].split(";")[0])
    assert found, f"{answer.status_code} is not described"
    assert list(found.iter_errors(answer.json())) == []
    if answer.status_code >= 400:
        assert set(answer.json()) == {"detail", "code", "fields"}
        assert CHINESE.search(answer.json()["detail"])


def test_nothing_at_all_is_answered_in_chinese(program):
    answer = program.post("/api/v1/batches/", "null", content_type="application/json")
    assert (answer.status_code, answer.json()["detail"][:8]) == (400, "提交的内容是空的")


def _fields(operation: dict) -> list[str]:
    content = operation.get("requestBody", {}).get("content", {})
    schema = content.get("application/json", {}).get("schema", {})
    name = schema.get("$ref", "").rpartition("/")[2]
    return sorted(document()["components"]["schemas"].get(name, {}).get("properties", {}))
