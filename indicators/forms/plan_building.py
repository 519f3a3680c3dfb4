"""Forms of building a plan: the workbook, the plan itself, one more indicator."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from eldercare.errors import Refused
from eldercare.excel.columns import Column, Kind
from eldercare.excel.limits import LIMITS, MB
from eldercare.excel.preflight import preflight
from eldercare.excel.scratch import scratch
from eldercare.forms import StyledFormMixin
from indicators.models import Plan

ACCEPTED = ".xlsx"
FILE_LIMIT = 5 * MB


class PlanFileForm(StyledFormMixin, forms.Form):
    """``content`` is the workbook once the form is valid; what can be told from outside is told at once."""

    file = forms.FileField(
        label="规划工作簿",
        widget=forms.FileInput(attrs={"accept": ACCEPTED, "data-limit": min(FILE_LIMIT, LIMITS.file_bytes)}),
        help_text="用模板填写，或用“导出工作簿”得到的工作簿修改，不超过 5 MB。",
        error_messages={"required": "请选择要上传的文件。", "empty": "文件是空的，里面没有内容。"},
    )

    content = b""

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > FILE_LIMIT:
            raise ValidationError(f"文件有 {file.size / MB:.1f} MB，超过了 5 MB。请删去图片和无关的工作表。")
        self.content = file.read()
        with scratch() as folder:
            path = folder / "plan"
            path.write_bytes(self.content)
            try:
                preflight(path, file.name)
            except Refused as refusal:
                raise ValidationError(str(refusal)) from refusal
        return file


class PlanForm(StyledFormMixin, forms.ModelForm):
    """The plan itself. ``copied`` is another plan whose indicators the new one begins with."""

    code = forms.SlugField(
        label="代码", required=False, max_length=14, help_text="小写字母、数字、短横线；空着由系统编。"
    )
    copied = forms.ModelChoiceField(
        label="照抄指标自", queryset=Plan.objects.none(), required=False, to_field_name="code",
        empty_label="不照抄，从空白开始", help_text="指标、公式和目标都照抄，之后逐条修改。",
    )  # fmt: skip

    class Meta:
        model = Plan
        fields = (
            "title", "short_title", "issuer", "document_number", "published_on", "starts_on", "ends_on",
            "base_year", "report_day", "weekend_rule", "lock_after_days", "provenance",
        )  # fmt: skip
        widgets = {  # noqa: RUF012
            name: forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
            for name in ("published_on", "starts_on", "ends_on")
        }

    def __init__(self, *args: Any, plans: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            del self.fields["code"], self.fields["copied"]
        else:
            self.fields["copied"].queryset = plans
        for name, (low, high) in {
            "base_year": (1990, 2100),
            "report_day": (1, 28),
            "lock_after_days": (0, 365),
        }.items():
            self.fields[name].widget.attrs |= {"min": low, "max": high}

    def clean_base_year(self) -> int | None:
        year = self.cleaned_data["base_year"]
        if year is not None and not 1990 <= year <= 2100:
            raise ValidationError("请填 1990 到 2100 的年份。")
        return year

    def clean(self) -> dict:
        data = super().clean()
        if data.get("starts_on") and data.get("ends_on") and data["ends_on"] <= data["starts_on"]:
            self.add_error("ends_on", "规划期止要晚于规划期起。")
        return data

    def facts(self) -> dict[str, object]:
        return {name: self.cleaned_data[name] for name in self.Meta.fields}

    def _post_clean(self) -> None:
        """The instance stays as it is: the action writes."""


ATTRIBUTES = {
    "formula": {"spellcheck": "false", "autocapitalize": "none", "class": "code"},
    "judged_per": {"list": "metric-codes", "autocomplete": "off"},
    "judged_where": {"list": "metric-codes", "autocomplete": "off"},
}


def field_of(column: Column) -> forms.Field:
    """A form's field that takes what the column of the sheet takes."""
    given = {"label": column.heading, "required": column.required, "help_text": column.help}
    if column.kind is Kind.CHOICE:
        options = [("", "—"), *((each.code, each.label) for each in column.choices)]
        return forms.ChoiceField(choices=options, **given)
    if column.kind is Kind.YESNO:
        return forms.BooleanField(**given | {"required": False})
    if column.kind is Kind.INTEGER:
        return forms.IntegerField(min_value=column.minimum, max_value=column.maximum, **given)
    rows = 3 if column.key in ("formula", "quote", "notes") else 0
    widget = forms.Textarea(attrs={"rows": rows}) if rows else forms.TextInput()
    widget.attrs |= ATTRIBUTES.get(column.key, {})
    return forms.CharField(max_length=column.max_length, widget=widget, **given)


def indicator_form(columns: Sequence[Column]) -> type[forms.Form]:
    """One indicator with the fields of the sheet; what is typed is read as a row of it would be."""
    fields = {column.key: field_of(column) for column in columns}
    return type("NewIndicatorForm", (StyledFormMixin, forms.Form), fields)


class MoveForm(forms.Form):
    to = forms.IntegerField(label="移到序号", min_value=0, max_value=9_999)
