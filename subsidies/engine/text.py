"""SQL text with named parameters, put together from pieces."""

from collections.abc import Collection
from typing import Any

from django.db import connection
from django.db.models.expressions import RawSQL

from eldercare.expressions import Expression, sql_of


class Statement:
    """Collects the parameters of one statement while its text is written."""

    def __init__(self) -> None:
        self.params: dict[str, Any] = {}

    def value(self, value: Any) -> str:
        """The placeholder of a value."""
        name = f"p{len(self.params)}"
        self.params[name] = value
        return f"%({name})s"

    def condition(self, expression: Expression, columns: Collection[str]) -> str:
        """SQL of a condition; each of its names is a column of ``columns``."""
        unknown = set(expression.names) - set(columns)
        if unknown:
            raise ValueError(f"A condition uses what is not there: {sorted(unknown)}.")
        django = expression.as_django(lambda term: RawSQL(f'f."{term.name}"', []))  # noqa: S611 - a known name
        text, params = sql_of(django, connection)
        pieces = text.split("%s")
        written = pieces[0]
        for param, piece in zip(params, pieces[1:], strict=True):
            written += self.value(param) + piece
        return written

    def rows(self, text: str) -> list[tuple]:
        with connection.cursor() as cursor:
            cursor.execute(text, self.params)
            return cursor.fetchall()

    def run(self, text: str) -> int:
        """Execute, and say how many rows it touched."""
        with connection.cursor() as cursor:
            cursor.execute(text, self.params)
            return cursor.rowcount
