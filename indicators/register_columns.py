"""How the values of a register's columns are shown: in lists, on the page of a row, in the rows behind a figure."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from decimal import Decimal

from django.urls import reverse

from eldercare.excel.writing import Kind as Sheet
from eldercare.lists import Column
from indicators.models import RegisterColumn, RegisterRow
from indicators.rules.registers import CONFIDENTIAL, PERSONAL, SINGLE, SORTED, Kind, unpacked

SHEET_KINDS = {Kind.INTEGER: Sheet.INTEGER, Kind.AMOUNT: Sheet.MONEY, Kind.DATE: Sheet.DATE}
WIDTHS = {
    Kind.LONG: 40, Kind.TEXT: 22, Kind.FACILITY: 28, Kind.VILLAGE: 16, Kind.ID_NUMBER: 22, Kind.SEVERAL: 28, Kind.DATE: 12,
}  # fmt: skip
LONGEST_IN_LIST = 60


def shown(column: RegisterColumn, value: object) -> object:
    """A stored value as a person reads it; None for an empty one. What is encrypted stays masked."""
    if value is None or value == "":
        return None
    if column.type is Kind.CHOICE:
        return column.labels.get(str(value), value)
    if column.type is Kind.SEVERAL:
        return "、".join(column.labels.get(code, code) for code in unpacked(str(value)))
    if column.type is Kind.INTEGER:
        return int(value)
    if column.type is Kind.NUMBER and isinstance(value, Decimal):
        return value.quantize(Decimal(1)) if value == value.to_integral_value() else value.normalize()
    if column.slot in SINGLE:
        return value.name
    return value


def value_of(column: RegisterColumn) -> Callable[[RegisterRow], object]:
    return lambda row: shown(column, getattr(row, column.slot))


def _short(column: RegisterColumn) -> Callable[[RegisterRow], object]:
    whole = value_of(column)

    def short(row: RegisterRow) -> object:
        text = whole(row)
        is_long = isinstance(text, str) and len(text) > LONGEST_IN_LIST
        return f"{text[:LONGEST_IN_LIST]}…" if is_long else text

    return short


def _order(column: RegisterColumn) -> tuple[str, ...]:
    if column.type not in SORTED:
        return ()
    return ({"village": "village__code", "facility": "facility__name"}.get(column.slot, column.slot),)


def list_column(column: RegisterColumn) -> Column:
    heading = f"{column.heading}({column.unit})" if column.unit else column.heading
    css = "code nowrap" if column.type in (Kind.ID_NUMBER, Kind.PHONE) else ""
    if column.type in (Kind.NAME, Kind.YESNO, Kind.VILLAGE):
        css = "nowrap"
    return Column(
        column.key,
        heading,
        _short(column) if column.type in (Kind.LONG, Kind.TEXT) else value_of(column),
        order=_order(column),
        kind=SHEET_KINDS.get(column.type, Sheet.NUMBER if column.type is Kind.NUMBER else Sheet.TEXT),
        width=WIDTHS.get(column.type, 14),
        css=css,
        is_personal=column.type in PERSONAL,
    )


def page_of(row: RegisterRow) -> str:
    return reverse("register-row", args=[row.pk])


UNIT = Column("unit", "镇(街道)", "org_unit.name", order=("org_unit__code",), css="nowrap")


def list_columns(columns: Iterable[RegisterColumn], *, with_unit: bool = True) -> tuple[Column, ...]:
    """The columns of a list; the first one that is no encrypted number leads to the page of the row."""
    listed = [column for column in columns if column.in_list]
    leads = next((column.key for column in listed if column.type not in CONFIDENTIAL), "")
    made = [list_column(column) for column in listed]
    made = [replace(each, link=page_of) if each.key == leads else each for each in made]
    return (*((UNIT,) if with_unit else ()), *made)


def related_of(columns: Iterable[RegisterColumn]) -> tuple[str, ...]:
    """What ``select_related`` must bring."""
    return ("org_unit", *(column.slot for column in columns if column.slot in SINGLE))


def name_of(row: RegisterRow, columns: Iterable[RegisterColumn]) -> str:
    """What a row is called: its key columns, without what says who somebody is in full."""
    texts = [str(shown(column, getattr(row, column.slot)) or "") for column in columns if column.is_key]
    return " ".join(text for text in texts if text) or str(row)
