"""Pages with a form and one action: done, a sentence says so; refused, the form stands there with the reason."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from eldercare.errors import Refused


def acted(
    request: HttpRequest,
    form: forms.BaseForm,
    act: Callable[[dict[str, Any]], str],
    done: tuple[object, ...],
    template: str,
    **context: object,
) -> HttpResponse:
    """``act`` is given what the form holds and answers with what to say; ``done``: where to go, as for ``redirect``."""
    if form.is_valid():
        try:
            said = act(form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, said)
            return redirect(*done)
    return render(request, template, {"form": form} | context)


def step_taken(
    request: HttpRequest,
    row: Model,
    step: Any,
    form: forms.BaseForm,
    take: Callable[..., object],
    done: str,
    template: str,
) -> HttpResponse:
    """The next step of a row; a form that was opened for another one is refused by the action."""

    def act(data: dict[str, Any]) -> str:
        state = request.POST.get("state", "")
        take(row=row, state=state, day=data["day"], fields=form.changes(), by=request.user)
        return f"已登记{step.name}。"

    return acted(request, form, act, (done, row.pk), template, row=row, step=step)
