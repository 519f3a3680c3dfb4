"""The form of a rule version: its settings, its bands as a table, its funding shares."""

from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.forms import BaseFormSet, formset_factory
from django.forms.utils import ErrorDict, ErrorList
from django.http import QueryDict

from eldercare.expressions import ExpressionError
from eldercare.forms import StyledFormMixin
from subsidies.actions.rule_versions import BAND_FIELDS, TEXTS, stamp_of
from subsidies.engine.drafts import RULES
from subsidies.forms.programmes import MonthField
from subsidies.models import Ability, Band, FundingShare, Programme, RuleVersion
from subsidies.pages.programmes import ECONOMICS, LIVINGS
from subsidies.rules.facts import condition, quantities
from subsidies.rules.programmes import BandRow, shares_problem

ELDERS_ONLY = ("population", "death", "moving_out", "certification", "resume_months")
BAND_ELDERS_ONLY = ("age_from", "age_to", "abilities", "economics", "livings")
MOST_BANDS = 60
BANDS, SHARES = "bands", "shares"


def read(beneficiary: str, text: str) -> str:
    """``text`` if it is a condition; ValidationError with the place if not."""
    try:
        condition(beneficiary, text)
    except ExpressionError as error:
        raise forms.ValidationError(str(error), code="expression") from None
    return text


class VersionForm(StyledFormMixin, forms.ModelForm):
    effective_from = MonthField(label="执行起始月")
    pay_months = forms.TypedMultipleChoiceField(
        label="发放月份",
        required=False,
        coerce=int,
        choices=[(number, f"{number}月") for number in range(1, 13)],
        widget=forms.CheckboxSelectMultiple,
        help_text="每年只在勾选的月份发放；都不勾为每月发放。",
    )
    start_offset = forms.TypedChoiceField(label="起发月", coerce=int, choices=[(0, "当月"), (1, "次月")])
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = RuleVersion
        fields = (*TEXTS, *RULES)
        widgets: ClassVar = {"eligibility": forms.Textarea(attrs={"rows": 2, "spellcheck": "false"})}
        help_texts: ClassVar = {
            "document_number": "如 盐民〔2026〕12号。",
            "eligibility": "如 age >= 80 and low_income；可用的名称列在页面最下面。",
            "start_offset": "从申请(批准)的当月还是次月起发；“符合条件起”不看这一项。",
            "back_pay": "“符合条件起”的总是补到符合条件之月。",
            "back_pay_months": "补发选“最多补若干个月”时填。",
            "resume_months": "暂停期间最多补几个月；0 为不补。",
        }

    def __init__(self, *args: Any, programme: Programme, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.beneficiary = programme.beneficiary
        if self.beneficiary != Programme.Beneficiary.ELDER:
            for name in ELDERS_ONLY:
                del self.fields[name]
        if self.instance.pk:
            self.fields["seen"].initial = stamp_of(self.instance)
        if "moving_out" in self.fields:
            by_day = RuleVersion.Stop.BY_DAY
            self.fields["moving_out"].choices = [
                each for each in RuleVersion.Stop.choices if each[0] != by_day
            ]

    def clean_eligibility(self) -> str:
        return read(self.beneficiary, self.cleaned_data["eligibility"])

    def clean_pay_months(self) -> list[int]:
        return sorted(self.cleaned_data["pay_months"])

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        back_pay = data.get("back_pay")
        if back_pay == RuleVersion.BackPay.MONTHS and not data.get("back_pay_months"):
            self.add_error("back_pay_months", "请填最多补几个月。")
        return data

    def _post_clean(self) -> None:
        """The action writes, and puts constraints into words."""

    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in (*TEXTS, *RULES) if name in self.cleaned_data}


