"""Forms of beds: the filter of the list, one bed, many new ones, many at once."""

import datetime as dt
import hashlib
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from eldercare.forms import StyledFormMixin, units_for_accounts
from eldercare.lists import ListFilterForm, search_field
from eldercare.models import OrgUnit, User
from facilities.actions.beds import ATTRIBUTES, EDITABLE, Change, Wanted
from facilities.forms.checked import CheckedMixin, LedgerForm, date_field
from facilities.models import Bed, Facility
from facilities.rules.beds import NumbersError, check_bed, parse_numbers

STATES = (
    ("in_use", "在用"),
    ("free", "在用，空床"),
    ("occupied", "在用，有人住"),
    ("paused", "暂停使用"),
    ("retired", "已停用"),
    ("future", "未启用"),
)


def facilities_of(user: User):
    """Names only: a list of choices does not need the qualifications."""
    found = Facility.objects.visible_to(user).select_related("org_unit").order_by("org_unit__code", "name")
    return found.only("name", "kind", "opened_on", "closed_on", "org_unit__name")


class FacilityChoice(forms.ModelChoiceField):
    """The county's list names the township first."""

    names_unit = False

    def label_from_instance(self, facility: Facility) -> str:
        return f"{facility.org_unit.name} · {facility.name}" if self.names_unit else facility.name

    def of(self, user: User) -> None:
        self.names_unit = not user.is_township
        self.queryset = facilities_of(user)


class PlaceFilterForm(ListFilterForm):
    """Township, facility and day: the beginning of every list about beds."""

    unit = forms.ModelChoiceField(
        label="镇(街道)",
        required=False,
        queryset=OrgUnit.objects.none(),
        to_field_name="code",
        empty_label="全部",
    )
    facility = FacilityChoice(
        label="机构(设施)", required=False, queryset=Facility.objects.none(), empty_label="全部"
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["facility"].of(user)
        if user.is_township:
            del self.fields["unit"]
        else:
            self.fields["unit"].queryset = units_for_accounts(user)


class BedFilterForm(PlaceFilterForm):
    kind = forms.ChoiceField(label="床位类型", required=False, choices=[("", "全部"), *Bed.Kind.choices])
    attribute = forms.ChoiceField(label="属性", required=False, choices=[("", "全部"), *ATTRIBUTES.items()])
    state = forms.ChoiceField(label="状态", required=False, choices=[("", "全部"), *STATES])
    day = date_field("状态日期", required=False, initial=timezone.localdate)
    q = search_field("房间、床号、机构")


class BedForm(LedgerForm):
    check = staticmethod(check_bed)

    class Meta:
        model = Bed
        fields = EDITABLE
        help_texts: ClassVar = {"room": "没有房间号的留空", "in_use_to": "当日起不再计数；在用的留空"}

    def facts(self, data: dict[str, Any]) -> dict[str, Any]:
        return data | {"facility_kind": self.instance.facility.kind}


class AddBedsForm(CheckedMixin, StyledFormMixin, forms.Form):
    """One or many new beds in one room. ``digest`` is what was previewed: another preview when it differs."""

    check = staticmethod(check_bed)

    facility = FacilityChoice(label="机构(设施)", queryset=Facility.objects.none(), empty_label="请选择")
    room = forms.CharField(label="房间", required=False, max_length=30, help_text="没有房间号的留空。")
    numbers = forms.CharField(
        label="床号",
        max_length=2000,
        help_text="可写一个、多个或一段：1-20,22；A01-A12。前面的 0 会保留。",
    )
    kind = forms.ChoiceField(label="床位类型", choices=Bed.Kind.choices)
    attributes = forms.MultipleChoiceField(
        label="属性",
        required=False,
        choices=list(ATTRIBUTES.items()),
        widget=forms.CheckboxSelectMultiple,
        help_text="可多选，自启用日期起具有。",
    )
    in_use_from = date_field("启用日期")
    note = forms.CharField(label="备注", required=False, max_length=100)
    skip_existing = forms.BooleanField(label="跳过已有的床号", required=False)
    digest = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["facility"].of(user)

    def clean_numbers(self) -> list[str]:
        try:
            return parse_numbers(self.cleaned_data["numbers"])
        except NumbersError as error:
            raise ValidationError(str(error)) from None

    def facts(self, data: dict[str, Any]) -> dict[str, Any]:
        facility = data.get("facility")
        held = dict.fromkeys(data.get("attributes") or (), True)
        return data | held | ({"facility_kind": facility.kind} if facility else {})

    def digest_of(self, existing: list[str]) -> str:
        data = self.cleaned_data
        parts = [data["facility"].pk, data["room"], data["numbers"], data["kind"], data["attributes"]]
        text = repr([*parts, data["in_use_from"].isoformat(), data["note"], existing])
        return hashlib.sha256(text.encode()).hexdigest()[:16]


class ManyBedsForm(StyledFormMixin, forms.Form):
    """What shall happen to the chosen beds, and from when on."""

    change = forms.ChoiceField(label="操作", choices=Change.choices)
    day = date_field("日期", help_text="从这一天起；停用的当日起不再计入床位数。")
    last_day = date_field("暂停至", required=False, help_text="暂停使用的最后一天，未定的留空。")
    attribute = forms.ChoiceField(label="属性", required=False, choices=list(ATTRIBUTES.items()))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        change = self.data.get("change")
        if change != Change.PAUSE:
            del self.fields["last_day"]
        if change not in (Change.BEGIN, Change.END):
            del self.fields["attribute"]

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        day, last = data.get("day"), data.get("last_day")
        if day and last and last < day:
            self.add_error("last_day", "最后一天不能早于开始日期。")
        return data

    def wanted(self) -> Wanted:
        data = self.cleaned_data
        last = data.get("last_day")
        return Wanted(
            Change(data["change"]),
            data["day"],
            attribute=data.get("attribute") or "",
            until=last + dt.timedelta(days=1) if last else None,
        )
