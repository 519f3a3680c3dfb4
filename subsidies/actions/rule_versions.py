"""Writing the rules of a programme: versions, their bands and funding shares."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

from eldercare.errors import Conflict, Refused
from eldercare.history import version_of
from eldercare.models import User
from facilities.actions.guards import CHANGED_SINCE, in_words, write
from subsidies.actions.programmes import locked, record
from subsidies.actions.replays import Gate
from subsidies.engine.drafts import BAND_RULES, RULES, Draft
from subsidies.models import Band, FundingShare, PaymentLine, Programme, RuleVersion
from subsidies.rules.facts import FACTS
from subsidies.rules.programmes import shares_problem

# Words of a document: changing them changes nobody's money.
TEXTS = ("document_number", "document_title")
BAND_FIELDS = ("position", "label", *BAND_RULES, "hours")


def lines_of(version: RuleVersion) -> int:
    return PaymentLine.objects.filter(version=version).count()


@transaction.atomic
def create_version(
    *, programme: Programme, fields: Mapping[str, Any], by: User, replayed: str = ""
) -> RuleVersion:
    """The first version of a programme, without bands yet. ``replayed``: as in ``save_version``."""
    current = locked(programme, by)
    version = RuleVersion(programme=current, **fields)
    what = f"新建政策版本 {version.effective_from:%Y-%m}"
    gate = Gate(Draft.of_version(version, fields, []), f"{current.name}：{what}")
    with in_words(RuleVersion):
        version.save()
    record(current, what, by, document=version.document_number, **gate.check(replayed, by=by))
    return version


@transaction.atomic
def copy_version(
    *, version: RuleVersion, effective_from: dt.date, document_number: str, by: User, replayed: str = ""
) -> RuleVersion:
    """The same rules, bands and shares, from another month on, to be changed there.

    A copy of what is in force then changes nothing; another one is a change, with ``replayed`` as in ``save_version``.
    """
    programme = locked(version.programme, by)
    source = RuleVersion.objects.filter(pk=version.pk).first()
    if source is None:
        raise Conflict("这个版本刚刚被删除。")
    copy = RuleVersion(
        programme=programme,
        **{name: getattr(source, name) for name in (*TEXTS, *RULES)}
        | {"effective_from": effective_from, "document_number": document_number, "document_title": ""},
    )
    bands = [{name: getattr(each, name) for name in BAND_FIELDS} for each in source.bands.all()]
    what = f"新建政策版本 {effective_from:%Y-%m}"
    gate = Gate(
        Draft.of_version(copy, {}, bands), f"{programme.name}：{what}（照 {source.effective_from:%Y-%m}）"
    )
    with in_words(RuleVersion):
        copy.save()
    Band.objects.bulk_create(Band(version=copy, **each) for each in bands)
    FundingShare.objects.bulk_create(
        FundingShare(version=copy, source=each.source, percent=each.percent) for each in source.shares.all()
    )
    detail = {"document": document_number, "copied": str(source)}
    record(programme, what, by, **detail, **gate.check(replayed, by=by))
    return copy


@transaction.atomic
def save_version(
    *,
    version: RuleVersion,
    fields: Mapping[str, Any],
    bands: Sequence[Mapping[str, Any]],
    shares: Mapping[str, Any],
    seen: int | None,
    by: User,
    replayed: str = "",
) -> list[str]:
    """Write the whole version; returns what changed, in words.

    ``bands``: the fields of each, in order, with "pk" for one that exists; a band that is left out is deleted.
    ``shares``: percent by source. ``replayed``: the digest of the replay that was seen; without it a change of what is
    paid raises ``NeedsReplay``.
    """
    programme = locked(version.programme, by)
    current = RuleVersion.objects.select_for_update().filter(pk=version.pk).first()
    if current is None:
        raise Conflict("这个版本刚刚被删除。")
    if seen is not None and stamp_of(current) != seen:
        raise Conflict(CHANGED_SINCE)
    if problem := shares_problem(shares.values()):
        raise Refused(problem)
    what = f"修改政策版本 {current.effective_from:%Y-%m}"
    gate = Gate(Draft.of_version(current, fields, bands), f"{programme.name}：{what}")
    number = lines_of(current)
    words = write(current, {name: fields[name] for name in (*TEXTS, *RULES) if name in fields})
    words += _write_bands(current, bands)
    words += _write_shares(current, shares)
    if words:
        detail = gate.check(replayed, by=by)
        if gate.question.is_change and number:
            detail["recomputed_lines"] = number
        record(programme, what, by, fields=words, **detail)
    return words


def stamp_of(version: RuleVersion) -> int:
    """Moves with every change of the version, its bands or its shares."""
    parts = [version_of(version)]
    for model in (Band, FundingShare):
        newest = model.pgh_event_model.objects.filter(version=version.pk).order_by("-pgh_id")
        parts.append(newest.values_list("pgh_id", flat=True).first() or 0)
    return sum(parts)


def _write_bands(version: RuleVersion, bands: Sequence[Mapping[str, Any]]) -> list[str]:
    stored = {each.pk: each for each in version.bands.select_for_update()}
    words = []
    for pk in set(stored) - {each.get("pk") for each in bands}:
        used = PaymentLine.objects.filter(band=pk).count()
        if used:
            raise Refused(
                f"档次“{stored[pk].label}”已用于 {used} 笔发放明细，不能删除。请新建一个版本，在新版本里删除。"
            )
        stored[pk].delete()
        words.append(f"删除档次“{stored[pk].label}”")
    for each in bands:
        values = {name: each[name] for name in BAND_FIELDS}
        if each.get("pk") in stored:
            if write(stored[each["pk"]], values):
                words.append(f"档次“{each['label']}”")
        else:
            with in_words(Band):
                Band.objects.create(version=version, **values)
            words.append(f"新增档次“{each['label']}”")
    return words


def _write_shares(version: RuleVersion, shares: Mapping[str, Any]) -> list[str]:
    stored = {each.source: each for each in version.shares.all()}
    if {source: each.percent for source, each in stored.items()} == dict(shares):
        return []
    for source, each in stored.items():
        if source not in shares:
            each.delete()
    for source, percent in shares.items():
        FundingShare.objects.update_or_create(version=version, source=source, defaults={"percent": percent})
    return ["资金分担"]


@transaction.atomic
def delete_version(*, version: RuleVersion, by: User, replayed: str = "") -> None:
    programme = locked(version.programme, by)
    number = lines_of(version)
    if number:
        raise Refused(f"这个版本已用于 {number} 笔发放明细，不能删除。")
    month = version.effective_from
    what = f"删除政策版本 {month:%Y-%m}"
    gate = Gate(Draft.without_version(version), f"{programme.name}：{what}")
    version.bands.all().delete()
    if not RuleVersion.objects.filter(pk=version.pk).delete()[0]:
        raise Conflict("这个版本已经被删除。")
    record(programme, what, by, document=version.document_number, **gate.check(replayed, by=by))


def names_of(programme: Programme) -> dict[str, str]:
    """What its conditions may name, with labels."""
    return {name: fact.label for name, fact in FACTS[programme.beneficiary].items()}
