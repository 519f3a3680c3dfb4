"""Forms of a register's pages, made from its definition: the filter of the list, the form of a row."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q, QuerySet
from django.utils import timezone

from eldercare.encryption import ConfidentialFormField
from eldercare.forms import refuse_id_number
from eldercare.forms_imports import units_for_uploads
from eldercare.history import NOTHING
from eldercare.identity import check_id_number, check_phone
from eldercare.lists import ListFilterForm, contains, search_field
from eldercare.models import OrgUnit, User
from facilities.forms.beds import FacilityChoice
from facilities.forms.checked import LedgerForm, date_field
from facilities.models import Facility
from indicators.models import Register, RegisterColumn, RegisterRow, Task
from indicators.register_columns import shown
from indicators.rules.registers import SEARCHED, Kind, packed, unpacked

YES_NO = [("", "全部"), ("yes", "是"), ("no", "否")]


class UnitChoice(forms.ModelChoiceField):
    def label_from_instance(self, unit: OrgUnit) -> str:
        return f"{unit.name}（县级）" if unit.level == OrgUnit.Level.COUNTY else unit.name


class VillageChoice(forms.ModelChoiceField):
    def label_from_instance(self, village: OrgUnit) -> str:
        return f"{village.parent.name} · {village.name}"


def villages_of(user: User) -> QuerySet[OrgUnit]:
    villages = OrgUnit.objects.visible_to(user).as_of(timezone.localdate())
    return villages.filter(level=OrgUnit.Level.VILLAGE).select_related("parent").order_by("code")


# --- The filter -----------------------------------------------------------------------------------------------


class RegisterFilterForm(ListFilterForm):
    """A field for each column that is filtered; of a date its first and last day."""

    def __init__(self, *args: Any, user: User, columns: Sequence[RegisterColumn], **kwargs: Any) -> None:
        self.columns = columns
        made: dict[str, forms.Field] = {}
        if not user.is_township:
            made["unit"] = UnitChoice(
                label="镇(街道)",
                required=False,
                queryset=units_for_uploads(user),
                to_field_name="code",
                empty_label="全部",
            )
        for column in columns:
            if column.is_filter:
                made |= _filters(column, user)
        if any(column.type in SEARCHED for column in columns):
            names = [column.heading for column in columns if column.type in SEARCHED and column.in_list]
            made["q"] = search_field("、".join(names[:3]) or "文字")
        self.base_fields = made
        super().__init__(*args, **kwargs)

    def narrow(self, rows: QuerySet[RegisterRow]) -> QuerySet[RegisterRow]:
        chosen = self.chosen()
        if unit := chosen.get("unit"):
            rows = rows.filter(org_unit=unit)
        for column in self.columns:
            if column.is_filter:
                rows = rows.filter(_condition(column, chosen))
        if text := chosen.get("q"):
            rows = rows.filter(contains(text, *(each.slot for each in self.columns if each.type in SEARCHED)))
        return rows


def _filters(column: RegisterColumn, user: User) -> dict[str, forms.Field]:
    kind, label = column.type, column.heading
    if kind in (Kind.CHOICE, Kind.SEVERAL):
        choices = [("", "全部"), *column.labels.items()]
        return {column.key: forms.ChoiceField(label=label, required=False, choices=choices)}
    if kind is Kind.YESNO:
        return {column.key: forms.ChoiceField(label=label, required=False, choices=YES_NO)}
    if kind is Kind.DATE:
        return {
            f"{column.key}_since": date_field(f"{label}起", required=False),
            f"{column.key}_until": date_field("止", required=False),
        }
    if kind is Kind.FACILITY:
        field = FacilityChoice(
            label=label, required=False, queryset=Facility.objects.none(), empty_label="全部"
        )
        field.of(user)
        return {column.key: field}
    if kind is Kind.VILLAGE:
        villages = VillageChoice(
            label=label, required=False, queryset=villages_of(user), to_field_name="code", empty_label="全部"
        )
        return {column.key: villages}
    return {}


def _condition(column: RegisterColumn, chosen: dict[str, Any]) -> Q:
    value = chosen.get(column.key)
    if column.type is Kind.DATE:
        condition = Q()
        if since := chosen.get(f"{column.key}_since"):
            condition &= Q(**{f"{column.slot}__gte": since})
        if until := chosen.get(f"{column.key}_until"):
            condition &= Q(**{f"{column.slot}__lte": until})
        return condition
    if value is None:
        return Q()
    if column.type is Kind.SEVERAL:
        return Q(**{f"{column.slot}__contains": f"|{value}|"})
    if column.type is Kind.YESNO:
        yes = Q(**{column.slot: True})
        return yes if value == "yes" else Q(**{column.slot: False}) | Q(**{column.slot: None})
    return Q(**{column.slot: value})


# --- A row ----------------------------------------------------------------------------------------------------


class SeveralField(forms.MultipleChoiceField):
    """Stored as one text."""

    widget = forms.CheckboxSelectMultiple

    def prepare_value(self, value: Any) -> Any:
        return unpacked(value) if isinstance(value, str) else value

    def clean(self, value: Any) -> str:
        return packed(super().clean(value))


class YesNoField(forms.TypedChoiceField):
    """是, 否, or left empty."""

    def __init__(self, **kwargs: Any) -> None:
        choices = [("", "未填"), ("yes", "是"), ("no", "否")]
        super().__init__(choices=choices, coerce=lambda text: text == "yes", empty_value=None, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return {True: "yes", False: "no", None: ""}.get(value, value) if not isinstance(value, str) else value


class NumberField(forms.DecimalField):
    def prepare_value(self, value: Any) -> Any:
        if value is None or isinstance(value, str):
            return value
        return f"{value:f}".rstrip("0").rstrip(".") if "." in f"{value:f}" else f"{value:f}"


class _Number(ConfidentialFormField):
    """A number of a person: what cannot be one is refused, what is doubtful is not."""

    check = staticmethod(check_id_number)

    def clean(self, value: Any) -> str | None:
        text = super().clean(value)
        if not text:
            return None
        found = self.check(text)
        if found.errors:
            raise ValidationError(found.errors[0].message)
        return found.value


class _Phone(_Number):
    check = staticmethod(check_phone)


class RowForm(LedgerForm):
    """The base of every form of a row; ``row_form`` adds the fields."""

    columns: Sequence[RegisterColumn] = ()

    @staticmethod
    def check(data: Any) -> list:
        return []

    def __init__(self, *args: Any, user: User, register: Register, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        unit = self.fields["org_unit"]
        unit.queryset = units_for_uploads(user)
        if user.is_township:
            unit.initial, unit.disabled = user.org_unit, True
            unit.widget = forms.HiddenInput()
        elif register.keeper == Register.Keeper.TOWNSHIP:
            unit.queryset = unit.queryset.exclude(level=OrgUnit.Level.COUNTY)
        elif not self.instance.pk:
            unit.initial = user.org_unit
        for name, field in self.fields.items():
            if isinstance(field, FacilityChoice):
                field.of(user)
            elif isinstance(field, VillageChoice):
                field.queryset = villages_of(user)
            if name.startswith("text_") and isinstance(field, forms.CharField):
                field.validators = [*field.validators, refuse_id_number]

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        self._check_tasks(data)
        unit = data.get("org_unit")
        village, facility = data.get("village"), data.get("facility")
        if unit and unit.level != OrgUnit.Level.COUNTY:
            if village and village.parent_id != unit.pk:
                self.add_error("village", f"{village.name}不属于{unit.name}。")
            if facility and facility.org_unit_id != unit.pk:
                self.add_error("facility", f"{facility.name}不在{unit.name}。")
        return data

    def _check_tasks(self, data: dict[str, Any]) -> None:
        for column in self.columns:
            code = data.get(column.slot) if column.type is Kind.TASK else ""
            if code and not Task.objects.visible_to(self.user).filter(code=code).exists():
                self.add_error(column.slot, "没有这个编号的重点任务，请核对“重点任务”页上的编号。")

    def show_newer(self, now: models.Model) -> list[tuple[str, str, str]]:
        rows = super().show_newer(now)
        differing = [name for name, typed in self.changes().items() if getattr(now, name) != typed]
        by_slot = {column.slot: column for column in self.columns}
        made = []
        for name, (label, old, new) in zip(differing, rows, strict=True):
            column = by_slot.get(name)
            if column:
                label = column.heading
                old, new = (_plainly(column, each) for each in (getattr(now, name), self.cleaned_data[name]))
            made.append((label, old, new))
        return made


def _plainly(column: RegisterColumn, value: object) -> str:
    text = shown(column, value)
    return NOTHING if text is None else str(text)


def row_form(register: Register, columns: Sequence[RegisterColumn]) -> type[RowForm]:
    """The class of the form of this register's rows."""
    fields = {"org_unit": UnitChoice(label="镇(街道)", queryset=OrgUnit.objects.none(), empty_label="请选择")}
    fields |= {column.slot: _field(column) for column in columns}
    meta = type("Meta", (), {"model": RegisterRow, "fields": tuple(fields)})
    return type("RegisterRowForm", (RowForm,), {**fields, "Meta": meta, "columns": tuple(columns)})


