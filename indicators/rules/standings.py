"""Standings: who comes first, with ties sharing a place. Pure functions."""

from collections.abc import Hashable, Mapping
from decimal import Decimal


def places(
    values: Mapping[Hashable, Decimal | None], *, lower_is_better: bool = False
) -> dict[Hashable, int]:
    """The place of each that has a value: equal values share one, and the next place is left out (1, 2, 2, 4)."""
    known = {key: value for key, value in values.items() if value is not None}
    order = sorted(known.values(), reverse=not lower_is_better)
    first: dict[Decimal, int] = {}
    for position, value in enumerate(order, start=1):
        first.setdefault(value, position)
    return {key: first[value] for key, value in known.items()}
