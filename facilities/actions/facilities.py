"""Writing facilities: the sheet itself, ratings, villages covered, closing and re-opening."""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from eldercare import audit
from eldercare.errors import Conflict, NotAllowed, Refused
from eldercare.history import version_of
from eldercare.identity import name_key
from eldercare.models import AuditEvent, OrgUnit, User
from eldercare.permissions import Permission
from facilities.models import Bed, Employment, Facility, FacilityRating, FacilityVillage, Stay

NEWER = (
    "这个设施在您打开页面之后被别人修改过。您填写的内容都在下面，没有丢失；请对照别人的修改，再点一次“保存”。"
)


@transaction.atomic
def create_facility(*, fields: Mapping[str, object], by: User) -> Facility:
    """Raises ``Refused`` when the unit has a facility of that name, ``NotAllowed`` for a foreign unit."""
    _require(by, fields["org_unit"])
    facility = Facility(**fields)
    _save(facility, None)
    _record(facility, "登记", by)
    return facility


@transaction.atomic
def edit_facility(*, facility: Facility, changes: Mapping[str, object], seen: int, by: User) -> list[str]:
    """Write what changed and return the names of the fields.

    ``seen`` is ``version_of`` the facility when the page was opened: raises ``Conflict`` when it has moved.
    """
    current = _locked(facility, by)
    if version_of(current) != seen:
        raise Conflict(NEWER)
    changed = [name for name, value in changes.items() if getattr(current, name) != value]
    if not changed:
        return []
    moved = "org_unit" in changed
    for name in changed:
        setattr(current, name, changes[name])
    _require(by, current.org_unit)
    if "closed_on" in changed or "opened_on" in changed:
        _check_period(current)
    _save(current, changed)
    if moved:
        Employment.objects.filter(facility=current).update(org_unit=current.org_unit)
    _record(current, "修改", by, fields=[_label(name) for name in changed])
    return changed


def _check_period(facility: Facility) -> None:
    if facility.closed_on and facility.closed_on < facility.opened_on:
        raise Refused("停办日期早于投入使用日期，请核对。")


def _save(facility: Facility, fields: Collection[str] | None) -> None:
    taken = Facility.objects.filter(org_unit=facility.org_unit, name_key=name_key(facility.name))
    if taken.exclude(pk=facility.pk).exists():
        raise Refused(f"{facility.org_unit}已有名称为“{facility.name}”的设施，请核对是否重复登记。")
    try:
        with transaction.atomic():
            facility.save(update_fields=fields)
    except IntegrityError as error:  # a second person at the same moment, or a date that the database refuses
        raise Refused("没有保存：同名的设施刚刚被登记，或者日期前后颠倒。请核对后再保存。") from error


@transaction.atomic
def close_facility(*, facility: Facility, closed_on: dt.date, reason: str, by: User) -> None:
    """Close (停办): from that day on nothing of it is counted. Its beds, stays and posts keep their own dates."""
    current = _locked(facility, by)
    if current.closed_on is not None:
        raise Conflict(f"这个设施已登记停办（{current.closed_on:%Y-%m-%d}）。")
    if not reason.strip():
        raise Refused("请写明停办的原因。")
    if closed_on < current.opened_on:
        raise Refused(f"停办日期早于投入使用日期（{current.opened_on:%Y-%m-%d}），请核对。")
    current.closed_on = closed_on
    current.save(update_fields=["closed_on"])
    _record(current, "停办", by, date=f"{closed_on:%Y-%m-%d}", reason=reason.strip())


@transaction.atomic
def reopen_facility(*, facility: Facility, reason: str, by: User) -> None:
    """Take the closing back, as if it had never been."""
    current = _locked(facility, by)
    if current.closed_on is None:
        raise Conflict("这个设施没有停办，不用恢复。")
    if not reason.strip():
        raise Refused("请写明恢复的原因。")
    before = current.closed_on
    current.closed_on = None
    current.save(update_fields=["closed_on"])
    _record(current, "恢复运营", by, date=f"{before:%Y-%m-%d}", reason=reason.strip())


