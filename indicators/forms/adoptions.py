"""Forms for putting a plan in force and for ending it."""

import datetime as dt

from django import forms
from django.core.exceptions import ValidationError

from eldercare.forms import StyledFormMixin
from indicators.rules.months import MonthError, parse_month


class MonthForm(StyledFormMixin, forms.Form):
    """The first month of an adoption, or its last."""

    month = forms.CharField(
        label="月份", max_length=10, widget=forms.TextInput(attrs={"type": "month", "placeholder": "2025-06"})
    )

    def clean_month(self) -> dt.date:
        try:
            return parse_month(self.cleaned_data["month"])
        except MonthError as error:
            raise ValidationError(str(error)) from error
