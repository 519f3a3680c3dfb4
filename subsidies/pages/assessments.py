"""What the pages of assessments show: the list, one assessment, one person's; which of them must be renewed."""

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple

from django import forms
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.urls import reverse

from eldercare.excel.writing import Kind
from eldercare.history import Part, Step, history_of
from eldercare.lists import Badge, Column, ListFilterForm, Listing
from eldercare.models import OrgUnit, User
from facilities.forms.staff import units_of
from subsidies.actions.assessments import SCORED, judge, settings_for
from subsidies.models import Ability, Assessment, Elder, ElderTag
from subsidies.rules import assessments as rules

SOON = dt.timedelta(days=60)
UNSETTLED = "none"  # in ?level=: no level was confirmed
LEVEL_COLOURS = ("green", "blue", "orange", "red", "red")
FIND_LIMIT = 30
Kinds = ElderTag.Kind


# --- Questions --------------------------------------------------------------------------------------------------


def last_of_each(assessments: QuerySet[Assessment]) -> QuerySet[Assessment]:
    """Of each person the last one; of the living, once for a person with two records."""
    later = Assessment.objects.filter(elder=OuterRef("elder")).filter(
        Q(assessed_on__gt=OuterRef("assessed_on"))
        | Q(assessed_on=OuterRef("assessed_on"), pk__gt=OuterRef("pk"))
    )
    return assessments.filter(elder__died_on=None, elder__merged_into=None).exclude(Exists(later))


def expiring(assessments: QuerySet[Assessment], day: dt.date) -> QuerySet[Assessment]:
    """To be renewed: the last of a person's, expiring within SOON."""
    return last_of_each(assessments).filter(valid_until__range=(day, day + SOON))


def expired(assessments: QuerySet[Assessment], day: dt.date) -> QuerySet[Assessment]:
    return last_of_each(assessments).filter(valid_until__lt=day)


def renewals(assessments: QuerySet[Assessment], day: dt.date) -> dict[str, int]:
    """How many are ``expired``, ``expiring`` and ``unsettled``, in one query."""
    return (
        last_of_each(assessments)
        .order_by()
        .aggregate(
            expired=Count("pk", filter=Q(valid_until__lt=day)),
            expiring=Count("pk", filter=Q(valid_until__range=(day, day + SOON))),
            unsettled=Count("pk", filter=Q(level=None)),
        )
    )


def at_odds(assessments: QuerySet[Assessment], day: dt.date) -> QuerySet[Assessment]:
    """Those in force that do not go with the tags 失能 and 失智, as ``rules.doubts`` asks."""
    held = ElderTag.objects.filter(elder=OuterRef("elder"), held__on=day)
    disabled, demented = Exists(held.filter(kind=Kinds.DISABLED)), Exists(held.filter(kind=Kinds.DEMENTIA))
    of_level = Q(disabled, level=rules.INTACT) | Q(~disabled, level__gt=rules.INTACT)
    of_mind = Q(demented, standard=SCORED, has_dementia=False) | Q(
        ~demented, standard=SCORED, has_dementia=True
    )
    return last_of_each(assessments).valid_on(day).filter(of_level | of_mind)


STATES: dict[str, tuple[str, Callable[[QuerySet, dt.date], QuerySet]]] = {
    "last": ("每人最近一次", lambda rows, day: last_of_each(rows)),
    "expiring": ("60天内到期", expiring),
    "expired": ("已过期", expired),
    "odds": ("与人员类别不一致", at_odds),
    "all": ("历次全部", lambda rows, day: rows),
}


# --- The list ---------------------------------------------------------------------------------------------------


