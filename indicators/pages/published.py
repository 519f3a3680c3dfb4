"""A page "as published on a day": ``?as_of=2026-07-14`` shows what stood at the end of that day.

Read once for every page; the pages ask ``published(model, as_of)`` for their values and keep the day in their links.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Exists, F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from eldercare.models import OrgUnit, User
from indicators.models import CorrectionSlip, MonthlyReport, ReportEvent
from indicators.models.values import ValueQuerySet, end_of


def read_day(text: str) -> tuple[dt.date | None, str]:
    """The day that is asked for, and what is wrong with it; ``None`` is "as it stands now"."""
    text = text.strip()
    if not text:
        return None, ""
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        return None, f"“{text[:20]}”不是日期，请写成 2026-07-14 的样子。下面显示现行数。"
    if day > timezone.localdate():
        return None, f"{day_text(day)}还没有到，公布日期不能晚于今天。下面显示现行数。"
    return day, ""


def day_text(day: dt.date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


class AsPublished:
    """A page of one day: what its banner and its links say. The page has ``as_of``, None for what stands now."""

    as_of: dt.date | None

    @property
    def as_of_text(self) -> str:
        return day_text(self.as_of) if self.as_of else ""

    @property
    def as_of_more(self) -> str:
        """To be put behind an address that has a query already."""
        return f"&as_of={self.as_of}" if self.as_of else ""


COMPARED = ("value", "target", "path", "status", "reported", "owed")
FIGURES = ("value", "reported", "owed")


def count_moved(then: ValueQuerySet, now: ValueQuerySet, key: Iterable[str], compared: Iterable[str]) -> int:
    """How many values are not today what they were: changed, added or no longer published. Two queries."""
    key, compared = tuple(key), tuple(compared)

    def read(rows: ValueQuerySet) -> dict[tuple, tuple]:
        found = rows.values_list(*key, *compared)
        return {row[: len(key)]: row[len(key) :] for row in found}

    old, new = read(then), read(now)
    return sum(1 for each in old.keys() | new.keys() if old.get(each) != new.get(each))


def states_then(reports: QuerySet, day: dt.date) -> QuerySet:
    """The reports with ``state_then``: the last step up to the day, else what the first later step came from."""
    steps = ReportEvent.objects.filter(report=OuterRef("pk"))
    end = end_of(day)
    before = steps.filter(at__lt=end).order_by("-id").values("to_status")[:1]
    after = steps.filter(at__gte=end).order_by("id").values("from_status")[:1]
    return reports.annotate(state_then=Coalesce(Subquery(before), Subquery(after), F("status")))


def as_then(reports: QuerySet, day: dt.date | None) -> list[MonthlyReport]:
    """The reports in the state of that day; for reading only."""
    if day is None:
        return list(reports)
    found = list(states_then(reports, day))
    for report in found:
        report.status = report.state_then
    return found


@dataclass(frozen=True)
class Edition:
    """The newest correction that a month's published figures contain."""

    slip: CorrectionSlip
    is_seen: bool  # the user may open the slip

    @property
    def text(self) -> str:
        return f"第 {self.slip.revision} 版"


def corrections_of(unit: OrgUnit, day: dt.date | None) -> QuerySet:
    """The slips in force, or in force by the end of ``day``, that correct figures of the unit's county."""
    codes = [code for code in unit.path.split("/") if code]
    slips = CorrectionSlip.objects.filter(
        org_unit__code__in=codes, status=CorrectionSlip.Status.APPROVED, revision__isnull=False
    )
    return slips if day is None else slips.filter(decided_at__lt=end_of(day))


def edition_of(user: User, unit: OrgUnit, month: dt.date, day: dt.date | None) -> Edition | None:
    """What a corrected month of the unit's county is called; ``None`` for a first edition. One query."""
    seen = CorrectionSlip.objects.visible_to(user).filter(pk=OuterRef("pk"))
    slips = corrections_of(unit, day).filter(month=month).annotate(is_seen=Exists(seen))
    slip = slips.order_by("-revision").first()
    return Edition(slip, slip.is_seen) if slip else None
