"""Template tags of the dashboard and plan pages: ``{% load plan_tags %}``."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

from django import template

from indicators.pages.display import month_text, shown
from indicators.rules.figures import format_figure

register = template.Library()

WIDTH, HEIGHT, MARGIN = 132, 36, 4


@register.filter
def chinese_month(month: dt.date | None) -> str:
    return month_text(month) if month else ""


@register.filter
def figure(value: Decimal | None) -> str:
    """A figure without trailing zeros; empty when there is none."""
    return format_figure(value)


@register.filter
def decimals(value: Decimal | None, places: int) -> str:
    return shown(value, places)


@register.inclusion_tag("dashboard/_sparkline.html")
def sparkline(history: Sequence[tuple[dt.date, Decimal | None]], target: Decimal | None = None) -> dict:
    """A small line through the months, broken where nothing was reported; drawn by the server, so it needs no script."""
    values = [value for _, value in history if value is not None]
    if len(values) < 2:
        return {}
    low, high = min(values), max(values)
    if target is not None and (high - low) and abs(target - high) < 3 * (high - low):
        low, high = min(low, target), max(high, target)

    def height_of(value: Decimal) -> float:
        share = float((value - low) / (high - low)) if high > low else 0.5
        return round(HEIGHT - MARGIN - share * (HEIGHT - 2 * MARGIN), 1)

    step = (WIDTH - 2 * MARGIN) / max(len(history) - 1, 1)
    points = [
        (round(MARGIN + step * index, 1), height_of(value)) if value is not None else None
        for index, (_, value) in enumerate(history)
    ]
    runs: list[list[tuple[float, float]]] = [[]]
    for point in points:
        if point is None:
            runs.append([])
        else:
            runs[-1].append(point)
    return {
        "lines": [" ".join(f"{x},{y}" for x, y in run) for run in runs if len(run) > 1],
        "last": next((point for point in reversed(points) if point), None),
        "target_height": height_of(target) if target is not None and low <= target <= high else None,
        "first_month": history[0][0],
        "last_month": history[-1][0],
    }
