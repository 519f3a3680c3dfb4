"""Who reaches which page of enrolments, public notices and 政策找人."""

import datetime as dt

from subsidies.models import PublicNotice
from tests.outsider import EVERYBODY, TOWNSHIPS, Row, Target
from tests.subsidies.factories import make_elder, make_enrolment, make_programme

LOOKERS = TOWNSHIPS | {"county_clerk", "county_reviewer"}
CHECKERS = TOWNSHIPS | {"county_clerk"}
APPROVERS = frozenset({"county_clerk", "county_reviewer"})
READ = ("GET",)
FORM = ("GET", "POST")


def prepare(cast, things: dict) -> dict:
    return _made("own", cast.county, cast.township, cast) | _made(
        "neighbours", cast.neighbour, cast.neighbour, cast
    )


def _made(name: str, county, unit, cast) -> dict:
    programme = make_programme(county, f"{name}-enrolled")
    enrolment = make_enrolment(programme, make_elder(unit, f"{name}享受人"))
    notice = PublicNotice.objects.create(
        programme=programme,
        org_unit=unit,
        starts_on=dt.date(2024, 1, 2),
        ends_on=dt.date(2024, 1, 8),
        published_by=cast.county_clerk,
    )
    notice.enrolments.add(enrolment)
    return {
        f"{name}_enrolment": {"pk": enrolment.pk},
        f"{name}_public_notice": {"pk": notice.pk},
        f"{name}_notice_of": {"programme": programme.pk, "unit": unit.code},
    }


def _targets(what: str) -> tuple[Target, ...]:
    return (
        Target(lambda world: world.things[f"own_{what}"], hidden_from={"other_township_clerk"}),
        Target(lambda world: world.things[f"neighbours_{what}"], hidden_from=EVERYBODY),
        Target(
            lambda world: {
                key: 0 if isinstance(value, int) else "none"
                for key, value in world.things[f"own_{what}"].items()
            },
            hidden_from=EVERYBODY,
        ),
    )


ROWS: dict[str, Row] = {
    "enrolment-list": Row(LOOKERS),
    "enrolment-find": Row(CHECKERS, FORM),
    "enrolment-create": Row(CHECKERS, FORM),
    "enrolment-approvals": Row(APPROVERS, FORM),
    "enrolment-matching": Row(LOOKERS),
    "enrolment-detail": Row(LOOKERS, READ, _targets("enrolment")),
    "enrolment-check": Row(CHECKERS, FORM, _targets("enrolment")),
    "enrolment-objection": Row(CHECKERS, FORM, _targets("enrolment")),
    "enrolment-approve": Row(APPROVERS, FORM, _targets("enrolment")),
    "enrolment-return": Row(LOOKERS, FORM, _targets("enrolment")),
    "enrolment-refuse": Row(LOOKERS, FORM, _targets("enrolment")),
    "enrolment-withdraw": Row(CHECKERS, FORM, _targets("enrolment")),
    "enrolment-suspend": Row(CHECKERS, FORM, _targets("enrolment")),
    "enrolment-resume": Row(CHECKERS, FORM, _targets("enrolment")),
    "enrolment-end": Row(CHECKERS, FORM, _targets("enrolment")),
    "enrolment-reopen": Row(APPROVERS, FORM, _targets("enrolment")),
    "enrolment-payee": Row(CHECKERS, FORM, _targets("enrolment")),
    "public-notice-list": Row(LOOKERS),
    "public-notice-create": Row(CHECKERS, FORM, _targets("notice_of")),
    "public-notice-detail": Row(LOOKERS, READ, _targets("public_notice")),
    "public-notice-close": Row(CHECKERS, ("POST",), _targets("public_notice")),
}