class AssessmentFilterForm(ListFilterForm):
    # Typed into the box of the find page; a number does not get into an address.
    state = forms.ChoiceField(
        label="范围", required=False, initial="last", choices=[(key, each[0]) for key, each in STATES.items()]
    )
    unit = forms.ModelChoiceField(
        label="镇(街道)", required=False, queryset=None, to_field_name="code", empty_label="全部镇(街道)"
    )
    level = forms.ChoiceField(
        label="能力等级",
        required=False,
        choices=[("", "全部等级"), *Ability.choices, (UNSETTLED, "未确认等级")],
    )
    standard = forms.ChoiceField(
        label="评估标准", required=False, choices=[("", "全部标准"), *Assessment.Standard.choices]
    )
    q = forms.CharField(
        label="姓名",
        required=False,
        max_length=20,
        widget=forms.TextInput(attrs={"placeholder": "姓名", "type": "search", "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = units_of(by).exclude(level=OrgUnit.Level.COUNTY)
        if by.is_township:
            del self.fields["unit"]

    def clean_q(self) -> str:
        text = self.cleaned_data["q"]
        if sum(letter.isdigit() for letter in text) > 6:
            raise forms.ValidationError("这里只按姓名查找；按证件号码查找请用“查找老年人”。")
        return text


def assessment_rows(everything: QuerySet[Assessment], chosen: dict, day: dt.date) -> QuerySet[Assessment]:
    rows = STATES[chosen.get("state", "last")][1](everything, day)
    if unit := chosen.get("unit"):
        rows = rows.filter(elder__org_unit=unit)
    if level := chosen.get("level"):
        rows = rows.filter(level=None if level == UNSETTLED else level)
    if standard := chosen.get("standard"):
        rows = rows.filter(standard=standard)
    if text := chosen.get("q"):
        rows = rows.filter(elder__in=Elder.objects.named(text).values("pk"))
    return rows.select_related("elder__org_unit", "elder__village")


def level_badge(assessment: Assessment) -> Badge:
    if assessment.level is None:
        return Badge("未确认", "orange")
    return Badge(assessment.get_level_display(), LEVEL_COLOURS[assessment.level])


def expiry(assessment: Assessment, day: dt.date) -> object:
    until = assessment.valid_until
    if until is None:
        return "长期"
    if until < day:
        return Badge(f"{until} 已过期", "red")
    return Badge(f"{until} 临期", "orange") if until <= day + SOON else until.isoformat()


def assessment_listing(day: dt.date, *, is_county: bool) -> Listing:
    unit = Column(
        "unit", "管理镇(街道)", "elder.org_unit.name", order=("elder__org_unit__code",), css="nowrap"
    )
    columns = (
        Column("name", "姓名", "elder.name", order=("elder__name_key",), link=_page, width=12, css="nowrap"),
        Column("id_number", "证件号码", "elder.id_number", width=22, css="code nowrap"),
        Column(
            "age",
            "年龄",
            lambda row: row.elder.age_on(day),
            order=("-elder__born_on",),
            kind=Kind.INTEGER,
            width=6,
        ),
        *((unit,) if is_county else ()),
        Column("village", "村(社区)", "elder.village.name", order=("elder__village__code",), width=16),
        Column("on", "评估日期", "assessed_on", order=("assessed_on",), kind=Kind.DATE, width=12),
        Column("standard", "评估标准", "get_standard_display", order=("standard",), width=20, css="nowrap"),
        Column("result", "总分或原结论", _result, width=14, css="nowrap"),
        Column("level", "能力等级", level_badge, order=("level",), width=12, css="nowrap"),
        Column("until", "有效期至", partial(expiry, day=day), order=("valid_until",), width=18, css="nowrap"),
        Column("agency", "评估机构", "agency", width=24),
    )
    return Listing(
        "能力评估台账",
        columns,
        order=("elder__org_unit__code", "elder__name_key", "-assessed_on"),
        unit="次评估",
        is_off=lambda row: row.elder.died_on is not None,
    )


def _page(row: Assessment) -> str:
    return reverse("assessment-detail", args=[row.pk])


def _result(row: Assessment) -> str:
    return f"{row.total} 分" if row.total is not None else row.original


# --- One assessment, one person ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class ScoredGroup:
    """A first-level indicator with the scores of its items: (name, score, full)."""

    name: str
    full: int
    total: int
    lines: list[tuple[str, int, int]]


def scored_groups(items: list[int]) -> list[ScoredGroup]:
    if len(items) != len(rules.ITEMS):
        return []
    left = iter(items)
    found = []
    for group in rules.GROUPS:
        lines = [(item.name, next(left), item.full) for item in group.items]
        found.append(ScoredGroup(group.name, group.full, sum(each[1] for each in lines), lines))
    return found


def explanation(assessment: Assessment) -> str:
    """How the level came about; where the settings have changed since, that too."""
    if assessment.standard != SCORED:
        if assessment.level is None:
            return f"原结论“{assessment.original}”，对应的能力等级还没有确认，补贴计算时按没有评估处理。"
        return f"原结论“{assessment.original}”，经办人对照确认为{assessment.get_level_display()}。"
    if len(assessment.items) != len(rules.ITEMS):
        return "没有登记各项得分，等级按登记的结论。"
    verdict = judge(assessment, settings_for(assessment.elder.org_unit))
    sentence = rules.explain(verdict)
    if assessment.level is not None and verdict.level != assessment.level:
        sentence += f"登记时按当时的评估设置评定为{assessment.get_level_display()}，仍以登记的等级为准。"
    return sentence


def assessment_history(assessment: Assessment, user: User) -> list[Step]:
    """Scores are told item by item, not as a row of 26 numbers."""
    names = [
        each.name
        for each in Assessment._meta.concrete_fields
        if each.editable and not each.primary_key and each.name != "items"
    ]
    return history_of(
        Part(Assessment, fields=names, is_subject=True, pgh_obj_id=assessment.pk),
        Part(Assessment, says=_scores_changed, pgh_obj_id=assessment.pk),
        user=user,
    )


def _scores_changed(before: Any, after: Any) -> Iterator[str]:
    if before is None or after.pgh_label == "delete" or len(before.items) != len(after.items):
        return
    for item, old, new in zip(rules.ITEMS, before.items, after.items, strict=False):
        if old != new:
            yield f"{item.name}：{old} → {new}"


class Doubt(NamedTuple):
    """A tag at odds with the assessment in force, and where it can be corrected."""

    words: str
    link: str
    label: str


@dataclass(frozen=True)
class PersonAssessments:
    elder: Elder
    lines: list[Assessment]
    current: Assessment | None  # the one that counts today
    doubts: list[Doubt]


def person_assessments(elder: Elder, day: dt.date) -> PersonAssessments:
    lines = list(elder.assessments.all())
    current = next(
        (
            each
            for each in lines
            if each.level is not None
            and each.assessed_on <= day
            and (each.valid_until is None or each.valid_until >= day)
        ),
        None,
    )
    return PersonAssessments(elder, lines, current, _doubts(elder, current, day))


def _doubts(elder: Elder, current: Assessment | None, day: dt.date) -> list[Doubt]:
    if current is None:
        return []
    tags = dict(
        elder.tags.filter(kind__in=(Kinds.DISABLED, Kinds.DEMENTIA), held__on=day).values_list("kind", "pk")
    )
    found = rules.doubts(
        level=current.level,
        has_dementia=current.has_dementia if current.standard == SCORED else None,
        is_disabled=Kinds.DISABLED in tags,
        is_demented=Kinds.DEMENTIA in tags,
    )
    return [_correctable(elder, each, tags.get(each.kind)) for each in found]


def _correctable(elder: Elder, doubt: rules.TagDoubt, tag: int | None) -> Doubt:
    name = Kinds(doubt.kind).label
    if tag:
        return Doubt(doubt.words, reverse("elder-tag-end", args=[tag]), f"结束“{name}”类别")
    return Doubt(doubt.words, reverse("elder-tag-create", args=[elder.pk]), f"登记“{name}”类别")


def previous_level(elder: Elder, assessment: Assessment | None = None) -> int | None:
    """The level before the one that is being entered."""
    rows = elder.assessments.exclude(level=None)
    if assessment and assessment.pk:
        rows = rows.filter(assessed_on__lt=assessment.assessed_on)
    return rows.order_by("-assessed_on", "-pk").values_list("level", flat=True).first()
