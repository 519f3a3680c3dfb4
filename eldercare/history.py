"""What the database's triggers have recorded about tracked objects: who changed what, when, from which upload.

    history = history_of(bed, Part(Stay, bed=bed), user=request.user)          # in the view
    {% include "_components/history.html" %}                                    in the template

The first argument is the object of the page, given as instance; what belongs to it follows, as instances or as
``Part(Model, **conditions)``: conditions on the columns of the history table, so that deleted rows are found
too. ``Part(…, fields=…)`` leaves out other fields, ``Part(…, says=…)`` puts a change into words of its own.
What one request or upload changed is one step. Labels are the model's: verbose names, labels of choices,
是/否, names of related objects; numbers of persons stay masked. The number of queries is fixed: one for each part,
one for each related model, one for uploads, one for names.

Every caller reaches the object through ``visible_to`` first; ``user`` decides which uploads are named and linked.

``version_of(obj)`` is for a form that must not overwrite a newer change: put it into a hidden field, and compare
again in the action after ``select_for_update``. It moves with whatever changes the row, uploads and SQL included.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import models
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from eldercare.encryption import EncryptedField
from eldercare.models import ImportBatch, User
from eldercare.spells import SpellsField

NOTHING = "（空）"
SYSTEM = "系统"
INSERT, UPDATE, DELETE = "insert", "update", "delete"


class FieldChange(NamedTuple):
    label: str
    old: str
    new: str

    def __str__(self) -> str:
        return f"{self.label}：{self.old} → {self.new}"


@dataclass(frozen=True)
class Change:
    """``what`` names the part, "" for the object of the page; ``text`` replaces all else."""

    kind: str
    what: str = ""
    fields: tuple[FieldChange, ...] = ()
    text: str = ""

    @property
    def words(self) -> list[str]:
        if self.text:
            return [self.text]
        if self.kind == INSERT:
            return [f"新建{self.what}"]
        if self.kind == DELETE:
            return [f"删除{self.what}"]
        prefix = f"{self.what} " if self.what else ""
        return [f"{prefix}{each}" for each in self.fields]


@dataclass
class Step:
    """What one request or upload changed; the context is empty for what was done below the portal."""

    at: dt.datetime
    by: str
    context: str
    changes: list[Change]
    batch_id: int | None = None
    batch: ImportBatch | None = None
    is_undo: bool = False
    by_pk: int | None = None

    @property
    def words(self) -> list[str]:
        return [words for change in self.changes for words in change.words]

    @property
    def batch_url(self) -> str:
        """ "" while the page does not exist, and for whoever may not see the upload."""
        if self.batch is None:
            return ""
        try:
            return reverse("import-detail", args=[self.batch.pk])
        except NoReverseMatch:
            return ""


Says = Callable[[Any, Any], Iterable[str]]  # event before or None, event → sentences


class Part:
    """Rows of a tracked model, by conditions on its history table, which has the same columns as the model."""

    def __init__(
        self,
        model: type[models.Model],
        *,
        fields: Sequence[str] | None = None,
        says: Says | None = None,
        is_subject: bool = False,
        **conditions: object,
    ) -> None:
        self.model = model
        self.fields = fields
        self.says = says
        self.is_subject = is_subject
        self.conditions = conditions

    @classmethod
    def of(cls, instance: models.Model, *, is_subject: bool) -> "Part":
        return cls(type(instance), is_subject=is_subject, pgh_obj_id=instance.pk)

    @property
    def columns(self) -> list[models.Field]:
        """What a person may see changed: not the key, nor what the program fills in."""
        every = {each.name: each for each in self.model._meta.concrete_fields}
        if self.fields is not None:
            return [every[name] for name in self.fields]
        return [each for each in every.values() if each.editable and not each.primary_key]

    def events(self) -> list:
        found = self.model.pgh_event_model.objects.filter(**self.conditions)
        return list(found.select_related("pgh_context").order_by("pgh_id"))


def history_of(*things: models.Model | Part, user: User | None = None) -> list[Step]:
    """Newest first."""
    parts = [
        each if isinstance(each, Part) else Part.of(each, is_subject=place == 0)
        for place, each in enumerate(things)
    ]
    events = [(part, part.events()) for part in parts]
    related = _related(events)
    merged: dict[object, Step] = {}
    for part, found in events:
        for event, changes in _changes(part, found, related):
            step = _step(event, changes)
            known = merged.setdefault(step.context or step.at, step)
            if known is not step:
                known.changes += [change for change in step.changes if change not in known.changes]
    # One transaction has one time: what it wrote later stands higher.
    steps = sorted(merged.values(), key=lambda step: step.at)[::-1]
    _name_people(steps)
    _name_uploads(steps, user)
    return steps


def version_of(instance: models.Model) -> int:
    """The number of the newest entry in the row's history; 0 without one."""
    events = instance.pgh_event_model.objects.filter(pgh_obj_id=instance.pk).order_by("-pgh_id")
    return events.values_list("pgh_id", flat=True).first() or 0


# --- From events to changes -----------------------------------------------------------------------------------


class _Related(dict):
    """Objects that events refer to, by model and key."""

    def find(self, field_: models.ForeignKey, key: object) -> models.Model | None:
        return self.get(field_.related_model, {}).get(key)


