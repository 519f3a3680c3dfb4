"""Forms of key tasks: filters, one task, a unit's month, state, supervision, rounds."""

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from eldercare.forms import StyledFormMixin, refuse_id_number, without_invisible
from eldercare.lists import ListFilterForm, search_field
from eldercare.models import OrgUnit, User
from indicators.actions.task_progress import ProgressChange
from indicators.actions.tasks import LEVELS
from indicators.models import EvaluationRound, Indicator, Metric, Plan, Supervision, Task, TaskState, TaskUnit
from indicators.models.task_work import UNIT_STATES
from indicators.rules.months import MonthError, parse_month
from indicators.task_duties import units_that_report

DUE = (("late", "已过时限"), ("soon", "30 天内到期"), ("none", "文件未写时限"))
MILESTONE = re.compile(r"(\d{4})[-./年](\d{1,2})[-./月](\d{1,2})日?\s*[:：,，]?\s*(.+)")
TEXT_LENGTH = 2000


def units_of_plan(plan: Plan) -> Any:
    """Who may be made responsible: the plan's own unit and what lies right below it."""
    units = OrgUnit.objects.as_of(timezone.localdate()).within(plan.org_unit).filter(level__in=LEVELS)
    return units.order_by("path")


class TaskFilterForm(ListFilterForm):
    q = search_field("任务、原文、编号")
    plan = forms.ModelChoiceField(
        label="规划",
        required=False,
        queryset=Plan.objects.none(),
        to_field_name="code",
        empty_label="全部规划",
    )
    unit = forms.ModelChoiceField(
        label="单位",
        required=False,
        queryset=OrgUnit.objects.none(),
        to_field_name="code",
        empty_label="全部单位",
    )
    state = forms.ChoiceField(label="状态", required=False, choices=[("", "全部状态"), *TaskState.choices])
    due = forms.ChoiceField(label="时限", required=False, choices=[("", "全部时限"), *DUE])

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["plan"].queryset = Plan.objects.visible_to(by)
        self.fields["unit"].queryset = units_that_report(by).order_by("path")


