"""Making a plan, or changing one, from a document: checked, in one transaction, audited, put in force."""

import re
from collections.abc import Iterable, Sequence

from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.utils import timezone

from eldercare import audit
from eldercare.errors import Conflict, NotAllowed, Refused
from eldercare.expressions import ExpressionError
from eldercare.models import AuditEvent, OrgUnit, User
from eldercare.permissions import Permission
from indicators.actions.adoptions import adopt_plan
from indicators.actions.rollups import request_nightly_roll_ups, request_roll_up_from
from indicators.models import Baseline, Indicator, IndicatorValue, Plan, Registration, Target
from indicators.models.adoptions import LOWER_LEVELS
from indicators.needs import settle_needs
from indicators.plan_documents import Row, Slip, compare, document_of, entry_of, same, typed
from indicators.specs import Catalogue

CODE = re.compile(r"[a-z0-9][a-z0-9-]{1,13}")
TAKEN_WORDS = frozenset({"adoptions", "build", "new", "template"})  # addresses below /plans/
CHANGES_LOGGED = 20  # of a whole plan the history has them all
MOVED = "规划在您查看之后被别人改过，变更单已重新列出，请核对后再确认。"


def find_plan(code: str, *, by: User) -> Plan | None:
    """The plan of that code, if it is one of the user's own place. Raises ``Refused`` for another's."""
    plan = Plan.objects.filter(code=code).select_related("org_unit").first()
    if plan is not None and not by.org_unit.contains(plan.org_unit):
        raise Refused(f"代码“{code}”已被别的单位的规划使用，请换一个。")
    return plan


def new_code() -> str:
    """A free code: ``plan`` and a number."""
    taken = set(Plan.objects.filter(code__startswith="plan-").values_list("code", flat=True))
    return next(
        code for code in (f"plan-{number}" for number in range(1, len(taken) + 2)) if code not in taken
    )


@transaction.atomic
def apply_document(
    *, document: Row, by: User, digest: str | None = None, retire_gone: bool = False
) -> tuple[Plan, Slip]:
    """Make the plan of ``document["code"]`` what the document says; a new one is put in force at once.

    ``digest``: of the slip that was shown, ``Conflict`` when the changes are others by now. Indicators that the
    document does not name stay as they are, or are retired with ``retire_gone``.
    """
    if not by.may(Permission.EDIT_PLANS):
        raise NotAllowed(f"{by.get_role_display()}不能办理此事。")
    plan = find_plan(document["code"], by=by)
    if plan is not None:
        plan = Plan.objects.select_for_update(of=("self",)).select_related("org_unit").get(pk=plan.pk)
    slip = compare(document, document_of(plan) if plan else None)
    if digest is not None and slip.digest != digest:
        raise Conflict(MOVED)
    _check(document)
    if plan is None:
        plan = _create(document, by.org_unit)
    elif slip.plan_cells:
        _update(plan, document["plan"])
    _add(plan, slip.added)
    for change in slip.changed:
        _change(plan, change.entry)
    gone = [each["number"] for each in slip.gone] if retire_gone else []
    for indicator in plan.indicators.filter(number__in=gone):
        indicator.is_active, indicator.updated_at = False, timezone.now()
        indicator.save(update_fields=["is_active", "updated_at"])
    if not slip.is_empty or gone:
        _settle(plan, slip, gone, by)
    return plan, slip


def _settle(plan: Plan, slip: Slip, gone: Sequence[int], by: User) -> None:
    settle_needs(plan)
    what = "新建" if slip.is_new else "修改"
    if len(slip.changed) == 1 and not (slip.added or slip.plan_cells or gone):
        what = f"{slip.changed[0].entry['number']} {slip.changed[0].entry['name']}"
    audit.record(
        AuditEvent.Action.PLAN,
        by=by,
        subject=f"{plan.short_title} {what}",
        plan=[f"{cell.label}：{cell.before} → {cell.after}" for cell in slip.plan_cells],
        added=len(slip.added),
        changed=[each.entry["number"] for each in slip.changed],
        changes=[
            f"{each.entry['number']} {cell.label}：{cell.before} → {cell.after}"
            for each in slip.changed[:CHANGES_LOGGED]
            for cell in each.cells
        ],
        retired=list(gone),
    )
    if slip.is_new:
        adopt_plan(plan=plan, unit=plan.org_unit, from_month=None, by=by)
    else:
        request_nightly_roll_ups()


def _check(document: Row) -> None:
    """What the reader has said already, said once more to whoever did not come by it."""
    facts = document["plan"]
    if facts["ends_on"] <= facts["starts_on"]:
        raise Refused("规划期止要晚于规划期起。")
    numbers = [each["number"] for each in document["indicators"]]
    if len(set(numbers)) < len(numbers):
        raise Refused("有两条指标的序号相同，请改正。")
    catalogue = Catalogue()
    for entry in document["indicators"]:
        if entry["formula"]:
            try:
                catalogue.formula(entry["formula"])
            except ExpressionError as error:
                raise Refused(f"第 {entry['number']} 条的公式不能保存：{error}") from error


def _create(document: Row, unit: OrgUnit) -> Plan:
    code = document["code"]
    if not CODE.fullmatch(code) or code in TAKEN_WORDS:
        raise Refused(f"代码“{code}”不能用：请用 2 至 14 个小写字母、数字或短横线。")
    if unit.level not in LOWER_LEVELS:
        raise Refused(f"{unit.name}({unit.get_level_display()})下面没有填报单位，不能建立规划。")
    try:
        with transaction.atomic():
            return Plan.objects.create(code=code, org_unit=unit, **typed(document["plan"]))
    except IntegrityError as error:
        raise Conflict(f"代码“{code}”刚被别的规划使用，请重新上传。") from error


