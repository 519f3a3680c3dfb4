"""A slip is written as it was compared where nothing was touched since, and compared again where anything was."""

from collections.abc import Callable

import psycopg
import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from eldercare import encryption_keys
from eldercare.excel import standstill
from eldercare.excel.batches import discard
from eldercare.excel.changes import Changes
from eldercare.models import ImportBatch
from facilities.models import Bed, Facility
from tests.facilities.factories import make_bed, make_facility
from tests.facilities.uploads import apply, upload, workbook

pytestmark = pytest.mark.django_db(transaction=True)
HEADINGS = ("机构名称", "房间", "床号", "备注")


@pytest.fixture(autouse=True)
def every_file(monkeypatch) -> None:
    """Also one of two rows."""
    monkeypatch.setattr(standstill, "WORTHWHILE_FROM", 1)


@pytest.fixture
def home(cast) -> Facility:
    home = make_facility(cast.township, "沈荡敬老院")
    for number in "1234":
        make_bed(home, number)
    return home


@pytest.fixture
def alone(monkeypatch) -> None:
    """Transactions of other tests, in other databases of the server, do not count as under way."""
    mark = standstill.mark

    def marked(changes: Changes) -> dict:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_snapshot_xmax(pg_current_snapshot())::text")
            (over,) = cursor.fetchone()
        marked = mark(changes)
        return marked and marked | {"over_before": over}

    monkeypatch.setattr(standstill, "mark", marked)


def slip(cast, note: str) -> ImportBatch:
    """The first bed with another note, and a new bed."""
    first = Bed.objects.order_by("pk").first()
    rows = [("沈荡敬老院", first.room, first.number, note), ("沈荡敬老院", "新", note, None)]
    batch = upload("beds", workbook(HEADINGS, *rows), by=cast.township_clerk)
    assert (batch.new, batch.changed, batch.errors) == (1, 1, 0), batch.message
    return batch


def comparisons(batch: ImportBatch) -> int:
    """How often the file is compared with the ledger while it is written."""
    with CaptureQueriesContext(connection) as queries:
        apply(batch)
    assert batch.status == ImportBatch.Status.APPLIED, batch.message
    return sum("AS dif_state" in each["sql"] for each in queries)


def other_session() -> psycopg.Connection:
    found = settings.DATABASES["default"]
    return psycopg.connect(
        dbname=connection.settings_dict["NAME"], host=found["HOST"], port=found["PORT"],
        user=found["USER"], password=found["PASSWORD"],
    )  # fmt: skip


def edits(cast, home: Facility) -> list[Callable[[], object]]:
    def exchanged() -> None:
        """As many beds as before."""
        Bed.objects.order_by("pk").last().delete()
        Bed.objects.create(facility=home, room="换", number="1", in_use_from=home.opened_on)

    def by_sql(statement: str) -> Callable[[], None]:
        def run() -> None:
            with connection.cursor() as cursor:
                cursor.execute(statement)

        return run

    return [
        lambda: Bed.objects.order_by("pk").last().save(),
        exchanged,
        by_sql("DELETE FROM facilities_bed WHERE id = (SELECT max(id) FROM facilities_bed)"),
        by_sql("UPDATE facilities_bed SET note = note WHERE id = (SELECT max(id) FROM facilities_bed)"),
        lambda: make_facility(cast.township, "另一家"),  # a table that a check of this ledger reads
    ]


def test_what_nobody_touched_is_written_without_a_second_comparison(cast, home, alone):
    batch = slip(cast, "朝南")
    assert comparisons(batch) == 0
    first, new = Bed.objects.order_by("pk").first(), Bed.objects.get(room="新")
    assert list(Bed.objects.filter(note="朝南")) == [first]
    assert new.number == "朝南"
    written = batch.lines.filter(state__in=["new", "changed"])
    assert set(written.values_list("target_id", flat=True)) == {first.pk, new.pk}


def test_a_small_file_is_compared_again(cast, home, alone, monkeypatch):
    monkeypatch.setattr(standstill, "WORTHWHILE_FROM", 3)
    assert comparisons(slip(cast, "改")) == 1


def test_any_edit_by_any_way_is_noticed(cast, home, alone):
    for number, edit in enumerate(edits(cast, home)):
        batch = slip(cast, f"第{number}次")
        edit()
        assert comparisons(batch) == 1, f"edit {number}"


def test_an_edit_under_way_while_the_slip_is_made_is_noticed(cast, home):
    with other_session() as other:
        other.execute(
            "UPDATE facilities_bed SET note = '朝北' WHERE id = (SELECT max(id) FROM facilities_bed)"
        )
        batch = slip(cast, "朝南")
        other.commit()
    assert comparisons(batch) == 1


def test_another_key_and_lost_differences_are_noticed(cast, home, alone, monkeypatch):
    batch = slip(cast, "朝南")
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE import_dif_{batch.pk}")  # as after a crash of the database
    assert comparisons(batch) == 1
    batch = slip(cast, "朝东")
    ring = encryption_keys.key_ring()
    other = encryption_keys.Key("other", ring.current.cipher)
    monkeypatch.setattr(
        "eldercare.excel.standstill.key_ring", lambda: encryption_keys.KeyRing({"other": other, **ring.keys})
    )
    assert comparisons(batch) == 1


def test_nothing_is_left_of_a_slip_that_was_given_up(cast, home):
    batch = slip(cast, "朝南")
    discard(batch, by=cast.township_clerk)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT to_regclass(%s), to_regclass(%s)",
            [f"import_{each}_{batch.pk}" for each in ("stage", "dif")],
        )
        assert cursor.fetchone() == (None, None)
