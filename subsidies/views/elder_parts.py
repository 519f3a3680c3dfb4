"""Tags, changes, accounts and the head of household of one person."""

from collections.abc import Callable

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from eldercare.errors import Conflict, Refused
from eldercare.history import version_of
from eldercare.permissions import Permission, requires
from subsidies.actions import elder_changes as changes
from subsidies.actions import elders as actions
from subsidies.forms.elder_parts import (
    WORDS,
    ChangeForm,
    HeadForm,
    PayeeEndForm,
    PayeeForm,
    TagEditForm,
    TagEndForm,
    TagForm,
)
from subsidies.models import Elder, ElderChange, ElderTag, HouseholdHead, Payee
from subsidies.pages.elder_detail import CHANGES, affected
from subsidies.views.elders import METHODS, person_of

Kind = ElderChange.Kind
KINDS = {
    "death": Kind.DIED,
    "revoke-death": Kind.DEATH_REVOKED,
    "move-in": Kind.MOVED_IN,
    "move-out": Kind.MOVED_OUT,
    "come-to-live": Kind.CAME_TO_LIVE,
    "leave": Kind.WENT_TO_LIVE_ELSEWHERE,
    "unit": Kind.CHANGED_UNIT,
    "residence": Kind.CHANGED_RESIDENCE,
}
WRITES = {
    Kind.DIED: changes.record_death,
    Kind.DEATH_REVOKED: changes.revoke_death,
    Kind.MOVED_IN: changes.move_in,
    Kind.MOVED_OUT: changes.move_out,
    Kind.CAME_TO_LIVE: changes.come_to_live,
    Kind.WENT_TO_LIVE_ELSEWHERE: changes.go_to_live_elsewhere,
    Kind.CHANGED_UNIT: changes.change_unit,
    Kind.CHANGED_RESIDENCE: changes.change_residence,
}


@never_cache
@require_http_methods(METHODS)
@requires(Permission.EDIT_PEOPLE)
def add_tag(request: HttpRequest, pk: int) -> HttpResponse:
    elder = person_of(request, pk)
    form = TagForm(request.POST or None, elder=elder)

    def write(data: dict) -> None:
        actions.add_tag(
            elder=elder, kind=data["kind"], held=form.held(data), source=data["source"], by=request.user
        )

    rows = (("kind", "source"), ("first", "last"))
    return _filled_in(request, elder, form, write, title="登记人员类别", rows=rows)


@never_cache
@require_http_methods(METHODS)
@requires(Permission.EDIT_PEOPLE)
def edit_tag(request: HttpRequest, pk: int) -> HttpResponse:
    tag = _tag(request, pk)
    initial = {"held": tag.held, "source": tag.source, "seen": version_of(tag)}
    form = TagEditForm(request.POST or None, tag=tag, initial=initial)

    def write(data: dict) -> None:
        actions.edit_tag(
            tag=tag, held=data["held"], source=data["source"], seen=data["seen"] or 0, by=request.user
        )

    rows = (("held",), ("source",))
    return _filled_in(request, tag.elder, form, write, title=f"更正人员类别：{tag}", rows=rows)


@never_cache
@require_http_methods(METHODS)
@requires(Permission.EDIT_PEOPLE)
def end_tag(request: HttpRequest, pk: int) -> HttpResponse:
    tag = _tag(request, pk)
    form = TagEndForm(request.POST or None, initial={"seen": version_of(tag)})

    def write(data: dict) -> None:
        actions.end_tag(
            tag=tag, last=data["last"], source=data["source"], seen=data["seen"] or 0, by=request.user
        )

    title, note = f"终止人员类别：{tag}", f"现有期间：{tag.held or '无'}"
    return _filled_in(request, tag.elder, form, write, title=title, rows=(("last", "source"),), note=note)


@never_cache
@require_http_methods(METHODS)
@requires(Permission.EDIT_PEOPLE)
def change(request: HttpRequest, pk: int, slug: str) -> HttpResponse:
    """One of the changes (变动), with the enrolments that it touches."""
    if slug not in KINDS:
        raise Http404
    elder, kind = person_of(request, pk), KINDS[slug]
    form = ChangeForm(request.POST or None, kind=kind, elder=elder, by=request.user)

    def write(data: dict) -> None:
        news = changes.News(
            on=data.get("on") or elder.died_on or timezone.localdate(),
            known_on=data["known_on"],
            source=data["source"],
            note=data["note"],
        )
        place = {name: data[name] for name in ("unit", "village", "address") if name in data}
        WRITES[kind](elder=elder, news=news, by=request.user, **place)

    rows = [[name for name in ("on", "known_on", "source") if name in form.fields]]
    rows += [[name for name in ("unit", "village", "address") if name in form.fields], ["note"]]
    return _filled_in(
        request,
        elder,
        form,
        write,
        title=CHANGES[slug].label,
        rows=rows,
        note=WORDS[kind][1],
        affected=affected(elder, slug=slug, today=timezone.localdate()),
        is_change=True,
    )


