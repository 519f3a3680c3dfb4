"""What happens to a person (变动): death, moving in and out. Each is written to the record and kept as a row."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from eldercare.errors import NotAllowed, Refused
from eldercare.models import OrgUnit, User
from eldercare.spells import Spells
from facilities.actions.guards import write
from subsidies.actions.elders import locked, record
from subsidies.models import Elder, ElderChange
from subsidies.rules.elders import entered, left

Kind = ElderChange.Kind


@dataclass(frozen=True, kw_only=True)
class News:
    """When it happened, when and how it became known."""

    on: dt.date
    known_on: dt.date
    source: str
    note: str = ""


@transaction.atomic
def record_death(*, elder: Elder, news: News, by: User) -> Elder:
    row = locked(elder, by=by)
    _check(row, news)
    later = row.changes.filter(happened_on__gt=news.on).exclude(kind=Kind.DEATH_REVOKED).first()
    if later is not None:
        raise Refused(
            f"{later.happened_on} 还有“{later.get_kind_display()}”的登记，晚于死亡日期；请先核对是哪一个有误。"
        )
    write(row, {"died_on": news.on, "death_known_on": news.known_on, "death_source": news.source})
    return _keep(row, Kind.DIED, news, by)


@transaction.atomic
def revoke_death(*, elder: Elder, news: News, by: User) -> Elder:
    """The person lives; ``news.note`` says how that is known."""
    row = locked(elder, by=by, responsible=True)
    if row.died_on is None:
        raise Refused("此人没有死亡登记，不用撤销。")
    if not news.note:
        raise Refused("请在“说明”中写明撤销的依据。")
    if news.known_on > timezone.localdate():
        raise Refused("获知日期还没有到。")
    was = row.died_on
    write(row, {"died_on": None, "death_known_on": None, "death_source": ""})
    return _keep(row, Kind.DEATH_REVOKED, News(**(vars(news) | {"on": was})), by)


@transaction.atomic
def move_in(*, elder: Elder, news: News, by: User) -> Elder:
    row = locked(elder, by=by, responsible=True)
    _check(row, news)
    write(row, {"registered": _after(entered, row.registered, news.on)})
    return _keep(row, Kind.MOVED_IN, news, by, to_unit=row.org_unit)


@transaction.atomic
def move_out(*, elder: Elder, news: News, by: User) -> Elder:
    """Household registration left the county on ``news.on``, the first day on which it is elsewhere."""
    row = locked(elder, by=by, responsible=True)
    _check(row, news)
    write(row, {"registered": _after(left, row.registered, news.on)})
    return _keep(row, Kind.MOVED_OUT, news, by, from_unit=row.org_unit)


@transaction.atomic
def come_to_live(
    *, elder: Elder, news: News, unit: OrgUnit, village: OrgUnit | None, address: str, by: User
) -> Elder:
    row = locked(elder, by=by)
    _check(row, news)
    _check_place(unit, village, row)
    write(row, {"resident": _after(entered, row.resident, news.on)} | _home(unit, village, address))
    return _keep(row, Kind.CAME_TO_LIVE, news, by, to_unit=unit)


@transaction.atomic
def go_to_live_elsewhere(*, elder: Elder, news: News, address: str, by: User) -> Elder:
    """``address``: where the person lives now, outside the county."""
    row = locked(elder, by=by)
    _check(row, news)
    resident = _after(left, row.resident, news.on)
    was = row.residence_unit
    changes: dict[str, Any] = {"resident": resident}
    if not any(first >= news.on for first, _ in resident):  # not back since
        changes |= _home(None, None, address)
    write(row, changes)
    return _keep(row, Kind.WENT_TO_LIVE_ELSEWHERE, news, by, from_unit=was)


@transaction.atomic
def change_unit(
    *, elder: Elder, news: News, unit: OrgUnit, village: OrgUnit | None, address: str, by: User
) -> Elder:
    """Another township of the county keeps the record from now on; the registration stays in the county."""
    row = locked(elder, by=by, responsible=True)
    _check(row, news)
    if unit == row.org_unit:
        raise Refused(f"此人现在就由{unit}管理。")
    _check_place(unit, village, row)
    was = row.org_unit
    write(row, {"org_unit": unit, "village": village, "registered_address": address})
    return _keep(row, Kind.CHANGED_UNIT, news, by, from_unit=was, to_unit=unit)


@transaction.atomic
def change_residence(
    *, elder: Elder, news: News, unit: OrgUnit, village: OrgUnit | None, address: str, by: User
) -> Elder:
    row = locked(elder, by=by)
    _check(row, news)
    _check_place(unit, village, row)
    if not row.resident.on(news.on):
        raise Refused(f"{news.on} 此人不住在本县，请先登记“来县居住”。")
    was = row.residence_unit
    if not write(row, _home(unit, village, address)):
        raise Refused("居住地与现在登记的一样，没有变动。")
    return _keep(row, Kind.CHANGED_RESIDENCE, news, by, from_unit=was, to_unit=unit)


# --- Shared ---------------------------------------------------------------------------------------------------


def _check(elder: Elder, news: News) -> None:
    today = timezone.localdate()
    if news.on > today:
        raise Refused("发生日期还没有到，请在发生之后登记。")
    if news.known_on > today:
        raise Refused("获知日期还没有到，请核对。")
    if news.on < elder.born_on:
        raise Refused(f"发生日期早于出生日期（{elder.born_on}），请核对。")
    if news.known_on < news.on:
        raise Refused("获知日期不能早于发生日期。")
    if elder.died_on is not None:
        raise Refused(f"此人已登记于 {elder.died_on} 死亡；死亡登记有误的，请先撤销。")


def _after(rule, spells: Spells, day: dt.date) -> Spells:
    try:
        return Spells(rule(spells, day))
    except ValueError as problem:
        raise Refused(str(problem)) from None


def _check_place(unit: OrgUnit, village: OrgUnit | None, elder: Elder) -> None:
    """Inside the elder's county, the village inside the township."""
    if not unit.path.startswith(elder.org_unit.county_path):
        raise NotAllowed("只能选本县的镇(街道)。")
    if village is not None and not village.path.startswith(unit.path):
        raise Refused(f"{village}不属于{unit}，请重新选择。")


def _home(unit: OrgUnit | None, village: OrgUnit | None, address: str) -> dict[str, Any]:
    return {"residence_unit": unit, "residence_village": village, "address": address}


def _keep(elder: Elder, kind: Kind, news: News, by: User, **units: OrgUnit | None) -> Elder:
    ElderChange.objects.create(
        elder=elder,
        kind=kind,
        happened_on=news.on,
        known_on=news.known_on,
        source=news.source,
        note=news.note,
        recorded_by=by,
        **units,
    )
    record(elder, by, f"登记变动：{kind.label}", date=news.on)
    return elder
