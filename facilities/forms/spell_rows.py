"""A qualification on a form: a tick for what is now, since when, and the full text of its periods."""

import datetime as dt
from collections.abc import Iterator
from typing import Any, NamedTuple

from django import forms
from django.forms import BoundField

from eldercare.spells import Spells
from facilities.pages.facilities import state_since

NOW, SINCE = "_now", "_since"


def changed_spells(spells: Spells, *, holds: bool, since: dt.date | None, today: dt.date) -> Spells:
    """``spells`` such that ``holds`` is true of today, since ``since``. Raises ValueError with a sentence."""
    was, was_since = spells.on(today), state_since(spells, today)
    if holds == was and since == was_since:
        return spells
    if since is None:
        if not holds and not was:
            return spells
        raise ValueError("请填写日期：从哪一天起有，或者从哪一天起没有了。")
    if since > today:
        raise ValueError("日期还没有到，请到那一天再改。")
    if was_since is None and not holds:
        raise ValueError("填了日期却没有勾选“有”，请勾选，或者清空日期。")
    if holds != was:
        if was_since is not None and since <= was_since:
            raise ValueError(
                f"状态改了，日期要晚于上次的 {was_since.isoformat()}；改以前的日期请展开“全部期间”。"
            )
        return spells.begun(since) if holds else spells.ended(since)
    return _moved(spells, holds=holds, since=since, was_since=was_since)


def _moved(spells: Spells, *, holds: bool, since: dt.date, was_since: dt.date | None) -> Spells:
    """The day on which the present state began is corrected."""
    place = next(i for i, each in enumerate(spells) if was_since in each)
    first, until = spells[place]
    before = spells[place - 1].until if place else None
    if holds:
        if (before is not None and since <= before) or (until is not None and since >= until):
            raise ValueError("这个日期与别的期间重叠，请展开“全部期间”修改。")
        moved = (since, until)
    else:
        if since <= first:
            raise ValueError("停止的日期要晚于开始的日期，请展开“全部期间”核对。")
        moved = (first, since)
    return Spells([*spells[:place], moved, *spells[place + 1 :]])


class SpellRow(NamedTuple):
    name: str
    label: str
    hint: str
    now: BoundField
    since: BoundField
    periods: BoundField
    errors: list[str]
    is_open: bool  # the periods are shown unfolded


class SpellRowsMixin:
    """A ModelForm whose fields ``spell_names`` are SpellsFields; call ``add_rows`` in __init__, ``clean_rows``
    in clean. ``since_default``: what an empty date means where nothing was held before."""

    spell_names: tuple[str, ...] = ()
    today: dt.date

    def add_rows(self) -> None:
        for name in self.spell_names:
            spells = self.initial.get(name) or Spells()
            self.fields[name].widget = forms.Textarea(
                attrs={"rows": 2, "class": "form-control", "spellcheck": "false"}
            )
            label = self.fields[name].label
            self.fields[name + NOW] = forms.BooleanField(
                label=f"{label}：现在有",
                required=False,
                initial=spells.on(self.today),
                widget=forms.CheckboxInput(attrs={"class": "form-check-input"}),
            )
            self.fields[name + SINCE] = forms.DateField(
                label=f"{label}：自何时起",
                required=False,
                initial=state_since(spells, self.today),
                widget=forms.DateInput(attrs={"type": "date", "class": "form-control"}, format="%Y-%m-%d"),
            )

    def clean_rows(self, data: dict[str, Any], *, since_default: dt.date | None = None) -> None:
        """Put the resulting ``Spells`` into ``data``. Periods that were written out win over tick and date."""
        for name in self.spell_names:
            if name in self.errors or name + SINCE in self.errors:
                continue
            holds, since = data[name + NOW], data[name + SINCE]
            before = self.initial.get(name) or Spells()
            if name in self.changed_data:
                if name + NOW in self.changed_data and holds != data[name].on(self.today):
                    self.add_error(name, "“现在有”的勾选与写出的期间对不上，请改成一致。")
                continue
            if holds and not before:
                since = since or since_default
            try:
                data[name] = changed_spells(before, holds=holds, since=since, today=self.today)
            except ValueError as problem:
                self.add_error(name + SINCE, str(problem))

    def row(self, name: str) -> SpellRow:
        errors = [*self[name + NOW].errors, *self[name + SINCE].errors, *self[name].errors]
        return SpellRow(
            name=name,
            label=self.fields[name].label,
            hint=self.fields[name].help_text,
            now=self[name + NOW],
            since=self[name + SINCE],
            periods=self[name],
            errors=errors,
            is_open=bool(self[name].errors) or (self.is_bound and name in self.changed_data),
        )

    def rows(self, names: tuple[str, ...]) -> Iterator[SpellRow]:
        return (self.row(name) for name in names)
