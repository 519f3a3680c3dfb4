"""Taking an applied upload back, from the history that the database's triggers kept of it.

Every row that the upload wrote has an event under the upload's context. A row that it made is deleted, a row that it
changed gets back the values of the event before. A row that somebody changed since, or that something else now
depends on, is left as it is and listed; or the undo is refused as a whole.
"""

import pghistory
from django.db import connection, models, transaction
from django.utils import timezone

from eldercare.audit import masked
from eldercare.errors import Conflict, Refused
from eldercare.excel.batches import lock_tables, record_step, require, who
from eldercare.excel.ledgers import Ledger, ledger_of
from eldercare.models import ImportBatch, User

Status = ImportBatch.Status
LISTED = 500


@transaction.atomic
def undo(batch: ImportBatch, *, by: User, reason: str, leave_changed: bool = False) -> list[dict]:
    """Restore what the upload changed. The rows that were left: [{"ledger", "id", "label", "why"}].

    Raises Conflict when rows were changed since and ``leave_changed`` is not wanted, and Refused without a reason.
    """
    batch = ImportBatch.objects.select_for_update(of=("self",)).select_related("org_unit").get(pk=batch.pk)
    ledger = ledger_of(batch.ledger)
    require(by, ledger, batch.org_unit)
    reason = reason.strip()
    if batch.status == Status.UNDONE:
        return batch.undo_left
    if batch.status != Status.APPLIED:
        raise Refused(f"这次上传{batch.get_status_display()}，没有可撤销的内容。")
    if not reason:
        raise Refused("请写明撤销的原因。")
    ledger.guard(batch)
    left: list[dict] = []
    lock_tables(ledger)
    with pghistory.context(**who(by, import_undo=batch.pk)):
        for model in reversed(ledger.tracked):
            left += _Table(model, batch).undo()
    if left and not leave_changed:
        transaction.set_rollback(True)
        raise Conflict(
            f"写入之后有 {len(left)} 行又被改过或已被引用，整批没有撤销："
            f"{'、'.join(each['label'] for each in left[:5])}{' 等' if len(left) > 5 else ''}。"
            "可以勾选“保留这些行，撤销其余的”再试。"
        )
    batch.status, batch.undone_at, batch.undone_by = Status.UNDONE, timezone.now(), by
    batch.undo_reason, batch.undo_left = masked(reason)[:200], left[:LISTED]
    batch.save()
    ledger.written(batch)
    record_step(batch, by, "撤销", reason=reason, kept=len(left))
    return left


def changed_since(batch: ImportBatch) -> int:
    """How many rows of an applied upload could not be restored now."""
    ledger: Ledger = ledger_of(batch.ledger)
    return sum(len(_Table(model, batch).touched_since()) for model in ledger.tracked)


