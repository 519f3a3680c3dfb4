"""What goes on with the bank, for the pages: the job of the worker, its outcome, bounces to be confirmed."""

from dataclasses import dataclass
from decimal import Decimal

from django.utils import timezone

from eldercare.models import User
from eldercare.permissions import Permission
from subsidies.models import BankJob, Batch, Bounce

LONG = 60  # seconds in the queue


@dataclass(frozen=True)
class JobCard:
    """The latest job of a batch, as its pages show it."""

    job: BankJob
    outcome: dict

    @property
    def is_open(self) -> bool:
        return self.job.state == BankJob.State.WAITING

    @property
    def is_match(self) -> bool:
        return self.job.kind == BankJob.Kind.MATCH

    @property
    def is_to_mend(self) -> bool:
        """It failed, and the batch still waits for it: meanwhile it may have been done from the command line."""
        wanted = Batch.State.SENT if self.is_match else Batch.State.APPROVED
        return bool(self.job.error) and self.job.batch.state == wanted

    @property
    def is_waiting_long(self) -> bool:
        waited = timezone.now() - self.job.created_at
        return self.is_open and not self.job.attempts and waited.total_seconds() > LONG

    @property
    def is_agreed(self) -> bool:
        """Registered, and every row agreed."""
        return bool(self.outcome.get("is_written")) and not self.outcome["problem_count"]

    @property
    def words(self) -> str:
        """What a return file that agreed has done, in a sentence."""
        outcome = self.outcome
        if not outcome["paid"] + outcome["failed"]:
            return f"这份回盘的 {outcome['known']} 行以前都已登记，没有变动。"
        words = f"成功 {outcome['paid']} 人 {outcome['paid_amount']:,.2f} 元，失败 {outcome['failed']} 人 {outcome['failed_amount']:,.2f} 元"
        rest = "，全部已有结果，本批已对账。"
        return words + (rest if outcome["is_reconciled"] else f"，还有 {outcome['left']} 人没有结果。")


def job_card(batch: Batch, user: User) -> JobCard | None:
    """Of the job that was asked for last. It speaks of the whole batch: not for a township, which sees its own people."""
    if not user.org_unit.contains(batch.programme.org_unit):
        return None
    job = batch.bank_jobs.select_related("created_by").order_by("-pk").first()
    return card_of(job) if job else None


def card_of(job: BankJob) -> JobCard:
    outcome = dict(job.outcome)
    for name in ("paid_amount", "failed_amount"):
        if name in outcome:
            outcome[name] = Decimal(outcome[name])
    if outcome:
        outcome["new"] = outcome["paid"] + outcome["failed"]
    return JobCard(job, outcome)


@dataclass(frozen=True)
class BounceLine:
    bounce: Bounce
    is_own: bool  # registered by who looks at it
    may_decide: bool


def bounces_of(batch: Batch, user: User) -> list[BounceLine]:
    """Those that wait for another person; for who prepares or approves payments."""
    approves = user.may(Permission.APPROVE_PAYMENTS)
    if not approves and not user.may(Permission.PREPARE_PAYMENTS):
        return []
    waiting = batch.bounces.filter(state=Bounce.State.WAITING).select_related("registered_by")
    return [
        BounceLine(each, own := each.registered_by_id == user.pk, approves and not own)
        for each in waiting.order_by("serial")
    ]
