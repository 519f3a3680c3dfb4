"""What a check found, as data."""

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    ERROR = "error"  # the value cannot be used
    WARNING = "warning"  # it can, once a person has looked and said why


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong: ``code`` for programs, ``message`` for people; neither holds the number."""

    severity: Severity
    code: str
    message: str


def error(code: str, message: str) -> Finding:
    return Finding(Severity.ERROR, code, message)


def warning(code: str, message: str) -> Finding:
    return Finding(Severity.WARNING, code, message)


@dataclass(frozen=True, slots=True)
class Checked:
    """A value in the form in which it is stored, and what was found about it."""

    value: str
    findings: tuple[Finding, ...] = ()

    @property
    def errors(self) -> tuple[Finding, ...]:
        return tuple(each for each in self.findings if each.severity is Severity.ERROR)

    @property
    def warnings(self) -> tuple[Finding, ...]:
        return tuple(each for each in self.findings if each.severity is Severity.WARNING)

    @property
    def usable(self) -> bool:
        """Nothing worse than a warning."""
        return not self.errors
