"""Editing an indicator: the formula is checked as it is typed, and past months are shown as they would become."""

from collections.abc import Sequence

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from eldercare.errors import Conflict, Refused
from eldercare.permissions import Permission, requires
from indicators.actions.plans import EDITABLE, TargetRow, edit_indicator
from indicators.forms.plans import IndicatorForm, TargetFormSet
from indicators.models import Indicator, Target
from indicators.pages.formula_check import Check, PreviewRow, check_formula, movement, preview_change
from indicators.pages.lines import FullCatalogue
from indicators.tasks import hint_roll_up
from indicators.views.indicator_pages import find as find_visible


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.EDIT_PLANS)
def edit(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """The form; ``check`` shows what the formula would do (the way without JavaScript), ``save`` writes.

    A formula that moves published months is saved by who has been shown how: the digest of that comes along.
    """
    found = find(request, code, number)
    form, targets = _forms(request, found)
    is_save = request.method == "POST" and "check" not in request.POST
    if is_save and form.is_valid() and targets.is_valid() and _is_seen(request, found, form, targets):
        saved = _save(request, found, form, targets)
        if saved is not None:
            return saved
    context = {
        "indicator": found,
        "plan": found.plan,
        "form": form,
        "targets": targets,
        **_checked(found, form, targets),
        "differences": _differences(found, form),
    }
    return render(request, "plans/edit.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.EDIT_PLANS)
def preview(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """The check and preview alone, for the form as it stands while it is typed."""
    found = find(request, code, number)
    form, targets = _forms(request, found)
    return render(
        request,
        "plans/_check.html",
        {"indicator": found, "plan": found.plan, **_checked(found, form, targets)},
    )


def find(request: HttpRequest, code: str, number: int) -> Indicator:
    """An indicator of a plan of the user's own place; one that is only adopted is edited by its issuer."""
    found = find_visible(request, code, number)
    if not request.user.org_unit.contains(found.plan.org_unit):
        raise Http404("这个规划由制定单位维护。")
    return found


def _forms(request: HttpRequest, found: Indicator) -> tuple[IndicatorForm, TargetFormSet]:
    data = request.POST if request.method == "POST" else (request.GET or None)
    existing = [
        {
            "pk": target.pk,
            "comparator": target.comparator,
            "value": "" if target.value is None else f"{target.value.normalize():f}",
            "due_on": target.due_on,
            "is_due_inferred": target.is_due_inferred,
        }
        for target in found.targets.all()
    ]
    # A GET with some fields only (a link to the preview) takes the others from the indicator.
    is_whole = data is not None and "targets-TOTAL_FORMS" in data
    form = IndicatorForm(data if is_whole else None, instance=found)
    if data is not None and not is_whole and "formula" in data:
        form.initial["formula"] = data["formula"]
    return form, TargetFormSet(data if is_whole else None, initial=existing, prefix="targets")


def _is_seen(request: HttpRequest, found: Indicator, form: IndicatorForm, targets: TargetFormSet) -> bool:
    """Whether the formula is as it was, moves nothing, or has been previewed with just these months."""
    if form.cleaned_data["formula"].strip() == found.formula.strip():
        return True
    moved = _checked(found, form, targets)["moved"]
    if moved is None or not moved.months or request.POST.get("previewed") == moved.digest:
        return True
    form.add_error(None, f"还没有保存：{moved.text}。请核对“保存后各月的变化”，无误后再按一次“保存”。")
    return False


def _save(
    request: HttpRequest, found: Indicator, form: IndicatorForm, targets: TargetFormSet
) -> HttpResponse | None:
    try:
        words = edit_indicator(
            indicator=found,
            changes=form.changes(),
            targets=_rows(targets),
            seen=form.cleaned_data["seen"],
            by=request.user,
        )
    except Conflict as conflict:
        form.add_error(None, str(conflict))
        # Saving again is then a decision made with the present state in view.
        form.data = form.data.copy()
        form.data["seen"] = Indicator.objects.get(pk=found.pk).updated_at.isoformat()
        return None
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return None
    if words:
        hint_roll_up()
        messages.success(request, f"已保存：{'；'.join(words)[:300]}。未锁定的月份正在重新汇总。")
    else:
        messages.info(request, "没有改动，未保存。")
    return redirect("indicator", found.plan.code, found.number)


def _rows(targets: TargetFormSet) -> list[TargetRow]:
    return [row for row in (form.row() for form in targets) if row is not None]


def _checked(found: Indicator, form: IndicatorForm, targets: TargetFormSet) -> dict:
    catalogue = FullCatalogue()
    if form.is_bound:
        form.is_valid()
        text = form.data.get("formula", "")
        unit = form.cleaned_data.get("unit", found.unit)
    else:
        text, unit = form.initial.get("formula", found.formula), found.unit
    check = check_formula(text, unit=unit, catalogue=catalogue)
    rows = _preview(found, form, targets, check, catalogue)
    return {"check": check, "rows": rows, "moved": movement(check.text, rows) if rows else None}


def _preview(
    found: Indicator, form: IndicatorForm, targets: TargetFormSet, check: Check, catalogue: FullCatalogue
) -> list[PreviewRow]:
    if not check.is_good:
        return []
    changes: dict[str, object] = {"formula": check.text}
    rows: Sequence[Target] = list(found.targets.all())
    if form.is_bound:
        changes |= {name: form.cleaned_data[name] for name in EDITABLE if name in form.cleaned_data}
        if targets.is_valid():
            rows = [
                Target(indicator=found, value=row.value, comparator=row.comparator, due_on=row.due_on)
                for row in _rows(targets)
            ]
    changes["formula"] = check.text
    return preview_change(found, changes, rows, catalogue)


def _differences(found: Indicator, form: IndicatorForm) -> list[tuple[str, object, object]]:
    """Field, as it is now, as it was typed: shown beside a conflict."""
    if not form.is_bound or not form.non_field_errors():
        return []
    now = Indicator.objects.get(pk=found.pk)
    typed = {name: form.cleaned_data.get(name) for name in EDITABLE if name in form.cleaned_data}
    return [
        (now._meta.get_field(name).verbose_name, getattr(now, name), value)
        for name, value in typed.items()
        if getattr(now, name) != value
    ]
