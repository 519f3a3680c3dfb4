"""Whose earlier months may be worth something else since the batch before: everybody's, or those of whom something changed.

The history tables say what changed, whoever changed it and how. A transaction that was still open when the batch
before was made may have written events with an earlier time: MARGIN allows for it.
"""

import datetime as dt
from collections.abc import Iterable

from django.db.models import Q

from subsidies.engine.rules import Rules
from subsidies.engine.text import Statement
from subsidies.models import Band, Batch, Exclusion, Programme, RuleVersion

MARGIN = dt.timedelta(days=1)

# History tables → the column that names the elder, post or facility of an enrolment (h).
ELDER_EVENTS = (
    ("subsidies_elderevent", "pgh_obj_id"),
    ("subsidies_eldertagevent", "elder_id"),
    ("subsidies_assessmentevent", "elder_id"),
    ("subsidies_certificationevent", "elder_id"),
    ("subsidies_adaptationevent", "elder_id"),
    ("subsidies_enrolmentevent", "elder_id"),  # of this and of other programmes
)
POST_EVENTS = (
    ("facilities_employmentevent", "pgh_obj_id"),
    ("facilities_attendanceevent", "employment_id"),
)
CAREGIVER_EVENTS = (
    ("facilities_caregiverevent", "pgh_obj_id"),
    ("facilities_certificateevent", "caregiver_id"),
    ("facilities_trainingevent", "caregiver_id"),
)
FACILITY_EVENTS = (
    ("facilities_facilityevent", "pgh_obj_id"),
    ("facilities_bedevent", "facility_id"),
    ("facilities_facilityratingevent", "facility_id"),
)


def batch_before(batch: Batch) -> Batch | None:
    """The last settled batch of the programme."""
    settled = batch.programme.batches.filter(state__in=Batch.SETTLED).exclude(pk=batch.pk)
    return settled.order_by("-month", "-sequence").first()


def needs_everybody(batch: Batch, rules: Rules) -> bool:
    """A full check was asked for, there was no batch before, a month was left out, or a rule changed."""
    before = batch_before(batch)
    if batch.is_full_check or before is None or before.facts_seen_at is None:
        return True
    month_before = (batch.month - dt.timedelta(days=1)).replace(day=1)
    return before.month < month_before or _rules_changed(batch, before.facts_seen_at - MARGIN)


def _rules_changed(batch: Batch, since: dt.datetime) -> bool:
    pairs = Exclusion.objects.filter(Q(yielding=batch.programme_id) | Q(prevailing=batch.programme_id))
    programmes = {batch.programme_id} | {
        pk for pair in pairs.values_list("yielding", "prevailing") for pk in pair
    }
    versions = RuleVersion.objects.filter(programme__in=programmes).values("pk")
    events = {
        Programme: Q(pgh_obj_id__in=programmes),
        RuleVersion: Q(programme_id__in=programmes),
        Band: Q(version_id__in=versions),
        Exclusion: Q(yielding_id=batch.programme_id) | Q(prevailing_id=batch.programme_id),
    }
    return any(
        model.pgh_event_model.objects.filter(where, pgh_created_at__gte=since).exists()
        for model, where in events.items()
    )


def changed_since(statement: Statement, batch: Batch, rules: Rules) -> str:
    """SELECT of the ids of enrolments whose earlier months must be looked at."""
    since = statement.value(batch_before(batch).facts_seen_at - MARGIN)
    parts = [
        f"SELECT n.id {events} AND v.pgh_created_at >= {since}"
        for events in _events(batch.programme_id, rules.beneficiary)
    ]
    # What was held back or failed is owed still.
    parts.append(
        f"""SELECT l.enrolment_id FROM subsidies_paymentline l JOIN subsidies_enrolment n ON n.id = l.enrolment_id
        WHERE n.programme_id = {batch.programme_id} AND l.state IN ('held', 'dropped', 'failed')"""
    )
    return " UNION ".join(parts)


def facts_stamp(programmes: Iterable[Programme]) -> str:
    """Moves whenever anything changes about anybody enrolled in the programmes. History is only ever added to."""
    counted = " UNION ALL ".join(
        f"SELECT count(*) AS number, max(v.pgh_id) AS newest {events}"
        for programme in programmes
        for events in _events(programme.pk, programme.beneficiary)
    )
    rows = Statement().rows(f"SELECT sum(number), max(newest) FROM ({counted}) AS events")
    return "{}.{}".format(*rows[0])


def _events(programme: int, beneficiary: str) -> list[str]:
    """FROM … WHERE of the events (v) about each enrolment (n) of a programme and its holder."""
    sources = {
        "elder": [("n.elder_id", each) for each in ELDER_EVENTS],
        "post": [("n.post_id", each) for each in POST_EVENTS],
        "facility": [("n.facility_id", each) for each in FACILITY_EVENTS],
    }[beneficiary]
    joins = [f"JOIN {table} v ON v.{key} = {holder}" for holder, (table, key) in sources]
    if beneficiary == "post":
        joins += [
            f"""JOIN facilities_employment h ON h.id = n.post_id
            JOIN {table} v ON v.{key} = h.caregiver_id"""
            for table, key in CAREGIVER_EVENTS
        ]
    if beneficiary == "facility":
        joins.append(
            """JOIN facilities_bed b ON b.facility_id = n.facility_id
            JOIN facilities_stayevent v ON v.bed_id = b.id"""
        )
    joins.append("JOIN subsidies_enrolmentevent v ON v.pgh_obj_id = n.id")
    return [f"FROM subsidies_enrolment n {each} WHERE n.programme_id = {programme}" for each in joins]
