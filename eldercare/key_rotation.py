"""Changing the encryption key: every stored value is encrypted again under the current key.

1. ``python -m eldercare.encryption_keys`` prints a new entry. Put it first in ENCRYPTION_KEYS, the old one
   after it, for every web and worker process, and restart them. Everything can still be read and found.
2. ``manage.py rotate_keys``. It commits batch by batch; stopped or killed, it goes on where it was when run
   again; run twice it does nothing. History tables too; no history is written about it. Uploaded workbooks and
   change slips as well: ``key_rotation_uploads.py``.
3. When it says so, take the old key out. Backups made before need it: keep it with them.

Between 1 and 2 a unique constraint cannot see that a value under the old key and one under the new are the
same. Forms can (they look under all keys), bulk imports cannot: they call ``require_rotated`` first. Should two
equal values have come in nevertheless, the constraint refuses the second when it is re-encrypted, and
``rotate_keys`` names both rows for a person to merge.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pgtrigger
from django.apps import apps
from django.db import IntegrityError, connection, models, transaction
from psycopg import sql

from eldercare.encryption import encrypted_fields
from eldercare.encryption_keys import DecryptionError, key_ring
from eldercare.errors import Refused

BATCH = 2000  # rows per transaction: locked for a fraction of a second


@dataclass
class Outcome:
    """What became of one table. ``unreadable`` and ``doubles`` hold primary keys, never values."""

    rotated: int = 0
    unreadable: dict[str, list[Any]] = field(default_factory=dict)
    doubles: list[Any] = field(default_factory=list)

    @property
    def complete(self) -> bool:
        return not self.unreadable and not self.doubles


def encrypted_models() -> list[type[models.Model]]:
    """Every model with encrypted columns in its own table, history models included."""
    found = (model for model in apps.get_models(include_auto_created=True) if encrypted_fields(model))
    return sorted(found, key=lambda model: model._meta.label)


def keys_in_use(model: type[models.Model]) -> dict[str, int]:
    """How many values of a table are under each key."""
    counts: dict[str, int] = {}
    with connection.cursor() as cursor:
        for each in encrypted_fields(model):
            query = "SELECT split_part({c}, ':', 1), count(*) FROM {t} WHERE {c} <> '' GROUP BY 1"
            cursor.execute(_compose(query, model, c=sql.Identifier(each.column)))
            for key_id, count in cursor.fetchall():
                counts[key_id] = counts.get(key_id, 0) + count
    return counts


def require_rotated(*tables: type[models.Model]) -> None:
    """Raises Refused while a table still has values under another key than the current one.

    For whatever compares stored values in SQL, such as an import's diff: it would take a person under the old
    key for a new one. Costs nothing while the ring has one key.
    """
    if len(key_ring().keys) == 1:
        return
    for model in tables:
        with connection.cursor() as cursor:
            query = _compose("SELECT EXISTS (SELECT 1 FROM {t} WHERE {due})", model)
            cursor.execute(query, {"prefix": key_ring().current.prefix})
            if cursor.fetchone()[0]:
                raise Refused(
                    "正在更换加密密钥，按证件号码、账号的比对暂不可靠，批量导入和生成批次要等一等；请待系统管理员完成密钥更换后再试。"
                )


def rotate(
    model: type[models.Model], *, batch: int = BATCH, on_batch: Callable[[int], None] = lambda rows: None
) -> Outcome:
    """Encrypt the table's values under the current key, ``batch`` rows per transaction."""
    return until_nothing_is_left(lambda outcome: _batches(model, batch, outcome), on_batch)


def until_nothing_is_left(
    one_pass: Callable[[Outcome], Iterator[int]], on_batch: Callable[[int], None]
) -> Outcome:
    """Passes over a table until one finds nothing: processes that still had the old order of keys may have
    written meanwhile. A pass yields how many rows each of its batches renewed.
    """
    total = 0
    while True:
        outcome = Outcome()
        for rows in one_pass(outcome):
            outcome.rotated += rows
            on_batch(rows)
        total += outcome.rotated
        if not outcome.rotated:
            outcome.rotated = total
            return outcome


