"""Forms of enrolments: the filter of the list, applying, and a step each."""

import datetime as dt
from typing import Any

from django import forms
from django.utils import timezone

from eldercare.forms import StyledFormMixin, refuse_id_number
from eldercare.lists import ListFilterForm, search_field
from eldercare.models import OrgUnit, User
from facilities.forms.checked import date_field
from facilities.forms.facilities import townships_of
from subsidies.forms.programmes import MonthField
from subsidies.models import Enrolment, Programme
from subsidies.pages.enrolments import TABS


def comment_field(label: str, *, required: bool, hint: str = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        required=required,
        max_length=250,
        validators=[refuse_id_number],
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=hint,
    )


class EnrolmentFilterForm(ListFilterForm):
    q = search_field("享受人姓名")
    programme = forms.ModelChoiceField(
        label="补贴项目", required=False, queryset=Programme.objects.none(), empty_label="全部项目"
    )
    unit = forms.ModelChoiceField(
        label="镇(街道)",
        required=False,
        queryset=OrgUnit.objects.none(),
        to_field_name="code",
        empty_label="全部镇(街道)",
    )
    ended = MonthField(label="停发起始月", required=False)
    end_reason = forms.ChoiceField(
        label="停发原因", required=False, choices=[("", "全部"), *Enrolment.EndReason.choices]
    )
    state = forms.ChoiceField(label="状态", required=False, choices=TABS, widget=forms.HiddenInput)

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["programme"].queryset = Programme.objects.visible_to(by)
        if by.is_township:
            del self.fields["unit"]
        else:
            self.fields["unit"].queryset = townships_of(by)


class FindForm(StyledFormMixin, forms.Form):
    programme = forms.ModelChoiceField(
        label="补贴项目", queryset=Programme.objects.none(), empty_label="请选择项目"
    )
    text = forms.CharField(
        label="姓名、完整的证件号码，或机构名称",
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off", "type": "search"}),
    )

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        month = timezone.localdate().replace(day=1)
        open_ = Programme.objects.visible_to(by).exclude(ends_on__lt=month)
        self.fields["programme"].queryset = open_


class ApplyForm(StyledFormMixin, forms.Form):
    applied_on = date_field("申请日期", initial=timezone.localdate, help_text="本人或家属提出申请的日期。")
    note = forms.CharField(label="备注", required=False, max_length=200, validators=[refuse_id_number])

    def clean_applied_on(self) -> dt.date:
        day = self.cleaned_data["applied_on"]
        if day > timezone.localdate():
            raise forms.ValidationError("申请日期还没有到，请核对。")
        return day


class OpinionForm(StyledFormMixin, forms.Form):
    comment = comment_field("意见", required=False, hint="可以不填；填的记入办理记录。")


class ReasonForm(StyledFormMixin, forms.Form):
    comment = comment_field("原因", required=True, hint="记入办理记录，不写证件号码。")


class SuspendForm(StyledFormMixin, forms.Form):
    from_month = MonthField(label="暂停起始月")
    comment = comment_field("原因", required=True, hint="如：逾期未认证；记入办理记录。")


class ResumeForm(StyledFormMixin, forms.Form):
    from_month = MonthField(
        label="恢复起始月", help_text="从这个月起恢复发放；填暂停的第一个月就是撤销暂停，期间的按规则补发。"
    )
    comment = comment_field("说明", required=False)


class EndForm(StyledFormMixin, forms.Form):
    end_reason = forms.ChoiceField(label="停发原因", choices=[("", "请选择"), *Enrolment.EndReason.choices])
    happened_on = date_field(
        "发生日期", help_text="死亡的填死亡日期；其他的填不再符合的第一天，如迁出、取消低保的日期。"
    )
    ended_from = MonthField(
        label="停发起始月", required=False, help_text="当月起不发。不填的，按政策规定算出来，请您核对。"
    )
    comment = comment_field("说明", required=False, hint="如何获知、依据等；记入办理记录。")
