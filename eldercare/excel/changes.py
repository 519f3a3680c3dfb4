"""From staged rows to what they change, and from that to the ledger: one diff, then one UPDATE and one INSERT a table.

``diff`` leaves beside the staging table another with the staged rows that are new or changed, and nothing of the others;
so an upload in which little has changed costs little more than reading it. What it says of them stands in columns that
begin with ``dif_``. It is kept for writing, in case nothing was touched until then (standstill.py).
All statements are made from the ledger's declaration; values are parameters.
"""

from collections.abc import Collection
from typing import Any

from django.db import connection, models

from eldercare.excel.ledgers import Field, Ledger, Target
from eldercare.excel.staging import Stage, analyze
from eldercare.models import ImportBatch

SINCE = "datemultirange(daterange(%(as_of)s::date, NULL))"


class Changes:
    """``present``: keys of the columns that the sheet has; what it has not, it does not change."""

    def __init__(self, batch: ImportBatch, ledger: Ledger, stage: Stage, present: Collection[str]) -> None:
        self.batch, self.ledger, self.stage, self.present = batch, ledger, stage, frozenset(present)
        self.targets = {target.name: target for target in ledger.targets}
        self.dif = stage.dif
        self.params: dict[str, Any] = {
            "as_of": batch.as_of,
            "batch": batch.pk,
            "unit": batch.org_unit_id,
            "user": batch.created_by_id,
            "reason": batch.reason,
            "path": batch.org_unit.path,
        }

    def execute(self, sql: str, **more: Any) -> int:
        with connection.cursor() as cursor:
            cursor.execute(sql, self.params | more)
            return cursor.rowcount

    def fetch(self, sql: str, **more: Any) -> list[tuple]:
        with connection.cursor() as cursor:
            cursor.execute(sql, self.params | more)
            return cursor.fetchall()

    # --- What changes -----------------------------------------------------------------------------------------

    def fields(self, target: Target) -> list[Field]:
        return [item for item in target.fields if item.key in self.present]

    def diff(self) -> None:
        """Into ``self.dif``: per row, for each target the id it has, and whether it is new or changed."""
        self.execute(f"DROP TABLE IF EXISTS {self.dif}")
        self.execute(f"CREATE UNLOGGED TABLE {self.dif} AS {self.comparison()}")
        analyze(self.dif)

    def comparison(self) -> str:
        joins, columns, wanted, news, alters, olds, words = [], [], [], [], [], [], []
        for target in self.ledger.targets:
            name, when = target.name, f"({target.when})"
            joins.append(f"LEFT JOIN {target.table} {name} ON {when} AND {target.join}")
            new = f"({name}.id IS NULL AND {when})"
            differs = [self._differs(target, item) for item in self.fields(target)]
            changed = f"({name}.id IS NOT NULL AND ({' OR '.join(differs) or 'false'}))"
            columns += [
                f"{name}.id AS dif_{name}_id",
                f"{new} AS dif_{name}_new",
                f"{changed} AS dif_{name}_changed",
            ]
            wanted += [new, changed]
            news.append(new if name == self.ledger.subject else "false")
            for item in self.fields(target):
                given = f"({new} AND {item.staged} IS NOT NULL)"
                differ = f"({name}.id IS NOT NULL AND {self._differs(target, item)})"
                old, value = self._old(target, item), item.new or item.staged
                words.append(
                    f"CASE WHEN {given} OR {differ} THEN jsonb_build_object('{item.key}', {value}) ELSE '{{}}'::jsonb END"
                )
                olds.append(
                    f"CASE WHEN {differ} THEN jsonb_build_object('{item.key}', {old}) ELSE '{{}}'::jsonb END"
                )
            alters.append(f"{new} OR {changed}")
        is_new = " OR ".join(news)
        return f"""
            SELECT s.*, CASE WHEN {is_new} THEN 'new' ELSE 'changed' END AS dif_state,
                   {self.ledger.subject}.id AS dif_subject_id,
                   left({self.ledger.row_label}, 200) AS dif_label,
                   {' || '.join(olds) or "'{}'::jsonb"} AS dif_old, {' || '.join(words) or "'{}'::jsonb"} AS dif_new,
                   {', '.join(columns)}
              FROM {self.stage.table} s {' '.join(joins)}
             WHERE NOT s.bad AND ({' OR '.join(wanted)})"""  # fmt: skip

    def _differs(self, target: Target, item: Field) -> str:
        column, staged = f'{target.name}."{item.column}"', item.staged
        if target.is_spell(item):
            return f"({staged} IS NOT NULL AND {staged} IS DISTINCT FROM ({column} @> %(as_of)s::date))"
        if self._keeps(target, item):
            return f"({staged} IS NOT NULL AND {staged} IS DISTINCT FROM {column})"
        return f"({self._given(target, item)} IS DISTINCT FROM {column})"

    def _given(self, target: Target, item: Field) -> str:
        """A text column has no null: an empty cell is the empty text."""
        found = target.model_field(item.column)
        is_text = isinstance(found, models.CharField | models.TextField) and not found.null
        return f"COALESCE({item.staged}, '')" if is_text else item.staged

    @staticmethod
    def _keeps(target: Target, item: Field) -> bool:
        found = target.model_field(item.column)
        cannot_be_empty = not found.null and not isinstance(found, models.CharField | models.TextField)
        return item.keep or cannot_be_empty

    @staticmethod
    def _old(target: Target, item: Field) -> str:
        if item.old:
            return item.old
        column = f'{target.name}."{item.column}"'
        return f"({column} @> %(as_of)s::date)" if target.is_spell(item) else column

    # --- Writing ----------------------------------------------------------------------------------------------

    def lock(self) -> None:
        """The rows that will change: nobody edits them until this transaction ends."""
        for target in self.ledger.targets:
            self.execute(
                f"""SELECT 1 FROM {target.table} t JOIN {self.dif} d ON d.{target.name}_id = t.id
                     WHERE d.{target.name}_changed ORDER BY t.id FOR UPDATE OF t"""
            )

    def write(self, *, but: Collection[str] = ()) -> None:
        """``but``: tables in which no row is changed; new rows are written, for others may refer to them."""
        for target in self.ledger.targets:
            if target.table not in but:
                self._update(target)
            self._insert(target)

    def link_new(self) -> None:
        """The lines of new rows learn which row each became."""
        subject = self.targets[self.ledger.subject]
        names = [*subject.parents, subject.name]
        joins = " ".join(
            f"JOIN {self.targets[name].table} {name} ON {self.targets[name].join}" for name in names
        )
        self.execute(
            f"""UPDATE eldercare_importline line SET target_id = {subject.name}.id
                  FROM {self.dif} s {joins}
                 WHERE s.dif_{subject.name}_new AND line.batch_id = %(batch)s AND line.row = s.row"""
        )

    def _update(self, target: Target) -> None:
        sets = [f'"{item.column}" = {self._set(target, item)}' for item in self.fields(target)]
        if sets:
            sets += [f'"{column}" = {sql}' for column, sql in target.on_update.items()]
            self.execute(
                f"""UPDATE {target.table} t SET {', '.join(sets)}
                      FROM {self.dif} s
                     WHERE s.dif_{target.name}_changed AND t.id = s.dif_{target.name}_id"""
            )  # fmt: skip

    def _set(self, target: Target, item: Field) -> str:
        column, staged = f't."{item.column}"', item.staged
        if target.is_spell(item):
            return (
                f"CASE WHEN {staged} IS NULL OR {staged} = ({column} @> %(as_of)s::date) THEN {column} "
                f"WHEN {staged} THEN {column} + {SINCE} ELSE {column} - {SINCE} END"
            )
        if self._keeps(target, item):
            return f"COALESCE({staged}, {column})"
        return self._given(target, item)

    def _insert(self, target: Target) -> None:
        values, more = dict(target.constants), {}
        for item in target.fields:
            values[item.column] = self._new_value(target, item)
        for each in target.model._meta.concrete_fields:
            if not each.primary_key and each.column not in values:
                values[each.column] = f"%(default_{each.column})s"
                more[f"default_{each.column}"] = each.get_db_prep_save(each.get_default(), connection)
        parents = " ".join(
            f"JOIN {self.targets[name].table} {name} ON {self.targets[name].join}" for name in target.parents
        )
        columns = ", ".join(f'"{column}"' for column in values)
        same = ", ".join(target.distinct)
        self.execute(
            f"""INSERT INTO {target.table} ({columns})
                SELECT DISTINCT ON ({same}) {', '.join(values.values())}
                  FROM {self.dif} s {parents}
                 WHERE s.dif_{target.name}_new ORDER BY {same}, s.row""",
            **more,
        )  # fmt: skip

    def _new_value(self, target: Target, item: Field) -> str:
        found = target.model_field(item.column)
        if target.is_spell(item):
            value = f"CASE WHEN {item.staged} THEN {item.default or SINCE} ELSE '{{}}'::datemultirange END"
            return value if item.key in self.present else "'{}'::datemultirange"
        staged = item.staged if item.key in self.present or item.source else "NULL"
        is_text = isinstance(found, models.CharField | models.TextField) and not found.null
        fallback = item.default or ("''" if is_text else "")
        return f"COALESCE({staged}, {fallback})" if fallback else staged

    def missing(self) -> list[tuple[int, str]]:
        """(id, label) of rows that the file could have had and has not."""
        if not self.ledger.missing:
            return []
        return self.fetch(self.ledger.missing.format(stage=self.stage.table))

    def close(self, ids: list[int]) -> None:
        """End rows of the subject as of the batch's day."""
        table = self.ledger.subject_target.table
        self.execute(
            f"""UPDATE {table} t SET "{self.ledger.closes}" = %(as_of)s
                 WHERE id = ANY(%(ids)s) AND NOT ({self.ledger.stays_open})""",
            ids=ids,
        )
