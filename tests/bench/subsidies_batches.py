"""Making the payment batches of a month of four programmes, against a bare INSERT … SELECT of the same lines."""

from pathlib import Path

from django.db import connection, transaction

from subsidies import engine
from subsidies.models import Batch
from tests.bench import county, subsidies_register
from tests.bench.cases import Case, Figures, Measurement, Ratio

MONTH_BEFORE, MONTH = subsidies_register.FIRST, subsidies_register.FIRST.replace(month=2)
CHANGED = 100  # one in so many people has changed since the month before
LINE = """batch_id, enrolment_id, elder_id, org_unit_id, month, for_month, kind, state, amount, version_id, band_id, facts,
    recovery_id, payee_name, payee_bank, payee_account, failure"""

KEEP = f"CREATE TABLE bench_lines AS SELECT {LINE} FROM subsidies_paymentline WHERE month = %s"  # noqa: S608 - own text
BARE = f"INSERT INTO subsidies_paymentline ({LINE}) SELECT {LINE} FROM bench_lines WHERE batch_id = %s"  # noqa: S608


def prepare(folder: Path, size: int) -> None:
    county.make_county()
    subsidies_register.fill_elders(size)
    programmes = subsidies_register.fill_programmes(county.county())
    county.tidy()
    for programme in programmes:
        batch = Batch.objects.create(programme=programme, month=MONTH_BEFORE, made_by=county.clerk())
        engine.make(batch)
        batch.lines.filter(state="planned").update(state="paid")
        Batch.objects.filter(pk=batch.pk).update(state="reconciled")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE subsidies_elder SET note = '电话已核对' WHERE id %% %s = 0", [CHANGED])
    for programme in programmes:
        Batch.objects.create(programme=programme, month=MONTH, made_by=county.clerk())
    county.tidy()
    for batch in _waiting():
        engine.make(batch)
    with connection.cursor() as cursor:
        cursor.execute(KEEP, [MONTH])
        cursor.execute("DELETE FROM subsidies_finding")
        cursor.execute("DELETE FROM subsidies_paymentline WHERE month = %s", [MONTH])
    Batch.objects.filter(month=MONTH).update(state=Batch.State.MAKING)
    county.tidy()


def _waiting() -> list[Batch]:
    return list(Batch.objects.filter(month=MONTH).select_related("programme").order_by("programme"))


def portal(folder: Path, size: int) -> Figures:
    figures, batches = Figures(), _waiting()
    with transaction.atomic():
        with figures.clock():
            for batch in batches:
                with figures.clock(batch.programme.code):
                    engine.make(batch)
                    _check_keys()
        figures.counts = _counts()
        transaction.set_rollback(True)
    county.tidy()
    return figures


def floor(folder: Path, size: int) -> Figures:
    figures, batches = Figures(), _waiting()
    with transaction.atomic(), connection.cursor() as cursor:
        with figures.clock():
            for batch in batches:
                with figures.clock(batch.programme.code):
                    cursor.execute(BARE, [batch.pk])
                    _check_keys()
        figures.counts = _counts()
        transaction.set_rollback(True)
    county.tidy()
    return figures


def _check_keys() -> None:
    """Foreign keys are looked at when a transaction ends; here that is part of the time."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def _counts() -> dict[str, int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM subsidies_paymentline WHERE month = %s", [MONTH])
        return {"lines": cursor.fetchone()[0]}


FLOOR = "INSERT … SELECT of the lines"
CASE = Case(
    title="Payment batches of a month: four programmes, 1 % of the people changed since the month before",
    what="elders, each in four programmes",
    sizes=(10_000, 100_000),
    prepare=prepare,
    measurements=(Measurement(FLOOR, floor), Measurement("portal", portal)),
    ratios=(
        Ratio("portal", FLOOR, "≤ 3 at 100,000 elders"),
        *(Ratio(f"portal: {code}", f"{FLOOR}: {code}") for code, *_ in subsidies_register.PROGRAMMES),
    ),
)
