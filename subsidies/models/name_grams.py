"""Names cut into single characters and pairs, so that a GIN index finds any two characters inside a name.

A trigram index finds nothing in a Chinese name of two or three characters. The SQL function and its index are in
the migration ``elder_register``.
"""

from django.contrib.postgres.fields import ArrayField
from django.db.models import Func, TextField

from eldercare.identity import name_key

FUNCTION = "subsidies_name_grams"
CREATE_FUNCTION = """
CREATE FUNCTION subsidies_name_grams(name text) RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 1000 AS $$
  SELECT pg_catalog.array_agg(DISTINCT gram) FROM (
    SELECT pg_catalog.substr(name, place, size) AS gram
    FROM pg_catalog.generate_series(1, pg_catalog.length(name)) AS place,
         pg_catalog.generate_series(1, 2) AS size
  ) AS cut
$$
"""


class NameGrams(Func):
    function = FUNCTION
    arity = 1
    output_field = ArrayField(TextField())


def grams_sought(text: str) -> list[str]:
    """What a name must hold to hold ``text``: its pairs of characters, or the one character it is."""
    key = name_key(text)
    if len(key) < 2:
        return [key] if key else []
    return sorted({key[place : place + 2] for place in range(len(key) - 1)})
