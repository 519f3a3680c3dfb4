"""The audit log, for the auditor of the county: read, filter, export. Nobody writes or deletes here."""

import datetime as dt
from collections.abc import Iterator

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from eldercare import audit
from eldercare.audit_words import detail_text
from eldercare.excel.writing import Column, Sheet, workbook_response
from eldercare.forms import LogFilterForm
from eldercare.models import AuditEvent
from eldercare.permissions import Permission, requires

PAGE_SIZE = 50
EXPORT_LIMIT = 100_000
ID_DIGITS = 18


@require_safe
@requires(Permission.VIEW_LOG)
def log_list(request: HttpRequest) -> HttpResponse:
    """Newest first; paged by the id of the last row, so that page 1,000 costs no more than page 1."""
    form = LogFilterForm(request.GET or None)
    events = _filtered(request, form)
    before = request.GET.get("before", "")
    if before.isascii() and before.isdigit() and len(before) < ID_DIGITS:
        events = events.filter(pk__lt=int(before))
    rows = list(events[: PAGE_SIZE + 1])
    context = {
        "form": form,
        "unused": _unused_text(form),
        "events": [(event, detail_text(event.detail)) for event in rows[:PAGE_SIZE]],
        "next_before": rows[PAGE_SIZE - 1].pk if len(rows) > PAGE_SIZE else None,
        "is_first_page": not before,
        "export_limit": EXPORT_LIMIT,
    }
    return render(request, "logs/list.html", context)


def _filtered(request: HttpRequest, form: LogFilterForm) -> QuerySet:
    events = AuditEvent.objects.visible_to(request.user).select_related("user", "org_unit").order_by("-pk")
    chosen = form.chosen()
    if action := chosen.get("action"):
        events = events.filter(action=action)
    if name := chosen.get("user"):
        events = events.filter(Q(username__icontains=name) | Q(user__full_name__icontains=name))
    if text := chosen.get("q"):
        events = events.filter(subject__icontains=text)
    if since := chosen.get("since"):
        events = events.filter(at__gte=_midnight(since))
    if until := chosen.get("until"):
        events = events.filter(at__lt=_midnight(until + dt.timedelta(days=1)))
    return events


def _unused_text(form: LogFilterForm) -> str:
    """A condition with a mistake in it would otherwise look as if everything had been found."""
    unused = form.unused()
    return f"查询条件{'、'.join(f'“{name}”' for name in unused)}没有采用，请查对。" if unused else ""


def _midnight(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time.min))


COLUMNS = (
    Column("编号", 10),
    Column("时间", 20),
    Column("用户名", 16),
    Column("姓名", 12),
    Column("单位", 16),
    Column("动作", 12),
    Column("对象", 36),
    Column("明细", 48),
    Column("地址", 16),
)


@require_safe
@requires(Permission.VIEW_LOG)
def export(request: HttpRequest) -> HttpResponse:
    """What is filtered, as a workbook. The export is itself an entry of the log."""
    form = LogFilterForm(request.GET or None)
    events = _filtered(request, form)
    number = events[: EXPORT_LIMIT + 1].count()
    conditions = _conditions(form)
    audit.record(
        AuditEvent.Action.EXPORT,
        by=request.user,
        subject="审计日志",
        request=request,
        rows=min(number, EXPORT_LIMIT),
        conditions=conditions,
    )
    note = f"筛选条件：{conditions or '无'}。{_unused_text(form)}"
    if number > EXPORT_LIMIT:
        note += f"只导出最近 {EXPORT_LIMIT} 条，请缩小日期范围分次导出。"
    sheet = Sheet("审计日志", COLUMNS, _rows(events[:EXPORT_LIMIT]))
    name = f"审计日志_{timezone.localdate():%Y%m%d}.xlsx"
    return workbook_response(name, sheets=[sheet], note=note, by=request.user)


def _rows(events: QuerySet) -> Iterator[tuple]:
    for event in events.iterator(chunk_size=2000):
        yield (
            event.pk,
            f"{timezone.localtime(event.at):%Y-%m-%d %H:%M:%S}",
            event.username,
            event.user.full_name if event.user else "",
            event.org_unit.name if event.org_unit else "",
            event.get_action_display(),
            event.subject,
            detail_text(event.detail),
            event.address or "",
        )


def _conditions(form: LogFilterForm) -> str:
    chosen = form.chosen()
    shown = {**chosen, "action": dict(AuditEvent.Action.choices).get(chosen.get("action"))}
    return "；".join(f"{form.fields[name].label}={value}" for name, value in shown.items() if value)
