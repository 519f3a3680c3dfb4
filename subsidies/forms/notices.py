"""The form of a public notice."""

import datetime as dt
from typing import Any

from django import forms
from django.utils import timezone

from eldercare.forms import StyledFormMixin
from facilities.forms.checked import date_field
from subsidies.models import Programme
from subsidies.rules.enrolments import notice_end


class NoticeForm(StyledFormMixin, forms.Form):
    starts_on = date_field("公示开始", initial=timezone.localdate)
    ends_on = date_field("公示截止", help_text="当日仍在公示；遇节假日请往后推。")
    contact = forms.CharField(
        label="受理电话", max_length=60, help_text="公示上印出，供群众反映情况，填单位的电话。"
    )

    def __init__(self, *args: Any, programme: Programme, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.programme = programme
        self.fields["ends_on"].initial = notice_end(timezone.localdate(), programme.notice_days)

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        first: dt.date | None = data.get("starts_on")
        last: dt.date | None = data.get("ends_on")
        if first and first < timezone.localdate():
            self.add_error("starts_on", "已经过了，请从今天或以后开始。")
        if first and last:
            shortest = notice_end(first, self.programme.notice_days)
            if last < shortest:
                self.add_error(
                    "ends_on", f"要公示满 {self.programme.notice_days} 个工作日，最早为 {shortest:%Y-%m-%d}。"
                )
            elif (last - first).days > 90:
                self.add_error("ends_on", "公示超过 90 天，请核对。")
        return data
