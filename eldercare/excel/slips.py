"""The change slip of an upload (变更单): its lines, counts, and whether it still holds."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from django.db import connection

from eldercare.audit import masked
from eldercare.encryption import MASKS
from eldercare.excel.changes import Changes
from eldercare.excel.columns import Finding, Severity
from eldercare.excel.ledgers import Ledger
from eldercare.models import ImportBatch, ImportLine

State = ImportLine.State

# A row is called by what stands in it; a number of a person may have slipped into the wrong column.
HIDDEN = (
    "regexp_replace(regexp_replace({}, "
    r"'(?<![0-9])([1-9][0-9]{{5}})(?:(?:19|20)[0-9]{{2}}|[0-9]{{2}})(?:0[1-9]|1[0-2])[0-3][0-9]([0-9]{{2,3}}[0-9Xx])(?![0-9])',"
    r" '\1****\2', 'g'), '(?<![0-9])(1[3-9][0-9])[0-9]{{4}}([0-9]{{4}})(?![0-9])', '\1****\2', 'g')"
)


def findings_by_row(findings: Iterable[Finding], ledger: Ledger) -> dict[int, list[dict]]:
    """As they are stored: what was typed is masked where the column is confidential, and a long number anywhere."""
    rows: dict[int, list[dict]] = defaultdict(list)
    for each in findings:
        field = ledger.confidential.get(each.key)
        rows[each.row].append(
            {
                "column": each.column,
                "key": each.key,
                "heading": each.heading,
                "severity": int(each.severity),
                "message": masked(each.message),
                "value": MASKS[field.mask](each.value) if field else masked(each.value),
            }
        )
    return rows


def as_findings(line: ImportLine) -> list[Finding]:
    return [
        Finding(line.row, each["column"], each["key"], each["heading"], Severity(each["severity"]), each["message"], each["value"])
        for each in line.findings
    ]  # fmt: skip


def store(changes: Changes, findings: Mapping[int, Sequence[dict]], *, stale: Iterable[int] = ()) -> None:
    """Write the lines of a batch anew from the table of differences and what was found, and count them into the batch."""
    batch, stage = changes.batch, changes.stage.table
    batch.lines.all().delete()
    changes.execute(
        f"""INSERT INTO eldercare_importline
                  (batch_id, row, state, has_warning, target_id, label, old, new, findings, is_stale)
           SELECT %(batch)s, row, dif_state, false, dif_subject_id, {HIDDEN.format("coalesce(dif_label, '')")},
                  dif_old, dif_new, '[]', row = ANY(%(stale)s)
             FROM {changes.dif}""",
        stale=list(stale),
    )
    _add_findings(changes, stage, findings)
    changes.execute(
        """INSERT INTO eldercare_importline
                  (batch_id, row, state, has_warning, target_id, label, old, new, findings, is_stale)
           SELECT %(batch)s, 0, 'missing', false, id, left(label, 200), '{}', '{}', '[]', false
             FROM unnest(%(ids)s::bigint[], %(labels)s::text[]) AS m(id, label)""",
        **dict(zip(("ids", "labels"), map(list, zip(*changes.missing(), strict=True)), strict=False))
        or {"ids": [], "labels": []},
    )
    _count(batch)


def _add_findings(changes: Changes, stage: str, findings: Mapping[int, Sequence[dict]]) -> None:
    """To the lines there are; a row in error gets a line. What is doubtful and in the ledger already was accepted then."""
    changes.execute("DROP TABLE IF EXISTS import_found")
    changes.execute("CREATE TEMPORARY TABLE import_found (row integer, severity integer, findings jsonb)")
    names = "COPY import_found (row, severity, findings) FROM STDIN"
    with connection.cursor() as cursor, cursor.copy(names) as copy:
        for row, found in findings.items():
            copy.write_row(
                (row, max(each["severity"] for each in found), json.dumps(found, ensure_ascii=False))
            )
    changes.execute(
        """UPDATE eldercare_importline line SET findings = f.findings, has_warning = f.severity >= 2
             FROM import_found f WHERE line.batch_id = %(batch)s AND line.row = f.row"""
    )
    changes.execute(
        f"""INSERT INTO eldercare_importline
                   (batch_id, row, state, has_warning, target_id, label, old, new, findings, is_stale)
            SELECT %(batch)s, f.row, 'error', false, NULL, {HIDDEN.format(f"left(coalesce({changes.ledger.row_label}, ''), 200)")},
                   '{{}}', '{{}}', f.findings, false
              FROM import_found f JOIN {stage} s ON s.row = f.row
             WHERE f.severity >= 3"""
    )


def _count(batch: ImportBatch) -> None:
    counts = defaultdict(int)
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT state, has_warning AND state <> 'error', count(*) FROM eldercare_importline
                WHERE batch_id = %s GROUP BY 1, 2""",
            [batch.pk],
        )
        for state, has_warning, number in cursor.fetchall():
            counts[state] += number
            counts["warnings"] += number if has_warning else 0
    batch.new, batch.changed = counts[State.NEW], counts[State.CHANGED]
    batch.missing, batch.errors, batch.warnings = (
        counts[State.MISSING],
        counts[State.ERROR],
        counts["warnings"],
    )
    batch.unchanged = batch.total - batch.new - batch.changed - batch.errors


def stale_rows(changes: Changes) -> list[int]:
    """Rows for which the table of differences, made now, is not what the slip says."""
    return [
        row
        for (row,) in changes.fetch(
            f"""SELECT coalesce(d.row, l.row)
                 FROM {changes.dif} d
                 FULL JOIN (SELECT * FROM eldercare_importline
                             WHERE batch_id = %(batch)s AND state IN ('new', 'changed')) l ON l.row = d.row
                WHERE (d.dif_state, d.dif_subject_id, d.dif_old, d.dif_new) IS DISTINCT FROM (l.state, l.target_id, l.old, l.new)
                ORDER BY 1"""
        )
    ]
