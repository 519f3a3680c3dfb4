"""Defining registers: the register, its columns, its figures. Nothing that is written is ever narrowed silently."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from eldercare import audit
from eldercare.errors import NotAllowed, Refused
from eldercare.expressions import ExpressionError
from eldercare.models import AuditEvent, User
from eldercare.permissions import Permission
from facilities.actions.guards import in_words, write
from indicators.actions.registers import key_part
from indicators.metrics import registers as sources
from indicators.models import Metric, Register, RegisterColumn, RegisterMetric, RegisterRow
from indicators.rules import registers as rules
from indicators.rules.registers import Kind

LISTED = 20
AT_ONCE = 2_000
REGISTER_FIELDS = ("name", "field", "purpose", "row_name", "keeper", "retention", "position", "is_retired")


class InTheWay(Refused):
    """Rows that a change of the definition does not fit; ``rows`` are the first that its maker sees of ``number``."""

    def __init__(self, words: str, number: int, rows: Sequence[RegisterRow]) -> None:
        super().__init__(words)
        self.number, self.rows = number, list(rows)


def require_definer(by: User) -> None:
    if not by.may(Permission.DEFINE_REGISTERS):
        raise NotAllowed("您的账号不能修改登记簿的定义。")


# --- The register ---------------------------------------------------------------------------------------------


@transaction.atomic
def create_register(*, fields: Mapping[str, Any], columns: Sequence[Mapping[str, Any]], by: User) -> Register:
    """With its first columns, at least one of which is a key."""
    require_definer(by)
    if not any(column.get("is_key") for column in columns):
        raise Refused("至少要有一个识别列：没有它，同一张表传两次就会登记两遍。")
    register = Register(**fields)
    with in_words(Register):
        register.save()
    for position, column in enumerate(columns, 1):
        _insert_column(register, {**column, "position": column.get("position", position)})
    _changed(register, by, "新建登记簿", columns=[column["heading"] for column in columns])
    return register


@transaction.atomic
def edit_register(*, register: Register, changes: Mapping[str, Any], by: User) -> list[str]:
    require_definer(by)
    current = _locked(register)
    words = write(current, {name: value for name, value in changes.items() if name in REGISTER_FIELDS})
    if words:
        _changed(current, by, "修改登记簿", fields=words)
    return words


# --- Columns --------------------------------------------------------------------------------------------------


@transaction.atomic
def add_column(*, register: Register, fields: Mapping[str, Any], by: User) -> RegisterColumn:
    """A new column is empty in the rows there are, so it can be neither required nor a key while there are any."""
    require_definer(by)
    current = _locked(register)
    if fields.get("is_key") or fields.get("is_required"):
        _refuse(
            current.rows.all(),
            "已有 {number} 条记录，新项目在这些记录里都是空的，不能一开始就设为{what}。请先增加，补填之后再设。",
            by=by,
            what="识别列" if fields.get("is_key") else "必填",
        )
    last = current.columns.order_by("-position").values_list("position", flat=True).first() or 0
    column = _insert_column(current, {"position": last + 1, **fields})
    _changed(current, by, "增加登记项目", column=column.heading)
    return column


def _insert_column(register: Register, fields: Mapping[str, Any]) -> RegisterColumn:
    if problem := rules.name_problem(fields["key"]):
        raise Refused(problem)
    if register.columns.filter(key=fields["key"]).exists():
        raise Refused(f"已有代码为“{fields['key']}”的登记项目，请换一个代码。")
    slot = _free_slot(register, Kind(fields["kind"]))
    column = RegisterColumn(register=register, slot=slot, **fields)
    _check_column(column)
    column.save()
    return column


def _free_slot(register: Register, kind: Kind) -> str:
    slot = rules.free_slot(kind, _taken_slots(register))
    if slot is None:
        family = rules.FAMILY[kind]
        most = 1 if family in rules.SINGLE else rules.PLACES[family]
        raise Refused(f"一个登记簿里“{rules.KINDS[kind]}”一类的项目最多 {most} 个（停用的也算），已经用完。")
    return slot


def _taken_slots(register: Register) -> set[str]:
    """Places of the columns there are, and those left by a change of kind that the history of rows has values in:
    another column there would show them under its own heading."""
    taken = set(register.columns.values_list("slot", flat=True))
    past = RegisterColumn.pgh_event_model.objects.filter(register=register)
    left = set(past.order_by().values_list("slot", flat=True)) - taken
    rows = RegisterRow.pgh_event_model.objects.filter(register=register)
    return taken | {slot for slot in left if rows.exclude(_is_empty(slot)).exists()}


def _check_column(column: RegisterColumn) -> None:
    kind = column.type
    if kind in rules.WITH_CHOICES and not column.open_choices:
        raise Refused(f"“{column.heading}”是选择项，至少要有一个选项。")
    labels = Counter(each["label"] for each in column.choices)
    if doubles := [label for label, number in labels.items() if number > 1]:
        raise Refused(f"选项“{doubles[0]}”写了两次，请去掉一个。")
    if column.is_key and kind not in rules.KEYS:
        raise Refused(f"“{rules.KINDS[kind]}”不能作识别列。")
    if column.is_key:
        column.is_required = True


COLUMN_FIELDS = (
    "heading", "aliases", "kind", "choices", "unit", "help", "position", "is_required", "is_key", "in_list",
    "is_filter", "is_summed", "is_retired",
)  # fmt: skip


@transaction.atomic
def edit_column(*, column: RegisterColumn, changes: Mapping[str, Any], by: User) -> list[str]:
    """Renaming and offering more is free; what rows stand against is refused with their number and a list."""
    require_definer(by)
    register = _locked(column.register)
    current = RegisterColumn.objects.select_for_update().get(pk=column.pk)
    was_key = current.is_key and not current.is_retired
    wanted = {name: value for name, value in changes.items() if name in COLUMN_FIELDS}
    _check_choices(register, current, wanted, by)
    if wanted.get("kind", current.kind) != current.kind:
        wanted["slot"] = _slot_after_change(register, current, Kind(wanted["kind"]), by)
    retires = wanted.get("is_retired") and not current.is_retired
    if retires:
        _may_retire(current)
    if wanted.get("is_key"):
        wanted["is_required"] = True
    if wanted.get("is_required") and not current.is_required and not retires:
        _refuse(
            register.rows.filter(_is_empty(wanted.get("slot", current.slot))),
            "有 {number} 条记录没有填“{heading}”，不能设为必填。请先补填下面这些记录。",
            by=by,
            heading=current.heading,
        )
    words = write(current, wanted)
    _check_column(current)
    if (current.is_key and not current.is_retired) != was_key:
        _renew_keys(register, by)
    if words:
        _changed(
            register, by, "修改登记项目", column=current.heading, fields=[w for w in words if w != "slot"]
        )
    return words


def _check_choices(register: Register, column: RegisterColumn, wanted: Mapping[str, Any], by: User) -> None:
    """A choice is taken off the offer, never out of the rows."""
    if "choices" not in wanted or column.type not in rules.WITH_CHOICES:
        return
    gone = set(column.labels) - {each["code"] for each in wanted["choices"]}
    for code in sorted(gone):
        exact = (
            {column.slot: code} if column.type is Kind.CHOICE else {f"{column.slot}__contains": f"|{code}|"}
        )
        _refuse(
            register.rows.filter(**exact),
            "有 {number} 条记录选了“{label}”，不能删除这个选项。不再使用的请停用。",
            by=by,
            label=column.labels[code],
        )


def _slot_after_change(register: Register, column: RegisterColumn, kind: Kind, by: User) -> str:
    if rules.may_keep_slot(column.type, kind):
        return column.slot
    _refuse(
        register.rows.exclude(_is_empty(column.slot)),
        "有 {number} 条记录填了“{heading}”，不能由“{old}”改为“{new}”。请另增加一个项目，把内容移过去后停用这一个。",
        by=by,
        heading=column.heading,
        old=rules.KINDS[column.type],
        new=rules.KINDS[kind],
    )
    return _free_slot(register, kind)


def _may_retire(column: RegisterColumn) -> None:
    if column.is_key:
        raise Refused(f"“{column.heading}”是识别列，不能停用。请先改用别的识别列。")
    known = sources.names_in_conditions(column.register.columns.all())
    for each in RegisterMetric.objects.filter(register=column.register_id).select_related("metric"):
        fixed = {each.column_id, each.from_column_id, each.to_column_id}
        named = sources.read_condition(each.condition, known).names if each.condition else ()
        if column.pk in fixed or column.key in named:
            raise Refused(f"指标“{each.metric}”用到“{column.heading}”，不能停用。请先修改或删除这个指标。")


def _is_empty(slot: str) -> Q:
    return Q(**{slot: ""}) if slot.startswith("text_") else Q(**{slot: None})


def _renew_keys(register: Register, by: User) -> None:
    """Every row is known by the new key columns; refused when two would be the same."""
    keys = list(register.columns.current().filter(is_key=True))
    if not keys:
        raise Refused("至少要有一个识别列。")
    known: dict[tuple[int, str], RegisterRow] = {}
    doubles: list[RegisterRow] = []
    changed: list[RegisterRow] = []
    for row in register.rows.select_related("org_unit").order_by("pk").iterator(AT_ONCE):
        key = rules.key_text(key_part(row, column) for column in keys)
        if key is None or (row.org_unit_id, key) in known:
            doubles.append(row)
            continue
        known[row.org_unit_id, key] = row
        row.key = key
        changed.append(row)
    if doubles:
        raise InTheWay(
            f"有 {len(doubles)} 条记录按新的识别列与别的记录相同或没有填写，不能这样改。请先改正下面这些记录。",
            len(doubles),
            [row for row in doubles if by.org_unit.contains(row.org_unit)][:LISTED],
        )
    RegisterRow.objects.bulk_update(changed, ["key"], batch_size=AT_ONCE)


def _refuse(rows: QuerySet[RegisterRow], words: str, *, by: User, **named: str) -> None:
    """Raises InTheWay when there is any such row; those of another county are counted, not listed."""
    number = rows.count()
    if number:
        first = list(rows.visible_to(by).select_related("org_unit", "village", "facility")[:LISTED])
        raise InTheWay(words.format(number=number, **named), number, first)


# --- Figures --------------------------------------------------------------------------------------------------


@transaction.atomic
def save_metric(
    *, register: Register, definition: RegisterMetric, new_metric: Mapping[str, Any] | None, by: User
) -> RegisterMetric:
    """``new_metric``: fields of a base metric that is made for it; else the definition names one."""
    require_definer(by)
    current = _locked(register)
    if definition.condition:
        try:
            sources.read_condition(definition.condition, sources.names_in_conditions(current.columns.all()))
        except ExpressionError as error:
            raise Refused(f"条件：{error}") from None
    if new_metric is not None:
        definition.metric = _make_metric(new_metric, current)
    taken = RegisterMetric.objects.filter(metric=definition.metric).exclude(pk=definition.pk).first()
    if taken:
        raise Refused(f"基础指标“{definition.metric}”已由登记簿“{taken.register}”计数，请选别的指标。")
    definition.register = current
    definition.save()
    _changed(current, by, "设置登记簿指标", metric=definition.metric.code)
    return definition


def _make_metric(fields: Mapping[str, Any], register: Register) -> Metric:
    if Metric.objects.filter(code=fields["code"]).exists():
        raise Refused(f"已有代码为“{fields['code']}”的基础指标，请换一个代码，或直接选用它。")
    last = Metric.objects.order_by("-position").values_list("position", flat=True).first() or 0
    return Metric.objects.create(
        catalogue_code=f"G_{fields['code']}"[:30],
        ledger="registers",
        ledger_name=register.name,
        time_aggregate="last" if fields["nature"] == Metric.Nature.STOCK else "sum",
        unit_aggregate="sum",
        tier=2,
        position=last + 1,
        **fields,
    )


@transaction.atomic
def remove_metric(*, definition: RegisterMetric, by: User) -> None:
    """The base metric stays: what was reported keeps its meaning."""
    require_definer(by)
    register = definition.register
    code = definition.metric.code
    definition.delete()
    _changed(register, by, "删除登记簿指标", metric=code)


# --- Around ---------------------------------------------------------------------------------------------------


def _locked(register: Register) -> Register:
    return Register.objects.select_for_update().get(pk=register.pk)


def _changed(register: Register, by: User, step: str, **detail: object) -> None:
    Register.objects.filter(pk=register.pk).update(changed_at=timezone.now())
    sources.forget()
    audit.record(AuditEvent.Action.LEDGER, by=by, subject=f"登记簿 {register.name}", step=step, **detail)
