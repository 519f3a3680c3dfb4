"""What a person does with an upload beyond the engine's own steps."""

from django.db import transaction

from eldercare.errors import Conflict
from eldercare.excel.batches import ask_to_apply, match, record_step
from eldercare.import_pages import slip_stamp
from eldercare.models import ColumnMapping, ImportBatch, User

RENEWED = "变更单在您打开之后有变化，请再看一遍后写入。"


@transaction.atomic
def agree(
    batch: ImportBatch, *, by: User, seen: str, only_good: bool, close_missing: bool, reason: str
) -> ImportBatch:
    """Ask for the slip to be written that was looked at; ``seen`` is its stamp. Raises Conflict for another."""
    now = ImportBatch.objects.select_for_update().get(pk=batch.pk)
    if now.status == ImportBatch.Status.READY and seen != slip_stamp(now):
        raise Conflict(RENEWED)
    return ask_to_apply(now, by=by, only_good=only_good, close_missing=close_missing, reason=reason)


@transaction.atomic
def forget_match(batch: ImportBatch, *, by: User) -> ImportBatch:
    """Read the upload again without the match by hand that was made or remembered for its layout."""
    fingerprint = batch.layout.get("fingerprint", "")
    batch = match(batch, sheet=batch.sheet, mapping={}, by=by)
    ColumnMapping.objects.filter(
        org_unit=batch.org_unit_id, ledger=batch.ledger, fingerprint=fingerprint
    ).delete()
    record_step(batch, by, "重新对应表头")
    return batch
