"""A program of its own: an apply is under way when the database server crashes and comes up again."""

import json
import logging
import os
import signal
import subprocess
import sys
import time
import uuid

os.environ["DJANGO_SETTINGS_MODULE"] = "eldercare.settings"
sys.path.insert(0, os.getcwd())

import django

django.setup()
logging.disable(logging.CRITICAL)

import psycopg  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import OperationalError, connection  # noqa: E402

from eldercare import embedded  # noqa: E402
from eldercare.excel.batches import ask_to_apply, take_in  # noqa: E402
from eldercare.excel.ledgers import ledger_of  # noqa: E402
from eldercare.excel.working import work_on  # noqa: E402
from eldercare.models import ImportBatch, User  # noqa: E402
from facilities.models import Bed  # noqa: E402
from tests.facilities.factories import make_facility  # noqa: E402
from tests.facilities.uploads import DAY  # noqa: E402
from tests.indicators.factories import make_county, make_user, townships_of  # noqa: E402

WORK = "import django; django.setup(); from eldercare.excel.working import work_on; import sys; work_on(int(sys.argv[1]))"


def answers() -> bool:
    try:
        connection.close()
        return ImportBatch.objects.exists()
    except OperationalError:
        return False


def until(ready) -> None:
    deadline = time.monotonic() + 60
    while not ready():
        if time.monotonic() > deadline:
            raise TimeoutError
        time.sleep(0.05)


def waiting_backend() -> int | None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pid FROM pg_locks WHERE NOT granted AND relation = 'eldercare_auditevent'::regclass"
        )
        row = cursor.fetchone()
    return row[0] if row else None


def main() -> None:
    embedded.ensure_started()
    call_command("migrate", verbosity=0)
    county = make_county(1)
    (township,) = townships_of(county)
    clerk: User = make_user(township, "township_clerk", "clerk")
    make_facility(township, "甲院")
    rows = "\n".join(f"甲院,{number // 10},{number % 10}" for number in range(3000))
    batch = take_in(
        ledger=ledger_of("beds"), content=f"机构名称,房间,床号\n{rows}\n".encode(), filename="床位.csv",
        org_unit=township, as_of=DAY, by=clerk, token=uuid.uuid4(),
    )  # fmt: skip
    work_on(batch.pk)
    ask_to_apply(batch, by=clerk)
    said = {}
    parameters = {
        key: value
        for key, value in connection.get_connection_params().items()
        if key in ("host", "port", "user", "dbname")
    }
    holder = psycopg.connect(**parameters)
    holder.execute("LOCK TABLE eldercare_auditevent IN SHARE MODE")
    worker = subprocess.Popen(
        [sys.executable, "-c", WORK, str(batch.pk)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    until(waiting_backend)
    os.kill(waiting_backend(), signal.SIGKILL)
    worker.wait()
    until(answers)
    batch.refresh_from_db()
    said["after the crash"] = [batch.status, Bed.objects.count()]
    work_on(batch.pk)
    batch.refresh_from_db()
    said["read again"] = [batch.status, Bed.objects.count(), "再确认一次" in batch.message]
    ask_to_apply(batch, by=clerk)
    work_on(batch.pk)
    batch.refresh_from_db()
    said["applied"] = [batch.status, Bed.objects.count()]
    print(json.dumps(said))


main()
