"""Who reaches which page of the shell."""

import datetime as dt
import hashlib
import uuid

from django.utils import timezone

from eldercare.digest_models import WeeklyDigest
from eldercare.encryption_keys import key_ring
from eldercare.excel.batches import FILE_CONTEXT
from eldercare.models import ImportBatch, ImportFile, Notice
from tests.eldercare import rows_api
from tests.facilities.factories import make_facility, make_post
from tests.facilities.uploads import workbook
from tests.outsider import ADMINISTRATOR, AUDITOR, EVERYBODY, READERS, TOWNSHIPS, Row, Target

UPLOADERS = TOWNSHIPS | {"county_clerk"}


def prepare(cast) -> dict:
    things = rows_api.prepare(cast)
    notice = Notice.objects.create(recipient=cast.township_clerk, kind=Notice.Kind.SYSTEM, text="通知")
    return things | {
        "notice": notice,
        "digest": _digest(cast.township),
        "other_digest": _digest(cast.other_township),
        "neighbours_digest": _digest(cast.neighbour),
        "caregiver": make_post(make_facility(cast.township)).caregiver,
        "neighbours_caregiver": make_post(make_facility(cast.neighbour)).caregiver,
        "upload": _batch(cast.township, cast.township_clerk),
        "other_upload": _batch(cast.other_township, cast.other_township_clerk),
        "neighbours_upload": _batch(cast.neighbour, cast.neighbour_administrator),
    }


def _digest(unit) -> WeeklyDigest:
    return WeeklyDigest.objects.create(org_unit=unit, week=dt.date(2025, 6, 2))


def _batch(unit, clerk) -> ImportBatch:
    """An upload that was read: its sheet has one bed of a facility that the unit does not have."""
    content = workbook(("机构名称", "床号"), ("没有的敬老院", "1"))
    file = ImportFile.objects.create(
        sha256=hashlib.sha256(content).hexdigest(),
        size=len(content),
        content=key_ring().encrypt_bytes(content, FILE_CONTEXT),
    )
    return ImportBatch.objects.create(
        ledger="beds",
        org_unit=unit,
        as_of=dt.date(2025, 6, 30),
        file=file,
        filename="床位.xlsx",
        token=uuid.uuid4(),
        created_by=clerk,
        status=ImportBatch.Status.READY,
        read_at=timezone.now(),
    )


IMPORTS = (
    Target(lambda world: {"pk": world.things["upload"].pk}, hidden_from={"other_township_clerk"}),
    Target(lambda world: {"pk": world.things["other_upload"].pk}, hidden_from={"township_clerk"}),
    Target(lambda world: {"pk": world.things["neighbours_upload"].pk}, hidden_from=EVERYBODY),
    Target(lambda world: {"pk": 0}, hidden_from=EVERYBODY),
)
DIGESTS = (
    Target(
        lambda world: {"pk": world.things["digest"].pk},
        hidden_from={"other_township_clerk", "department_clerk"},
    ),
    Target(
        lambda world: {"pk": world.things["other_digest"].pk},
        hidden_from={"township_clerk", "department_clerk"},
    ),
    Target(lambda world: {"pk": world.things["neighbours_digest"].pk}, hidden_from=EVERYBODY),
    Target(lambda world: {"pk": 0}, hidden_from=EVERYBODY),
)
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
    "digest-list": Row(EVERYBODY),
    "digest": Row(EVERYBODY, targets=DIGESTS),
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
    "import-list": Row(READERS),
    "import-create": Row(UPLOADERS, ("GET", "POST")),
    "import-template": Row(
        UPLOADERS,
        targets=(
            Target(lambda world: {"ledger": "beds"}, query="?rows=1"),
            Target(
                lambda world: {"ledger": "beds"},
                hidden_from={"other_township_clerk"},
                query="?rows=1&unit=330424101",
            ),
            Target(lambda world: {"ledger": "beds"}, hidden_from=EVERYBODY, query="?unit=330402"),
            Target(lambda world: {"ledger": "nothing"}, hidden_from=EVERYBODY),
        ),
    ),
    "import-detail": Row(READERS, targets=IMPORTS),
    "import-progress": Row(READERS, targets=IMPORTS),
    "import-file": Row(UPLOADERS, targets=IMPORTS),
    "import-receipt": Row(UPLOADERS, targets=IMPORTS),
    "import-match": Row(UPLOADERS, ("GET", "POST"), targets=IMPORTS),
    "import-forget": Row(UPLOADERS, ("GET", "POST"), targets=IMPORTS),
    "import-apply": Row(UPLOADERS, ("GET", "POST"), targets=IMPORTS),
    "import-discard": Row(UPLOADERS, ("GET", "POST"), targets=IMPORTS),
    "import-undo": Row(UPLOADERS, ("GET", "POST"), targets=IMPORTS, data=lambda world: {"reason": "传错"}),
    "log-list": Row(AUDITOR),
    "log-export": Row(AUDITOR),
    **rows_api.ROWS,
}
