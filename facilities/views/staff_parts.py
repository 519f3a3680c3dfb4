"""Posts, certificates and training records of one person: added, changed, removed."""

from collections.abc import Callable

from django.contrib import messages
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from eldercare.errors import Conflict, Refused
from eldercare.history import version_of
from eldercare.permissions import Permission, requires
from facilities.actions import staff as actions
from facilities.forms.staff import (
    CertificateForm,
    EndForm,
    LedgerForm,
    PostForm,
    Settled,
    TrainingForm,
    row_of_person,
)
from facilities.models import Caregiver, Certificate, Employment, Training

POST_ROWS = (("role", "workplace", "facility", "org_unit"), ("employed_from", "employed_to"))
CERTIFICATE_ROWS = (("kind", "level", "number"), ("issued_on", "expires_on"))
TRAINING_ROWS = (("subject", "title"), ("held_on", "hours", "is_passed"))
END_ROWS = (("employed_to",),)
METHODS = ["GET", "HEAD", "POST"]


@never_cache
@require_http_methods(METHODS)
@requires(Permission.EDIT_LEDGERS)
def add_post(request: HttpRequest, pk: int) -> HttpResponse:
    caregiver = _person(request, pk)
    form = PostForm(request.POST or None, by=request.user)
    return _filled_in(
        request,
        caregiver,
        form,
        lambda: actions.add_post(caregiver=caregiver, post=form.changes(), by=request.user),
        title="添加任职",
        rows=POST_ROWS,
    )


@never_cache
@require_http_methods(METHODS)
@requires(Permission.EDIT_LEDGERS)
def edit_post(request: HttpRequest, pk: int) -> HttpResponse:
    post = _part(request, Employment, pk)
    form = PostForm(request.POST or None, instance=post, by=request.user)
    return _changed(request, post, form, title="修改任职", rows=POST_ROWS)


@never_cache
@require_http_methods(METHODS)
@requires(Permission.EDIT_LEDGERS)
def end_post(request: HttpRequest, pk: int) -> HttpResponse:
    post = _part(request, Employment, pk)
    form = EndForm(request.POST or None, instance=post)
    place = {"employed_from": post.employed_from}
    title = f"登记离职：{post.place} {post.get_role_display()}"
    return _changed(request, post, form, title=title, rows=END_ROWS, known=place)


@never_cache
@require_http_methods(METHODS)
@requires(Permission.EDIT_LEDGERS)
def add_certificate(request: HttpRequest, pk: int) -> HttpResponse:
    return _added(request, pk, CertificateForm, Certificate, "添加证书", CERTIFICATE_ROWS)


@never_cache
@require_http_methods(METHODS)
@requires(Permission.EDIT_LEDGERS)
def edit_certificate(request: HttpRequest, pk: int) -> HttpResponse:
    part = _part(request, Certificate, pk)
    form = CertificateForm(request.POST or None, instance=part)
    return _changed(request, part, form, title="修改证书", rows=CERTIFICATE_ROWS)


@never_cache
@require_http_methods(METHODS)
@requires(Permission.EDIT_LEDGERS)
def remove_certificate(request: HttpRequest, pk: int) -> HttpResponse:
    return _removed(request, _part(request, Certificate, pk))


@never_cache
@require_http_methods(METHODS)
@requires(Permission.EDIT_LEDGERS)
def add_training(request: HttpRequest, pk: int) -> HttpResponse:
    return _added(request, pk, TrainingForm, Training, "添加培训", TRAINING_ROWS)


@never_cache
@require_http_methods(METHODS)
@requires(Permission.EDIT_LEDGERS)
def edit_training(request: HttpRequest, pk: int) -> HttpResponse:
    part = _part(request, Training, pk)
    form = TrainingForm(request.POST or None, instance=part)
    return _changed(request, part, form, title="修改培训", rows=TRAINING_ROWS)


@never_cache
@require_http_methods(METHODS)
@requires(Permission.EDIT_LEDGERS)
def remove_training(request: HttpRequest, pk: int) -> HttpResponse:
    return _removed(request, _part(request, Training, pk))


# --- Shared ---------------------------------------------------------------------------------------------------


def _person(request: HttpRequest, pk: int) -> Caregiver:
    return get_object_or_404(Caregiver.objects.visible_to(request.user), pk=pk)


def _part(request: HttpRequest, model: type[models.Model], pk: int):
    rows = model.objects.visible_to(request.user).select_related("caregiver")
    return get_object_or_404(rows, pk=pk)


def _added(request, pk: int, form_class, model, title: str, rows) -> HttpResponse:
    caregiver = _person(request, pk)
    form = form_class(request.POST or None)

    def add() -> None:
        actions.add_part(model=model, caregiver=caregiver, values=form.changes(), by=request.user)

    return _filled_in(request, caregiver, form, add, title=title, rows=rows)


def _changed(
    request: HttpRequest, part, form: LedgerForm, *, title: str, rows, known: dict | None = None
) -> HttpResponse:
    def change() -> None:
        actions.edit_part(part=part, changes=form.changes(), seen=form.cleaned_data["seen"], by=request.user)

    return _filled_in(request, part.caregiver, form, change, title=title, rows=rows, known=known)


def _filled_in(
    request: HttpRequest,
    caregiver: Caregiver,
    form: LedgerForm,
    write: Callable[[], object],
    *,
    title: str,
    rows: tuple,
    known: dict | None = None,
) -> HttpResponse:
    """The form; once it is good, ``write`` is called. Whatever is refused stays on the page as it was typed."""
    row = row_of_person(caregiver) | (known or {})
    settled = Settled(form, row=row, confirmed=request.POST.get("confirmed", ""))
    differences: list = []
    if request.method == "POST" and settled.is_valid():
        try:
            write()
        except Conflict as conflict:
            differences = form.catch_up()
            form.add_error(None, str(conflict))
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"{title.split('：')[0]}：已保存。")
            return redirect("caregiver-detail", caregiver.pk)
    context = {
        "form": form,
        "settled": settled,
        "caregiver": caregiver,
        "title": title,
        "short": title.split("：")[0],
        "rows": rows,
        "is_short": rows is END_ROWS,
        "differences": differences,
    }
    return render(request, "staff/form.html", context)


def _removed(request: HttpRequest, part) -> HttpResponse:
    caregiver, what = part.caregiver, part._meta.verbose_name
    if request.method == "POST":
        seen = request.POST.get("seen", "")
        try:
            actions.remove_part(
                part=part, seen=int(seen) if seen.isdecimal() and len(seen) < 18 else -1, by=request.user
            )
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, f"{what}已删除。")
            return redirect("caregiver-detail", caregiver.pk)
    context = {"part": part, "what": what, "caregiver": caregiver, "seen": version_of(part)}
    return render(request, "staff/remove.html", context)
