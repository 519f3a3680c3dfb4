"""Celery tasks: thin, safe to run twice and at once. The work and its state are in the database."""

from celery import shared_task
from django.utils import timezone

from eldercare import jobs
from indicators.actions import calendar
from indicators.actions.rollups import request_nightly_roll_ups
from indicators.rollup import roll_up_due
from indicators.rules.months import month_of


@shared_task(name="indicators.tasks.roll_up")
def roll_up() -> int:
    """Do the roll-ups that are due. Sent after an approval, and every few seconds by beat in case that was lost."""
    return len(roll_up_due())


@shared_task(name="indicators.tasks.open_month")
def open_month() -> int:
    """Open the reports of the current month; nothing to do when they are there."""
    return calendar.open_month(month_of(timezone.localdate()))


@shared_task(name="indicators.tasks.mark_late_and_lock")
def mark_late_and_lock() -> int:
    return calendar.mark_late() + calendar.lock_approved()


@shared_task(name="indicators.tasks.nightly_roll_up")
def nightly_roll_up() -> int:
    """Roll up again every month that is not locked yet, whatever happened during the day."""
    request_nightly_roll_ups()
    return len(roll_up_due())


def hint_roll_up() -> None:
    """Tell a worker, once the transaction is committed, that a roll-up is due.

    Only a hint: the request is a row already, and beat looks for due rows anyway. So a broker that is away
    delays the figures by seconds and does not fail the user's click.
    """
    jobs.hint(roll_up)
