"""A change of rules worked out for past months, old beside new: against the oracle, and as a job."""

import datetime as dt
import random
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from subsidies.actions import programmes as programme_actions
from subsidies.actions import replays, rule_versions
from subsidies.models import Band, Exclusion, RuleReplay, RuleVersion
from tests.subsidies.factories import make_elder, make_enrolment, make_programme
from tests.subsidies.lives import AMOUNTS, ELIGIBILITIES, LAST, County
from tests.subsidies.oracle import months, plus
from tests.subsidies.replaying import (
    asked,
    checksums,
    counted,
    figures_of,
    last_month,
    lines_of,
    moved,
    owed,
)

pytestmark = pytest.mark.django_db
JUNE = dt.date(2026, 6, 1)


# --- Against the oracle ---------------------------------------------------------------------------------------------


def other_rules(county: County, chance: random.Random) -> dict:
    return {
        "eligibility": chance.choice(ELIGIBILITIES),
        "facts_day": chance.choice(RuleVersion.FactsDay.values),
        "start_offset": chance.choice([0, 1]),
        "back_pay": chance.choice(RuleVersion.BackPay.values),
        "death": chance.choice(RuleVersion.Stop.values),
        "certification": chance.choice(["none", "none", "quarterly"]),
    }


def bands_of(version: RuleVersion, chance: random.Random) -> list[dict]:
    """Those of the version with other amounts, and one more at the end."""
    names = rule_versions.BAND_FIELDS
    bands = [{name: getattr(each, name) for name in names} | {"pk": each.pk} for each in version.bands.all()]
    for each in bands:
        each["amount"] = Decimal(chance.choice(AMOUNTS))
    last = {name: Band._meta.get_field(name).get_default() for name in names}
    return [*bands, last | {"label": "新档", "position": 20, "amount": Decimal("77.77"), "age_from": 70}]


def change_of(county: County, kind: str, chance: random.Random, by):
    """A function that saves some change, given a digest."""
    programme = chance.choice(county.programmes)
    version = programme.versions.order_by("effective_from").last()
    pair = Exclusion.objects.order_by("pk").first()
    if kind == "version":
        fields = other_rules(county, chance)
        bands = bands_of(version, chance)
        return lambda digest: rule_versions.save_version(
            version=version, fields=fields, bands=bands, shares={}, seen=None, by=by, replayed=digest
        )
    if kind == "copy":  # of the oldest, from a later month on
        oldest = programme.versions.order_by("effective_from").first()
        return lambda digest: rule_versions.copy_version(
            version=oldest, effective_from=plus(LAST, -4), document_number="新", by=by, replayed=digest
        )
    if kind == "delete":
        return lambda digest: rule_versions.delete_version(version=version, by=by, replayed=digest)
    if kind == "dates":
        changes = {"starts_on": programme.starts_on, "ends_on": plus(LAST, -3)}
        return lambda digest: programme_actions.edit_programme(
            programme=programme, changes=changes, seen=None, by=by, replayed=digest
        )
    if kind == "exclusion gone":
        return lambda digest: programme_actions.delete_exclusion(exclusion=pair, by=by, replayed=digest)

    def save(digest):
        changed = Exclusion.objects.get(pk=pair.pk)
        changed.relation = "higher" if pair.relation == "exclusive" else "exclusive"
        changed.effective_from, changed.effective_to = plus(LAST, -20), None
        return programme_actions.save_exclusion(exclusion=changed, by=by, replayed=digest)

    return save


