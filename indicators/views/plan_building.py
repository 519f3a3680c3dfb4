"""A plan from a workbook: template, upload, what it would change, and writing it."""

import datetime as dt
from io import BytesIO

from django.contrib import messages
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from eldercare import audit
from eldercare.errors import Conflict, Refused
from eldercare.excel.scratch import scratch
from eldercare.excel.writing import CONTENT_TYPE
from eldercare.models import AuditEvent, User
from eldercare.permissions import Permission, requires
from indicators.actions.plan_building import apply_document, find_plan, new_code
from indicators.forms.plan_building import PlanFileForm
from indicators.models import MonthlyReport, Plan
from indicators.plan_documents import Row, Slip, compare, document_of, targets_text
from indicators.resources.plan_reading import Reading, read_plan
from indicators.resources.plan_sheet import write_empty, write_plan
from indicators.rollup import roll_up_month
from indicators.tasks import hint_roll_up

SALT = "plan workbook of account {}"
KEPT = dt.timedelta(hours=12)
EXPIRED = "变更单已过期，请重新上传文件。"


def own_plan(request: HttpRequest, code: str) -> Plan:
    """A plan of the user's own place; one that is only adopted is its issuer's."""
    found = Plan.objects.visible_to(request.user).filter(
        org_unit__path__startswith=request.user.org_unit.path
    )
    return get_object_or_404(found.select_related("org_unit"), code=code)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.EDIT_PLANS)
def build(request: HttpRequest) -> HttpResponse:
    """Where a plan begins: the template, the upload, the form; an upload is answered by its slip."""
    form = PlanFileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            reading, current = _read(form, request.user)
        except Refused as refusal:
            form.add_error("file", str(refusal))
        else:
            return _slip_page(request, reading, compare(reading.document, current))
    own = Plan.objects.visible_to(request.user).filter(org_unit__path__startswith=request.user.org_unit.path)
    return render(request, "plans/build.html", {"form": form, "own": own.order_by("-starts_on", "code")})


def _read(form: PlanFileForm, user: User) -> tuple[Reading, Row | None]:
    found: dict[str, Row | None] = {}

    def current(code: str) -> Row | None:
        plan = find_plan(code, by=user)
        found["plan"] = document_of(plan) if plan else None
        return found["plan"]

    with scratch() as folder:
        path = folder / "plan"
        path.write_bytes(form.content)
        reading = read_plan(path, form.cleaned_data["file"].name, current=current, fresh=new_code)
    return reading, found["plan"]


def _slip_page(request: HttpRequest, reading: Reading, slip: Slip) -> HttpResponse:
    document = reading.document
    context = {
        "document": document,
        "slip": slip,
        "added": [(each, targets_text(each["targets"])) for each in slip.added],
        "problems": reading.problems,
        "notes": reading.notes,
        "examples": reading.examples,
        "packed": "" if reading.problems else _pack(request.user, document, slip),
    }
    return render(request, "plans/build_slip.html", context)


def _pack(user: User, document: Row, slip: Slip) -> str:
    """What was read, for the confirmation: signed, so that it comes back as it went out, for this account only."""
    return signing.dumps([document, slip.digest], salt=SALT.format(user.pk), compress=True)


@require_POST
@requires(Permission.EDIT_PLANS)
def apply(request: HttpRequest) -> HttpResponse:
    try:
        packed = request.POST.get("document", "")
        document, digest = signing.loads(packed, salt=SALT.format(request.user.pk), max_age=KEPT)
    except signing.BadSignature:
        messages.error(request, EXPIRED)
        return redirect("plan-build")
    retire = request.POST.get("retire") == "yes"
    try:
        plan, slip = apply_document(document=document, by=request.user, digest=digest, retire_gone=retire)
    except Conflict as conflict:
        messages.warning(request, str(conflict))
        plan = find_plan(document["code"], by=request.user)
        return _slip_page(request, Reading(document), compare(document, document_of(plan) if plan else None))
    except Refused as refusal:
        messages.error(request, f"没有写入：{refusal}")
        return redirect("plan-build")
    return to_dashboard(request, plan, slip)


def to_dashboard(request: HttpRequest, plan: Plan, slip: Slip) -> HttpResponse:
    """The newest month at once, so that the dashboard has figures; the others follow in the background."""
    newest = MonthlyReport.objects.visible_to(request.user).order_by("-month").filter(
        status__in=[MonthlyReport.Status.APPROVED, MonthlyReport.Status.LOCKED]
    )  # fmt: skip
    month = newest.values_list("month", flat=True).first()
    if month is not None:
        roll_up_month(month)
    hint_roll_up()
    done = f"新增 {len(slip.added)} 条指标" + (f"，修改 {len(slip.changed)} 条" if slip.changed else "")
    words = (
        f"已建立“{plan.short_title}”并开始执行，{done}"
        if slip.is_new
        else f"“{plan.short_title}”已更新：{done}"
    )
    messages.success(request, f"{words}。其余月份正在汇总。")
    return redirect(f"{reverse('dashboard')}?plan={plan.code}")


@never_cache
@require_safe
@requires(Permission.EDIT_PLANS)
def template(request: HttpRequest) -> HttpResponse:
    file = BytesIO()
    write_empty(file)
    return _download(file, "规划工作簿模板.xlsx")


@never_cache
@require_safe
@requires(Permission.EDIT_PLANS)
def workbook(request: HttpRequest, code: str) -> HttpResponse:
    """The plan as the workbook that is uploaded; an entry of the log like every export."""
    plan = own_plan(request, code)
    document = document_of(plan)
    file = BytesIO()
    write_plan(file, document)
    audit.record(
        AuditEvent.Action.EXPORT,
        by=request.user,
        subject=f"{plan.short_title}工作簿",
        request=request,
        rows=len(document["indicators"]),
    )
    return _download(file, f"{plan.short_title}_{timezone.localdate():%Y%m%d}.xlsx")


def _download(file: BytesIO, name: str) -> HttpResponse:
    headers = {
        "Content-Disposition": content_disposition_header(as_attachment=True, filename=name),
        "Cache-Control": "no-store",
    }
    return HttpResponse(file.getvalue(), content_type=CONTENT_TYPE, headers=headers)
