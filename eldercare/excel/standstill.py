"""Whether anything that a change slip was made from has been touched since.

PostgreSQL keeps with every row the number of the transaction that wrote it. Where each table has as many rows as when
the slip was made, and none by a transaction that was not over by then, nobody has added, changed or removed one: no
matter by which way, and with nothing to be kept up to date by those who write. A look at these numbers takes a
tenth of the time of comparing the file with the ledger again.

The mark lies in the comment of the table of differences, and goes with it.
"""

import hashlib
import json
import re

from django.apps import apps
from django.db import connection

from eldercare.encryption_keys import key_ring
from eldercare.excel.changes import Changes

WORTHWHILE_FROM = 2_000  # rows: a few are compared again faster than whole tables are looked at

WORD = re.compile(r"\w+")


def mark(changes: Changes) -> dict:
    """How things stand. Take it before the comparison: what happens meanwhile then counts as later.

    Empty for a small file.
    """
    if changes.batch.total < WORTHWHILE_FROM:
        return {}
    tables = _tables(changes)
    counts = ", ".join(f'(SELECT count(*) FROM "{table}")' for table in tables)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT pg_snapshot_xmin(pg_current_snapshot())::text, {_CLUSTER}, {counts}")
        over_before, cluster, *numbers = cursor.fetchone()
    return {
        "over_before": over_before,
        "cluster": cluster,
        "rows": dict(zip(tables, numbers, strict=True)),
        "asked": _asked(changes),
    }


def keep(changes: Changes, marked: dict) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"COMMENT ON TABLE {changes.dif} IS %s", [json.dumps(marked)])


def holds(changes: Changes) -> bool:
    """Whether the table of differences is still what a comparison would give now. Lock the ledger first."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT obj_description(to_regclass(%s), 'pg_class')", [changes.dif])
        marked = json.loads(cursor.fetchone()[0] or "{}")
        if not marked or marked["asked"] != _asked(changes) or list(marked["rows"]) != _tables(changes):
            return False
        earlier = "count(*) FILTER (WHERE age(xmin) > age(%(over_before)s::xid8::xid))"
        looks = " UNION ALL ".join(f'SELECT count(*), {earlier} FROM "{table}"' for table in marked["rows"])
        # A crash empties the table; and in a database restored elsewhere the numbers mean nothing.
        cursor.execute(f"SELECT count(*), {_CLUSTER} FROM {changes.dif}")
        if cursor.fetchone() != (changes.batch.new + changes.batch.changed, marked["cluster"]):
            return False
        cursor.execute(looks, marked)
        return cursor.fetchall() == [(number, number) for number in marked["rows"].values()]


_CLUSTER = "(SELECT system_identifier::text FROM pg_control_system())"


def _asked(changes: Changes) -> str:
    """The questions and the key of what was staged: a ledger may be defined, or a key changed, anew."""
    sql = _questions(changes)
    given = {name: str(value) for name, value in changes.params.items() if f"%({name})s" in sql}
    text = json.dumps([sql, given, key_ring().current.id])
    return hashlib.sha256(text.encode()).hexdigest()


def _tables(changes: Changes) -> list[str]:
    """Those that the questions name, and those that are written."""
    words = set(WORD.findall(_questions(changes)))
    known = {model._meta.db_table for model in apps.get_models(include_auto_created=True)}
    return sorted((known & words) | {model._meta.db_table for model in changes.ledger.tracked})


def _questions(changes: Changes) -> str:
    ledger = changes.ledger
    return "\n".join([changes.comparison(), ledger.missing, *(check.sql for check in ledger.checks)])
