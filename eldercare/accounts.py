"""What an administrator does to accounts, and a person to their own password; each step is in the log."""

import datetime as dt

import axes.utils
from axes.models import AccessAttempt
from django.conf import settings
from django.db import transaction
from django.db.models import Sum
from django.http import HttpRequest
from django.utils import timezone

from eldercare import audit
from eldercare.errors import Refused
from eldercare.models import AuditEvent, OrgUnit, User
from eldercare.passwords import random_password, set_password
from eldercare.permissions import Permission, Role
from eldercare.token_models import ApiToken


def unit_problem(*, role: str, unit: OrgUnit) -> str:
    """Why an account of ``role`` cannot belong to ``unit``; empty when it can."""
    if role == Role.TOWNSHIP_CLERK:
        if unit.level in (OrgUnit.Level.TOWNSHIP, OrgUnit.Level.REPORTING):
            return ""
        return "乡镇(街道)经办须归属一个镇(街道)。"
    if role == Role.DEPARTMENT_CLERK:
        return "" if unit.level == OrgUnit.Level.DEPARTMENT else "部门联络员须归属一个部门。"
    return "" if unit.level == OrgUnit.Level.COUNTY else f"{Role(role).label}须归属县本级。"


@transaction.atomic
def create(
    *,
    by: User,
    username: str,
    full_name: str,
    role: str,
    org_unit: OrgUnit,
    request: HttpRequest | None = None,
) -> tuple[User, str]:
    """A new account and its initial password, which is stored nowhere and shown once."""
    _check_administrator(by)
    _check_unit(by=by, role=role, unit=org_unit)
    user, password = _new_account(username=username, full_name=full_name, role=role, org_unit=org_unit)
    _record("新建", user, by=by, request=request, role=role, unit=org_unit.name)
    return user, password


@transaction.atomic
def create_first_administrator(*, username: str, full_name: str, org_unit: OrgUnit) -> tuple[User, str]:
    """The first account of a county, made on the server; every other one is made by an administrator."""
    problem = unit_problem(role=Role.ADMINISTRATOR, unit=org_unit)
    if problem:
        raise Refused(problem)
    others = User.objects.filter(role=Role.ADMINISTRATOR, org_unit=org_unit, is_active=True, is_demo=False)
    if others.exists():
        raise Refused(f"{org_unit.name}已有系统管理员，请由其在“账号管理”中新建账号。")
    user, password = _new_account(
        username=username, full_name=full_name, role=Role.ADMINISTRATOR, org_unit=org_unit
    )
    audit.record(AuditEvent.Action.ACCOUNT, by=None, subject=f"在服务器上新建 {username}", org_unit=org_unit)
    return user, password


def _new_account(*, username: str, full_name: str, role: str, org_unit: OrgUnit) -> tuple[User, str]:
    if User.objects.filter(username=username).exists():
        raise Refused(f"用户名 {username} 已被使用，请换一个。")
    user = User(username=username, full_name=full_name, role=role, org_unit=org_unit, is_demo=False)
    user.set_unusable_password()
    user.save()
    password = random_password()
    set_password(user, password, must_change=True)
    return user, password


@transaction.atomic
def edit(
    *, by: User, user: User, full_name: str, role: str, org_unit: OrgUnit, request: HttpRequest | None = None
) -> User:
    """Change name, role or unit; moving a clerk to another township is a change of unit."""
    user = _locked(user, by=by)
    _refuse_program(user)
    _check_unit(by=by, role=role, unit=org_unit)
    if user.role == Role.ADMINISTRATOR and role != Role.ADMINISTRATOR:
        if user == by:
            raise Refused("不能撤销自己的系统管理员角色，请由另一位系统管理员操作。")
        _check_another_administrator(user)
    changes = {}
    if user.full_name != full_name:
        changes["name"] = "已更改"
    if user.role != role:
        changes["role"] = f"{user.get_role_display()} → {Role(role).label}"
    if user.org_unit_id != org_unit.pk:
        changes["unit"] = f"{user.org_unit.name} → {org_unit.name}"
    if not changes:
        return user
    user.full_name, user.role, user.org_unit = full_name, role, org_unit
    user.save(update_fields=["full_name", "role", "org_unit"])
    _record("调动" if "unit" in changes else "修改", user, by=by, request=request, **changes)
    return user


