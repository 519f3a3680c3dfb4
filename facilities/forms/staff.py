"""Forms of the staff pages. What the rules say lands beside the field; warnings wait until they are ticked."""

import datetime as dt
import hashlib
from itertools import groupby
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone

from eldercare.encryption import EncryptedField
from eldercare.forms import StyledFormMixin
from eldercare.history import version_of
from eldercare.identity import check_id_number, check_phone
from eldercare.models import OrgUnit, User
from facilities.actions.staff import COUNTY_ONLY, IDENTITY, posts_elsewhere
from facilities.models import Caregiver, Certificate, Employment, Facility, Training
from facilities.rules.remarks import Remark
from facilities.rules.staff import check_post

BLOCKING = frozenset({"id_reason"})  # a warning that is settled by a reason, not by a tick


def day_input() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


DAY_ERROR = {"invalid": "日期请按 2025-06-30 的样式填写。"}


class FacilityChoices(forms.models.ModelChoiceIterator):
    """Facilities under the name of their township; without groups where there is one township only."""

    def __iter__(self):
        yield ("", self.field.empty_label or "---------")
        rows = self.queryset.select_related("org_unit").order_by("org_unit__code", "kind", "name")
        groups = [(unit, list(found)) for unit, found in groupby(rows, key=lambda row: row.org_unit.name)]
        for unit, found in groups:
            options = [self.choice(each) for each in found]
            if len(groups) > 1:
                yield (unit, options)
            else:
                yield from options


class FacilityField(forms.ModelChoiceField):
    iterator = FacilityChoices

    def label_from_instance(self, facility: Facility) -> str:
        return f"{facility.name}（已停办）" if facility.closed_on else facility.name


class LedgerForm(StyledFormMixin, forms.ModelForm):
    """Edits a copy: the action writes. ``seen`` is the version of the row that the person had in view."""

    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.warnings: list[str] = []
        self.fields["seen"].initial = version_of(self.instance) if self.instance.pk else 0
        for field in self.fields.values():
            if isinstance(field, forms.DateField):
                field.widget = day_input()
                field.widget.attrs["class"] = "form-control"
                field.error_messages |= DAY_ERROR

    def clean_seen(self) -> int:
        return self.cleaned_data["seen"] or 0

    def _post_clean(self) -> None:
        """The instance stays as it is in the database, for the page that shows both; the action writes."""

    def changes(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self._meta.fields if name in self.cleaned_data}

    def catch_up(self) -> list[tuple[str, str, str]]:
        """After a conflict: label, as it is now, as it was typed. Saving again is then meant."""
        now = type(self.instance)._base_manager.filter(pk=self.instance.pk).first()
        if now is None:
            return []
        self.data = self.data.copy()
        self.data[self.add_prefix("seen")] = str(version_of(now))
        found = []
        for name, typed in self.changes().items():
            if typed == getattr(now, name):
                continue
            column = now._meta.get_field(name)
            found.append(
                (str(column.verbose_name), _shown(column, getattr(now, name)), _shown(column, typed))
            )
        return found


def _shown(column: models.Field, value: Any) -> str:
    if value in (None, ""):
        return "（空）"
    if isinstance(column, EncryptedField):
        return str(column.wrap(value))
    if column.flatchoices:
        return str(dict(column.flatchoices).get(value, value))
    if isinstance(value, bool):
        return "是" if value else "否"
    return str(value)


