"""A programme with its versions, read once: which rules hold in which month, and which facts they ask for."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from django.db.models import Q

from subsidies.models import Band, Exclusion, Programme, RuleVersion
from subsidies.rules.facts import condition


@dataclass
class Rules:
    """Raises ExpressionError where a condition of the programme cannot be read."""

    programme: Programme
    versions: list[RuleVersion]
    bands: dict[int, list[Band]]

    @classmethod
    def of(cls, programme: Programme) -> "Rules":
        versions = list(programme.versions.order_by("effective_from").prefetch_related("bands"))
        bands = {
            version.pk: sorted(version.bands.all(), key=lambda band: (band.position, band.pk))
            for version in versions
        }
        return cls(programme, versions, bands)

    @property
    def beneficiary(self) -> str:
        return self.programme.beneficiary

    def version_in(self, month: dt.date) -> RuleVersion | None:
        """The version in force; None outside the programme's months or where this month pays nothing."""
        programme = self.programme
        if month < programme.starts_on or (programme.ends_on and month > programme.ends_on):
            return None
        held = [version for version in self.versions if version.effective_from <= month]
        if not held or (held[-1].pay_months and month.month not in held[-1].pay_months):
            return None
        return held[-1]

    def used_in(self, months: Sequence[dt.date]) -> list[RuleVersion]:
        found = {version.pk: version for month in months if (version := self.version_in(month))}
        return list(found.values())

    @cached_property
    def names(self) -> set[str]:
        """Every fact that any version asks for."""
        names: set[str] = set()
        for version in self.versions:
            names |= set(condition(self.beneficiary, version.eligibility).names)
            for band in self.bands[version.pk]:
                if band.condition:
                    names |= set(condition(self.beneficiary, band.condition).names)
                names |= {*band.economics, *band.livings}
                if band.quantity:
                    names.add(band.quantity)
                if band.abilities and self.beneficiary == "elder":
                    names.add("ability")
        return names


class Book:
    """The rules of all programmes and how they go together, as they are stored; each is read once."""

    def __init__(self) -> None:
        self._rules: dict[int, Rules] = {}
        self._exclusions: dict[int, list[Exclusion]] = {}

    def rules(self, programme: Programme) -> Rules:
        if programme.pk not in self._rules:
            self._rules[programme.pk] = self._find_rules(programme)
        return self._rules[programme.pk]

    def exclusions(self, programme: Programme) -> list[Exclusion]:
        """Those that can change what somebody gets, in a fixed order."""
        if programme.pk not in self._exclusions:
            self._exclusions[programme.pk] = self._find_exclusions(programme)
        return self._exclusions[programme.pk]

    def _find_rules(self, programme: Programme) -> Rules:
        return Rules.of(programme)

    def _find_exclusions(self, programme: Programme) -> list[Exclusion]:
        found = Exclusion.objects.filter(Q(yielding=programme) | Q(prevailing=programme))
        found = found.exclude(relation=Exclusion.Relation.BOTH).select_related("yielding", "prevailing")
        return list(found.order_by("pk"))


def last_day(month: dt.date) -> dt.date:
    return next_month(month) - dt.timedelta(days=1)


def next_month(month: dt.date) -> dt.date:
    return (month.replace(day=1) + dt.timedelta(days=31)).replace(day=1)


def months_from(first: dt.date, last: dt.date) -> list[dt.date]:
    """First days of the months from one to another, both included."""
    months = []
    while first <= last:
        months.append(first)
        first = next_month(first)
    return months


def facts_day(version: RuleVersion, month: dt.date) -> dt.date:
    """The day on which the conditions of a month are looked at."""
    if version.facts_day == RuleVersion.FactsDay.MONTH_END:
        return last_day(month)
    return month - dt.timedelta(days=1)
