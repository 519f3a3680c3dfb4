"""What is measured: each case prepares its data once, and names measurements that take turns."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path


@dataclass
class Figures:
    """Of one measurement: seconds as a whole and of its parts, memory of the process that reads for it, and counts."""

    seconds: float = 0.0
    parts: dict[str, float] = field(default_factory=dict)
    child_memory: float | None = None
    counts: dict[str, int] = field(default_factory=dict)

    @contextmanager
    def clock(self, part: str = "") -> Iterator[None]:
        begun = time.perf_counter()
        yield
        taken = time.perf_counter() - begun
        if part:
            self.parts[part] = taken
        else:
            self.seconds = taken


@dataclass(frozen=True)
class Measurement:
    """``once_from``: one run is enough when the first took so many seconds."""

    label: str
    run: Callable[[Path, int], Figures]  # folder of the prepared files, size
    most_rows: int | None = None  # not measured above
    once_from: float = 60


@dataclass(frozen=True)
class Ratio:
    """How many times as long ``of`` takes as ``to``; both may be "label" or "label: part"."""

    of: str
    to: str
    goal: str = ""


@dataclass(frozen=True)
class Case:
    title: str
    what: str  # a size is a number of what
    sizes: Sequence[int]
    prepare: Callable[[Path, int], None]
    measurements: Sequence[Measurement]
    ratios: Sequence[Ratio] = ()


def all_cases() -> dict[str, Case]:
    from tests.bench import (
        beds,
        exports,
        metrics,
        receipts,
        rollup,
        subsidies_batches,
        subsidies_list,
        subsidies_people,
        subsidies_upload,
        uploads,
    )

    modules = {
        "uploads": uploads,
        "beds": beds,
        "receipts": receipts,
        "exports": exports,
        "metrics": metrics,
        "rollup": rollup,
        "batches": subsidies_batches,
        "people": subsidies_people,
        "elders": subsidies_list,
        "register": subsidies_upload,
    }
    return {name: module.CASE for name, module in modules.items()}