class PersonForm(LedgerForm):
    class Meta:
        model = Caregiver
        fields = ("name", "id_number", "id_reason", "sex", "born_on", "phone", "education")
        help_texts = {  # noqa: RUF012
            "id_number": "18 位；填写后自动带出出生日期和性别。",
            "id_reason": "校验不通过而确认无误的，写明依据。",
        }

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["id_number"].widget.attrs |= {
            "data-id-number": "",
            "autocomplete": "off",
            "spellcheck": "false",
        }
        self.fields["phone"].widget.attrs["autocomplete"] = "off"
        for name in ("sex", "education"):
            self.fields[name].choices = [("", "未填"), *Caregiver._meta.get_field(name).choices]
        self.is_shared = bool(self.instance.pk) and posts_elsewhere(self.instance, by).exists()
        if self.is_shared:
            for name in IDENTITY:
                self.fields[name].disabled = True
            self.fields["id_number"].help_text = COUNTY_ONLY

    def clean_name(self) -> str:
        return " ".join(self.cleaned_data["name"].split())

    def clean_id_number(self) -> str:
        return check_id_number(self.cleaned_data["id_number"]).value

    def clean_phone(self) -> str:
        value = self.cleaned_data["phone"]
        return check_phone(value).value if value else value

    def clean(self) -> dict:
        """The number fills what was left empty; what was typed stays, and is compared by the rules."""
        data = super().clean()
        if data.get("id_number") and not self.is_shared:
            checked = check_id_number(data["id_number"])
            data["born_on"] = data.get("born_on") or (
                checked.birth_date if checked.usable and "born_on" not in self.errors else None
            )
            data["sex"] = data.get("sex") or (checked.sex.value if checked.usable and checked.sex else "")
        return data


class PostForm(LedgerForm):
    facility = FacilityField(
        label="机构(设施)", required=False, queryset=Facility.objects.none(), empty_label="请选择机构"
    )

    class Meta:
        model = Employment
        fields = ("role", "workplace", "facility", "org_unit", "employed_from", "employed_to")
        help_texts = {"employed_to": "在职的不填；当日起不再计数。"}  # noqa: RUF012

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by = by
        self.fields["facility"].queryset = Facility.objects.visible_to(by)
        self.fields["role"].choices = [("", "请选择岗位"), *Employment.Role.choices]
        self.fields["workplace"].widget.attrs["data-workplace"] = ""
        unit = self.fields["org_unit"]
        unit.required = False
        unit.queryset = units_of(by)
        unit.empty_label = "请选择镇(街道)"
        unit.help_text = "在村(社区)或社会组织工作的才选；在机构的随机构。"
        if by.is_township:
            unit.widget, unit.disabled, unit.initial = forms.HiddenInput(), True, by.org_unit
            self.initial["org_unit"] = by.org_unit_id

    def clean(self) -> dict:
        data = super().clean()
        place, facility = data.get("workplace"), data.get("facility")
        if place == Employment.Workplace.FACILITY:
            if facility is None and "facility" not in self.errors:
                self.add_error("facility", "请选择所在机构。")
            elif facility is not None:
                data["org_unit"] = facility.org_unit
        elif place:
            data["facility"] = None
            if data.get("org_unit") is None:
                self.add_error("org_unit", "请选择所在镇(街道)。")
        return data


def units_of(user: User) -> models.QuerySet[OrgUnit]:
    """Townships and the county itself, as far as the user sees them, as they are today."""
    levels = (OrgUnit.Level.COUNTY, OrgUnit.Level.TOWNSHIP, OrgUnit.Level.REPORTING)
    return (
        OrgUnit.objects.visible_to(user).as_of(timezone.localdate()).filter(level__in=levels).order_by("code")
    )


