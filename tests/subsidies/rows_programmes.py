"""Who reaches which page of programmes."""

import datetime as dt

from subsidies.models import Exclusion, RuleReplay
from tests.outsider import EVERYBODY, READERS, Row, Target
from tests.subsidies.factories import make_programme

COUNTY_CLERK = frozenset({"county_clerk"})
READ = ("GET",)
FORM = ("GET", "POST")


def prepare(cast, things: dict) -> dict:
    by = cast.county_clerk
    return _made("own", cast.county, by) | _made("neighbours", cast.neighbour, by)


def _made(name: str, county, by) -> dict:
    one = make_programme(county, f"{name}-old-age")
    other = make_programme(county, f"{name}-disability")
    exclusion = Exclusion.objects.create(
        yielding=one, prevailing=other, relation="higher", effective_from=dt.date(2024, 1, 1)
    )
    replay = RuleReplay.objects.create(
        org_unit=county,
        programme=one,
        what="修改",
        address="/",
        draft={"programmes": [one.pk]},
        months=[dt.date(2024, 1, 1)],
        digest="0",
        state=RuleReplay.State.DONE,
        rules={"old": {}, "new": {}},
        requested_by=by,
    )
    return {
        f"{name}_replay": {"pk": replay.pk},
        f"{name}_programme": {"pk": one.pk},
        f"{name}_rule_version": {"pk": one.pk, "version": one.versions.get().pk},
        f"{name}_exclusion": {"pk": exclusion.pk},
    }


def _targets(what: str) -> tuple[Target, ...]:
    """A programme belongs to the county, and every unit in it may read it; that of a county next door is not there."""
    return (
        Target(lambda world: world.things[f"own_{what}"]),
        Target(lambda world: world.things[f"neighbours_{what}"], hidden_from=EVERYBODY),
        Target(lambda world: dict.fromkeys(world.things[f"own_{what}"], 0), hidden_from=EVERYBODY),
    )


ROWS: dict[str, Row] = {
    "programme-list": Row(READERS),
    "programme-create": Row(COUNTY_CLERK, FORM),
    "programme-detail": Row(READERS, READ, _targets("programme")),
    "programme-edit": Row(COUNTY_CLERK, FORM, _targets("programme")),
    "programme-version-create": Row(COUNTY_CLERK, FORM, _targets("programme")),
    "programme-version-edit": Row(COUNTY_CLERK, FORM, _targets("rule_version")),
    "programme-version-copy": Row(COUNTY_CLERK, FORM, _targets("rule_version")),
    "programme-version-try": Row(READERS, READ, _targets("rule_version")),
    "programme-version-delete": Row(COUNTY_CLERK, FORM, _targets("rule_version")),
    "programme-replay": Row(COUNTY_CLERK, READ, _targets("replay")),
    "programme-replay-progress": Row(COUNTY_CLERK, READ, _targets("replay")),
    "programme-replay-people": Row(COUNTY_CLERK, READ, _targets("replay")),
    "programme-exclusion-list": Row(READERS),
    "programme-exclusion-create": Row(COUNTY_CLERK, FORM),
    "programme-exclusion-edit": Row(COUNTY_CLERK, FORM, _targets("exclusion")),
    "programme-exclusion-delete": Row(COUNTY_CLERK, FORM, _targets("exclusion")),
}
