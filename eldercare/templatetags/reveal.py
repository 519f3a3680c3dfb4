"""``{% load reveal %}{% number caregiver "id_number" %}``: a masked number with the link that shows it."""

from django import template
from django.db import models

from eldercare import reveal
from eldercare.permissions import Permission

register = template.Library()


@register.inclusion_tag("reveal/_closed.html", takes_context=True)
def number(context: dict, thing: models.Model, field: str) -> dict:
    value = getattr(thing, field)
    found = reveal.of(thing, field) if value else None
    user = getattr(context.get("request"), "user", None)
    may = bool(found and user and user.may(Permission.REVEAL_NUMBERS))
    return {
        "masked": str(value) if value else "",
        "kind": found.kind if may else "",
        "thing": thing,
        "field": field,
        "label": thing._meta.get_field(field).verbose_name,
    }
