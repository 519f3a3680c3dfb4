"""Celery tasks of the shell: thin, safe to run twice and at once. The work and its state are in the database."""

import logging
import time
import traceback

from celery import shared_task
from django.db import connection, transaction
from kombu.exceptions import OperationalError

from eldercare.excel.working import work_on
from eldercare.models import ImportBatch

ENOUGH = 120  # seconds after which no further upload is begun: well below the time limit of a task

logger = logging.getLogger(__name__)


@shared_task(name="eldercare.tasks.work_on_imports")
def work_on_imports() -> int:
    """Read and write the uploads that are due. Sent after a person's click, and by beat in case that was lost."""
    begun, done = time.monotonic(), 0
    for pk in list(ImportBatch.objects.due().order_by("pk").values_list("pk", flat=True)):
        if time.monotonic() - begun > ENOUGH:
            _send_hint()
            break
        done += _work_on(pk)
    return done


def _work_on(pk: int) -> bool:
    """One upload; what goes wrong with it must not stop the others. Its own attempts are counted in its row."""
    try:
        return work_on(pk)
    except Exception as error:
        # The message of a database error may hold personal data: only where it happened is kept.
        places = "".join(traceback.format_tb(error.__traceback__))
        logger.error("Work on upload %s broke off (%s):\n%s", pk, type(error).__name__, places)
        if not connection.in_atomic_block:
            connection.close_if_unusable_or_obsolete()
        return False


def hint_imports() -> None:
    """Tell a worker, once the transaction is committed, that an upload is due. Only a hint: the row is the job."""
    transaction.on_commit(_send_hint)


def _send_hint() -> None:
    try:
        work_on_imports.apply_async(retry=False)
    except (OperationalError, OSError) as error:
        logger.warning("The hint of an upload could not be sent, beat will pick it up: %s", error)
