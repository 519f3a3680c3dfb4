"""The one exception of the expression language, and how it names a place in the user's text."""

from __future__ import annotations

_SHOWN = 24  # characters of the user's text repeated in a message


class ExpressionError(ValueError):
    """A formula or rule that cannot be accepted.

    `message` is a Chinese sentence for the user: where, what is wrong, what to do.
    `position` is the 0-based character index in the text as the user wrote it, `length` the
    number of characters concerned (0 when the whole text is meant).
    """

    def __init__(self, message: str, position: int = 0, length: int = 0) -> None:
        super().__init__(message, position, length)
        self.message = message
        self.position = position
        self.length = length

    def __str__(self) -> str:
        return self.message


def error_at(text: str, start: int, end: int, reason: str) -> ExpressionError:
    """The error for `text[start:end]`; counts characters from 1, as a reader does."""
    what = text[start:end]
    shown = what if len(what) <= _SHOWN else what[:_SHOWN] + "…"
    where = f"第 {start + 1} 个字符" + ("起" if len(what) > 1 else "")
    return ExpressionError(f"{where}“{printable(shown)}”：{reason}", start, end - start)


def printable(text: str) -> str:
    """`text` with what cannot be shown or encoded (controls, lone surrogates) replaced by □."""
    return "".join(char if char.isprintable() else "□" for char in text)
