"""What the database's triggers have recorded about an account, as sentences."""

import datetime as dt
from dataclasses import dataclass

from eldercare.models import OrgUnit, User
from eldercare.permissions import Role


@dataclass(frozen=True)
class Step:
    at: dt.datetime
    by: str
    changes: list[str]


def history_of(account: User) -> list[Step]:
    """Newest first. The changes made below the portal, by SQL, are here too, without a name."""
    events = list(account.events.select_related("pgh_context").order_by("pgh_id"))
    units = dict(
        OrgUnit.objects.filter(pk__in={each.org_unit_id for each in events}).values_list("pk", "name")
    )
    steps, before = [], None
    for event in events:
        changes = _changes(before, event, units)
        if changes:
            context = event.pgh_context.metadata if event.pgh_context else {}
            steps.append(Step(event.pgh_created_at, context.get("name") or "系统", changes))
        before = event
    return steps[::-1]


def _changes(before, after, units: dict[int, str]) -> list[str]:
    if before is None or after.pgh_label == "insert":
        return ["创建账号"]
    found = []
    if before.full_name != after.full_name:
        found.append(f"姓名：{before.full_name} → {after.full_name}")
    if before.role != after.role:
        found.append(f"角色：{_role(before.role)} → {_role(after.role)}")
    if before.org_unit_id != after.org_unit_id:
        found.append(f"单位：{units.get(before.org_unit_id)} → {units.get(after.org_unit_id)}")
    if before.is_active != after.is_active:
        found.append("启用账号" if after.is_active else "停用账号")
    if before.password_changed_at != after.password_changed_at:
        found.append("设置初始密码" if after.must_change_password else "本人修改密码")
    return found


def _role(key: str) -> str:
    return str(Role(key).label) if key in Role.values else key
