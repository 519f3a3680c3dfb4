"""Every address × every identity × own and other: compared with what the apps declare in outsider_rows.py.

A new address without a row fails here, and so does a row whose address is gone.
"""

from collections.abc import Iterator
from copy import copy
from dataclasses import replace
from importlib import import_module
from importlib.util import find_spec

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from eldercare import ledger_metrics
from indicators.metrics import registers
from tests.conftest import Cast, make_cast, person_maker, signed_in
from tests.outsider import EVERYBODY, Row, Target, World

APPS = ("eldercare", "facilities", "subsidies", "indicators")
TABLES = [
    import_module(f"tests.{app}.outsider_rows")
    for app in APPS
    if find_spec(f"tests.{app}") and find_spec(f"tests.{app}.outsider_rows")
]
ROWS: dict[str, Row] = {name: row for table in TABLES for name, row in table.ROWS.items()}


def patterns(resolver: URLResolver, namespace: str = "") -> Iterator[tuple[str, URLPattern]]:
    for each in resolver.url_patterns:
        if isinstance(each, URLResolver):
            inner = f"{namespace}{each.namespace}:" if each.namespace else namespace
            yield from patterns(each, inner)
        else:
            yield f"{namespace}{each.name or each.pattern}", each


NAMES = sorted({name for name, _ in patterns(get_resolver())})


def test_every_address_has_a_row_and_every_row_an_address():
    assert sorted(ROWS) == NAMES


@pytest.fixture(scope="module")
def prepared(module_db, password_hash) -> World:
    return prepared_world(make_cast(person_maker(password_hash)))


def read_definitions_again() -> None:
    """Every test begins with none (conftest.py), and these were made before it."""
    ledger_metrics.defined.forget()
    registers.names.forget()


def prepared_world(cast: Cast) -> World:
    """What the rows of all apps speak of."""
    read_definitions_again()
    world = World(cast)
    for table in TABLES:
        if hasattr(table, "prepare"):
            things = table.prepare(cast)
            assert things.keys().isdisjoint(world.things), "two tables call different things the same"
            world.things |= things
    return world


def test_nobody_is_left_out_of_the_table(prepared):
    assert set(prepared.cast.everybody) == EVERYBODY


@pytest.fixture
def world(prepared, db) -> World:
    read_definitions_again()
    return replace(prepared, things=dict(prepared.things))


@pytest.fixture(scope="module")
def browsers(prepared) -> dict[str, Client | None]:
    return {"anonymous": None} | {name: signed_in(user) for name, user in prepared.cast.everybody.items()}


@pytest.mark.parametrize("name", [name for name in NAMES if name in ROWS])
def test_who_reaches(world, browsers, name):
    row, wrong = ROWS[name], []
    for target in row.targets:
        address = reverse(name, kwargs=target.arguments(world)) + target.query
        for identity, client in browsers.items():
            for method in sorted({"GET", "POST", *row.methods}):
                wanted = expectation(row, target, identity, method)
                got = judge(visit(client, method, address, row.data(world)), identity)
                if got != wanted:
                    wrong.append(f"{identity} {method} {address}: {got}, not {wanted}")
    assert wrong == []


def expectation(row: Row, target: Target, identity: str, method: str) -> str:
    if identity == "anonymous" and not row.anonymous:
        return "asked to sign in"
    if identity not in row.allowed and identity != "anonymous":
        return "refused"
    if method not in row.methods:
        return "no such method"
    return "not found" if identity in target.hidden_from else "reached"


def visit(client: Client | None, method: str, address: str, data: dict) -> HttpResponse:
    """One request, undone afterwards, in the database and in the browser."""
    client = client or Client()
    cookies = copy(client.cookies)
    with transaction.atomic():
        body = {"data": data} if method != "GET" else {}
        kind = {"content_type": "application/json"} if method == "PUT" else {}
        answer = getattr(client, method.lower())(address, **body, **kind)
        transaction.set_rollback(True)
    client.cookies = cookies
    return answer


def judge(answer: HttpResponse, identity: str) -> str:
    place = answer["Location"] if answer.status_code == 302 else ""
    # Who has just signed out is led there too; who is asked to sign in brings an address to return to.
    if place.startswith("/sign-in/") and (identity == "anonymous" or "?" in place):
        return "asked to sign in"
    words = {401: "asked to sign in", 403: "refused", 404: "not found", 405: "no such method"}
    if answer.status_code >= 500:
        return f"error {answer.status_code}"
    return words.get(answer.status_code, "reached")
