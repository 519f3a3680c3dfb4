"""A stranger's file is opened by a child process, which may run out of memory or time without harm to its parent.

The child is a program of its own (child.py), not a fork: a Celery worker's process is daemonic and may not have
children through multiprocessing, and a fork would inherit database connections.
"""

import contextlib
import datetime as dt
import fcntl
import json
import logging
import marshal
import os
import select
import signal
import struct
import subprocess
import sys
import time
from array import array
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Self

from eldercare.errors import Refused
from eldercare.excel.columns import CellError
from eldercare.excel.limits import LIMITS, MB, Limits

CHILD = Path(__file__).with_name("child.py")
LARGEST_FRAME = 64 * MB
TOO_SLOW = (
    "读这个文件用的时间太长，已停止。请删去无关的工作表、图片和空行，另存为 .xlsx，或分成几个文件后再上传。"
)
TOO_LARGE = (
    "读这个文件要的内存太多，已停止。多半是表格以外很远的地方有零星内容：请删去表格下方和右边的空行空列，"
    "只留要上传的工作表，另存为 .xlsx 后再上传。"
)
BROKEN = "文件读不出来，可能已损坏。请用 WPS 或 Excel 打开核对，另存为 .xlsx 后再上传。"

logger = logging.getLogger(__name__)


class OutOfMemory(Refused):
    pass


def decode(value: object) -> object:
    """The way back from grid.code()."""
    if type(value) is not tuple:
        return value
    name, *rest = value
    try:
        if name == "D":
            return dt.date(*rest)
        if name == "T":
            return dt.datetime(*rest)
        if name == "t":
            return dt.time.fromisoformat(rest[0])
        if name == "d":
            return dt.timedelta(seconds=rest[0])
    except (ValueError, OverflowError):
        return CellError("日期有误")
    return CellError(str(rest[0]))


class _Days(dict):
    """Number of a day → the day; 0 is an empty cell. Days repeat."""

    def __missing__(self, number: int) -> object:
        if len(self) > 100_000:
            self.clear()
        try:
            day = dt.date.fromordinal(number) if number else ""
        except (ValueError, OverflowError):
            day = CellError("日期有误")
        self[number] = day
        return day


def unpack(packed: list | tuple[bytes, list], days: _Days) -> list:
    """The way back from grid.pack()."""
    if type(packed) is list:
        return [decode(value) for value in packed]
    numbers, others = packed
    values = list(map(days.__getitem__, array("i", numbers)))
    for place, value in others:
        values[place] = decode(value)
    return values


def start(scratch: Path | None = None) -> subprocess.Popen:
    """A child that waits for its job. It needs a tenth of a second to be ready."""
    process = subprocess.Popen(
        [sys.executable, "-I", str(CHILD)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,  # an abort of the Rust side writes a backtrace
        cwd="/",
        env={
            "LANG": "C.UTF-8",
            "PATH": os.defpath,
            "RUST_BACKTRACE": "0",
            "MALLOC_ARENA_MAX": "2",
            "TMPDIR": str(scratch or "/"),
        },
        start_new_session=True,
    )
    with contextlib.suppress(OSError):  # Linux gives as much to nearly everybody: the child reads ahead
        fcntl.fcntl(process.stdout, fcntl.F_SETPIPE_SZ, MB)
    return process


def end(process: subprocess.Popen) -> None:
    """Again does no harm."""
    if process.stdout.closed:
        return
    with contextlib.suppress(OSError):
        process.stdin.close()
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.stdout.close()
    process.wait()


@contextlib.contextmanager
def started() -> Iterator[subprocess.Popen]:
    """A child for a file that is still to be fetched."""
    process = start()
    try:
        yield process
    finally:
        end(process)


class Child:
    """A running child with one file. Use as a context manager; leaving it ends the child."""

    def __init__(
        self,
        path: Path | str,
        kind: str,
        *,
        task: str = "read",
        limits: Limits = LIMITS,
        scratch: Path | None = None,  # where a receipt is made
        process: subprocess.Popen | None = None,  # one that was started before
    ) -> None:
        self.path, self.kind, self.task, self.limits = Path(path).resolve(), kind, task, limits
        self.scratch, self.process = scratch, process
        self.left = float(limits.wait_seconds)
        self.days = _Days()

    def __enter__(self) -> Self:
        self.process = self.process or start(self.scratch)
        job = {
            "task": self.task, "path": str(self.path), "kind": self.kind, "limits": asdict(self.limits),
        }  # fmt: skip
        self.tell(job)
        return self

    def __exit__(self, *_) -> None:
        end(self.process)

    def tell(self, message: dict) -> None:
        with contextlib.suppress(BrokenPipeError):  # how it died is told by the next frame
            self.process.stdin.write(json.dumps(message).encode() + b"\n")
            self.process.stdin.flush()

    def frame(self) -> tuple:
        """The next frame; the child's refusals and its death become a Refused."""
        (size,) = struct.unpack("<I", self._bytes(4))
        if size > LARGEST_FRAME:
            raise Refused("表格里有些单元格的内容长得不正常。请删去这些内容，另存为 .xlsx 后再上传。")
        frame = marshal.loads(self._bytes(size))  # noqa: S302 - our own program's plain data; it holds no code
        match frame[0]:
            case "refused":
                raise Refused(frame[1])
            case "memory":
                raise OutOfMemory(TOO_LARGE)
            case "crash":
                logger.error("The reader failed on an upload: %s", frame[1])
                raise Refused(BROKEN)
        return frame

    def batches(self, number: int) -> Iterator[tuple[int, list, list]]:
        """(first row counted from 0, columns, filled cells) of a sheet, batch by batch; the hidden rows at the end."""
        self.tell({"read": number})
        while (frame := self.frame())[0] == "rows":
            _, first, columns, packed, filled = frame
            for index in packed:
                columns[index] = unpack(columns[index], self.days)
            yield first, columns, filled
        self.hidden = frame[1]["hidden"]

    def _bytes(self, count: int) -> bytes:
        pieces = []
        while count:
            started = time.monotonic()
            ready, _, _ = select.select([self.process.stdout], [], [], max(0.0, self.left))
            self.left -= time.monotonic() - started  # only waiting counts: the parent has work of its own
            if not ready:
                raise Refused(TOO_SLOW)
            piece = os.read(self.process.stdout.fileno(), min(count, MB))
            if not piece:
                self._explain_death()
            pieces.append(piece)
            count -= len(piece)
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    def _explain_death(self) -> None:
        try:
            status = self.process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            raise Refused(BROKEN) from None
        if status == -signal.SIGXCPU:
            raise Refused(TOO_SLOW)
        if status in (-signal.SIGABRT, -signal.SIGKILL, -signal.SIGSEGV):
            raise OutOfMemory(TOO_LARGE)
        logger.error("The reader of an upload ended with status %s.", status)
        raise Refused(BROKEN)


def far_cells(path: Path | str, limits: Limits = LIMITS) -> tuple[str, str]:
    """The lowest and the rightmost cell of an .xlsx that made the reader run out of memory; "" when not found."""
    try:
        with Child(path, "xlsx", task="farthest", limits=limits) as child:
            _, lowest, rightmost = child.frame()
    except Refused:
        return "", ""
    return lowest, rightmost