@pytest.mark.parametrize(
    ("seed", "kind"),
    [  # counties in which the change moves somebody
        (7, "version"),
        (8, "version"),
        (9, "version"),
        (20, "copy"),
        (22, "delete"),
        (12, "dates"),
        (23, "exclusion"),
        (24, "exclusion"),
        (14, "exclusion gone"),
    ],
)
def test_old_and_new_are_what_the_oracle_says_of_the_rules_before_and_after(cast, monkeypatch, seed, kind):
    last_month(monkeypatch, LAST)
    county, by = County(cast.county, seed, people=30), cast.county_clerk
    if kind == "exclusion":  # two of one pair would be refused
        pair = Exclusion.objects.order_by("pk").first()
        sides = [pair.yielding, pair.prevailing]
        Exclusion.objects.exclude(pk=pair.pk).filter(yielding__in=sides, prevailing__in=sides).delete()
    save = change_of(county, kind, random.Random(seed), by)  # noqa: S311 - chance for tests
    span = months(plus(LAST, -23), LAST)
    old = owed(county.programmes, span)
    before = checksums()
    replay = asked(save, by)
    assert replay is not None
    assert checksums() == before
    save(replay.digest)
    shown = [key for key in old if key[1] in replay.months]
    new = owed(county.programmes, span)
    old, new = {key: old[key] for key in shown}, {key: new[key] for key in shown}
    assert moved(old, new)
    assert lines_of(replay) == moved(old, new)
    figures = figures_of(replay)
    assert {each for each, _ in figures} >= {key[0] for key in moved(old, new)}
    assert figures == {key: counted(old, new, key) for key in figures}


def test_the_statements_do_not_grow_with_the_people(cast, monkeypatch):
    last_month(monkeypatch, JUNE)
    numbers = []
    for people in (2, 9):
        RuleReplay.objects.all().delete()
        programme = make_programme(cast.county, starts=plus(JUNE, -30))
        other = make_programme(cast.county, amounts=((80, None, "55"),), starts=plus(JUNE, -30))
        Exclusion.objects.create(  # 55 is paid as long as it is more
            yielding=other, prevailing=programme, relation="higher", effective_from=plus(JUNE, -30)
        )
        for _ in range(people):
            elder = make_elder(cast.township)
            make_enrolment(programme, elder)
            make_enrolment(other, elder)
        save = raising(programme.versions.get(), cast.county_clerk)
        with CaptureQueriesContext(connection) as queries:
            replay = asked(save, cast.county_clerk)
        assert len(replay.months) == 24
        assert replay.lines.count() == people * 24 * 2
        numbers.append(len(queries))
    assert numbers[0] == numbers[1]
    assert numbers[0] <= 24 * 5 + 80  # two statements, the progress and a savepoint a month; the rest once


def raising(version: RuleVersion, by, amount: str = "60"):
    """Saves the version with the amount of its first band changed."""
    bands = [
        {name: getattr(each, name) for name in rule_versions.BAND_FIELDS} | {"pk": each.pk}
        for each in version.bands.all()
    ]
    bands[0]["amount"] = Decimal(amount)
    return lambda digest: rule_versions.save_version(
        version=version, fields={}, bands=bands, shares={}, seen=None, by=by, replayed=digest
    )


def test_a_worker_that_broke_off_is_followed_by_another_and_three_times_is_enough(cast, monkeypatch):
    last_month(monkeypatch, JUNE)
    programme = make_programme(cast.county, starts=plus(JUNE, -2))
    make_enrolment(programme, make_elder(cast.township))
    replay = asked(raising(programme.versions.get(), cast.county_clerk), cast.county_clerk)
    whole = figures_of(replay), lines_of(replay)
    # One went on after two months, and on other data from the beginning.
    two = [each | {"months": each["months"][:2]} for each in replay.figures]
    for digest in (replay.digest, "of other data"):
        replay.lines.filter(month=JUNE).delete()
        RuleReplay.objects.update(state=RuleReplay.State.WAITING, progress=2, figures=two, digest=digest)
        assert replays.work_on(replay.pk)
        replay.refresh_from_db()
        assert (figures_of(replay), lines_of(replay)) == whole
    # One goes on for some minutes only, and leaves the rest to the next.
    RuleReplay.objects.update(state=RuleReplay.State.WAITING, progress=0)
    monkeypatch.setattr(replays, "ENOUGH", -1)
    replays.work_on(replay.pk)
    assert replays.due() == [replay.pk]
    RuleReplay.objects.update(attempts=3)
    assert replays.work_on(replay.pk)
    replay.refresh_from_db()
    assert (replay.state, replay.error) == (RuleReplay.State.FAILED, replays.BROKEN_OFF)
    assert replays.due() == []
