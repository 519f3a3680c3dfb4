"""Building a plan in the browser: the plan itself, the order of its indicators, and taking it away."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from eldercare.errors import Refused
from eldercare.permissions import Permission, requires
from indicators.actions.plan_building import apply_document, delete_plan, find_plan, move_indicator, new_code
from indicators.forms.plan_building import MoveForm, PlanForm
from indicators.models import Plan
from indicators.plan_documents import Row, document_of, targets_text
from indicators.tasks import hint_roll_up
from indicators.views.plan_building import own_plan, to_dashboard

METHODS = ["GET", "HEAD", "POST"]


@never_cache
@require_http_methods(METHODS)
@requires(Permission.EDIT_PLANS)
def create(request: HttpRequest) -> HttpResponse:
    plans = Plan.objects.visible_to(request.user).order_by("-starts_on", "code")
    form = PlanForm(request.POST or None, plans=plans)
    if request.method == "POST" and form.is_valid():
        try:
            plan, slip = apply_document(document=_new_document(request, form), by=request.user)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            if slip.added:
                return to_dashboard(request, plan, slip)
            hint_roll_up()
            messages.success(request, f"已建立“{plan.short_title}”，接着逐条增加指标。")
            return redirect("plan-contents", plan.code)
    return render(request, "plans/build_form.html", {"form": form})


def _new_document(request: HttpRequest, form: PlanForm) -> Row:
    code = form.cleaned_data["code"] or new_code()
    if find_plan(code, by=request.user):
        raise Refused(f"代码“{code}”已经有规划，请换一个，或空着由系统编。")
    copied = form.cleaned_data["copied"]
    whole = (
        document_of(copied) if copied else {"indicators": [], "plan": {"upstream": [], "printed_sums": []}}
    )
    facts = {**whole["plan"], **_plain(form.facts())}
    return {"code": code, "plan": facts, "indicators": whole["indicators"]}


def _plain(facts: dict) -> Row:
    return {key: value.isoformat() if hasattr(value, "isoformat") else value for key, value in facts.items()}


@never_cache
@require_http_methods(METHODS)
@requires(Permission.EDIT_PLANS)
def facts(request: HttpRequest, code: str) -> HttpResponse:
    plan = own_plan(request, code)
    form = PlanForm(request.POST or None, instance=plan)
    if request.method == "POST" and form.is_valid():
        current = document_of(plan)
        document = current | {"plan": current["plan"] | _plain(form.facts())}
        try:
            _, slip = apply_document(document=document, by=request.user)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            hint_roll_up()
            changed = "；".join(f"{cell.label}：{cell.before} → {cell.after}" for cell in slip.plan_cells)
            messages.success(request, f"已保存：{changed[:300]}。" if changed else "没有改动，未保存。")
            return redirect("plan-contents", plan.code)
    return render(request, "plans/build_form.html", {"form": form, "plan": own_plan(request, code)})


@never_cache
@require_safe
@requires(Permission.EDIT_PLANS)
def contents(request: HttpRequest, code: str) -> HttpResponse:
    """The indicators as they are built: order, targets, formula; three queries however many there are."""
    plan = own_plan(request, code)
    entries = plan.indicators.order_by("number").prefetch_related("targets")
    rows = [(each, targets_text([vars_of(t) for t in each.targets.all()])) for each in entries]
    return render(request, "plans/build_contents.html", {"plan": plan, "rows": rows, "last": len(rows)})


def vars_of(target) -> Row:
    return {
        "comparator": target.comparator,
        "value": None if target.value is None else f"{target.value:f}",
        "due_on": target.due_on.isoformat(),
    }


@require_POST
@requires(Permission.EDIT_PLANS)
def move(request: HttpRequest, code: str, number: int) -> HttpResponse:
    plan = own_plan(request, code)
    form = MoveForm(request.POST)
    if not form.is_valid():
        messages.error(request, "没有移动：请填要移到的序号。")
        return redirect("plan-contents", plan.code)
    try:
        move_indicator(plan=plan, number=number, to=form.cleaned_data["to"], by=request.user)
    except Refused as refusal:
        messages.error(request, f"没有移动：{refusal}")
    return redirect("plan-contents", plan.code)


@require_POST
@requires(Permission.EDIT_PLANS)
def delete(request: HttpRequest, code: str) -> HttpResponse:
    plan = own_plan(request, code)
    title = plan.short_title
    try:
        delete_plan(plan=plan, by=request.user)
    except Refused as refusal:
        messages.error(request, f"没有删除：{refusal}")
        return redirect("plan-contents", code)
    hint_roll_up()
    messages.success(request, f"已删除“{title}”。")
    return redirect("plan-list")
