"""Celery tasks of the subsidies: a job is a row first, a task only looks for rows that are due."""

import logging
import time

from celery import shared_task
from django.db import transaction
from kombu.exceptions import OperationalError

from subsidies.actions.batches import due, make_due

ENOUGH = 300  # seconds after which no further batch is begun: well below the time limit of a task

logger = logging.getLogger(__name__)


@shared_task(name="subsidies.tasks.make_batches")
def make_batches() -> int:
    """Make the payment batches that wait. Sent after a person's click, and by beat in case that was lost."""
    begun, done = time.monotonic(), 0
    for pk in due():
        if time.monotonic() - begun > ENOUGH:
            _send_hint()
            break
        done += make_due(pk)
    return done


def hint_batches() -> None:
    """Tell a worker, once the transaction is committed, that a batch is due. Only a hint: the row is the job."""
    transaction.on_commit(_send_hint)


def _send_hint() -> None:
    try:
        make_batches.apply_async(retry=False)
    except (OperationalError, OSError) as error:
        logger.warning("The hint of a batch could not be sent, beat will pick it up: %s", error)
