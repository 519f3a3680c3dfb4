"""Who reaches which address of the shell's part of the API, and which page of tokens."""

import datetime as dt

from eldercare.token_models import ApiToken
from eldercare.tokens import digest_of
from tests.outsider import ADMINISTRATOR, EVERYBODY, READERS, TOWNSHIPS, Row, Target

UPLOADERS = TOWNSHIPS | {"county_clerk"}


def make_row(user, kind: str, unit=None) -> ApiToken:
    """A token that nobody holds."""
    return ApiToken.objects.create(
        kind=kind,
        name="省平台",
        purpose="测试",
        user=user,
        org_unit=unit or user.org_unit,
        scopes=["indicators:read"],
        digest=digest_of(f"{kind} {user.pk}"),
        tail="abcd",
        created_by=user,
        expires_on=dt.date(2999, 12, 31),
    )


def prepare(cast) -> dict:
    return {
        "own_token": make_row(cast.township_clerk, ApiToken.Kind.PERSONAL),
        "system_token": make_row(cast.leader, ApiToken.Kind.SYSTEM),
        "neighbours_token": make_row(cast.neighbour_administrator, ApiToken.Kind.SYSTEM),
    }


BATCHES = (
    Target(lambda world: {"pk": world.things["upload"].pk}, hidden_from={"other_township_clerk"}),
    Target(lambda world: {"pk": world.things["other_upload"].pk}, hidden_from={"township_clerk"}),
    Target(lambda world: {"pk": world.things["neighbours_upload"].pk}, hidden_from=EVERYBODY),
    Target(lambda world: {"pk": 0}, hidden_from=EVERYBODY),
)

ROWS = {
    "token-list": Row(EVERYBODY),
    "token-create": Row(EVERYBODY, ("GET", "POST")),
    "token-revoke": Row(
        EVERYBODY,
        ("GET", "POST"),
        targets=(
            Target(
                lambda world: {"pk": world.things["own_token"].pk},
                hidden_from=EVERYBODY - {"township_clerk"},
            ),
            Target(lambda world: {"pk": world.things["system_token"].pk}, hidden_from=EVERYBODY),
            Target(lambda world: {"pk": world.things["neighbours_token"].pk}, hidden_from=EVERYBODY),
        ),
    ),
    "token-system-list": Row(ADMINISTRATOR),
    "token-system-create": Row(ADMINISTRATOR, ("GET", "POST")),
    "token-system-revoke": Row(
        ADMINISTRATOR,
        ("GET", "POST"),
        targets=(
            Target(lambda world: {"pk": world.things["system_token"].pk}),
            Target(lambda world: {"pk": world.things["own_token"].pk}, hidden_from=EVERYBODY),
            Target(lambda world: {"pk": world.things["neighbours_token"].pk}, hidden_from=EVERYBODY),
        ),
    ),
    "api-docs": Row(EVERYBODY),
    "api-schema": Row(EVERYBODY),
    "api-org-units": Row(READERS),
    "api-ledgers": Row(UPLOADERS),
    "api-batches": Row(UPLOADERS, ("GET", "POST")),
    "api-batch": Row(UPLOADERS, targets=BATCHES),
    "api-batch-lines": Row(UPLOADERS, targets=BATCHES),
    "api-batch-apply": Row(UPLOADERS, ("POST",), targets=BATCHES),
    "api-batch-discard": Row(UPLOADERS, ("POST",), targets=BATCHES),
    "api-batch-undo": Row(UPLOADERS, ("POST",), targets=BATCHES),
}
