"""The roll-up of a month: from approved reports to published metric and indicator values.

Three statements write everything, however many townships and indicators there are:

1. own figures of every unit that owes a report, with the bounds of what is still missing;
2. their totals for every unit above;
3. indicator values: weights × metric windows, summed per unit, divided last.

Each writes only rows that changed and removes rows that are no longer due, so running it twice, twice at once
or after being killed gives the same result: a transaction per month behind one advisory lock.

Bounds: a unit that has not reported is taken to be able to reach its last approved value, less or more the
metric's plausible change; a unit that never reported leaves the total unbounded. Bounds of an indicator combine
the bounds of its sides as if they moved independently, so they are never too narrow; a part never exceeds its
whole.
"""

import datetime as dt
import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from indicators.indicator_sql import INDICATORS
from indicators.models import RollupRequest
from indicators.specs import IndicatorSpec, MonthSpecs, specs_for_month

logger = logging.getLogger(__name__)

LOCK_KEY = 0x656C646572  # any fixed number: one roll-up at a time in a database
# For this transaction room to sort and hash the values of a large place in memory; a small one takes none of it.
LOCK = "SELECT pg_advisory_xact_lock(%s), set_config('work_mem', '64MB', true)"


@dataclass(frozen=True)
class RollupResult:
    month: dt.date
    metric_values: int  # rows written or removed
    indicator_values: int


@dataclass(frozen=True)
class Instead:
    """Own figures of a unit by metric id, all that it owes; ``None`` where nothing is reported."""

    org_unit_id: int
    figures: dict[int, Decimal | None]


