"""Assessments of ability: the list, finding the person, entering, one assessment, one person's."""

from collections.abc import Callable
from functools import partial

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from eldercare import audit
from eldercare.errors import Conflict, Refused
from eldercare.history import version_of
from eldercare.lists import list_page
from eldercare.models import AuditEvent
from eldercare.permissions import Permission, requires
from facilities.forms.checked import LedgerForm
from facilities.views.editing import edited
from subsidies.actions import assessments as actions
from subsidies.forms.assessments import FindForm, ResultForm, ScoreForm
from subsidies.models import Assessment, Elder, LevelMapping
from subsidies.pages import assessments as pages
from subsidies.pages.finding import find_elders
from subsidies.rules import assessments as rules

FORM = ["GET", "HEAD", "POST"]


@require_safe
@requires(Permission.VIEW_PEOPLE)
def assessment_list(request: HttpRequest) -> HttpResponse:
    form = pages.AssessmentFilterForm(request.GET, by=request.user)
    everything = Assessment.objects.visible_to(request.user)
    today = timezone.localdate()
    return list_page(
        request,
        pages.assessment_listing(today, is_county=not request.user.is_township),
        form=form,
        everything=everything,
        rows=pages.assessment_rows(everything, form.chosen(), today),
        template="assessments/list.html",
        context={
            "may_edit": request.user.may(Permission.EDIT_PEOPLE),
            "may_set": request.user.may(Permission.EDIT_PROGRAMMES),
        },
    )


@never_cache
@require_http_methods(FORM)
@requires(Permission.EDIT_PEOPLE)
def find(request: HttpRequest) -> HttpResponse:
    """Whom to assess: by name, or by the whole number, which must not get into an address: hence a POST."""
    form = FindForm(request.POST or None)
    found = None
    if form.is_valid():
        try:
            found = find_elders(form.cleaned_data["text"], request.user)
        except Refused as refusal:
            form.add_error("text", str(refusal))
        else:
            if len(found) == 1:
                return redirect("assessment-create", found[0].pk)
    return render(request, "assessments/find.html", {"form": form, "found": found})


@never_cache
@require_safe
@requires(Permission.VIEW_PEOPLE)
def person(request: HttpRequest, elder: int) -> HttpResponse:
    who = _elder(request, elder)
    _seen(request, who)
    context = {
        "elder": who,
        "sheet": pages.person_assessments(who, timezone.localdate()),
        "today": timezone.localdate(),
        "may_edit": request.user.may(Permission.EDIT_PEOPLE),
    }
    return render(request, "assessments/person.html", context)


@never_cache
@require_http_methods(FORM)
@requires(Permission.EDIT_PEOPLE)
def create(request: HttpRequest, elder: int) -> HttpResponse:
    """An assessment after GB/T 42195: 26 scores. ``fill`` fills what is empty with full scores and saves nothing."""
    who = _elder(request, elder)
    data = request.POST.copy() if request.method == "POST" else None
    if data is not None and "fill" in data:
        for number, item in enumerate(rules.ITEMS):
            data.setdefault(f"item_{number}", "")
            data[f"item_{number}"] = data[f"item_{number}"].strip() or str(item.full)
        filled = {key: value for key, value in data.items() if key not in ("fill", "csrfmiddlewaretoken")}
        form = _score_form(None, who, initial=filled)
        return _score_page(request, who, form)
    form = _score_form(data, who)
    return _added(request, who, form, {"standard": actions.SCORED}, partial(_score_page, request, who, form))


@never_cache
@require_http_methods(FORM)
@requires(Permission.EDIT_PEOPLE)
def create_result(request: HttpRequest, elder: int) -> HttpResponse:
    """A result of another standard, kept as it was printed."""
    who = _elder(request, elder)
    form = ResultForm(request.POST or None, elder=who, previous_level=pages.previous_level(who))
    return _added(request, who, form, {}, partial(_result_page, request, who, form))


def _added(
    request: HttpRequest, elder: Elder, form: LedgerForm, more: dict, page: Callable[[], HttpResponse]
) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.add_assessment(elder=elder, values=form.changes() | more, by=request.user)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            level = made.get_level_display() if made.level is not None else "等级待确认"
            messages.success(request, f"已登记{elder.name}的评估：{level}。")
            return redirect("assessment-detail", made.pk)
    return page()


