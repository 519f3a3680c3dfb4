"""What an uploaded sheet is written to: declared once per ledger, from which all SQL of an upload is made.

    register(Ledger(key="beds", label="床位", columns=COLUMNS, targets=(Target("bed", Bed, ...),), ...))

A row of a sheet goes to one or more tables, its *targets*, in order: a person before the post. Each names the SQL
condition under which a staged row (alias ``s``) is a row that exists (alias: the target's name), and which columns
take which staged value. Adding a ledger is a declaration; the engine (staging, slips, batches, undoing) knows none.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

from django.db import models

from eldercare.encryption import EncryptedField
from eldercare.errors import Refused
from eldercare.excel.cells.words import Places
from eldercare.excel.cleaning import CleanBatch
from eldercare.excel.columns import Column, Finding, Kind, Severity
from eldercare.models import ImportBatch, OrgUnit, User
from eldercare.permissions import Permission
from eldercare.remembered import Remembered
from eldercare.spells import SpellsField

SQL_TYPES = {
    Kind.INTEGER: "bigint",
    Kind.NUMBER: "numeric",
    Kind.MONEY: "numeric",
    Kind.DATE: "date",
    Kind.MONTH: "date",
    Kind.YESNO: "boolean",
}  # anything else is text


@dataclass(frozen=True)
class Field:
    """A column of a table that takes a staged value.

    ``source``: the staged column; named, it fills a new row even when the sheet has no such column. An empty cell clears the value, unless
    ``keep`` or the column must have one. ``default``: SQL for a new row whose cell is empty. ``old``/``new``: SQL of
    what the slip shows, where that is not the value itself. A column of spells takes yes or no as of the batch's day.
    """

    column: str
    key: str
    source: str = ""
    keep: bool = False
    default: str = ""
    old: str = ""
    new: str = ""

    @property
    def staged(self) -> str:
        return f's."{self.source or self.key}"'


@dataclass(frozen=True)
class Target:
    name: str
    model: type[models.Model]
    join: str
    fields: tuple[Field, ...]
    distinct: tuple[str, ...]  # SQL over s: rows that agree in them mean the same new row
    constants: Mapping[str, str] = field(
        default_factory=dict
    )  # of a new row: column → SQL over s and the parents
    on_update: Mapping[str, str] = field(
        default_factory=dict
    )  # set beside the values of a changed row: column → SQL
    parents: tuple[str, ...] = ()
    when: str = "true"  # SQL over s: whether the row says anything about this table

    @property
    def table(self) -> str:
        return self.model._meta.db_table

    def model_field(self, column: str) -> models.Field:
        return next(each for each in self.model._meta.concrete_fields if each.column == column)

    def is_spell(self, item: Field) -> bool:
        return isinstance(self.model_field(item.column), SpellsField)

    def sources(self) -> Iterator[tuple[str, str]]:
        """(column of the table, staged column) of every value that is taken as it is."""
        yield from ((item.column, item.source or item.key) for item in self.fields)
        yield from (
            (column, sql.removeprefix("s.")) for column, sql in self.constants.items() if sql.startswith("s.")
        )


@dataclass(frozen=True)
class Check:
    """SQL that finds what no single row shows: ``SELECT row, message FROM {stage} s …``.

    ``within``: staged columns; the check compares rows of the file that agree in them, and looks into nothing else.
    """

    key: str
    sql: str
    severity: Severity = Severity.ERROR
    within: tuple[str, ...] = ()


@dataclass
class Situation:
    """What a ledger may need to know while it reads one upload."""

    batch: ImportBatch
    user: User
    units: dict[str, OrgUnit]  # townships and villages that the user sees, by code
    places: Places
    positions: Mapping[str, int] = field(default_factory=dict)  # column key → column of the sheet, from 0

    @property
    def present(self) -> frozenset[str]:
        """Keys of the columns that the sheet has."""
        return frozenset(self.positions)

    def say(
        self,
        rows: CleanBatch,
        index: int,
        column: Column,
        message: str,
        severity: Severity = Severity.ERROR,
        value: object = "",
    ) -> None:
        """Add a finding about a row; ``index``: its place in the batch."""
        place = self.positions.get(column.key, -1)
        typed = "" if value is None else str(value)
        rows.findings.append(
            Finding(rows.rows[index], place, column.key, column.heading, severity, message, typed[:200])
        )

    @property
    def unit(self) -> OrgUnit:
        return self.batch.org_unit

    @property
    def as_of(self) -> dt.date:
        return self.batch.as_of

    @property
    def township(self) -> str:
        """Code of the only township whose rows may be in the file; "" for the county."""
        return self.unit.code if self.unit.level != OrgUnit.Level.COUNTY else ""


Prepare = Callable[[CleanBatch], None]


def no_guard(batch: ImportBatch) -> None:
    pass


@dataclass(frozen=True, kw_only=True)
class Ledger:
    key: str
    label: str
    title: str  # of the template's sheet
    row_name: str  # what a row is: 设施, 床位, 任职
    measure_word: str  # 家, 张, 条
    columns: tuple[Column, ...]
    targets: tuple[Target, ...]
    subject: str  # the target that a row is about
    unique: tuple[str, ...]  # SQL over s: no two rows may share all of these
    unique_key: str  # the sheet's column that such a finding points to
    row_label: str  # SQL over s: how the slip calls a row
    prepare: Callable[[Situation], Prepare]  # adds derived values and findings to each batch of rows
    derived: Mapping[str, str] = field(default_factory=dict)  # further staged columns → SQL type
    checks: tuple[Check, ...] = ()
    missing: str = ""  # SELECT id, label: rows as of %(as_of)s that the file could have had and has not
    closes: str = ""  # column of the subject that ends such a row
    stays_open: str = "false"  # SQL over t: such rows are shown as missing, and not ended
    # Source of ledger metrics → SQL over {dif}, the table of differences: ids of all its rows that may count otherwise once it is written.
    # Sources that are not named here are counted anew as a whole.
    touches: Mapping[str, str] = field(default_factory=dict)
    units_touched: str = ""  # SELECT DISTINCT unit ids that the staged rows belong to; "" for the batch's own
    present_rows: Callable[[OrgUnit, dt.date], Iterable[Mapping[str, Any]]] | None = None
    lists: Callable[[OrgUnit, dt.date], Mapping[str, Sequence[str]]] | None = None  # of a unit's template
    instructions: tuple[str, ...] = ()
    permission: Permission = Permission.EDIT_LEDGERS
    position: int = 0  # where it stands among the ledgers
    takes_month: bool = False  # the batch's day is a month, and the rows belong to it
    guard: Callable[[ImportBatch], None] = no_guard  # raises Refused when it cannot be written now
    written: Callable[[ImportBatch], None] = no_guard  # called in the transaction that wrote or took back
    measure: Callable[["Ledger", ImportBatch, list[OrgUnit]], dict] | None = (
        None  # figures, for the effect of a slip
    )
    effects: Callable[..., list[dict]] | None = (
        None  # what a change of them does; see ledger_metrics.effects_of
    )
    link: str = ""  # name of the page of a subject row, with its pk
    history: tuple[type[models.Model], ...] = ()  # tracked models written besides the targets

    @cached_property
    def by_key(self) -> dict[str, Column]:
        return {column.key: column for column in self.columns}

    @cached_property
    def subject_target(self) -> Target:
        return next(target for target in self.targets if target.name == self.subject)

    @cached_property
    def confidential(self) -> dict[str, EncryptedField]:
        """Sheet column → the encrypted field it goes to, be it as a value or as what a row is known by."""
        return {
            key: found
            for target in self.targets
            for column, key in target.sources()
            if isinstance(found := target.model_field(column), EncryptedField)
        }

    @cached_property
    def staged(self) -> dict[str, str]:
        """Columns of the staging table, without the row number and the mark of errors."""
        return {column.key: SQL_TYPES.get(column.kind, "text") for column in self.columns} | dict(
            self.derived
        )

    @property
    def tracked(self) -> tuple[type[models.Model], ...]:
        return tuple(dict.fromkeys([*(target.model for target in self.targets), *self.history]))


_ledgers: dict[str, Ledger] = {}


class Named(NamedTuple):
    """What is known of a defined ledger without reading its definition."""

    label: str
    is_of_people: bool


@dataclass(frozen=True)
class Family:
    """Ledgers that are defined in the database. Their keys begin with the family's: ``register:meals``."""

    find: Callable[[str], Ledger | None]  # by what follows the colon, as it is defined now
    names: Remembered[Mapping[str, Named]]  # of all, by key


