"""Where a workbook lies in plain while it is read or made. It is gone afterwards, whatever happens."""

import contextlib
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

PREFIX = "eldercare-sheet-"
LEFT_BEHIND = 3_600  # seconds: longer than any file is worked on


@contextlib.contextmanager
def scratch() -> Iterator[Path]:
    """A folder for one piece of work. A process that was killed could not empty its own: the next one does."""
    _sweep()
    with tempfile.TemporaryDirectory(prefix=PREFIX) as folder:
        yield Path(folder)


def _sweep() -> None:
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        with contextlib.suppress(OSError):
            about = folder.lstat()
            if about.st_uid == os.getuid() and time.time() - about.st_mtime > LEFT_BEHIND:
                shutil.rmtree(folder)
