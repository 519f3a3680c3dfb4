"""Uploads of a ledger that is one table, against their floor."""

from pathlib import Path

from tests.bench import bed_sheet, county, staff_sheet
from tests.bench.cases import Case, Figures, Measurement, Ratio
from tests.bench.uploads import FEW, FEW_ROWS, WITHOUT, copy_plainly, through_the_portal

SHEET = "beds.xlsx"


def prepare(folder: Path, size: int) -> None:
    bed_sheet.write(folder / SHEET, size)
    bed_sheet.write(folder / FEW, FEW_ROWS)
    county.make_county()
    places = county.make_places(-(-size // bed_sheet.BEDS_PER_PLACE))
    county.fill_beds([index for index in range(size) if staff_sheet.is_in_ledger(index, size)], places)
    county.tidy()


def floor(folder: Path, size: int) -> Figures:
    return Figures(copy_plainly(folder / SHEET, set(), {9, 10}))


def portal(folder: Path, size: int) -> Figures:
    return through_the_portal(folder / SHEET, "beds")


CASE = Case(
    title="Upload of a bed ledger: 12 columns into one table, 90 % of the rows unchanged",
    what="rows",
    sizes=(10_000, 100_000),
    prepare=prepare,
    measurements=(Measurement("floor: calamine + COPY", floor), Measurement("portal", portal)),
    ratios=(
        Ratio("portal", "floor: calamine + COPY", "≤ 2.5 at 100,000 rows"),
        Ratio(f"portal: {WITHOUT}", "floor: calamine + COPY"),
    ),
)
