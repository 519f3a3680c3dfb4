"""A change of rules is tried on the last months before it is saved: asked for, worked out by a worker, and seen.

    gate = Gate(Draft.of_version(version, fields, bands), "修改政策版本")
    …                                   # write
    gate.check(replayed, by=by)         # raises NeedsReplay, which takes the writing back

The row of the replay is the job (eldercare/jobs.py). A worker goes month by month; one that was
killed leaves the months it has done to the next.
"""

import datetime as dt
import time
from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils import timezone

from eldercare import jobs
from eldercare.errors import Refused
from eldercare.expressions import ExpressionError
from eldercare.models import User
from subsidies.actions.guards import require_editor
from subsidies.engine.changes import facts_stamp
from subsidies.engine.drafts import Draft, Drafted, content, digest_of
from subsidies.engine.replays import affected, involved, replay_month
from subsidies.engine.rules import Book, months_from
from subsidies.models import Enrolment, Programme, RuleReplay
from subsidies.rules.enrolments import add_months

State = RuleReplay.State
MONTHS = 24
KEPT = dt.timedelta(days=30)
ENOUGH = 240  # seconds of one go: well below the time limit of a task
LOCK_CLASS = 0x72756C  # any fixed number, for the locks of replays
BROKEN_OFF = "计算时多次中断，已停止，规则没有改动。请返回修改后再保存一次；仍不行请联系系统管理员。"
NOT_TYPED = ("csrfmiddlewaretoken", "replay")  # of the request, not of the person


def this_month() -> dt.date:
    return timezone.localdate().replace(day=1)


class Question:
    """What a draft would change: in which months, for which programmes, on which data. Nothing is written."""

    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        rows = Programme.objects.select_related("org_unit").in_bulk(draft.programmes)
        self.programmes = [rows[pk] for pk in draft.programmes if pk in rows]
        self.old = Book()
        dated = Drafted(self.old, draft)
        self.is_change = content(self.old, self.programmes) != content(dated, self.programmes)
        self.months = self._months()
        self.is_as_if = bool(self.months and draft.begins and min(self._begins()) > self.months[-1])
        self.new = Drafted(self.old, draft, as_if_from=self.months[0]) if self.is_as_if else dated
        self.affected = affected(self.programmes, self.old, self.new)
        self._rules = content(self.old, involved(self.affected, self.old, self.new))

    def _months(self) -> list[dt.date]:
        """The last 24 of those that the portal pays, with the present one."""
        last = this_month()
        first = min((each.portal_from for each in self.programmes), default=last)
        # Where the portal pays from later on, this month stands for those that come.
        return months_from(min(max(first, add_months(last, 1 - MONTHS)), last), last)

    def _begins(self) -> list[dt.date]:
        """From when on the draft holds, and what it takes the place of: one that is put off leaves months without it."""
        if self.draft.version:
            pk, stored = self.draft.version["pk"], [self.old.rules(each).versions for each in self.programmes]
        else:
            pk, stored = self.draft.exclusion["pk"], [self.old.exclusions(each) for each in self.programmes]
        found = [each.effective_from for rows in stored for each in rows if pk and each.pk == pk]
        return [self.draft.begins, *found]

    @property
    def needs_replay(self) -> bool:
        """Rules that say something else, months to try them on, and somebody whom they are about."""
        if not (self.is_change and self.months):
            return False
        return Enrolment.objects.filter(programme__in=self.affected, state__in=Enrolment.PAYABLE).exists()

    def digest(self) -> str:
        """Of the draft, of the rules that it stands beside, and of the data: another one is another question."""
        return digest_of(self.draft.as_json(), self._rules, self.months, facts_stamp(self.affected))

    def versions(self) -> dict[str, Any]:
        """What the versions of both sides say, by key, for the reasons of each person."""
        return {
            side: {
                str(version.pk): {
                    "programme": programme.pk,
                    "from": version.effective_from,
                    "document": version.document_number,
                    "eligibility": version.eligibility,
                    "population": str(version.get_population_display()),
                }
                for programme in self.affected
                for version in book.rules(programme).versions
            }
            for side, book in (("old", self.old), ("new", self.new))
        }


class NeedsReplay(Exception):
    """The change moves something: it can be saved by whoever has seen what."""

    def __init__(self, draft: Draft, what: str, *, is_stale: bool) -> None:
        super().__init__(what)
        self.draft, self.what, self.is_stale = draft, what, is_stale


