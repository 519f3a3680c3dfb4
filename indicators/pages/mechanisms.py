"""制度机制一览: what each policy document asks to be set up, and the page that serves it."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlencode

from django.urls import reverse

from indicators.fixtures import fixtures_dir, read_json
from indicators.models import Register


@dataclass(frozen=True)
class Mechanism:
    number: str  # within its document
    name: str
    asks: str  # what the document says
    how: str  # how the page serves it
    page: str  # name of the page
    url: str


@dataclass(frozen=True)
class Document:
    code: str
    title: str
    short: str
    mechanisms: list[Mechanism]


@lru_cache(maxsize=1)
def _read() -> dict:
    return read_json(fixtures_dir() / "mechanisms.json")


def documents() -> list[Document]:
    """All of them, in the order of the documents; one statement, for the names of registers."""
    names = dict(Register.objects.values_list("code", "name"))
    return [
        Document(
            each["code"], each["title"], each["short"], [_mechanism(row, names) for row in each["mechanisms"]]
        )
        for each in _read()["documents"]
    ]


def _mechanism(row: dict, names: dict[str, str]) -> Mechanism:
    if code := row.get("register"):
        url, page = reverse("register-rows", args=[code]), f"登记簿：{names.get(code, code)}"
    else:
        url = reverse(row["page"], args=row.get("args", []))
        page = _read()["pages"][row["page"]]
    if query := row.get("query"):
        url += f"?{urlencode(query)}"
    return Mechanism(row["number"], row["name"], row["asks"], row["how"], page, url)


def filtered(found: Iterable[Document], text: str) -> list[Document]:
    """Those in whose words the text stands."""
    made = []
    for each in found:
        rows = [
            row for row in each.mechanisms if text in f"{row.number}{row.name}{row.asks}{row.how}{row.page}"
        ]
        if rows:
            made.append(Document(each.code, each.title, each.short, rows))
    return made


def of_register(code: str) -> list[tuple[str, str]]:
    """(short title of the document, name of the mechanism) that a register serves."""
    return [
        (each["short"], row["name"])
        for each in _read()["documents"]
        for row in each["mechanisms"]
        if row.get("register") == code
    ]
