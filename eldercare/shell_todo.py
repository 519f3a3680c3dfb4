"""What the shell itself has to do: passwords that run out, locked accounts, refused visits."""

import datetime as dt

from django.conf import settings
from django.db.models import Count
from django.urls import reverse
from django.utils import timezone

from eldercare import todo
from eldercare.accounts import locked_usernames
from eldercare.models import AuditEvent, User
from eldercare.permissions import Permission
from eldercare.todo import TodoItem, Urgency

WARNED_BEFORE = 7  # days


@todo.register
def password_runs_out(user: User) -> list[TodoItem]:
    end = timezone.localdate(user.password_changed_at) + dt.timedelta(days=settings.PASSWORD_MAX_AGE_DAYS)
    left = (end - timezone.localdate()).days
    if left > WARNED_BEFORE:
        return []
    return [
        TodoItem(
            title="修改登录密码",
            detail=f"密码将于 {end:%Y-%m-%d} 到期，到期后须先改密码才能使用。",
            link=reverse("password-change"),
            urgency=Urgency.DUE,
            button="修改密码",
        )
    ]


@todo.register
def locked_accounts(user: User) -> list[TodoItem]:
    if not user.may(Permission.MANAGE_ACCOUNTS):
        return []
    names = locked_usernames()
    number = User.objects.visible_to(user).filter(username__in=names).count() if names else 0
    if not number:
        return []
    return [
        TodoItem(
            title=f"{number} 个账号因多次输错密码被锁定",
            detail="核实是本人操作后可立即解锁；不解锁的，30 分钟后自动恢复。",
            link=f"{reverse('account-list')}?state=locked",
            urgency=Urgency.DUE,
            count=number,
            button="去解锁",
            tag="锁定",
        )
    ]


@todo.register
def unused_accounts(user: User) -> list[TodoItem]:
    if not user.may(Permission.MANAGE_ACCOUNTS):
        return []
    waiting = User.objects.visible_to(user).filter(is_active=True, must_change_password=True, last_login=None)
    number = waiting.count()
    if not number:
        return []
    return [
        TodoItem(
            title=f"{number} 个账号从未登录",
            detail="初始密码尚未使用：请确认已交到本人手中，不再需要的请停用。",
            link=f"{reverse('account-list')}?state=initial",
            urgency=Urgency.INFO,
            count=number,
            button="查看",
        )
    ]


@todo.register
def refused_visits(user: User) -> list[TodoItem]:
    if not user.may(Permission.VIEW_LOG):
        return []
    since = timezone.localdate() - dt.timedelta(days=6)
    start = timezone.make_aware(dt.datetime.combine(since, dt.time.min))
    kinds = (
        (AuditEvent.Action.DENIED, "次越权访问被拒绝", Urgency.DUE),
        (AuditEvent.Action.LOCKED_OUT, "次登录因账号锁定被拒绝", Urgency.NORMAL),
    )
    events = AuditEvent.objects.visible_to(user).filter(
        at__gte=start, action__in=[kind for kind, *_ in kinds]
    )
    found = dict(events.order_by().values_list("action").annotate(number=Count("pk")))
    items = []
    for kind, words, urgency in kinds:
        if number := found.get(kind):
            link = f"{reverse('log-list')}?action={kind}&since={since:%Y-%m-%d}"
            items.append(
                TodoItem(
                    f"近 7 天有 {number} {words}",
                    link,
                    "请核实是否为本人误操作。",
                    urgency,
                    number,
                    "查看日志",
                    "请核实",
                )
            )
    return items
