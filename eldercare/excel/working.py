"""What a worker does with an upload: read it into a change slip, and write what a person agreed to."""

import logging
from collections.abc import Collection, Iterable, Mapping
from itertools import islice

import pghistory
from django.db import DataError, IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from eldercare.audit import masked
from eldercare.errors import Refused
from eldercare.excel import slips, standstill
from eldercare.excel.batches import MOST_ATTEMPTS, lock_tables, opened, record_step, who, working_on
from eldercare.excel.cells.texts import as_typed
from eldercare.excel.cells.words import TOWNSHIP, VILLAGE, Place, Places
from eldercare.excel.changes import Changes
from eldercare.excel.cleaning import CleanBatch, Context
from eldercare.excel.columns import Finding, Severity
from eldercare.excel.effects import Figures, count_ahead, effects_of
from eldercare.excel.layout import Layout
from eldercare.excel.ledgers import Ledger, Situation, ledger_of
from eldercare.excel.reading import NoTable, Sheet, Table
from eldercare.excel.staging import Stage
from eldercare.key_rotation import require_rotated
from eldercare.key_rotation_uploads import require_lines_rotated
from eldercare.models import ColumnMapping, ImportBatch, Notice, OrgUnit

Status = ImportBatch.Status
ROWS_AT_ONCE = 5_000
SHOWN = 200  # skipped rows, headings
VACUUM_FROM = 5_000  # changed rows
ANALYZE_FROM = 1_000  # lines of a slip
BROKEN_OFF = "处理这次上传时多次中断，已停止，没有写入任何内容。请稍后再试一次；仍不行请联系系统管理员。"
LOST_STAGE = "数据库重新启动过，已重新读取这张表，请再确认一次。"
STALE = "预览之后，台账里有 {} 行又被改过。下面是按现在的台账重新比较的结果，请再看一遍后写入。"

logger = logging.getLogger(__name__)


class Stale(Exception):
    """The ledger is not as it was when the slip was made."""

    def __init__(self, rows: list[int]) -> None:
        super().__init__(len(rows))
        self.rows = rows


def work_due() -> list[int]:
    """Do what is due; ids of the batches that were worked on. Safe at any time, and at the same time."""
    done = []
    for pk in list(ImportBatch.objects.due().order_by("pk").values_list("pk", flat=True)):
        if work_on(pk):
            done.append(pk)
    return done


def work_on(pk: int) -> bool:
    """Read or apply one batch; False if another worker is at it or there is nothing to do."""
    with working_on(pk) as mine:
        if not mine:
            return False
        found = ImportBatch.objects.select_related("org_unit", "created_by", "applied_by", "file")
        batch = found.defer("file__content").get(pk=pk)
        if batch.status not in ImportBatch.WORKING:
            return False
        batch.attempts += 1
        batch.save(update_fields=["attempts"])
        if batch.attempts > MOST_ATTEMPTS:
            _give_up(batch)
        elif batch.status == Status.READING:
            _read(batch)
        else:
            _apply(batch)
        return True


def _give_up(batch: ImportBatch) -> None:
    was_read = batch.status == Status.APPLYING
    batch.status, batch.message = (Status.READY if was_read else Status.REFUSED), BROKEN_OFF
    batch.save(update_fields=["status", "message"])
    _tell(batch, f"“{batch.filename}”没有处理成功")


def _tell(batch: ImportBatch, text: str) -> None:
    Notice.objects.create(
        recipient=batch.created_by,
        kind=Notice.Kind.IMPORT,
        text=masked(text)[:300],
        link=reverse("import-detail", args=[batch.pk]),
    )


# --- Reading --------------------------------------------------------------------------------------------------


def _read(batch: ImportBatch, said: str = "") -> None:
    """``said``: what is to be told beside the slip."""
    ledger = ledger_of(batch.ledger)
    stage = Stage(batch, ledger)
    try:
        require_rotated(*ledger.tracked)
        ledger.guard(batch)
        ahead: list[Figures | None] = []
        with opened(batch, ledger, meanwhile=lambda: ahead.append(count_ahead(batch))) as table:
            _remember(batch, ledger, table.layout)
            findings = _stage(batch, ledger, stage, table)
            batch.sheet = table.sheet.name[:60]
            batch.layout = _about(table)
        batch.message = said
        _compare(batch, ledger, stage, findings, ahead[0])
    except NoTable as error:
        batch.status, batch.message = Status.UNMATCHED, masked(error)[:500]
        batch.layout = {"candidates": [_candidate(*each) for each in error.candidates]}
        batch.save()
        stage.drop()
        _tell(batch, f"“{batch.filename}”的表头没有认全，请对应一下")
    except Refused as error:
        batch.status, batch.message = Status.REFUSED, masked(error)[:500]
        batch.save()
        stage.drop()
        _tell(batch, f"“{batch.filename}”没有读成：{error}")


