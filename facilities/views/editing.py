"""The form of one row that somebody else may be changing as well."""

from collections.abc import Callable

from django.contrib import messages
from django.db.models import Model
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from eldercare.errors import Conflict, Refused


def edited(
    request: HttpRequest,
    form: ModelForm,
    *,
    save: Callable[[dict], list[str]],
    again: Callable[[], Model],
    done: str,
    template: str,
    context: dict,
) -> HttpResponse:
    """Save the form's changes and go to the page ``done``; else the form again, with what was typed.

    ``save`` takes the cleaned data and names what changed. When it finds the row newer than it was shown, ``again``
    reads it, and the form shows what is different now.
    """
    newer: list = []
    if form.is_valid():
        try:
            words = save(form.cleaned_data)
        except Conflict as conflict:
            newer = form.show_newer(again())
            form.add_error(None, str(conflict))
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"已保存：{'、'.join(words)}。" if words else "没有改动，未保存。")
            return redirect(done, form.instance.pk)
    return render(request, template, {"form": form, "newer": newer} | context)
