"""Uploads that wait for somebody's decision, for the to-do list of the home page."""

from django.db.models import Q
from django.urls import reverse

from eldercare import todo
from eldercare.excel.ledgers import ledger_of
from eldercare.models import ImportBatch, User
from eldercare.permissions import Permission
from eldercare.todo import TodoItem, Urgency

LISTED = 3  # more come as one line


@todo.register
def unfinished_uploads(user: User) -> list[TodoItem]:
    """Of the own unit or made by oneself: the county is not asked to finish what a township has begun."""
    if not user.may(Permission.EDIT_LEDGERS):
        return []
    own = ImportBatch.objects.visible_to(user).filter(Q(org_unit=user.org_unit) | Q(created_by=user))
    found = list(own.unfinished().order_by("-pk")[: 100 + 1])
    if len(found) <= LISTED:
        return [_item(batch) for batch in found]
    return [
        TodoItem(
            f"{'100 多' if len(found) > 100 else len(found)} 份上传还没有办完",
            f"{reverse('import-list')}?state=open",
            "读好的请核对后写入或放弃，表头没有认全的请对应。",
            count=len(found),
            button="去处理",
            tag="上传",
        )
    ]


def _item(batch: ImportBatch) -> TodoItem:
    ready = batch.status == ImportBatch.Status.READY
    detail = f"{ledger_of(batch.ledger).label}：新增 {batch.new}、变更 {batch.changed}、错误 {batch.errors}。"
    return TodoItem(
        f"上传的“{batch.filename}”{'待核对写入' if ready else '待对应表头'}",
        reverse("import-detail", args=[batch.pk]),
        detail if ready else "表里的列没有认全，对应一次，下次记得。",
        Urgency.NORMAL,
        button="去核对" if ready else "去对应",
        tag="上传",
    )
