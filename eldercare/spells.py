"""Periods in which something held: a column of type datemultirange, and its value in Python.

    fire_accepted = SpellsField("消防验收合格")

    facility.fire_accepted = facility.fire_accepted.begun(dt.date(2021, 3, 1))
    Facility.objects.filter(fire_accepted__on=month_end)

A ledger must be countable as of any past month's end, so a yes or no is kept with its dates. A period begins with
its first day and ends before ``until``; ``None`` is open. One column holds any number of them, in order and apart.
"""

import datetime as dt
import re
from collections.abc import Iterable
from typing import Any, NamedTuple, Self

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from psycopg.types.multirange import Multirange
from psycopg.types.range import Range

ONE_DAY = dt.timedelta(days=1)
SEPARATORS = re.compile(r"[;；\n]+")
LINE = re.compile(r"^(\d{4}-\d{1,2}-\d{1,2})\s*(?:[~～至到]|--)?\s*(\d{4}-\d{1,2}-\d{1,2}|至今|今)?$")
HOW = "每段写“开始日期至最后一天”，至今有效的不写后一个日期；多段用分号隔开，如 2020-05-01至2021-03-31；2022-01-01至今"


class Spell(NamedTuple):
    first: dt.date
    until: dt.date | None = None  # the first day on which it no longer holds

    @property
    def last(self) -> dt.date | None:
        return self.until - ONE_DAY if self.until else None

    def __str__(self) -> str:
        return f"{self.first.isoformat()}至{self.last.isoformat() if self.last else '今'}"


class Spells(tuple):
    """Spells in order, none touching another."""

    __slots__ = ()

    def __new__(cls, spells: Iterable[tuple[dt.date, dt.date | None]] = ()) -> Self:
        """Overlapping and adjacent ones become one. Raises ValueError for one that ends before it begins."""
        merged: list[Spell] = []
        for first, until in sorted(spells, key=lambda each: each[0]):
            if until is not None and until <= first:
                raise ValueError(f"A period cannot end ({until}) before it has begun ({first}).")
            if merged and (merged[-1].until is None or first <= merged[-1].until):
                before = merged[-1].until
                latest = None if before is None or until is None else max(before, until)
                merged[-1] = Spell(merged[-1].first, latest)
            else:
                merged.append(Spell(first, until))
        return super().__new__(cls, merged)

    @classmethod
    def since(cls, first: dt.date, until: dt.date | None = None) -> Self:
        return cls([(first, until)])

    def on(self, day: dt.date) -> bool:
        return any(first <= day and (until is None or day < until) for first, until in self)

    def begun(self, day: dt.date) -> Self:
        """The same, and holding from ``day`` until further notice; unchanged if it holds on that day already."""
        if self.on(day):
            return self
        return type(self)([*(each for each in self if each.first < day), (day, None)])

    def ended(self, day: dt.date) -> Self:
        """The same, but no longer from ``day`` on."""
        kept = [(first, until) for first, until in self if until is not None and until <= day]
        cut = [(first, day) for first, until in self if first < day and (until is None or until > day)]
        return type(self)([*kept, *cut])

    @property
    def since_day(self) -> dt.date | None:
        """When the last spell began, if it is open."""
        return self[-1].first if self and self[-1].until is None else None

    def __str__(self) -> str:
        return "；".join(map(str, self))

    @classmethod
    def parse(cls, text: str) -> Self:
        """The way back from ``str()``. Raises ValueError with a sentence."""
        spells = []
        for piece in filter(None, map(str.strip, SEPARATORS.split(text))):
            match = LINE.match(piece)
            if not match:
                raise ValueError(f"“{piece}”看不懂。{HOW}。")
            try:
                first = _date(match.group(1))
                last = _date(match.group(2)) if match.group(2) and match.group(2)[0].isdigit() else None
            except ValueError:
                raise ValueError(f"“{piece}”里有不存在的日期，请核对。") from None
            if last is not None and last < first:
                raise ValueError(f"“{piece}”的最后一天早于开始日期，请核对。")
            spells.append((first, last + ONE_DAY if last else None))
        return cls(spells)


def _date(text: str) -> dt.date:
    return dt.date(*map(int, text.split("-")))


class SpellsFormField(forms.CharField):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", HOW)
        kwargs.pop("empty_value", None)
        super().__init__(*args, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return str(value) if isinstance(value, Spells) else value

    def to_python(self, value: Any) -> Spells:
        if isinstance(value, Spells):
            return value
        try:
            return Spells.parse(super().to_python(value))
        except ValueError as error:
            raise ValidationError(str(error), code="invalid") from None

    def has_changed(self, initial: Any, data: Any) -> bool:
        return self.prepare_value(initial or Spells()) != (data or "").strip()

    def validate(self, value: Spells) -> None:
        if self.required and not value:
            raise ValidationError(self.error_messages["required"], code="required")

    def run_validators(self, value: Spells) -> None:
        """Those of a text do not apply."""


class SpellsField(models.Field):
    """``Spells``, never null. Look-up ``__on``: whether it held on a day."""

    description = "Periods in which something held"
    empty_strings_allowed = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("default", Spells)
        kwargs.setdefault("blank", True)
        super().__init__(*args, **kwargs)

    def db_type(self, connection: Any) -> str:
        return "datemultirange"

    def from_db_value(self, value: Multirange | None, expression: Any, connection: Any) -> Spells | None:
        return None if value is None else Spells((each.lower, each.upper) for each in value)

    def to_python(self, value: Any) -> Spells | None:
        if value is None or isinstance(value, Spells):
            return value
        if isinstance(value, str):
            try:
                return Spells.parse(value)
            except ValueError as error:
                raise ValidationError(str(error), code="invalid") from None
        return Spells(value)

    def get_prep_value(self, value: Any) -> Multirange | None:
        value = super().get_prep_value(value)
        if value is None or isinstance(value, Multirange):
            return value
        return Multirange([Range(first, until, "[)") for first, until in self.to_python(value)])

    def value_to_string(self, obj: models.Model) -> str:
        return str(self.value_from_object(obj))

    def formfield(self, **kwargs: Any) -> forms.Field | None:
        own = {"form_class": SpellsFormField, "show_hidden_initial": False}  # the default is callable
        return super().formfield(**own | kwargs)


@SpellsField.register_lookup
class HeldOn(models.Lookup):
    lookup_name = "on"

    def get_prep_lookup(self) -> Any:
        return self.rhs

    def get_db_prep_lookup(self, value: Any, connection: Any) -> tuple[str, list[Any]]:
        return "%s", [value]

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        left, left_params = self.process_lhs(compiler, connection)
        right, right_params = self.process_rhs(compiler, connection)
        return f"{left} @> ({right})::date", [*left_params, *right_params]
