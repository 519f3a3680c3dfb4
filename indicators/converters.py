"""Path converters of the app's addresses."""

import datetime as dt

from indicators.rules.months import MonthError, parse_month


class MonthConverter:
    """``2025-06`` in an address as the first day of that month; anything else is no match."""

    regex = r"[0-9]{4}-[0-9]{2}"

    def to_python(self, text: str) -> dt.date:
        try:
            return parse_month(text)
        except MonthError as error:
            raise ValueError(str(error)) from error

    def to_url(self, month: dt.date | str) -> str:
        return month if isinstance(month, str) else f"{month:%Y-%m}"
