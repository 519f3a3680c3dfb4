"""The sheet of a register: declared from its definition, each time it is asked for."""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal

from eldercare.errors import Refused
from eldercare.excel import ledgers
from eldercare.excel.cleaning import CleanBatch
from eldercare.excel.columns import Choice, Column
from eldercare.excel.columns import Kind as Cell
from eldercare.excel.ledgers import Check, Family, Field, Ledger, Prepare, Situation, Target
from eldercare.identity import check_id_number
from eldercare.models import ImportBatch, OrgUnit
from eldercare.permissions import Permission
from facilities.resources.common import (
    MOVED,
    TOWNSHIP,
    Facilities,
    Units,
    facility_names,
    phone_problem,
    problem_of,
)
from indicators.metrics import registers as metrics
from indicators.models import Register, RegisterColumn, RegisterRow
from indicators.rules.registers import Kind, key_text, packed, read_several, unpacked

FAMILY = metrics.FAMILY
BIGGEST = Decimal(10) ** 15
CELLS = {
    Kind.INTEGER: Cell.INTEGER,
    Kind.NUMBER: Cell.NUMBER,
    Kind.AMOUNT: Cell.MONEY,
    Kind.DATE: Cell.DATE,
    Kind.YESNO: Cell.YESNO,
    Kind.CHOICE: Cell.CHOICE,
    Kind.VILLAGE: Cell.VILLAGE,
    Kind.NAME: Cell.NAME,
    Kind.ID_NUMBER: Cell.CODE,
    Kind.PHONE: Cell.CODE,
    Kind.TASK: Cell.CODE,
}
LENGTHS = {Kind.LONG: 2_000, Kind.NAME: 40, Kind.ID_NUMBER: 30, Kind.PHONE: 30, Kind.TASK: 60}
WIDTHS = {Kind.LONG: 40, Kind.TEXT: 22, Kind.FACILITY: 28, Kind.ID_NUMBER: 22, Kind.SEVERAL: 28}
CHECKERS = {Kind.ID_NUMBER: problem_of(check_id_number), Kind.PHONE: phone_problem}
DIGITS = {Kind.PHONE: (11,), Kind.ID_NUMBER: (18,)}
HELPS = {Kind.SEVERAL: "可填几项，用顿号隔开：{}。", Kind.FACILITY: "按设施台账里的名称填写。"}


def column_of(column: RegisterColumn) -> Column:
    """The sheet's column. A choice that is no longer offered is still read: the rows there are have it."""
    is_choice = column.type is Kind.CHOICE
    return Column(
        column.key,
        column.heading,
        aliases=tuple(filter(None, column.aliases.split("、"))),
        kind=CELLS.get(column.type, Cell.TEXT),
        required=column.is_required,
        width=WIDTHS.get(column.type, 14),
        choices=tuple(Choice(each["code"], each["label"]) for each in column.choices) if is_choice else (),
        checker=CHECKERS.get(column.type),
        help=column.help or HELPS.get(column.type, "").format("、".join(column.labels.values())),
        unit=column.unit,
        maximum=BIGGEST if column.slot.startswith("number_") else None,
        max_length=LENGTHS.get(column.type, 200),
        digits=DIGITS.get(column.type, ()),
    )


def ledger_of(register: Register) -> Ledger:
    columns = [column for column in register.columns.all() if not column.is_retired]
    keys = [column for column in columns if column.is_key]
    has_facility = any(column.type is Kind.FACILITY for column in columns)
    townships = (
        TOWNSHIP
        if register.keeper == Register.Keeper.TOWNSHIP
        else Column(TOWNSHIP.key, TOWNSHIP.heading, aliases=TOWNSHIP.aliases, kind=TOWNSHIP.kind, width=14, help="不填的，记在县级。")
    )  # fmt: skip
    return Ledger(
        key=f"{FAMILY}:{register.code}",
        label=register.name,
        title=register.name,
        row_name="记录",
        measure_word="条",
        columns=(townships, *map(column_of, columns)),
        derived={
            "org_unit_id": "bigint",
            "facility_id": "bigint",
            "village_id": "bigint",
            "row_key": "text",
        },
        targets=(_target(register, columns),),
        subject="entry",
        unique=("s.org_unit_id", "s.row_key"),
        unique_key=keys[0].key if keys else TOWNSHIP.key,
        row_label=_label(columns, keys),
        prepare=lambda situation: _prepare(situation, register, columns, keys),
        checks=tuple(check for column in columns for check in _checks(column)),
        units_touched="SELECT DISTINCT org_unit_id FROM {stage} WHERE org_unit_id IS NOT NULL",
        present_rows=lambda unit, as_of: _present_rows(register, columns, unit),
        lists=lambda unit, as_of: _lists(columns, unit, as_of, has_facility=has_facility),
        instructions=tuple(
            filter(
                None,
                (
                    register.purpose,
                    f"按{'、'.join(each.heading for each in keys)}认行：同一单位里这些都一样的就是同一行。",
                ),
            )
        ),
        permission=Permission.EDIT_PEOPLE
        if any(column.is_personal for column in columns)
        else Permission.EDIT_LEDGERS,
        position=900,
        guard=lambda batch: _guard(register, batch),
        link="register-row",
    )


