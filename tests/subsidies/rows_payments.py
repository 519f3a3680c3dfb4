"""Who reaches which page of payments; a batch is the county's, its people are their township's."""

import datetime as dt

from subsidies.models import Batch, Bounce, PaymentLine, Recovery
from tests.outsider import EVERYBODY, READERS, TOWNSHIPS, Row, Target
from tests.subsidies.factories import make_elder, make_enrolment, make_programme

CLERK = frozenset({"county_clerk"})
REVIEWER = frozenset({"county_reviewer"})
PEOPLE = TOWNSHIPS | CLERK | REVIEWER
READ, FORM, POST = ("GET",), ("GET", "POST"), ("POST",)
MONTH = dt.date(2025, 6, 1)


def prepare(cast, things: dict) -> dict:
    made = {}
    for name, county, units in (
        ("own", cast.county, {"own": cast.township, "other": cast.other_township}),
        ("neighbours", cast.neighbour, {"neighbours": cast.neighbour}),
    ):
        programme = make_programme(county, f"rows-{name}")
        batch = Batch.objects.create(
            programme=programme, month=MONTH, state=Batch.State.CHECKING, made_by=cast.county_clerk
        )
        made[f"{name}_batch"] = batch
        made[f"{name}_bounce"] = Bounce.objects.create(
            batch=batch,
            serial=1,
            name="某某",
            amount=50,
            on=MONTH,
            reason="销户",
            registered_by=cast.county_clerk,
        )
        for whose, unit in units.items():
            elder = make_elder(unit)
            enrolment = make_enrolment(programme, elder)
            PaymentLine.objects.create(
                batch=batch,
                enrolment=enrolment,
                elder=elder,
                org_unit=unit,
                month=MONTH,
                for_month=MONTH,
                kind="regular",
                amount=50,
            )
            made[f"{whose}_paid_elder"] = elder
            made[f"{whose}_recovery"] = Recovery.objects.create(
                batch=batch, enrolment=enrolment, from_month=MONTH, to_month=MONTH, months=1, amount=50
            )
    return made


def of_batch(**more) -> tuple[Target, ...]:
    """The county's, one of another county, and one that does not exist."""
    return (
        Target(lambda world: {"pk": world.things["own_batch"].pk, **more}),
        Target(lambda world: {"pk": world.things["neighbours_batch"].pk, **more}, hidden_from=EVERYBODY),
        Target(lambda world: {"pk": 0, **more}, hidden_from=EVERYBODY),
    )


def of_bounce() -> tuple[Target, ...]:
    """The county's; one of another county, under its batch and under the own."""

    def of(batch: str, bounce: str, hidden_from=frozenset()) -> Target:
        return Target(
            lambda world: {
                "pk": world.things[f"{batch}_batch"].pk,
                "number": world.things[f"{bounce}_bounce"].pk,
            },
            hidden_from=hidden_from,
        )

    return (of("own", "own"), of("neighbours", "neighbours", EVERYBODY), of("own", "neighbours", EVERYBODY))


def of_person(what: str) -> tuple[Target, ...]:
    """One's own township's, the other's, another county's."""
    return (
        Target(lambda world: {"pk": world.things[f"own_{what}"].pk}, hidden_from={"other_township_clerk"}),
        Target(lambda world: {"pk": world.things[f"other_{what}"].pk}, hidden_from={"township_clerk"}),
        Target(lambda world: {"pk": world.things[f"neighbours_{what}"].pk}, hidden_from=EVERYBODY),
    )


ROWS: dict[str, Row] = {
    "payment-home": Row(READERS),
    "payment-statement": Row(PEOPLE, READ, of_person("paid_elder")),
    "batch-create": Row(CLERK, FORM),
    "batch-detail": Row(READERS, READ, of_batch()),
    "batch-progress": Row(READERS, READ, of_batch()),
    "batch-remake": Row(CLERK, POST, of_batch()),
    "batch-cancel": Row(CLERK, FORM, of_batch()),
    "batch-lines": Row(PEOPLE, READ, of_batch()),
    "batch-identity": Row(
        PEOPLE,
        READ,
        (
            *of_batch(term="begun"),
            Target(lambda world: {"pk": world.things["own_batch"].pk, "term": "guessed"}, EVERYBODY),
        ),
    ),
    "batch-findings": Row(PEOPLE, READ, of_batch()),
    "batch-decide": Row(CLERK, FORM, of_batch()),
    "batch-submit": Row(CLERK, POST, of_batch()),
    "batch-withdraw": Row(CLERK, POST, of_batch()),
    "batch-send-back": Row(REVIEWER, FORM, of_batch()),
    "batch-approve": Row(REVIEWER, POST, of_batch()),
    "batch-sheet": Row(CLERK, POST, of_batch()),
    "batch-return": Row(CLERK, FORM, of_batch()),
    "batch-bounce": Row(CLERK, FORM, of_batch()),
    "batch-bounce-confirm": Row(REVIEWER, POST, of_bounce()),
    "batch-bounce-refuse": Row(REVIEWER, FORM, of_bounce()),
    "batch-bank-progress": Row(READERS, READ, of_batch()),
    "listed-person-list": Row(CLERK),
    "recovery-list": Row(PEOPLE),
    "recovery-detail": Row(PEOPLE, READ, of_person("recovery")),
    "recovery-repaid": Row(CLERK, FORM, of_person("recovery")),
    "recovery-written-off": Row(REVIEWER, FORM, of_person("recovery")),
}
