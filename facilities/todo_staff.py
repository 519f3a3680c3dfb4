"""What the staff ledger asks of the clerks, for the to-do list of the home page. Imported by ``apps.py``."""

import datetime as dt

from django.urls import reverse
from django.utils import timezone

from eldercare import todo
from eldercare.models import User
from eldercare.permissions import Permission
from eldercare.todo import TodoItem, Urgency
from facilities.models import Employment
from facilities.pages import certificates


@todo.register
def certificates_to_renew(user: User) -> list[TodoItem]:
    """Certificates of people at work that have expired or will within 60 days; the county is told, not asked."""
    if not user.may(Permission.EDIT_LEDGERS):
        return []
    day = timezone.localdate()
    ended, ending = (_people(user, day, found) for found in (certificates.ended, certificates.ending))
    items = []
    if ended:
        items.append(_item(user, f"{ended} 人的证书已过期", "ended", ended, Urgency.OVERDUE))
    if ending:
        days = certificates.SOON.days
        items.append(_item(user, f"{ending} 人的证书 {days} 天内到期", "ending", ending, Urgency.DUE))
    return items


def _people(user: User, day: dt.date, found) -> int:
    posts = Employment.objects.visible_to(user).on(day).filter(certificates.with_certificate(found(day)))
    return posts.order_by().values("caregiver").distinct().count()


def _item(user: User, title: str, state: str, count: int, urgency: Urgency) -> TodoItem:
    own = user.is_township
    return TodoItem(
        title,
        f"{reverse('caregiver-list')}?certificate={state}",
        "请督促换证，换证后登记新的有效期；已离岗的请登记离职。" if own else "由各镇(街道)督促换证。",
        urgency if own else Urgency.INFO,
        count=count,
        button="查看名单",
        tag="证书过期" if state == "ended" else "证书到期",
    )
