"""The receipt of an upload with wrong cells, against opening and saving the same workbook with openpyxl."""

import tempfile
from pathlib import Path

import openpyxl

from eldercare.excel.batches import receipt
from eldercare.excel.working import work_on
from eldercare.models import ImportBatch
from tests.bench import county, staff_sheet
from tests.bench.cases import Case, Figures, Measurement, Ratio
from tests.bench.uploads import hand_in, peak_of_the_reader

SHEET = "wrong.xlsx"


def prepare(folder: Path, size: int) -> None:
    staff_sheet.write_with_wrong_cells(folder / SHEET, size, max(1, size // 20))
    county.make_county()
    places = county.make_places(-(-size // staff_sheet.PEOPLE_PER_PLACE))
    county.fill_staff(list(range(size)), places)
    county.tidy()
    batch = hand_in(folder / SHEET, "caregivers")
    work_on(batch.pk)


def portal(folder: Path, size: int) -> Figures:
    figures, batch = Figures(), ImportBatch.objects.get()
    with tempfile.TemporaryDirectory() as scratch, peak_of_the_reader(figures), figures.clock():
        receipt(batch, Path(scratch) / "receipt.xlsx")
    figures.counts = {"total": batch.total, "errors": batch.errors}
    return figures


def floor(folder: Path, size: int) -> Figures:
    figures = Figures()
    with tempfile.TemporaryDirectory() as scratch, figures.clock():
        openpyxl.load_workbook(folder / SHEET).save(Path(scratch) / "saved.xlsx")
    return figures


CASE = Case(
    title="Receipt of an upload: 20 columns, 5 % of the rows with a wrong cell",
    what="rows",
    sizes=(10_000,),
    prepare=prepare,
    measurements=(Measurement("openpyxl: open and save", floor), Measurement("portal", portal)),
    ratios=(Ratio("portal", "openpyxl: open and save"),),
)
