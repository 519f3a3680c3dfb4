"""Refusals that a person is told about, in one sentence."""


class Refused(Exception):
    """The action was not done, and nothing of it was written. ``str()`` says what, where and what to do."""


class Conflict(Refused):
    """Somebody else changed the same thing first."""


class NotAllowed(Refused):
    """The account may not do this."""
