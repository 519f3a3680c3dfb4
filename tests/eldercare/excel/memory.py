"""Reads one file as a worker would and says what that took: run by test_hostile.py, in a process of its own."""

import json
import re
import resource
import sys
from pathlib import Path

from eldercare.errors import Refused
from eldercare.excel.reading import open_upload
from tests.eldercare.excel.samples import COLUMNS, CONTEXT


def main(path: str) -> None:
    said = ""
    rows = 0
    try:
        with open_upload(path) as upload:
            for batch in upload.find_table(COLUMNS).read(CONTEXT):
                rows += len(batch.rows)
    except Refused as refusal:
        said = str(refusal)
    # Not RUSAGE_SELF: Linux counts in it what the process had before it became this program, a copy of pytest.
    own = int(re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())[1]) // 1024
    child = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
    print(json.dumps({"said": said, "rows": rows, "own": own, "child": child}))


if __name__ == "__main__":
    main(sys.argv[1])