class BandForm(StyledFormMixin, forms.Form):
    """A row of the table; a new row without name and amount is no band."""

    pk = forms.IntegerField(required=False, widget=forms.HiddenInput)
    position = forms.IntegerField(
        label="顺序", required=False, min_value=1, max_value=999, widget=forms.NumberInput
    )
    label = forms.CharField(label="档次", max_length=60)
    age_from = forms.IntegerField(label="年龄从", required=False, min_value=0, max_value=130)
    age_to = forms.IntegerField(label="年龄到", required=False, min_value=0, max_value=130)
    abilities = forms.TypedMultipleChoiceField(
        label="能力等级",
        required=False,
        coerce=int,
        choices=Ability.choices,
        widget=forms.CheckboxSelectMultiple,
    )
    economics = forms.MultipleChoiceField(
        label="经济类别", required=False, choices=ECONOMICS, widget=forms.CheckboxSelectMultiple
    )
    livings = forms.MultipleChoiceField(
        label="居住方式", required=False, choices=LIVINGS, widget=forms.CheckboxSelectMultiple
    )
    condition = forms.CharField(
        label="其他条件",
        required=False,
        max_length=300,
        widget=forms.TextInput(attrs={"spellcheck": "false", "placeholder": "写法同享受条件"}),
    )
    amount = forms.DecimalField(label="金额(元)", min_value=Decimal(0), max_digits=14, decimal_places=4)
    quantity = forms.ChoiceField(label="乘以", required=False)
    cap = forms.DecimalField(
        label="最高(元)", required=False, min_value=Decimal(0), max_digits=14, decimal_places=2
    )
    hours = forms.DecimalField(
        label="服务时数", required=False, min_value=Decimal(0), max_digits=6, decimal_places=1
    )

    def __init__(self, *args: Any, beneficiary: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.beneficiary = beneficiary
        named = [(name, fact.label) for name, fact in quantities(beneficiary).items()]
        self.fields["quantity"].choices = [("", "按人(个)"), *named]
        if beneficiary != Programme.Beneficiary.ELDER:
            for name in BAND_ELDERS_ONLY:
                del self.fields[name]

    def clean_condition(self) -> str:
        text = self.cleaned_data["condition"]
        return read(self.beneficiary, text) if text else ""

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        first, last = data.get("age_from"), data.get("age_to")
        if first is not None and last is not None and last < first:
            self.add_error("age_to", "小于“年龄从”，请核对。")
        return data

    def values(self) -> dict[str, Any]:
        data = {"age_from": None, "age_to": None, "abilities": [], "economics": [], "livings": []}
        data |= {name: self.cleaned_data[name] for name in BAND_FIELDS if name in self.cleaned_data}
        return data | {"pk": self.cleaned_data.get("pk")}


class BandFormSet(BaseFormSet):
    def add_fields(self, form: forms.Form, index: int | None) -> None:
        super().add_fields(form, index)
        form.fields["DELETE"].label = "删除"
        form.fields["DELETE"].widget.attrs["class"] = "form-check-input"

    def rows(self) -> list[dict[str, Any]]:
        """The bands that stay, numbered from 1 in the order of what was typed; rows without a number last."""
        kept = [
            form.values()
            for form in self.forms
            if form not in self.deleted_forms and (form.initial or form.has_changed())
        ]
        kept.sort(key=lambda each: each["position"] or MOST_BANDS * 100)
        return [each | {"position": number} for number, each in enumerate(kept, 1)]


Bands = formset_factory(
    BandForm, formset=BandFormSet, extra=1, can_delete=True, max_num=MOST_BANDS, validate_max=True
)


def band_forms(version: RuleVersion, programme: Programme, data: QueryDict | None = None) -> BandFormSet:
    stored = [
        {name: getattr(band, name) for name in BAND_FIELDS} | {"pk": band.pk, "amount": _plain(band.amount)}
        for band in (version.bands.all() if version.pk else Band.objects.none())
    ]
    return Bands(data, initial=stored, prefix=BANDS, form_kwargs={"beneficiary": programme.beneficiary})


def _plain(amount: Decimal) -> Decimal:
    """80 and not 80.0000."""
    whole = amount.normalize()
    return whole.quantize(Decimal(1)) if whole.as_tuple().exponent > 0 else whole


def with_one_more(data: QueryDict) -> QueryDict:
    """What was typed, with one more empty row of bands."""
    more = data.copy()
    total = more.get(f"{BANDS}-TOTAL_FORMS", "0")
    number = int(total) if total.isascii() and total.isdigit() and len(total) < 4 else 0
    more[f"{BANDS}-TOTAL_FORMS"] = str(min(number + 1, MOST_BANDS))
    return more


class SharesForm(StyledFormMixin, forms.Form):
    """A percentage by source; empty: bears nothing."""

    def __init__(self, data: QueryDict | None = None, *, version: RuleVersion) -> None:
        stored = {each.source: _plain(each.percent) for each in version.shares.all()} if version.pk else {}
        super().__init__(data, prefix=SHARES, initial=stored)
        for source in FundingShare.Source:
            self.fields[source.value] = forms.DecimalField(
                label=f"{source.label}(%)",
                required=False,
                min_value=Decimal(0),
                max_value=Decimal(100),
                max_digits=5,
                decimal_places=2,
                initial=stored.get(source.value),
                widget=forms.NumberInput(attrs={"class": "form-control", "step": "0.01"}),
            )

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if not self.errors and (problem := shares_problem(self.values().values())):
            raise forms.ValidationError(problem)
        return data

    def values(self) -> dict[str, Decimal]:
        return {source: percent for source, percent in self.cleaned_data.items() if percent}


class WholeVersion:
    """The three forms of one page, checked together."""

    def __init__(self, version: RuleVersion, programme: Programme, data: QueryDict | None = None) -> None:
        self.settings = VersionForm(data, instance=version, programme=programme)
        self.bands = band_forms(version, programme, data)
        self.shares = SharesForm(data, version=version)

    def is_valid(self) -> bool:
        valid = [
            each.is_valid() for each in (self.settings, self.bands, self.shares)
        ]  # each says what is wrong
        return all(valid)

    def without_errors(self) -> "WholeVersion":
        """For a page that was only asked for one more row."""
        for form in (self.settings, self.shares, *self.bands.forms):
            form._errors = ErrorDict()
        self.bands._errors, self.bands._non_form_errors = [{} for _ in self.bands.forms], ErrorList()
        return self

    def band_rows(self) -> list[BandRow]:
        names = [name for name in BAND_FIELDS if name != "position"]
        return [BandRow(**{name: each[name] for name in names}) for each in self.bands.rows()]


class CopyForm(StyledFormMixin, forms.Form):
    effective_from = MonthField(label="新版本执行起始月")
    document_number = forms.CharField(
        label="新文件文号", max_length=60, help_text="如 盐民〔2026〕12号；还没有文号的写“待发文”。"
    )
