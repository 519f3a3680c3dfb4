"""What one programme alone would pay (docs/payment-rules.md, section 3), as common table expressions."""

import datetime as dt
from collections.abc import Sequence

from subsidies.engine.facts import facts_of, months_between
from subsidies.engine.rules import Rules, facts_day, last_day
from subsidies.engine.text import Statement
from subsidies.models import Band, RuleVersion
from subsidies.rules.facts import condition, quantities

# Columns of an enrolment that every kind of holder shares.
ENROLMENT = """n.id AS enrolment, h.org_unit_id AS org_unit, n.state, n.applied_on, n.approved_on, n.not_before,
    n.suspended, n.ended_from"""
# The same for somebody who is not enrolled, as if applied for and approved on a day.
CANDIDATE = """NULL::bigint AS enrolment, {unit} AS org_unit, 'running' AS state, {day}::date AS applied_on,
    {day}::date AS approved_on, NULL::date AS not_before, '{{}}'::datemultirange AS suspended, NULL::date AS ended_from"""

HOLDERS = {
    "elder": (
        "subsidies_elder h",
        "elder_id",
        """h.id AS holder, h.born_on, h.sex, h.registered, h.resident, h.died_on""",
        "h.merged_into_id IS NULL",
    ),
    "post": (
        "facilities_employment h JOIN facilities_caregiver c ON c.id = h.caregiver_id",
        "post_id",
        """h.id AS holder, h.caregiver_id AS caregiver, h.role, c.education, h.employed_from, h.employed_to""",
        "true",
    ),
    "facility": (
        "facilities_facility h",
        "facility_id",
        """h.id AS holder, h.kind, h.operation, h.opened_on, h.closed_on,
        h.kind IN ('welfare_home', 'destitute_home', 'apartment', 'private_home', 'disability_care') AS institution""",
        "true",
    ),
}


def enrolled(rules: Rules, which: str = "true") -> str:
    """SELECT of the enrolments of a programme that may be paid; ``which``: SQL over the enrolment ``n``."""
    table, key, columns, valid = HOLDERS[rules.beneficiary]
    return f"""SELECT {ENROLMENT}, {columns}
        FROM subsidies_enrolment n JOIN {table} ON h.id = n.{key} AND {valid}
        WHERE n.programme_id = {rules.programme.pk} AND n.state IN ('running', 'ended') AND ({which})"""


def unenrolled(rules: Rules, day: str, which: str = "true") -> str:
    """SELECT of those who are not in the programme, and have no application open; ``day``: SQL of a day."""
    table, key, columns, valid = HOLDERS[rules.beneficiary]
    as_if = CANDIDATE.format(unit="h.org_unit_id", day=day)
    return f"""SELECT {as_if}, {columns} FROM {table}
        WHERE {valid} AND ({which}) AND NOT EXISTS (
            SELECT FROM subsidies_enrolment n WHERE n.programme_id = {rules.programme.pk} AND n.{key} = h.id
              AND n.state IN ('applied', 'checked', 'on_notice', 'noticed', 'running'))"""


