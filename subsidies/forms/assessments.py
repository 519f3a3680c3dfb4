"""Forms of assessments: scores after GB/T 42195, results of other standards, the county's settings."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.utils import timezone

from eldercare.forms import StyledFormMixin
from facilities.forms.checked import LedgerForm
from subsidies.actions.assessments import SCORED, SETTINGS, plain, proposed_level
from subsidies.models import Ability, Assessment, AssessmentSettings, Elder, LevelMapping
from subsidies.rules import assessments as rules

PENDING = "pending"
VALID_HINT = "留空按评估设置推算。"
NAME_MESSAGES = {"required": "请填写评估员姓名。"}


def score_name(number: int) -> str:
    return f"item_{number}"


class ElderFactsMixin:
    """What the rules are told about the person; the level before for the look at a stark change."""

    def __init__(self, *args: Any, elder: Elder, previous_level: int | None = None, **kwargs: Any) -> None:
        self.elder = elder
        self.previous_level = previous_level
        super().__init__(*args, **kwargs)
        if not self.instance.pk:
            self.fields["assessed_on"].initial = timezone.localdate()
        self.fields["valid_until"].help_text = VALID_HINT

    def facts(self, data: Mapping[str, Any]) -> Mapping[str, Any]:
        return {
            **data,
            "today": timezone.localdate(),
            "born_on": self.elder.born_on,
            "died_on": self.elder.died_on,
            "previous_level": self.previous_level,
        }


class ScoreForm(ElderFactsMixin, LedgerForm):
    """The 26 items, one field each, and what may aggravate the level."""

    check = staticmethod(rules.check_scored)

    class Meta:
        model = Assessment
        fields = (
            "reason",
            "assessed_on",
            "valid_until",
            "is_comatose",
            "has_dementia",
            "risk_events",
            "first_assessor",
            "second_assessor",
            "agency",
            "note",
        )

    def __init__(self, *args: Any, level_of: Any = None, **kwargs: Any) -> None:
        """``level_of``: scores and circumstances → level, under the county's settings."""
        self.level_of = level_of
        super().__init__(*args, **kwargs)
        for name in ("first_assessor", "second_assessor"):
            self.fields[name].required = True
            self.fields[name].error_messages |= NAME_MESSAGES
        self.fields["risk_events"].required = False
        for number, item in enumerate(rules.ITEMS):
            field = forms.IntegerField(
                label=item.name,
                min_value=0,
                max_value=item.full,
                error_messages={
                    "required": "未评分。",
                    "invalid": f"填 0～{item.full} 的整数。",
                    "min_value": f"填 0～{item.full} 的整数。",
                    "max_value": f"满分 {item.full}。",
                },
                widget=forms.TextInput(
                    attrs={
                        "inputmode": "numeric",
                        "maxlength": 1,
                        "autocomplete": "off",
                        "class": "form-control",
                        "data-score": item.full,
                    }
                ),
            )
            self.fields[score_name(number)] = field
            if self.instance.pk and len(self.instance.items) == len(rules.ITEMS):
                self.initial[score_name(number)] = self.instance.items[number]

    def clean_risk_events(self) -> int:
        return self.cleaned_data["risk_events"] or 0

    @property
    def groups(self) -> list[tuple[rules.Group, list[tuple[forms.BoundField, int]]]]:
        """The standard's groups with their fields, each with its full score."""
        number, found = 0, []
        for group in rules.GROUPS:
            fields = []
            for item in group.items:
                fields.append((self[score_name(number)], item.full))
                number += 1
            found.append((group, fields))
        return found

    @property
    def items(self) -> list[int] | None:
        """The scores, once all of them are right."""
        scores = [self.cleaned_data.get(score_name(number)) for number in range(len(rules.ITEMS))]
        return None if None in scores else scores

    def facts(self, data: Mapping[str, Any]) -> Mapping[str, Any]:
        facts = dict(super().facts(data))
        items = self.items
        if items is not None and self.level_of:
            facts["level"] = self.level_of(facts | {"items": items}).level
        return facts

    def changes(self) -> dict[str, Any]:
        found = super().changes()
        return found | ({"items": self.items} if self.items is not None else {})

    @property
    def unscored(self) -> int:
        return sum(bool(self.errors.get(score_name(number))) for number in range(len(rules.ITEMS)))


