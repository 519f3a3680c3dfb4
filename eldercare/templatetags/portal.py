"""Template tags of the portal: ``{% load portal %}``.

``{% icon "bell" %}`` draws a line icon of the text's size and colour, hidden from screen readers.
"""

from django import template
from django.forms import BoundField, Form
from django.utils.html import format_html
from django.utils.safestring import mark_safe

register = template.Library()

# Own drawings on a 24 x 24 grid.
ICONS = {
    "home": '<path d="M4 11l8-7 8 7"/><path d="M6 10v10h12V10"/><path d="M10 20v-6h4v6"/>',
    "edit": '<path d="M5 19h4L19.5 8.5l-4-4L5 15z"/><path d="M13 7l4 4"/>',
    "chart": '<path d="M4 4v16h16"/><path d="M8 16v-4"/><path d="M12 16V8"/><path d="M16 16v-6"/>',
    "target": '<circle cx="12" cy="12" r="8"/><circle cx="12" cy="12" r="4"/>'
    '<circle cx="12" cy="12" r=".6"/>',
    "list": '<path d="M9 6h11"/><path d="M9 12h11"/><path d="M9 18h11"/>'
    '<path d="M4.5 6h.01"/><path d="M4.5 12h.01"/>'
    '<path d="M4.5 18h.01"/>',
    "users": '<circle cx="9" cy="8" r="3.5"/><path d="M3 20c0-3.5 2.5-6 6-6s6 2.5 6 6"/>'
    '<path d="M15.5 4.800a3.5 3.5 0 0 1 0 6.4"/>'
    '<path d="M17.5 14.500c2.2.8 3.5 2.8 3.5 5.5"/>',
    "user": '<circle cx="12" cy="8" r="4"/><path d="M5 20c0-3.8 3-6.5 7-6.500s7 2.7 7 6.5"/>',
    "book": '<path d="M5 5a2 2 0 0 1 2-2h12v16H7a2 2 0 0 0-2 2z"/><path d="M5 19V5"/><path d="M9 8h6"/><path d="M9 12h6"/>',
    "shield": '<path d="M12 3l7 3v5c0 4.5-3 8-7 10-4-2-7-5.5-7-10V6z"/><path d="M9 12l2 2 4-4"/>',
    "help": '<circle cx="12" cy="12" r="9"/>'
    '<path d="M9.5 9.500a2.5 2.5 0 1 1 3.5 2.300c-.7.3-1 .8-1 1.7"/>'
    '<path d="M12 16.800v.01"/>',
    "bell": '<path d="M6 16V11a6 6 0 0 1 12 0v5l2 2H4z"/><path d="M10 20.500a2 2 0 0 0 4 0"/>',
    "down": '<path d="M6 9l6 6 6-6"/>',
    "left": '<path d="M15 5l-7 7 7 7"/>',
    "right": '<path d="M9 5l7 7-7 7"/>',
    "search": '<circle cx="11" cy="11" r="6.5"/><path d="M16 16l4.5 4.5"/>',
    "plus": '<path d="M12 5v14"/><path d="M5 12h14"/>',
    "check": '<path d="M5 12.500l4.5 4.500L19 7.5"/>',
    "close": '<path d="M6 6l12 12"/><path d="M18 6L6 18"/>',
    "print": '<path d="M7 9V4h10v5"/><path d="M7 17H4V9h16v8h-3"/><path d="M7 14h10v6H7z"/>',
    "download": '<path d="M12 4v11"/><path d="M7.5 11l4.5 4.5 4.5-4.5"/><path d="M4 20h16"/>',
    "lock": '<rect x="5" y="11" width="14" height="9" rx="1.5"/><path d="M8 11V8a4 4 0 0 1 8 0v3"/>',
    "key": '<circle cx="8" cy="15" r="4"/><path d="M11 12l8.5-8.5"/><path d="M16 7l3 3"/>',
    "exit": '<path d="M14 8V5H5v14h9v-3"/><path d="M9 12h11"/><path d="M17 9l3 3-3 3"/>',
    "eye": '<path d="M2.5 12C5 7.5 8.3 5.5 12 5.500s7 2 9.5 6.5'
    'c-2.5 4.5-5.8 6.5-9.5 6.500s-7-2-9.5-6.500z"/>'
    '<circle cx="12" cy="12" r="3"/>',
    "info": '<circle cx="12" cy="12" r="9"/><path d="M12 11v5"/><path d="M12 7.800v.01"/>',
    "warning": '<path d="M12 4l9 16H3z"/><path d="M12 10v4.5"/><path d="M12 17v.01"/>',
    "clock": '<circle cx="12" cy="12" r="9"/><path d="M12 7v5l3.5 2"/>',
    "calendar": '<rect x="4" y="5" width="16" height="15" rx="1.5"/><path d="M4 10h16"/><path d="M8 3v4"/>'
    '<path d="M16 3v4"/>',
    "inbox": '<path d="M4 13l3-8h10l3 8v6H4z"/><path d="M4 13h5l1 2.500h4l1-2.500h5"/>',
    "screen": '<rect x="3" y="5" width="18" height="12" rx="1.5"/><path d="M9 21h6"/><path d="M12 17v4"/>',
    "coins": '<circle cx="12" cy="12" r="9"/><path d="M8.5 7.500l3.5 5 3.5-5"/><path d="M12 12.500V18"/><path d="M9 13h6"/><path d="M9 15.500h6"/>',
    "heart": '<path d="M12 20S4 15 4 9.500a4.2 4.2 0 0 1 8-1.800 4.2 4.2 0 0 1 8 1.800C20 15 12 20 12 20z"/>',
    "filter": '<path d="M4 5h16l-6 8v6l-4-2v-4z"/>',
}


@register.simple_tag
def icon(name: str, css: str = "") -> str:
    return format_html(
        '<svg class="icon-line {}" viewBox="0 0 24 24" width="20" height="20" aria-hidden="true">{}</svg>',
        css,
        mark_safe(ICONS[name]),  # noqa: S308 - a constant of this module
    )


@register.filter
def wrong_fields(form: Form) -> list[BoundField]:
    """The fields of ``form`` with a mistake in them."""
    return [field for field in form.visible_fields() if field.errors]
