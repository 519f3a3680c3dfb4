"""Celery tasks of the subsidies: a job is a row first, a task only looks for rows that are due."""

from celery import shared_task

from eldercare import jobs
from subsidies.actions import bank_jobs, batches, replays


@shared_task(name="subsidies.tasks.make_batches")
def make_batches() -> int:
    """Make the payment batches that wait. Sent after a person's click, and by beat in case that was lost."""
    return jobs.work_off(make_batches, batches.due(), batches.make_due)


@shared_task(name="subsidies.tasks.work_for_bank")
def work_for_bank() -> int:
    """Make the bank sheets and match the return files that wait. Sent and swept like the above."""
    return jobs.work_off(work_for_bank, bank_jobs.due(), bank_jobs.work_on)


@shared_task(name="subsidies.tasks.replay_rules")
def replay_rules() -> int:
    """Work out what changes of rules would do to past months. Sent and swept like the above."""
    return jobs.work_off(replay_rules, replays.due(), replays.work_on)


def hint_batches() -> None:
    jobs.hint(make_batches)


def hint_bank() -> None:
    jobs.hint(work_for_bank)


def hint_replays() -> None:
    jobs.hint(replay_rules)
