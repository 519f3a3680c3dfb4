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

from indicators.models import RollupRequest
from indicators.specs import IndicatorSpec, MonthSpecs, specs_for_month

logger = logging.getLogger(__name__)

LOCK_KEY = 0x656C646572  # any fixed number: one roll-up at a time in a database


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
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK_KEY])
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
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK_KEY])
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


def preview(specs: MonthSpecs, instead: "Instead | None" = None) -> list[dict]:
    """What the specs would give, nothing written: one row per indicator and unit.

    ``instead`` gives one unit other own figures in the month of the specs, published or not.
    """
    statement, parameters = PREVIEW_INDICATORS, _parameters(specs)
    if instead is not None:
        statement = PREVIEW_INSTEAD
        parameters |= {
            "o_unit": instead.org_unit_id,
            "o_metric": list(instead.figures),
            "o_value": list(instead.figures.values()),
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
        "p_below": [p.is_denominator for p in specs.parts],
        "p_weight": [p.weight for p in specs.parts],
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
        "i_past": [s.is_past_due for s in specs],
        "i_confirm": [s.is_confirmation for s in specs],
        "i_base": [s.base_value for s in specs],
        "i_base_month": [s.base_month for s in specs],
        "i_progress": [s.progress for s in specs],
        "i_decimals": [s.decimals for s in specs],
    }


# --- 1. Own figures -------------------------------------------------------------------------------------------

OWN_FIGURES = """
WITH owing AS (
    SELECT r.id AS report_id, r.org_unit_id, r.status IN ('approved', 'locked') AS is_published,
           CASE WHEN o.level = 'county' THEN 'county' ELSE 'township' END AS reporter
      FROM indicators_monthlyreport r JOIN eldercare_orgunit o ON o.id = r.org_unit_id
     WHERE r.month = %(month)s
), typed AS (
    -- what is owed, and what was reported although it is not asked for
    SELECT w.org_unit_id, m.id AS metric_id, m.plausible_change,
           CASE WHEN w.is_published THEN e.value END AS value
      FROM owing w
      CROSS JOIN indicators_metric m
      LEFT JOIN indicators_metricentry e ON e.report_id = w.report_id AND e.metric_id = m.id
     WHERE (m.is_collected AND m.reporter IN (w.reporter, 'both')) OR (w.is_published AND e.id IS NOT NULL)
), fresh AS (
    SELECT t.metric_id, t.org_unit_id, t.value,
           COALESCE(t.value, GREATEST(p.value * (1 - t.plausible_change), 0)) AS low,
           COALESCE(t.value, p.value * (1 + t.plausible_change)) AS high
      FROM typed t
      LEFT JOIN LATERAL (
           SELECT v.value FROM indicators_metricvalue v
            WHERE v.metric_id = t.metric_id AND v.org_unit_id = t.org_unit_id AND NOT v.is_total
              AND v.month < %(month)s AND v.value IS NOT NULL AND t.value IS NULL
            ORDER BY v.month DESC LIMIT 1) p ON true
), written AS (
    INSERT INTO indicators_metricvalue AS old
           (metric_id, org_unit_id, month, is_total, value, low, high, reported, owed, computed_at)
    SELECT metric_id, org_unit_id, %(month)s, false, value, round(low, 4), round(high, 4),
           (value IS NOT NULL)::int, 1, %(now)s
      FROM fresh
    ON CONFLICT (metric_id, org_unit_id, is_total, month) DO UPDATE
       SET value = EXCLUDED.value, low = EXCLUDED.low, high = EXCLUDED.high,
           reported = EXCLUDED.reported, computed_at = EXCLUDED.computed_at
     WHERE (old.value, old.low, old.high) IS DISTINCT FROM (EXCLUDED.value, EXCLUDED.low, EXCLUDED.high)
    RETURNING 1
), removed AS (
    DELETE FROM indicators_metricvalue v
     WHERE v.month = %(month)s AND NOT v.is_total
       AND NOT EXISTS (SELECT 1 FROM fresh f WHERE f.metric_id = v.metric_id AND f.org_unit_id = v.org_unit_id)
    RETURNING 1
)
SELECT (SELECT count(*) FROM written) + (SELECT count(*) FROM removed)
"""

# --- 2. Totals ------------------------------------------------------------------------------------------------

