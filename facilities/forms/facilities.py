"""Forms of the facilities."""

import datetime as dt
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils import timezone

from eldercare.encryption import Confidential
from eldercare.forms import StyledFormMixin
from eldercare.identity import check_credit_code, check_phone, name_key
from eldercare.lists import ListFilterForm, search_field
from eldercare.models import OrgUnit, User
from eldercare.spells import HOW, Spells
from facilities.forms.spell_rows import NOW, SINCE, SpellRow, SpellRowsMixin
from facilities.models import QUALIFICATIONS, Facility, FacilityRating, FacilityVillage
from facilities.models.facilities import rating_label
from facilities.pages.facilities import GROUPS, qualification_label
from facilities.rules.facilities import check_facility

PLAIN = (
    "name", "kind", "operation", "sponsor", "owner", "operator", "credit_code", "opened_on", "upgraded_on",
    "org_unit", "village", "setting", "address", "contact", "phone", "rehab_room_count",
)  # fmt: skip
RATING_LEVELS = [
    *(("star", level) for level in range(5, 0, -1)),
    *(("center", level) for level in range(5, 0, -1)),
    *(("food", level) for level in range(3, 0, -1)),
]
RATINGS = [(f"{scheme}-{level}", rating_label(scheme, level)) for scheme, level in RATING_LEVELS]


def date_input(**attrs: str) -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date", **attrs}, format="%Y-%m-%d")


def townships_of(by: User) -> Any:
    return OrgUnit.objects.visible_to(by).as_of(timezone.localdate()).townships().order_by("code")


class FacilityFilterForm(ListFilterForm):
    STATES = (("open", "运营中"), ("closed", "已停办"), ("all", "全部"))

    q = search_field("名称、运营单位、信用代码")
    unit = forms.ModelChoiceField(
        label="镇(街道)",
        required=False,
        queryset=OrgUnit.objects.none(),
        to_field_name="code",
        empty_label="全部镇(街道)",
    )
    kind = forms.ChoiceField(
        label="设施类别", required=False, choices=[("", "全部类别"), *Facility.Kind.choices]
    )
    operation = forms.ChoiceField(
        label="运营方式", required=False, choices=[("", "全部方式"), *Facility.Operation.choices]
    )
    state = forms.ChoiceField(label="状态", required=False, choices=STATES, initial="open")
    day = forms.DateField(label="截至日期", required=False, widget=date_input(), initial=timezone.localdate)
    has = forms.ChoiceField(label="具备资质", required=False)
    lacks = forms.ChoiceField(label="不具备资质", required=False)
    rating = forms.ChoiceField(
        label="等级", required=False, choices=[("", "不限"), ("none", "没有评定"), *RATINGS]
    )

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if by.is_township:
            del self.fields["unit"]
        else:
            self.fields["unit"].queryset = townships_of(by)
        grouped = [(title, [(name, qualification_label(name)) for name in names]) for title, names in GROUPS]
        for name in ("has", "lacks"):
            self.fields[name].choices = [("", "不限"), *grouped]


class FacilityForm(SpellRowsMixin, StyledFormMixin, forms.ModelForm):
    """Registers or changes a facility. The rules are those of an upload; odd things are said on its page."""

    spell_names = QUALIFICATIONS
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = Facility
        fields = (*PLAIN, *QUALIFICATIONS)
        widgets: ClassVar = {"opened_on": date_input(), "upgraded_on": date_input()}
        help_texts: ClassVar = {
            "credit_code": "18 位，照登记证抄写；没有登记的不填。",
            "upgraded_on": "没有改造提升的不填。",
            "org_unit": "",
        }

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = timezone.localdate()
        self.by = by
        if by.is_township:
            del self.fields["org_unit"]
            if self.instance.pk is None:
                self.instance.org_unit = by.org_unit
        else:
            self._offer_units()
        self._offer_villages()
        for name, words in (
            ("kind", "请选择类别"),
            ("operation", "请选择运营方式"),
            ("sponsor", "未填"),
            ("setting", "未填"),
        ):
            self.fields[name].choices = [("", words), *self.fields[name].choices[1:]]
        self.add_rows()

    def _offer_units(self) -> None:
        field = self.fields["org_unit"]
        today_ = OrgUnit.objects.visible_to(self.by).as_of(self.today)
        levels = (OrgUnit.Level.COUNTY, OrgUnit.Level.TOWNSHIP)
        field.queryset = today_.filter(level__in=levels).order_by("level", "code")
        field.empty_label = "请选择镇(街道)"
        field.label_from_instance = lambda unit: (
            f"{unit.name}(县本级)" if unit.level == OrgUnit.Level.COUNTY else unit.name
        )

    def _offer_villages(self) -> None:
        field = self.fields["village"]
        villages = OrgUnit.objects.visible_to(self.by).filter(level=OrgUnit.Level.VILLAGE)
        found = list(villages.as_of(self.today).select_related("parent").order_by("code"))
        field.queryset = villages
        field.required = False
        groups: dict[str, list[tuple[int, str]]] = {}
        for village in found:
            groups.setdefault(village.parent.name, []).append((village.pk, village.name))
        current = self.instance.village
        if current and current not in found:
            groups.setdefault("已撤并", []).append((current.pk, current.name))
        one = len(groups) == 1
        options = next(iter(groups.values())) if one else list(groups.items())
        field.choices = [("", "未填"), *options]

    @property
    def groups(self) -> list[tuple[str, list[SpellRow]]]:
        return [(title, list(self.rows(names))) for title, names in GROUPS]

    def clean_credit_code(self) -> str:
        code = self.cleaned_data["credit_code"]
        return check_credit_code(code).value if code else ""

    def clean_phone(self) -> str:
        phone = self.cleaned_data["phone"]
        if not phone or isinstance(phone, Confidential):  # as stored
            return phone
        checked = check_phone(phone)
        if checked.findings:
            raise ValidationError([each.message for each in checked.findings])
        return checked.value

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        self.clean_rows(data, since_default=data.get("opened_on"))
        unit = data.get("org_unit") or (self.instance.org_unit if self.by.is_township else None)
        row = {name: data[name] for name in PLAIN if name in data}
        row |= {
            name: data[name].on(self.today) for name in QUALIFICATIONS if isinstance(data.get(name), Spells)
        }
        row |= {
            "org_unit": unit and unit.code,
            "village": data["village"].code if data.get("village") else "",
        }
        row["closed_on"] = self.instance.closed_on
        for remark in check_facility(row, today=self.today):
            if remark.is_error:
                self.add_error(remark.key if remark.key in self.fields else None, remark.message)
        self._check_name(data.get("name"), unit)
        village = data.get("village")
        if (
            village
            and unit
            and unit.level == OrgUnit.Level.TOWNSHIP
            and not unit.contains(village)
            and "village" not in self.errors
        ):
            self.add_error("village", "这个村(社区)不属于所填的镇(街道)，请改其中一个。")
        return data

    def _check_name(self, name: str | None, unit: OrgUnit | None) -> None:
        if not name or not unit:
            return
        taken = Facility.objects.filter(org_unit=unit, name_key=name_key(name)).exclude(pk=self.instance.pk)
        if taken.exists():
            self.add_error("name", f"{unit}已有同名的设施，请核对是否重复登记。")

    def values(self) -> dict[str, Any]:
        """What the action writes, by field of the model."""
        return {
            name: self.cleaned_data[name] for name in (*PLAIN, *QUALIFICATIONS) if name in self.cleaned_data
        }