_families: dict[str, Family] = {}


def register_family(key: str, family: Family) -> None:
    _families[key] = family


def register(ledger: Ledger) -> Ledger:
    _ledgers[ledger.key] = ledger
    return ledger


def ledger_of(key: str) -> Ledger:
    family, _, code = key.partition(":")
    if family in _families and (found := _families[family].find(code)):
        return found
    if key not in _ledgers:
        raise Refused(
            f"没有名为“{key}”的台账，可上传的有：{'、'.join(each.label for each in all_ledgers())}。"
        )
    return _ledgers[key]


def all_ledgers() -> Sequence[Ledger]:
    return sorted(_ledgers.values(), key=lambda ledger: ledger.position)


def defined_names() -> dict[str, Named]:
    """The ledgers of all families, by key."""
    return {key: named for family in _families.values() for key, named in family.names.get().items()}


def keys_hidden_from(user: User) -> list[str]:
    """Ledgers of elders, whose slips name people, for those who see figures only."""
    if user.may(Permission.VIEW_PEOPLE):
        return []
    of_people = (Permission.EDIT_PEOPLE, Permission.PREPARE_PAYMENTS)
    hidden = [each.key for each in _ledgers.values() if each.permission in of_people]
    return hidden + [key for key, named in defined_names().items() if named.is_of_people]
