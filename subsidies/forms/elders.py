"""The form of a person on the register. What the rules say stands beside the field; warnings wait for a tick."""

import datetime as dt
from itertools import groupby
from typing import Any

from django import forms
from django.db import models
from django.utils import timezone

from eldercare.forms import refuse_id_number
from eldercare.identity import check_id_number, check_phone
from eldercare.models import OrgUnit, User
from eldercare.spells import Spells, SpellsFormField
from facilities.forms.checked import LedgerForm, date_field
from facilities.rules.remarks import Remark
from subsidies.models import Elder
from subsidies.rules.elders import check_elder, read_number

OWN = "_remarks"  # what a form finds besides the rule
PERIODS = ("registered", "resident", "wishes_central_care")


def county_of(user: User) -> str:
    """The path of the county in which the user works."""
    return user.org_unit.county_path


def townships_of(user: User) -> models.QuerySet[OrgUnit]:
    """Every township of the user's county: a person may live in another one."""
    levels = (OrgUnit.Level.TOWNSHIP, OrgUnit.Level.REPORTING)
    units = OrgUnit.objects.as_of(timezone.localdate()).filter(level__in=levels)
    return units.filter(path__startswith=county_of(user)).order_by("code")


def villages_of(path: str) -> models.QuerySet[OrgUnit]:
    units = OrgUnit.objects.as_of(timezone.localdate()).filter(level=OrgUnit.Level.VILLAGE)
    return units.filter(path__startswith=path).select_related("parent").order_by("code")


class VillageChoices(forms.models.ModelChoiceIterator):
    """Villages under the name of their township; without groups where there is one township only."""

    def __iter__(self):
        yield ("", self.field.empty_label)
        groups = [
            (name, list(found)) for name, found in groupby(self.queryset, lambda each: each.parent.name)
        ]
        for name, found in groups:
            options = [self.choice(each) for each in found]
            if len(groups) > 1:
                yield (name, options)
            else:
                yield from options


class VillageField(forms.ModelChoiceField):
    iterator = VillageChoices

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        defaults = {"queryset": OrgUnit.objects.none(), "required": False, "empty_label": "请选择"}
        super().__init__(*args, **(defaults | kwargs))


class ElderForm(LedgerForm):
    """``values()`` is what the action writes."""

    check = staticmethod(lambda row: [*check_elder(row), *row[OWN]])

    village = VillageField(label="户籍村(社区)", help_text="户籍在县外的不选。")
    residence_village = VillageField(label="居住村(社区)", help_text="选了村(社区)，可不选居住镇(街道)。")

    class Meta:
        model = Elder
        fields = (
            "name",
            "id_kind",
            "id_number",
            "id_reason",
            "sex",
            "born_on",
            "phone",
            "org_unit",
            "village",
            "registered_address",
            "residence_unit",
            "residence_village",
            "address",
            "contact_name",
            "contact_relation",
            "contact_phone",
            "note",
        )
        help_texts = {  # noqa: RUF012
            "id_number": "居民身份证 18 位，自动带出性别和出生日期；旧的 15 位号码照填。",
            "id_reason": "校验不通过而确认无误的，写明依据。",
            "org_unit": "负责档案和发放，一般为户籍地。",
            "residence_unit": "负责探访服务；住在县外的不选。",
            "contact_relation": "如 儿子、女儿、邻居",
        }

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by = by
        number = {"data-id-number": "", "autocomplete": "off", "spellcheck": "false"}
        self.fields["id_number"].widget.attrs |= number
        for name in ("phone", "contact_phone"):
            self.fields[name].widget.attrs["autocomplete"] = "off"
        for name in ("registered_address", "contact_name", "contact_relation"):
            self.fields[name].validators = [*self.fields[name].validators, refuse_id_number]
        for name in ("sex", "born_on"):
            self.fields[name].required = False  # the number may say it
        self.fields["residence_unit"].queryset = townships_of(by)
        self.fields["residence_unit"].empty_label = "未选(住在县外)"
        self.fields["residence_village"].queryset = villages_of(county_of(by))
        self.fields["village"].queryset = villages_of(by.org_unit.path)
        if "org_unit" in self.fields:
            self._offer_units()

    def _offer_units(self) -> None:
        unit = self.fields["org_unit"]
        unit.queryset = townships_of(self.by).filter(path__startswith=self.by.org_unit.path)
        unit.empty_label = "请选择镇(街道)"
        if self.by.is_township:
            unit.widget, unit.disabled = forms.HiddenInput(), True
            self.initial["org_unit"] = self.by.org_unit_id
            self.initial.setdefault("residence_unit", self.by.org_unit_id)

    def clean_name(self) -> str:
        return " ".join(self.cleaned_data["name"].split())

    def clean_id_number(self) -> str | None:
        number = self.cleaned_data["id_number"]
        return read_number(self.data.get("id_kind"), str.__str__(number)) if number else None

    def clean_phone(self) -> str:
        return self._phone("phone")

    def clean_contact_phone(self) -> str:
        return self._phone("contact_phone")

    def _phone(self, name: str) -> str:
        value = self.cleaned_data[name]
        return check_phone(value).value if value else value

    def clean(self) -> dict[str, Any]:
        """The number fills what was left empty; what was typed stays, and is compared by the rules."""
        data = self.cleaned_data
        if data.get("id_kind") == Elder.IdKind.RESIDENT and data.get("id_number"):
            checked = check_id_number(data["id_number"])
            if checked.usable:
                data["born_on"] = data.get("born_on") or checked.birth_date
                data["sex"] = data.get("sex") or (checked.sex.value if checked.sex else "")
        for name in ("sex", "born_on"):
            if not data.get(name) and name not in self.errors:
                self.add_error(name, "此项必填，证件号码里看不出来。")
        village = data.get("residence_village")
        if village is not None and not data.get("residence_unit"):
            data["residence_unit"] = village.parent
        return super().clean()

    def facts(self, data: dict[str, Any]) -> dict[str, Any]:
        return data | {OWN: list(self.own_remarks(data))}

    def own_remarks(self, data: dict[str, Any]):
        home, village = data.get("residence_unit"), data.get("residence_village")
        if home and village and not village.path.startswith(home.path):
            yield Remark("residence_village", f"{village}不属于{home}，请重新选择。")
        unit = data.get("org_unit") or (self.instance.org_unit if self.instance.org_unit_id else None)
        village = data.get("village")
        if unit and village and not village.path.startswith(unit.path):
            yield Remark("village", f"户籍村(社区)“{village}”不属于管理镇(街道)“{unit}”。", False)

    def values(self) -> dict[str, Any]:
        return self.changes()


