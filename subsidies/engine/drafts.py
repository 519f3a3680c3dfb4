"""A change of rules that is not saved yet, and the rules as they would be with it.

    stored = Book()
    drafted = Drafted(stored, draft)
    drafted.rules(programme)          # the engine works out everything by them as by those that are stored

Nothing is written. A version or band that is new has a key below 0.
"""

import copy
import datetime as dt
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder

from subsidies.engine.rules import Book, Rules
from subsidies.models import Band, Exclusion, Programme, RuleVersion

# Settings of a version and of a band that decide about money.
RULES = (
    "effective_from",
    "population",
    "eligibility",
    "facts_day",
    "start",
    "start_offset",
    "back_pay",
    "back_pay_months",
    "death",
    "moving_out",
    "certification",
    "resume_months",
    "pay_months",
)
BAND_RULES = (
    "age_from",
    "age_to",
    "abilities",
    "economics",
    "livings",
    "condition",
    "amount",
    "quantity",
    "cap",
)
EXCLUSION_RULES = ("relation", "effective_from", "effective_to")


@dataclass(frozen=True)
class Draft:
    """One change. Values are those of JSON, so that it can wait in a row; ``pk`` is None for what is new."""

    programmes: tuple[int, ...]  # whose rules change
    dates: dict[str, Any] = field(default_factory=dict)  # starts_on, ends_on of the first of them
    version: dict[str, Any] = field(default_factory=dict)  # pk, words, RULES, bands
    gone_version: int | None = None
    exclusion: dict[str, Any] = field(default_factory=dict)  # pk, yielding, prevailing, EXCLUSION_RULES
    gone_exclusion: int | None = None

    @classmethod
    def of_programme(cls, programme: Programme, changes: Mapping[str, Any]) -> "Draft":
        dates = {name: changes.get(name, getattr(programme, name)) for name in ("starts_on", "ends_on")}
        return cls((programme.pk,), dates=_plain(dates))

    @classmethod
    def of_version(
        cls, version: RuleVersion, fields: Mapping[str, Any], bands: Sequence[Mapping[str, Any]]
    ) -> "Draft":
        """``version`` with ``fields`` put in, stored or not; ``bands`` all of them."""
        names = ("document_number", *RULES)
        settings = {name: fields.get(name, getattr(version, name)) for name in names}
        rows = [
            {name: each[name] for name in ("label", *BAND_RULES)} | {"pk": each.get("pk")}
            for each in sorted(bands, key=lambda each: each["position"])
        ]
        return cls((version.programme_id,), version=_plain({"pk": version.pk, **settings, "bands": rows}))

    @classmethod
    def without_version(cls, version: RuleVersion) -> "Draft":
        return cls((version.programme_id,), gone_version=version.pk)

    @classmethod
    def of_exclusion(cls, exclusion: Exclusion) -> "Draft":
        names = ("yielding_id", "prevailing_id", *EXCLUSION_RULES)
        values = {"pk": exclusion.pk} | {name: getattr(exclusion, name) for name in names}
        return cls(_sides(exclusion), exclusion=_plain(values))

    @classmethod
    def without_exclusion(cls, exclusion: Exclusion) -> "Draft":
        return cls(_sides(exclusion), gone_exclusion=exclusion.pk)

    @classmethod
    def read(cls, stored: Mapping[str, Any]) -> "Draft":
        return cls(**{**stored, "programmes": tuple(stored["programmes"])})

    def as_json(self) -> dict[str, Any]:
        return _plain(asdict(self))

    @property
    def begins(self) -> dt.date | None:
        """The month from which the version or the exclusion holds."""
        held = self.version or self.exclusion
        return dt.date.fromisoformat(held["effective_from"]) if held else None


def _plain(values: Any) -> Any:
    return json.loads(json.dumps(values, cls=DjangoJSONEncoder))


def _sides(exclusion: Exclusion) -> tuple[int, ...]:
    """Both programmes; the stored ones too when the change names others."""
    stored = Exclusion.objects.filter(pk=exclusion.pk).values_list("yielding_id", "prevailing_id")
    sides = (exclusion.yielding_id, exclusion.prevailing_id, *(pk for pair in stored for pk in pair))
    return tuple(dict.fromkeys(sides))


