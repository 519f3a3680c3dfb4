"""What a rule has to say about a value of a row."""

from typing import NamedTuple


class Remark(NamedTuple):
    """``key``: the field or column it is about; an error refuses the row, a warning wants a person's eye."""

    key: str
    message: str
    is_error: bool = True
