"""``{% load payments %}``: money and months as an office writes them."""

import datetime as dt
from decimal import Decimal

from django import template

from subsidies.rules.capitals import in_capitals

register = template.Library()


@register.filter
def money(amount: Decimal | None) -> str:
    """1,234.50; "—" when there is none."""
    return "—" if amount is None else f"{amount:,.2f}".replace("-", "−")


@register.filter
def signed(amount: Decimal) -> str:
    """A difference: +1,234.50, −1,234.50, 0.00."""
    return f"+{money(amount)}" if amount > 0 else money(amount)


@register.filter
def capitals(amount: Decimal | None) -> str:
    return "" if amount is None else in_capitals(amount)


@register.filter
def month(day: dt.date | None) -> str:
    return f"{day.year}年{day.month}月" if day else ""
