"""The facts that conditions ask for, as SQL columns over (subject ``s``, month ``mo``).

``mo.d`` is the day on which the conditions of a month are looked at. Only what a programme asks for is joined.
"""

from collections.abc import Collection
from dataclasses import dataclass, field

from subsidies.models import ElderTag
from subsidies.rules.facts import TAG_FACTS

BENEFICIARIES = ("elder", "post", "facility")


@dataclass
class Facts:
    """Columns by name, and the joins they need."""

    columns: dict[str, str] = field(default_factory=dict)
    joins: list[str] = field(default_factory=list)


def facts_of(beneficiary: str, names: Collection[str]) -> Facts:
    return {"elder": _of_elders, "post": _of_posts, "facility": _of_facilities}[beneficiary](set(names))


def months_between(later: str, earlier: str) -> str:
    """Whole months between the months of two days; the day of the month plays no part."""
    return (
        f"((extract(year FROM {later}) - extract(year FROM {earlier})) * 12"
        f" + extract(month FROM {later}) - extract(month FROM {earlier}))::int"
    )


def _of_elders(names: set[str]) -> Facts:
    facts = Facts()
    facts.columns["age"] = f"{months_between('mo.d', 's.born_on')} / 12"
    facts.columns["sex"] = "s.sex"
    tags = [name for name in TAG_FACTS if name in names]
    if "destitute" in names:
        tags = list(dict.fromkeys([*tags, *ElderTag.DESTITUTE]))
    for kind in tags:
        facts.joins.append(
            f"LEFT JOIN subsidies_eldertag t_{kind} ON t_{kind}.elder_id = s.holder AND t_{kind}.kind = '{kind}'"
        )
        facts.columns[kind] = f"coalesce(t_{kind}.held @> mo.d, false)"
    if "destitute" in names:
        facts.columns["destitute"] = (
            "(" + " OR ".join(facts.columns[kind] for kind in ElderTag.DESTITUTE) + ")"
        )
    if names & {"ability", "assessed"}:
        facts.joins.append(
            """LEFT JOIN LATERAL (
                SELECT a.level FROM subsidies_assessment a
                WHERE a.elder_id = s.holder AND a.level IS NOT NULL AND a.assessed_on <= mo.d
                  AND (a.valid_until IS NULL OR a.valid_until >= mo.d)
                ORDER BY a.assessed_on DESC, a.id DESC LIMIT 1
            ) assessment ON true"""
        )
        facts.columns["ability"] = "assessment.level"
        facts.columns["assessed"] = "assessment.level IS NOT NULL"
    if "adaptation_cost" in names:
        facts.joins.append(
            """LEFT JOIN LATERAL (
                SELECT sum(a.cost) AS cost FROM subsidies_adaptation a
                WHERE a.elder_id = s.holder AND a.accepted_on BETWEEN mo.month AND mo.last
            ) adaptation ON true"""
        )
        facts.columns["adaptation_cost"] = "coalesce(adaptation.cost, 0)"
    return facts


def _of_posts(names: set[str]) -> Facts:
    facts = Facts()
    facts.columns["role"] = "s.role"
    facts.columns["education"] = "s.education"
    facts.columns["employed"] = (
        "(s.employed_from <= mo.d AND (s.employed_to IS NULL OR s.employed_to > mo.d))"
    )
    facts.columns["months_on_post"] = f"greatest(0, {months_between('mo.d', 's.employed_from')})"
    if "skill_level" in names:
        facts.joins.append(
            """LEFT JOIN LATERAL (
                SELECT min(c.level) AS level FROM facilities_certificate c
                WHERE c.caregiver_id = s.caregiver AND c.kind IN ('skill_level', 'qualification')
                  AND c.issued_on <= mo.d AND (c.expires_on IS NULL OR c.expires_on >= mo.d)
            ) skill ON true"""
        )
        facts.columns["skill_level"] = "skill.level"
    if "attendance_days" in names:
        facts.joins.append(
            """LEFT JOIN facilities_attendance attendance
                ON attendance.employment_id = s.holder AND attendance.month = mo.month"""
        )
        facts.columns["attendance_days"] = "coalesce(attendance.days, 0)"
    if "training_hours" in names:
        facts.joins.append(
            """LEFT JOIN LATERAL (
                SELECT sum(t.hours) AS hours FROM facilities_training t
                WHERE t.caregiver_id = s.caregiver
                  AND t.held_on > (date_trunc('month', mo.d) - interval '11 months' - interval '1 day')::date
                  AND t.held_on <= mo.d
            ) training ON true"""
        )
        facts.columns["training_hours"] = "coalesce(training.hours, 0)"
    return facts


BEDS_IN_USE = """bed.facility_id = s.holder AND bed.kind = 'institutional'
    AND bed.in_use_from <= mo.d AND (bed.in_use_to IS NULL OR bed.in_use_to > mo.d)
    AND NOT bed.out_of_service @> mo.d
    AND s.opened_on <= mo.d AND (s.closed_on IS NULL OR s.closed_on > mo.d)"""


def _of_facilities(names: set[str]) -> Facts:
    facts = Facts()
    facts.columns["kind"] = "s.kind"
    facts.columns["operation"] = "s.operation"
    facts.columns["institution"] = "s.institution"
    facts.columns["open"] = "(s.opened_on <= mo.d AND (s.closed_on IS NULL OR s.closed_on > mo.d))"
    if names & {"beds", "nursing_beds", "occupied_beds"}:
        facts.joins.append(
            f"""LEFT JOIN LATERAL (
                SELECT count(*) AS beds, count(*) FILTER (WHERE bed.nursing @> mo.d) AS nursing,
                    count(*) FILTER (WHERE EXISTS (
                        SELECT FROM facilities_stay stay
                        WHERE stay.bed_id = bed.id AND stay.moved_in_on <= mo.d
                          AND (stay.moved_out_on IS NULL OR stay.moved_out_on > mo.d)
                    )) AS occupied
                FROM facilities_bed bed WHERE {BEDS_IN_USE}
            ) beds ON true"""
        )
        facts.columns |= {
            "beds": "beds.beds",
            "nursing_beds": "beds.nursing",
            "occupied_beds": "beds.occupied",
        }
    if "new_beds" in names:
        facts.joins.append(
            """LEFT JOIN LATERAL (
                SELECT count(*) AS number FROM facilities_bed bed
                WHERE bed.facility_id = s.holder AND bed.kind = 'institutional'
                  AND bed.in_use_from BETWEEN mo.month AND mo.last
            ) fresh ON true"""
        )
        facts.columns["new_beds"] = "fresh.number"
    if "star_rating" in names:
        facts.joins.append(
            """LEFT JOIN LATERAL (
                SELECT r.level FROM facilities_facilityrating r
                WHERE r.facility_id = s.holder AND r.scheme = 'star' AND r.issued_on <= mo.d
                  AND (r.expires_on IS NULL OR r.expires_on >= mo.d)
                ORDER BY r.issued_on DESC LIMIT 1
            ) star ON true"""
        )
        facts.columns["star_rating"] = "coalesce(star.level, 0)"
    return facts