def one_at_a_time() -> None:
    """Until the transaction ends nobody else saves rules: of two changes that bear on each other the second sees the first.

    Call it before anything else is locked.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, 0)", [LOCK_CLASS])  # no replay has the number 0


class Gate:
    """Made before the rules are written, after ``one_at_a_time``: it remembers how they were."""

    def __init__(self, draft: Draft, what: str) -> None:
        self.what, self.question = what, Question(draft)

    def check(self, replayed: str, *, by: User) -> dict[str, Any]:
        """What goes to the log: nothing, or the replay that was seen. Raises NeedsReplay."""
        if not self.question.needs_replay:
            return {}
        digest = self.question.digest()
        seen = _mine(by).filter(digest=digest, state=State.DONE).first() if replayed == digest else None
        if seen is None:
            raise NeedsReplay(self.question.draft, self.what, is_stale=bool(replayed))
        seen.saved_at = timezone.now()
        seen.save(update_fields=["saved_at"])
        return {"replay": seen.pk, "replay_months": len(seen.months)}


def _mine(by: User) -> QuerySet:
    return RuleReplay.objects.visible_to(by).filter(requested_by=by)


@transaction.atomic
def request_replay(*, needed: NeedsReplay, address: str, typed: QueryDict, by: User) -> RuleReplay:
    """Ask for it, or take the one that answers just this. What the same person asked before at this address is gone."""
    question = Question(needed.draft)
    if not question.programmes:
        raise Refused("这个项目刚刚被删除。")
    for each in question.programmes:
        require_editor(by, each.org_unit)
    kept = typed.copy()
    for name in NOT_TYPED:
        kept.pop(name, None)
    digest = question.digest()
    RuleReplay.objects.filter(requested_at__lt=timezone.now() - KEPT).delete()
    open_ones = _mine(by).filter(address=address, saved_at=None)
    list(
        open_ones.order_by("pk").select_for_update(of=("self",)).values_list("pk")
    )  # a worker may be adding lines
    found = open_ones.filter(digest=digest).exclude(state=State.FAILED).first()
    open_ones.exclude(pk=found and found.pk).delete()
    if found is not None:
        found.typed = kept.urlencode()
        found.save(update_fields=["typed"])
        return found
    programme = question.programmes[0]
    return RuleReplay.objects.create(
        org_unit=programme.org_unit,
        programme=programme,
        what=needed.what[:160],
        address=address,
        typed=kept.urlencode(),
        draft=needed.draft.as_json(),
        months=question.months,
        is_as_if=question.is_as_if,
        digest=digest,
        requested_by=by,
    )


# --- The worker's part --------------------------------------------------------------------------------------


def due() -> list[int]:
    return list(_waiting().order_by("requested_at", "pk").values_list("pk", flat=True))


def _waiting() -> QuerySet:
    return RuleReplay.objects.filter(state=State.WAITING)


def work_on(pk: int) -> bool:
    """Work one replay out; False if another worker is at it or there is nothing to do. Safe at any time."""
    return jobs.try_once(
        _waiting(), pk, lock_class=LOCK_CLASS, work=_replay, give_up=_give_up, broken_off=BROKEN_OFF
    )


def _replay(replay: RuleReplay) -> None:
    """Each month is a transaction of its own: the page sees how far it is, and the next go takes it up from there.

    The digest is taken first: what changes meanwhile makes it stale, and is begun anew.
    """
    begun = time.monotonic()
    question = Question(Draft.read(replay.draft))
    if not question.months:
        raise Refused("没有可以计算的月份。")
    digest = question.digest()
    if replay.digest != digest or not replay.progress:
        _begin(replay, question, digest)
    for month in question.months[replay.progress :]:
        if time.monotonic() - begun > ENOUGH:
            return
        with transaction.atomic():
            _replay_month(replay, question, month)
            # Attempts are counted anew: only those that get nowhere are too many.
            if not _step(replay, figures=replay.figures, progress=replay.progress + 1, attempts=1):
                transaction.set_rollback(True)  # given up meanwhile
                return
    _step(replay, state=State.DONE, finished_at=timezone.now())


def _begin(replay: RuleReplay, question: Question, digest: str) -> None:
    replay.lines.all().delete()
    _step(
        replay,
        digest=digest,
        months=question.months,
        is_as_if=question.is_as_if,
        rules=question.versions(),
        figures=[{"programme": each.pk, "name": each.name, "months": []} for each in question.affected],
        progress=0,
    )


def _replay_month(replay: RuleReplay, question: Question, month: dt.date) -> None:
    for programme, found in zip(question.affected, replay.figures, strict=True):
        try:
            row = replay_month(replay.pk, programme, month, old=question.old, new=question.new)
        except ExpressionError as error:
            raise Refused(f"{programme}的规则有错，请先改正：{error}") from error
        found["months"].append({"month": month, **row._asdict()})


def _step(replay: RuleReplay, **fields: Any) -> bool:
    for name, value in fields.items():
        setattr(replay, name, value)
    return bool(_waiting().filter(pk=replay.pk).update(**fields))


def _give_up(replay: RuleReplay, words: str) -> bool:
    return _step(replay, state=State.FAILED, error=words[:300])