def roll_up_month(month: dt.date) -> RollupResult:
    """Publish ``month``: write what changed, remove what is no longer due. Idempotent."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(LOCK, [LOCK_KEY])
        return _roll_up_locked(cursor, month)


def roll_up_months(months: Iterable[dt.date]) -> list[RollupResult]:
    """Publish several months, earliest first, because later ones build on earlier ones."""
    return [roll_up_month(month) for month in sorted(set(months))]


def roll_up_due(limit: int = 500) -> list[RollupResult]:
    """Do the requested roll-ups that are not done yet, earliest month first.

    A request is marked done with the version that was read before the work: a request that arrives meanwhile
    stays due.
    """
    results = []
    while len(results) < limit:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(LOCK, [LOCK_KEY])
            due = RollupRequest.objects.filter(done_version__lt=F("version")).order_by("month").first()
            if due is None:
                break
            results.append(_roll_up_locked(cursor, due.month))
            RollupRequest.objects.filter(pk=due.pk).update(done_version=due.version, done_at=timezone.now())
    return results


def _roll_up_locked(cursor, month: dt.date) -> RollupResult:
    now = timezone.now()
    cursor.execute(OWN_FIGURES, {"month": month, "now": now})
    changed = cursor.fetchone()[0]
    cursor.execute(TOTALS, {"month": month, "now": now})
    changed += cursor.fetchone()[0]
    cursor.execute(WRITE_INDICATORS, _parameters(specs_for_month(month)) | {"now": now})
    return RollupResult(month, changed, cursor.fetchone()[0])


def preview(specs: MonthSpecs, instead: "Instead | Sequence[Instead] | None" = None) -> list[dict]:
    """What the specs would give, nothing written: one row per indicator and unit.

    ``instead`` gives one or more units other own figures in the month of the specs, published or not.
    """
    statement, parameters = PREVIEW_INDICATORS, _parameters(specs)
    if instead is not None:
        statement = PREVIEW_INSTEAD
        units = [instead] if isinstance(instead, Instead) else instead
        parameters |= {
            "o_units": [each.org_unit_id for each in units],
            "o_unit": [each.org_unit_id for each in units for _ in each.figures],
            "o_metric": [metric for each in units for metric in each.figures],
            "o_value": [value for each in units for value in each.figures.values()],
        }
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _parameters(specs: MonthSpecs) -> dict:
    """The specs as arrays for ``unnest``: one statement whatever their number."""
    return {
        "month": specs.month,
        "w_id": [w.id for w in specs.windows],
        "w_metric": [w.metric_id for w in specs.windows],
        "w_indicator": [w.registered_for for w in specs.windows],
        "w_first": [w.window.first for w in specs.windows],
        "w_last": [w.window.last for w in specs.windows],
        "w_needed": [w.window.needed_from for w in specs.windows],
        "w_needed_months": [w.window.needed_months for w in specs.windows],
        "w_as_of": [w.as_of for w in specs.windows],
        "w_is_flow": [w.is_flow for w in specs.windows],
        "p_indicator": [p.indicator_id for p in specs.parts],
        "p_window": [p.window_id for p in specs.parts],
        "p_side": [p.side for p in specs.parts],
        "p_weight": [p.weight for p in specs.parts],
        "o_indicator": [o.indicator_id for o in specs.only],
        "o_issuer": [o.issuer_id for o in specs.only],
        "o_code": [o.code for o in specs.only],
        **_indicator_arrays(specs.indicators),
    }


def _indicator_arrays(specs: Sequence[IndicatorSpec]) -> dict:
    return {
        "i_id": [s.indicator_id for s in specs],
        "i_unit": [s.org_unit_id for s in specs],
        "i_ratio": [s.is_ratio for s in specs],
        "i_share": [s.is_share for s in specs],
        "i_up": [s.scale.numerator for s in specs],
        "i_down": [s.scale.denominator for s in specs],
        "i_comparator": [s.comparator for s in specs],
        "i_target": [s.target for s in specs],
        "i_judged": [s.is_judged for s in specs],
        "i_everywhere": [s.is_judged_everywhere for s in specs],
        "i_each": [s.is_judged_by_unit for s in specs],
        "i_past": [s.is_past_due for s in specs],
        "i_confirm": [s.is_confirmation for s in specs],
        "i_base": [s.base_value for s in specs],
        "i_base_month": [s.base_month for s in specs],
        "i_progress": [s.progress for s in specs],
        "i_decimals": [s.decimals for s in specs],
    }


# --- 0. What stood ---------------------------------------------------------------------------------------------


def _kept(table: str, keys: Sequence[str], values: Sequence[str], which: str = "") -> str:
    """A copy of every row that the statement changes or removes, with the moment from which it no longer stands; and
    the removing of what is no longer due.

    Put before the writing: all parts of one statement read what was there when it began.
    """
    copied = [*keys, *dict.fromkeys((*values, "reported", "owed", "computed_at"))]
    compared = [*keys, *values]
    # EXCEPT compares by hashing, whatever the planner believes of the number of rows; then few are left to look up.
    # What is no longer due is among them.
    return f"""moved AS MATERIALIZED (
    SELECT {", ".join(f"old.{name}" for name in compared)} FROM {table} old
     WHERE old.month = %(month)s AND old.superseded_at IS NULL {which}
    EXCEPT SELECT {", ".join(compared)} FROM fresh
), kept AS (
    INSERT INTO {table} (month, {", ".join(copied)}{", is_total" if which else ""}, superseded_at)
    SELECT old.month, {", ".join(f"old.{name}" for name in copied)}{", old.is_total" if which else ""}, %(now)s
      FROM moved m
      JOIN {table} old ON {" AND ".join(f"old.{key} = m.{key}" for key in keys)}
     WHERE old.month = %(month)s AND old.superseded_at IS NULL {which}
), gone AS MATERIALIZED (
    SELECT {", ".join(keys)} FROM moved EXCEPT SELECT {", ".join(keys)} FROM fresh
), removed AS (
    DELETE FROM {table} old USING gone g
     WHERE {" AND ".join(f"old.{key} = g.{key}" for key in keys)}
       AND old.month = %(month)s AND old.superseded_at IS NULL {which}
    RETURNING 1
), """


_METRIC_KEYS = ("metric_id", "org_unit_id")
_BOUNDED = ("value", "low", "high")

# --- 1. Own figures -------------------------------------------------------------------------------------------

OWN_FIGURES = (
    """