@never_cache
@require_http_methods(METHODS)
@requires(Permission.EDIT_PEOPLE)
def add_payee(request: HttpRequest, pk: int) -> HttpResponse:
    elder = person_of(request, pk)
    form = PayeeForm(request.POST or None, elder=elder)
    in_use = elder.payees.filter(used_to=None).first()
    note = f"现用账户 {in_use} 从新账户启用之日起停用。" if in_use else ""

    def write(data: dict) -> None:
        actions.add_payee(elder=elder, values=form.changes(), by=request.user)

    return _filled_in(request, elder, form, write, title="登记收款账户", rows=PAYEE_ROWS, note=note)


PAYEE_ROWS = (("relation", "name", "id_number", "phone"), ("bank", "account", "used_from"))


@never_cache
@require_http_methods(METHODS)
@requires(Permission.EDIT_PEOPLE)
def edit_payee(request: HttpRequest, pk: int) -> HttpResponse:
    payee = _payee(request, pk)
    form = PayeeForm(request.POST or None, instance=payee, elder=payee.elder)

    def write(data: dict) -> None:
        actions.edit_payee(payee=payee, changes=form.changes(), seen=data["seen"] or 0, by=request.user)

    note = "只用于更正登记错误；换了账户的，请“更换账户”，原账户自动停用。"
    return _filled_in(request, payee.elder, form, write, title="更正收款账户", rows=PAYEE_ROWS, note=note)


@never_cache
@require_http_methods(METHODS)
@requires(Permission.EDIT_PEOPLE)
def end_payee(request: HttpRequest, pk: int) -> HttpResponse:
    payee = _payee(request, pk)
    form = PayeeEndForm(request.POST or None, initial={"seen": version_of(payee)})

    def write(data: dict) -> None:
        actions.end_payee(payee=payee, day=data["day"], seen=data["seen"] or 0, by=request.user)

    note = f"停用 {payee}；没有在用账户的人，发放前会提示“没有收款账户”。"
    return _filled_in(request, payee.elder, form, write, title="停用收款账户", rows=(("day",),), note=note)


@never_cache
@require_http_methods(METHODS)
@requires(Permission.EDIT_PEOPLE)
def household(request: HttpRequest, pk: int) -> HttpResponse:
    elder = person_of(request, pk)
    head = HouseholdHead.objects.visible_to(request.user).filter(elder=elder).first()
    form = HeadForm(request.POST or None, instance=head or HouseholdHead())

    def write(data: dict) -> None:
        actions.set_household_head(elder=elder, values=form.values(), by=request.user)

    rows = (("is_self",), ("relation", "name", "id_number"), ("bank", "account"))
    return _filled_in(request, elder, form, write, title="户主", rows=rows)


# --- Shared ---------------------------------------------------------------------------------------------------


def _tag(request: HttpRequest, pk: int) -> ElderTag:
    return get_object_or_404(
        ElderTag.objects.visible_to(request.user).select_related("elder__org_unit"), pk=pk
    )


def _payee(request: HttpRequest, pk: int) -> Payee:
    rows = Payee.objects.visible_to(request.user).filter(elder__isnull=False)
    return get_object_or_404(rows.select_related("elder__org_unit"), pk=pk)


def _filled_in(
    request: HttpRequest,
    elder: Elder,
    form: forms.BaseForm,
    write: Callable[[dict], object],
    *,
    title: str,
    rows,
    **context: object,
) -> HttpResponse:
    """The form; once it is good, ``write`` is called. Whatever is refused stays on the page as it was typed."""
    if request.method == "POST" and form.is_valid():
        try:
            write(form.cleaned_data)
        except Conflict as conflict:
            _catch_up(form)
            form.add_error(None, str(conflict))
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"{elder.name}：{title.split('：')[0]}，已保存。")
            if Elder.objects.visible_to(request.user).filter(pk=elder.pk).exists():
                return redirect("elder-detail", elder.pk)
            return redirect("elder-list")  # another township keeps the record now
    context |= {"form": form, "elder": elder, "title": title, "rows": rows}
    return render(request, "elders/part_form.html", context)


def _catch_up(form: forms.BaseForm) -> None:
    """Saving again is then meant, with the newer version in view on the person's page."""
    row = getattr(form, "instance", None) or getattr(form, "tag", None)
    if row is not None and row.pk:
        form.data = form.data.copy()
        form.data["seen"] = str(version_of(row))
