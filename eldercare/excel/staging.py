"""The staging table of one upload: cleaned rows go in by COPY, in the types of the ledger.

It is unlogged: after a crash of the database it is empty, which ``is_whole`` tells, and the file is read again.
"""

import re
from collections.abc import Iterable, Mapping, Sequence

from django.db import connection, transaction

from eldercare.encryption import encrypt_many
from eldercare.excel.cleaning import CleanBatch
from eldercare.excel.columns import Finding, Severity
from eldercare.excel.copying import write_columns
from eldercare.excel.ledgers import Ledger
from eldercare.models import ImportBatch


def analyze(table: str) -> None:
    """The planner guesses 10 rows otherwise, and loops over them. A small sample tells it enough."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL default_statistics_target = 10")
        cursor.execute(f"ANALYZE {table}")
        cursor.execute("SET LOCAL default_statistics_target = DEFAULT")


PLAIN_COLUMN = re.compile(r's\."?(\w+)"?').fullmatch


class _Repeats:
    """Whether two rows of the file agree in these columns, told while they pass: hardly any file has such rows,
    and a look for them among all rows takes the database a tenth of a second per 100,000."""

    def __init__(self, names: Sequence[str]) -> None:
        self.names, self.seen = names, set()
        self.found = not names

    def look_at(self, batch: CleanBatch) -> None:
        if self.found:
            return
        nothing = [None] * len(batch.rows)
        columns = (batch.values.get(name, nothing) for name in self.names)
        keys = [hash(key) for key in zip(*columns, strict=True) if None not in key]
        self.found = len(set(keys)) < len(keys) or not self.seen.isdisjoint(keys)
        self.seen.update(keys)


class Stage:
    def __init__(self, batch: ImportBatch, ledger: Ledger) -> None:
        self.ledger = ledger
        self.table = f"import_stage_{batch.pk}"
        self.dif = f"import_dif_{batch.pk}"  # see changes.py
        plain = [found[1] for sql in ledger.unique if (found := PLAIN_COLUMN(sql))]
        self.doubles = _Repeats(plain)
        self.repeats = {each.within: _Repeats(each.within) for each in ledger.checks if each.within}

    def create(self) -> None:
        """Empty, whatever was there."""
        types = ", ".join(f'"{name}" {kind}' for name, kind in self.ledger.staged.items())
        with connection.cursor() as cursor:
            cursor.execute(f"DROP TABLE IF EXISTS {self.table}, {self.dif}")
            cursor.execute(f"CREATE UNLOGGED TABLE {self.table} (row integer, bad boolean, {types})")

    def drop(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"DROP TABLE IF EXISTS {self.table}, {self.dif}")

    def analyze(self) -> None:
        analyze(self.table)

    def is_whole(self, rows: int) -> bool:
        with connection.cursor() as cursor:
            cursor.execute("SELECT to_regclass(%s)", [self.table])
            if cursor.fetchone()[0] is None:
                return False
            cursor.execute(f"SELECT count(*) FROM {self.table}")
            return cursor.fetchone()[0] == rows

    def copy(self, batch: CleanBatch) -> None:
        bad = batch.rows_with_errors
        columns: dict[str, Sequence] = {"row": batch.rows, "bad": [row in bad for row in batch.rows]}
        for name in self.ledger.staged:
            values = batch.values.get(name)
            if values is None or (values[0] is None and values.count(None) == len(values)):
                continue  # what is not named stays empty
            if name in self.ledger.confidential:
                values = encrypt_many(self.ledger.confidential[name], values)
            columns[name] = values
        for each in (self.doubles, *self.repeats.values()):
            each.look_at(batch)
        names = ", ".join(f'"{name}"' for name in columns)
        with connection.cursor() as cursor, cursor.copy(f"COPY {self.table} ({names}) FROM STDIN") as copy:
            write_columns(copy, list(columns.values()))

    def mark_bad(self, rows: Iterable[int]) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"UPDATE {self.table} SET bad = true WHERE row = ANY(%s)", [list(rows)])

    def findings_across_rows(self, params: dict, positions: Mapping[str, int]) -> list[Finding]:
        """What only the whole file shows: rows that mean the same thing, and the ledger's own checks."""
        found = [
            self._finding(positions, self.ledger.unique_key, row, message, Severity.ERROR)
            for row, message in (self._doubles() if self.doubles.found else ())
        ]
        for check in self.ledger.checks:
            if check.within and not self.repeats[check.within].found:
                continue
            for row, message in self._rows(check.sql.format(stage=self.table), params):
                found.append(self._finding(positions, check.key, row, message, check.severity))
        return found

    def newly_wrong(self, params: dict, positions: Mapping[str, int]) -> list[Finding]:
        """Errors by now in rows that were good when they were read: the ledger goes on while a slip waits."""
        found = []
        for check in self.ledger.checks:
            if check.severity is not Severity.ERROR or check.within:  # a file says of itself what it said
                continue
            sql = f"""SELECT now.row, now.message FROM ({check.sql.format(stage=self.table)}) AS now (row, message)
                        JOIN {self.table} good ON good.row = now.row AND NOT good.bad"""
            for row, message in self._rows(sql, params):
                found.append(self._finding(positions, check.key, row, message, check.severity))
        return found

    def _doubles(self) -> list[tuple[int, str]]:
        keys = {f"key_{number}": sql for number, sql in enumerate(self.ledger.unique)}
        named = ", ".join(f"{sql} AS {name}" for name, sql in keys.items())
        same = " AND ".join(f"{sql} = twice.{name}" for name, sql in keys.items())
        given = " AND ".join(f"{sql} IS NOT NULL" for sql in keys.values())
        # Hardly any file has doubles, and a count by hash tells that at once.
        sql = f"""
            SELECT s.row, array_agg(s.row) OVER (PARTITION BY {", ".join(keys)})
              FROM (SELECT {named} FROM {self.table} s WHERE {given}
                     GROUP BY {", ".join(keys)} HAVING count(*) > 1) twice
              JOIN {self.table} s ON {same} ORDER BY s.row"""
        return [
            (
                row,
                f"与第 {'、'.join(str(each) for each in sorted(others) if each != row)} 行重复，同一{self.ledger.row_name}只能有一行。请删去多余的一行。",
            )
            for row, others in self._rows(sql, {})
        ]

    def _rows(self, sql: str, params: dict) -> list[tuple]:
        with connection.cursor() as cursor:
            cursor.execute(sql, params)
            return cursor.fetchall()

    def _finding(
        self, positions: Mapping[str, int], key: str, row: int, message: str, severity: Severity
    ) -> Finding:
        heading = self.ledger.by_key[key].heading if key in self.ledger.by_key else ""
        return Finding(row, positions.get(key, -1), key, heading, severity, message, "")
