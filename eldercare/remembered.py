"""Definitions that stand in the database and are asked for on nearly every page: read again every few seconds.

A process that changes one calls ``forget`` and sees it at once; the others see it within ``FRESH_FOR`` seconds.
"""

import time
from collections.abc import Callable
from typing import Generic, TypeVar

from django.db import transaction

FRESH_FOR = 5.0  # seconds

T = TypeVar("T")


class Remembered(Generic[T]):
    def __init__(self, nothing: T) -> None:
        self._value, self._until = nothing, 0.0
        self._read: Callable[[], T] | None = None

    def read_by(self, function: Callable[[], T]) -> Callable[[], T]:
        """Decorator: ``function`` reads the definitions."""
        self._read = function
        return function

    def get(self) -> T:
        if self._read is not None and time.monotonic() >= self._until:
            self._value = self._read()
            self._until = time.monotonic() + FRESH_FOR
        return self._value

    def forget(self) -> None:
        """What was changed here counts here at once, and again once it is committed."""
        self._until = 0.0
        transaction.on_commit(self._forget)

    def _forget(self) -> None:
        self._until = 0.0

    def hold(self, value: T) -> None:
        """Keep this value and read nothing until ``forget``: for tests, which count statements."""
        self._value, self._until = value, float("inf")