def _batches(model: type[models.Model], batch: int, outcome: Outcome) -> Iterator[int]:
    """One pass, by primary key; yields how many rows each batch renewed."""
    after = None
    while True:
        with transaction.atomic():
            rows = _due(model, after, batch)
            renewed = [new for row in rows if (new := _renewed(model, row, outcome)) != row]
            written = _write(model, renewed, outcome)
        if not rows:
            return
        after = rows[-1][0]
        yield written


def _due(model: type[models.Model], after: Any, batch: int) -> list[tuple]:
    """The next rows with a value under another key, locked: primary key, then the encrypted columns."""
    pk = sql.Identifier(model._meta.pk.column)
    resume = sql.SQL("true") if after is None else sql.SQL("{} > %(after)s").format(pk)
    query = _compose(
        "SELECT {pk}, {columns} FROM {t} WHERE {resume} AND ({due}) ORDER BY {pk} LIMIT %(batch)s FOR UPDATE",
        model,
        resume=resume,
    )
    values = {"prefix": key_ring().current.prefix, "after": after, "batch": batch}
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return cursor.fetchall()


def _renewed(model: type[models.Model], row: tuple, outcome: Outcome) -> tuple:
    """The row under the current key; a value that cannot be read stays as it is and is noted."""
    ring, values = key_ring(), list(row)
    for place, each in enumerate(encrypted_fields(model), start=1):
        stored = values[place]
        if not stored or stored.startswith(ring.current.prefix):
            continue
        try:
            values[place] = ring.current.encrypt(ring.decrypt(stored, each.context), each.context)
        except DecryptionError:
            outcome.unreadable.setdefault(each.name, []).append(row[0])
    return tuple(values)


def _write(model: type[models.Model], rows: list[tuple], outcome: Outcome) -> int:
    """Write a batch; where a unique constraint refuses it, row by row, so that only the doubles stay behind."""
    if not rows:
        return 0
    try:
        # The data stay what they were: nothing for the triggers to record, or to forbid in a history table.
        with pgtrigger.ignore(), transaction.atomic():
            _update(model, rows)
        return len(rows)
    except IntegrityError:
        if len(rows) == 1:
            outcome.doubles.append(rows[0][0])
            return 0
        return sum(_write(model, [row], outcome) for row in rows)


def _update(model: type[models.Model], rows: list[tuple]) -> None:
    fields = encrypted_fields(model)
    query = _compose(
        "UPDATE {t} SET {changes} FROM unnest({arrays}) AS fresh ({names}) WHERE {t}.{pk} = fresh.pk",
        model,
        changes=sql.SQL(", ").join(
            sql.SQL("{} = fresh.{}").format(sql.Identifier(each.column), sql.Identifier(f"c{place}"))
            for place, each in enumerate(fields)
        ),
        arrays=sql.SQL(", ").join(
            [sql.SQL(f"%s::{_pk_type(model)}[]"), *[sql.SQL("%s::text[]")] * len(fields)]
        ),
        names=sql.SQL(", ").join(map(sql.Identifier, ["pk", *(f"c{n}" for n in range(len(fields)))])),
    )
    columns = [list(column) for column in zip(*rows, strict=True)]
    with connection.cursor() as cursor:
        cursor.execute(query, columns)


def _pk_type(model: type[models.Model]) -> str:
    return model._meta.pk.rel_db_type(connection)


def _compose(query: str, model: type[models.Model], **parts: sql.Composable) -> sql.Composed:
    """The query with the table's names put in, quoted; ``{due}`` holds where a value needs another key."""
    columns = [sql.Identifier(each.column) for each in encrypted_fields(model)]
    due = sql.SQL(" OR ").join(
        sql.SQL("({c} <> '' AND NOT starts_with({c}, %(prefix)s))").format(c=column) for column in columns
    )
    return sql.SQL(query).format(
        t=sql.Identifier(model._meta.db_table),
        pk=sql.Identifier(model._meta.pk.column),
        columns=sql.SQL(", ").join(columns),
        due=due,
        **parts,
    )
