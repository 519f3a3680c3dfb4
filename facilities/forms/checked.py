"""A form of a ledger row: the rules of an upload, warnings that a person may confirm, newer changes shown."""

from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.db import models

from eldercare.encryption import ConfidentialFormField, refuse_masked
from eldercare.forms import StyledFormMixin
from eldercare.history import shown, version_of
from facilities.rules.remarks import Remark

DATE = {"widget": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")}
BAD_DATE = {"invalid": "日期请按 2025-06-30 的样式填写。"}


def date_field(label: str, **more: Any) -> forms.DateField:
    return forms.DateField(label=label, error_messages=BAD_DATE, **(DATE | more))


class CheckedMixin:
    """``check`` is a rule of ``facilities.rules``. Its errors stand at their fields. Its warnings stop the first
    attempt; the page then shows them with a box to tick, ``accepted``. A warning about ``id_reason`` is silenced
    by the reason only."""

    check: Callable[[Mapping[str, Any]], list[Remark]]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.warnings: list[str] = []

    def facts(self, data: Mapping[str, Any]) -> Mapping[str, Any]:
        """What the rule is told; a form adds what it knows besides its fields."""
        return data

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        for remark in type(self).check(self.facts(data)):
            key = remark.key if remark.key in self.fields else None
            if remark.is_error or remark.key == "id_reason":
                self.add_error(key, remark.message)
            else:
                self.warnings.append(remark.message)
        if self.warnings and not self.data.get(self.add_prefix("accepted")) and not self.errors:
            self.add_error(None, "有内容需要核对，见下面的提示。确认无误的，请勾选“已核对无误”后再保存。")
        return data


class LedgerForm(CheckedMixin, StyledFormMixin, forms.ModelForm):
    """Edits a row through an action: the instance stays as it is in the database."""

    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.fields["seen"].initial = version_of(self.instance)
        for field in self.fields.values():
            if isinstance(field, forms.DateField):
                field.widget = forms.DateInput(
                    attrs={"type": "date", "class": "form-control"}, format="%Y-%m-%d"
                )
                field.error_messages |= BAD_DATE
            if isinstance(field, forms.ModelChoiceField):
                continue  # its choices follow its queryset, which is often set later
            if isinstance(field, forms.ChoiceField) and field.choices and field.choices[0][0] == "":
                field.choices = [("", "请选择"), *field.choices[1:]]
            if isinstance(field, ConfidentialFormField):
                field.validators = [*field.validators, refuse_masked]

    def _post_clean(self) -> None:
        """Constraints are the action's to put into words."""

    def changes(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self._meta.fields if name in self.cleaned_data}

    def show_newer(self, now: models.Model) -> list[tuple[str, str, str]]:
        """After a Conflict: label, as it is now, as it was typed. Saving again then overwrites knowingly."""
        self.data = self.data.copy()
        self.data["seen"] = str(version_of(now))
        rows = []
        for name, typed in self.changes().items():
            column = now._meta.get_field(name)
            current = getattr(now, name)
            if current != typed:
                rows.append((str(column.verbose_name), shown(column, current), shown(column, typed)))
        return rows
