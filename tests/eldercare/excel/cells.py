"""One cell through the cleaning of its kind."""

from eldercare.excel.cells.texts import as_typed
from eldercare.excel.cleaning import Cleaner
from eldercare.excel.columns import Column, Finding, Kind, Severity
from tests.eldercare.excel.samples import CONTEXT

ERROR, WARNING, NOTE = Severity.ERROR, Severity.WARNING, Severity.NOTE


def clean(value, kind=Kind.TEXT, *, context=CONTEXT, heading="列", **more) -> tuple[object, Finding | None]:
    cleaner = Cleaner([Column("x", heading, kind=kind, **more)], positions={"x": 0}, context=context)
    batch = cleaner.clean([2], [[value]])
    assert len(batch.findings) <= 1
    return batch.values["x"][0], batch.findings[0] if batch.findings else None


def good(value, kind=Kind.TEXT, **more):
    cleaned, finding = clean(value, kind, **more)
    assert finding is None, finding
    return cleaned


def refused(value, kind, **more) -> str:
    cleaned, finding = clean(value, kind, **more)
    assert cleaned is None
    assert finding.severity is ERROR
    assert finding.value == as_typed(value)[:200]
    return finding.message
