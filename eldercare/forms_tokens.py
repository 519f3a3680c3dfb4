"""Forms for tokens of the API."""

import datetime as dt

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from eldercare.forms import StyledFormMixin
from eldercare.forms_imports import UnitChoice, units_for_uploads
from eldercare.models import OrgUnit, User
from eldercare.scopes import Scope, scopes_of
from eldercare.token_models import ApiToken
from eldercare.tokens import LONGEST


class TokenForm(StyledFormMixin, forms.Form):
    """``kind`` decides which scopes are offered and how long a token may last."""

    name = forms.CharField(label="名称", max_length=40, help_text="写明给谁用，如“省平台”“镇里的统计脚本”。")
    purpose = forms.CharField(
        label="用途",
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="要取哪些数据、做什么用。查看完整号码时，以此作为原因记入日志。",
    )
    scopes = forms.MultipleChoiceField(
        label="权限",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "请至少选择一项权限。"},
        help_text="只选用得到的。",
    )
    org_unit = UnitChoice(
        label="数据范围",
        queryset=OrgUnit.objects.none(),
        empty_label=None,
        to_field_name="code",
        help_text="只能看到和写入这个单位及其下属单位的数据。",
    )
    expires_on = forms.DateField(
        label="有效期至", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def __init__(self, *args, by: User, kind: str, **kwargs) -> None:
        today = timezone.localdate()
        usual = today + dt.timedelta(days=90 if kind == ApiToken.Kind.PERSONAL else 365)
        initial = {"org_unit": by.org_unit.code, "expires_on": usual} | kwargs.pop("initial", {})
        super().__init__(*args, initial=initial, **kwargs)
        self.kind, self.today = kind, today
        offered = scopes_of(by.role) if kind == ApiToken.Kind.PERSONAL else list(Scope)
        self.fields["scopes"].choices = [(each.value, each.label) for each in offered]
        self.fields["org_unit"].queryset = units_for_uploads(by)
        self.fields["expires_on"].help_text = f"当日仍有效，最长 {LONGEST[kind]} 天。"

    def clean_expires_on(self) -> dt.date:
        day = self.cleaned_data["expires_on"]
        if not self.today <= day <= self.today + dt.timedelta(days=LONGEST[self.kind]):
            raise ValidationError(f"有效期须从今天起，最长 {LONGEST[self.kind]} 天。")
        return day
