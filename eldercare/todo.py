"""The to-do list of the home page: each app adds a provider, and the home page imports no app.

    from eldercare import todo

    @todo.register
    def returned_reports(user) -> list[todo.TodoItem]: ...

A provider is called for every view of the home page: one or two queries, and none for roles without work.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum

from eldercare.models import User


class Urgency(IntEnum):
    """Sorted by it, and shown as a colour and a word."""

    RETURNED = 0  # somebody waits for it to come back
    OVERDUE = 1
    DUE = 2
    NORMAL = 3
    INFO = 4

    @property
    def label(self) -> str:
        return {"RETURNED": "退回", "OVERDUE": "逾期", "DUE": "临期", "NORMAL": "待办", "INFO": "提示"}[
            self.name
        ]

    @property
    def colour(self) -> str:
        return {
            "RETURNED": "red",
            "OVERDUE": "red",
            "DUE": "orange",
            "NORMAL": "blue",
            "INFO": "secondary",
        }[self.name]


@dataclass(frozen=True)
class TodoItem:
    """One line: what is to be done (``title``), why or till when (``detail``), one click away (``link``)."""

    title: str
    link: str
    detail: str = ""
    urgency: Urgency = Urgency.NORMAL
    count: int | None = None
    button: str = "去办理"
    tag: str = ""  # the word in the coloured box, when that of the urgency does not fit

    @property
    def word(self) -> str:
        return self.tag or self.urgency.label


Provider = Callable[[User], list[TodoItem]]
_providers: list[Provider] = []


def register(provider: Provider) -> Provider:
    """Add a provider; usable as a decorator. Registering the same function again changes nothing."""
    if provider not in _providers:
        _providers.append(provider)
    return provider


def items_for(user: User) -> list[TodoItem]:
    items = [item for provider in _providers for item in provider(user)]
    return sorted(items, key=lambda item: item.urgency)
