"""Names cut into single characters and pairs, so that a GIN index finds any two characters inside a name.

A trigram index finds nothing in a Chinese name of two or three characters. The SQL function and its index are in
the migration ``elder_register``.
"""

from django.contrib.postgres.fields import ArrayField
from django.db.models import Func, TextField

from eldercare.identity import name_key

FUNCTION = "subsidies_name_grams"
# PL/pgSQL, for a function in SQL takes 14 times as long: an import waits for it.
CREATE_FUNCTION = """
CREATE FUNCTION subsidies_name_grams(name text) RETURNS text[]
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE COST 1000 AS $$
DECLARE
  grams text[] := pg_catalog.string_to_array(name, NULL);
BEGIN
  FOR place IN 1..pg_catalog.length(name) - 1 LOOP
    grams := grams || pg_catalog.substr(name, place, 2);
  END LOOP;
  RETURN grams;
END
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