TOTALS = """
WITH fresh AS (
    SELECT v.metric_id, above.id AS org_unit_id, sum(v.value) AS value,
           CASE WHEN count(v.low) = count(*) THEN sum(v.low) END AS low,
           CASE WHEN count(v.high) = count(*) THEN sum(v.high) END AS high,
           count(v.value) AS reported, count(*) AS owed
      FROM indicators_metricvalue v
      JOIN indicators_metric m ON m.id = v.metric_id AND m.unit_aggregate = 'sum'
      JOIN eldercare_orgunit unit ON unit.id = v.org_unit_id
      JOIN eldercare_orgunit above ON above.level IN ('county', 'city') AND unit.path LIKE above.path || '%%'
     WHERE v.month = %(month)s AND NOT v.is_total
     GROUP BY v.metric_id, above.id
), written AS (
    INSERT INTO indicators_metricvalue AS old
           (metric_id, org_unit_id, month, is_total, value, low, high, reported, owed, computed_at)
    SELECT metric_id, org_unit_id, %(month)s, true, value, low, high, reported, owed, %(now)s FROM fresh
    ON CONFLICT (metric_id, org_unit_id, is_total, month) DO UPDATE
       SET value = EXCLUDED.value, low = EXCLUDED.low, high = EXCLUDED.high,
           reported = EXCLUDED.reported, owed = EXCLUDED.owed, computed_at = EXCLUDED.computed_at
     WHERE (old.value, old.low, old.high, old.reported, old.owed)
           IS DISTINCT FROM (EXCLUDED.value, EXCLUDED.low, EXCLUDED.high, EXCLUDED.reported, EXCLUDED.owed)
    RETURNING 1
), removed AS (
    DELETE FROM indicators_metricvalue v
     WHERE v.month = %(month)s AND v.is_total
       AND NOT EXISTS (SELECT 1 FROM fresh f WHERE f.metric_id = v.metric_id AND f.org_unit_id = v.org_unit_id)
    RETURNING 1
)
SELECT (SELECT count(*) FROM written) + (SELECT count(*) FROM removed)
"""

# --- 3. Indicators --------------------------------------------------------------------------------------------

