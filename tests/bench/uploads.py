"""The whole path of an upload against its floor: a calamine read and a plain COPY of the same rows."""

import datetime as dt
import time
import uuid
from collections.abc import Callable
from pathlib import Path

import python_calamine
from django.db import connection, transaction

from eldercare.encryption import encrypt_many
from eldercare.excel.batches import ask_to_apply, take_in
from eldercare.excel.ledgers import ledger_of
from eldercare.excel.undoing import undo
from eldercare.excel.working import work_on
from eldercare.models import ImportBatch, OrgUnit, User
from facilities.models import Caregiver, Certificate, Employment, Facility, Training
from tests.bench import staff_sheet

SINCE = dt.date(2000, 1, 1)
DAY = dt.date(2025, 6, 30)


def prepare_county() -> tuple[OrgUnit, User]:
    county = OrgUnit.objects.create(
        code="990001", name="示例县", level="county", path="/990001/", valid_from=SINCE
    )
    for number in range(1, 10):
        code = f"9900011{number:02d}"
        OrgUnit.objects.create(
            code=code,
            name=f"第{number}镇",
            level="township",
            parent=county,
            path=f"/990001/{code}/",
            valid_from=SINCE,
        )
    clerk = User.objects.create(
        username="clerk", full_name="经办", role="county_clerk", org_unit=county, must_change_password=False
    )
    return county, clerk


def fill_ledger(county: OrgUnit, count: int) -> None:
    """The people of ``staff_sheet`` who are in the ledger already."""
    units = list(OrgUnit.objects.townships().order_by("code"))
    places = [
        Facility(
            org_unit=units[index % 9], name=f"第{index + 1}养老院", name_key=f"第{index + 1}养老院", kind="private_home",
            operation="non_profit", opened_on=SINCE,
        )
        for index in range(-(-count // staff_sheet.PEOPLE_PER_PLACE))
    ]  # fmt: skip
    Facility.objects.bulk_create(places, batch_size=5_000)
    roles = {"护理员": "caregiver", "护士": "nurse", "社工": "social_worker", "其他人员": "other"}
    education = {"初中": "junior", "高中": "senior", "大专": "college", "本科": "bachelor"}
    levels = {"五级": 5, "四级": 4, "三级": 3, "二级": 2}
    indexes = [index for index in range(count) if staff_sheet.is_in_ledger(index, count)]
    rows = {index: staff_sheet.person(index) for index in indexes}
    people = Caregiver.objects.bulk_create(
        [
            Caregiver(
                name=rows[index][2], id_number=rows[index][3], sex="male" if rows[index][4] == "男" else "female",
                born_on=rows[index][5], phone=rows[index][6], education=education[rows[index][7]],
            )
            for index in indexes
        ],
        batch_size=5_000,
    )  # fmt: skip
    pairs = list(zip(indexes, people, strict=True))
    place_of = {index: places[index // staff_sheet.PEOPLE_PER_PLACE] for index in indexes}
    Employment.objects.bulk_create(
        [
            Employment(
                caregiver=person, org_unit=place_of[index].org_unit, facility=place_of[index],
                role=roles[rows[index][9]], employed_from=rows[index][10],
            )
            for index, person in pairs
        ],
        batch_size=5_000,
    )  # fmt: skip
    Certificate.objects.bulk_create(
        [
            Certificate(
                caregiver=person, kind="skill_level", level=levels[rows[index][13]], number=rows[index][14],
                issued_on=rows[index][15],
            )
            for index, person in pairs
        ],
        batch_size=5_000,
    )  # fmt: skip
    Training.objects.bulk_create(
        [
            Training(caregiver=person, subject="skill", held_on=rows[index][17], hours=rows[index][19])
            for index, person in pairs
        ],
        batch_size=5_000,
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def floor(path: Path) -> None:
    """Read all cells, encrypt the two confidential columns, COPY them into a typed table. No check, no comparison."""
    types = [
        "bigint",
        *["text"] * 4,
        "date",
        *["text"] * 4,
        "date",
        "date",
        *["text"] * 3,
        "date",
        "date",
        "date",
        "text",
        "bigint",
    ]
    with transaction.atomic(), connection.cursor() as cursor:
        columns = ", ".join(f"c{index} {kind}" for index, kind in enumerate(types))
        cursor.execute(f"CREATE UNLOGGED TABLE bench_floor ({columns})")
        sheet = python_calamine.CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0)
        rows = iter(sheet.iter_rows())
        next(rows)
        good = (
            [
                int(value) if index in (0, 19) else value if value != "" else None
                for index, value in enumerate(each)
            ]
            for each in rows
            if not isinstance(each[10], str)
        )
        with cursor.copy("COPY bench_floor FROM STDIN") as copy:
            for each in good:
                copy.write_row(each)
        cursor.execute("DROP TABLE bench_floor")


def take(path: Path, county: OrgUnit, clerk: User) -> ImportBatch:
    return take_in(
        ledger=ledger_of("caregivers"), content=path.read_bytes(), filename=path.name, org_unit=county, as_of=DAY,
        by=clerk, token=uuid.uuid4(),
    )  # fmt: skip


def whole_path(
    path: Path, county: OrgUnit, clerk: User, mark: Callable[[str], None] = lambda _: None
) -> ImportBatch:
    """Read, clean, check, compare with the full table, count the effect, write with history."""
    batch = take(path, county, clerk)
    mark("kept")
    work_on(batch.pk)
    mark("slip")
    batch.refresh_from_db()
    ask_to_apply(batch, by=clerk, only_good=True, reason="核对过")
    work_on(batch.pk)
    mark("written")
    batch.refresh_from_db()
    assert batch.status == ImportBatch.Status.APPLIED, batch.message
    return batch


def take_back(batch: ImportBatch, clerk: User) -> None:
    undo(batch, by=clerk, reason="测量")


def timed(call: Callable[[], object]) -> tuple[float, object]:
    begun = time.perf_counter()
    result = call()
    return time.perf_counter() - begun, result


__all__ = ["encrypt_many", "fill_ledger", "floor", "prepare_county", "take_back", "timed", "whole_path"]
