"""Writing many rows of a demo: COPY, with encrypted columns encrypted in one go."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection, models
from django.utils import timezone

from eldercare.encryption import EncryptedField, encrypt_many


def copy(model: type[models.Model], names: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    """Rows of the named columns; the others get their defaults. Says how many."""
    fields = {field.column: field for field in model._meta.concrete_fields}
    rest = {
        column: timezone.now()
        if getattr(field, "auto_now_add", False)
        else field.get_db_prep_save(field.get_default(), connection)
        for column, field in fields.items()
        if column not in names and not field.primary_key and not field.null
    }
    rows = [[*row, *rest.values()] for row in rows]
    columns = [*names, *rest]
    for place, name in enumerate(columns):
        field = fields[name]
        if isinstance(field, EncryptedField):
            for row, stored in zip(rows, encrypt_many(field, [row[place] for row in rows]), strict=True):
                row[place] = stored
        elif place < len(names):
            for row in rows:
                row[place] = field.get_db_prep_save(row[place], connection)
    listed = ", ".join(f'"{name}"' for name in columns)
    with (
        connection.cursor() as cursor,
        cursor.copy(f'COPY "{model._meta.db_table}" ({listed}) FROM STDIN') as stream,
    ):
        for row in rows:
            stream.write_row(row)
    return len(rows)


def next_numbers(model: type[models.Model], number: int) -> int:
    """Reserve so many keys; gives the first."""
    table = model._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT nextval(pg_get_serial_sequence('{table}', 'id'))")
        first = cursor.fetchone()[0]
        cursor.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), %s)", [first + number])
    return first
