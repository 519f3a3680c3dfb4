"""Celery's folder transport, in which nothing is seen before it is whole.

Kombu opens a file in the folder that others watch and fills it then. A worker that looks in between takes an empty
message and ends with an “Unrecoverable error” (github.com/celery/kombu/issues/1551), a process that is killed in
between leaves an empty table of queues on which no worker can start. Here a file gets its name when it is written.
"""

import contextlib
import os
import time
import uuid
from collections.abc import Callable
from pathlib import Path

from kombu.exceptions import ChannelError
from kombu.transport import filesystem
from kombu.utils.encoding import str_to_bytes
from kombu.utils.json import dumps


class Channel(filesystem.Channel):
    def _put(self, queue: str, payload: dict, **kwargs: object) -> None:
        """In the order of the names, which begin with the milliseconds of a clock that only goes forward."""
        name = f"{round(time.monotonic() * 1000)}_{uuid.uuid4()}.{queue}.msg"
        _write_whole(Path(self.data_folder_out, name), payload, os.rename)

    def _queue_bind(self, exchange: str, routing_key: str, pattern: str, queue: str) -> None:
        table = self._exchange_file(exchange)
        if not table.exists():
            with contextlib.suppress(
                FileExistsError
            ):  # another process was first: this queue is added to its table
                _write_whole(table, [(routing_key or "", pattern or "", queue or "")], os.link)
        super()._queue_bind(exchange, routing_key, pattern, queue)


def _write_whole(file: Path, content: object, give_name: Callable[[Path, Path], None]) -> None:
    draft = file.with_name(f"{uuid.uuid4()}.draft")
    try:
        draft.write_bytes(str_to_bytes(dumps(content)))
        give_name(draft, file)
    except FileExistsError:
        raise
    except OSError as error:
        raise ChannelError(f"Cannot write {file}: {error.strerror}") from error
    finally:
        draft.unlink(missing_ok=True)


class Transport(filesystem.Transport):
    Channel = Channel
    global_state = filesystem.Transport.global_state
