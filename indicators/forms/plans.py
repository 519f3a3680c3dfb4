"""Forms of the plan, indicator and metric pages."""

import datetime as dt
from collections.abc import Sequence

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from eldercare.forms import FilterForm, StyledFormMixin
from eldercare.models import OrgUnit
from indicators.models import Indicator, Metric
from indicators.pages.display import LOOKS
from indicators.rules.figures import FigureError, FigureRule, parse_figure


class PlanFilterForm(FilterForm):
    SOFT = (("no", "约束性"), ("yes", "软性目标"))

    q = forms.CharField(
        label="名称或序号",
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"placeholder": "名称、原文或序号", "type": "search"}),
    )
    group = forms.ChoiceField(label="分组", required=False)
    role = forms.ChoiceField(
        label="性质", required=False, choices=[("", "全部性质"), *Indicator.Role.choices]
    )
    status = forms.ChoiceField(
        label="状态",
        required=False,
        choices=[("", "全部状态"), *[(str(key), look.label) for key, look in LOOKS.items()]],
    )
    soft = forms.ChoiceField(label="约束力", required=False, choices=[("", "全部"), *SOFT])

    def __init__(self, *args, groups: list[str], **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["group"].choices = [("", "全部分组"), *[(group, group) for group in groups]]


class MetricFilterForm(FilterForm):
    q = forms.CharField(
        label="名称、代码或口径",
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"placeholder": "如 护理型、nursing_beds", "type": "search"}),
    )
    group = forms.ChoiceField(label="分组", required=False, choices=[("", "全部分组"), *Metric.Group.choices])
    reporter = forms.ChoiceField(
        label="填报单位", required=False, choices=[("", "全部"), *Metric.Reporter.choices]
    )
    collected = forms.ChoiceField(
        label="月报", required=False, choices=[("", "全部"), ("yes", "列入月报"), ("no", "未列入月报")]
    )


class ProjectionForm(forms.Form):
    method = forms.ChoiceField(label="推算方法", choices=Indicator.Projection.choices, required=False)


class RegistrationForm(StyledFormMixin, forms.Form):
    """A fact with its date and evidence; what is registered depends on the indicator."""

    unit = forms.ChoiceField(label="单位", required=False)
    metric = forms.ChoiceField(label="登记内容")
    happened_on = forms.DateField(
        label="完成日期",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": "日期请按 2025-06-30 的样式填写。"},
    )
    quantity = forms.CharField(label="数量", max_length=30)
    evidence = forms.CharField(
        label="依据",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="文号、会议、验收等，写清能查到什么，如“盐民〔2023〕15号”。",
    )

    def __init__(
        self, *args, indicator: Indicator, metrics: list[Metric], units: Sequence[OrgUnit] = (), **kwargs
    ) -> None:
        super().__init__(*args, **kwargs)
        self.units = {unit.code: unit for unit in units}
        if len(units) > 1:
            self.fields["unit"].choices = [(unit.code, unit.name) for unit in units]
            self.fields["unit"].required = True
        else:
            del self.fields["unit"]
        self.metrics = {metric.code: metric for metric in metrics}
        self.fields["metric"].choices = [
            (metric.code, f"{metric.name}（{metric.unit}）") for metric in metrics
        ]
        if len(metrics) == 1:
            self.fields["metric"].widget = forms.HiddenInput()
            self.fields["metric"].initial = metrics[0].code
        if indicator.is_confirmation:
            self.fields["quantity"] = forms.ChoiceField(
                label="状态", choices=[("1", "已完成"), ("0", "不再成立")], initial="1"
            )
            self.fields["quantity"].widget.attrs["class"] = "form-select"
        else:
            self.fields["happened_on"].label = "发生日期"

    def clean_happened_on(self) -> dt.date:
        day = self.cleaned_data["happened_on"]
        if day > timezone.localdate():
            raise ValidationError("日期还没有到，请在事情完成之后登记。")
        return day

    def clean(self) -> dict:
        data = super().clean()
        metric = self.metrics.get(data.get("metric", ""))
        if metric is None or "quantity" not in data:
            return data
        try:
            quantity = parse_figure(data["quantity"], FigureRule(metric.name, metric.unit, metric.decimals))
        except FigureError as error:
            self.add_error("quantity", str(error))
            return data
        if quantity is None:
            self.add_error("quantity", "请填写数量；确实为零填 0。")
        data["quantity"] = quantity
        return data

    def chosen_unit(self) -> OrgUnit | None:
        if "unit" in self.fields:
            return self.units[self.cleaned_data["unit"]]
        return next(iter(self.units.values()), None)


class WithdrawForm(StyledFormMixin, forms.Form):
    reason = forms.CharField(label="撤回原因", max_length=200)
