"""Celery tasks of the shell: thin, safe to run twice and at once. The work and its state are in the database."""

import logging
import traceback

from celery import shared_task
from django.db import connection
from django.utils import timezone

from eldercare import (
    import_digest,  # noqa: F401 - registers its provider
    jobs,
)
from eldercare.digest import last_week, make_digests
from eldercare.excel.working import work_on
from eldercare.models import ImportBatch

ENOUGH = 120  # seconds after which no further upload is begun: well below the time limit of a task

logger = logging.getLogger(__name__)


@shared_task(name="eldercare.tasks.make_weekly_digests")
def make_weekly_digests() -> int:
    """Make the digests of the week that is over, where they are missing; nothing to do on most days."""
    return make_digests(last_week(timezone.localdate()))


@shared_task(name="eldercare.tasks.work_on_imports")
def work_on_imports() -> int:
    """Read and write the uploads that are due. Sent after a person's click, and by beat in case that was lost."""
    due = list(ImportBatch.objects.due().order_by("pk").values_list("pk", flat=True))
    return jobs.work_off(work_on_imports, due, _work_on, enough=ENOUGH)


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
    jobs.hint(work_on_imports)
