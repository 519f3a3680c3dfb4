"""Writing assessments of ability, the county's settings for them, and the mapping of older results."""

import hashlib
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

from eldercare import audit
from eldercare.errors import Conflict, NotAllowed, Refused
from eldercare.models import AuditEvent, OrgUnit, User
from eldercare.permissions import Permission
from facilities.actions.guards import check_version, in_words, visible, write
from subsidies.models import Ability, Assessment, AssessmentSettings, Elder, LevelMapping
from subsidies.rules import assessments as rules

SCORED = Assessment.Standard.GBT_42195
JUDGED_BY = ("items", "is_comatose", "has_dementia", "risk_events")
SETTINGS = ("coma", "dementia_steps", "risk_event_limit", "risk_steps", "valid_months")


def settings_for(unit: OrgUnit) -> AssessmentSettings:
    """Those of the unit's county; as the model's defaults say where the county has set none."""
    codes = [code for code in unit.path.split("/") if code]
    return AssessmentSettings.objects.filter(org_unit__code__in=codes).first() or AssessmentSettings()


def aggravation_of(settings: AssessmentSettings) -> rules.Aggravation:
    is_complete = settings.coma == AssessmentSettings.Coma.COMPLETE
    return rules.Aggravation(
        coma_level=Ability.COMPLETE if is_complete else Ability.SEVERE,
        dementia_steps=settings.dementia_steps,
        risk_event_limit=settings.risk_event_limit,
        risk_steps=settings.risk_steps,
    )


def judge(values: Mapping[str, Any] | Assessment, settings: AssessmentSettings) -> rules.Verdict:
    """The level of scores and circumstances under the county's settings."""
    get = values.get if isinstance(values, Mapping) else lambda key: getattr(values, key)
    return rules.judge(
        get("items"),
        is_comatose=get("is_comatose"),
        has_dementia=get("has_dementia"),
        risk_events=get("risk_events") or 0,
        rules=aggravation_of(settings),
    )


def plain(original: str) -> str:
    """The words of a result without the ways of writing them: width, spaces."""
    return "".join(unicodedata.normalize("NFKC", original).split())


def proposed_level(standard: str, original: str) -> int | None:
    """What the mapping gives for an older result; None asks a person, as 半失能 always does."""
    wanted = plain(original)
    if wanted in rules.NEVER_MAPPED:
        return None
    mappings = LevelMapping.objects.filter(standard=standard)
    return next((each.level for each in mappings if plain(each.original) == wanted), None)


# --- Assessments ------------------------------------------------------------------------------------------------


@transaction.atomic
def add_assessment(*, elder: Elder, values: Mapping[str, Any], by: User) -> Assessment:
    """``values``: fields of the model. Scores of GB/T 42195 bring their total and level; of another standard the
    level is the one that a person gave. An empty ``valid_until`` follows the county's settings."""
    _require(by, Permission.EDIT_PEOPLE)
    elder = visible(Elder.objects.select_related("org_unit"), by, elder.pk, "这份档案")
    if elder.merged_into_id:
        raise Refused("这份档案已并入另一份，请在保留的档案上登记。")
    settings = settings_for(elder.org_unit)
    assessment = Assessment(elder=elder, **values)
    if assessment.standard == SCORED:
        _settle(assessment, settings)
    if assessment.valid_until is None:
        assessment.valid_until = rules.valid_until(assessment.assessed_on, settings.valid_months)
    with in_words(Assessment):
        assessment.save()
    _record(assessment, by, "登记评估")
    return assessment


@transaction.atomic
def edit_assessment(
    *, assessment: Assessment, changes: Mapping[str, Any], seen: int | None, by: User
) -> list[str]:
    """Labels of what changed. The level is judged anew only when scores or circumstances change: an older one
    stands as it was given under the settings of its time. Raises Conflict."""
    row = _locked(assessment, seen, by)
    settings = settings_for(row.elder.org_unit)
    changes = dict(changes)
    if row.standard == SCORED and any(
        changes.get(key, getattr(row, key)) != getattr(row, key) for key in JUDGED_BY
    ):
        verdict = judge({key: changes.get(key, getattr(row, key)) for key in JUDGED_BY}, settings)
        changes |= {"total": verdict.total, "level": verdict.level}
    if "valid_until" in changes and changes["valid_until"] is None:
        day = changes.get("assessed_on", row.assessed_on)
        changes["valid_until"] = rules.valid_until(day, settings.valid_months)
    changed = write(row, changes)
    if changed:
        _record(row, by, "修改评估", fields=changed)
    return changed