class _Table:
    """One table of the ledger and what the upload did to it."""

    def __init__(self, model: type[models.Model], batch: ImportBatch) -> None:
        self.model, self.batch = model, batch
        self.table = model._meta.db_table
        event = next(iter(model.pgh_event_models.values()))
        self.events = event._meta.db_table
        self.columns = [each.column for each in model._meta.concrete_fields if not each.primary_key]
        self.params = {"context": batch.applied_context}

    def _fetch(self, sql: str, **more: object) -> list[tuple]:
        with connection.cursor() as cursor:
            cursor.execute(sql, self.params | more)
            return cursor.fetchall()

    def _execute(self, sql: str, **more: object) -> None:
        with connection.cursor() as cursor:
            cursor.execute(sql, self.params | more)

    def touched_since(self) -> list[int]:
        """Ids of rows with a later event than the upload's."""
        return [
            pk
            for (pk,) in self._fetch(
                f"""SELECT own.pgh_obj_id
                      FROM (SELECT pgh_obj_id, max(pgh_id) AS last FROM {self.events}
                             WHERE pgh_context_id = %(context)s GROUP BY 1) own
                     WHERE EXISTS (SELECT 1 FROM {self.events} e
                                    WHERE e.pgh_obj_id = own.pgh_obj_id AND e.pgh_id > own.last)
                     ORDER BY 1"""
            )
        ]

    def undo(self) -> list[dict]:
        changed = self.touched_since()
        made = [
            pk
            for (pk,) in self._fetch(
                f"""SELECT e.pgh_obj_id FROM {self.events} e JOIN {self.table} t ON t.id = e.pgh_obj_id
                     WHERE e.pgh_context_id = %(context)s AND e.pgh_label = 'insert'
                       AND NOT e.pgh_obj_id = ANY(%(changed)s)""",
                changed=changed,
            )
        ]
        needed = self._needed(made)
        removed = [pk for pk in made if pk not in needed]
        sets = ", ".join(f'"{column}" = e."{column}"' for column in self.columns)
        self._execute(
            f"""UPDATE {self.table} t SET {sets}
                  FROM (SELECT pgh_obj_id, min(pgh_id) AS first FROM {self.events}
                         WHERE pgh_context_id = %(context)s GROUP BY 1) own,
                       LATERAL (SELECT * FROM {self.events} before
                                 WHERE before.pgh_obj_id = own.pgh_obj_id AND before.pgh_id < own.first
                                 ORDER BY before.pgh_id DESC LIMIT 1) e
                 WHERE t.id = own.pgh_obj_id AND NOT t.id = ANY(%(changed)s)""",
            changed=changed,
        )
        self._throw_away(removed)
        self._execute(f"DELETE FROM {self.table} WHERE id = ANY(%(removed)s)", removed=removed)
        return self._left(changed, "写入之后又改过") + self._left(sorted(needed), "已被其他记录引用")

    def _needed(self, made: list[int]) -> set[int]:
        """Rows that something else refers to by now: a stay in a bed, a post of a person."""
        needed: set[int] = set()
        for relation in self._relations():
            other = relation.related_model
            if _is_thrown_away(relation) or not made:
                continue
            table, column = other._meta.db_table, relation.field.column
            if relation.many_to_many:  # the table between the two refers to it
                table, column = relation.through._meta.db_table, relation.field.m2m_reverse_name()
            rows = self._fetch(
                f'SELECT DISTINCT "{column}" FROM {table} WHERE "{column}" = ANY(%(made)s)',
                made=made,
            )
            needed.update(pk for (pk,) in rows)
        return needed

    def _relations(self) -> list:
        """From other tables to this one, those without a name on this side too; but not from histories."""
        return [
            each
            for each in self.model._meta.get_fields(include_hidden=True)
            if each.auto_created
            and not each.concrete
            and not each.related_model._meta.proxy
            and not each.related_model._meta.auto_created
            and not hasattr(each.related_model, "pgh_tracked_model")
            and (each.many_to_many or each.field.db_constraint)
        ]

    def _throw_away(self, removed: list[int]) -> None:
        """What was only worked out about the rows goes with them."""
        for relation in filter(_is_thrown_away, self._relations()):
            table, column = relation.related_model._meta.db_table, relation.field.column
            self._execute(f'DELETE FROM {table} WHERE "{column}" = ANY(%(removed)s)', removed=removed)

    def _left(self, ids: list[int], why: str) -> list[dict]:
        found = self.model._base_manager.in_bulk(ids[:LISTED])
        name = str(self.model._meta.verbose_name)
        called = {}
        if self.model is ledger_of(self.batch.ledger).subject_target.model:
            called = dict(
                self.batch.lines.filter(target_id__in=ids[:LISTED]).values_list("target_id", "label")
            )
        return [
            {
                "table": name,
                "id": pk,
                "label": f"{name}“{called.get(pk) or found[pk]}”" if pk in found else f"{name}（已删除）",
                "why": why,
            }
            for pk in ids
        ]


def _is_thrown_away(relation: models.ForeignObjectRel) -> bool:
    """A row that nobody looks up from this side, and that is deleted with what it refers to."""
    return relation.hidden and not relation.many_to_many and relation.on_delete is models.CASCADE
