"""Two records of one person made one (并档), and undone exactly.

Rules where both records have something:

* a tag of the same kind: the periods of both, with both sources, on the record kept; the other row stays behind.
* an assessment of the same standard and day, a certification, visit or service of the same day, an adaptation of
  the same round: the one of the record kept counts; the other stays behind with the record dropped.
* accounts: the one in use of the record kept stays; that of the other is ended today and moved.
* head of household: that of the record kept.
* an open enrolment in the same programme, or an unfinished family bed, on both sides: refused; one is ended first.
* periods of registration and of living in the county: united. Empty telephone, contact, address: filled.
* a death known on one side only holds; two different days of death: refused.

What was moved and what was changed stands in ``ElderMerge.moved``, without any number of a person.
"""

import datetime as dt
from collections.abc import Iterable
from typing import Any, NamedTuple

from django.db import models, transaction
from django.utils import timezone

from eldercare.encryption import EncryptedField
from eldercare.errors import NotAllowed, Refused
from eldercare.models import User
from eldercare.permissions import Permission
from eldercare.spells import Spells
from facilities.actions.guards import write
from subsidies.actions.elders import record
from subsidies.models import (
    Adaptation,
    Assessment,
    Certification,
    DistinctElders,
    Elder,
    ElderChange,
    ElderMerge,
    ElderTag,
    Enrolment,
    FamilyBed,
    HouseholdHead,
    Payee,
    PaymentLine,
    Visit,
)

UNITED = ("registered", "resident", "wishes_central_care")
FILLED = (
    "village",
    "registered_address",
    "residence_unit",
    "residence_village",
    "address",
    "phone",
    "contact_name",
    "contact_relation",
    "contact_phone",
    "note",
)
DEATH = ("died_on", "death_known_on", "death_source")
SOURCE_LENGTH = ElderTag._meta.get_field("source").max_length


class Part(NamedTuple):
    """Rows that go with the person; one with the same ``key`` on the other side stays behind."""

    model: type[models.Model]
    key: tuple[str, ...] = ()


PARTS = (
    Part(Assessment, ("assessed_on", "standard")),
    Part(Certification, ("certified_on",)),
    Part(Visit, ("service", "visited_on")),
    Part(Adaptation, ("round",)),
    Part(FamilyBed),
    Part(Enrolment),
    Part(ElderChange),
    Part(Payee),
)


def may_merge(user: User) -> bool:
    """The county clerk: the records may be of two townships."""
    return user.may(Permission.MERGE_PEOPLE)


def obstacles(kept: Elder, dropped: Elder) -> list[str]:
    """Why these two cannot be merged as they are, each with what to do about it."""
    found = []
    if kept.pk == dropped.pk:
        return ["这是同一份档案。"]
    if kept.merged_into_id or dropped.merged_into_id:
        return ["其中一份档案已经并入别的档案，请在保留的档案上办理。"]
    if kept.died_on and dropped.died_on and kept.died_on != dropped.died_on:
        found.append(f"两份档案登记的死亡日期不同（{kept.died_on}、{dropped.died_on}），请先核对更正。")
    if kept.id_number is None and dropped.id_number is not None:
        found.append("要保留的档案没有证件号码，请改为保留有号码的那一份。")
    programmes = (
        Enrolment.objects.filter(elder__in=(kept, dropped), state__in=Enrolment.OPEN)
        .values("programme__name")
        .annotate(number=models.Count("elder", distinct=True))
        .filter(number=2)
        .order_by("programme__name")
    )
    found += [
        f"两份档案都在“{each['programme__name']}”中申请或享受，属于重复享受；请先停发（撤回）其中一份，再并档。"
        for each in programmes
    ]
    beds = FamilyBed.objects.filter(elder__in=(kept, dropped), ended_on=None).values("elder").distinct()
    if beds.count() == 2:
        found.append("两份档案都有在办或在用的家庭养老床位，请先终止其中一张。")
    return found


@transaction.atomic
def merge(*, kept: Elder, dropped: Elder, reason: str, by: User) -> ElderMerge:
    """Raises Refused with the obstacles."""
    kept, dropped = _held(kept, dropped, by=by)
    problems = obstacles(kept, dropped)
    if problems:
        raise Refused(" ".join(problems))
    moved: dict[str, Any] = {"tags": _unite_tags(kept, dropped), "payees_ended": _end_accounts(kept, dropped)}
    moved["apart"] = _set_apart(kept, dropped)
    moved["rows"] = {part.model._meta.model_name: _move(part, kept, dropped) for part in PARTS}
    enrolments = moved["rows"]["enrolment"]
    # A statement of payments follows the enrolment.
    PaymentLine.objects.filter(enrolment__in=enrolments).update(elder=kept)
    moved["head"] = _move_head(kept, dropped)
    moved["elder"] = _complete(kept, dropped)
    write(dropped, {"merged_into": kept})
    made = ElderMerge.objects.create(kept=kept, dropped=dropped, moved=moved, reason=reason, merged_by=by)
    record(kept, by, "并档", note=f"并入编号 {dropped.pk}", reason=reason)
    return made


