"""Forms of payment batches: the request, the filters of the lists, the decision, the notes, the return file."""

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from eldercare.forms import StyledFormMixin, refuse_id_number, units_for_accounts
from eldercare.forms_imports import ACCEPTED
from eldercare.lists import ListFilterForm, search_field
from eldercare.models import OrgUnit, User
from subsidies.models import Band, Batch, Enrolment, Finding, ListedPerson, PaymentLine, Programme

LATEST = 24  # months to choose from


def month_choices(today: dt.date) -> list[tuple[str, str]]:
    first, choices = today.replace(day=1), []
    for _ in range(LATEST):
        choices.append((f"{first:%Y-%m}", f"{first.year}年{first.month}月"))
        first = (first - dt.timedelta(days=1)).replace(day=1)
    return choices


class RequestForm(StyledFormMixin, forms.Form):
    programme = forms.ModelChoiceField(
        label="补贴项目", queryset=Programme.objects.none(), empty_label="请选择"
    )
    month = forms.ChoiceField(label="月份")
    is_full_check = forms.BooleanField(
        label="全面复核",
        required=False,
        help_text="以前各月对所有人重算一遍，较慢；不选的只重算资料有变动的人。",
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["programme"].queryset = Programme.objects.visible_to(user)
        self.fields["month"].choices = month_choices(timezone.localdate())

    def clean_month(self) -> dt.date:
        return dt.datetime.strptime(self.cleaned_data["month"], "%Y-%m").date()


def reason_field(label: str, required: bool = True, length: int = 200) -> forms.CharField:
    return forms.CharField(
        label=label,
        required=required,
        max_length=length,
        validators=[refuse_id_number],
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class CancelForm(StyledFormMixin, forms.Form):
    reason = reason_field("作废原因")


class SendBackForm(StyledFormMixin, forms.Form):
    note = reason_field("退回意见", length=300)


class DecideForm(StyledFormMixin, forms.Form):
    """What shall become of the chosen findings."""

    UNDO = "undo"

    decision = forms.ChoiceField(
        label="处理",
        choices=[("", "请选择"), *Finding.Decision.choices, (UNDO, "撤回处理")],
        error_messages={"required": "请选择怎样处理：照发、暂缓、停发，或撤回处理。"},
    )
    end_reason = forms.ChoiceField(
        label="停发原因", required=False, choices=[("", "停发的请选"), *Enrolment.EndReason.choices]
    )
    reason = forms.CharField(
        label="理由",
        required=False,
        max_length=200,
        validators=[refuse_id_number],
        widget=forms.TextInput(attrs={"placeholder": "理由，如：电话核实本人健在", "autocomplete": "off"}),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        decision = data.get("decision")
        if decision and decision != self.UNDO and not data.get("reason"):
            self.add_error("reason", "请写明理由。")
        if decision == Finding.Decision.END and not data.get("end_reason"):
            self.add_error("end_reason", "停发的请选停发原因。")
        return data

    def sentence(self) -> str:
        """What is wrong, each with the name of its field."""
        named = ((self.fields[name].label, error) for name, errors in self.errors.items() for error in errors)
        return "".join(error if label in error else f"{label}：{error}" for label, error in named)


class UnitFilterForm(ListFilterForm):
    unit = forms.ModelChoiceField(
        label="镇(街道)",
        required=False,
        queryset=OrgUnit.objects.none(),
        to_field_name="code",
        empty_label="全部",
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if user.is_township:
            del self.fields["unit"]
        else:
            self.fields["unit"].queryset = units_for_accounts(user)


class LineFilterForm(UnitFilterForm):
    kind = forms.ChoiceField(label="种类", required=False, choices=[("", "全部"), *PaymentLine.Kind.choices])
    band = forms.ModelChoiceField(
        label="档次", required=False, queryset=Band.objects.none(), empty_label="全部"
    )
    state = forms.ChoiceField(
        label="状态", required=False, choices=[("", "全部"), *PaymentLine.State.choices]
    )
    finding = forms.ChoiceField(
        label="核对问题", required=False, choices=[("", "全部"), *Finding.Kind.choices]
    )
    q = search_field("姓名、收款人")

    def __init__(self, *args: Any, batch: Batch, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        bands = Band.objects.filter(
            version__programme=batch.programme_id, version__effective_from__lte=batch.month
        )
        self.fields["band"].queryset = bands.select_related("version").order_by(
            "-version__effective_from", "position", "pk"
        )
        self.fields["band"].label_from_instance = lambda band: (
            f"{band.label}（{band.version.effective_from:%Y-%m}起）"
        )


class FindingFilterForm(UnitFilterForm):
    kind = forms.ChoiceField(label="问题", required=False, choices=[("", "全部"), *Finding.Kind.choices])
    decision = forms.ChoiceField(
        label="处理",
        required=False,
        choices=[("", "全部"), ("open", "待处理"), *Finding.Decision.choices],
    )
    q = search_field("姓名、说明")


class TermFilterForm(UnitFilterForm):
    q = search_field("姓名")


class RecoveryFilterForm(UnitFilterForm):
    programme = forms.ModelChoiceField(
        label="补贴项目", required=False, queryset=Programme.objects.none(), empty_label="全部"
    )
    state = forms.ChoiceField(
        label="状态", required=False, choices=[("", "全部"), ("due", "应追"), ("settled", "已了结")]
    )
    q = search_field("姓名")

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, user=user, **kwargs)
        self.fields["programme"].queryset = Programme.objects.visible_to(user)


class ListedFilterForm(ListFilterForm):
    kind = forms.ChoiceField(label="名单", required=False, choices=[("", "全部"), *ListedPerson.Kind.choices])
    found = forms.ChoiceField(
        label="老年人名册", required=False, choices=[("", "全部"), ("yes", "在册"), ("no", "不在册")]
    )
    q = search_field("姓名、来源")


class ReturnForm(StyledFormMixin, forms.Form):
    file = forms.FileField(
        label="银行回盘文件",
        widget=forms.FileInput(attrs={"accept": ACCEPTED}),
        error_messages={
            "required": "请选择银行发回的文件。",
            "empty": "文件是空的，请核对是不是选错了文件。",
            "missing": "请选择银行发回的文件。",
        },
        help_text="列：序号、户名、账号、金额、结果（成功、失败）、失败原因、日期。序号为银行表上的序号。",
    )
    only_agreeing = forms.BooleanField(
        label="有不符的行时，仍登记相符的行",
        required=False,
        help_text="不符的行不登记，与银行核实后再上传一次。",
    )


class BounceForm(StyledFormMixin, forms.Form):
    """A payment that came back after the bank had reported it paid: the serial, and the name against a slip."""

    serial = forms.IntegerField(label="银行表序号", min_value=1, help_text="花名册第一列的序号。")
    name = forms.CharField(
        label="收款人姓名（户名）", max_length=80, help_text="与序号核对用，须与花名册一致。"
    )
    on = forms.DateField(
        label="退回日期",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": "日期请按 2025-06-30 的样式填写。"},
    )
    reason = forms.CharField(
        label="退回原因",
        max_length=80,
        validators=[refuse_id_number],
        widget=forms.TextInput(attrs={"placeholder": "如：账户已销户", "autocomplete": "off"}),
    )

    def clean_on(self) -> dt.date:
        return not_later_than_today(self.cleaned_data["on"])


class RefuseBounceForm(StyledFormMixin, forms.Form):
    note = reason_field("意见")


def not_later_than_today(day: dt.date) -> dt.date:
    if day > timezone.localdate():
        raise ValidationError("日期不能晚于今天。")
    return day


class SettleForm(StyledFormMixin, forms.Form):
    """Repaid or written off, wholly or in part."""

    amount = forms.DecimalField(label="金额(元)", max_digits=14, decimal_places=2, min_value=0)
    on = forms.DateField(
        label="日期",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": "日期请按 2025-06-30 的样式填写。"},
    )
    note = forms.CharField(label="依据", max_length=200, validators=[refuse_id_number])
    seen = forms.DecimalField(widget=forms.HiddenInput, required=False)

    def clean_amount(self) -> Any:
        amount = self.cleaned_data["amount"]
        if not amount:
            raise ValidationError("金额须大于 0。")
        return amount

    def clean_on(self) -> dt.date:
        return not_later_than_today(self.cleaned_data["on"])