def gross(
    statement: Statement,
    rules: Rules,
    months: Sequence[dt.date],
    subject: str,
    prefix: str = "",
    *,
    only_eligible: bool = False,
) -> str:
    """CTEs, the last of which is ``{prefix}gross``: one row per subject and month, paid or not, with each condition.

    ``only_eligible``: without those who do not meet the condition, where nobody asks why they are paid nothing.
    """
    elders = rules.beneficiary == "elder"
    facts = facts_of(rules.beneficiary, rules.names)
    columns = facts.columns
    population = ", ".join(_population(columns)) if elders else "true AS c_population"
    alive = _alive() if elders else "mo.days AS alive_days"
    certified = _certified() if elders else "true"
    listed = ", ".join(f'{sql} AS "{name}"' for name, sql in columns.items())
    eligible = f"coalesce({_eligible(statement, rules, months, columns)}, false)"
    which = f"WHERE {eligible}" if only_eligible else ""
    kept = rules.names | {"age"}  # with the line, so that it can be explained later
    shown = ", ".join(f"'{name}', f.\"{name}\"" for name in columns if name in kept)
    return f"""
    {prefix}month AS MATERIALIZED ({_months(statement, rules, months)}),
    {prefix}subject AS MATERIALIZED ({subject}),
    {prefix}rate AS MATERIALIZED ({_rates(statement, rules, months)}),
    {prefix}facts AS MATERIALIZED (
        SELECT s.enrolment, s.holder, s.org_unit, mo.month, mo.version, mo.days, {listed}, {population}, {alive},
            s.state IN ('running', 'ended') AND (s.ended_from IS NULL OR mo.month < s.ended_from)
                AND (s.not_before IS NULL OR s.not_before <= mo.month) AND NOT s.suspended @> mo.month AS c_enrolment,
            mo.month >= {_first_month()} AS c_start,
            {certified} AS c_certified
        FROM {prefix}subject s CROSS JOIN {prefix}month mo {" ".join(facts.joins)}
    ),
    {prefix}judged AS MATERIALIZED (
        SELECT f.*, {eligible} AS c_eligible,
            {_band(statement, rules, months, columns)} AS band,
            jsonb_build_object({shown}) AS facts
        FROM {prefix}facts f {which}
    ),
    {prefix}gross AS MATERIALIZED (
        SELECT f.enrolment, f.holder, f.org_unit, f.month, f.version, f.band, f.facts, f.c_enrolment, f.c_start, f.c_population,
            f.alive_days, f.c_certified, f.c_eligible,
            CASE WHEN f.c_enrolment AND f.c_start AND f.c_population AND f.c_certified AND f.c_eligible
                    AND f.band IS NOT NULL AND f.alive_days > 0
                THEN round(round(least(band.cap, band.amount * {_quantity(columns, rules.beneficiary)}), 2) * f.alive_days / f.days, 2)
                ELSE 0 END AS gross
        FROM {prefix}judged f LEFT JOIN {prefix}rate band ON band.id = f.band
    )"""


def _months(statement: Statement, rules: Rules, months: Sequence[dt.date]) -> str:
    """A row per month, with the version in force and its settings; none where nothing is paid."""
    paid = [(month, version) for month in months if (version := rules.version_in(month))]
    columns: dict[str, tuple[str, list]] = {
        "month": ("date", [month for month, _ in paid]),
        "last": ("date", [last_day(month) for month, _ in paid]),
        "d": ("date", [facts_day(version, month) for month, version in paid]),
        "days": ("int", [last_day(month).day for month, _ in paid]),
        "version": ("bigint", [version.pk for _, version in paid]),
        "certified_for": (
            "int",
            [RuleVersion.CERTIFICATION_MONTHS.get(version.certification, 0) for _, version in paid],
        ),
    }
    for name in ("population", "start", "back_pay", "death", "moving_out"):
        columns[name] = ("text", [getattr(version, name) for _, version in paid])
    for name in ("start_offset", "back_pay_months", "resume_months"):
        columns[name] = ("int", [getattr(version, name) for _, version in paid])
    return _given(statement, columns, "m")


def _rates(statement: Statement, rules: Rules, months: Sequence[dt.date]) -> str:
    """A row per band that counts in these months. Given, not read: the bands of a draft stand in no table."""
    bands = [band for version in rules.used_in(months) for band in rules.bands[version.pk]]
    columns: dict[str, tuple[str, list]] = {
        "id": ("bigint", [band.pk for band in bands]),
        "label": ("text", [band.label for band in bands]),
        "amount": ("numeric", [band.amount for band in bands]),
        "quantity": ("text", [band.quantity for band in bands]),
        "cap": ("numeric", [band.cap for band in bands]),
    }
    return _given(statement, columns, "r")


def _given(statement: Statement, columns: dict[str, tuple[str, list]], name: str) -> str:
    arrays = ", ".join(f"{statement.value(values)}::{kind}[]" for kind, values in columns.values())
    return f"SELECT * FROM unnest({arrays}) AS {name} ({', '.join(columns)})"