_INDICATORS = """
WITH win AS (
    SELECT * FROM unnest(%(w_id)s::int[], %(w_metric)s::bigint[], %(w_indicator)s::bigint[],
                         %(w_first)s::date[], %(w_last)s::date[], %(w_needed)s::date[],
                         %(w_needed_months)s::int[], %(w_as_of)s::date[], %(w_is_flow)s::bool[])
        AS w(id, metric_id, indicator_id, first, last, needed, needed_months, as_of, is_flow)
), part AS (
    SELECT * FROM unnest(%(p_indicator)s::bigint[], %(p_window)s::int[], %(p_below)s::bool[],
                         %(p_weight)s::numeric[]) AS p(indicator_id, window_id, is_below, weight)
), spec AS (
    SELECT * FROM unnest(%(i_id)s::bigint[], %(i_unit)s::bigint[], %(i_ratio)s::bool[], %(i_share)s::bool[],
                         %(i_up)s::numeric[],
                         %(i_down)s::numeric[], %(i_comparator)s::text[], %(i_target)s::numeric[],
                         %(i_judged)s::bool[], %(i_everywhere)s::bool[], %(i_past)s::bool[],
                         %(i_confirm)s::bool[], %(i_base)s::numeric[], %(i_base_month)s::date[],
                         %(i_progress)s::numeric[], %(i_decimals)s::int[])
        AS s(id, unit_id, is_ratio, is_share, up, down, comparator, target, is_judged, is_everywhere, is_past,
             is_confirmation, base, base_month, progress, decimals)
), reported AS (
    -- a unit owes a window when it owes the metric in the month that is read
    SELECT w.id, due.org_unit_id, sum(v.value) AS value,
           CASE WHEN count(v.low) = count(v.id) THEN sum(v.low) END AS low,
           CASE WHEN count(v.high) = count(v.id) THEN sum(v.high) END AS high,
           count(v.value) FILTER (WHERE v.month >= w.needed) = w.needed_months AS is_complete
      FROM win w
      JOIN indicators_metricvalue due
        ON due.metric_id = w.metric_id AND due.month = w.as_of AND NOT due.is_total
      LEFT JOIN indicators_metricvalue v
        ON v.metric_id = w.metric_id AND v.org_unit_id = due.org_unit_id AND NOT v.is_total
       AND v.month BETWEEN w.first AND w.last
     WHERE w.indicator_id IS NULL
     GROUP BY w.id, due.org_unit_id, w.needed_months
), registered AS (
    SELECT w.id, s.unit_id AS org_unit_id, r.value, r.value AS low, r.value AS high,
           r.value IS NOT NULL AS is_complete
      FROM win w
      JOIN spec s ON s.id = w.indicator_id
      CROSS JOIN LATERAL (
           SELECT CASE WHEN w.is_flow THEN COALESCE(sum(g.quantity), 0)
                       ELSE (array_agg(g.quantity ORDER BY g.happened_on DESC, g.id DESC))[1] END AS value
             FROM indicators_registration g
            WHERE g.indicator_id = w.indicator_id AND g.metric_id = w.metric_id AND g.withdrawn_at IS NULL
              AND g.happened_on < w.last + interval '1 month'
              AND (g.happened_on >= w.first OR NOT w.is_flow)) r
), read AS (
    SELECT * FROM reported UNION ALL SELECT * FROM registered
), per_unit AS (
    SELECT p.indicator_id, r.org_unit_id, bool_and(r.is_complete) AS is_complete,
           COALESCE(sum(p.weight * r.value) FILTER (WHERE NOT p.is_below), 0) AS top,
           COALESCE(sum(p.weight * r.value) FILTER (WHERE p.is_below), 0) AS bottom,
           COALESCE(sum(p.weight * CASE WHEN p.weight > 0 THEN r.low ELSE r.high END)
                    FILTER (WHERE NOT p.is_below), 0) AS top_low,
           COALESCE(sum(p.weight * CASE WHEN p.weight > 0 THEN r.high ELSE r.low END)
                    FILTER (WHERE NOT p.is_below), 0) AS top_high,
           COALESCE(sum(p.weight * CASE WHEN p.weight > 0 THEN r.low ELSE r.high END)
                    FILTER (WHERE p.is_below), 0) AS bottom_low,
           COALESCE(sum(p.weight * CASE WHEN p.weight > 0 THEN r.high ELSE r.low END)
                    FILTER (WHERE p.is_below), 0) AS bottom_high,
           bool_and(r.low IS NOT NULL AND r.high IS NOT NULL) AS is_bounded
      FROM part p JOIN read r ON r.id = p.window_id
     GROUP BY p.indicator_id, r.org_unit_id
), per_level AS (
    SELECT u.indicator_id, shown.id AS org_unit_id,
           sum(top) FILTER (WHERE is_complete) AS top, sum(bottom) FILTER (WHERE is_complete) AS bottom,
           sum(top_low) AS top_low, sum(top_high) AS top_high,
           sum(bottom_low) AS bottom_low, sum(bottom_high) AS bottom_high,
           bool_and(is_bounded) AS is_bounded,
           count(*) FILTER (WHERE is_complete) AS reported, count(*) AS owed
      FROM per_unit u
      JOIN eldercare_orgunit unit ON unit.id = u.org_unit_id
      JOIN eldercare_orgunit shown
        ON (shown.id = unit.id AND unit.level IN ('township', 'reporting'))
        OR (shown.level IN ('county', 'city') AND unit.path LIKE shown.path || '%%')
     GROUP BY u.indicator_id, shown.id
), divided AS (
    SELECT l.indicator_id, l.org_unit_id, l.reported, l.owed, s.is_ratio,
           l.top AS numerator, CASE WHEN s.is_ratio THEN l.bottom END AS denominator,
           round(CASE WHEN NOT s.is_ratio THEN round(l.top * s.up, 20) / s.down
                      ELSE round(l.top * s.up, 20) / NULLIF(l.bottom * s.down, 0) END, 12) AS value,
           CASE WHEN l.is_bounded THEN round(CASE
                WHEN NOT s.is_ratio THEN l.top_low * s.up / s.down
                WHEN l.bottom_low > 0 THEN least(l.top_low * s.up / (l.bottom_low * s.down),
                                                 l.top_low * s.up / (l.bottom_high * s.down)) END, 12) END AS low,
           CASE WHEN l.is_bounded THEN round(CASE
                WHEN NOT s.is_ratio THEN l.top_high * s.up / s.down
                WHEN l.bottom_low > 0 THEN least(
                     greatest(l.top_high * s.up / (l.bottom_low * s.down),
                              l.top_high * s.up / (l.bottom_high * s.down)),
                     CASE WHEN s.is_share THEN s.up / s.down END) END, 12) END AS high,
           s.comparator, s.is_past, s.is_confirmation, s.decimals, s.progress,
           CASE WHEN s.is_judged AND (s.is_everywhere OR shown.id = s.unit_id) THEN s.target END AS target,
           CASE WHEN shown.id = s.unit_id THEN COALESCE(s.base, b.value) ELSE b.value END AS base
      FROM per_level l
      JOIN spec s ON s.id = l.indicator_id
      JOIN eldercare_orgunit shown ON shown.id = l.org_unit_id
      JOIN eldercare_orgunit owner ON owner.id = s.unit_id AND shown.path LIKE owner.path || '%%'
      LEFT JOIN indicators_indicatorvalue b
        ON b.indicator_id = l.indicator_id AND b.org_unit_id = l.org_unit_id AND b.month = s.base_month
       AND s.base_month < %(month)s
), aimed AS (
    SELECT d.*, round(d.base + (d.target - d.base) * d.progress, 6) AS path FROM divided d
), fresh AS (
    SELECT a.indicator_id, a.org_unit_id, round(a.numerator, 6) AS numerator,
           round(a.denominator, 6) AS denominator, a.value, a.low, a.high, a.reported, a.owed, a.target, a.path,
           CASE
             WHEN a.reported = 0 AND a.is_confirmation AND a.is_past AND a.target IS NOT NULL THEN 'behind'
             WHEN a.reported = 0 THEN 'not_reported'
             WHEN a.value IS NULL THEN 'not_applicable'
             WHEN a.target IS NULL THEN 'not_judged'
             WHEN CASE a.comparator WHEN '>=' THEN a.value >= a.target WHEN '>' THEN a.value > a.target
                       WHEN '<=' THEN a.value <= a.target WHEN '<' THEN a.value < a.target
                       ELSE round(a.value, a.decimals) = a.target END THEN 'met'
             -- a total that lacks reports is not called behind while those reports could still make it good
             WHEN NOT a.is_ratio AND a.reported < a.owed AND a.comparator IN ('>=', '>')
                  AND (a.high IS NULL OR a.high >= COALESCE(a.path, a.target)) THEN 'not_reported'
             WHEN a.is_past THEN 'behind'
             WHEN a.path IS NULL THEN 'on_course'
             WHEN CASE WHEN a.comparator IN ('<=', '<') THEN a.value <= a.path ELSE a.value >= a.path END
                  THEN 'on_course'
             ELSE 'behind' END AS status
      FROM aimed a
)
"""

