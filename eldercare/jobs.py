"""A row as a job: one hand at a time works on it, a few times at most, and a worker that was killed leaves it due.

The row says what is to be done and what became of it. A worker holds a lock of the database session while it works,
so the lock of one that was killed is gone with its connection, and the next one begins again. Celery only brings a
hint that there is something due; beat looks for itself every few seconds.
"""

import contextlib
import logging
import time
import traceback
from collections.abc import Callable, Iterable, Iterator, Sequence

from celery import Task
from django.db import connection, transaction
from django.db.models import F, Model, QuerySet
from kombu.exceptions import OperationalError

from eldercare.errors import Refused

MOST_ATTEMPTS = 3
ENOUGH = 300  # seconds after which no further job is begun: well below the time limit of a task

logger = logging.getLogger(__name__)


def try_once(
    waiting: QuerySet,
    pk: int,
    *,
    related: Sequence[str] = (),
    lock_class: int,
    work: Callable[[Model], object],
    give_up: Callable[[Model, str], bool],
    broken_off: str,
) -> bool:
    """Do one job; False if another worker is at it, there is nothing to do, or it broke off. Safe at any time.

    ``waiting``: the jobs that are due, with a column ``attempts``; ``related``: what is read with one. What ``work`` refuses is given up at once; what
    breaks off is tried again later, and given up with the words ``broken_off`` after a few times.
    """
    with working_on(lock_class, pk) as mine:
        due = waiting.filter(pk=pk)
        if not mine or not due.update(attempts=F("attempts") + 1):
            return False
        job = due.select_related(*related).first()
        if job is None:
            return False  # taken back meanwhile
        if job.attempts > MOST_ATTEMPTS:
            return give_up(job, broken_off)
        try:
            work(job)
        except Refused as refusal:
            return give_up(job, str(refusal))
        except Exception as error:
            # The message of a database error may hold personal data: only where it happened is kept.
            places = "".join(traceback.format_tb(error.__traceback__))
            name = type(job).__name__
            logger.error("Work on %s %s broke off (%s):\n%s", name, pk, type(error).__name__, places)
            if not connection.in_atomic_block:
                connection.close_if_unusable_or_obsolete()
            return False
        return True


@contextlib.contextmanager
def working_on(lock_class: int, pk: int) -> Iterator[bool]:
    """Whether this session may work on the job; False while another does."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [lock_class, pk])
        got = cursor.fetchone()[0]
    try:
        yield got
    finally:
        if got:
            _unlock(lock_class, pk)


def _unlock(lock_class: int, pk: int) -> None:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [lock_class, pk])
    except Exception:  # the connection is gone, and the lock with it
        logger.info("The lock of job %s went with its connection.", pk)
        connection.close()


def work_off(
    task: Task, due: Iterable[int], work_on: Callable[[int], bool], *, enough: float = ENOUGH
) -> int:
    """What a task does: the jobs that are due, one after the other; after ``enough`` the rest is left to the next."""
    begun, done = time.monotonic(), 0
    for pk in due:
        if time.monotonic() - begun > enough:
            _send(task)
            break
        done += work_on(pk)
    return done


def hint(task: Task) -> None:
    """Tell a worker, once the transaction is committed, that something is due. Only a hint: the row is the job."""
    transaction.on_commit(lambda: _send(task))


def _send(task: Task) -> None:
    try:
        task.apply_async(retry=False)
    except (OperationalError, OSError) as error:
        logger.warning("The hint %s could not be sent, beat will pick it up: %s", task.name, error)