WITH in_force AS (
    SELECT a.plan_id, a.org_unit_id FROM indicators_adoption a
     WHERE (a.from_month IS NULL OR a.from_month <= %(month)s)
       AND (a.until_month IS NULL OR a.until_month >= %(month)s)
), owing AS (
    SELECT r.id AS report_id, r.org_unit_id, r.status IN ('approved', 'locked') AS is_published,
           -- as in models/owing.py: who files for the whole area, for the townships' part, for the own part
           CASE WHEN o.level = 'county' AND above.level = 'city'
                     AND NOT EXISTS (SELECT 1 FROM in_force f WHERE f.org_unit_id = o.id)
                  OR o.level = 'reporting' AND above.level = 'city' THEN '{township,county,both}'::text[]
                WHEN o.level IN ('county', 'city') THEN '{county,both}' ELSE '{township,both}' END AS reporters,
           ARRAY(SELECT f.plan_id FROM in_force f JOIN eldercare_orgunit seat ON seat.id = f.org_unit_id
                  WHERE starts_with(o.path, seat.path)) AS plans
      FROM indicators_monthlyreport r
      JOIN eldercare_orgunit o ON o.id = r.org_unit_id
      LEFT JOIN eldercare_orgunit above ON above.id = o.parent_id
     WHERE r.month = %(month)s
), asked AS (
    -- a metric that no plan needs is owed everywhere
    SELECT DISTINCT w.plans, m.id AS metric_id
      FROM (SELECT DISTINCT plans FROM owing) w
      CROSS JOIN indicators_metric m
      LEFT JOIN indicators_metricneed n ON n.metric_id = m.id
     WHERE m.is_collected AND (n.id IS NULL OR n.plan_id = ANY (w.plans))
), typed AS (
    -- what is owed, and what was reported although it is not asked for
    SELECT w.org_unit_id, m.id AS metric_id, m.plausible_change,
           CASE WHEN w.is_published THEN e.value END AS value
      FROM owing w
      CROSS JOIN indicators_metric m
      LEFT JOIN indicators_metricentry e ON e.report_id = w.report_id AND e.metric_id = m.id
      LEFT JOIN asked a ON a.plans = w.plans AND a.metric_id = m.id
     WHERE (a.metric_id IS NOT NULL AND m.reporter = ANY (w.reporters)) OR (w.is_published AND e.id IS NOT NULL)
), fresh AS (
    SELECT t.metric_id, t.org_unit_id, t.value,
           round(COALESCE(t.value, GREATEST(p.value * (1 - t.plausible_change), 0)), 4) AS low,
           round(COALESCE(t.value, p.value * (1 + t.plausible_change)), 4) AS high
      FROM typed t
      LEFT JOIN LATERAL (
           SELECT v.value FROM indicators_metricvalue v
            WHERE v.metric_id = t.metric_id AND v.org_unit_id = t.org_unit_id AND NOT v.is_total
              AND v.superseded_at IS NULL AND v.month < %(month)s AND v.value IS NOT NULL AND t.value IS NULL
            ORDER BY v.month DESC LIMIT 1) p ON true
), """
    + _kept("indicators_metricvalue", _METRIC_KEYS, _BOUNDED, "AND NOT old.is_total")
    + """written AS (
    INSERT INTO indicators_metricvalue AS old
           (metric_id, org_unit_id, month, is_total, value, low, high, reported, owed, computed_at)
    SELECT metric_id, org_unit_id, %(month)s, false, value, low, high,
           (value IS NOT NULL)::int, 1, %(now)s
      FROM fresh
    ON CONFLICT (metric_id, org_unit_id, is_total, month) WHERE superseded_at IS NULL DO UPDATE
       SET value = EXCLUDED.value, low = EXCLUDED.low, high = EXCLUDED.high,
           reported = EXCLUDED.reported, computed_at = EXCLUDED.computed_at
     WHERE (old.value, old.low, old.high) IS DISTINCT FROM (EXCLUDED.value, EXCLUDED.low, EXCLUDED.high)
    RETURNING 1
)
SELECT (SELECT count(*) FROM written) + (SELECT count(*) FROM removed)
"""
)

# --- 2. Totals ------------------------------------------------------------------------------------------------

TOTALS = (
    """
