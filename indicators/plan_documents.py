"""A plan as one plain document (texts, numbers, lists), and what would change if a plan became another document.

The workbook of a plan, the forms in the browser and the database all speak this form: whatever is read is
compared with ``document_of`` the plan as it is, and only differences are written. Dates are ISO texts, figures are
texts of digits, so a document can travel as JSON without loss.
"""

import datetime as dt
import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from eldercare.excel.cells.texts import plain
from indicators.models import Baseline, Indicator, Plan, Target
from indicators.rules.plan_texts import base_text, number_text, target_text

Row = dict[str, Any]

PLAN_FIELDS = tuple(
    each.name for each in Plan._meta.concrete_fields if each.name not in ("id", "org_unit", "code")
)
INDICATOR_FIELDS = tuple(
    each.name for each in Indicator._meta.concrete_fields if each.name not in ("id", "plan", "updated_at")
)
TARGET_FIELDS = tuple(
    each.name for each in Target._meta.concrete_fields if each.name not in ("id", "indicator")
)
BASELINE_FIELDS = tuple(
    each.name for each in Baseline._meta.concrete_fields if each.name not in ("id", "indicator")
)
DATES = frozenset({"published_on", "starts_on", "ends_on", "due_on", "other_due_on", "effective_on"})


def document_of(plan: Plan) -> Row:
    """The plan as it is; three queries."""
    entries = plan.indicators.order_by("number").prefetch_related("targets", "baselines")
    return {
        "code": plan.code,
        "plan": _row(plan, PLAN_FIELDS),
        "indicators": [entry_of(each) for each in entries],
    }


def entry_of(indicator: Indicator) -> Row:
    return _row(indicator, INDICATOR_FIELDS) | {
        "targets": [_row(each, TARGET_FIELDS) for each in indicator.targets.all()],
        "baselines": [_row(each, BASELINE_FIELDS) for each in indicator.baselines.all()],
    }


def _row(instance: Any, names: Iterable[str]) -> Row:
    return {name: _plain(getattr(instance, name)) for name in names}


def _plain(value: object) -> object:
    if isinstance(value, dt.date):
        return value.isoformat()
    return number_text(value) if isinstance(value, Decimal) else value


def typed(row: Row) -> Row:
    """Values for a model, from a document."""
    values = dict(row)
    for name in DATES & row.keys():
        values[name] = dt.date.fromisoformat(row[name]) if row[name] else None
    if "value" in row:
        values["value"] = None if row["value"] is None else Decimal(row["value"])
    return values


@dataclass
class Cell:
    """One value that changes; ``before`` and ``after`` in words."""

    label: str
    before: str
    after: str


@dataclass
class Change:
    """An indicator that is there already and would become ``entry``."""

    entry: Row
    cells: list[Cell]


@dataclass
class Slip:
    """What applying a document does."""

    is_new: bool
    plan_cells: list[Cell] = field(default_factory=list)
    added: list[Row] = field(default_factory=list)
    changed: list[Change] = field(default_factory=list)
    unchanged: int = 0
    gone: list[Row] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        return not (self.is_new or self.plan_cells or self.added or self.changed)

    @property
    def digest(self) -> str:
        """The same for the same changes: tells whether what is applied is what was shown."""
        cells = [
            [vars(cell) for cell in self.plan_cells],
            [[vars(c) for c in each.cells] for each in self.changed],
        ]
        whole = [self.is_new, cells, self.added, [each.entry["number"] for each in self.changed], self.gone]
        text = json.dumps(whole, ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()


def compare(document: Row, current: Row | None) -> Slip:
    """``document`` beside the plan as it is (``document_of``, ``None`` for a new one); indicators go by number."""
    if current is None:
        return Slip(True, added=document["indicators"])
    slip = Slip(False, plan_cells=_cells(Plan, document["plan"], current["plan"], PLAN_FIELDS))
    known = {each["number"]: each for each in current["indicators"]}
    for entry in document["indicators"]:
        before = known.pop(entry["number"], None)
        if before is None:
            slip.added.append(entry)
        elif cells := entry_cells(entry, before):
            slip.changed.append(Change(entry, cells))
        else:
            slip.unchanged += 1
    slip.gone = [each for each in known.values() if each["is_active"]]
    return slip


def entry_cells(entry: Row, before: Row) -> list[Cell]:
    cells = _cells(Indicator, entry, before, INDICATOR_FIELDS)
    for key, label, words in (("targets", "目标", _target_words), ("baselines", "基期值", _base_words)):
        if not same(entry[key], before[key]):
            cells.append(Cell(label, words(before[key]), words(entry[key])))
    return cells


def same(one: object, other: object) -> bool:
    """Whether two values read the same; a workbook does not keep double spaces."""
    return _read(one) == _read(other)


def _read(value: object) -> object:
    if isinstance(value, str):
        return plain(value)
    if isinstance(value, list):
        return [_read(each) for each in value]
    return {key: _read(each) for key, each in value.items()} if isinstance(value, dict) else value


def _cells(model: Any, after: Row, before: Row, names: Iterable[str]) -> list[Cell]:
    return [
        Cell(str(model._meta.get_field(name).verbose_name), words_of(model, name, before[name]), words_of(model, name, after[name]))
        for name in names
        if not same(after[name], before[name])
    ]  # fmt: skip


def words_of(model: Any, name: str, value: object) -> str:
    choices = dict(model._meta.get_field(name).flatchoices)
    if value is None or value == [] or (value == "" and "" not in choices):
        return "（空）"
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list):
        return "；".join(
            each if isinstance(each, str) else json.dumps(each, ensure_ascii=False) for each in value
        )
    return str(choices.get(value, value))


def targets_text(rows: Iterable[Row]) -> str:
    return "；".join(target_text(row["comparator"], row["value"], row["due_on"]) for row in map(typed, rows))


def bases_text(rows: Iterable[Row]) -> str:
    return "；".join(base_text(row["year"], row["value"]) for row in map(typed, rows))


def _target_words(rows: list[Row]) -> str:
    """With what the short text does not say, so that no change is shown as none."""
    extra = [
        _marks(row, ("is_due_inferred", "推定"), ("is_interim", "中间目标")) + row["quote"] for row in rows
    ]
    return _joined(targets_text(rows), extra)


def _base_words(rows: list[Row]) -> str:
    return _joined(
        bases_text(rows), [row["kind"] + _marks(row, ("is_path_start", "路径起点")) for row in rows]
    )


def _marks(row: Row, *named: tuple[str, str]) -> str:
    return "".join(f"[{label}]" for name, label in named if row[name])


def _joined(text: str, extra: list[str]) -> str:
    more = "；".join(filter(None, extra))
    return (f"{text} {more}" if more else text) or "（空）"
