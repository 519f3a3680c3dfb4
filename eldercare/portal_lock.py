"""One portal per data folder: the lock, and what its file tells the next start about the holder.

The file's lines: where the portal is; the parent whose end is the portal's end (0: none); STOPPING.
"""

import fcntl
import os
import time
from collections.abc import Callable
from pathlib import Path

import psutil
from django.core.management import CommandError

STOP_TIMEOUT = 20  # seconds that a portal on its way out is waited for
STOPPING = "stopping"
LONGEST = 300  # bytes of the file


class PortalLock:
    """Held until released; the kernel lets it go when this process ends, however it ends."""

    def __init__(self, file: Path) -> None:
        self.file = file
        try:
            self.descriptor = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        except PermissionError as error:
            raise CommandError(
                f"{file.parent} belongs to another user: run as that user, "
                "or set ELDERCARE_VAR to a folder of your own."
            ) from error

    def take(self, address: str, *, parent: int, say: Callable[[str], None]) -> None:
        """Take the lock, or say who has it. A portal on its way out is waited for.

        When `make` is killed its portal needs some seconds to stop everything.
        """
        give_up = time.monotonic() + STOP_TIMEOUT
        waiting = False
        while not self._got_it():
            where, _, state = self._read().partition("\n")
            if not is_leaving(state):
                raise CommandError(
                    f"The portal of this folder is already running ({where or 'another port'}): "
                    "open it, or stop it first."
                )
            if not waiting:
                say(f"The portal of this folder is still stopping ({where}): waiting for it ...")
                waiting = True
            if time.monotonic() > give_up:
                raise CommandError(
                    f"The portal of this folder does not stop ({where}): end that process first."
                )
            time.sleep(0.2)
        os.ftruncate(self.descriptor, 0)
        os.pwrite(self.descriptor, f"{address}, process {os.getpid()}\n{parent}\n".encode(), 0)

    def say_stopping(self) -> None:
        if STOPPING not in self._read():
            os.pwrite(self.descriptor, STOPPING.encode(), os.fstat(self.descriptor).st_size)

    def release(self) -> None:
        os.close(self.descriptor)

    def _got_it(self) -> bool:
        try:
            fcntl.flock(self.descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _read(self) -> str:
        return os.pread(self.descriptor, LONGEST, 0).decode()


def is_leaving(state: str) -> bool:
    """From the lines after the first: told to stop, or about to be told because the parent is gone."""
    parent = state.split("\n")[0]
    is_orphan = parent.isdecimal() and int(parent) > 0 and not psutil.pid_exists(int(parent))
    return is_orphan or STOPPING in state
