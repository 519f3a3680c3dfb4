"""One measurement in a process of its own: ``python -m tests.bench.measure CASE NUMBER FOLDER SIZE``."""

import json
import os
import sys
from dataclasses import asdict
from pathlib import Path

import django


def main(case: str, number: str, folder: str, size: str) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "eldercare.settings")
    django.setup()
    from tests.bench.cases import all_cases
    from tests.bench.scratch import peak_memory

    measurement = all_cases()[case].measurements[int(number)]
    figures = measurement.run(Path(folder), int(size))
    print(json.dumps(asdict(figures) | {"memory": peak_memory()}))


if __name__ == "__main__":
    main(*sys.argv[1:])