@transaction.atomic
def undo(*, merge: ElderMerge, by: User) -> None:
    """Everything as it was. Raises Refused when something that the merge changed has been changed since."""
    row = ElderMerge.objects.select_for_update().get(pk=merge.pk)
    kept, dropped = _held(row.kept, row.dropped, by=by)
    if row.undone_at is not None:
        raise Refused("这次并档已经撤销。")
    if dropped.merged_into_id != kept.pk:
        raise Refused("这份档案后来又有变动，不能自动撤销，请联系系统管理员。")
    moved = row.moved
    _restore_elder(kept, dropped, moved["elder"])
    _restore_tags(moved["tags"], kept, dropped)
    for part in PARTS:
        _move_back(part, moved["rows"][part.model._meta.model_name], kept, dropped)
    _put_together(moved.get("apart", []))
    PaymentLine.objects.filter(enrolment__in=moved["rows"]["enrolment"]).update(elder=dropped)
    Payee.objects.filter(pk__in=moved["payees_ended"]).update(used_to=None)
    if moved["head"]:
        HouseholdHead.objects.filter(pk=moved["head"]).update(elder=dropped)
    write(dropped, {"merged_into": None})
    row.undone_by, row.undone_at = by, timezone.now()
    row.save(update_fields=["undone_by", "undone_at"])
    record(kept, by, "撤销并档", note=f"恢复编号 {dropped.pk}")


@transaction.atomic
def mark_distinct(*, one: Elder, other: Elder, reason: str, by: User) -> None:
    """The two are different people: the pair is not suggested again."""
    one, other = sorted(_held(one, other, by=by), key=lambda each: each.pk)
    DistinctElders.objects.get_or_create(one=one, other=other, defaults={"reason": reason, "by": by})
    record(one, by, "核对为不同的人", note=f"与编号 {other.pk}", reason=reason)


def _held(one: Elder, other: Elder, *, by: User) -> tuple[Elder, Elder]:
    if not may_merge(by):
        raise NotAllowed("并档由县级经办办理。")
    found = Elder.objects.visible_to(by).select_for_update(of=("self",)).order_by("pk")
    rows = {each.pk: each for each in found.filter(pk__in=(one.pk, other.pk))}
    if one.pk not in rows or other.pk not in rows:
        raise Refused("其中一份档案不存在，或不在您的管理范围内。")
    return rows[one.pk], rows[other.pk]


# --- Rows -----------------------------------------------------------------------------------------------------


def _move(part: Part, kept: Elder, dropped: Elder) -> list[int]:
    rows = part.model._base_manager.filter(elder=dropped)
    if part.key:
        there = set(part.model._base_manager.filter(elder=kept).values_list(*part.key))
        keys = [pk for pk, *key in rows.values_list("pk", *part.key) if tuple(key) not in there]
    else:
        keys = list(rows.values_list("pk", flat=True))
    part.model._base_manager.filter(pk__in=keys).update(elder=kept)
    return sorted(keys)


def _move_back(part: Part, keys: Iterable[int], kept: Elder, dropped: Elder) -> None:
    rows = part.model._base_manager.filter(pk__in=keys)
    if rows.exclude(elder=kept).exists():
        raise Refused(f"并档时移过来的{part.model._meta.verbose_name}后来又移走了，不能自动撤销。")
    rows.update(elder=dropped)


def _set_apart(kept: Elder, dropped: Elder) -> list[dict[str, Any]]:
    """Two payments of one programme for the same months: one enrolment keeps them, the other covers them no longer,
    so that the next batch claims what was paid twice. Both open at once is an obstacle, so this ends."""
    done = []
    payable = Enrolment.objects.filter(state__in=Enrolment.PAYABLE)
    for double in payable.filter(elder=dropped).order_by("pk"):
        for own in payable.filter(elder=kept, programme=double.programme_id).order_by("pk"):
            (start, end), (other_start, other_end) = _months(own), _months(double)
            if other_end <= start or end <= other_start or start == end or other_start == other_end:
                continue
            if start <= other_start and other_end <= end:
                done.append(_narrow(double, double.ended_from))
            elif other_start <= start and end <= other_end:
                done.append(_narrow(own, own.ended_from))
            elif start < other_start:
                done.append(_narrow(double, own.ended_from))
            else:
                done.append(_narrow(own, double.ended_from))
    return done