# Both statements are put together from constants of this module; every value is a parameter.
PREVIEW_INDICATORS = _INDICATORS + "SELECT * FROM fresh ORDER BY indicator_id, org_unit_id"

# The published figures, those of one unit and month put in their place.
_FIGURES_INSTEAD = """
WITH figure AS NOT MATERIALIZED (
    SELECT id, metric_id, org_unit_id, month, is_total, value, low, high FROM indicators_metricvalue
     WHERE NOT (month = %(month)s AND org_unit_id = %(o_unit)s AND NOT is_total)
    UNION ALL
    SELECT -o.metric_id, o.metric_id, %(o_unit)s, %(month)s::date, false, o.value, o.value, o.value
      FROM unnest(%(o_metric)s::bigint[], %(o_value)s::numeric[]) AS o(metric_id, value)
), win AS ("""
PREVIEW_INSTEAD = PREVIEW_INDICATORS.replace("indicators_metricvalue", "figure").replace(
    "\nWITH win AS (", _FIGURES_INSTEAD, 1
)

WRITE_INDICATORS = (
    _INDICATORS
    + """, written AS (
    INSERT INTO indicators_indicatorvalue AS old
           (indicator_id, org_unit_id, month, numerator, denominator, value, low, high, reported, owed, target,
            path, status, computed_at)
    SELECT indicator_id, org_unit_id, %(month)s, numerator, denominator, value, low, high, reported, owed, target,
           path, status, %(now)s
      FROM fresh
    ON CONFLICT (indicator_id, org_unit_id, month) DO UPDATE
       SET numerator = EXCLUDED.numerator, denominator = EXCLUDED.denominator, value = EXCLUDED.value,
           low = EXCLUDED.low, high = EXCLUDED.high, reported = EXCLUDED.reported, owed = EXCLUDED.owed,
           target = EXCLUDED.target, path = EXCLUDED.path, status = EXCLUDED.status,
           computed_at = EXCLUDED.computed_at
     WHERE (old.numerator, old.denominator, old.value, old.low, old.high, old.reported, old.owed, old.target,
            old.path, old.status)
           IS DISTINCT FROM
           (EXCLUDED.numerator, EXCLUDED.denominator, EXCLUDED.value, EXCLUDED.low, EXCLUDED.high,
            EXCLUDED.reported, EXCLUDED.owed, EXCLUDED.target, EXCLUDED.path, EXCLUDED.status)
    RETURNING 1
), removed AS (
    DELETE FROM indicators_indicatorvalue v
     WHERE v.month = %(month)s
       AND NOT EXISTS (SELECT 1 FROM fresh f
                        WHERE f.indicator_id = v.indicator_id AND f.org_unit_id = v.org_unit_id)
    RETURNING 1
)
SELECT (SELECT count(*) FROM written) + (SELECT count(*) FROM removed)
"""
)