@never_cache
@require_safe
@requires(Permission.VIEW_PEOPLE)
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    assessment = _assessment(request, pk)
    _seen(request, assessment.elder)
    today = timezone.localdate()
    sheet = pages.person_assessments(assessment.elder, today)
    context = {
        "assessment": assessment,
        "elder": assessment.elder,
        "badge": pages.level_badge(assessment),
        "groups": pages.scored_groups(assessment.items),
        "full": rules.FULL,
        "explanation": pages.explanation(assessment),
        "is_scored": assessment.standard == actions.SCORED,
        "is_current": sheet.current is not None and sheet.current.pk == assessment.pk,
        "is_expired": assessment.valid_until is not None and assessment.valid_until < today,
        "sheet": sheet,
        "history": pages.assessment_history(assessment, request.user),
        "may_edit": request.user.may(Permission.EDIT_PEOPLE),
    }
    return render(request, "assessments/detail.html", context)


@never_cache
@require_http_methods(FORM)
@requires(Permission.EDIT_PEOPLE)
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    assessment = _assessment(request, pk)
    elder = assessment.elder
    is_scored = assessment.standard == actions.SCORED
    if is_scored:
        form = _score_form(request.POST or None, elder, instance=assessment)
    else:
        previous = pages.previous_level(elder, assessment)
        form = ResultForm(request.POST or None, instance=assessment, elder=elder, previous_level=previous)
    template, context = _score_context(elder, form) if is_scored else _result_context(elder, form)
    return edited(
        request,
        form,
        save=lambda data: actions.edit_assessment(
            assessment=assessment, changes=form.changes(), seen=data["seen"], by=request.user
        ),
        again=lambda: Assessment.objects.get(pk=pk),
        done="assessment-detail",
        template=template,
        context=context | {"assessment": assessment},
    )


@never_cache
@require_http_methods(FORM)
@requires(Permission.EDIT_PEOPLE)
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    assessment = _assessment(request, pk)
    if request.method == "POST":
        seen = request.POST.get("seen", "")
        try:
            actions.delete_assessment(
                assessment=assessment, seen=int(seen) if seen.isdecimal() else 0, by=request.user
            )
        except (Conflict, Refused) as refusal:
            messages.error(request, str(refusal))
            return redirect("assessment-detail", pk)
        messages.success(request, "已删除这次评估。")
        return redirect("assessment-person", assessment.elder_id)
    context = {"assessment": assessment, "elder": assessment.elder, "seen": version_of(assessment)}
    return render(request, "assessments/delete.html", context)


# --- Pieces -----------------------------------------------------------------------------------------------------


def _elder(request: HttpRequest, pk: int) -> Elder:
    elders = Elder.objects.visible_to(request.user).select_related("org_unit", "village")
    return get_object_or_404(elders, pk=pk)


def _assessment(request: HttpRequest, pk: int) -> Assessment:
    rows = Assessment.objects.visible_to(request.user).select_related("elder__org_unit", "elder__village")
    return get_object_or_404(rows, pk=pk)


def _seen(request: HttpRequest, elder: Elder) -> None:
    """Who looked at a person's assessments stands in the log, by number of the record, not by name."""
    audit.record(
        AuditEvent.Action.PERSON,
        by=request.user,
        subject=f"老年人 编号 {elder.pk}",
        request=request,
        org_unit=elder.org_unit,
        step="查看能力评估",
    )


def _score_form(data, elder: Elder, **more) -> ScoreForm:
    settings = actions.settings_for(elder.org_unit)
    return ScoreForm(
        data,
        elder=elder,
        previous_level=pages.previous_level(elder, more.get("instance")),
        level_of=partial(actions.judge, settings=settings),
        **more,
    )


def _score_context(elder: Elder, form: ScoreForm) -> tuple[str, dict]:
    settings = actions.settings_for(elder.org_unit)
    known = actions.aggravation_of(settings)
    judging = {
        "lowest": rules.LOWEST,
        "levels": rules.LEVELS,
        "comaLevel": known.coma_level,
        "dementiaSteps": known.dementia_steps,
        "riskLimit": known.risk_event_limit,
        "riskSteps": known.risk_steps,
    }
    context = {"form": form, "elder": elder, "judging": judging, "settings": settings, "full": rules.FULL}
    return "assessments/score_form.html", context


def _score_page(request: HttpRequest, elder: Elder, form: ScoreForm) -> HttpResponse:
    template, context = _score_context(elder, form)
    return render(request, template, context)


def _result_context(elder: Elder, form: ResultForm) -> tuple[str, dict]:
    mapping = [
        {"standard": each.standard, "original": each.original, "level": each.level}
        for each in LevelMapping.objects.all()
    ]
    originals = list(dict.fromkeys(each["original"] for each in mapping))
    context = {"form": form, "elder": elder, "mapping": mapping, "originals": originals}
    return "assessments/result_form.html", context


def _result_page(request: HttpRequest, elder: Elder, form: ResultForm) -> HttpResponse:
    template, context = _result_context(elder, form)
    return render(request, template, context)
