"""Until when somebody is covered, against the definition of docs/payment-rules.md §3.7 taken month by month."""

import datetime as dt
import random

import pytest

from subsidies.rules.certifications import add_months, covered_until, latest_uncovering, month_of


@pytest.mark.parametrize(
    ("applied", "last", "period", "until"),
    [
        (dt.date(2025, 3, 31), None, 1, dt.date(2025, 4, 1)),
        (dt.date(2025, 3, 1), None, 12, dt.date(2026, 3, 1)),
        (dt.date(2025, 3, 1), dt.date(2025, 11, 30), 3, dt.date(2026, 2, 1)),
        (dt.date(2025, 3, 1), dt.date(2024, 11, 30), 6, dt.date(2025, 9, 1)),
    ],
)
def test_the_last_month_covered(applied, last, period, until):
    assert covered_until(applied, last, period) == until


def month_number(day: dt.date) -> int:
    return day.year * 12 + day.month


def test_covered_until_is_the_last_month_that_the_definition_covers():
    chance = random.Random(36)  # noqa: S311 - chance for a test
    for _ in range(400):
        applied = dt.date(2024, 1, 1) + dt.timedelta(days=chance.randrange(900))
        days = sorted(
            dt.date(2024, 1, 1) + dt.timedelta(days=chance.randrange(900)) for _ in range(chance.randrange(4))
        )
        period, resume = chance.choice([1, 3, 6, 12]), chance.randrange(3)
        covered = set(range(0, month_number(applied) + period + 1))
        for day in days:
            covered |= set(range(month_number(day) - resume, month_number(day) + period + 1))
        last = covered_until(applied, days[-1] if days else None, period)
        assert month_number(last) == max(covered)


def test_the_boundary_tells_who_is_not_covered():
    chance = random.Random(37)  # noqa: S311 - chance for a test
    for _ in range(400):
        day = dt.date(2024, 1, 1) + dt.timedelta(days=chance.randrange(900))
        month = month_of(dt.date(2024, 6, 1) + dt.timedelta(days=chance.randrange(900)))
        period = chance.choice([1, 3, 6, 12])
        assert (day < latest_uncovering(month, period)) == (covered_until(day, None, period) < month)


def test_months_are_counted_over_the_turn_of_the_year():
    assert add_months(dt.date(2025, 11, 30), 3) == dt.date(2026, 2, 1)
    assert add_months(dt.date(2026, 1, 5), -1) == dt.date(2025, 12, 1)
