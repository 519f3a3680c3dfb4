"""The same upload with django-import-export as its documentation sets it up, into one table of the same columns.

A ModelResource whose rows are known by the identity number; ``clean_model_instances``, so that full_clean() runs with
the same checks of identity and telephone number; all other options as they come. What its admin does is done: the
file is read and run dry for the preview, then read again and imported. Left out, in its favour: the page of the
preview, log entries, encryption, history, and the look-up of facilities and townships. Rows that full_clean() refuses
are left out of the import, as ours are.
"""

import datetime as dt
from pathlib import Path
from typing import ClassVar

from django.core.exceptions import ValidationError
from django.db import connection, models, transaction
from import_export import resources
from import_export.formats.base_formats import XLSX

from eldercare.identity import Severity as Weight
from eldercare.identity import check_id_number, check_phone
from tests.bench import staff_sheet
from tests.bench.cases import Figures

MOST_ROWS = 10_000


def id_number(value: str) -> None:
    _refuse(check_id_number(value))


def phone_number(value: str) -> None:
    _refuse(check_phone(value))


def _refuse(checked: object) -> None:
    if errors := [each.message for each in checked.findings if each.severity is Weight.ERROR]:
        raise ValidationError(errors)


def _words(*words: str) -> list[tuple[str, str]]:
    return [(word, word) for word in words]


class StaffRow(models.Model):
    """A row of the sheet."""

    number = models.IntegerField()
    township = models.CharField(max_length=40)
    name = models.CharField(max_length=40)
    id_number = models.CharField(max_length=30, unique=True, validators=[id_number])
    sex = models.CharField(max_length=6, choices=_words("男", "女"))
    born_on = models.DateField()
    phone = models.CharField(max_length=30, validators=[phone_number])
    education = models.CharField(max_length=10, choices=_words(*staff_sheet.EDUCATION))
    facility = models.CharField(max_length=80)
    role = models.CharField(max_length=15, choices=_words(*dict.fromkeys(staff_sheet.ROLES)))
    employed_from = models.DateField()
    employed_to = models.DateField(null=True, blank=True)
    certificate = models.CharField(max_length=20, choices=_words("职业技能等级证书"))
    level = models.CharField(max_length=10, choices=_words(*staff_sheet.LEVELS))
    certificate_number = models.CharField(max_length=40)
    issued_on = models.DateField(null=True, blank=True)
    expires_on = models.DateField(null=True, blank=True)
    trained_on = models.DateField(null=True, blank=True)
    training = models.CharField(max_length=20, choices=_words("职业技能"))
    hours = models.IntegerField()

    class Meta:
        app_label = "facilities"  # some installed app: the validation of unique fields looks it up
        db_table = "bench_staff"

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        day: dt.date | None = self.employed_from
        if day and self.employed_to and self.employed_to < day:
            raise ValidationError({"employed_to": "离职日期不能早于入职日期。"})
        if day and self.born_on and day.year - self.born_on.year < 16:
            raise ValidationError({"employed_from": "入职时不满 16 岁。"})


NAMES = [each.name for each in StaffRow._meta.concrete_fields if not each.primary_key]


class StaffRows(resources.ModelResource):
    class Meta:
        model = StaffRow
        import_id_fields: ClassVar = ("id_number",)
        fields: ClassVar = NAMES
        clean_model_instances = True


for _name, _heading in zip(NAMES, staff_sheet.HEADINGS, strict=True):
    StaffRows.fields[_name].column_name = _heading


def fill(size: int) -> None:
    """The table, with the rows that are in the ledger."""
    with connection.schema_editor() as editor:
        editor.create_model(StaffRow)
    people = (staff_sheet.person(index) for index in range(size) if staff_sheet.is_in_ledger(index, size))
    StaffRow.objects.bulk_create(
        [StaffRow(**dict(zip(NAMES, row, strict=True))) for row in people], batch_size=5_000
    )


def whole_path(path: Path) -> Figures:
    """Preview and import; the ledger is as before afterwards."""
    figures = Figures()
    with transaction.atomic():
        with figures.clock():
            with figures.clock("dry run"):
                preview = _run(path, dry_run=True)
            with figures.clock("import"):
                done = _run(path, dry_run=False)
        figures.counts = {name: number for name, number in done.totals.items() if number}
        if preview.has_errors() or done.has_errors():
            raise RuntimeError(f"django-import-export failed: {done.base_errors or done.row_errors()[:1]}")
        transaction.set_rollback(True)
    return figures


def _run(path: Path, *, dry_run: bool) -> object:
    dataset = XLSX().create_dataset(path.read_bytes())
    return StaffRows().import_data(dataset, dry_run=dry_run, raise_errors=False, file_name=path.name)