def what_closing_leaves(facility: Facility, day: dt.date) -> dict[str, int]:
    """What is still there on ``day``: beds in use, people who live there, staff who are employed."""
    return {
        "beds": Bed.objects.filter(facility=facility).in_use_on(day).count(),
        "residents": Stay.objects.filter(bed__facility=facility).on(day).count(),
        "staff": Employment.objects.filter(facility=facility)
        .on(day)
        .order_by()
        .values("caregiver")
        .distinct()
        .count(),
    }


# --- Ratings ----------------------------------------------------------------------------------------------------


@transaction.atomic
def save_rating(*, facility: Facility, rating: FacilityRating, by: User) -> FacilityRating:
    """Add a rating or write the changed one."""
    current = _locked(facility, by)
    is_new = rating.pk is None
    rating.facility = current
    if not is_new and not FacilityRating.objects.filter(pk=rating.pk, facility=current).exists():
        raise Conflict("这条评定刚刚被别人删除。")
    _validated(rating)
    rating.save()
    _record(current, "登记评定" if is_new else "修改评定", by, rating=rating.label)
    return rating


@transaction.atomic
def delete_rating(*, rating: FacilityRating, by: User) -> None:
    current = _locked(rating.facility, by)
    label = rating.label
    if not FacilityRating.objects.filter(pk=rating.pk).delete()[0]:
        raise Conflict("这条评定已经被删除。")
    _record(current, "删除评定", by, rating=label)


# --- Villages covered -------------------------------------------------------------------------------------------


@transaction.atomic
def cover_villages(*, facility: Facility, villages: Iterable[OrgUnit], since: dt.date, by: User) -> int:
    """From ``since`` on the facility serves the villages; returns how many it did not serve on that day."""
    current = _locked(facility, by)
    if since > timezone.localdate():
        raise Refused("起始日期还没有到，请到那一天再登记。")
    known = {each.village_id: each for each in current.coverage.select_for_update()}
    number = 0
    for village in villages:
        part = known.get(village.pk) or FacilityVillage(facility=current, village=village)
        if part.covered.on(since):
            continue
        if any(first >= since for first, _ in part.covered):
            raise Refused(f"{village}在 {since:%Y-%m-%d} 之后已有覆盖记录，请在该村的“修改期间”里改。")
        part.covered = part.covered.begun(since)
        part.save()
        number += 1
    if number:
        _record(current, "增加覆盖村(社区)", by, number=number, date=f"{since:%Y-%m-%d}")
    return number


@transaction.atomic
def change_coverage(*, coverage: FacilityVillage, covered: object, by: User) -> None:
    """Write the periods; without any, the village is no longer in the list."""
    current = _locked(coverage.facility, by)
    found = FacilityVillage.objects.select_for_update().filter(pk=coverage.pk).first()
    if found is None:
        raise Conflict("这个村(社区)已经被别人从覆盖名单中删除。")
    if covered:
        found.covered = covered
        found.save(update_fields=["covered"])
    else:
        found.delete()
    _record(current, "修改覆盖村(社区)", by, village=coverage.village.name, periods=str(covered) or "删除")


# --- Common -----------------------------------------------------------------------------------------------------


def _locked(facility: Facility, by: User) -> Facility:
    current = (
        Facility.objects.select_for_update(of=("self",))
        .select_related("org_unit", "village")
        .filter(pk=facility.pk)
        .first()
    )
    if current is None:
        raise Conflict("这个设施刚刚被删除。")
    _require(by, current.org_unit)
    return current


def _require(by: User, unit: OrgUnit) -> None:
    if not by.may(Permission.EDIT_LEDGERS):
        raise NotAllowed(f"{by.get_role_display()}不能修改台账。")
    if not by.org_unit.contains(unit):
        raise NotAllowed("只能登记和修改本单位的设施。")


def _validated(part: FacilityRating) -> None:
    try:
        part.full_clean()
    except ValidationError as error:
        raise Refused("".join(error.messages)) from error


def _label(name: str) -> str:
    return str(Facility._meta.get_field(name).verbose_name)


def _record(facility: Facility, what: str, by: User, **detail: object) -> None:
    audit.record(
        AuditEvent.Action.LEDGER,
        by=by,
        subject=f"设施 {facility.name} {what}",
        org_unit=facility.org_unit,
        **detail,
    )
