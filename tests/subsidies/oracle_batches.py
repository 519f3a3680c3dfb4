"""The oracle's books: docs/payment-rules.md §5 and §6, batch after batch, everybody looked at every time.

Readings where the page leaves a choice: a further batch of a month has no regular lines (its own month is one of the
earlier ones); offsets are judged per enrolment; a batch is never made for a month before one that is settled.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from tests.subsidies.oracle import ZERO, entitlement, months, plus
from tests.subsidies.oracle_world import World

OWED = ("regular", "back_pay", "supplement", "recovery")  # add up to the entitlement of a month
MONEY = ("regular", "back_pay", "supplement")
DEAD = ("held", "dropped", "failed")


@dataclass
class Claim:
    """What is to be recovered from one person by one batch."""

    enrolment: int
    amount: Decimal
    settled: Decimal = ZERO

    @property
    def due(self) -> Decimal:
        return self.amount - self.settled


@dataclass
class Entry:
    """A line of a batch."""

    enrolment: int
    for_month: dt.date
    kind: str
    amount: Decimal
    state: str = "planned"
    claim: Claim | None = None  # of a recovery
    taken: list[tuple[Claim, Decimal]] = field(default_factory=list)  # by an offset, of which claim how much


@dataclass
class Books:
    """All lines of one programme and its claims, as the batches made them."""

    programme: int
    entries: list[Entry] = field(default_factory=list)
    claims: list[Claim] = field(default_factory=list)

    def live(self, enrolment: int, month: dt.date, kinds: Iterable[str]) -> list[Entry]:
        return [
            each
            for each in self.entries
            if (each.enrolment, each.for_month) == (enrolment, month)
            and each.kind in kinds
            and each.state not in DEAD
        ]

    def due(self, enrolment: int) -> Decimal:
        return sum((each.due for each in self.claims if each.enrolment == enrolment), ZERO)

    def batch(self, world: World, month: dt.date, sequence: int = 1) -> list[Entry]:
        """The lines of a batch that is made now. They are not in the books before ``settle``."""
        scheme = world.schemes[self.programme]
        lines: list[Entry] = []
        for place in world.places.values():
            if place.scheme != self.programme:
                continue
            own: list[Entry] = []
            if sequence == 1:
                amount = entitlement(world, place, month).net
                if amount and not self.live(place.id, month, ["regular"]):
                    own.append(Entry(place.id, month, "regular", amount))
            before = plus(month, -1) if sequence == 1 else month
            if scheme.portal_from <= before:
                for earlier in months(scheme.portal_from, before):
                    own += self.difference(world, place.id, earlier)
            if scheme.offsets_recoveries:
                gets = sum((each.amount for each in own if each.kind in MONEY), ZERO)
                taken = min(gets, self.due(place.id))
                if taken:
                    own.append(Entry(place.id, month, "offset", -taken))
            lines += own
        return lines

    def difference(self, world: World, enrolment: int, month: dt.date) -> list[Entry]:
        booked = sum((each.amount for each in self.live(enrolment, month, OWED)), ZERO)
        delta = entitlement(world, world.places[enrolment], month).net - booked
        if not delta:
            return []
        if delta < 0:
            return [Entry(enrolment, month, "recovery", delta)]
        missed = any(
            each.state in ("held", "failed")
            for each in self.entries
            if (each.enrolment, each.for_month) == (enrolment, month)
        )
        return [Entry(enrolment, month, "supplement" if missed else "back_pay", delta)]

    def settle(self, lines: list[Entry], decided: Mapping[int, str]) -> None:
        """Approve a batch and hear from the bank. ``decided``: enrolment → held, dropped or failed.

        Held and dropped are all lines of a person; the bank cannot fail a recovery, which moves no money.
        """
        for line in lines:
            state = decided.get(line.enrolment, "paid")
            line.state = "paid" if state == "failed" and line.kind == "recovery" else state
            if line.kind == "offset" and line.state == "paid":
                self._take(line)
        self.entries += lines
        claims: dict[int, Claim] = {}
        for line in lines:
            if line.kind == "recovery" and line.state == "paid":
                line.claim = claims.setdefault(line.enrolment, Claim(line.enrolment, ZERO))
                line.claim.amount -= line.amount
        self.claims += claims.values()

    def bounce(self, lines: list[Entry], enrolment: int) -> None:
        """What the bank had paid somebody in a batch comes back (§6)."""
        came: Counter[dt.date] = Counter()
        for line in lines:
            if line.enrolment == enrolment and line.state == "paid" and line.kind != "recovery":
                line.state = "failed"
                if line.kind == "offset":
                    for claim, part in line.taken:
                        claim.settled -= part
                else:
                    came[line.for_month] += line.amount
        for month, amount in came.items():
            left = amount
            for line in self.live(enrolment, month, ["recovery"]):
                if line.claim and -line.amount <= min(left, line.claim.due):
                    left += line.amount
                    line.claim.settled -= line.amount
                    line.state = "dropped"

    def _take(self, offset: Entry) -> None:
        amount = -offset.amount
        for claim in self.claims:
            if claim.enrolment == offset.enrolment and amount:
                part = min(amount, claim.due)
                claim.settled += part
                amount -= part
                offset.taken.append((claim, part))


def as_rows(lines: Iterable) -> Counter:
    """Lines as something that can be compared: offsets in one sum per person, whatever months they name."""
    rows: Counter = Counter()
    offsets: Counter = Counter()
    for line in lines:
        enrolment = getattr(line, "enrolment_id", None) or line.enrolment
        if line.kind == "offset":
            offsets[enrolment] += line.amount
        else:
            rows[enrolment, line.for_month, str(line.kind), line.amount] += 1
    for enrolment, amount in offsets.items():
        rows[enrolment, None, "offset", amount] += 1
    return rows
