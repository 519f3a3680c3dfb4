"""The form of the outsider table: who reaches which address, with which method, about whose things.

Each app declares its rows in ``tests/<app>/outsider_rows.py``::

    ROWS = {
        "report": Row(READERS, ("GET",), targets=(
            Target(lambda world: {"code": "330424101", ...}, hidden_from={"other_township_clerk"}),
            Target(lambda world: {"code": "330424102", ...}, hidden_from={"township_clerk"}),
        )),
        "report-submit": Row(CLERKS, ("POST",), targets=(...), data=lambda world: {...}),
    }

    def prepare(cast) -> dict[str, object]: ...   # optional: things made before, found in ``world.things``

Whoever is not in ``allowed`` gets 403, whatever the target; whoever is allowed but in ``hidden_from`` gets
404, as for something that does not exist; the others reach the view, and a method not listed gets 405.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Any

from tests.conftest import Cast

TOWNSHIPS = frozenset({"township_clerk", "other_township_clerk"})
COUNTY = frozenset({"county_clerk", "county_reviewer", "leader"})
READERS = TOWNSHIPS | COUNTY
ADMINISTRATOR = frozenset({"administrator"})
AUDITOR = frozenset({"auditor"})
DEPARTMENT = frozenset({"department_clerk"})
EVERYBODY = READERS | ADMINISTRATOR | AUDITOR | DEPARTMENT


@dataclass
class World:
    cast: Cast
    things: dict[str, Any] = field(default_factory=dict)


def nothing(world: World) -> dict:
    return {}


@dataclass(frozen=True)
class Target:
    """Arguments of the address, and from whom what they name is hidden."""

    arguments: Callable[[World], dict] = nothing
    hidden_from: Collection[str] = frozenset()
    query: str = ""


@dataclass(frozen=True)
class Row:
    allowed: frozenset[str]
    methods: tuple[str, ...] = ("GET",)
    targets: tuple[Target, ...] = (Target(),)
    data: Callable[[World], dict] = nothing
    anonymous: bool = False