def _update(plan: Plan, row: Row) -> None:
    values = typed(row)
    for name, value in values.items():
        if not same(getattr(plan, name), value):
            setattr(plan, name, value)
    plan.save()


def _add(plan: Plan, entries: Sequence[Row]) -> None:
    made = Indicator.objects.bulk_create(
        Indicator(plan=plan, **_own(entry)) for entry in _coded(plan, entries)
    )
    Target.objects.bulk_create(
        Target(indicator=each, **typed(row))
        for each, entry in zip(made, entries, strict=True)
        for row in entry["targets"]
    )
    Baseline.objects.bulk_create(
        Baseline(indicator=each, **typed(row))
        for each, entry in zip(made, entries, strict=True)
        for row in entry["baselines"]
    )


def _own(entry: Row) -> Row:
    return {name: value for name, value in entry.items() if name not in ("targets", "baselines")}


def _coded(plan: Plan, entries: Iterable[Row]) -> list[Row]:
    """With codes that are free in the whole portal: those of a copied plan are the other's."""
    entries = list(entries)
    wanted = [entry["document_code"] for entry in entries if entry["document_code"]]
    taken = set(Indicator.objects.filter(document_code__in=wanted).values_list("document_code", flat=True))
    coded = []
    for entry in entries:
        code = entry["document_code"]
        if not code or code in taken:
            code = f"{plan.code}-{entry['number']:03d}"
        taken.add(code)
        coded.append(entry | {"document_code": code})
    return coded


def _change(plan: Plan, entry: Row) -> None:
    current = plan.indicators.select_for_update(of=("self",)).get(number=entry["number"])
    before = entry_of(current)
    for name, value in _own(entry).items():
        if not same(before[name], value):
            setattr(current, name, value)
    current.updated_at = timezone.now()
    current.save()
    if not same(entry["targets"], before["targets"]):
        _replace(current, Target, entry["targets"], key="due_on")
    if not same(entry["baselines"], before["baselines"]):
        current.baselines.all().delete()
        Baseline.objects.bulk_create(Baseline(indicator=current, **typed(row)) for row in entry["baselines"])


def _replace(current: Indicator, model: type[Target], rows: Sequence[Row], *, key: str) -> None:
    """Targets keep their row while their date stays, so that their history goes on."""
    held = {getattr(each, key): each for each in current.targets.all()}
    wanted = [typed(row) for row in rows]
    for gone in held.keys() - {row[key] for row in wanted}:
        held[gone].delete()
    for row in wanted:
        target = held.get(row[key]) or model(indicator=current)
        for name, value in row.items():
            setattr(target, name, value)
        target.save()


@transaction.atomic
def move_indicator(*, plan: Plan, number: int, to: int, by: User) -> None:
    """Give an indicator another number; those between make room. Raises ``Refused`` for a number out of range."""
    _require(plan, by)
    rows = list(plan.indicators.select_for_update().order_by("number"))
    numbers = [each.number for each in rows]
    if number not in numbers or to not in numbers:
        raise Refused(
            f"序号只能在 {numbers[0]} 与 {numbers[-1]} 之间选已有的。" if rows else "规划里还没有指标。"
        )
    moved = rows.pop(numbers.index(number))
    rows.insert(numbers.index(to), moved)
    changed = [(each, wanted) for each, wanted in zip(rows, numbers, strict=True) if each.number != wanted]
    spare = max(numbers) + 1
    for offset, (each, _) in enumerate(changed):  # out of the way first: a number is unique in its plan
        each.number = spare + offset
        each.save(update_fields=["number"])
    for each, wanted in changed:
        each.number = wanted
        each.save(update_fields=["number"])
    if changed:
        audit.record(
            AuditEvent.Action.PLAN, by=by, subject=f"{plan.short_title} 调整顺序", moved=f"{number} → {to}"
        )


@transaction.atomic
def delete_plan(*, plan: Plan, by: User) -> None:
    """Remove a plan that nothing was published or registered for. Raises ``Refused`` otherwise."""
    _require(plan, by)
    values = IndicatorValue.objects.filter(indicator__plan=plan, value__isnull=False)
    if values.exists() or Registration.objects.filter(indicator__plan=plan).exists():
        raise Refused("这个规划已有汇总的数值或登记，不能删除；不再使用的，请在“执行哪些规划”里停止执行。")
    begins = plan.base_month
    title = plan.short_title
    IndicatorValue.objects.filter(indicator__plan=plan).delete()
    plan.indicators.all().update(is_active=False)
    settle_needs(plan)
    try:
        with transaction.atomic():
            plan.adoptions.all().delete()
            plan.indicators.all().delete()
            plan.delete()
    except ProtectedError as error:
        raise Refused("重点任务、月报或更正单还在引用这个规划，不能删除；不再使用的，请停止执行。") from error
    audit.record(AuditEvent.Action.PLAN, by=by, subject=f"{title} 删除")
    request_roll_up_from(begins)


def _require(plan: Plan, by: User) -> None:
    if not by.may(Permission.EDIT_PLANS):
        raise NotAllowed(f"{by.get_role_display()}不能办理此事。")
    if not by.org_unit.contains(plan.org_unit):
        raise NotAllowed("只能修改本县的规划。")
