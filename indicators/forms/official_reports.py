"""What the forms of the official report bring."""

import datetime as dt
import re

from django import forms

from eldercare.forms import StyledFormMixin, refuse_id_number
from eldercare.lists import ListFilterForm, search_field
from eldercare.models import OrgUnit, User
from indicators.models import Adoption, IndicatorValue, OfficialReport, Plan
from indicators.pages.official_text import SECTIONS
from indicators.rules.official import ends_a_period

MONTHS_OFFERED = 36
TEXT_LENGTH = 20_000
NUMBER = re.compile(r"[一-鿿]+〔\d{4}〕[1-9]\d*号")


class StartForm(StyledFormMixin, forms.Form):
    """Only months with published figures can be chosen."""

    kind = forms.ChoiceField(label="种类", choices=OfficialReport.Kind.choices)
    month = forms.TypedChoiceField(
        label="截至月份",
        coerce=dt.date.fromisoformat,
        help_text="月报为当月；半年报选6月或12月，年报选12月。",
    )
    plan = forms.ModelChoiceField(
        label="规划", queryset=Plan.objects.none(), required=False, empty_label="当月执行的全部规划"
    )

    def __init__(self, *args, county: OrgUnit, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.county = county
        months = (
            IndicatorValue.objects.filter(org_unit=county)
            .order_by("-month")
            .values_list("month", flat=True)
            .distinct()[:MONTHS_OFFERED]
        )
        self.fields["month"].choices = [
            (month.isoformat(), f"{month.year}年{month.month}月") for month in months
        ]
        self.fields["plan"].queryset = Plan.objects.filter(adoptions__org_unit=county).order_by("code")
        self.fields["plan"].label_from_instance = lambda plan: plan.short_title

    def clean(self) -> dict:
        data = super().clean()
        kind, month, plan = data.get("kind"), data.get("month"), data.get("plan")
        if kind and month and not ends_a_period(kind, month):
            wanted = "12月" if kind == OfficialReport.Kind.YEAR else "6月或12月"
            self.add_error("month", f"{OfficialReport.Kind(kind).label}的截至月份应为{wanted}。")
        if plan and month:
            adoption = Adoption.objects.in_force(month).filter(plan=plan, org_unit=self.county)
            if not adoption.exists():
                self.add_error("plan", f"{month.year}年{month.month}月没有执行《{plan.short_title}》。")
        return data


class EditForm(StyledFormMixin, forms.Form):
    """Heading and text; one field for each section."""

    title = forms.CharField(label="标题", max_length=80)
    document_number = forms.CharField(
        label="文号",
        max_length=40,
        required=False,
        help_text="如 海民〔2026〕12号，年份用六角括号；没有文号可以不填。",
    )
    addressee = forms.CharField(label="主送单位", max_length=80, required=False, help_text="如 市民政局。")
    signatory = forms.CharField(label="署名", max_length=60)
    signed_on = forms.DateField(
        label="成文日期",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="不填为定稿当日。",
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    def clean_document_number(self) -> str:
        text = re.sub(r"\s", "", self.cleaned_data["document_number"])
        text = re.sub(r"[\[(（【［﹝](\d{4})[\])）】］﹞]", r"〔\1〕", text)
        if text and not NUMBER.fullmatch(text):
            raise forms.ValidationError(
                "文号应如“海民〔2026〕12号”：机关代字、年份、序号，不加“第”，不补 0。"
            )
        return text

    @property
    def head(self) -> dict:
        return {
            name: value
            for name, value in self.cleaned_data.items()
            if not name.startswith(("text-", "version"))
        }

    @property
    def texts(self) -> dict[str, str]:
        return {key: self.cleaned_data[f"text-{key}"] for key in SECTIONS}

    @property
    def heading_fields(self) -> list:
        return [self[name] for name in ("title", "document_number", "addressee", "signatory", "signed_on")]


for _key, _title in SECTIONS.items():
    EditForm.base_fields[f"text-{_key}"] = forms.CharField(
        label=_title,
        max_length=TEXT_LENGTH,
        required=False,
        widget=forms.Textarea(attrs={"rows": 9}),
        validators=[refuse_id_number],
    )


class SealForm(StyledFormMixin, forms.Form):
    stamp = forms.CharField(max_length=64, widget=forms.HiddenInput)
    accept_missing = forms.BooleanField(label="知悉上述单位未报齐，按现有数据定稿", required=False)


class ReportFilterForm(ListFilterForm):
    kind = forms.ChoiceField(
        label="种类", required=False, choices=[("", "全部"), *OfficialReport.Kind.choices]
    )
    status = forms.ChoiceField(
        label="状态", required=False, choices=[("", "全部"), *OfficialReport.Status.choices]
    )
    year = forms.ChoiceField(label="年份", required=False)
    q = search_field("标题、文号")

    def __init__(self, *args, user: User, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        years = OfficialReport.objects.visible_to(user).dates("month", "year", order="DESC")
        self.fields["year"].choices = [("", "全部"), *((str(day.year), f"{day.year}年") for day in years)]
