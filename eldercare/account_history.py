"""What the database's triggers have recorded about an account, as sentences."""

from collections.abc import Iterator
from typing import Any

from eldercare.history import Part, Step
from eldercare.history import history_of as steps_of
from eldercare.models import OrgUnit, User
from eldercare.permissions import Role


def history_of(account: User) -> list[Step]:
    """Newest first. The changes made below the portal, by SQL, are here too, without a name."""
    units = dict(
        OrgUnit.objects.filter(pk__in=account.events.order_by().values("org_unit_id")).values_list(
            "pk", "name"
        )
    )

    def says(before: Any, after: Any) -> Iterator[str]:
        return _words(before, after, units)

    return steps_of(Part(User, is_subject=True, says=says, pgh_obj_id=account.pk))


def _words(before: Any, after: Any, units: dict[int, str]) -> Iterator[str]:
    if before is None or after.pgh_label == "insert":
        yield "创建账号"
        return
    if before.full_name != after.full_name:
        yield f"姓名：{before.full_name} → {after.full_name}"
    if before.role != after.role:
        yield f"角色：{_role(before.role)} → {_role(after.role)}"
    if before.org_unit_id != after.org_unit_id:
        yield f"单位：{units.get(before.org_unit_id)} → {units.get(after.org_unit_id)}"
    if before.is_active != after.is_active:
        yield "启用账号" if after.is_active else "停用账号"
    if before.password_changed_at != after.password_changed_at:
        yield "设置初始密码" if after.must_change_password else "本人修改密码"


def _role(key: str) -> str:
    return str(Role(key).label) if key in Role.values else key