class Drafted(Book):
    """The stored rules with a draft in its place.

    ``as_if_from``: the draft holds from this month on instead of its own, and nothing else of its kind does: for a
    rule that begins later than the months that are looked at.
    """

    def __init__(self, stored: Book, draft: Draft, *, as_if_from: dt.date | None = None) -> None:
        super().__init__()
        self.stored, self.draft, self.as_if_from = stored, draft, as_if_from

    def _find_rules(self, programme: Programme) -> Rules:
        stored, draft = self.stored.rules(programme), self.draft
        if programme.pk != draft.programmes[0] or draft.exclusion or draft.gone_exclusion:
            return stored
        if draft.dates:
            dated = copy.copy(programme)
            for name, value in draft.dates.items():
                setattr(dated, name, value and dt.date.fromisoformat(value))
            return Rules(dated, stored.versions, stored.bands)
        gone = draft.gone_version or draft.version["pk"]
        versions = [each for each in stored.versions if each.pk != gone]
        bands = dict(stored.bands)
        if draft.version:
            version, bands[version.pk] = _version_of(draft.version, programme)
            if self.as_if_from:
                versions, version.effective_from = [], self.as_if_from
            versions = sorted([*versions, version], key=lambda each: each.effective_from)
        return Rules(programme, versions, bands)

    def _find_exclusions(self, programme: Programme) -> list[Exclusion]:
        draft = self.draft
        kept = self.stored.exclusions(programme)
        gone = draft.gone_exclusion or draft.exclusion.get("pk")
        if gone:
            kept = [each for each in kept if each.pk != gone]
        values = draft.exclusion
        if values and programme.pk in (values["yielding_id"], values["prevailing_id"]):
            drafted = self._exclusion_of(values)
            if self.as_if_from:
                pair = {drafted.yielding_id, drafted.prevailing_id}
                kept = [each for each in kept if {each.yielding_id, each.prevailing_id} != pair]
            if drafted.relation != Exclusion.Relation.BOTH:
                kept = [*kept, drafted]
        return kept

    def _exclusion_of(self, values: Mapping[str, Any]) -> Exclusion:
        dates = {name: values[name] and dt.date.fromisoformat(values[name]) for name in EXCLUSION_RULES[1:]}
        if self.as_if_from:
            dates = {"effective_from": self.as_if_from, "effective_to": None}
        sides = Programme.objects.in_bulk([values["yielding_id"], values["prevailing_id"]])
        return Exclusion(
            pk=values["pk"],
            yielding=sides[values["yielding_id"]],
            prevailing=sides[values["prevailing_id"]],
            relation=values["relation"],
            **dates,
        )


def _version_of(values: Mapping[str, Any], programme: Programme) -> tuple[RuleVersion, list[Band]]:
    settings = {name: values[name] for name in ("document_number", *RULES)}
    settings["effective_from"] = dt.date.fromisoformat(values["effective_from"])
    version = RuleVersion(pk=values["pk"] or -1, programme=programme, **settings)
    bands = []
    for number, each in enumerate(values["bands"], 1):
        money = {name: each[name] and Decimal(each[name]) for name in ("amount", "cap")}
        rules = {name: each[name] for name in ("label", *BAND_RULES)} | money
        bands.append(Band(pk=each["pk"] or -number, version_id=version.pk, position=number, **rules))
    return version, bands


def content(book: Book, programmes: Sequence[Programme]) -> list[Any]:
    """What the rules of the programmes say, and how they go together: equal for rules that pay the same."""
    found = []
    for programme in programmes:
        rules = book.rules(programme)
        said = [[each.effective_from, *_said(each, rules.bands[each.pk])] for each in rules.versions]
        # A version that says what the one before says is no new rule.
        kept = [each for place, each in enumerate(said) if not place or each[1:] != said[place - 1][1:]]
        together = sorted(
            [
                each.yielding_id,
                each.prevailing_id,
                each.relation,
                str(each.effective_from),
                str(each.effective_to),
            ]
            for each in book.exclusions(programme)
        )
        found.append([programme.pk, rules.programme.starts_on, rules.programme.ends_on, kept, together])
    return _plain(found)


def _said(version: RuleVersion, bands: Sequence[Band]) -> list[Any]:
    settings = [getattr(version, name) for name in RULES[1:]]
    return [*settings, [[_exact(getattr(band, name)) for name in BAND_RULES] for band in bands]]


def _exact(value: Any) -> Any:
    """80 and 80.0000 are one amount."""
    return f"{value.normalize():f}" if isinstance(value, Decimal) else value


def digest_of(*parts: Any) -> str:
    return hashlib.sha256(json.dumps(parts, sort_keys=True, cls=DjangoJSONEncoder).encode()).hexdigest()
