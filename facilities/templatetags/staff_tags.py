"""``{% load staff_tags %}``: ``names|fields_of:form`` gives the fields of a form by name, in order."""

from collections.abc import Iterable

from django import forms, template

register = template.Library()


@register.filter
def fields_of(names: Iterable[str], form: forms.Form) -> list[forms.BoundField]:
    return [form[name] for name in names if name in form.fields]
