"""Forms of the plan, indicator and metric pages."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from eldercare.forms import FilterForm, StyledFormMixin
from eldercare.models import OrgUnit
from indicators.actions.plans import EDITABLE, TargetRow
from indicators.models import Indicator, Metric
from indicators.models.plans import Comparator
from indicators.pages.display import LOOKS
from indicators.rules.figures import FigureError, FigureRule, parse_figure

TARGET_DIGITS = 12


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


class IndicatorForm(StyledFormMixin, forms.ModelForm):
    """What the county may change of an indicator; what the document prints stays as it is."""

    seen = forms.CharField(widget=forms.HiddenInput)

    class Meta:
        model = Indicator
        fields = EDITABLE
        widgets = {  # noqa: RUF012
            "formula": forms.Textarea(
                attrs={"rows": 3, "spellcheck": "false", "autocapitalize": "none", "class": "code"}
            ),
        }
        help_texts = {  # noqa: RUF012
            "formula": "用指标代码、数字、+ - * / 和括号，例如 nursing_beds / institution_beds * 100。",
            "unit": "公式算出的数值的单位，如 %、张、人。",
            "decimals": "页面上显示几位小数。",
            "comparator": "数值与目标怎样比较算达标；每个目标也可以单独设定。",
            "scope": "统计范围、分母是谁。",
            "is_active": "停用后不再计算，也不计入完成率。",
        }

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["decimals"].max_value = 4
        self.fields["seen"].initial = self.instance.updated_at.isoformat()
        self.fields["formula"].strip = True

    def clean_decimals(self) -> int:
        if self.cleaned_data["decimals"] > 4:
            raise ValidationError("小数位最多 4 位。")
        return self.cleaned_data["decimals"]

    def clean_seen(self) -> dt.datetime | None:
        try:
            return dt.datetime.fromisoformat(self.cleaned_data["seen"])
        except ValueError:
            self.add_error(
                None, "页面已过期，请重新打开后再修改。"
            )  # a hidden field has no place for an error
            return None

    def changes(self) -> dict[str, object]:
        return {name: self.cleaned_data[name] for name in EDITABLE}

    def _post_clean(self) -> None:
        """The instance stays as it is in the database: the action writes, and the page shows both."""


class TargetForm(StyledFormMixin, forms.Form):
    pk = forms.IntegerField(required=False, widget=forms.HiddenInput)
    comparator = forms.ChoiceField(label="判定", choices=Comparator.choices)
    value = forms.CharField(label="目标值", required=False, max_length=30)
    due_on = forms.DateField(
        label="期限", required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    is_due_inferred = forms.BooleanField(label="期限为推定", required=False)
    remove = forms.BooleanField(label="删除", required=False)

    def clean_value(self) -> Decimal | None:
        try:
            return parse_figure(self.cleaned_data["value"], FigureRule("目标值", "数", 4))
        except FigureError as error:
            raise ValidationError(str(error)) from error

    def clean(self) -> dict:
        data = super().clean()
        is_blank = not data.get("pk") and data.get("value") is None and not data.get("due_on")
        if not is_blank and not data.get("remove") and not data.get("due_on") and "due_on" not in self.errors:
            self.add_error("due_on", "请填写期限。")
        return data

    def row(self) -> TargetRow | None:
        """The target, or ``None`` for an empty or removed line."""
        data = self.cleaned_data
        if data.get("remove") or not data.get("due_on"):
            return None
        return TargetRow(
            data["due_on"], data["comparator"], data["value"], data.get("pk"), data["is_due_inferred"]
        )


TargetFormSet = forms.formset_factory(TargetForm, extra=1, max_num=12, validate_max=True)


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
