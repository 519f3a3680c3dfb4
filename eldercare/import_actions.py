"""What a person does with an upload beyond the engine's own steps."""

from django.db import transaction

from eldercare.excel.batches import match, record_step
from eldercare.models import ColumnMapping, ImportBatch, User


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
