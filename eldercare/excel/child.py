"""The child process that opens a stranger's file. Started by arms_length.py, by path; never imported by the portal.

Gets a job as one line of JSON on standard input and answers with frames on standard output: four bytes of length,
then a marshalled tuple whose first item names it.

    ("sheets", [sheet, …])            what the workbook holds, with the first rows of each sheet
    ("rows", first, columns, packed, filled)  a batch by columns; those that are `packed` as grid.pack() says
    ("end", facts)                    after the last batch
    ("refused", sentence) · ("memory",) · ("crash", traceback)
    ("receipt", drawings) after a receipt was written · ("farthest", lowest, rightmost)
After the sheets it waits for lines of JSON: {"read": number of the sheet}. End of input ends it.
"""

import json
import marshal
import os
import resource
import signal
import struct
import sys
import threading
import traceback
import types
from pathlib import Path

if __name__ == "__main__":  # the package's __init__ loads Celery and with it Django; nothing here needs them
    package = types.ModuleType("eldercare")
    package.__path__ = [str(Path(__file__).resolve().parent.parent)]
    sys.modules["eldercare"] = package

from eldercare.excel import grid
from eldercare.excel.delimited import Unreadable
from eldercare.excel.facts import Broken, TooMuch
from eldercare.excel.limits import Limits

SENTENCE_TOO_MUCH = (
    "文件展开后太大，不像一份台账。请删去表格以外的空行、空列和无关的工作表，另存为 .xlsx 后再上传。"
)
SENTENCE_BROKEN = "文件不完整或已损坏，读不出来。请用 WPS 或 Excel 打开核对，另存为 .xlsx 后再上传。"


def limit_self(limits: Limits, *, writes: bool) -> None:
    """Own memory, processor time, no core dump; no file written but a receipt."""
    resource.setrlimit(resource.RLIMIT_DATA, (limits.memory_bytes, limits.memory_bytes))
    # Address space counts mapped libraries and reservations too; the bound on data is the tight one.
    resource.setrlimit(resource.RLIMIT_AS, (limits.memory_bytes + (512 << 20),) * 2)
    resource.setrlimit(resource.RLIMIT_CPU, (limits.cpu_seconds, limits.cpu_seconds + 2))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    most = limits.unpacked_bytes if writes else 0
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
    threading.stack_size(1 << 20)


class Output:
    def __init__(self) -> None:
        self.stream = os.fdopen(os.dup(1), "wb", buffering=0)
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, 1)  # whatever a library prints does not end up between the frames
        os.close(null)

    def send(self, *frame: object) -> None:
        data = marshal.dumps(frame, 2)  # without the later versions' search for the same object
        view = memoryview(struct.pack("<I", len(data)) + data)
        while view:
            view = view[self.stream.write(view) :]


def serve(job: dict, output: Output) -> None:
    limits = Limits(**job["limits"])
    path = Path(job["path"])
    if job["task"] == "farthest":
        output.send("farthest", *grid.farthest_cells(path, limits))
        return
    if job["task"] == "receipt":
        from eldercare.excel import annotate  # openpyxl takes a while to load, and only receipts need it

        output.send("receipt", annotate.write(path, job["kind"], json.loads(sys.stdin.readline()), limits))
        return
    book = grid.open_grid(path, job["kind"], limits)
    output.send("sheets", book.describe())
    for line in sys.stdin:
        request = json.loads(line)
        for first, columns, filled in book.batches(request["read"]):
            packed = grid.pack(columns)
            output.send("rows", first, columns, packed, filled)
        output.send("end", book.facts(request["read"]))


def main() -> None:
    job = json.loads(sys.stdin.readline())
    limit_self(Limits(**job["limits"]), writes=job["task"] == "receipt")
    output = Output()
    try:
        serve(job, output)
    except grid.Unfit as error:
        output.send("refused", str(error))
    except Unreadable as error:
        output.send("refused", str(error))
    except TooMuch:
        output.send("refused", SENTENCE_TOO_MUCH)
    except Broken:
        output.send("refused", SENTENCE_BROKEN)
    except MemoryError:
        output.send("memory")
    except BrokenPipeError:
        pass
    except BaseException:  # a panic of the Rust side is no Exception
        output.send("crash", traceback.format_exc()[-4000:])
    sys.stdout = None


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C ends the parent, which ends its children
    main()
