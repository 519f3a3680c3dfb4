"""Who reaches which page of the shell."""

from eldercare.models import Notice
from tests.facilities.factories import make_facility, make_post
from tests.outsider import ADMINISTRATOR, AUDITOR, EVERYBODY, TOWNSHIPS, Row, Target


def prepare(cast) -> dict:
    notice = Notice.objects.create(recipient=cast.township_clerk, kind=Notice.Kind.SYSTEM, text="通知")
    return {
        "notice": notice,
        "caregiver": make_post(make_facility(cast.township)).caregiver,
        "neighbours_caregiver": make_post(make_facility(cast.neighbour)).caregiver,
    }


ACCOUNTS = (
    Target(lambda world: {"pk": world.cast.township_clerk.pk}),
    Target(lambda world: {"pk": world.cast.neighbour_administrator.pk}, hidden_from=EVERYBODY),
    Target(lambda world: {"pk": 0}, hidden_from=EVERYBODY),
)


def _number(thing, field: str = "id_number") -> dict:
    return {"kind": "caregiver", "pk": thing.pk, "field": field}


ROWS = {
    "sign-in": Row(EVERYBODY, ("GET", "POST"), anonymous=True),
    "sign-out": Row(EVERYBODY, ("POST",)),
    "password-change": Row(EVERYBODY, ("GET", "POST")),
    "home": Row(EVERYBODY),
    "help": Row(EVERYBODY),
    "notice-list": Row(EVERYBODY),
    "notice-read-all": Row(EVERYBODY, ("POST",)),
    "notice-read": Row(
        EVERYBODY,
        ("POST",),
        targets=(
            Target(
                lambda world: {"pk": world.things["notice"].pk}, hidden_from=EVERYBODY - {"township_clerk"}
            ),
        ),
    ),
    "account-list": Row(ADMINISTRATOR),
    "account-create": Row(ADMINISTRATOR, ("GET", "POST")),
    "account-detail": Row(ADMINISTRATOR, targets=ACCOUNTS),
    "account-edit": Row(ADMINISTRATOR, ("GET", "POST"), targets=ACCOUNTS),
    "account-disable": Row(ADMINISTRATOR, ("GET", "POST"), targets=ACCOUNTS),
    "account-reset": Row(ADMINISTRATOR, ("GET", "POST"), targets=ACCOUNTS),
    "account-enable": Row(ADMINISTRATOR, ("POST",), targets=ACCOUNTS),
    "account-unlock": Row(ADMINISTRATOR, ("POST",), targets=ACCOUNTS),
    "number-reveal": Row(
        TOWNSHIPS | {"county_clerk"},
        ("GET", "POST"),
        targets=(
            Target(lambda world: _number(world.things["caregiver"]), hidden_from={"other_township_clerk"}),
            Target(lambda world: _number(world.things["neighbours_caregiver"]), hidden_from=EVERYBODY),
            Target(lambda world: _number(world.things["caregiver"], "name"), hidden_from=EVERYBODY),
            Target(lambda world: {"kind": "user", "pk": 1, "field": "password"}, hidden_from=EVERYBODY),
        ),
        data=lambda world: {"reason": "核对证件"},
    ),
    "log-list": Row(AUDITOR),
    "log-export": Row(AUDITOR),
}
