"""What payments ask of clerks and approvers, for the to-do list. Imported by ``apps.py``."""

from django.db.models import Count, F, OuterRef, Q, Subquery, Sum
from django.urls import reverse

from eldercare import todo
from eldercare.models import User
from eldercare.permissions import Permission
from eldercare.todo import TodoItem, Urgency
from subsidies.models import BankJob, Batch, Bounce, Recovery

State = Batch.State


@todo.register
def batches_to_work_on(user: User) -> list[TodoItem]:
    """A line for each batch that waits for this person."""
    prepares, approves = user.may(Permission.PREPARE_PAYMENTS), user.may(Permission.APPROVE_PAYMENTS)
    states = [State.CHECKING, State.APPROVED, State.SENT, State.MAKING] if prepares else []
    if approves:
        states.append(State.SUBMITTED)
    if not states:
        return []
    waiting = (
        Batch.objects.visible_to(user).filter(state__in=states).defer("sheet").select_related("programme")
    )
    waiting = waiting.annotate(undecided=Count("findings", filter=Q(findings__decision="")))
    jobs = BankJob.objects.filter(batch=OuterRef("pk")).order_by("-pk")
    waiting = waiting.annotate(
        job_kind=Subquery(jobs.values("kind")[:1]),
        job_state=Subquery(jobs.values("state")[:1]),
        job_error=Subquery(jobs.values("error")[:1]),
    )
    items = [_item(batch, user) for batch in waiting.order_by("month", "pk")]
    return [item for item in items if item]


def _item(batch: Batch, user: User) -> TodoItem | None:
    link = reverse("batch-detail", args=[batch.pk])
    if batch.state in Batch.SETTLED and batch.job_state == BankJob.State.WAITING:
        return None  # with a worker
    match batch.state:
        case State.SUBMITTED:
            if user.pk in (batch.made_by_id, batch.submitted_by_id):
                return None
            return TodoItem(
                f"审批{batch}",
                link,
                "编制人已送审，请核对合计、勾稽后审批或退回。",
                Urgency.DUE,
                tag="待审批",
            )
        case State.MAKING:
            return TodoItem(f"{batch}没有生成", link, batch.error, Urgency.DUE) if batch.error else None
        case State.APPROVED:
            if batch.job_error and batch.job_kind == BankJob.Kind.SHEET:
                return TodoItem(f"{batch}的银行表没有生成", link, batch.job_error, Urgency.DUE)
            return TodoItem(f"导出{batch}的银行表", link, "已审批通过。", tag="待导出")
        case State.SENT:
            if batch.job_error and batch.job_kind == BankJob.Kind.MATCH:
                return TodoItem(f"{batch}的回盘没有登记成", link, batch.job_error, Urgency.DUE)
            return TodoItem(f"登记{batch}的银行回盘", link, "已送银行，等回盘。", Urgency.INFO, tag="待回盘")
    if batch.return_note:
        return TodoItem(f"{batch}被退回", link, batch.return_note, Urgency.RETURNED)
    if batch.undecided:
        detail = f"还有 {batch.undecided:,} 个核对问题待处理。"
        return TodoItem(f"核对{batch}", link, detail, count=batch.undecided, tag="待核对")
    return TodoItem(f"送审{batch}", link, "核对问题已全部处理。", tag="待送审")


@todo.register
def bounces_to_confirm(user: User) -> list[TodoItem]:
    """A line for each batch with bounces that somebody else has registered."""
    if not user.may(Permission.APPROVE_PAYMENTS):
        return []
    waiting = Bounce.objects.visible_to(user).filter(state=Bounce.State.WAITING).exclude(registered_by=user)
    by_batch: dict[int, list[Bounce]] = {}
    for bounce in (
        waiting.select_related("batch__programme").defer("batch__sheet").order_by("batch", "serial")
    ):
        by_batch.setdefault(bounce.batch_id, []).append(bounce)
    return [
        TodoItem(
            f"确认{bounces[0].batch}的退汇",
            reverse("batch-detail", args=[pk]) + "#bounces",
            f"{len(bounces)} 笔，共 {sum(each.amount for each in bounces):,.2f} 元，确认后在下一批补发。",
            Urgency.DUE,
            count=len(bounces),
            tag="待确认",
        )
        for pk, bounces in by_batch.items()
    ]


@todo.register
def recoveries_due(user: User) -> list[TodoItem]:
    """Money to be got back, in one line."""
    if not user.may(Permission.PREPARE_PAYMENTS):
        return []
    due = Recovery.objects.visible_to(user).outstanding()
    left = F("amount") - F("repaid") - F("offset") - F("written_off")
    total = due.aggregate(number=Count("pk"), amount=Sum(left))
    if not total["number"]:
        return []
    return [
        TodoItem(
            f"{total['number']} 笔追缴没有了结",
            f"{reverse('recovery-list')}?state=due",
            f"共 {total['amount']:,.2f} 元。",
            Urgency.INFO,
            count=total["number"],
            button="查看",
            tag="追缴",
        )
    ]