class TaskForm(StyledFormMixin, forms.ModelForm):
    """One task. Milestones and actions are typed a line each, indicators by their numbers in the plan."""

    leads = forms.ModelMultipleChoiceField(
        label="牵头单位",
        required=False,
        queryset=OrgUnit.objects.none(),
        widget=forms.CheckboxSelectMultiple,
    )
    responsible = forms.ModelMultipleChoiceField(
        label="责任单位",
        required=False,
        queryset=OrgUnit.objects.none(),
        widget=forms.CheckboxSelectMultiple,
    )
    actions = forms.CharField(
        label="主要举措",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="一行一条。",
    )
    milestones = forms.CharField(
        label="分项期限",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3, "placeholder": "2025-06-30 完成选址"}),
        help_text="一行一条，先写日期再写内容，如“2025-06-30 完成选址”。",
    )
    indicator_numbers = forms.CharField(
        label="挂钩指标",
        required=False,
        max_length=200,
        help_text="本规划指标的序号，多个用逗号隔开，如 8，13。",
    )
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = Task
        fields = (
            "name",
            "section",
            "quote",
            "chair",
            "starts_on",
            "deadline",
            "deadline_basis",
            "stage",
            "recurrence",
            "recurrence_note",
            "is_soft",
            "responsible_note",
            "metric",
            "quantity_target",
        )
        widgets = {  # noqa: RUF012 - as Django wants it
            "quote": forms.Textarea(attrs={"rows": 3}),
            "starts_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "deadline": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        }

    def __init__(self, *args: Any, plan: Plan, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.plan = plan
        units = units_of_plan(plan)
        for name in ("leads", "responsible"):
            self.fields[name].queryset = units
            self.fields[name].label_from_instance = lambda unit: (
                f"{unit.name}(本级)" if unit.pk == plan.org_unit_id else unit.name
            )
        self.fields["metric"].queryset = Metric.objects.order_by("position")
        self.fields["metric"].empty_label = "不挂钩"
        self.fields["deadline"].help_text = f"文件没有写的留空，按规划期末 {plan.ends_on:%Y-%m-%d} 推定。"
        task = self.instance
        if task.pk:
            parts = list(task.units.all())
            for name, role in (("leads", TaskUnit.Role.LEAD), ("responsible", TaskUnit.Role.RESPONSIBLE)):
                self.initial[name] = [
                    part.org_unit_id for part in parts if part.role == role and part.org_unit_id
                ]
            self.initial["actions"] = "\n".join(task.actions)
            self.initial["milestones"] = "\n".join(map(str, task.milestones.all()))
            self.initial["indicator_numbers"] = "，".join(str(each.number) for each in task.indicators.all())

    def clean_actions(self) -> list[str]:
        return [line.strip() for line in self.cleaned_data["actions"].splitlines() if line.strip()]

    def clean_milestones(self) -> list[tuple[dt.date, str]]:
        found = []
        for line in filter(str.strip, self.cleaned_data["milestones"].splitlines()):
            match = MILESTONE.fullmatch(line.strip())
            try:
                if match is None:
                    raise ValueError
                found.append((dt.date(int(match[1]), int(match[2]), int(match[3])), match[4].strip()[:120]))
            except ValueError:
                raise ValidationError(
                    f"“{line.strip()[:30]}”看不出日期，请写成“2025-06-30 完成选址”的样式。"
                ) from None
        return found

    def clean_indicator_numbers(self) -> list[Indicator]:
        text = self.cleaned_data["indicator_numbers"]
        numbers = [part for part in re.split(r"[\s,，、;；]+", text) if part]
        wrong = [part for part in numbers if not part.isdecimal()]
        if wrong:
            raise ValidationError(f"“{wrong[0][:20]}”不是指标序号，请填数字，如 8，13。")
        found = {each.number: each for each in self.plan.indicators.filter(number__in=map(int, numbers))}
        missing = [part for part in numbers if int(part) not in found]
        if missing:
            raise ValidationError(f"本规划没有序号为 {missing[0]} 的指标。")
        return list(found.values())

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        start, deadline = data.get("starts_on"), data.get("deadline")
        if start and deadline and start > deadline:
            self.add_error("deadline", "完成时限不能早于起始。")
        if data.get("quantity_target") is not None and not data.get("metric"):
            self.add_error("metric", "填了数量目标的，请选它说的是哪个基础指标。")
        return data

    def values(self) -> dict[str, Any]:
        """As the actions take it."""
        data = dict(self.cleaned_data)
        data["indicators"] = data.pop("indicator_numbers")
        data.pop("seen")
        return data


class StateForm(StyledFormMixin, forms.Form):
    state = forms.ChoiceField(
        label="状态",
        required=False,
        choices=[("", "由系统按进展判定"), *TaskState.choices],
    )
    reason = forms.CharField(
        label="理由",
        max_length=200,
        validators=[refuse_id_number],
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="例如：按 2026 年第 3 次县政府常务会议纪要，完成时限延至 2026 年底。",
    )


class SupervisionForm(StyledFormMixin, forms.Form):
    unit = forms.ModelChoiceField(
        label="被督办单位",
        queryset=OrgUnit.objects.none(),
        to_field_name="code",
        empty_label="请选择单位",
    )
    demand = forms.CharField(
        label="督办要求",
        max_length=500,
        validators=[refuse_id_number],
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    reply_due_on = forms.DateField(
        label="回复期限", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def __init__(self, *args: Any, units: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = units


class SupervisionFilterForm(ListFilterForm):
    q = search_field("任务、督办要求")
    unit = forms.ModelChoiceField(
        label="单位",
        required=False,
        queryset=OrgUnit.objects.none(),
        to_field_name="code",
        empty_label="全部单位",
    )
    status = forms.ChoiceField(
        label="状态", required=False, choices=[("", "全部状态"), *Supervision.Status.choices]
    )

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = units_that_report(by).order_by("path")


class TextForm(StyledFormMixin, forms.Form):
    """One text: a reply, a closing note."""

    text = forms.CharField(
        max_length=1000, validators=[refuse_id_number], widget=forms.Textarea(attrs={"rows": 4})
    )

    def __init__(self, *args: Any, label: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].label = label


class RoundForm(StyledFormMixin, forms.Form):
    plan = forms.ModelChoiceField(
        label="规划", queryset=Plan.objects.none(), to_field_name="code", empty_label="请选择"
    )
    kind = forms.ChoiceField(label="种类", choices=EvaluationRound.Kind.choices)
    month = forms.CharField(
        label="截至月份",
        max_length=10,
        help_text="如 2025-06；半年检查为 6 月或 12 月。",
        widget=forms.TextInput(attrs={"placeholder": "2025-06"}),
    )
    note = forms.CharField(
        label="说明", required=False, max_length=300, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        plans = Plan.objects.visible_to(by).filter(org_unit__path__startswith=by.org_unit.path)
        self.fields["plan"].queryset = plans

    def clean_month(self) -> dt.date:
        try:
            return parse_month(self.cleaned_data["month"])
        except MonthError as error:
            raise ValidationError(str(error)) from error


# --- Tables that are forms: the names end in the key of a row ---------------------------------------------------


@dataclass(frozen=True)
class TypedProgress:
    """What stands in the fields of one task, as it was typed."""

    text: str
    percent: str
    state: str
    seen: str
    problem: str = ""

    def change(self) -> ProgressChange:
        """Raises ``ValueError`` with a sentence for what cannot be stored."""
        if len(self.text) > TEXT_LENGTH:
            raise ValueError(f"进展情况最多 {TEXT_LENGTH} 字，现有 {len(self.text)} 字。")
        try:
            refuse_id_number(self.text)
        except ValidationError:
            raise ValueError("进展情况会原样显示，不能写身份证号。") from None
        percent = None
        if self.percent:
            if not self.percent.isdecimal() or int(self.percent) > 100:
                raise ValueError(f"“{self.percent[:10]}”不是 0 到 100 的整数。")
            percent = int(self.percent)
        if self.state and self.state not in dict(UNIT_STATES):
            raise ValueError("请从列表中选状态。")
        return ProgressChange(self.text, percent, self.state, self.seen)


def read_progress(data: Mapping[str, str], tasks: Iterable[int]) -> dict[int, TypedProgress]:
    """The rows of a unit's month that the form brought, by task."""
    found = {}
    for task in tasks:
        if f"text-{task}" in data:
            found[task] = TypedProgress(
                text=_plain(data.get(f"text-{task}", "")),
                percent=_plain(data.get(f"percent-{task}", "")).rstrip("%％").strip(),
                state=data.get(f"state-{task}", "")[:12],
                seen=data.get(f"seen-{task}", "")[:40],
            )
    return found


def _plain(text: str) -> str:
    return without_invisible(text).replace("\0", "").replace("\r\n", "\n").strip()


@dataclass(frozen=True)
class TypedScore:
    score: str
    note: str
    problem: str = ""

    def value(self) -> tuple[Decimal | None, str]:
        """Raises ``ValueError`` with a sentence."""
        if len(self.note) > 300:
            raise ValueError("意见最多 300 字。")
        try:
            refuse_id_number(self.note)
        except ValidationError:
            raise ValueError("意见会原样显示，不能写身份证号。") from None
        if not self.score:
            if self.note:
                raise ValueError("写了意见，还要填分数。")
            return None, ""
        try:
            score = Decimal(self.score)
        except InvalidOperation:
            raise ValueError(f"“{self.score[:10]}”不是分数，请填 0 到 100，可带一位小数。") from None
        if not score.is_finite() or not 0 <= score <= 100 or score != round(score, 1):
            raise ValueError(f"“{self.score[:10]}”不是 0 到 100 的分数，最多一位小数。")
        return score, self.note


def read_scores(data: Mapping[str, str], items: Iterable[int], prefix: str) -> dict[int, TypedScore]:
    return {
        item: TypedScore(
            _plain(data.get(f"{prefix}-{item}", "")), _plain(data.get(f"{prefix}-note-{item}", ""))
        )
        for item in items
        if f"{prefix}-{item}" in data
    }
