"""What writing an upload would do to the figures of its month: written, counted, and taken back.

A full count takes as long as the rest of the work on a slip. So the figures as they are may be counted ahead, while
the reader is busy with a large file, and what the upload changes is counted among the rows that it touches only
(``Ledger.touches``): the figure afterwards is the figure as it is, and the difference of those rows.
"""

import datetime as dt
import logging
from collections.abc import Mapping
from collections.abc import Set as AnySet
from copy import copy
from decimal import Decimal

import pghistory.trigger
import pgtrigger
from django.db import DataError, IntegrityError, connection, transaction

from eldercare import ledger_metrics
from eldercare.excel.changes import Changes
from eldercare.excel.ledgers import Ledger, ledger_of
from eldercare.excel.staging import analyze
from eldercare.models import ImportBatch, OrgUnit

AHEAD_FROM = 1_000_000  # bytes of a file with which the reader is busy for some time

Figures = Mapping[tuple[int, str], Decimal]
logger = logging.getLogger(__name__)


def count_ahead(batch: ImportBatch) -> Figures | None:
    """The figures that the upload may change, as they are; None if the units that it touches are better waited for."""
    ledger = ledger_of(batch.ledger)
    if batch.file.size < AHEAD_FROM or not ledger.touches:
        return None
    units = OrgUnit.objects.filter(path__startswith=batch.org_unit.path).exclude(level=OrgUnit.Level.VILLAGE)
    codes = ledger_metrics.codes_of(key for key in _reading(ledger, batch.as_of) if key in ledger.touches)
    return ledger_metrics.figures(list(units), batch.as_of, codes=codes)


def effects_of(changes: Changes, ahead: Figures | None) -> list[dict]:
    """Lines for the slip, as the providers word them; ``ahead`` from ``count_ahead``. Call it in a transaction."""
    batch, ledger = changes.batch, changes.ledger
    units = _units_touched(changes)
    try:
        before, after = (_measured if ledger.measure else _counted)(changes, units, ahead)
    except (IntegrityError, DataError) as error:
        logger.info("The effect of upload %s cannot be told: %s", batch.pk, type(error).__name__)
        return []
    moved = []
    for unit in units:
        codes = sorted(
            code for (pk, code), value in after.items() if pk == unit.pk and before.get((pk, code)) != value
        )
        if codes:
            then = {code: before.get((unit.pk, code)) for code in codes}
            moved.append(ledger_metrics.Change(unit, then, {code: after[unit.pk, code] for code in codes}))
    if not moved:
        return []
    tell = ledger.effects or ledger_metrics.effects_of
    return tell(moved, batch.as_of.replace(day=1), batch.created_by)


def _units_touched(changes: Changes) -> list[OrgUnit]:
    if not changes.ledger.units_touched:
        return [changes.batch.org_unit]
    ids = [pk for (pk,) in changes.fetch(changes.ledger.units_touched.format(stage=changes.stage.table))]
    return list(OrgUnit.objects.filter(pk__in=ids).order_by("code"))


def _measured(changes: Changes, units: list[OrgUnit], ahead: None) -> tuple[Figures, Figures]:
    """As the ledger itself measures its figures."""
    ledger, batch = changes.ledger, changes.batch
    before = ledger.measure(ledger, batch, units)
    with transaction.atomic():
        changes.write()
        after = ledger.measure(ledger, batch, units)
        transaction.set_rollback(True)
    return before, after


def _counted(changes: Changes, units: list[OrgUnit], ahead: Figures | None) -> tuple[Figures, Figures]:
    """Figures of the ledgers: before, and after."""
    month, touches = changes.batch.as_of, changes.ledger.touches
    reading = _reading(changes.ledger, month)
    codes = ledger_metrics.codes_of(reading)
    # What no figure knows of need not be written to be measured: a telephone number.
    never_counted = {target.table for target in changes.ledger.targets}.difference(*reading.values())
    with transaction.atomic():
        telling = _telling(changes, ledger_metrics.words_of(reading, month))
        if telling is None:
            return {}, {}
        _without_history(changes.ledger)
        telling.write(but=never_counted)
        among = {
            key: [pk for (pk,) in telling.fetch(touches[key].format(dif=telling.dif))]
            for key in reading
            if key in touches
        }
        after = ledger_metrics.figures(units, month, codes=codes, among=among)
        transaction.set_rollback(True)
    before = ledger_metrics.figures(units, month, codes=codes, among=among)
    parts = ledger_metrics.codes_of(among)
    moved = [each for each in before if each[1] in parts and before[each] != after[each]]
    if not all(each in (ahead or ()) for each in moved):
        ahead = ledger_metrics.figures(units, month, codes=parts)
    for each in moved:
        after[each] += ahead[each] - before[each]
        before[each] = ahead[each]
    return before, after


def _telling(changes: Changes, words: AnySet[str]) -> Changes | None:
    """The differences that figures know of, by the words of their statements; None where there are none."""
    targets = changes.ledger.targets
    condition = " OR ".join([f"dif_{target.name}_new" for target in targets] + ["dif_old ?| %(telling)s"])
    telling = [
        item.key
        for target in targets
        for item in target.fields
        if item.column in words or not words.isdisjoint(target.on_update)
    ]
    ((number, of),) = changes.fetch(
        f"SELECT count(*) FILTER (WHERE {condition}), count(*) FROM {changes.dif}", telling=telling
    )
    if number in (0, of):
        return changes if number else None
    found = copy(changes)
    found.dif = "import_telling"
    changes.execute("DROP TABLE IF EXISTS import_telling")
    changes.execute(
        f"""CREATE TEMPORARY TABLE import_telling ON COMMIT DROP AS
            SELECT * FROM {changes.dif} WHERE {condition}""",
        telling=telling,
    )
    analyze(found.dif)
    return found


def _reading(ledger: Ledger, month: dt.date) -> dict[str, frozenset[str]]:
    return ledger_metrics.sources_reading({target.table for target in ledger.targets}, month)


def _without_history(ledger: Ledger) -> None:
    """Until the savepoint is left: nobody reads the record of what is taken back."""
    names = [
        trigger.get_pgid(model)
        for model, trigger in pgtrigger.registered()
        if model in ledger.tracked and isinstance(trigger, pghistory.trigger.Event)
    ]
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('pgtrigger.ignore', %s, true)", [f"{{{','.join(names)}}}"])