class ElderCreateForm(ElderForm):
    """Besides the person, since when registered and living in the county."""

    is_registered = forms.BooleanField(label="户籍在本县", required=False, initial=True)
    registered_since = date_field("户籍起始日", required=False, help_text="迁入的日期；出生就在的不填。")
    is_resident = forms.BooleanField(label="常住本县", required=False, initial=True)
    resident_since = date_field("居住起始日", required=False, help_text="来县居住的日期；出生就在的不填。")

    def own_remarks(self, data: dict[str, Any]):
        yield from super().own_remarks(data)
        if not data.get("is_registered") and not data.get("is_resident"):
            yield Remark("is_registered", "户籍和居住都不在本县的，不在本县登记。")
        if data.get("is_resident") and not data.get("residence_unit"):
            yield Remark("residence_unit", "常住本县的，请选居住镇(街道)或居住村(社区)。")
        if not data.get("is_resident") and data.get("residence_unit"):
            yield Remark("residence_unit", "没有勾选“常住本县”，却选了居住镇(街道)，请改成一致。")

    def values(self) -> dict[str, Any]:
        data = self.cleaned_data
        born: dt.date = data["born_on"]
        spells = {
            "registered": data["is_registered"] and (data["registered_since"] or born),
            "resident": data["is_resident"] and (data["resident_since"] or born),
        }
        return self.changes() | {name: Spells.since(day) if day else Spells() for name, day in spells.items()}


class ElderEditForm(ElderForm):
    """Without the township responsible, which changes through a 变动; with the periods, for corrections."""

    registered = SpellsFormField(label="户籍在本县", required=False)
    resident = SpellsFormField(label="常住本县", required=False)
    wishes_central_care = SpellsFormField(label="有集中供养意愿", required=False)

    class Meta(ElderForm.Meta):
        fields = (*(each for each in ElderForm.Meta.fields if each != "org_unit"), *PERIODS)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in PERIODS:
            self.fields[name].help_text = ""
            self.fields[name].widget.attrs |= {"autocomplete": "off", "spellcheck": "false"}

    def own_remarks(self, data: dict[str, Any]):
        yield from super().own_remarks(data)
        today, born = timezone.localdate(), data.get("born_on")
        for name in PERIODS:
            for first, _ in data.get(name) or ():
                if first > today:
                    yield Remark(name, "起始日期还没有到，请核对。")
                elif born and first < born:
                    yield Remark(name, "起始日期早于出生日期，请核对。")
        living = data.get("resident") or Spells()
        if living.on(today) and not data.get("residence_unit"):
            yield Remark("residence_unit", "现在常住本县的，请选居住镇(街道)。")
        if not living.on(today) and data.get("residence_unit"):
            yield Remark("residence_unit", "按“常住本县”的期间，现在不住在本县；请改成一致。")
