"""The registers that come with the portal, from ``fixtures/registers/*.json``.

Format, UTF-8 JSON: ``field`` (of work) and ``registers``, each with its ``columns`` in their order and its ``metrics`` (a
metric of the catalogue, how it is counted, columns by their keys). ``choices`` is a list of labels. A register that
exists is left as it is, with all its columns, whatever the file says: the county has its own by then.
"""

from collections.abc import Iterable

from django.db import transaction

from indicators.fixture_rows import Count, Row
from indicators.metrics.registers import forget
from indicators.models import Metric, Register, RegisterColumn, RegisterMetric
from indicators.rules.registers import Kind, free_slot


@transaction.atomic
def load_registers(documents: Iterable[Row]) -> Count:
    known = set(Register.objects.values_list("code", flat=True))
    every = [
        (document["field"], position, row)
        for document in documents
        for position, row in enumerate(document["registers"], 1)
    ]
    new = [each for each in every if each[2]["code"] not in known]
    made = Register.objects.bulk_create(
        Register(
            field=field,
            position=position,
            **{name: value for name, value in row.items() if name not in ("columns", "metrics")},
        )
        for field, position, row in new
    )
    columns = RegisterColumn.objects.bulk_create(
        column for register, (_, _, row) in zip(made, new, strict=True) for column in _columns(register, row)
    )
    by_key = {(column.register_id, column.key): column for column in columns}
    metrics = {metric.code: metric for metric in Metric.objects.filter(register_metric=None)}
    RegisterMetric.objects.bulk_create(
        _metric(register, row, metrics, by_key)
        for register, (_, _, document) in zip(made, new, strict=True)
        for row in document.get("metrics", ())
        if row["metric"] in metrics
    )
    forget()
    return Count("登记簿", inserted=len(made), kept=len(every) - len(made))


def _columns(register: Register, row: Row) -> list[RegisterColumn]:
    made: list[RegisterColumn] = []
    for position, each in enumerate(row["columns"], 1):
        slot = free_slot(Kind(each["kind"]), (column.slot for column in made))
        if slot is None:
            raise ValueError(f"{register.code}: no place left for {each['key']}.")
        choices = [{"code": label, "label": label} for label in each.get("choices", ())]
        rest = {name: value for name, value in each.items() if name != "choices"}
        made.append(RegisterColumn(register=register, slot=slot, position=position, choices=choices, **rest))
    return made


def _metric(register: Register, row: Row, metrics: dict[str, Metric], columns: dict) -> RegisterMetric:
    named = {
        name: columns[register.pk, row[name]]
        for name in ("column", "from_column", "to_column")
        if row.get(name)
    }
    return RegisterMetric(
        register=register,
        metric=metrics[row["metric"]],
        aggregate=row["aggregate"],
        condition=row.get("condition", ""),
        **named,
    )