NO_TASK = """
    SELECT s.row, '没有这个编号的重点任务，请核对“重点任务”页上的编号。'
      FROM {{stage}} s WHERE s."{key}" IS NOT NULL
       AND NOT EXISTS (SELECT 1 FROM indicators_task t WHERE t.code = s."{key}")"""


def _checks(column: RegisterColumn) -> Iterator[Check]:
    if column.type is Kind.FACILITY:
        yield Check(column.key, MOVED)
    if column.type is Kind.TASK:
        yield Check(column.key, NO_TASK.format(key=column.key))


def _label(columns: list[RegisterColumn], keys: list[RegisterColumn]) -> str:
    """How the slip calls a row: by its key columns; numbers of persons are masked by the slip itself."""
    named = [each for each in keys if each.type not in (Kind.ID_NUMBER, Kind.PHONE)]
    named = named or [each for each in columns if each.type in (Kind.NAME, Kind.TEXT)] or []
    if not named:
        return "'第' || s.row || '行'"
    return f"""concat_ws(' ', {", ".join(f's."{each.key}"::text' for each in named)})"""


def _target(register: Register, columns: list[RegisterColumn]) -> Target:
    known = (
        f"entry.register_id = {register.pk:d} AND entry.org_unit_id = s.org_unit_id AND entry.key = s.row_key"
    )
    return Target(
        "entry",
        RegisterRow,
        join=known,
        distinct=("s.org_unit_id", "s.row_key"),
        constants={
            "register_id": f"{register.pk:d}",
            "org_unit_id": "s.org_unit_id",
            "key": "s.row_key",
        },
        fields=tuple(_field(column) for column in columns),
    )


def _field(column: RegisterColumn) -> Field:
    key = column.key
    if column.type is Kind.FACILITY:
        named = "(SELECT f.name FROM facilities_facility f WHERE f.id = entry.facility_id)"
        return Field("facility_id", key, source="facility_id", old=named, new=f's."{key}"')
    if column.type is Kind.VILLAGE:
        named = "(SELECT u.code FROM eldercare_orgunit u WHERE u.id = entry.village_id)"
        return Field("village_id", key, source="village_id", old=named, new=f's."{key}"')
    if column.type is Kind.SEVERAL:
        shown = "nullif(replace(btrim({}, '|'), '|', '、'), '')"
        return Field(
            column.slot, key, old=shown.format(f"entry.{column.slot}"), new=shown.format(f's."{key}"')
        )
    return Field(column.slot, key)


def _prepare(
    situation: Situation, register: Register, columns: list[RegisterColumn], keys: list[RegisterColumn]
) -> Prepare:
    units = Units(situation)
    sheet = {column.key: column_of(column) for column in columns}
    place = next((column for column in columns if column.type is Kind.FACILITY), None)
    village = next((column for column in columns if column.type is Kind.VILLAGE), None)
    several = [column for column in columns if column.type is Kind.SEVERAL]
    facilities = Facilities(situation, sheet[place.key]) if place else None
    county = situation.unit.pk if register.keeper == Register.Keeper.COUNTY else None

    def prepare(rows: CleanBatch) -> None:
        if facilities:
            facilities.fill(rows, units)
        else:
            rows.values["org_unit_id"] = units.of(rows)
        _name_units(situation, rows, county)
        if village:
            rows.values["village_id"] = units.villages(rows, village.key)
        for column in several:
            _read_several(situation, rows, column, sheet[column.key])
        rows.values["row_key"] = _keys(rows, keys)

    return prepare


