"""The question for a reason, and the number once it is answered."""

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from eldercare import reveal
from eldercare.errors import Refused
from eldercare.forms import StyledFormMixin
from eldercare.permissions import Permission, requires

USUAL_REASONS = ("核对证件", "联系本人或家属", "与上级数据比对", "办理补贴手续", "检查抽查")
SHORTEST = 2


class ReasonForm(StyledFormMixin, forms.Form):
    reason = forms.CharField(
        label="查看事由",
        max_length=100,
        widget=forms.TextInput(attrs={"list": "usual-reasons", "autocomplete": "off", "autofocus": True}),
        error_messages={"required": "请填写查看事由。"},
    )

    def clean_reason(self) -> str:
        reason = self.cleaned_data["reason"]
        if len(set(reason)) < SHORTEST:
            raise ValidationError("请写明查看事由，如“核对证件”。")
        return reason


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.REVEAL_NUMBERS)
def number(request: HttpRequest, kind: str, pk: int, field: str) -> HttpResponse:
    """A page of its own, or with htmx the piece that takes the place of the masked number.

    ``?closed`` gives the masked number back, for 取消 and 隐藏.
    """
    found, thing = _wanted(request, kind, pk, field)
    # Several may be open on one page, each with its own box.
    form = ReasonForm(request.POST if request.method == "POST" else None, auto_id=f"{kind}-{pk}-{field}-%s")
    context = {
        "thing": thing,
        "field": field,
        "kind": kind,
        "label": found.label(field),
        "masked": str(getattr(thing, field)),
        "form": form,
        "usual": USUAL_REASONS,
        "back": found.back(thing),
    }
    if request.htmx and "closed" in request.GET:
        return render(request, "reveal/_closed.html", context)
    if form.is_valid():
        try:
            context["shown"] = reveal.reveal(
                found, thing=thing, field=field, reason=form.cleaned_data["reason"], by=request.user
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
    return render(request, "reveal/_open.html" if request.htmx else "reveal/page.html", context)


def _wanted(request: HttpRequest, kind: str, pk: int, field: str) -> tuple[reveal.Revealable, models.Model]:
    found = reveal.find(kind, field)
    if found is None:
        raise Http404("没有这个号码。")
    thing = get_object_or_404(found.model.objects.visible_to(request.user), pk=pk)
    if not getattr(thing, field):
        raise Http404("没有登记这个号码。")
    return found, thing
