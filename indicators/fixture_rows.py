"""What the loaders of fixtures share: counting what they did, and leaving or putting back a row."""

from dataclasses import dataclass
from typing import Any

from django.db import models

Row = dict[str, Any]


@dataclass
class Count:
    """What loading one kind of row did."""

    label: str
    inserted: int = 0
    updated: int = 0
    kept: int = 0

    def __str__(self) -> str:
        return f"{self.label}：新增 {self.inserted}，更新 {self.updated}，保留 {self.kept}"


def settle(instance: models.Model, values: Row, count: Count, *, overwrite: bool) -> None:
    """Leave an existing row alone, or put it back to ``values`` when asked and different."""
    changed = [name for name, value in values.items() if getattr(instance, name) != value]
    if not overwrite or not changed:
        count.kept += 1
        return
    for name in changed:
        setattr(instance, name, values[name])
    instance.save(update_fields=changed)
    count.updated += 1
