"""Who reaches which page of the registers."""

from indicators.models import RegisterMetric
from tests.indicators.factories import make_metric
from tests.indicators.registers import make_register, make_row
from tests.outsider import EVERYBODY, READERS, TOWNSHIPS, Row, Target, World

COUNTY_CLERK = frozenset({"county_clerk"})
CLERKS = TOWNSHIPS | COUNTY_CLERK


def prepare(cast, things) -> dict:
    register = make_register(cast.county_clerk)
    make_register(cast.county_clerk, "meetings", name="联席会议", keeper="county")
    rows = {
        "own_row": make_row(register, cast.township, cast.county_clerk),
        "other_row": make_row(register, cast.other_township, cast.county_clerk, 2),
        "far_row": make_row(register, cast.township, cast.county_clerk, 4),
    }
    type(rows["far_row"]).objects.filter(pk=rows["far_row"].pk).update(org_unit=cast.neighbour)
    counted = RegisterMetric.objects.create(
        register=register,
        metric=make_metric("helpers_in_service", reporter="township"),
        from_column=register.columns.get(key="from_on"),
    )
    return rows | {"register": register, "register_metric": counted}


def _register(world: World) -> dict:
    return {"code": "helpers"}


def _row(name: str):
    return lambda world: {"pk": world.things[name].pk}


ROWS_OF = (
    Target(_row("own_row"), hidden_from={"other_township_clerk"}),
    Target(_row("other_row"), hidden_from={"township_clerk"}),
    Target(_row("far_row"), hidden_from=EVERYBODY),
)
ANY = (Target(_register), Target(lambda world: {"code": "nothing"}, hidden_from=EVERYBODY))
COUNTED = (
    Target(lambda world: {"code": "helpers", "pk": world.things["register_metric"].pk}),
    Target(
        lambda world: {"code": "meetings", "pk": world.things["register_metric"].pk}, hidden_from=EVERYBODY
    ),
)

ROWS = {
    "register-list": Row(READERS),
    "register-mechanisms": Row(READERS),
    "register-rows": Row(READERS, targets=(*ANY, Target(_register, query="?export=xlsx"))),
    "register-row": Row(READERS, targets=ROWS_OF),
    "register-row-create": Row(
        CLERKS,
        ("GET", "POST"),
        targets=(Target(_register), Target(lambda world: {"code": "meetings"}, hidden_from=TOWNSHIPS)),
    ),
    "register-row-edit": Row(CLERKS, ("GET", "POST"), targets=ROWS_OF),
    "register-row-delete": Row(CLERKS, ("GET", "POST"), targets=ROWS_OF),
    "register-definition": Row(READERS, targets=ANY),
    "register-create": Row(COUNTY_CLERK, ("GET", "POST")),
    "register-edit": Row(COUNTY_CLERK, ("GET", "POST"), targets=ANY),
    "register-column-add": Row(COUNTY_CLERK, ("GET", "POST"), targets=ANY),
    "register-column-edit": Row(
        COUNTY_CLERK,
        ("GET", "POST"),
        targets=(
            Target(lambda world: {"code": "helpers", "key": "way"}),
            Target(lambda world: {"code": "helpers", "key": "nothing"}, hidden_from=EVERYBODY),
        ),
    ),
    "register-metric-add": Row(COUNTY_CLERK, ("GET", "POST"), targets=ANY),
    "register-metric-edit": Row(COUNTY_CLERK, ("GET", "POST"), targets=COUNTED),
    "register-metric-remove": Row(COUNTY_CLERK, ("POST",), targets=COUNTED),
}
