"""From paths to figures: whole numbers per township and month, the same on every machine.

Townships keep what they have: a county total that grows by three gives three units to the townships that lag
furthest behind their share, nothing moves between them. A part never exceeds its whole in any township.
"""

import datetime as dt
import random
from collections.abc import Iterator, Mapping
from decimal import Decimal
from fractions import Fraction

from indicators.demo import county
from indicators.demo.county import COUNTY, FIRST_MONTH, TOWNSHIPS, Stock
from indicators.rules.months import add_months, month_distance, months_between, parse_month

SEED = 330424
Figures = dict[str, Decimal]  # metric code → value
Report = tuple[str, dt.date]  # unit code, month


def figures(through: dt.date) -> dict[Report, Figures]:
    """All reported figures from the first month to ``through``."""
    months = list(months_between(FIRST_MONTH, through))
    reports: dict[Report, Figures] = {(COUNTY, county.ORGANISATIONS_FIRST_MONTH): {}}
    reports[COUNTY, county.ORGANISATIONS_FIRST_MONTH]["elder_service_organizations"] = Decimal(
        county.ORGANISATIONS_2015
    )
    for month in months:
        reports[COUNTY, month] = _county_figures(month)
    for code, rows in _township_series(months).items():
        for month, row in zip(months, rows, strict=True):
            for unit, value in zip(TOWNSHIPS, row, strict=True):
                reports.setdefault((unit, month), {})[code] = Decimal(value)
    return reports


def _random(*key: object) -> random.Random:
    """A generator of its own for each series, so that a new series does not move the others."""
    return random.Random(f"{SEED}:{key}")  # noqa: S311 - invented figures, nothing secret


# --- County totals over time ------------------------------------------------------------------------------


def path(totals: tuple[int | float, ...], month: dt.date) -> Fraction:
    """The value of a path in ``month``: straight between the named months, level after the last."""
    named = [parse_month(text) for text in county.MONTHS[: len(totals)]]
    values = [Fraction(str(value)) for value in totals]
    for (left, start), (right, end) in zip(
        zip(named, values, strict=True), zip(named[1:], values[1:], strict=True), strict=False
    ):
        if left <= month <= right:
            return start + (end - start) * Fraction(month_distance(left, month), month_distance(left, right))
    return values[0] if month < named[0] else values[-1]


def _yearly(table: Mapping[int, int], year: int) -> int:
    return table[year] if year in table else table[max(table)] if year > max(table) else 0


def _month_share(total: int, weights: tuple[int, ...], month: int) -> int:
    """What of a year's total falls on a month: rounded so that the twelve add up."""
    whole = sum(weights)
    upto, before = sum(weights[:month]), sum(weights[: month - 1])
    return round(Fraction(total * upto, whole)) - round(Fraction(total * before, whole))


# --- Sharing a total among townships ----------------------------------------------------------------------


def share_out(total: int, weights: list[Fraction], held: list[int], caps: list[int] | None) -> list[int]:
    """Bring ``held`` to ``total``: to whoever lags furthest behind, from whoever is furthest ahead."""
    values = [min(value, cap) for value, cap in zip(held, caps or held, strict=True)]
    whole = sum(weights) or Fraction(1)
    aims = [total * weight / whole for weight in weights]
    while (gap := total - sum(values)) != 0:
        step = 1 if gap > 0 else -1
        open_ = [
            i
            for i, value in enumerate(values)
            if (caps is None or value < caps[i] if step > 0 else value > 0)
        ]
        wanting = [i for i in open_ if weights[i] > 0] or open_
        chosen = max(wanting, key=lambda i: ((aims[i] - values[i]) * step, -i))
        # Many units at once while the chosen one would be chosen again anyway.
        lag = int(abs(aims[chosen] - values[chosen]) / 2)
        room = caps[chosen] - values[chosen] if caps is not None and step > 0 else abs(gap)
        if step < 0:
            room = values[chosen]
        values[chosen] += step * max(1, min(lag, room, abs(gap)))
    return values


def _stock_series(
    code: str, stock: Stock, months: list[dt.date], wholes: Mapping[str, list[list[int]]]
) -> list[list[int]]:
    generator = _random("skill", code)
    skills = [
        Fraction(round(1000 * (1 + generator.uniform(-stock.skill, stock.skill))), 1000) for _ in TOWNSHIPS
    ]
    events = {(when, unit): size for when, unit, size in stock.events}
    rows: list[list[int]] = []
    for index, month in enumerate(months):
        caps = wholes[stock.within][index] if stock.within else None
        base = caps if caps is not None and stock.share is county.ELDERS else stock.share
        weights = [Fraction(share) * skill for share, skill in zip(base, skills, strict=True)]
        known = add_months(month, -(month.month % 3)) if stock.is_quarterly else month
        total = round(path(stock.totals, known))
        total += sum(size for when, _, size in stock.events if when <= f"{month:%Y-%m}")
        if caps is not None:
            total = min(total, sum(caps))
        held = rows[-1] if rows else list(stock.start or _first(total, weights))
        held = [
            value + events.get((f"{month:%Y-%m}", unit), 0)
            for unit, value in zip(TOWNSHIPS, held, strict=True)
        ]
        rows.append(share_out(total, weights, held, caps))
    return rows


def _first(total: int, weights: list[Fraction]) -> list[int]:
    whole = sum(weights) or Fraction(1)
    return [int(total * weight / whole) for weight in weights]


