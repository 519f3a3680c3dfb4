"""One step of an enrolment each: a page with its form, which works without JavaScript."""

from collections.abc import Callable
from dataclasses import dataclass

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from eldercare.errors import Refused
from eldercare.permissions import Permission, requires
from subsidies.actions import enrolments as actions
from subsidies.actions import enrolments_running as running
from subsidies.forms.enrolments import EndForm, OpinionForm, ReasonForm, ResumeForm, SuspendForm
from subsidies.models import Enrolment
from subsidies.pages.enrolments import known_end, load_enrolment, paid_from, proposed_stop
from subsidies.rules.enrolments import add_months
from subsidies.views.enrolments import find


@dataclass(frozen=True)
class StepPage:
    title: str
    form: type[forms.Form]
    act: Callable[..., Enrolment]
    button: str
    done: str
    note: str = ""
    is_grave: bool = False


CHECK = StepPage(
    "乡镇审核",
    OpinionForm,
    actions.check,
    "审核通过",
    "审核通过，等待公示。",
    "请对照下面“按政策规定”逐项核对证明材料。不符合的，退出本页办理“不予通过”。",
)
APPROVE = StepPage("县级审批", OpinionForm, actions.approve, "批准", "已批准，从政策规定的月份起发放。")
OBJECTION = StepPage(
    "公示有异议",
    ReasonForm,
    actions.object_to,
    "登记异议",
    "已登记异议，退回审核。",
    "登记后退回乡镇审核环节，核实后重新审核、公示，或者不予通过。",
)
RETURN = StepPage("退回", ReasonForm, actions.send_back, "退回", "已退回乡镇审核。")
REFUSE = StepPage("不予通过", ReasonForm, actions.refuse, "不予通过", "已办结：不予通过。", is_grave=True)
WITHDRAW = StepPage("撤回申请", ReasonForm, actions.withdraw, "撤回", "申请已撤回。")
SUSPEND = StepPage(
    "暂停发放", SuspendForm, running.suspend, "暂停", "已暂停发放。", "暂停期间不发；以后恢复时再定是否补发。"
)
RESUME = StepPage("恢复发放", ResumeForm, running.resume, "恢复", "已恢复发放。")
REOPEN = StepPage(
    "撤销停发",
    ReasonForm,
    running.reopen,
    "撤销停发",
    "已撤销停发，停发以后的月份在下一批按规则补发。",
    "只在停发登记错了时用。经办停发的人不能撤销。",
)


def _step(request: HttpRequest, pk: int, page: StepPage, initial: dict | None = None) -> HttpResponse:
    enrolment = find(request, pk)
    form = page.form(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_valid():
        try:
            page.act(enrolment=enrolment, by=request.user, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, str(refusal))
            enrolment = find(request, pk)
        else:
            messages.success(request, f"{enrolment.holder_name}：{page.done}")
            return redirect("enrolment-detail", pk)
    return _shown(request, enrolment, page, form)


def _shown(
    request: HttpRequest, enrolment: Enrolment, page: StepPage, form: forms.Form, **more: object
) -> HttpResponse:
    sheet = load_enrolment(enrolment, request.user)
    context = {"enrolment": enrolment, "sheet": sheet, "form": form, "page": page}
    return render(request, "enrolments/step.html", context | more)


def _this_month():
    return timezone.localdate().replace(day=1)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.CHECK_ENROLMENTS)
def check(request: HttpRequest, pk: int) -> HttpResponse:
    return _step(request, pk, CHECK)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.APPROVE_ENROLMENTS)
def approve(request: HttpRequest, pk: int) -> HttpResponse:
    return _step(request, pk, APPROVE)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.CHECK_ENROLMENTS)
def objection(request: HttpRequest, pk: int) -> HttpResponse:
    return _step(request, pk, OBJECTION)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.VIEW_PEOPLE)
def send_back(request: HttpRequest, pk: int) -> HttpResponse:
    """By the township or by the county, as far as it has come: the action knows."""
    return _step(request, pk, RETURN)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.VIEW_PEOPLE)
def refuse(request: HttpRequest, pk: int) -> HttpResponse:
    """As ``send_back``."""
    return _step(request, pk, REFUSE)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.CHECK_ENROLMENTS)
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    return _step(request, pk, WITHDRAW)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.CHECK_ENROLMENTS)
def suspend(request: HttpRequest, pk: int) -> HttpResponse:
    return _step(request, pk, SUSPEND, {"from_month": add_months(_this_month(), 1)})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.CHECK_ENROLMENTS)
def resume(request: HttpRequest, pk: int) -> HttpResponse:
    return _step(request, pk, RESUME, {"from_month": _this_month()})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.APPROVE_ENROLMENTS)
def reopen(request: HttpRequest, pk: int) -> HttpResponse:
    return _step(request, pk, REOPEN)


END = StepPage(
    "停发",
    EndForm,
    running.end,
    "停发",
    "已登记停发。",
    "停发起始月以后已经发了的，下一批自动算出应追缴的金额。",
    is_grave=True,
)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.CHECK_ENROLMENTS)
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """Without a month the page works it out from the rules and asks once more."""
    enrolment = find(request, pk)
    known = known_end(enrolment)
    initial = {}
    if known:
        initial = {
            "end_reason": known[0],
            "happened_on": known[1],
            "ended_from": proposed_stop(enrolment, *known),
        }
    form = EndForm(request.POST if request.method == "POST" else None, initial=initial)
    month = initial.get("ended_from")
    proposed = month
    if form.is_valid():
        data = form.cleaned_data
        proposed = proposed_stop(enrolment, data["end_reason"], data["happened_on"])
        month = data["ended_from"] or proposed
        if data["ended_from"] is None or "look" in request.POST:
            form = EndForm(initial=data | {"ended_from": data["ended_from"] or proposed})
        elif answer := _end(request, enrolment, form):
            return answer
    months, amount = paid_from(enrolment, month) if month else (0, 0)
    return _shown(
        request,
        find(request, pk),
        END,
        form,
        proposed=proposed,
        month=month,
        paid_months=months,
        paid_amount=amount,
    )


def _end(request: HttpRequest, enrolment: Enrolment, form: EndForm) -> HttpResponse | None:
    data = form.cleaned_data
    comment = "；".join(filter(None, [f"发生日期 {data['happened_on']:%Y-%m-%d}", data["comment"]]))
    try:
        running.end(
            enrolment=enrolment,
            end_reason=data["end_reason"],
            ended_from=data["ended_from"],
            comment=comment,
            by=request.user,
        )
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return None
    messages.success(request, f"{enrolment.holder_name}：{data['ended_from']:%Y-%m} 起停发。")
    return redirect("enrolment-detail", enrolment.pk)
