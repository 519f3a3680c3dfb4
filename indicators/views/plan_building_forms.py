"""Building a plan in the browser: the plan itself, its indicators one by one, their order, and taking it away."""

from dataclasses import replace

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from eldercare.errors import Refused
from eldercare.permissions import Permission, requires
from indicators.actions.plan_building import apply_document, delete_plan, find_plan, move_indicator, new_code
from indicators.forms.plan_building import MoveForm, PlanForm, indicator_form
from indicators.models import Metric, Plan
from indicators.plan_documents import Row, bases_text, document_of, targets_text
from indicators.resources.plan_reading import read_entry
from indicators.resources.plan_sheet import COLUMNS
from indicators.tasks import hint_roll_up
from indicators.views.plan_building import own_plan, to_dashboard

CHANGED = "这个指标在您打开页面之后被修改过。您填写的内容都在下面，没有丢失；请对照现行内容，再点一次“保存”。"
METHODS = ["GET", "HEAD", "POST"]
# What the form of one indicator asks, in its three parts; the rest is for the workbook.
MAIN = (
    ("number", "name", "group"), ("formula",), ("unit", "decimals", "value_kind"), ("role", "input_source"), ("scope",),
)  # fmt: skip
GOALS = (
    ("targets", "comparator"), ("baselines", "recurrence", "recurs_from", "recurs_to"),
    ("judging", "judged_level", "judged_per", "judged_where"), ("only_units",),
)  # fmt: skip
TICKS = ("is_soft", "is_headline")
SOURCE = (("place", "printed_unit", "printed_target"), ("quote",), ("formula_note",), ("notes",))
HELPS = {
    "formula": "用基础指标的名称或代码，如 护理型床位数 / 养老机构床位数 * 100；名称见本页下方。空着只作说明，不计算。",
    "targets": "如 ≥60（2025年）；几个目标用分号隔开，原文没有数值的写“无数值（2025年）”。",
}
NAMES = [key for row in (*MAIN, *GOALS, TICKS, *SOURCE) for key in row]
ASKED = tuple(
    replace(column, help=HELPS.get(key, column.help))
    for key in NAMES
    for column in COLUMNS
    if column.key == key
)


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


@never_cache
@require_http_methods(METHODS)
@requires(Permission.EDIT_PLANS)
def add(request: HttpRequest, code: str) -> HttpResponse:
    """One more indicator."""
    plan = own_plan(request, code)
    current = document_of(plan)
    number = max((each["number"] for each in current["indicators"]), default=0) + 1
    form = indicator_form(ASKED)(
        request.POST or None, initial={"number": number, "comparator": ">=", "decimals": 1}
    )
    if request.method == "POST" and form.is_valid() and _save(request, plan, current, form, before=None):
        return redirect("plan-indicator-add" if "another" in request.POST else "plan-contents", plan.code)
    return _entry_page(request, plan, form)


@never_cache
@require_http_methods(METHODS)
@requires(Permission.EDIT_PLANS)
def change(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Everything about an indicator, also what the quick edit page leaves alone."""
    plan = own_plan(request, code)
    current = document_of(plan)
    before = next((each for each in current["indicators"] if each["number"] == number), None)
    if before is None:
        return redirect("plan-contents", plan.code)
    form = indicator_form(ASKED)(request.POST or None, initial=_initial(before))
    form.fields["number"].disabled = True
    seen = plan.indicators.get(number=number).updated_at.isoformat()
    if request.method == "POST" and form.is_valid() and request.POST.get("seen", seen) != seen:
        form.add_error(None, CHANGED)
    if request.method == "POST" and form.is_valid() and _save(request, plan, current, form, before=before):
        return redirect("plan-contents", plan.code)
    return _entry_page(request, plan, form, before, seen)


def _initial(entry: Row) -> Row:
    return entry | {
        "targets": targets_text(entry["targets"]),
        "baselines": bases_text(entry["baselines"]),
        "only_units": "、".join(entry["only_units"]),
        "recurrence": entry["recurrence"] or "total",
        "judging": entry["judging"] or "total",
    }


def _save(request: HttpRequest, plan: Plan, current: Row, form: forms.Form, *, before: Row | None) -> bool:
    """Whether it was written; what is wrong is said beside its field."""
    number = form.cleaned_data["number"]
    entry, problems = read_entry(form.cleaned_data, columns=ASKED, end=plan.ends_on, before=before)
    for each in problems:
        form.add_error(each.place if each.place in form.fields else None, each.message)
    if before is None and any(each["number"] == number for each in current["indicators"]):
        form.add_error("number", f"序号 {number} 已经有指标，请换一个。")
    if form.errors:
        return False
    others = [each for each in current["indicators"] if each["number"] != number]
    try:
        _, slip = apply_document(document=current | {"indicators": [*others, entry]}, by=request.user)
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return False
    if slip.is_empty:
        messages.info(request, "没有改动，未保存。")
    else:
        hint_roll_up()
        what = "已增加" if before is None else "已保存"
        messages.success(request, f"{what}“{entry['name']}”，未锁定的月份正在重新汇总。")
    return True


def _entry_page(
    request: HttpRequest, plan: Plan, form: forms.Form, entry: Row | None = None, seen: str = ""
) -> HttpResponse:
    metrics = Metric.objects.order_by("group", "position").values_list("name", "code", "unit")
    parts = [
        (title, [[form[key] for key in row] for row in rows])
        for title, rows in (("指标", MAIN), ("目标与判定", GOALS), ("出处", SOURCE))
    ]
    ticks = [form[key] for key in TICKS]
    context = {"plan": plan, "form": form, "parts": parts, "ticks": ticks, "metrics": metrics}
    context |= {"entry": entry, "seen": seen}
    return render(request, "plans/build_indicator.html", context)


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