def _population(columns: dict[str, str]) -> list[str]:
    """Whether the population of the version is met; and ``registered``, ``resident`` as the conditions see them."""
    span = "daterange(mo.month - 1, mo.last, '[]')"  # with the day before: who left on the first left in this month
    left = {
        "registered": f"(s.registered && {span} AND NOT s.registered @> mo.last)",
        "resident": f"(s.resident && {span} AND NOT s.resident @> mo.last)",
    }
    left_both = f"((s.registered && {span} OR s.resident && {span}) AND NOT (s.registered @> mo.last OR s.resident @> mo.last))"
    paid = "(mo.moving_out = 'paid')"
    for name in ("registered", "resident"):
        columns_value = (
            f"CASE WHEN mo.population = '{name}' AND {left[name]} THEN {paid}"
            f" WHEN mo.population = 'either' AND {left_both} AND {left[name]} THEN {paid} ELSE s.{name} @> mo.d END"
        )
        columns[name] = columns_value
    met = (
        f"CASE mo.population"
        f" WHEN 'registered' THEN CASE WHEN {left['registered']} THEN {paid} ELSE s.registered @> mo.d END"
        f" WHEN 'resident' THEN CASE WHEN {left['resident']} THEN {paid} ELSE s.resident @> mo.d END"
        f" ELSE CASE WHEN {left_both} THEN {paid} ELSE s.registered @> mo.d OR s.resident @> mo.d END END"
    )
    return [f"{met} AS c_population"]


def _alive() -> str:
    """Days of the month that are paid: all, none, or those lived through in the month of death."""
    return """CASE
        WHEN s.died_on IS NULL OR mo.last < s.died_on OR mo.month <= s.died_on AND mo.death = 'paid' THEN mo.days
        WHEN mo.month > s.died_on OR mo.death = 'unpaid' THEN 0
        ELSE extract(day FROM s.died_on)::int END AS alive_days"""


def _first_month() -> str:
    base = "date_trunc('month', CASE mo.start WHEN 'application' THEN s.applied_on ELSE s.approved_on END)"
    start = f"({base} + make_interval(months => mo.start_offset))::date"
    return f"""CASE
        WHEN mo.start = 'eligible' OR mo.back_pay = 'eligible' THEN '-infinity'::date
        WHEN mo.back_pay = 'none' THEN {start}
        WHEN mo.back_pay = 'this_year' THEN least({start}, date_trunc('year', {base})::date)
        ELSE ({start} - make_interval(months => mo.back_pay_months))::date END"""


def _certified() -> str:
    return f"""(mo.certified_for = 0 OR {months_between("mo.month", "s.applied_on")} <= mo.certified_for OR EXISTS (
        SELECT FROM subsidies_certification c WHERE c.elder_id = s.holder
          AND {months_between("mo.month", "c.certified_on")} BETWEEN -mo.resume_months AND mo.certified_for))"""


def _eligible(statement: Statement, rules: Rules, months: Sequence[dt.date], columns: dict[str, str]) -> str:
    cases = [
        f"WHEN {version.pk} THEN {statement.condition(condition(rules.beneficiary, version.eligibility), columns)}"
        for version in rules.used_in(months)
    ]
    return f"CASE f.version {' '.join(cases)} END" if cases else "false"


def _band(statement: Statement, rules: Rules, months: Sequence[dt.date], columns: dict[str, str]) -> str:
    """The id of the first band that fits."""
    cases = [
        f"WHEN f.version = {version.pk} AND {_fits(statement, rules, band, columns)} THEN {band.pk}"
        for version in rules.used_in(months)
        for band in rules.bands[version.pk]
    ]
    return f"CASE {' '.join(cases)} END::bigint" if cases else "NULL::bigint"


def _fits(statement: Statement, rules: Rules, band: Band, columns: dict[str, str]) -> str:
    if rules.beneficiary != "elder" and (band.abilities or (band.age_from, band.age_to) != (None, None)):
        return "false"  # neither posts nor facilities have an age or an ability
    parts = []
    if band.age_from is not None:
        parts.append(f"f.age >= {band.age_from}")
    if band.age_to is not None:
        parts.append(f"f.age <= {band.age_to}")
    if band.abilities:
        parts.append(f"f.ability IN ({', '.join(str(int(each)) for each in band.abilities)})")
    for names in (band.economics, band.livings):
        if names:
            held = " OR ".join(f'f."{name}"' for name in names)
            parts.append(f"({held})")
    if band.condition:
        parts.append(f"({statement.condition(condition(rules.beneficiary, band.condition), columns)})")
    return " AND ".join(parts) or "true"


def _quantity(columns: dict[str, str], beneficiary: str) -> str:
    """What the amount of a band is multiplied by; something unknown counts as nothing."""
    numbers = quantities(beneficiary)
    cases = " ".join(f"WHEN '{name}' THEN coalesce(f.\"{name}\", 0)" for name in columns if name in numbers)
    return f"CASE band.quantity WHEN '' THEN 1 {cases} ELSE 0 END"