def _stage(batch: ImportBatch, ledger: Ledger, stage: Stage, table: Table) -> list[Finding]:
    """Clean the rows and copy them into the staging table; what is wrong with them."""
    situation = situation_of(batch, table.layout.fields)
    prepare = ledger.prepare(situation)
    stage.create()
    findings: list[Finding] = []
    rows = 0
    context = Context(places=situation.places, township=situation.township)
    for clean in _gathered(table.read(context), ROWS_AT_ONCE):
        prepare(clean)
        stage.copy(clean)
        findings += clean.findings
        rows += len(clean.rows)
        ImportBatch.objects.filter(pk=batch.pk).update(progress=rows)
    batch.total = batch.progress = rows
    stage.analyze()
    return findings


def _gathered(batches: Iterable[CleanBatch], size: int) -> Iterable[CleanBatch]:
    """Batches of at least ``size`` rows: each costs a round trip or two."""
    held: CleanBatch | None = None
    for each in batches:
        if held is None:
            held = each
        else:
            held.rows += each.rows
            held.findings += each.findings
            for key, values in each.values.items():
                held.values[key] += values
        if len(held.rows) >= size:
            yield held
            held = None
    if held is not None:
        yield held


def situation_of(batch: ImportBatch, positions: Mapping[str, int]) -> Situation:
    user = batch.created_by
    levels = [OrgUnit.Level.TOWNSHIP, OrgUnit.Level.REPORTING, OrgUnit.Level.VILLAGE]
    if batch.org_unit.level == OrgUnit.Level.COUNTY:
        levels.append(OrgUnit.Level.COUNTY)  # a few facilities belong to no township
    visible = list(
        OrgUnit.objects.filter(path__startswith=batch.org_unit.county_path, level__in=levels).select_related(
            "parent", "predecessor"
        )
    )
    places = tuple(
        Place(
            unit.code,
            unit.name,
            VILLAGE if unit.level == OrgUnit.Level.VILLAGE else TOWNSHIP,
            unit.parent.code if unit.parent else "",
            (unit.predecessor.name,) if unit.predecessor and unit.predecessor.name != unit.name else (),
        )
        for unit in visible
    )
    return Situation(batch, user, {unit.code: unit for unit in visible}, Places(places), positions)


@transaction.atomic
def _compare(
    batch: ImportBatch, ledger: Ledger, stage: Stage, findings: list[Finding], ahead: Figures | None
) -> None:
    """Against the ledger as it is: the slip, and what it would do to the figures."""
    _take_room()
    changes = Changes(batch, ledger, stage, batch.layout["positions"])
    marked = standstill.mark(changes)
    across = stage.findings_across_rows(changes.params, batch.layout["positions"])
    if bad := {each.row for each in across if each.severity is Severity.ERROR}:
        stage.mark_bad(bad)
    by_row = slips.findings_by_row([*findings, *across], ledger)
    changes.diff()
    standstill.keep(changes, marked)
    slips.store(changes, by_row)
    batch.effects = effects_of(changes, ahead) if batch.new or batch.changed else []
    batch.status, batch.attempts = Status.READY, 0
    batch.read_at = timezone.now()
    batch.save()
    words = f"新增 {batch.new}、变更 {batch.changed}、错误 {batch.errors}"
    _tell(batch, f"“{batch.filename}”读好了：{words}，请核对后写入")


def _remember(batch: ImportBatch, ledger: Ledger, layout: Layout) -> None:
    if batch.mapping:
        ColumnMapping.objects.update_or_create(
            org_unit=batch.org_unit,
            ledger=ledger.key,
            fingerprint=layout.fingerprint,
            defaults={"mapping": batch.mapping, "saved_by": batch.created_by},
        )


def _about(table: Table) -> dict:
    """What the slip says of how the sheet was read."""
    layout = table.layout
    return {
        "sheet": table.sheet.name,
        "positions": layout.fields,
        "ignored": [masked(f"{each.letters} 列“{each.text}”") for each in layout.unmatched if each.text][
            :SHOWN
        ],
        "remarks": [masked(each) for each in layout.remarks],
        "skipped": [
            {"row": each.row, "reason": each.reason, "text": masked(each.text)}
            for each in islice(table.skipped, SHOWN)
        ],
        "skipped_count": len(table.skipped),
        "hidden_rows": table.hidden_rows[:SHOWN],
        "hidden_count": len(table.hidden_rows),
        "fingerprint": layout.fingerprint,
    }


def _candidate(sheet: Sheet, layout: Layout | None) -> dict:
    """A sheet as it is shown for matching by hand: headings with a few values, numbers hidden."""
    about = {"sheet": sheet.name, "rows": sheet.rows, "headings": [], "missing": [], "heading_row": 0}
    if layout is None:
        return about
    samples = sheet.head[layout.first_data : layout.first_data + 3]
    about["heading_row"] = layout.first_heading + 1
    about["missing"] = [column.heading for column in layout.missing]
    about["headings"] = [
        {
            "text": masked(each.text),  # a sheet without headings begins with a person
            "letters": each.letters,
            "field": each.field,
            "suggestion": each.suggestion,
            "why": each.why,
            "samples": [
                masked(as_typed(row[each.index]))[:30]
                for row in samples
                if each.index < len(row) and row[each.index] != ""
            ],
        }
        for each in layout.headings[:SHOWN]
    ]
    return about


