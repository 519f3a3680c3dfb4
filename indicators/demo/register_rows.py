"""Rows for two dozen registers of the demo county: from their definitions, with texts of ``register_texts``."""

import datetime as dt
from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import count
from random import Random

from django.db import transaction

from eldercare.models import OrgUnit
from facilities.demo.days import dice
from facilities.demo.names import People, phone
from facilities.models import Facility
from indicators.actions.registers import key_part
from indicators.demo.county import COUNTY, TOWNSHIPS
from indicators.demo.register_texts import ROWS, TEXTS
from indicators.metrics.registers import forget
from indicators.models import Register, RegisterColumn, RegisterRow
from indicators.rules.registers import Kind, key_text, packed

SINCE = 540  # days before today in which things happened
FUTURE = ("due_on", "until", "next_on", "pledge_until")  # days that may still be to come
OPEN_STATES = ("整改中", "办理中", "推进中", "未启动", "在建", "未开工", "评定中", "已转办", "挂牌督办")
DONE_DAYS = ("rectified_on", "closed_on", "done_on", "finished_on", "assessed_on")
AMOUNTS = {"hours": (1, 4), "price": (100, 900), "score": (78, 99), "rate": (88, 99), "progress": (20, 95)}


@transaction.atomic
def write_register_rows(today: dt.date) -> dict[str, int]:
    """Nothing when there are rows already, or no definitions."""
    registers = {
        each.code: each for each in Register.objects.filter(code__in=ROWS).prefetch_related("columns")
    }
    if RegisterRow.objects.exists() or not registers:
        return {}
    county = OrgUnit.objects.get(code=COUNTY)
    towns = list(OrgUnit.objects.filter(code__in=TOWNSHIPS).order_by("code"))
    people, numbers = People("registers", 1940, 1990, women=0.6), count(1)
    rows = []
    for code, number in ROWS.items():
        if code in registers:
            filler = _Filler(registers[code], today, people, numbers)
            rows += filler.rows([county] if filler.is_county else towns, number)
    RegisterRow.objects.bulk_create(rows, batch_size=1_000)
    forget()
    return {"登记记录": len(rows)}


class _Filler:
    """Makes the rows of one register."""

    def __init__(self, register: Register, today: dt.date, people: People, numbers: Iterator[int]) -> None:
        self.register, self.today, self.people, self.numbers = register, today, people, numbers
        self.columns = [column for column in register.columns.all() if not column.is_retired]
        self.texts = TEXTS[register.code]
        self.dice: Random = dice("register", register.code)
        self.is_county = register.keeper == Register.Keeper.COUNTY

    def rows(self, units: Sequence[OrgUnit], number: int) -> list[RegisterRow]:
        known: set[tuple[int, str | None]] = set()
        made = []
        for unit in units:
            villages = list(unit.children.filter(level=OrgUnit.Level.VILLAGE).order_by("code"))
            facilities = list(Facility.objects.filter(org_unit=unit, closed_on=None).order_by("pk"))
            for place in range(number):
                row = self._row(unit, place, villages, facilities)
                key = key_text(key_part(row, column) for column in self.columns if column.is_key)
                if key is None or (unit.pk, key) in known:
                    continue
                known.add((unit.pk, key))
                row.key = key
                made.append(row)
        return made

    def _row(self, unit: OrgUnit, place: int, villages: list, facilities: list) -> RegisterRow:
        row = RegisterRow(register=self.register, org_unit=unit)
        self.person = self.people.draw()
        day = self.today - dt.timedelta(days=self.dice.randrange(20, SINCE))
        for column in self.columns:
            if column.type is Kind.DATE:
                value, day = self._day(column, day)
            elif column.type is Kind.VILLAGE:
                value = self.dice.choice(villages) if villages else None
            elif column.type is Kind.FACILITY:
                value = self.dice.choice(facilities) if facilities else None
            else:
                value = self._value(column, unit, place)
            setattr(row, column.slot, value)
        self._tidy(row)
        return row

    def _day(self, column: RegisterColumn, day: dt.date) -> tuple[dt.date | None, dt.date]:
        """The first is when it happened; each further one comes after it, or has not come yet."""
        if column.is_key or (column.is_required and column.key not in FUTURE):
            return day, day
        if column.key in FUTURE:
            return day + dt.timedelta(days=self.dice.choice((15, 30, 90, 365))), day
        later = day + dt.timedelta(days=self.dice.randrange(3, 40))
        if (
            column.key.startswith(("ended", "withdrawn", "cancelled", "left", "repaired"))
            or later > self.today
        ):
            return None, day
        return later, later

    def _value(self, column: RegisterColumn, unit: OrgUnit, place: int) -> object:
        kind = column.type
        if column.key in self.texts and kind in (Kind.TEXT, Kind.LONG):
            text = (
                self.texts[column.key][place % len(self.texts[column.key])]
                if column.is_key
                else self.dice.choice(self.texts[column.key])
            )
            return (
                text if self.is_county or not column.is_key or column.key == "title" else f"{unit.name}{text}"
            )
        if kind in (Kind.CHOICE, Kind.SEVERAL):
            codes = [code for code, _ in column.open_choices]
            return (
                self.dice.choice(codes) if kind is Kind.CHOICE else packed(codes[: self.dice.randrange(1, 3)])
            )
        if kind is Kind.YESNO:
            return self.dice.random() < 0.75
        if kind in (Kind.INTEGER, Kind.NUMBER, Kind.AMOUNT):
            return self._number(column)
        if kind is Kind.NAME:
            return self.person.name
        if kind is Kind.ID_NUMBER:
            return self.person.id_number
        if kind is Kind.PHONE:
            return phone(next(self.numbers))
        return (
            f"{self.register.code[:2].upper()}{self.today.year}{next(self.numbers):04d}"
            if column.is_key
            else ""
        )

    def _number(self, column: RegisterColumn) -> Decimal:
        if column.key in AMOUNTS:
            return Decimal(self.dice.randrange(*AMOUNTS[column.key]))
        if column.type is Kind.AMOUNT:
            return Decimal(self.dice.randrange(20, 900)) * 100
        return Decimal(self.dice.randrange(2, 60))

    def _tidy(self, row: RegisterRow) -> None:
        """What is not done yet has no day on which it was."""
        by_key = {column.key: column for column in self.columns}
        state = by_key.get("state") or by_key.get("result")
        if state and getattr(row, state.slot) in OPEN_STATES:
            for key in DONE_DAYS:
                if key in by_key:
                    setattr(row, by_key[key].slot, None)
        if "people" in by_key and "passed" in by_key:
            setattr(row, by_key["passed"].slot, getattr(row, by_key["people"].slot) - 1)
        for total, part in (
            ("sample", "valid"),
            ("valid", "satisfied"),
            ("amount", "paid"),
            ("investment", "invested"),
        ):
            if total in by_key and part in by_key:
                whole = getattr(row, by_key[total].slot)
                setattr(row, by_key[part].slot, (whole * Decimal("0.9")).quantize(Decimal(1)))
