"""Forms of the editor of registers: the register, one column, one figure."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from eldercare import ledger_metrics
from eldercare.expressions import ExpressionError
from eldercare.forms import StyledFormMixin
from indicators.metrics.registers import expected_types, names_in_conditions, read_condition
from indicators.models import Metric, Register, RegisterColumn, RegisterMetric
from indicators.rules import registers as rules
from indicators.rules.registers import Kind, name_problem

CODE = re.compile(r"[a-z][a-z0-9-]{1,29}").fullmatch
KINDS = [(str(kind), label) for kind, label in rules.KINDS.items()]
KEY_KINDS = [(kind, label) for kind, label in KINDS if Kind(kind) in rules.KEYS]


def lines_of(text: str) -> list[str]:
    return list(dict.fromkeys(line.strip() for line in text.splitlines() if line.strip()))


def next_key(register: Register) -> str:
    """c1, c2 … for a column that was given no code."""
    known = set(register.columns.values_list("key", flat=True))
    return next(key for number in range(1, 1_000) if (key := f"c{number}") not in known)


class RegisterForm(StyledFormMixin, forms.ModelForm):
    class Meta:
        model = Register
        fields = ("name", "field", "purpose", "row_name", "keeper", "retention", "position", "is_retired")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["field"].choices = [("", "请选择"), *Register.Field.choices]
        if "is_retired" in self.fields:
            self.fields["is_retired"].help_text = "停用后不再登记和上传，已有的记录仍可查看和导出。"

    def _post_clean(self) -> None:
        """The action writes."""

    def changes(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self._meta.fields if name in self.cleaned_data}


class NewRegisterForm(RegisterForm):
    """With the column by which a row is known, or all columns of another register."""

    code = forms.CharField(
        label="代码", required=False, max_length=30, help_text="小写字母、数字和短横线；不填由系统给一个。"
    )
    model_register = forms.ModelChoiceField(
        label="照着哪个登记簿建",
        required=False,
        queryset=Register.objects.none(),
        empty_label="不照着，从识别列开始",
        help_text="选了的，登记项目都照抄过来，再逐个修改。",
    )
    first_heading = forms.CharField(
        label="识别列名称",
        required=False,
        max_length=40,
        help_text="凭它认出是不是同一行，如：项目名称、检查日期。",
    )
    first_kind = forms.ChoiceField(label="识别列类型", required=False, choices=KEY_KINDS, initial=Kind.TEXT)

    class Meta(RegisterForm.Meta):
        fields = ("name", "field", "purpose", "row_name", "keeper", "retention")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["model_register"].queryset = Register.objects.in_use().order_by("name")

    def clean_code(self) -> str:
        code = self.cleaned_data["code"]
        if not code:
            known = set(Register.objects.values_list("code", flat=True))
            return next(name for number in range(1, 10_000) if (name := f"register-{number}") not in known)
        if not CODE(code) or code in ("new", "rows", "mechanisms"):
            raise ValidationError(
                "代码须以小写字母开头，只用小写字母、数字和短横线，不能是 new、rows、mechanisms。"
            )
        if Register.objects.filter(code=code).exists():
            raise ValidationError("这个代码已有登记簿使用，请换一个。")
        return code

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if not data.get("model_register") and not data.get("first_heading"):
            self.add_error("first_heading", "请写明识别列，或选择照着哪个登记簿建。")
        return data

    def first_columns(self) -> list[dict[str, Any]]:
        if model := self.cleaned_data.get("model_register"):
            names = (
                "key", "heading", "aliases", "kind", "choices", "unit", "help", "position", "is_required", "is_key",
                "in_list", "is_filter", "is_summed",
            )  # fmt: skip
            return [{name: getattr(each, name) for name in names} for each in model.columns.current()]
        heading, kind = self.cleaned_data["first_heading"], self.cleaned_data["first_kind"] or Kind.TEXT
        return [{"key": "c1", "heading": heading, "kind": kind, "is_key": True, "is_required": True}]


class ColumnForm(StyledFormMixin, forms.ModelForm):
    """``label_n`` and ``retired_n`` are the choices there are; ``more`` those that are added, one a line."""

    more = forms.CharField(
        label="选项",
        required=False,
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="一行一个。单选和多选才填。",
    )

    class Meta:
        model = RegisterColumn
        fields = (
            "heading", "kind", "unit", "help", "aliases", "position", "is_required", "is_key", "in_list", "is_filter",
            "is_summed", "is_retired",
        )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = KINDS
        self.choice_rows: list[tuple[forms.BoundField, forms.BoundField]] = []
        if self.instance.pk:
            self.fields["more"].label = "增加选项"
            for number, each in enumerate(self.instance.choices):
                label = forms.CharField(
                    label=f"选项 {number + 1}",
                    max_length=40,
                    initial=each["label"],
                    widget=forms.TextInput(attrs={"class": "form-control"}),
                )
                retired = forms.BooleanField(
                    label="停用",
                    required=False,
                    initial=bool(each.get("retired")),
                    widget=forms.CheckboxInput(attrs={"class": "form-check-input"}),
                )
                self.fields[f"label_{number}"], self.fields[f"retired_{number}"] = label, retired
                self.choice_rows.append((self[f"label_{number}"], self[f"retired_{number}"]))

    def _post_clean(self) -> None:
        """The action writes."""

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        kind = Kind(data["kind"]) if data.get("kind") else Kind.TEXT
        if data.get("is_summed") and kind not in rules.NUMERIC:
            self.add_error("is_summed", "只有数和金额可以合计。")
        if data.get("is_filter") and kind not in rules.FILTERED:
            self.add_error(
                "is_filter", "文字、数和号码不能作筛选条件；文字用“查找”，选择项、日期、是/否可以筛选。"
            )
        if data.get("is_key") and kind not in rules.KEYS:
            self.add_error("is_key", f"“{rules.KINDS[kind]}”不能作识别列。")
        if any("|" in line for line in lines_of(data.get("more") or "")):
            self.add_error("more", "选项里不能有“|”。")
        return data

    def changes(self) -> dict[str, Any]:
        data = self.cleaned_data
        wanted = {name: data[name] for name in self._meta.fields if name in data}
        return wanted | {"choices": self._choices()}

    def _choices(self) -> list[dict[str, Any]]:
        data = self.cleaned_data
        made = []
        for number, each in enumerate(self.instance.choices if self.instance.pk else ()):
            own = {"code": each["code"], "label": data[f"label_{number}"]}
            made.append(own | ({"retired": True} if data[f"retired_{number}"] else {}))
        known = {each["code"] for each in made}
        made += [
            {"code": line[:40], "label": line[:40]}
            for line in lines_of(data.get("more") or "")
            if line not in known
        ]
        return made


class NewColumnForm(ColumnForm):
    key = forms.CharField(
        label="代码", required=False, max_length=30, help_text="写计数条件时用；不填由系统给一个。"
    )

    class Meta(ColumnForm.Meta):
        fields = (
            "heading", "kind", "unit", "help", "aliases", "is_required", "is_key", "in_list", "is_filter", "is_summed",
        )  # fmt: skip

    def __init__(self, *args: Any, register: Register, **kwargs: Any) -> None:
        self.register = register
        super().__init__(*args, **kwargs)

    def clean_key(self) -> str:
        key = self.cleaned_data["key"]
        if not key:
            return next_key(self.register)
        if problem := name_problem(key):
            raise ValidationError(problem)
        if self.register.columns.filter(key=key).exists():
            raise ValidationError("这个登记簿已有这个代码的项目，请换一个。")
        return key

    def fields_of(self) -> dict[str, Any]:
        return self.changes() | {"key": self.cleaned_data["key"]}


class MetricForm(StyledFormMixin, forms.ModelForm):
    """A figure of a register, for a base metric of the catalogue or a new one."""

    new_name = forms.CharField(label="新指标名称", required=False, max_length=80)
    new_code = forms.SlugField(
        label="新指标代码", required=False, max_length=28, help_text="小写字母和下划线，如 meal_points"
    )
    new_definition = forms.CharField(
        label="口径", required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )
    new_unit = forms.CharField(label="计量单位", required=False, max_length=20)
    new_nature = forms.ChoiceField(
        label="性质",
        required=False,
        choices=[("", "请选择"), *Metric.Nature.choices],
        help_text="时点数计月末仍有效的，时期数计当月发生的。",
    )
    new_reporter = forms.ChoiceField(
        label="填报",
        required=False,
        choices=[("", "请选择"), *(each for each in Metric.Reporter.choices if each[0] != "registered")],
    )
    new_group = forms.ChoiceField(
        label="分组", required=False, choices=[("", "请选择"), *Metric.Group.choices]
    )

    NEW = ("name", "code", "definition", "unit", "nature", "reporter", "group")

    class Meta:
        model = RegisterMetric
        fields = ("metric", "aggregate", "column", "condition", "from_column", "to_column")

    def __init__(self, *args: Any, register: Register, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.register = register
        columns = register.columns.current()
        dates = columns.filter(kind=Kind.DATE)
        self.fields["column"].queryset = columns.filter(kind__in=rules.DISTINCT)
        self.fields["from_column"].queryset = self.fields["to_column"].queryset = dates
        for name, words in (("column", "计行数不用选"), ("from_column", "请选择"), ("to_column", "没有")):
            self.fields[name].empty_label = words
        self.named = names_in_conditions(columns)
        examples = "，".join(expected_types(column) for column in list(self.named.values())[:3])
        self.fields["condition"].help_text = (
            f"不填的，每行都计。如：{examples}；几个条件用 and、or 连接。" if examples else ""
        )
        own = self.instance.metric_id if self.instance.pk else None
        counted = ledger_metrics.codes()
        free = Metric.objects.exclude(reporter=Metric.Reporter.REGISTERED).filter(register_metric=None)
        self.fields["metric"].queryset = (
            Metric.objects.filter(pk=own) if own else free.exclude(code__in=counted).order_by("position")
        )
        self.fields["metric"].required = False
        self.fields["metric"].empty_label = "新建一个"
        if own:
            for name in self.NEW:
                del self.fields[f"new_{name}"]

    def _post_clean(self) -> None:
        """The action writes."""

    def clean_condition(self) -> str:
        text = self.cleaned_data["condition"]
        if text:
            try:
                read_condition(text, self.named)
            except ExpressionError as error:
                raise ValidationError(str(error)) from None
        return text

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if not data.get("metric"):
            for name in self.NEW:
                if f"new_{name}" in self.fields and not data.get(f"new_{name}"):
                    self.add_error(f"new_{name}", "新建指标时此项必填。")
        aggregate, column = data.get("aggregate"), data.get("column")
        if aggregate == RegisterMetric.Aggregate.COUNT:
            data["column"] = None
        elif column is None:
            self.add_error("column", "请选择合计或去重的列。")
        elif aggregate == RegisterMetric.Aggregate.SUM and column.type not in rules.NUMERIC:
            self.add_error("column", f"“{column.heading}”不是数，不能合计。")
        return data

    def definition(self) -> RegisterMetric:
        found = self.instance
        for name in self._meta.fields:
            value = self.cleaned_data.get(name)
            if name != "metric" or value is not None:
                setattr(found, name, value)
        return found

    def new_metric(self) -> dict[str, Any] | None:
        if self.cleaned_data.get("metric"):
            return None
        return {name: self.cleaned_data[f"new_{name}"] for name in self.NEW}


class DeleteForm(StyledFormMixin, forms.Form):
    reason = forms.CharField(
        label="删除原因", max_length=100, error_messages={"required": "请写明删除的原因。"}
    )