# --- Applying -------------------------------------------------------------------------------------------------


def _apply(batch: ImportBatch) -> None:
    ledger = ledger_of(batch.ledger)
    stage = Stage(batch, ledger)
    if not stage.is_whole(batch.total):
        batch.status, batch.attempts, batch.message = Status.READING, 0, LOST_STAGE
        batch.save()
        _read(batch, said=LOST_STAGE)
        return
    changes = Changes(batch, ledger, stage, batch.layout["positions"])
    _count_lines(batch)
    try:
        _write(changes)
    except Stale as stale:
        _show_again(changes, stale.rows)
    except (IntegrityError, DataError) as error:
        _back(batch, _words_of(ledger, error))
    except Refused as error:
        _back(batch, str(error))
    else:
        _vacuum(batch, ledger)


def _count_lines(batch: ImportBatch) -> None:
    """The planner takes a batch it has never seen for one with a single line, and joins its lines in a loop."""
    if batch.new + batch.changed + batch.missing >= ANALYZE_FROM:
        with connection.cursor() as cursor:
            cursor.execute('ANALYZE eldercare_importline (batch_id, "row")')


def _write(changes: Changes) -> None:
    batch, ledger = changes.batch, changes.ledger
    with transaction.atomic(), pghistory.context(**who(batch.applied_by, **{"import": batch.pk})) as context:
        lock_tables(ledger)
        ledger.guard(batch)
        require_lines_rotated(batch.pk)
        shown = list(batch.lines.filter(state="missing").values_list("target_id", flat=True))
        gone = shown if batch.close_missing else []
        if not standstill.holds(changes):
            _compare_again(changes, gone)
        changes.write()
        changes.link_new()
        if gone:
            changes.close(gone)
        batch.status, batch.message = Status.APPLIED, ""
        batch.applied_at, batch.applied_context = timezone.now(), context.id
        batch.save()
        ledger.written(batch)
        changes.stage.drop()
        record_step(
            batch,
            batch.applied_by,
            "写入",
            new=batch.new,
            changed=batch.changed,
            closed=len(gone),
            left=batch.errors,
        )


def _compare_again(changes: Changes, gone: Collection[int]) -> None:
    """With the ledger as it is now. Raises Stale where that is not what the slip says."""
    changes.diff()
    wrong = {each.row for each in _newly_wrong(changes)}
    rows = sorted(wrong.union(slips.stale_rows(changes)))
    missing = {pk for pk, _ in changes.missing()} if changes.batch.close_missing else set()
    if rows or missing != set(gone):
        raise Stale(rows or [0])


def _take_room() -> None:
    """Joins of a whole file with a whole ledger stay in memory, until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL work_mem = '64MB'")


@transaction.atomic
def _show_again(changes: Changes, rows: list[int]) -> None:
    batch = changes.batch
    found = {line.row: line.findings for line in batch.lines.exclude(findings=[]).only("row", "findings")}
    # What was good when it was read may belong to another township by now: not even its old values are shown.
    if wrong := _newly_wrong(changes):
        changes.stage.mark_bad({each.row for each in wrong})
        for row, more in slips.findings_by_row(wrong, changes.ledger).items():
            found[row] = found.get(row, []) + more
    changes.diff()
    slips.store(changes, found, stale=rows)
    batch.effects = effects_of(changes, None) if batch.new or batch.changed else []
    _back(batch, STALE.format(len(rows)))


def _newly_wrong(changes: Changes) -> list[Finding]:
    return changes.stage.newly_wrong(changes.params, changes.batch.layout["positions"])


def _back(batch: ImportBatch, message: str) -> None:
    """Nothing was written; the slip is open again."""
    batch.status, batch.message, batch.attempts = Status.READY, message[:500], 0
    batch.applied_at = batch.applied_context = None
    batch.save()
    _tell(batch, f"“{batch.filename}”没有写入：{message}")


def _words_of(ledger: Ledger, error: Exception) -> str:
    """Which rule of the database refused, in words; its own message may hold personal data."""
    name = getattr(getattr(error.__cause__, "diag", None), "constraint_name", "") or ""
    for model in ledger.tracked:
        for constraint in model._meta.constraints:
            if constraint.name == name:
                return f"有行与台账里的记录冲突，整批没有写入：{constraint.get_violation_error_message()}"
    logger.error("An upload was refused by the database (%s, %s).", type(error).__name__, name)
    return "有行与台账里的记录冲突，整批没有写入。请重新上传一次；仍不行请联系系统管理员。"


def _vacuum(batch: ImportBatch, ledger: Ledger) -> None:
    """Counts and plans are slow right after a large change otherwise."""
    if batch.new + batch.changed < VACUUM_FROM or connection.in_atomic_block:
        return
    with connection.cursor() as cursor:
        for model in ledger.tracked:
            cursor.execute(f'VACUUM (ANALYZE) "{model._meta.db_table}"')
