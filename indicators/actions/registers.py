"""Writing rows of registers (登记簿): one at a time in the browser; sheets come through the engine of uploads."""

from collections.abc import Mapping

from django.db import transaction

from eldercare import audit
from eldercare.errors import NotAllowed, Refused
from eldercare.models import AuditEvent, OrgUnit, User
from eldercare.permissions import Permission
from facilities.actions.guards import check_version, in_words, visible, write
from indicators.models import Register, RegisterColumn, RegisterRow
from indicators.register_columns import name_of
from indicators.rules.registers import key_text

LEVELS = (OrgUnit.Level.COUNTY, OrgUnit.Level.TOWNSHIP, OrgUnit.Level.REPORTING)


def may_write(user: User, register: Register) -> bool:
    """Rows of a register that the county keeps are written by the county only."""
    if register.is_retired or not user.may(Permission.EDIT_LEDGERS):
        return False
    return register.keeper == Register.Keeper.TOWNSHIP or not user.is_township


def require_writer(user: User, register: Register) -> None:
    if register.is_retired:
        raise Refused(f"{register.name}已停用，不能再登记。")
    if not may_write(user, register):
        words = (
            f"{register.name}由县级登记。"
            if user.may(Permission.EDIT_LEDGERS)
            else "您的账号不能修改登记簿。"
        )
        raise NotAllowed(words)


@transaction.atomic
def add_row(*, register: Register, values: Mapping[str, object], by: User) -> RegisterRow:
    """``values``: by attribute of the row, its unit among them. Raises Refused when there is such a row already."""
    require_writer(by, register)
    unit = values["org_unit"]
    if not by.org_unit.contains(unit) or unit.level not in LEVELS:
        raise NotAllowed("只能登记本单位的记录。")
    columns = columns_of(register)
    row = RegisterRow(register=register, **values)
    row.key = _key(row, columns)
    with in_words(RegisterRow):
        row.save()
    _record(row, columns, by, "登记")
    return row


@transaction.atomic
def edit_row(*, row: RegisterRow, changes: Mapping[str, object], seen: int | None, by: User) -> list[str]:
    """The headings of what was changed. Raises Conflict when the row is newer than what was ``seen``."""
    current = _locked(row, by)
    check_version(current, seen)
    unit = changes.get("org_unit", current.org_unit)
    if not by.org_unit.contains(unit) or unit.level not in LEVELS:
        raise NotAllowed("只能登记本单位的记录。")
    columns = columns_of(current.register)
    differing = [name for name, value in changes.items() if getattr(current, name) != value]
    if not differing:
        return []
    changed = RegisterRow(**{name: changes.get(name, getattr(current, name)) for name in _names(columns)})
    write(current, {**changes, "key": _key(changed, columns)})
    headings = {column.slot: column.heading for column in columns} | {"org_unit": "镇(街道)"}
    words = [headings[name] for name in differing]
    _record(current, columns, by, "修改", fields=words)
    return words


@transaction.atomic
def delete_row(*, row: RegisterRow, reason: str, by: User) -> None:
    """For what should never have been entered; the reason and what the row was called stay in the log."""
    if not reason.strip():
        raise Refused("请写明删除的原因。")
    current = _locked(row, by)
    _record(current, columns_of(current.register), by, "删除", reason=reason)
    current.delete()


def columns_of(register: Register) -> list[RegisterColumn]:
    return list(register.columns.current())


def _names(columns: list[RegisterColumn]) -> list[str]:
    return [column.slot for column in columns]


def _locked(row: RegisterRow, by: User) -> RegisterRow:
    rows = RegisterRow.objects.select_related("register", "org_unit", "village", "facility")
    current = visible(rows, by, row.pk, "这条记录")
    require_writer(by, current.register)
    return current


def _key(row: RegisterRow, columns: list[RegisterColumn]) -> str:
    keys = [column for column in columns if column.is_key]
    key = key_text(key_part(row, column) for column in keys)
    if key is None:
        raise Refused(f"{'、'.join(column.heading for column in keys)}是识别列，都要填写。")
    return key


def key_part(row: RegisterRow, column: RegisterColumn) -> object:
    """As an uploaded sheet has it: a whole number without decimals, the key of a facility."""
    value = getattr(row, column.attribute)
    if value is not None and column.slot.startswith("number_"):
        return f"{value:f}".rstrip("0").rstrip(".") if "." in f"{value:f}" else f"{value:f}"
    return value


def _record(row: RegisterRow, columns: list[RegisterColumn], by: User, step: str, **detail: object) -> None:
    people = any(column.is_personal for column in columns)
    called = f"编号 {row.pk}" if people else name_of(row, columns)
    audit.record(
        AuditEvent.Action.LEDGER,
        by=by,
        org_unit=row.org_unit,
        subject=f"{row.register.name} {called}",
        step=step,
        **detail,
    )