class EndForm(LedgerForm):
    class Meta:
        model = Employment
        fields = ("employed_to",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["employed_to"].required = True
        self.fields["employed_to"].help_text = "当日起不再计数。"


class CertificateForm(LedgerForm):
    class Meta:
        model = Certificate
        fields = ("kind", "level", "number", "issued_on", "expires_on")
        help_texts = {  # noqa: RUF012
            "level": "职业技能等级证书和旧职业资格证书才有。",
            "expires_on": "当日仍有效；长期的不填。",
        }

    def __init__(self, *args: Any, is_optional: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.is_optional = is_optional
        self.fields["kind"].choices = [
            ("", "没有证书" if is_optional else "请选择种类"),
            *Certificate.Kind.choices,
        ]
        self.fields["level"].choices = [("", "不分等级"), *Certificate.Level.choices]
        self.fields["kind"].required = not is_optional
        # In an optional part the rule says that it is missing, where something else was filled in.
        self.fields["issued_on"].required = not is_optional

    def clean_level(self) -> int | None:
        return self.cleaned_data["level"] or None

    def values(self) -> dict[str, Any] | None:
        return self.changes() if self.cleaned_data.get("kind") else None


class TrainingForm(LedgerForm):
    class Meta:
        model = Training
        fields = ("subject", "title", "held_on", "hours", "is_passed")
        help_texts = {"title": "如 2025年第一期养老护理员培训班"}  # noqa: RUF012

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["subject"].choices = [("", "请选择内容"), *Training.Subject.choices]
        self.fields["hours"].min_value = 1
        self.fields["hours"].widget.attrs |= {"min": 1, "max": 500}

    def clean_hours(self) -> int:
        hours = self.cleaned_data["hours"]
        if not 1 <= hours <= 500:
            raise ValidationError("学时为 1 至 500。")
        return hours

    def clean_held_on(self) -> dt.date:
        day = self.cleaned_data["held_on"]
        if day > timezone.localdate():
            raise ValidationError("结业日期还没有到，请在结业后登记。")
        return day


# --- Rules ----------------------------------------------------------------------------------------------------


class Settled:
    """The forms of one page together with what the rules say of them.

    ``is_valid()``: every form is good, no rule refuses, and the warnings were ticked as they stand now.
    """

    def __init__(self, *parts: LedgerForm, row: dict[str, Any] | None = None, confirmed: str = "") -> None:
        self.parts = parts
        self.row = row or {}
        self.confirmed = confirmed
        self.warnings: list[str] = []

    def is_valid(self) -> bool:
        good = sum(not part.is_valid() for part in self.parts) == 0  # each is asked, for its messages
        for remark in check_post(self.row | row_of(*self.parts)):
            good = self._place(remark) and good
        if good and self.warnings and self.confirmed != self.stamp:
            return False
        if not good:
            self.confirmed = ""
        return good

    def _place(self, remark: Remark) -> bool:
        """True when it does not stand in the way. A remark about what is not on this page is left out."""
        name = NAMES.get(remark.key, remark.key)
        part = next((each for each in self.parts if name in each.fields and _owns(each, remark.key)), None)
        if part is None or part.fields[name].disabled:
            return True
        if remark.is_error or remark.key in BLOCKING:
            if name not in part.errors:
                part.add_error(name, remark.message)
            return False
        self.warnings.append(f"{part.fields[name].label}：{remark.message}")
        return True

    @property
    def stamp(self) -> str:
        """Ticked for these warnings, not for others that come up later."""
        return hashlib.sha256("\n".join(self.warnings).encode()).hexdigest()[:16]


# Keys of a flat row that have another name in the form of a certificate.
NAMES = {"certificate": "kind", "certificate_number": "number"}
OF_CERTIFICATE = frozenset({"certificate", "certificate_number", "level", "issued_on", "expires_on"})


def _owns(part: LedgerForm, key: str) -> bool:
    return isinstance(part, CertificateForm) is (key in OF_CERTIFICATE)


def row_of(*parts: LedgerForm) -> dict[str, Any]:
    """The forms as the flat row that the rules read."""
    row: dict[str, Any] = {}
    for part in parts:
        data = part.cleaned_data if part.is_bound and hasattr(part, "cleaned_data") else {}
        if isinstance(part, CertificateForm):
            row |= {
                "certificate": data.get("kind"),
                "certificate_number": data.get("number"),
                "level": data.get("level"),
                "issued_on": data.get("issued_on"),
                "expires_on": data.get("expires_on"),
            }
        else:
            row |= {name: value for name, value in data.items() if name != "seen"}
            facility = data.get("facility")
            if facility is not None:
                row |= {"facility_opened_on": facility.opened_on, "facility_closed_on": facility.closed_on}
    return row


def row_of_person(caregiver: Caregiver) -> dict[str, Any]:
    """What is known of a person while only a post or certificate is on the page; the number was judged before."""
    return {"born_on": caregiver.born_on}
