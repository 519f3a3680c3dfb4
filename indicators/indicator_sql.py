"""The statement that computes the indicators of a month: metric windows weighed, summed per unit, divided last.

Its parameters are the specs as arrays (``rollup._parameters``). A row of ``spec`` is an indicator for one *owner*,
a unit that has the plan in force; ``fresh`` has one row per indicator and unit.

An indicator that is judged unit by unit has the target in each unit below the owner, times what ``judged_per``
counts there; a unit where that, or ``judged_where``, is 0 does not count. The owner's own row says how many of
the units have met it.
"""

INDICATORS = """
WITH win AS (
    SELECT * FROM unnest(%(w_id)s::int[], %(w_metric)s::bigint[], %(w_indicator)s::bigint[],
                         %(w_first)s::date[], %(w_last)s::date[], %(w_needed)s::date[],
                         %(w_needed_months)s::int[], %(w_as_of)s::date[], %(w_is_flow)s::bool[])
        AS w(id, metric_id, indicator_id, first, last, needed, needed_months, as_of, is_flow)
), part AS (
    SELECT * FROM unnest(%(p_indicator)s::bigint[], %(p_window)s::int[], %(p_side)s::text[],
                         %(p_weight)s::numeric[]) AS p(indicator_id, window_id, side, weight)
), lineage AS MATERIALIZED (
    -- every unit that can report, with itself and what it belongs to
    SELECT unit.id AS unit_id, above.id AS above_id, above.id = unit.id AS is_self, unit.level, unit.parent_id,
           above.level IN ('county', 'city') AS is_sum
      FROM eldercare_orgunit unit
      CROSS JOIN LATERAL unnest(string_to_array(trim(BOTH '/' FROM unit.path), '/')) AS link(code)
      JOIN eldercare_orgunit above ON above.code = link.code
     WHERE unit.level NOT IN ('village', 'department')
), limited AS (
    SELECT o.indicator_id, o.issuer_id, named.id AS named_id
      FROM unnest(%(o_indicator)s::bigint[], %(o_issuer)s::bigint[], %(o_code)s::text[])
           AS o(indicator_id, issuer_id, code)
      LEFT JOIN eldercare_orgunit named ON named.code = o.code
), spec AS (
    SELECT s.*, owner.path AS owner_path, owner.level AS owner_level
      FROM unnest(%(i_id)s::bigint[], %(i_unit)s::bigint[], %(i_ratio)s::bool[], %(i_share)s::bool[],
                  %(i_up)s::numeric[], %(i_down)s::numeric[], %(i_comparator)s::text[], %(i_target)s::numeric[],
                  %(i_judged)s::bool[], %(i_everywhere)s::bool[], %(i_each)s::bool[], %(i_past)s::bool[],
                  %(i_confirm)s::bool[], %(i_base)s::numeric[], %(i_base_month)s::date[],
                  %(i_progress)s::numeric[], %(i_decimals)s::int[])
           AS s(id, unit_id, is_ratio, is_share, up, down, comparator, target, is_judged, is_everywhere, is_each,
                is_past, is_confirmation, base, base_month, progress, decimals)
      JOIN eldercare_orgunit owner ON owner.id = s.unit_id
), reported AS (
    -- a unit owes a window when it owes the metric in the month that is read. The figures are looked up row by row, by
    -- the whole key: joined, a planner that knows nothing of a new table yet reads all units for each of them
    SELECT w.id, due.org_unit_id, false AS is_alone, v.value, v.low, v.high, v.is_complete
      FROM win w
      JOIN indicators_metricvalue due
        ON due.metric_id = w.metric_id AND due.month = w.as_of AND NOT due.is_total AND due.superseded_at IS NULL
      CROSS JOIN LATERAL (
           SELECT sum(v.value) AS value,
                  CASE WHEN count(v.low) = count(*) THEN sum(v.low) END AS low,
                  CASE WHEN count(v.high) = count(*) THEN sum(v.high) END AS high,
                  count(v.value) FILTER (WHERE v.month >= w.needed) = w.needed_months AS is_complete
             FROM indicators_metricvalue v
            WHERE v.metric_id = w.metric_id AND v.org_unit_id = due.org_unit_id AND NOT v.is_total
              AND v.month BETWEEN w.first AND w.last AND v.superseded_at IS NULL) v
     WHERE w.indicator_id IS NULL
), registering AS (
    -- the owner registers for itself; where each unit is judged, each registers its own
    SELECT s.id AS indicator_id, s.unit_id AS org_unit_id, true AS is_alone
      FROM spec s WHERE NOT s.is_each AND s.id IN (SELECT w.indicator_id FROM win w)
    UNION
    SELECT s.id, l.unit_id, false
      FROM spec s
      JOIN lineage l ON l.above_id = s.unit_id AND NOT l.is_self
      JOIN eldercare_orgunit unit ON unit.id = l.unit_id
     WHERE s.is_each AND s.id IN (SELECT w.indicator_id FROM win w)
       AND unit.valid_from < %(month)s::date + interval '1 month'
       AND (unit.valid_to IS NULL OR unit.valid_to >= %(month)s::date + interval '1 month')
       AND CASE s.owner_level WHEN 'city' THEN l.level IN ('county', 'reporting') AND l.parent_id = s.unit_id
                              ELSE l.level IN ('township', 'reporting') END
), registered AS (
    SELECT w.id, u.org_unit_id, u.is_alone, r.value, r.value AS low, r.value AS high,
           r.value IS NOT NULL AS is_complete
      FROM win w
      JOIN registering u ON u.indicator_id = w.indicator_id
      CROSS JOIN LATERAL (
           SELECT CASE WHEN w.is_flow THEN COALESCE(sum(g.quantity), 0)
                       ELSE (array_agg(g.quantity ORDER BY g.happened_on DESC, g.id DESC))[1] END AS value
             FROM indicators_registration g
            WHERE g.indicator_id = w.indicator_id AND g.metric_id = w.metric_id AND g.withdrawn_at IS NULL
              AND g.org_unit_id = u.org_unit_id AND g.happened_on < w.last + interval '1 month'
              AND (g.happened_on >= w.first OR NOT w.is_flow)) r
), read AS (
    SELECT * FROM reported UNION ALL SELECT * FROM registered
), per_unit AS (
    SELECT p.indicator_id, r.org_unit_id, r.is_alone,
           bool_and(r.is_complete) FILTER (WHERE p.side IN ('top', 'bottom')) AS is_complete,
           COALESCE(sum(p.weight * r.value) FILTER (WHERE p.side = 'top'), 0) AS top,
           COALESCE(sum(p.weight * r.value) FILTER (WHERE p.side = 'bottom'), 0) AS bottom,
           COALESCE(sum(p.weight * CASE WHEN p.weight > 0 THEN r.low ELSE r.high END)
                    FILTER (WHERE p.side = 'top'), 0) AS top_low,
           COALESCE(sum(p.weight * CASE WHEN p.weight > 0 THEN r.high ELSE r.low END)
                    FILTER (WHERE p.side = 'top'), 0) AS top_high,
           COALESCE(sum(p.weight * CASE WHEN p.weight > 0 THEN r.low ELSE r.high END)
                    FILTER (WHERE p.side = 'bottom'), 0) AS bottom_low,
           COALESCE(sum(p.weight * CASE WHEN p.weight > 0 THEN r.high ELSE r.low END)
                    FILTER (WHERE p.side = 'bottom'), 0) AS bottom_high,
           bool_and(r.low IS NOT NULL AND r.high IS NOT NULL)
                    FILTER (WHERE p.side IN ('top', 'bottom')) AS is_bounded,
           sum(r.value) FILTER (WHERE p.side = 'per') AS times,
           sum(r.value) FILTER (WHERE p.side = 'where') AS applies
      FROM part p JOIN read r ON r.id = p.window_id
     GROUP BY p.indicator_id, r.org_unit_id, r.is_alone
    HAVING count(*) FILTER (WHERE p.side IN ('top', 'bottom')) > 0
), per_level AS (
    SELECT u.indicator_id, shown.above_id AS org_unit_id,
           sum(top) FILTER (WHERE is_complete) AS top, sum(bottom) FILTER (WHERE is_complete) AS bottom,
           sum(top_low) AS top_low, sum(top_high) AS top_high,
           sum(bottom_low) AS bottom_low, sum(bottom_high) AS bottom_high,
           bool_and(is_bounded) AS is_bounded, sum(times) AS times, sum(applies) AS applies,
           count(*) FILTER (WHERE is_complete) AS reported, count(*) AS owed
      FROM per_unit u
      JOIN lineage shown ON shown.unit_id = u.org_unit_id
       AND CASE WHEN u.is_alone THEN shown.is_self
                ELSE shown.is_sum OR (shown.is_self AND shown.level IN ('township', 'reporting')) END
     -- what a plan asks of some units only is counted in those, wherever its issuer's own units are meant
     WHERE u.indicator_id NOT IN (SELECT o.indicator_id FROM limited o)
        OR NOT EXISTS (SELECT 1 FROM limited o JOIN lineage l ON l.above_id = o.issuer_id
                        WHERE o.indicator_id = u.indicator_id AND l.unit_id = u.org_unit_id)
        OR EXISTS (SELECT 1 FROM limited o JOIN lineage l ON l.above_id = o.named_id
                    WHERE o.indicator_id = u.indicator_id AND l.unit_id = u.org_unit_id)
     GROUP BY u.indicator_id, shown.above_id
), divided AS (
    SELECT l.indicator_id, l.org_unit_id, s.unit_id AS owner_id, s.owner_path, l.reported, l.owed, s.is_ratio,
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
           CASE WHEN s.is_judged AND (s.is_everywhere OR shown.is_self) THEN s.target
                WHEN s.is_judged AND s.is_each AND below.is_below THEN s.target * COALESCE(l.times, 1)
           END AS target,
           CASE WHEN shown.is_self THEN COALESCE(s.base, b.value) ELSE b.value END AS base,
           s.is_each AND below.is_below AS is_one_of_each, s.is_each AND shown.is_self AS is_sum_of_each,
           s.is_each AND below.is_below AND (l.times = 0 OR l.applies = 0) AS is_exempt
      FROM per_level l
      JOIN spec s ON s.id = l.indicator_id
      JOIN lineage shown ON shown.unit_id = l.org_unit_id AND shown.above_id = s.unit_id
      CROSS JOIN LATERAL (
           SELECT CASE s.owner_level WHEN 'city' THEN COALESCE(shown.parent_id = s.unit_id, false)
                                     ELSE NOT shown.is_self END AS is_below) below
      LEFT JOIN indicators_indicatorvalue b
        ON b.indicator_id = l.indicator_id AND b.org_unit_id = l.org_unit_id AND b.month = s.base_month
       AND s.base_month < %(month)s AND b.superseded_at IS NULL
), aimed AS (
    SELECT d.*, round(d.base + (d.target - d.base) * d.progress, 6) AS path FROM divided d
), rated AS (
    SELECT a.*,
           CASE
             WHEN a.is_exempt THEN 'not_applicable'
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
), each_unit AS (
    SELECT indicator_id, owner_id, count(*) FILTER (WHERE status <> 'not_applicable') AS units_due,
           count(*) FILTER (WHERE status = 'met') AS units_met,
           count(*) FILTER (WHERE status = 'behind') AS behind,
           count(*) FILTER (WHERE status = 'not_reported') AS missing
      FROM rated WHERE is_one_of_each GROUP BY indicator_id, owner_id
), fresh AS (
    -- a unit below two owners is judged by the nearer one
    SELECT DISTINCT ON (r.indicator_id, r.org_unit_id)
           r.indicator_id, r.org_unit_id, round(r.numerator, 6) AS numerator,
           round(r.denominator, 6) AS denominator, r.value, r.low, r.high, r.reported, r.owed, r.target,
           CASE WHEN NOT r.is_sum_of_each THEN r.path END AS path,
           CASE WHEN r.is_sum_of_each AND r.target IS NOT NULL THEN e.units_met END AS units_met,
           CASE WHEN r.is_sum_of_each AND r.target IS NOT NULL THEN e.units_due END AS units_due,
           CASE WHEN NOT r.is_sum_of_each OR r.target IS NULL OR e.units_due IS NULL THEN r.status
                WHEN e.units_due = 0 THEN 'not_applicable'
                WHEN e.units_met = e.units_due THEN 'met'
                WHEN e.behind > 0 OR (r.is_past AND e.missing = 0) THEN 'behind'
                WHEN e.missing > 0 THEN 'not_reported'
                ELSE 'on_course' END AS status
      FROM rated r
      LEFT JOIN each_unit e ON e.indicator_id = r.indicator_id AND e.owner_id = r.owner_id
     ORDER BY r.indicator_id, r.org_unit_id, length(r.owner_path) DESC
)
"""
