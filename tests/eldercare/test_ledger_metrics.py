"""The registry of ledger metrics, on a ledger of its own making: accounts as rows, counted by unit."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db.models import Q

from eldercare import ledger_metrics
from eldercare.ledger_kept import kept
from eldercare.ledger_metrics import (
    Change,
    LedgerMetric,
    Period,
    Source,
    effects_of,
    figures,
    period_of,
    register,
    rows_of,
    source_of,
)
from eldercare.models import User

MONTH = dt.date(2024, 6, 1)


@pytest.fixture
def registry(monkeypatch):
    """Empty for the test."""
    monkeypatch.setattr(ledger_metrics, "_sources", {})
    monkeypatch.setattr(ledger_metrics, "_by_code", {})
    monkeypatch.setattr(ledger_metrics, "_effect_providers", [])


def accounts(*metrics: LedgerMetric, key: str = "accounts") -> Source:
    return register(
        Source(
            key=key,
            label="账号",
            ledger="accounts",
            rows=lambda period: User.objects.filter(is_active=True),
            unit="org_unit",
            metrics=metrics,
        )
    )


def anybody(period: Period) -> Q:
    return Q()


def counted(code: str, *units) -> list[int]:
    found = figures(units, MONTH, codes=[code])
    listed = [rows_of(code, MONTH, unit).count() for unit in units]
    assert [found[unit.pk, code] for unit in units] == listed
    return listed


@pytest.mark.parametrize(
    ("day", "first", "last"),
    [
        ("2024-02-01", "2024-02-01", "2024-02-29"),
        ("2023-02-14", "2023-02-01", "2023-02-28"),
        ("2023-12-31", "2023-12-01", "2023-12-31"),
        ("2024-04-30", "2024-04-01", "2024-04-30"),
    ],
)
def test_a_month_is_known_by_any_of_its_days(day, first, last):
    assert [each.isoformat() for each in period_of(dt.date.fromisoformat(day))] == [first, last]


def test_a_county_counts_all_below_it_or_its_own_or_nothing(registry, cast):
    accounts(
        LedgerMetric("all", anybody, at_county="within"),
        LedgerMetric("own", anybody, at_county="own"),
        LedgerMetric("none", anybody),
    )
    units = (cast.county, cast.township, cast.other_township, cast.village)
    assert counted("all", *units) == [8, 1, 1, 0]
    assert counted("own", *units) == [5, 1, 1, 0]
    assert counted("none", *units) == [0, 1, 1, 0]
    assert set(figures(units, MONTH)) == {
        (unit.pk, code) for unit in units for code in ("all", "own", "none")
    }


def test_different_values_are_counted_once_in_each_unit_and_once_in_the_county(registry, cast):
    User.objects.update(full_name="同名")
    accounts(LedgerMetric("names", anybody, distinct="full_name", at_county="within"))
    assert counted("names", cast.county, cast.township, cast.other_township, cast.village) == [1, 1, 1, 0]


def test_a_value_that_is_missing_is_not_counted_as_one(registry, cast):
    accounts(LedgerMetric("first_days", anybody, distinct="last_login", at_county="within"))
    assert counted("first_days", cast.county) == [0]


def test_a_total_is_the_sum_over_the_rows(registry, cast):
    accounts(LedgerMetric("total", lambda period: Q(role="leader"), total="org_unit_id", at_county="within"))
    assert figures([cast.county], MONTH) == {(cast.county.pk, "total"): Decimal(cast.county.pk)}


def test_a_part_needs_the_condition_of_its_whole(registry, cast):
    accounts(
        LedgerMetric("clerks", lambda period: Q(role="township_clerk")),
        LedgerMetric("gu", lambda period: Q(full_name__startswith="顾"), part_of="clerks"),
        LedgerMetric("not_gu", lambda period: ~Q(full_name__startswith="顾"), part_of="clerks"),
    )
    User.objects.filter(pk=cast.leader.pk).update(full_name="顾三", org_unit=cast.township)
    assert counted("gu", cast.township, cast.other_township) == [1, 0]
    assert counted("not_gu", cast.township, cast.other_township) == [0, 1]


def test_a_condition_that_nothing_can_meet_counts_nothing(registry, cast):
    accounts(LedgerMetric("nobody", lambda period: Q(pk__in=[])), LedgerMetric("anybody", anybody))
    assert counted("nobody", cast.township) == [0]
    assert counted("anybody", cast.township) == [1]


def test_the_condition_is_told_the_month(registry, cast):
    accounts(LedgerMetric("new", lambda period: Q(created_at__date__range=period)))
    day = User.objects.get(pk=cast.township_clerk.pk).created_at.date()
    assert figures([cast.township], day)[cast.township.pk, "new"] == 1
    assert figures([cast.township], dt.date(2001, 1, 1))[cast.township.pk, "new"] == 0


def test_another_county_is_counted_apart(registry, cast):
    accounts(LedgerMetric("all", anybody, at_county="within"))
    assert counted("all", cast.county, cast.neighbour) == [8, 1]


def test_kept_looks_at_rows_of_any_time(registry, cast):
    accounts(LedgerMetric("all", anybody))
    User.objects.update(is_active=False)
    assert kept([cast.county, cast.township, cast.village]) == {
        (cast.county.pk, "accounts"): True,
        (cast.township.pk, "accounts"): True,
        (cast.village.pk, "accounts"): False,
    }
    assert counted("all", cast.township) == [0]
    assert kept([]) == {}


def test_what_is_registered_twice_or_part_of_nothing_is_refused(registry):
    accounts(LedgerMetric("all", anybody))
    with pytest.raises(ValueError, match="registered twice"):
        accounts(LedgerMetric("other", anybody))
    with pytest.raises(ValueError, match="registered twice"):
        accounts(LedgerMetric("all", anybody), key="others")
    with pytest.raises(ValueError, match="has no metric"):
        accounts(LedgerMetric("part", anybody, part_of="whole"), key="others")
    assert ledger_metrics.codes() == {"all"}


def test_an_unknown_metric_is_an_error(registry, cast):
    with pytest.raises(KeyError):
        source_of("beds")
    with pytest.raises(KeyError):
        figures([cast.township], MONTH, codes=["beds"])


def test_providers_are_asked_what_a_change_does_and_their_answers_joined(registry, cast):
    four, six = {"beds": Decimal(4)}, {"beds": Decimal(6)}
    changes = [Change(cast.township, four, six), Change(cast.other_township, six, four)]
    assert effects_of(changes, MONTH, cast.county_clerk) == []

    @ledger_metrics.effect_provider
    def first(changes, month, user):
        return [
            [{"text": f"{unit} {month:%Y-%m} {before['beds']}→{after['beds']} {user}"}]
            for unit, before, after in changes
        ]

    ledger_metrics.effect_provider(lambda changes, *_: [[{"text": "第二"}, {"text": "第三"}], []])
    ledger_metrics.effect_provider(first)
    clerk, other = cast.county_clerk, cast.other_township
    assert [each["text"] for each in effects_of(changes, MONTH, clerk)] == [
        f"沈荡镇 2024-06 4→6 {clerk}",
        "第二",
        "第三",
        f"{other} 2024-06 6→4 {clerk}",
    ]