def _township_series(months: list[dt.date]) -> dict[str, list[list[int]]]:
    series: dict[str, list[list[int]]] = {
        code: [list(values) for _ in months] for code, values in county.FIXED.items()
    }
    for code, stock in county.STOCKS.items():
        series[code] = _stock_series(code, stock, months, series)
    for code in county.UNION_METRICS:
        series[code] = [
            [int(f"{month:%Y-%m}" >= county.UNIONS.get(unit, "9999")) for unit in TOWNSHIPS]
            for month in months
        ]
    for code, whole in county.TRAINED.items():
        series[code] = [_trained(values, month) for values, month in zip(series[whole], months, strict=True)]
    series |= _visits(months)
    for code, by_year in county.TOWNSHIP_FLOWS.items():
        series[code] = [_flow_row(code, by_year, month) for month in months]
    return series


def _trained(staff: list[int], month: dt.date) -> list[int]:
    reached = Fraction(county.TRAINED_IN_YEAR.get(month.year, 100), 100)
    share = reached * Fraction(county.TRAINED_BY_MONTH[month.month - 1], 100)
    return [min(people, round(people * share)) for people in staff]


def _visits(months: list[dt.date]) -> dict[str, list[list[int]]]:
    series: dict[str, list[list[int]]] = {}
    for kind, (people, rates) in county.VISITS.items():
        due, done = [], []
        for month, row in zip(months, _stock_series(kind, people, months, {}), strict=True):
            times = mondays(month) if kind == "weekly" else 1
            due.append([persons * times for persons in row])
            done.append(_visits_done(kind, due[-1], rates, month))
        series[f"{kind}_visits_due"], series[f"{kind}_visits_done"] = due, done
    return series


def _visits_done(kind: str, due: list[int], rates: tuple[float, ...], month: dt.date) -> list[int]:
    generator = _random("visits", kind, month)
    rate = path(rates, month) / 100 * county.VISIT_DIPS.get(f"{month:%Y-%m}", Fraction(1))
    if f"{month:%Y-%m}" not in county.EXACT_MONTHS:
        rate = min(rate * Fraction(1000 + generator.randint(-12, 6), 1000), Fraction(1))
    total = min(round(sum(due) * rate), sum(due))
    # A township's habits last (skill), every month is a little different (luck); both scale what is missed.
    lacking = 1 - rate
    weights = []
    for unit, persons in zip(TOWNSHIPS, due, strict=True):
        skill = _random("visit skill", kind, unit).uniform(-0.5, 0.5)
        luck = generator.uniform(-0.1, 0.1)
        missed = lacking * Fraction(round(1000 * (1 + skill + luck)), 1000)
        weights.append(persons * (1 - min(missed, Fraction(1))))
    return share_out(total, weights, _first(total, weights), due)


def mondays(month: dt.date) -> int:
    """Weeks of a month, each counted in the month in which its Monday lies: four or five."""
    days = _days_of(month)
    return sum((month + dt.timedelta(days=day)).weekday() == 0 for day in range(days))


def _days_of(month: dt.date) -> int:
    return (add_months(month, 1) - month).days


def _flow_row(code: str, by_year: Mapping[int, int], month: dt.date) -> list[int]:
    total = _month_share(_yearly(by_year, month.year), county.WORKING_YEAR, month.month)
    if month == FIRST_MONTH:
        total = county.FIRST_MONTH_FLOWS.get(code, total)
    generator = _random("flow", code, month)
    values = [0] * len(TOWNSHIPS)
    for chosen in generator.choices(range(len(TOWNSHIPS)), weights=county.RURAL, k=total):
        values[chosen] += 1
    return values


# --- The county's own report ------------------------------------------------------------------------------


def _county_figures(month: dt.date) -> Figures:
    values = {code: Decimal(round(path(totals, month))) for code, totals in county.COUNTY_STOCKS.items()}
    values |= {code: Decimal(1) for code in county.UNION_METRICS}
    for code, by_year in county.COUNTY_FLOWS.items():
        total = _month_share(_yearly(by_year, month.year), county.EXAM_MONTHS, month.month)
        if month == FIRST_MONTH:
            total = county.FIRST_MONTH_FLOWS.get(code, total)
        values[code] = Decimal(total)
    fund = _money(county.LOTTERY_FUND, month, 0)
    share = Decimal(_yearly(county.LOTTERY_SHARE, month.year)) / 100
    values["lottery_welfare_fund"] = fund
    values["lottery_welfare_fund_for_elder_care"] = (fund * share).quantize(Decimal("0.01"))
    values["fiscal_input_for_elder_care"] = _money(county.FISCAL_INPUT, month, 1)
    return values


def _money(by_year: Mapping[int, int], month: dt.date, salt: int) -> Decimal:
    """A month's part of a year's money in 万元, to the cent-like second decimal."""
    luck = Decimal(_random("money", salt, month).randint(-300, 300)) / 10_000
    share = Decimal(county.MONEY_YEAR[month.month - 1]) / sum(county.MONEY_YEAR)
    return (_yearly(by_year, month.year) * share * (1 + luck)).quantize(Decimal("0.01"))


def all_months(through: dt.date) -> Iterator[dt.date]:
    """Every month that has a report, the early one of the county included."""
    yield county.ORGANISATIONS_FIRST_MONTH
    yield from months_between(FIRST_MONTH, through)