WITH fresh AS (
    SELECT v.metric_id, above.id AS org_unit_id, sum(v.value) AS value,
           CASE WHEN count(v.low) = count(*) THEN sum(v.low) END AS low,
           CASE WHEN count(v.high) = count(*) THEN sum(v.high) END AS high,
           count(v.value) AS reported, count(*) AS owed
      FROM indicators_metricvalue v
      JOIN indicators_metric m ON m.id = v.metric_id AND m.unit_aggregate = 'sum'
      JOIN eldercare_orgunit unit ON unit.id = v.org_unit_id
      CROSS JOIN LATERAL unnest(string_to_array(trim(BOTH '/' FROM unit.path), '/')) AS link(code)
      JOIN eldercare_orgunit above ON above.code = link.code AND above.level IN ('county', 'city')
     WHERE v.month = %(month)s AND NOT v.is_total AND v.superseded_at IS NULL
     GROUP BY v.metric_id, above.id
), """
    + _kept("indicators_metricvalue", _METRIC_KEYS, (*_BOUNDED, "reported", "owed"), "AND old.is_total")
    + """written AS (
    INSERT INTO indicators_metricvalue AS old
           (metric_id, org_unit_id, month, is_total, value, low, high, reported, owed, computed_at)
    SELECT metric_id, org_unit_id, %(month)s, true, value, low, high, reported, owed, %(now)s FROM fresh
    ON CONFLICT (metric_id, org_unit_id, is_total, month) WHERE superseded_at IS NULL DO UPDATE
       SET value = EXCLUDED.value, low = EXCLUDED.low, high = EXCLUDED.high,
           reported = EXCLUDED.reported, owed = EXCLUDED.owed, computed_at = EXCLUDED.computed_at
     WHERE (old.value, old.low, old.high, old.reported, old.owed)
           IS DISTINCT FROM (EXCLUDED.value, EXCLUDED.low, EXCLUDED.high, EXCLUDED.reported, EXCLUDED.owed)
    RETURNING 1
)
SELECT (SELECT count(*) FROM written) + (SELECT count(*) FROM removed)
"""
)

# --- 3. Indicators --------------------------------------------------------------------------------------------

# Both statements are put together from constants of this module; every value is a parameter.
PREVIEW_INDICATORS = INDICATORS + "SELECT * FROM fresh ORDER BY indicator_id, org_unit_id"

# The published figures, those of some units in one month put in their place.
_FIGURES_INSTEAD = """
WITH figure AS NOT MATERIALIZED (
    SELECT id, metric_id, org_unit_id, month, is_total, value, low, high, superseded_at
      FROM indicators_metricvalue
     WHERE NOT (month = %(month)s AND org_unit_id = ANY (%(o_units)s::bigint[]) AND NOT is_total)
    UNION ALL
    SELECT -o.metric_id, o.metric_id, o.org_unit_id, %(month)s::date, false, o.value, o.value, o.value,
           NULL::timestamptz
      FROM unnest(%(o_unit)s::bigint[], %(o_metric)s::bigint[], %(o_value)s::numeric[])
           AS o(org_unit_id, metric_id, value)
), win AS ("""
PREVIEW_INSTEAD = PREVIEW_INDICATORS.replace("indicators_metricvalue", "figure").replace(
    "\nWITH win AS (", _FIGURES_INSTEAD, 1
)

_JUDGED = (
    "numerator",
    "denominator",
    "value",
    "low",
    "high",
    "reported",
    "owed",
    "target",
    "path",
    "status",
    "units_met",
    "units_due",
)

WRITE_INDICATORS = (
    INDICATORS
    + ", "
    + _kept("indicators_indicatorvalue", ("indicator_id", "org_unit_id"), _JUDGED)
    + f"""written AS (
    INSERT INTO indicators_indicatorvalue AS old (indicator_id, org_unit_id, month, {", ".join(_JUDGED)}, computed_at)
    SELECT indicator_id, org_unit_id, %(month)s, {", ".join(_JUDGED)}, %(now)s
      FROM fresh
    ON CONFLICT (indicator_id, org_unit_id, month) WHERE superseded_at IS NULL DO UPDATE
       SET {", ".join(f"{name} = EXCLUDED.{name}" for name in _JUDGED)}, computed_at = EXCLUDED.computed_at
     WHERE ({", ".join(f"old.{name}" for name in _JUDGED)})
           IS DISTINCT FROM ({", ".join(f"EXCLUDED.{name}" for name in _JUDGED)})
    RETURNING 1
)
SELECT (SELECT count(*) FROM written) + (SELECT count(*) FROM removed)
"""
)