class ResultForm(ElderFactsMixin, LedgerForm):
    """A result of another standard as it was printed, and the level that a person says it means."""

    check = staticmethod(rules.check_dates)

    standard = forms.ChoiceField(
        label="评估标准",
        choices=[("", "请选择"), *(each for each in Assessment.Standard.choices if each[0] != SCORED)],
    )
    level = forms.ChoiceField(
        label="对应能力等级",
        required=False,
        choices=[("", "由对照表提示"), *Ability.choices, (PENDING, "待确认（以后再定）")],
    )

    class Meta:
        model = Assessment
        fields = (
            "standard",
            "original",
            "level",
            "reason",
            "assessed_on",
            "valid_until",
            "first_assessor",
            "second_assessor",
            "agency",
            "note",
        )
        help_texts: ClassVar = {"original": "照原报告填写，不要换算。"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["original"].required = True
        self.fields["original"].widget.attrs |= {"list": "originals", "autocomplete": "off"}
        if self.instance.pk:
            self.initial["level"] = PENDING if self.instance.level is None else self.instance.level

    def clean(self) -> dict[str, Any]:
        """An empty level is answered with the mapping's proposal, for a person to confirm; never saved as it is."""
        data = dict(self.cleaned_data)
        chosen, standard, original = data.get("level"), data.get("standard"), data.get("original")
        if chosen == "" and standard and original:
            proposed = proposed_level(standard, original)
            if proposed is None:
                self.add_error(
                    "level", f"“{original}”没有固定对应的等级，请按实际情况选择；一时定不了的选“待确认”。"
                )
            else:
                self.data = self.data.copy()
                self.data["level"] = str(proposed)
                self.add_error(
                    "level", f"对照表提示为“{rules.LEVELS[proposed]}”，已代为选好，请核对后再保存。"
                )
        self.cleaned_data["level"] = int(chosen) if chosen and chosen.isdecimal() else None
        return super().clean()


class AssessmentSettingsForm(StyledFormMixin, forms.ModelForm):
    class Meta:
        model = AssessmentSettings
        fields = SETTINGS
        help_texts: ClassVar = {"valid_months": "如 24；0 为长期有效。"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, least, most in (
            ("dementia_steps", 0, 4), ("risk_event_limit", 1, 30), ("risk_steps", 0, 4), ("valid_months", 0, 120),
        ):  # fmt: skip
            self.fields[name] = forms.IntegerField(
                label=self.fields[name].label,
                help_text=self.fields[name].help_text,
                min_value=least,
                max_value=most,
                initial=self.fields[name].initial,
                error_messages={
                    "required": "此项必填。",
                    "invalid": "请填整数。",
                    "min_value": f"不能小于 {least}。",
                    "max_value": f"不能大于 {most}。",
                },
                widget=forms.NumberInput(attrs={"class": "form-control", "min": least, "max": most}),
            )

    def validate_unique(self) -> None:
        """The county's own row is found by the action."""


LEVELS = [("", "逐人确认"), *Ability.choices]


class MappingForm(StyledFormMixin, forms.Form):
    """The table of levels: a choice and a tick for each row, and one new row."""

    new_standard = forms.ChoiceField(
        label="评估标准",
        required=False,
        choices=[("", "请选择"), *(each for each in Assessment.Standard.choices if each[0] != SCORED)],
    )
    new_original = forms.CharField(label="原结论", required=False, max_length=40)
    new_level = forms.ChoiceField(label="能力等级", required=False, choices=LEVELS)

    def __init__(self, *args: Any, mappings: list[LevelMapping], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.mappings = mappings
        for each in mappings:
            is_fixed = plain(each.original) in rules.NEVER_MAPPED
            level = forms.ChoiceField(
                label=f"{each.original}的能力等级",
                required=False,
                choices=LEVELS[:1] if is_fixed else LEVELS,
                initial="" if each.level is None else each.level,
                widget=forms.Select(attrs={"class": "form-select"}),
            )
            self.fields[f"level_{each.pk}"] = level
            self.fields[f"remove_{each.pk}"] = forms.BooleanField(
                label=f"删除{each.original}",
                required=False,
                widget=forms.CheckboxInput(attrs={"class": "form-check-input"}),
            )

    @property
    def rows(self) -> list[tuple[LevelMapping, forms.BoundField, forms.BoundField, bool]]:
        return [
            (
                each,
                self[f"level_{each.pk}"],
                self[f"remove_{each.pk}"],
                plain(each.original) in rules.NEVER_MAPPED,
            )
            for each in self.mappings
        ]

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if data.get("new_original") and not data.get("new_standard"):
            self.add_error("new_standard", "请选择评估标准。")
        if data.get("new_standard") and not data.get("new_original"):
            self.add_error("new_original", "请填写原结论。")
        return data

    @property
    def levels(self) -> dict[int, int | None]:
        return {each.pk: self._level(f"level_{each.pk}") for each in self.mappings}

    @property
    def removed(self) -> list[int]:
        return [each.pk for each in self.mappings if self.cleaned_data.get(f"remove_{each.pk}")]

    @property
    def new(self) -> list[dict[str, Any]]:
        if not self.cleaned_data.get("new_original"):
            return []
        return [
            {
                "standard": self.cleaned_data["new_standard"],
                "original": self.cleaned_data["new_original"].strip(),
                "level": self._level("new_level"),
            }
        ]

    def _level(self, name: str) -> int | None:
        text = self.cleaned_data.get(name, "")
        return int(text) if text else None


class FindForm(StyledFormMixin, forms.Form):
    """A name or a whole identity number; sent by POST, so that neither gets into an address."""

    text = forms.CharField(
        label="姓名或完整证件号码",
        max_length=40,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off", "autofocus": True}),
    )