@transaction.atomic
def delete_assessment(*, assessment: Assessment, seen: int | None, by: User) -> None:
    """One that was entered by mistake; the history keeps it."""
    row = _locked(assessment, seen, by)
    _record(row, by, "删除评估")
    row.delete()


def _locked(assessment: Assessment, seen: int | None, by: User) -> Assessment:
    _require(by, Permission.EDIT_PEOPLE)
    found = Assessment.objects.select_related("elder__org_unit")
    row = visible(found, by, assessment.pk, "这次评估")
    check_version(row, seen)
    return row


def _settle(assessment: Assessment, settings: AssessmentSettings) -> None:
    verdict = judge(assessment, settings)
    assessment.total, assessment.level = verdict.total, verdict.level


def _require(by: User, permission: Permission) -> None:
    if not by.may(permission):
        raise NotAllowed("您的账号不能办理这项工作。")


def _record(assessment: Assessment, by: User, step: str, **detail: object) -> None:
    audit.record(
        AuditEvent.Action.LEDGER,
        by=by,
        subject=f"能力评估 编号 {assessment.pk}",
        org_unit=assessment.elder.org_unit,
        step=step,
        **detail,
    )


# --- Settings and mapping ---------------------------------------------------------------------------------------


def settings_stamp(county: OrgUnit) -> str:
    """What the settings and the mapping are now, for a form that must not overwrite a newer change."""
    settings = settings_for(county)
    mapping = LevelMapping.objects.order_by("pk").values_list("pk", "standard", "original", "level")
    text = repr([[getattr(settings, name) for name in SETTINGS], list(mapping)])
    return hashlib.sha256(text.encode()).hexdigest()[:16]


@transaction.atomic
def save_settings(
    *,
    county: OrgUnit,
    values: Mapping[str, Any],
    levels: Mapping[int, int | None],
    new: Sequence[Mapping[str, Any]] = (),
    removed: Sequence[int] = (),
    seen: str,
    by: User,
) -> None:
    """The county's settings, and the mapping: ``levels`` by row, ``new`` rows, rows ``removed``.

    Assessments that exist stay as they are. Raises Conflict when somebody else was first.
    """
    _require(by, Permission.EDIT_PROGRAMMES)
    OrgUnit.objects.select_for_update().get(pk=county.pk)
    if settings_stamp(county) != seen:
        raise Conflict("在您打开页面之后，别人修改了设置或对照表。您填写的内容没有丢失，请核对后再保存一次。")
    AssessmentSettings.objects.update_or_create(
        org_unit=county, defaults={name: values[name] for name in SETTINGS}
    )
    LevelMapping.objects.filter(pk__in=removed).delete()
    for mapping in LevelMapping.objects.filter(pk__in=levels):
        if mapping.level != levels[mapping.pk]:
            _may_map(mapping.original, levels[mapping.pk])
            mapping.level = levels[mapping.pk]
            mapping.save(update_fields=["level"])
    for row in new:
        _may_map(row["original"], row["level"])
        if any(
            plain(each.original) == plain(row["original"])
            for each in LevelMapping.objects.filter(standard=row["standard"])
        ):
            raise Refused(f"对照表中已有“{row['original']}”，请直接修改那一行。")
        LevelMapping.objects.create(**row)
    audit.record(
        AuditEvent.Action.PROGRAMME,
        by=by,
        subject=f"{county.name}能力评估设置",
        step="修改评估设置和等级对照",
    )


def _may_map(original: str, level: int | None) -> None:
    if level is not None and plain(original) in rules.NEVER_MAPPED:
        raise Refused(f"“{original}”对应哪一级要逐人确认，不能设为固定等级。")
