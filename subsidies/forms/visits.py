"""Forms of visits and of the rules of how often whom to visit."""

import datetime as dt
from typing import Any

from django import forms
from django.utils import timezone

from eldercare.forms import StyledFormMixin, refuse_id_number
from eldercare.lists import ListFilterForm, search_field
from eldercare.models import User
from facilities.forms.checked import LedgerForm, date_field
from facilities.forms.staff import units_of
from subsidies.actions.visit_rules import EDITABLE
from subsidies.actions.visits import NEEDS_NOTE
from subsidies.models import Service, Visit, VisitRule


class VisitFilterForm(ListFilterForm):
    since = date_field("日期起", required=False)
    until = date_field("止", required=False)
    unit = forms.ModelChoiceField(
        label="镇(街道)", required=False, queryset=None, to_field_name="code", empty_label="全部"
    )
    service = forms.ChoiceField(label="服务", required=False, choices=[("", "全部"), *Service.choices])
    method = forms.ChoiceField(label="方式", required=False, choices=[("", "全部"), *Visit.Method.choices])
    result = forms.ChoiceField(
        label="情况",
        required=False,
        choices=[("", "全部"), *Visit.Result.choices, ("worrying", "需要帮助和紧急")],
    )
    q = search_field("姓名、探访人、说明")

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = units_of(user)
        if user.is_township:
            del self.fields["unit"]


class VisitForm(StyledFormMixin, forms.Form):
    """One or many visits of one day; the action says for whom."""

    service = forms.ChoiceField(label="服务", choices=Service.choices, initial=Service.VISIT)
    visited_on = date_field("日期", initial=timezone.localdate)
    method = forms.ChoiceField(label="方式", choices=Visit.Method.choices, initial=Visit.Method.HOME)
    result = forms.ChoiceField(label="情况", choices=Visit.Result.choices, initial=Visit.Result.WELL)
    visitor = forms.CharField(label="探访人", required=False, max_length=40, help_text="不填为登记人本人")
    note = forms.CharField(label="说明", required=False, max_length=200, validators=[refuse_id_number])

    def clean_visited_on(self) -> dt.date:
        day = self.cleaned_data["visited_on"]
        if day > timezone.localdate():
            raise forms.ValidationError("日期还没有到，请在探访当天或之后登记。")
        return day

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if data.get("result") in NEEDS_NOTE and not data.get("note"):
            label = Visit.Result(data["result"]).label
            self.add_error("note", f"{label}的，请写明情况。")
        return data


class QuickForm(VisitForm):
    """From a card: the day is today unless another is given."""

    visited_on = date_field("日期", required=False, initial=timezone.localdate)

    def clean_visited_on(self) -> dt.date:
        if not self.cleaned_data.get("visited_on"):
            return timezone.localdate()
        return super().clean_visited_on()


class ManyForm(VisitForm):
    """Many people, one date, one method."""

    def __init__(self, *args: Any, offered: set[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offered = offered

    @property
    def ticked(self) -> set[int]:
        if not self.is_bound:
            return set()
        return {int(each) for each in self.data.getlist("people") if each.isdecimal()}

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if not self.ticked:
            raise forms.ValidationError("还没有勾选人员，请勾选已探访的人。")
        if self.ticked - self.offered:
            raise forms.ValidationError("名单已有变动，请核对勾选后再登记。")
        return data


class VisitRuleForm(LedgerForm):
    @staticmethod
    def check(data: Any) -> list:
        return []

    class Meta:
        model = VisitRule
        fields = EDITABLE

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        first, last = data.get("effective_from"), data.get("effective_to")
        if first and last and last < first:
            self.add_error("effective_to", "截止日不能早于起始日。")
        return data


class FindForm(StyledFormMixin, forms.Form):
    q = forms.CharField(
        label="姓名或完整证件号码",
        max_length=40,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )
