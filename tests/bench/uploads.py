"""Uploads of a staff ledger of 20 columns, which are four tables, against their floor and django-import-export."""

import contextlib
import uuid
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from unittest import mock

import python_calamine
from django.db import connection, transaction

from eldercare.excel import working
from eldercare.excel.arms_length import Child
from eldercare.excel.batches import ask_to_apply, discard, take_in
from eldercare.excel.ledgers import ledger_of
from eldercare.excel.undoing import undo
from eldercare.models import ImportBatch
from tests.bench import county, staff_sheet, stock
from tests.bench.cases import Case, Figures, Measurement, Ratio
from tests.bench.scratch import peak_memory

SHEET, FEW = "staff.xlsx", "few.xlsx"
FEW_ROWS = 100
EFFECTS, VACUUM, WITHOUT = "of it the effects", "vacuum afterwards", "all but the effects"
WHOLE_NUMBERS, DATES = {0, 19}, {5, 10, 11, 15, 16, 17}


def prepare(folder: Path, size: int) -> None:
    staff_sheet.write(folder / SHEET, size)
    staff_sheet.write(folder / FEW, FEW_ROWS)
    county.make_county()
    places = county.make_places(-(-size // staff_sheet.PEOPLE_PER_PLACE))
    county.fill_staff([index for index in range(size) if staff_sheet.is_in_ledger(index, size)], places)
    if size <= stock.MOST_ROWS:
        stock.fill(size)
    county.tidy()


# --- The floor ------------------------------------------------------------------------------------------------


def copy_plainly(path: Path, whole_numbers: set[int], dates: set[int]) -> float:
    """Seconds to read all cells and COPY the rows without an error into a typed table. Nothing is checked."""
    figures = Figures()
    with transaction.atomic(), connection.cursor() as cursor, figures.clock():
        sheet = python_calamine.CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0)
        rows = iter(sheet.iter_rows())
        kinds = [
            "bigint" if n in whole_numbers else "date" if n in dates else "text"
            for n in range(len(next(rows)))
        ]
        columns = ", ".join(f"c{number} {kind}" for number, kind in enumerate(kinds))
        cursor.execute(f"CREATE UNLOGGED TABLE bench_floor ({columns})")
        with cursor.copy("COPY bench_floor FROM STDIN") as copy:
            for row in rows:
                if staff_sheet.WRONG_DATE not in row:
                    copy.write_row(_typed(row, whole_numbers))
        cursor.execute("DROP TABLE bench_floor")
    return figures.seconds


def _typed(row: Sequence[object], whole_numbers: set[int]) -> list[object]:
    return [
        int(value) if number in whole_numbers else value if value != "" else None
        for number, value in enumerate(row)
    ]


def floor(folder: Path, size: int) -> Figures:
    return Figures(copy_plainly(folder / SHEET, WHOLE_NUMBERS, DATES))


# --- The portal -----------------------------------------------------------------------------------------------


def through_the_portal(path: Path, ledger: str) -> Figures:
    """Read, clean, check, compare with the full table, count the effects, write with history; and take it back."""
    figures, clerk = Figures(), county.clerk()
    _has_worked_before(path.with_name(FEW), ledger)
    with (
        peak_of_the_reader(figures),
        _timed(figures, "effects_of", EFFECTS),
        _timed(figures, "_vacuum", VACUUM),
        figures.clock(),
    ):
        batch = take_in(
            ledger=ledger_of(ledger), content=path.read_bytes(), filename=path.name, org_unit=clerk.org_unit,
            as_of=county.DAY, by=clerk, token=uuid.uuid4(),
        )  # fmt: skip
        with figures.clock("to the slip"):
            working.work_on(batch.pk)
        batch.refresh_from_db()
        with figures.clock("to the ledger"):
            ask_to_apply(batch, by=clerk, only_good=True, reason="核对过")
            working.work_on(batch.pk)
    _set_apart(figures)
    batch.refresh_from_db()
    if batch.status != ImportBatch.Status.APPLIED:
        raise RuntimeError(f"Not applied: {batch.message}")
    names = ("total", "new", "changed", "unchanged", "errors", "warnings")
    figures.counts = {name: getattr(batch, name) for name in names}
    with figures.clock("undo"):
        undo(batch, by=clerk, reason="测量")
    county.tidy()
    return figures


def _set_apart(figures: Figures) -> None:
    """The tables are vacuumed when everybody sees the upload as written already; the effects go beyond the counts."""
    vacuum = figures.parts.get(VACUUM, 0.0)
    figures.seconds -= vacuum
    figures.parts["to the ledger"] -= vacuum
    figures.parts[WITHOUT] = figures.seconds - figures.parts.get(EFFECTS, 0.0)


def hand_in(path: Path, ledger: str) -> ImportBatch:
    clerk = county.clerk()
    return take_in(
        ledger=ledger_of(ledger), content=path.read_bytes(), filename=path.name, org_unit=clerk.org_unit,
        as_of=county.DAY, by=clerk, token=uuid.uuid4(),
    )  # fmt: skip


def _has_worked_before(path: Path, ledger: str) -> None:
    """A worker has long written the statements of the metrics and loaded its modules when an upload comes."""
    batch = hand_in(path, ledger)
    working.work_on(batch.pk)
    batch.refresh_from_db()
    discard(batch, by=batch.created_by)


@contextlib.contextmanager
def peak_of_the_reader(figures: Figures) -> Iterator[None]:
    leave = Child.__exit__

    def looked_at(child: Child, *details: object) -> None:
        figures.child_memory = peak_memory(child.process.pid)
        leave(child, *details)

    with mock.patch.object(Child, "__exit__", looked_at):
        yield


@contextlib.contextmanager
def _timed(figures: Figures, name: str, part: str) -> Iterator[None]:
    """A step of the worker as a part of its own."""
    step: Callable = getattr(working, name)

    def timed(*arguments: object) -> object:
        with figures.clock(part):
            return step(*arguments)

    with mock.patch.object(working, name, timed):
        yield


def portal(folder: Path, size: int) -> Figures:
    return through_the_portal(folder / SHEET, "caregivers")


def stock_import(folder: Path, size: int) -> Figures:
    return stock.whole_path(folder / SHEET)


CASE = Case(
    title="Upload of a staff ledger: 20 columns into four tables, 90 % of the rows unchanged",
    what="rows",
    sizes=(10_000, 100_000),
    prepare=prepare,
    measurements=(
        Measurement("floor: calamine + COPY", floor),
        Measurement("portal", portal),
        Measurement("django-import-export", stock_import, most_rows=stock.MOST_ROWS, once_from=30),
    ),
    ratios=(
        Ratio("portal", "floor: calamine + COPY", "≤ 2.5 at 100,000 rows"),
        Ratio(f"portal: {WITHOUT}", "floor: calamine + COPY"),
        Ratio("django-import-export", "portal", "≥ 100 at 10,000 rows"),
        Ratio("django-import-export", f"portal: {WITHOUT}"),
    ),
)
