"""The account of a member of staff or of a facility."""

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from eldercare.forms import StyledFormMixin
from eldercare.identity import check_card
from subsidies.forms.batches import not_later_than_today
from subsidies.models import Payee


class HolderPayeeForm(StyledFormMixin, forms.ModelForm):
    class Meta:
        model = Payee
        fields = ("name", "bank", "account", "used_from")
        labels = {"name": "户名"}  # noqa: RUF012
        help_texts = {"name": "与银行账户的户名一致。"}  # noqa: RUF012
        widgets = {"used_from": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")}  # noqa: RUF012

    def __init__(self, *args: Any, holder_name: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial |= {"name": holder_name, "used_from": timezone.localdate()}
        self.fields["account"].widget.attrs |= {"autocomplete": "off", "spellcheck": "false"}

    def clean_account(self) -> str:
        checked = check_card(str.__str__(self.cleaned_data["account"]), what="银行账号")
        for finding in checked.errors:
            raise ValidationError(finding.message)
        return checked.value

    def clean_used_from(self) -> dt.date:
        return not_later_than_today(self.cleaned_data["used_from"])
