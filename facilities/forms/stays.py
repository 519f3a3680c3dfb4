"""Forms of stays: who moves in, leaves, or changes the bed."""

import datetime as dt
from typing import Any, ClassVar

from django import forms
from django.utils import timezone

from eldercare.encryption import ConfidentialFormField
from eldercare.forms import StyledFormMixin
from eldercare.lists import search_field
from eldercare.models import User
from facilities.actions.stays import EDITABLE
from facilities.forms.beds import FacilityChoice, PlaceFilterForm
from facilities.forms.checked import CheckedMixin, LedgerForm, date_field
from facilities.models import Bed, Facility, Stay
from facilities.rules.beds import check_stay, checked_id

REASON_HINT = "校验不通过而确认无误的，写明依据，如“已核对身份证原件”。"


class StayFilterForm(PlaceFilterForm):
    living = forms.ChoiceField(
        label="在住情况",
        required=False,
        initial="living",
        choices=[("living", "在住"), ("left", "已离开"), ("all", "全部")],
    )
    day = date_field("日期", required=False, initial=timezone.localdate)
    respite = forms.ChoiceField(
        label="短期托养", required=False, choices=[("", "全部"), ("yes", "是"), ("no", "否")]
    )
    q = search_field("姓名、床号、机构")


class WhereForm(StyledFormMixin, forms.Form):
    """The first step of moving in: the facility and the day decide which beds are free."""

    facility = FacilityChoice(label="机构(设施)", queryset=Facility.objects.none(), empty_label="请选择")
    day = date_field("入住日期", initial=timezone.localdate)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["facility"].of(user)

    def clean_day(self) -> dt.date:
        day = self.cleaned_data["day"]
        if day > timezone.localdate():
            raise forms.ValidationError("入住日期还没有到，请在入住当天或之后登记。")
        return day


class BedChoice(forms.ModelChoiceField):
    """Free beds of one facility, by room and number; with several facilities, their names too."""

    def label_from_instance(self, bed: Bed) -> str:
        traits = [name for key, name in TRAITS if getattr(bed, key).on(self.day)]
        if bed.kind != Bed.Kind.INSTITUTIONAL:
            traits.insert(0, bed.get_kind_display())
        return f"{bed}（{'、'.join(traits)}）" if traits else str(bed)

    day: dt.date = dt.date.max


TRAITS = (("nursing", "护理型"), ("dementia", "认知障碍照护"), ("medical", "医养结合"))


class PersonFieldsMixin:
    """The number is stored as the check reads it: without spaces, x as X."""

    def clean_id_number(self) -> str:
        value = self.cleaned_data["id_number"]
        if value is not self.initial.get("id_number"):
            checked = checked_id(str.__str__(value))
            return checked.value if checked.usable else value
        return value

    def facts(self, data: dict[str, Any]) -> dict[str, Any]:
        """A number that was there before is not questioned again."""
        is_kept = data.get("id_number") is not None and data.get("id_number") is self.initial.get("id_number")
        number = data.get("id_number")
        return data | {"id_number": None if is_kept or number is None else str.__str__(number)}


class MoveInForm(PersonFieldsMixin, CheckedMixin, StyledFormMixin, forms.Form):
    check = staticmethod(check_stay)

    bed = BedChoice(label="床位", queryset=Bed.objects.none(), empty_label="请选择空床")
    name = forms.CharField(label="姓名", max_length=40)
    id_number = ConfidentialFormField(
        label="证件号码", max_length=30, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    id_reason = forms.CharField(label="证件说明", required=False, max_length=100, help_text=REASON_HINT)
    is_respite = forms.BooleanField(label="短期托养(喘息服务)", required=False)

    def __init__(self, *args: Any, beds: Any, day: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.day = day
        self.fields["bed"].queryset = beds
        self.fields["bed"].day = day

    def facts(self, data: dict[str, Any]) -> dict[str, Any]:
        return super().facts(data) | {"moved_in_on": self.day}


class MoveOutForm(StyledFormMixin, forms.Form):
    day = date_field("离开日期", initial=timezone.localdate, help_text="当日起不再计入在住人数。")
    outcome = forms.ChoiceField(
        label="去向",
        choices=[
            ("", "请选择"),
            *(each for each in Stay.Outcome.choices if each[0] != Stay.Outcome.OTHER_BED),
        ],
    )

    def clean_day(self) -> dt.date:
        day = self.cleaned_data["day"]
        if day > timezone.localdate():
            raise forms.ValidationError("离开日期还没有到，请在离开当天或之后登记。")
        return day


class ChangeBedForm(StyledFormMixin, forms.Form):
    day = date_field("换床日期")
    bed = BedChoice(label="换到", queryset=Bed.objects.none(), empty_label="请选择空床")

    def __init__(self, *args: Any, beds: Any, day: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["bed"].queryset = beds
        self.fields["bed"].day = day

    clean_day = MoveOutForm.clean_day


class StayForm(PersonFieldsMixin, LedgerForm):
    check = staticmethod(check_stay)

    id_reason = forms.CharField(label="证件说明", required=False, max_length=100, help_text=REASON_HINT)

    class Meta:
        model = Stay
        fields = EDITABLE
        help_texts: ClassVar = {"id_number": "显示的是隐去中间几位的号码；不改动就不用重填。"}


class DeleteForm(StyledFormMixin, forms.Form):
    reason = forms.CharField(label="删除原因", max_length=100)