def _name_units(situation: Situation, rows: CleanBatch, county: int | None) -> None:
    """Rows of no township are the county's, where the county keeps the register; else each must name one."""
    units = rows.values["org_unit_id"]
    wrong = {each.row for each in rows.findings if each.key == TOWNSHIP.key}
    for index, unit in enumerate(units):
        if unit is None and rows.rows[index] not in wrong:
            units[index] = county
            if county is None:
                situation.say(rows, index, TOWNSHIP, "县级上传要写明每一行的镇(街道)。")


def _read_several(situation: Situation, rows: CleanBatch, column: RegisterColumn, cell: Column) -> None:
    known: dict[str | None, tuple[str | None, tuple[str, ...]]] = {None: (None, ())}
    values = rows.values[column.key]
    for index, text in enumerate(values):
        if text not in known:
            found = read_several(text, column.choices)
            known[text] = (packed(found.codes) or None, found.unknown)
        value, unknown = known[text]
        values[index] = value
        if unknown:
            words = "、".join(unknown)
            options = "、".join(label for _, label in column.open_choices)
            situation.say(rows, index, cell, f"没有“{words[:40]}”这个选项，可填：{options}。", value=text)


def _keys(rows: CleanBatch, keys: list[RegisterColumn]) -> list[str | None]:
    names = {Kind.FACILITY: "facility_id", Kind.VILLAGE: "village_id"}
    parts = [rows.values[names.get(column.type, column.key)] for column in keys]
    return [key_text(values) for values in zip(*parts, strict=True)]


def _lists(
    columns: list[RegisterColumn], unit: OrgUnit, as_of: dt.date, *, has_facility: bool
) -> dict[str, list[str]]:
    lists = {
        column.key: [label for _, label in column.open_choices]
        for column in columns
        if column.type is Kind.CHOICE
    }
    for column in columns:
        if column.type is Kind.FACILITY and has_facility:
            lists[column.key] = facility_names(unit, as_of)["facility"]
        if column.type is Kind.VILLAGE and unit.level != OrgUnit.Level.COUNTY:
            villages = OrgUnit.objects.within(unit).filter(level=OrgUnit.Level.VILLAGE).as_of(as_of)
            lists[column.key] = list(villages.order_by("code").values_list("name", flat=True))
    return lists


def _present_rows(register: Register, columns: list[RegisterColumn], unit: OrgUnit) -> Iterator[dict]:
    rows = RegisterRow.objects.filter(register=register, org_unit__path__startswith=unit.path)
    related = ("org_unit", *(each.slot for each in columns if each.slot in ("village", "facility")))
    for row in rows.select_related(*related).order_by("org_unit__code", "pk").iterator(2_000):
        is_county = row.org_unit.level == OrgUnit.Level.COUNTY
        cells: dict[str, object] = {"township": None if is_county else row.org_unit.code}
        for column in columns:
            cells[column.key] = _cell(column, getattr(row, column.slot))
        yield cells


def _cell(column: RegisterColumn, value: object) -> object:
    if value is None or value == "":
        return None
    read: Mapping[Kind, Callable[[object], object]] = {
        Kind.FACILITY: lambda facility: facility.name,
        Kind.VILLAGE: lambda village: village.code,
        Kind.INTEGER: int,
        Kind.SEVERAL: lambda text: "、".join(column.labels.get(code, code) for code in unpacked(text)),
        Kind.ID_NUMBER: lambda number: number.reveal(),
        Kind.PHONE: lambda number: number.reveal(),
    }
    return read[column.type](value) if column.type in read else value


def _guard(register: Register, batch: ImportBatch) -> None:
    if register.keeper == Register.Keeper.COUNTY and batch.org_unit.level != OrgUnit.Level.COUNTY:
        raise Refused(f"{register.name}由县级登记，镇(街道)不能上传。")
    if register.is_retired:
        raise Refused(f"{register.name}已停用，不能再上传。")
    is_read = batch.status == ImportBatch.Status.APPLYING
    if is_read and batch.read_at and register.changed_at > batch.read_at:
        raise Refused(f"{register.name}的登记项目在这张表读完之后改过，请放弃这次上传，重新上传一次。")


def find(code: str) -> Ledger | None:
    register = Register.objects.filter(code=code).prefetch_related("columns").first()
    return ledger_of(register) if register else None


ledgers.register_family(FAMILY, Family(find, metrics.names))