def _field(column: RegisterColumn) -> forms.Field:
    kind = column.type
    label = f"{column.heading}({column.unit})" if column.unit else column.heading
    about = {"label": label, "required": column.is_required, "help_text": column.help}
    if kind is Kind.LONG:
        return forms.CharField(max_length=2_000, widget=forms.Textarea(attrs={"rows": 3}), **about)
    if kind is Kind.CHOICE:
        return forms.ChoiceField(choices=[("", "请选择"), *column.open_choices], **about)
    if kind is Kind.SEVERAL:
        return SeveralField(choices=column.open_choices, **about)
    if kind is Kind.YESNO:
        return YesNoField(**about)
    if kind is Kind.DATE:
        label = about.pop("label")
        return date_field(label, **about)
    if kind is Kind.INTEGER:
        return NumberField(max_digits=15, decimal_places=0, **about)
    if kind in (Kind.NUMBER, Kind.AMOUNT):
        return NumberField(max_digits=17, decimal_places=2, **about)
    if kind is Kind.FACILITY:
        return FacilityChoice(queryset=Facility.objects.none(), empty_label="请选择", **about)
    if kind is Kind.VILLAGE:
        return VillageChoice(queryset=OrgUnit.objects.none(), empty_label="请选择", **about)
    if kind is Kind.ID_NUMBER:
        return _Number(max_length=30, **about)
    if kind is Kind.PHONE:
        return _Phone(max_length=30, **about)
    return forms.CharField(max_length={Kind.NAME: 40, Kind.TASK: 60}.get(kind, 200), **about)


def offer_kept(form: RowForm) -> None:
    """A choice that is no longer offered can be kept by a row that has it."""
    for column in form.columns:
        value = getattr(form.instance, column.slot, None) if form.instance.pk else None
        if column.type in (Kind.CHOICE, Kind.SEVERAL) and value:
            kept = unpacked(value) if column.type is Kind.SEVERAL else [value]
            offered = dict(form.fields[column.slot].choices)
            extra = [
                (code, f"{column.labels[code]}（已停用）")
                for code in kept
                if code not in offered and code in column.labels
            ]
            form.fields[column.slot].choices = [*form.fields[column.slot].choices, *extra]