def _months(enrolment: Enrolment) -> tuple[dt.date, dt.date]:
    return enrolment.not_before or dt.date.min, enrolment.ended_from or dt.date.max


def _narrow(enrolment: Enrolment, not_before: dt.date) -> dict[str, Any]:
    before = enrolment.not_before
    enrolment.not_before = not_before
    Enrolment.objects.filter(pk=enrolment.pk).update(not_before=not_before)
    return {"pk": enrolment.pk, "before": before and before.isoformat(), "after": not_before.isoformat()}


def _put_together(done: list[dict[str, Any]]) -> None:
    for each in reversed(done):
        rows = Enrolment.objects.filter(pk=each["pk"], not_before=each["after"])
        if not rows.update(not_before=each["before"]):
            raise Refused("并档以后享受资格的起始月份又修改过，不能自动撤销；请先改回，或由人工处理。")


def _end_accounts(kept: Elder, dropped: Elder) -> list[int]:
    if not kept.payees.filter(used_to=None).exists():
        return []
    today = timezone.localdate()
    ended = []
    for account in dropped.payees.filter(used_to=None):
        account.used_to = max(today, account.used_from)
        account.save(update_fields=["used_to"])
        ended.append(account.pk)
    return ended


def _move_head(kept: Elder, dropped: Elder) -> int | None:
    head = HouseholdHead.objects.filter(elder=dropped).first()
    if head is None or HouseholdHead.objects.filter(elder=kept).exists():
        return None
    HouseholdHead.objects.filter(pk=head.pk).update(elder=kept)
    return head.pk


# --- Tags -----------------------------------------------------------------------------------------------------


def _unite_tags(kept: Elder, dropped: Elder) -> list[dict[str, Any]]:
    own = {tag.kind: tag for tag in kept.tags.all()}
    done = []
    for tag in dropped.tags.all():
        mine = own.get(tag.kind)
        if mine is None:
            ElderTag.objects.filter(pk=tag.pk).update(elder=kept)
            done.append({"moved": tag.pk})
            continue
        before = {"held": str(mine.held), "source": mine.source}
        mine.held = Spells([*mine.held, *tag.held])
        if tag.source and tag.source != mine.source:
            mine.source = "；".join(filter(None, (mine.source, tag.source)))[:SOURCE_LENGTH]
        mine.save()
        done.append(
            {"changed": mine.pk, "before": before, "after": {"held": str(mine.held), "source": mine.source}}
        )
    return done


def _restore_tags(done: list[dict[str, Any]], kept: Elder, dropped: Elder) -> None:
    for each in done:
        if "moved" in each:
            ElderTag.objects.filter(pk=each["moved"], elder=kept).update(elder=dropped)
            continue
        tag = ElderTag.objects.filter(pk=each["changed"]).first()
        if tag is None or {"held": str(tag.held), "source": tag.source} != each["after"]:
            raise Refused("并档以后人员类别又修改过，不能自动撤销；请先改回，或由人工处理。")
        tag.held, tag.source = Spells.parse(each["before"]["held"]), each["before"]["source"]
        tag.save()


# --- The record kept --------------------------------------------------------------------------------------------


def _complete(kept: Elder, dropped: Elder) -> dict[str, Any]:
    """What changes on the record kept: values before and after; of numbers only that they were filled."""
    changes: dict[str, Any] = {}
    for name in UNITED:
        united = Spells([*getattr(kept, name), *getattr(dropped, name)])
        if united != getattr(kept, name):
            changes[name] = united
    for name in FILLED:
        if not getattr(kept, name) and getattr(dropped, name):
            changes[name] = getattr(dropped, name)
    if dropped.died_on and not kept.died_on:
        changes |= {name: getattr(dropped, name) for name in DEATH}
    before = {name: _stored(kept, name) for name in changes}
    write(kept, changes)
    return {"before": before, "after": {name: _stored(kept, name) for name in changes}}


def _stored(elder: Elder, name: str) -> Any:
    column = elder._meta.get_field(name)
    value = getattr(elder, column.attname)
    if isinstance(column, EncryptedField):
        return "filled" if value else ""
    return value if isinstance(value, int | None) else str(value)


def _restore_elder(kept: Elder, dropped: Elder, noted: dict[str, Any]) -> None:
    for name, after in noted["after"].items():
        column = kept._meta.get_field(name)
        is_same = _stored(kept, name) == after
        if isinstance(column, EncryptedField):
            is_same = getattr(kept, name) == getattr(dropped, name)
        if not is_same:
            raise Refused(f"并档以后“{column.verbose_name}”又修改过，不能自动撤销；请先改回，或由人工处理。")
    for name, before in noted["before"].items():
        column = kept._meta.get_field(name)
        setattr(kept, column.attname, column.to_python(before))
    if noted["before"]:
        kept.save(update_fields=list(noted["before"]))
