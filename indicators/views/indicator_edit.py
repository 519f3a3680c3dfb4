"""One form for an indicator, new or not, with the fields of the workbook.

Its formula is checked as it is typed, and past months are shown as they would become. What would move published
months is saved by who has been shown how: the digest of that comes along.
"""

from dataclasses import dataclass, field, replace

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from eldercare.errors import Conflict, Refused
from eldercare.permissions import Permission, requires
from indicators.actions.plan_building import apply_document
from indicators.actions.plans import choose_projection
from indicators.forms.plan_building import indicator_form
from indicators.forms.plans import ProjectionForm
from indicators.models import Baseline, Indicator, Metric, Plan, Target
from indicators.pages.formula_check import (
    Check,
    Movement,
    PreviewRow,
    check_formula,
    movement,
    preview_change,
)
from indicators.pages.lines import FullCatalogue
from indicators.plan_documents import (
    INDICATOR_FIELDS,
    Cell,
    Row,
    bases_text,
    compare,
    document_of,
    entry_cells,
    entry_of,
    same,
    targets_text,
    typed,
)
from indicators.resources.plan_reading import in_codes, read_entry
from indicators.resources.plan_sheet import COLUMNS, TOTAL
from indicators.rules.plan_texts import PlanTextError
from indicators.tasks import hint_roll_up
from indicators.views.indicator_pages import find as find_visible
from indicators.views.plan_building import own_plan

CHANGED = "这个指标在您打开页面之后被修改过。您填写的内容都在下面，没有丢失；请对照现行内容，再点一次“保存”。"
METHODS = ["GET", "HEAD", "POST"]
# What the form asks, in its three parts; the rest is for the workbook.
MAIN = (
    ("name",), ("number", "group"), ("formula",), ("unit", "decimals", "value_kind"), ("role", "input_source"), ("scope",),
)  # fmt: skip
GOALS = (
    ("targets",), ("comparator", "baselines"), ("recurrence", "recurs_from", "recurs_to"),
    ("judging", "judged_level"), ("judged_per", "judged_where"), ("only_units",), ("projection",),
)  # fmt: skip
TICKS = ("is_soft", "is_headline", "is_active")
SOURCE = (("place",), ("printed_unit", "printed_target"), ("quote",), ("formula_note",), ("notes",))
HELPS = {
    "formula": "用基础指标的名称或代码，如 护理型床位数 / 养老机构床位数 * 100。空着只作说明，不计算。",
    "targets": "如 ≥60（2025年）；几个目标用分号隔开，原文没有数值的写“无数值（2025年）”。",
    "is_soft": "探索、推动、争创等，不计入达标率",
    "is_headline": "在看板上作为重点指标",
    "is_active": "停用后不再计算，也不计入达标率",
}
NAMES = [key for row in (*MAIN, *GOALS, TICKS, *SOURCE) for key in row]
ASKED = tuple(
    replace(column, help=HELPS.get(key, column.help))
    for key in NAMES
    for column in COLUMNS
    if column.key == key
)
# What moves values or their judgement; a new name is saved without a look at the months.
COMPUTED = (
    "formula", "value_kind", "input_source", "role", "comparator", "recurrence", "recurs_from", "recurs_to", "judging",
    "judged_level", "judged_per", "judged_where", "only_units", "targets", "baselines", "is_active",
)  # fmt: skip


@dataclass
class Draft:
    """The form read as a row of the sheet, with what it would do."""

    plan: Plan
    before: Row | None
    entry: Row | None = None  # while every field can be read
    check: Check | None = None
    rows: list[PreviewRow] = field(default_factory=list)
    moved: Movement | None = None

    @property
    def differences(self) -> list[Cell]:
        return entry_cells(self.entry, self.before) if self.entry and self.before else []

    @property
    def is_recomputed(self) -> bool:
        return any(not same(self.entry[key], self.before[key]) for key in COMPUTED)


