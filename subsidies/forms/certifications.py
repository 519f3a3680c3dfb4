"""Forms of certifications."""

import datetime as dt
from typing import Any

from django import forms
from django.utils import timezone

from eldercare.forms import StyledFormMixin
from eldercare.models import User
from facilities.forms.checked import date_field
from subsidies.models import Certification
from subsidies.pages.certifications import VillageChoice


class VillageForm(StyledFormMixin, forms.Form):
    """Which village, and whether those who are not due yet are listed too."""

    village = VillageChoice(label="村(社区)", queryset=None, to_field_name="code", empty_label="请选择")
    show = forms.ChoiceField(
        label="名单",
        required=False,
        choices=[("", "应认证(含逾期)"), ("all", "全部需认证人员")],
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["village"].of(user, timezone.localdate())


class CertificationForm(StyledFormMixin, forms.ModelForm):
    certified_on = date_field("认证日期", initial=timezone.localdate)

    class Meta:
        model = Certification
        fields = ("certified_on", "method", "note")

    def clean_certified_on(self) -> dt.date:
        day = self.cleaned_data["certified_on"]
        if day > timezone.localdate():
            raise forms.ValidationError("认证日期还没有到，请在认证当天或之后登记。")
        return day

    def _post_clean(self) -> None:
        """Who it is for is the action's."""


class TickedForm(CertificationForm):
    """Many people, one date, one method."""

    def __init__(self, *args: Any, people: list, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offered = {each.pk for each in people}

    @property
    def ticked(self) -> set[int]:
        return (
            {int(each) for each in self.data.getlist("people") if each.isdecimal()}
            if self.is_bound
            else set()
        )

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if not self.ticked:
            raise forms.ValidationError("还没有勾选人员，请勾选已认证的人。")
        if self.ticked - self.offered:
            raise forms.ValidationError("名单已有变动，请核对勾选后再登记。")
        return data
