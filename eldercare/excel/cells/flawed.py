"""What a cleaner returns when there is something to say."""

from eldercare.excel.columns import Problem, Severity


class Flawed:
    """A value (None after an error) and what is to be said about it."""

    __slots__ = ("message", "severity", "value")

    def __init__(self, value: object, severity: Severity, message: str) -> None:
        self.value, self.severity, self.message = value, severity, message

    def __repr__(self) -> str:
        return f"Flawed({self.value!r}, {self.severity.name}, {self.message!r})"


def error(message: str) -> Flawed:
    return Flawed(None, Severity.ERROR, message)


def warning(value: object, message: str) -> Flawed:
    return Flawed(value, Severity.WARNING, message)


def note(value: object, message: str) -> Flawed:
    return Flawed(value, Severity.NOTE, message)


def checked(value: object, problem: Problem | None, before: Flawed | None = None) -> object:
    """A cleaned value after its column's checker; the graver of two things to say wins, both are told."""
    if problem is None:
        return before if before is not None else value
    message = problem.message if before is None else f"{problem.message}；{before.message}"
    severity = max(problem.severity, before.severity) if before else problem.severity
    return Flawed(None if severity is Severity.ERROR else value, severity, message)