@never_cache
@require_http_methods(METHODS)
@requires(Permission.EDIT_PLANS)
def edit(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """The form; ``check`` shows what it would do (the way without JavaScript), ``save`` writes."""
    found = find(request, code, number)
    seen = found.updated_at.isoformat()
    form = _form_of(request, found)
    draft = _draft(found.plan, form, found)
    is_conflict = False
    if _is_save(request) and not form.errors:
        is_conflict = request.POST.get("seen") != seen
        if is_conflict:
            form.add_error(None, CHANGED)
        elif _is_shown(request, form, draft) and _save(request, found.plan, draft, form):
            return redirect(_back(request, found))
    context = {"entry": draft.before, "indicator": found, "seen": seen, "back": _back_to(request)}
    context |= {"differences": draft.differences if is_conflict else []}
    return _page(request, draft, form, context)


@never_cache
@require_http_methods(METHODS)
@requires(Permission.EDIT_PLANS)
def preview(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """The check and preview alone, for the form as it stands while it is typed."""
    found = find(request, code, number)
    form = _form_of(request, found)
    return _check_part(request, _draft(found.plan, form, found), form)


@never_cache
@require_http_methods(METHODS)
@requires(Permission.EDIT_PLANS)
def add(request: HttpRequest, code: str) -> HttpResponse:
    """One more indicator."""
    plan = own_plan(request, code)
    numbers = set(plan.indicators.values_list("number", flat=True))
    form = indicator_form(ASKED)(_posted(request), initial=_blank(numbers))
    draft = _draft(plan, form)
    if _is_save(request):
        if form.cleaned_data.get("number") in numbers:
            form.add_error("number", f"序号 {form.cleaned_data['number']} 已经有指标，请换一个。")
        if not form.errors and _save(request, plan, draft, form):
            return redirect("plan-indicator-add" if "another" in request.POST else "plan-contents", plan.code)
    return _page(request, draft, form, {"back": "contents"})


@never_cache
@require_http_methods(METHODS)
@requires(Permission.EDIT_PLANS)
def check_new(request: HttpRequest, code: str) -> HttpResponse:
    """The check alone, for one that is not there yet."""
    plan = own_plan(request, code)
    form = indicator_form(ASKED)(_posted(request))
    return _check_part(request, _draft(plan, form), form)


@never_cache
@require_POST
@requires(Permission.EDIT_PLANS)
def projection(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """The method of the outlook, chosen on the indicator's page."""
    found = find(request, code, number)
    form = ProjectionForm(request.POST)
    if not form.is_valid():
        messages.error(request, "没有保存：请从列表中选择推算方法。")
    elif choose_projection(indicator=found, method=form.cleaned_data["method"], by=request.user):
        messages.success(
            request, f"推算方法已改为“{Indicator.Projection(form.cleaned_data['method']).label}”。"
        )
    else:
        messages.info(request, "推算方法没有改动。")
    query = f"?{request.GET.urlencode()}" if request.GET else ""
    return redirect(f"{reverse('indicator', args=[code, number])}{query}#outlook")


def find(request: HttpRequest, code: str, number: int) -> Indicator:
    """An indicator of a plan of the user's own place; one that is only adopted is edited by its issuer."""
    found = find_visible(request, code, number)
    if not request.user.org_unit.contains(found.plan.org_unit):
        raise Http404("这个规划由制定单位维护。")
    return found


def _form_of(request: HttpRequest, found: Indicator) -> forms.Form:
    """A link to the preview may bring a formula alone; the other fields are the indicator's."""
    initial = _initial(entry_of(found))
    if formula := request.GET.get("formula"):
        initial["formula"] = formula
    form = indicator_form(ASKED)(_posted(request), initial=initial)
    form.fields["number"].disabled = True
    return form


def _initial(entry: Row) -> Row:
    """What the cells of the sheet hold."""
    return entry | {
        "targets": targets_text(entry["targets"]),
        "baselines": bases_text(entry["baselines"]),
        "only_units": "、".join(entry["only_units"]),
        **{key: entry[key] or TOTAL for key in ("recurrence", "judging", "projection")},
    }


def _blank(numbers: set[int]) -> Row:
    return {
        "number": max(numbers, default=0) + 1,
        "comparator": ">=",
        "decimals": 1,
        "is_active": True,
        "recurrence": TOTAL,
        "judging": TOTAL,
        "projection": TOTAL,
    }


def _posted(request: HttpRequest) -> QueryDict | None:
    return request.POST if request.method == "POST" else None


def _is_save(request: HttpRequest) -> bool:
    return request.method == "POST" and "check" not in request.POST


def _draft(plan: Plan, form: forms.Form, found: Indicator | None = None) -> Draft:
    """Reads the form; what cannot be read is said beside its field."""
    draft = Draft(plan, entry_of(found) if found else None)
    if not form.is_bound:
        draft.entry = draft.before
        formula, unit = form.initial.get("formula", ""), form.initial.get("unit", "")
        if draft.entry and formula != draft.entry["formula"]:
            draft.entry = draft.entry | {"formula": formula}
    else:
        formula, unit = form.data.get("formula", ""), form.data.get("unit", "")
        if form.is_valid():
            read, problems = read_entry(
                form.cleaned_data, columns=ASKED, end=plan.ends_on, before=draft.before
            )
            for each in problems:
                form.add_error(each.place if each.place in form.fields else None, each.message)
            if not problems:
                draft.entry, formula, unit = read, read["formula"], read["unit"]
    catalogue = FullCatalogue()
    draft.check = _checked(formula, unit, catalogue)
    if found and draft.entry and (draft.check.is_good or not formula.strip()):
        draft.rows = _preview(found, draft.entry, draft.check.text, catalogue)
        draft.moved = movement(draft.check.text, draft.rows) if draft.rows else None
    return draft


def _checked(formula: str, unit: str, catalogue: FullCatalogue) -> Check:
    try:
        written = in_codes(formula)
    except PlanTextError as error:
        return Check(formula, str(error), before=formula)
    return check_formula(written, unit=unit, catalogue=catalogue)


def _preview(found: Indicator, entry: Row, formula: str, catalogue: FullCatalogue) -> list[PreviewRow]:
    changes = {name: entry[name] for name in INDICATOR_FIELDS} | {"formula": formula}
    targets = [Target(indicator=found, **typed(row)) for row in entry["targets"]]
    starts = [Baseline(indicator=found, **typed(row)) for row in entry["baselines"]]
    return preview_change(found, changes, targets, catalogue, baselines=starts)


def _is_shown(request: HttpRequest, form: forms.Form, draft: Draft) -> bool:
    """Whether nothing is computed anew, or nothing moves, or just these months have been shown."""
    moved = draft.moved
    if not draft.is_recomputed or moved is None or not moved.months:
        return True
    if request.POST.get("previewed") == moved.digest:
        return True
    form.add_error(None, f"还没有保存：{moved.text}。请核对“保存后各月的变化”，无误后再按一次“保存”。")
    return False


def _save(request: HttpRequest, plan: Plan, draft: Draft, form: forms.Form) -> bool:
    """Whether it was written; only this indicator, whatever else has changed in the plan meanwhile."""
    current = document_of(plan)
    others = [each for each in current["indicators"] if each["number"] != draft.entry["number"]]
    was = [draft.before] if draft.before else []
    document = current | {"indicators": [*others, draft.entry]}
    digest = compare(document, current | {"indicators": [*others, *was]}).digest
    try:
        _, slip = apply_document(document=document, by=request.user, digest=digest)
    except Conflict:
        form.add_error(None, CHANGED)
        return False
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return False
    if slip.is_empty:
        messages.info(request, "没有改动，未保存。")
    else:
        hint_roll_up()
        what = "已保存" if draft.before else "已增加"
        said = "；".join(f"{each.label}：{each.before} → {each.after}" for each in draft.differences)[:300]
        messages.success(
            request,
            f"{what}“{draft.entry['name']}”{f'（{said}）' if said else ''}，未锁定的月份正在重新汇总。",
        )
    return True


def _back_to(request: HttpRequest) -> str:
    return "contents" if "contents" in (request.GET.get("back"), request.POST.get("back")) else ""


def _back(request: HttpRequest, found: Indicator) -> str:
    if _back_to(request):
        return reverse("plan-contents", args=[found.plan.code])
    return reverse("indicator", args=[found.plan.code, found.number])


def _page(request: HttpRequest, draft: Draft, form: forms.Form, context: Row) -> HttpResponse:
    parts = [
        (title, [[form[key] for key in row] for row in rows])
        for title, rows in (("指标", MAIN), ("目标、判定与推算", GOALS), ("出处", SOURCE))
    ]
    context |= {
        "plan": draft.plan,
        "form": form,
        "parts": parts,
        "ticks": [form[key] for key in TICKS],
        "metrics": Metric.objects.order_by("group", "position"),
    }
    return render(request, "plans/edit.html", context | _check_context(draft, form))


def _check_part(request: HttpRequest, draft: Draft, form: forms.Form) -> HttpResponse:
    return render(request, "plans/_check.html", _check_context(draft, form))


def _check_context(draft: Draft, form: forms.Form) -> Row:
    """Fields that cannot be read keep the months from being shown; the formula's own error stands above."""
    unread = [form[name].label for name in form.errors if name in form.fields and name != "formula"]
    return {
        "check": draft.check,
        "rows": draft.rows,
        "moved": draft.moved,
        "is_new": draft.before is None,
        "unread": unread if form.is_bound else [],
    }
