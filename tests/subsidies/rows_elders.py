"""Who reaches which page of elders."""

import datetime as dt

from eldercare.identity import synthetic_id
from subsidies.actions.elder_merges import PARTS
from subsidies.models import ElderMerge
from tests.outsider import EVERYBODY, TOWNSHIPS, Row, Target
from tests.subsidies.factories import make_elder, make_payee, make_tag

COUNTY_CLERK = frozenset({"county_clerk"})
LOOKERS = TOWNSHIPS | {"county_clerk", "county_reviewer"}
EDITORS = TOWNSHIPS | COUNTY_CLERK
READ = ("GET",)
FORM = ("GET", "POST")


def prepare(cast, things: dict) -> dict:
    return _made("own", cast.township, cast) | _made("neighbours", cast.neighbour, cast)


def _made(name: str, unit, cast) -> dict:
    born = dt.date(1941, 3, 2)
    first, second, third = (
        make_elder(unit, f"{name}{number}", id_number=synthetic_id(born, sequence), born=born)
        for number, sequence in enumerate((211, 222, 233) if name == "own" else (311, 322, 333))
    )
    third.merged_into = first
    third.save()
    rows = {part.model._meta.model_name: [] for part in PARTS}
    untouched = {"before": {}, "after": {}}
    nothing = {"tags": [], "payees_ended": [], "rows": rows, "head": None, "elder": untouched}
    merge = ElderMerge.objects.create(
        kept=first, dropped=third, moved=nothing, reason="测试", merged_by=cast.county_clerk
    )
    return {
        f"{name}_elder": first,
        f"{name}_twin": second,
        f"{name}_elder_tag": make_tag(first, "low_income"),
        f"{name}_elder_payee": make_payee(first),
        f"{name}_elder_merge": merge,
    }


def _both(what: str, hidden=frozenset({"other_township_clerk"}), **more) -> tuple[Target, ...]:
    """One's own, one of another county, and one that does not exist."""
    return (
        Target(lambda world: {"pk": world.things[f"own_{what}"].pk, **more}, hidden_from=hidden),
        Target(lambda world: {"pk": world.things[f"neighbours_{what}"].pk, **more}, hidden_from=EVERYBODY),
        Target(lambda world: {"pk": 0, **more}, hidden_from=EVERYBODY),
    )


def _pair(one: str, other: str, hidden=frozenset()) -> Target:
    return Target(
        lambda world: {"one": world.things[one].pk, "other": world.things[other].pk}, hidden_from=hidden
    )


PAIRS = (
    _pair("own_elder", "own_twin"),
    _pair("own_elder", "neighbours_elder", EVERYBODY),
    _pair("own_elder", "own_elder", EVERYBODY),
)
CHANGES = (
    "death",
    "revoke-death",
    "move-in",
    "move-out",
    "come-to-live",
    "leave",
    "unit",
    "residence",
)

ROWS: dict[str, Row] = {
    "elder-list": Row(LOOKERS),
    "elder-find": Row(LOOKERS, ("POST",), data=lambda world: {"text": "测试"}),
    "elder-create": Row(EDITORS, FORM),
    "elder-detail": Row(LOOKERS, READ, _both("elder")),
    "elder-edit": Row(EDITORS, FORM, _both("elder")),
    "elder-change": Row(
        EDITORS,
        FORM,
        (
            *(target for slug in CHANGES for target in _both("elder", slug=slug)),
            Target(
                lambda world: {"pk": world.things["own_elder"].pk, "slug": "nothing"}, hidden_from=EVERYBODY
            ),
        ),
    ),
    "elder-household": Row(EDITORS, FORM, _both("elder")),
    "elder-tag-create": Row(EDITORS, FORM, _both("elder")),
    "elder-tag-edit": Row(EDITORS, FORM, _both("elder_tag")),
    "elder-tag-end": Row(EDITORS, FORM, _both("elder_tag")),
    "payee-create": Row(EDITORS, FORM, _both("elder")),
    "payee-edit": Row(EDITORS, FORM, _both("elder_payee")),
    "payee-end": Row(EDITORS, FORM, _both("elder_payee")),
    "elder-doubles": Row(COUNTY_CLERK),
    "elder-doubles-find": Row(COUNTY_CLERK, ("POST",)),
    "elder-compare": Row(COUNTY_CLERK, FORM, PAIRS),
    "elder-distinct": Row(COUNTY_CLERK, ("POST",), PAIRS),
    "elder-merge-undo": Row(COUNTY_CLERK, FORM, _both("elder_merge", frozenset())),
}