def rebased(data: QueryDict, *, seen: FacilityForm, fresh: FacilityForm, version: int) -> QueryDict:
    """What was typed, on top of what is stored now: fields that nobody touched here take the newer value.

    ``seen`` is the form bound to ``data`` over the older row, ``fresh`` an unbound one over the row of now.
    """
    touched = {each.removesuffix(NOW).removesuffix(SINCE) for each in seen.changed_data}
    merged = data.copy()
    for name, field in fresh.fields.items():
        if name.removesuffix(NOW).removesuffix(SINCE) in touched:
            continue
        text = _as_typed(fresh.get_initial_for_field(field, name))
        merged.pop(name, None)
        if text:
            merged[name] = text
    merged["seen"] = str(version)
    return merged


def _as_typed(value: Any) -> str:
    if value is None or value is False:
        return ""
    if value is True:
        return "on"
    return value.isoformat() if isinstance(value, dt.date) else str(value)


class RatingForm(StyledFormMixin, forms.ModelForm):
    rating = forms.ChoiceField(
        label="等级",
        choices=[
            ("", "请选择等级"),
            ("养老机构等级", RATINGS[:5]),
            ("居家养老服务中心等级", RATINGS[5:10]),
            ("食品安全量化等级", RATINGS[10:]),
        ],
    )

    class Meta:
        model = FacilityRating
        fields = ("issued_on", "expires_on")
        widgets: ClassVar = {"issued_on": date_input(), "expires_on": date_input()}

    field_order = ("rating", "issued_on", "expires_on")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["rating"] = f"{self.instance.scheme}-{self.instance.level}"

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        scheme, _, level = data.get("rating", "").partition("-")
        if level:
            self.instance.scheme, self.instance.level = scheme, int(level)
        issued, expires = data.get("issued_on"), data.get("expires_on")
        if issued and issued > timezone.localdate():
            self.add_error("issued_on", "评定日期还没有到，请核对。")
        if issued and expires and expires < issued:
            self.add_error("expires_on", "有效期早于评定日期，请核对。")
        return data


class CoverageForm(StyledFormMixin, forms.Form):
    """Several villages of the township at once."""

    villages = forms.ModelMultipleChoiceField(
        label="村(社区)",
        queryset=OrgUnit.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "请至少勾选一个村(社区)。"},
    )
    since = forms.DateField(label="自何时起覆盖", widget=date_input())

    def __init__(self, *args: Any, facility: Facility, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        today = timezone.localdate()
        covered = [each.village_id for each in facility.coverage.filter(covered__on=today)]
        units = OrgUnit.objects.within(facility.org_unit).as_of(today)
        self.fields["villages"].queryset = (
            units.filter(level=OrgUnit.Level.VILLAGE).exclude(pk__in=covered).order_by("code")
        )
        self.fields["since"].initial = today


class CoveragePeriodsForm(StyledFormMixin, forms.ModelForm):
    class Meta:
        model = FacilityVillage
        fields = ("covered",)
        widgets: ClassVar = {"covered": forms.Textarea(attrs={"rows": 3})}
        help_texts: ClassVar = {"covered": f"{HOW}。"}


class CloseForm(StyledFormMixin, forms.Form):
    closed_on = forms.DateField(label="停办日期", widget=date_input(), help_text="从这一天起不再计数。")
    reason = forms.CharField(label="停办原因", max_length=200, widget=forms.Textarea(attrs={"rows": 2}))
    confirmed = forms.BooleanField(
        label="已知悉上述情况，会及时办理床位停用、老人转出和人员离职登记",
        error_messages={"required": "请先核对上面列出的情况并勾选确认。"},
    )

    def __init__(self, *args: Any, needs_confirmation: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not needs_confirmation:
            del self.fields["confirmed"]


class ReasonForm(StyledFormMixin, forms.Form):
    reason = forms.CharField(label="恢复原因", max_length=200, widget=forms.Textarea(attrs={"rows": 2}))