def _related(events: list[tuple[Part, list]]) -> _Related:
    keys: dict[type[models.Model], set] = defaultdict(set)
    for part, found in events:
        if part.says:
            continue
        for column in _foreign_keys(part.model):
            keys[column.related_model] |= {getattr(each, column.attname) for each in found} - {None}
    # Names are often made of what is one step further: fetched along, not one by one.
    return _Related(
        (model, model._base_manager.select_related().in_bulk(wanted))
        for model, wanted in keys.items()
        if wanted
    )


def _foreign_keys(model: type[models.Model]) -> list[models.ForeignKey]:
    return [each for each in model._meta.concrete_fields if isinstance(each, models.ForeignKey)]


def _changes(part: Part, events: list, related: _Related) -> Iterable[tuple[Any, list[Change]]]:
    before: dict[object, Any] = {}
    newest = {event.pgh_obj_id: event for event in events}
    for event in events:
        earlier = before.get(event.pgh_obj_id)
        before[event.pgh_obj_id] = event
        if part.says:
            changes = [Change(event.pgh_label, text=text) for text in part.says(earlier, event)]
        else:
            change = _change(part, earlier, event, newest[event.pgh_obj_id], related)
            changes = [change] if change else []
        if changes:
            yield event, changes


def _change(part: Part, before: Any, event: Any, newest: Any, related: _Related) -> Change | None:
    """``newest``: of a new row only what is different now is listed, for the rest stands on the page."""
    what = "" if part.is_subject else f"{part.model._meta.verbose_name}“{_name(part.model, event, related)}”"
    if event.pgh_label == DELETE:
        return Change(DELETE, what)
    if before is None or event.pgh_label == INSERT:
        first = tuple(
            FieldChange(label(column), "", shown(column, value, related))
            for column in part.columns
            if (value := getattr(event, column.attname)) not in (None, "", (), [], {}, False)
            and (newest.pgh_label == DELETE or getattr(newest, column.attname) != value)
        )
        return Change(INSERT, what, first)
    fields = tuple(
        _field_change(column, getattr(before, column.attname), getattr(event, column.attname), related)
        for column in part.columns
        if getattr(before, column.attname) != getattr(event, column.attname)
    )
    return Change(UPDATE, what, fields) if fields else None


def _field_change(column: models.Field, old: object, new: object, related: _Related) -> FieldChange:
    before, after = shown(column, old, related), shown(column, new, related)
    if before == after:  # the difference is in what is masked
        after = f"{after}（隐去的数字有改动）"
    return FieldChange(label(column), before, after)


def _name(model: type[models.Model], event: Any, related: _Related) -> str:
    """``str()`` of the row as it was, without asking the database."""
    row = model(**{each.attname: getattr(event, each.attname) for each in model._meta.concrete_fields})
    for column in _foreign_keys(model):
        found = related.find(column, getattr(event, column.attname))
        if found is not None:
            setattr(row, column.name, found)
        elif getattr(event, column.attname) is not None:
            return str(event.pgh_obj_id)  # what it belonged to is gone
    return str(row)


def label(column: models.Field) -> str:
    return str(column.verbose_name)


def shown(column: models.Field, value: object, related: _Related | None = None) -> str:
    """A value as a person reads it. The related objects are those of the page's events."""
    if value == "" and value in (choices := dict(column.flatchoices or ())):
        return str(choices[value])  # an empty choice that has a name
    if value is None or value == "" or value == ():
        return NOTHING
    if isinstance(column, models.ForeignKey):
        found = related.find(column, value) if related else None
        return str(found) if found is not None else f"已删除（{value}）"
    if isinstance(column, EncryptedField | SpellsField):
        return str(value)
    if column.flatchoices:
        return str(dict(column.flatchoices).get(value, value))
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, dt.datetime):
        return f"{timezone.localtime(value):%Y-%m-%d %H:%M}"
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return str(value)


# --- Who, and from which upload --------------------------------------------------------------------------------


def _step(event: Any, changes: list[Change]) -> Step:
    known = event.pgh_context.metadata if event.pgh_context else {}
    return Step(
        at=event.pgh_created_at,
        by=known.get("name") or "",
        context=str(event.pgh_context_id or ""),
        changes=changes,
        batch_id=known.get("import"),
        is_undo=bool(known.get("undo")),
        by_pk=known.get("user"),
    )


def _name_people(steps: list[Step]) -> None:
    """``HistoryMiddleware`` and commands write the name; an entry with the account only is looked up."""
    nameless = {step.by_pk for step in steps if not step.by and step.by_pk}
    names = (
        dict(User.objects.filter(pk__in=nameless).order_by().values_list("pk", "full_name"))
        if nameless
        else {}
    )
    for step in steps:
        step.by = step.by or names.get(step.by_pk) or SYSTEM


def _name_uploads(steps: list[Step], user: User | None) -> None:
    wanted = {step.batch_id for step in steps if step.batch_id}
    if not wanted or user is None:
        return
    batches = ImportBatch.objects.visible_to(user).only("pk", "filename", "created_at").in_bulk(wanted)
    for step in steps:
        step.batch = batches.get(step.batch_id)