@transaction.atomic
def disable(*, by: User, user: User, request: HttpRequest | None = None) -> User:
    """Close an account and its API tokens. What it did stays; open sessions end with their next click."""
    if user == by:
        raise Refused("不能停用自己的账号。")
    user = _locked(user, by=by)
    if not user.is_active:
        return user
    if user.role == Role.ADMINISTRATOR:
        _check_another_administrator(user)
    user.is_active = False
    user.save(update_fields=["is_active"])
    # Not only asleep: whoever comes back makes new ones.
    ApiToken.objects.filter(user=user, revoked_at=None).update(revoked_at=timezone.now(), revoked_by=by)
    _record("停用", user, by=by, request=request)
    return user


@transaction.atomic
def enable(*, by: User, user: User, request: HttpRequest | None = None) -> User:
    user = _locked(user, by=by)
    _refuse_program(user)
    if user.is_active:
        return user
    user.is_active = True
    user.save(update_fields=["is_active"])
    _record("启用", user, by=by, request=request)
    return user


@transaction.atomic
def reset_password(*, by: User, user: User, request: HttpRequest | None = None) -> str:
    """Give the account a new initial password, and end its sessions and its lock-out."""
    if user == by:
        raise Refused("自己的密码请在“修改密码”里更改。")
    user = _locked(user, by=by)
    _refuse_program(user)
    password = random_password()
    set_password(user, password, must_change=True)
    axes.utils.reset(username=user.username)
    _record("重置密码", user, by=by, request=request)
    return password


@transaction.atomic
def unlock(*, by: User, user: User, request: HttpRequest | None = None) -> None:
    """Let an account that was locked after failed sign-ins try again at once."""
    user = _locked(user, by=by)
    axes.utils.reset(username=user.username)
    _record("解锁", user, by=by, request=request)


@transaction.atomic
def change_own_password(*, by: User, password: str, request: HttpRequest | None = None) -> None:
    """The password has been validated. The caller keeps the present session alive; all others end."""
    set_password(by, password, must_change=False)
    audit.record(AuditEvent.Action.PASSWORD, by=by, subject=by.username, request=request)


def locked_usernames() -> set[str]:
    """User names, existing or not, that django-axes refuses at the moment."""
    since = timezone.now() - dt.timedelta(hours=settings.AXES_COOLOFF_TIME)
    failures = (
        AccessAttempt.objects.filter(attempt_time__gt=since)
        .order_by()
        .values("username")
        .annotate(failures=Sum("failures_since_start"))
        .filter(failures__gte=settings.AXES_FAILURE_LIMIT)
    )
    return set(failures.values_list("username", flat=True))


def _check_administrator(by: User) -> None:
    if not by.may(Permission.MANAGE_ACCOUNTS):
        raise Refused("只有系统管理员可以管理账号。")


def _locked(user: User, *, by: User) -> User:
    """The row as it is now, held until the transaction ends.

    Changes to a county's accounts wait for each other: of two administrators who close each other's account
    at the same moment one succeeds, and the second is judged by what the first has done.
    """
    OrgUnit.objects.select_for_update(no_key=True).get(pk=by.org_unit_id)
    _check_administrator(User.objects.get(pk=by.pk))
    found = User.objects.visible_to(by).select_for_update(of=("self",)).filter(pk=user.pk).first()
    if found is None:
        raise Refused("该账号不在本县范围内。")
    return found


def _refuse_program(user: User) -> None:
    """The account of another system lives and ends with its token; nobody signs in with it."""
    if user.api_tokens.filter(kind="system").exists():
        raise Refused(
            "这是系统对接的账号，不能登录，也不单独启用、修改。请在“系统对接凭证”里作废或新建凭证。"
        )


def _check_unit(*, by: User, role: str, unit: OrgUnit) -> None:
    if not by.org_unit.contains(unit):
        raise Refused("该单位不在本县范围内。")
    if problem := unit_problem(role=role, unit=unit):
        raise Refused(problem)


def _check_another_administrator(user: User) -> None:
    others = User.objects.filter(org_unit=user.org_unit, role=Role.ADMINISTRATOR, is_active=True)
    if not others.exclude(pk=user.pk).exists():
        raise Refused("这是本县最后一位启用的系统管理员，请先指定另一位系统管理员。")


def _record(step: str, user: User, *, by: User, request: HttpRequest | None, **detail: object) -> None:
    audit.record(
        AuditEvent.Action.ACCOUNT,
        by=by,
        subject=f"{step} {user.username}",
        request=request,
        step=step,
        **detail,
    )
