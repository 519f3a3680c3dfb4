"""Forms of the waiting lists."""

import datetime as dt
from typing import Any

from django import forms
from django.utils import timezone

from eldercare.forms import StyledFormMixin, refuse_id_number
from eldercare.lists import search_field
from eldercare.models import User
from facilities.actions.waiting import EDITABLE
from facilities.forms.beds import FacilityChoice, PlaceFilterForm
from facilities.forms.checked import LedgerForm, date_field
from facilities.forms.stays import REASON_HINT, BedChoice, PersonFieldsMixin
from facilities.models import Bed, Facility, WaitingEntry
from facilities.rules.beds import check_waiting

Outcome = WaitingEntry.Outcome


class WaitingFilterForm(PlaceFilterForm):
    state = forms.ChoiceField(
        label="状态",
        required=False,
        initial="open",
        choices=[("open", "轮候中"), ("closed", "已了结"), ("all", "全部")],
    )
    reason = forms.ChoiceField(
        label="轮候原因", required=False, choices=[("", "全部"), *WaitingEntry.Reason.choices]
    )
    q = search_field("姓名、机构")


class WaitingForm(PersonFieldsMixin, LedgerForm):
    check = staticmethod(check_waiting)

    facility = FacilityChoice(label="机构", queryset=Facility.objects.none(), empty_label="请选择")
    id_reason = forms.CharField(label="证件说明", required=False, max_length=100, help_text=REASON_HINT)

    class Meta:
        model = WaitingEntry
        fields = EDITABLE

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            del self.fields["facility"]
            self.fields["id_number"].help_text = "显示的是隐去中间几位的号码；不改动就不用重填。"
        else:
            self.fields["facility"].of(user)
            self.fields["asked_on"].initial = timezone.localdate


class MoveForm(StyledFormMixin, forms.Form):
    to = forms.TypedChoiceField(label="调到", coerce=int)
    reason = forms.CharField(
        label="调整原因",
        max_length=100,
        validators=[refuse_id_number],  # it becomes part of the note
        widget=forms.TextInput(attrs={"placeholder": "如：失能等级变化，经研究优先安排"}),
    )

    def __init__(self, *args: Any, length: int, position: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].choices = [
            (number, f"第 {number} 位") for number in range(1, length + 1) if number != position
        ]


class CloseForm(StyledFormMixin, forms.Form):
    outcome = forms.ChoiceField(
        label="结果",
        choices=[("", "请选择"), *(each for each in Outcome.choices if each[0] != Outcome.ADMITTED)],
    )
    day = date_field("了结日期", initial=timezone.localdate)
    note = forms.CharField(label="说明", required=False, max_length=100)

    def clean_day(self) -> dt.date:
        day = self.cleaned_data["day"]
        if day > timezone.localdate():
            raise forms.ValidationError("了结日期还没有到，请核对。")
        return day


class AdmitForm(StyledFormMixin, forms.Form):
    day = date_field("入住日期")
    bed = BedChoice(label="床位", queryset=Bed.objects.none(), empty_label="请选择空床")
    is_respite = forms.BooleanField(label="短期托养(喘息服务)", required=False)

    def __init__(self, *args: Any, beds: Any, day: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["bed"].queryset = beds
        self.fields["bed"].day = day

    clean_day = CloseForm.clean_day
