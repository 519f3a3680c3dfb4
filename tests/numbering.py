"""Numbers for what the factories make, and a test's own: it gets the same ones whatever ran before it.

Names, codes and ID numbers are made of them. Were they counted through a whole run, a test would meet other people
each time that tests are dealt out in another way, and once in a hundred runs two with the same ID number.
"""

import datetime as dt
from collections.abc import Iterator

import pytest

from eldercare.identity import synthetic_id


class Numbering:
    """1, 2, 3, … from the beginning of a module; a test goes on behind what the fixtures of its module took."""

    def __init__(self) -> None:
        self.last = 0

    def next(self) -> int:
        self.last += 1
        return self.last


numbers = Numbering()


@pytest.fixture(scope="module", autouse=True)
def numbers_of_a_module() -> None:
    numbers.last = 0


@pytest.fixture(autouse=True)
def numbers_of_a_test() -> Iterator[None]:
    before = numbers.last
    yield
    numbers.last = before


def plain_id(born: dt.date, place: int) -> str:
    """One of 720 ID numbers of that day that have no finding; an odd place is a man's, from 720 on they repeat."""
    hundreds, rest = divmod(place % 720, 80)
    tens, ones = divmod(rest, 10)
    return synthetic_id(born, (1 + hundreds) * 100 + (1 + tens) * 10 + ones)
