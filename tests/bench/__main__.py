"""Measure the portal: ``make bench``, or

    python -m tests.bench [--cases uploads exports] [--sizes 10000,100000] [--runs 5] [--json figures.json]

The measurements of a case take turns, each run in a process of its own, on a scratch database beside the portal's own.
A table shows the median seconds with the least and the most, the peak of memory, and ratios. Seconds are of this
machine at this hour: compare the ratios.
"""

import argparse
import json
import os
import platform
import statistics
import sys
import tempfile
from pathlib import Path

from tests.bench.cases import Case, Measurement, all_cases
from tests.bench.scratch import copy_of_it, empty_database, measured
from tests.bench.table import show

NAMES = (
    "uploads", "beds", "receipts", "exports", "metrics", "rollup", "batches", "people", "elders", "register",
)  # fmt: skip
RUNS = 5


def main() -> None:
    options = _options()
    result = {"machine": f"{platform.platform()}, {os.cpu_count()} cores, Python {platform.python_version()}"}
    print(result["machine"])
    with empty_database():
        cases = all_cases()
        result["cases"] = []
        for name in options.cases:
            for size in options.sizes or cases[name].sizes:
                found = run(name, cases[name], size, options.runs)
                print(f"\n{show(cases[name], found)}", flush=True)
                result["cases"].append(found)
    if options.json:
        options.json.write_text(json.dumps(result, ensure_ascii=False, indent=1) + "\n")


def run(name: str, case: Case, size: int, runs: int) -> dict:
    wanted = {
        number: each
        for number, each in enumerate(case.measurements)
        if each.most_rows is None or size <= each.most_rows
    }
    samples: dict[int, list[dict]] = {number: [] for number in wanted}
    with copy_of_it(), tempfile.TemporaryDirectory(prefix="bench-") as folder:
        _say(f"{name} {size}: preparing")
        case.prepare(Path(folder), size)
        for turn in range(runs):
            for number, measurement in wanted.items():
                if not _is_enough(measurement, samples[number]):
                    _say(f"{name} {size}: run {turn + 1}, {measurement.label}")
                    samples[number].append(measured(name, number, Path(folder), size))
    return {
        "case": name,
        "size": size,
        "measurements": [{"label": each.label} | summary(samples[number]) for number, each in wanted.items()],
    }


def _is_enough(measurement: Measurement, samples: list[dict]) -> bool:
    return bool(samples) and samples[0]["seconds"] > measurement.once_from


def summary(samples: list[dict]) -> dict:
    """Medians of the runs; of memory the most."""
    seconds = [each["seconds"] for each in samples]
    memory = [each["memory"] for each in samples if each["memory"]]
    child = [each["child_memory"] for each in samples if each["child_memory"]]
    return {
        "runs": len(samples),
        "seconds": statistics.median(seconds),
        "least": min(seconds),
        "most": max(seconds),
        "parts": {
            name: statistics.median(each["parts"][name] for each in samples) for name in samples[0]["parts"]
        },
        "memory": max(memory, default=None),
        "child_memory": max(child, default=None),
        "counts": samples[-1]["counts"],
    }


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--cases", nargs="*", choices=NAMES, help="all when left out")
    parser.add_argument("--sizes", default="", help="instead of each case's own, with commas between")
    parser.add_argument("--runs", type=int, default=RUNS)
    parser.add_argument("--json", type=Path, help="a file for the figures")
    options = parser.parse_args()
    options.cases = options.cases or NAMES
    options.sizes = [int(each) for each in options.sizes.replace("_", "").split(",") if each]
    return options


if __name__ == "__main__":
    main()
