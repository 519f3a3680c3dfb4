"""The list of elders: what it can be asked, and how each question is put so that millions of rows stay fast."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from functools import partial

from django import forms
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.urls import reverse

from eldercare.excel.writing import Kind
from eldercare.lists import Badge, Column, ListFilterForm, Listing
from eldercare.models import OrgUnit, User
from subsidies.forms.elders import VillageField, townships_of, villages_of
from subsidies.models import Elder, ElderTag

DESTITUTE = "destitute"
TAGS = (("", "不限"), (DESTITUTE, "特困(全部)"), *ElderTag.Kind.choices)
BANDS = {
    "60": ("60～69 周岁", 60, 70),
    "70": ("70～79 周岁", 70, 80),
    "80": ("80～89 周岁", 80, 90),
    "90": ("90～99 周岁", 90, 100),
    "100": ("100 周岁及以上", 100, None),
    "80plus": ("80 周岁及以上", 80, None),
}
SHOWN_TAGS = 3


class ElderFilterForm(ListFilterForm):
    STATES = (("here", "在册"), ("died", "已死亡"), ("left", "已迁出"), ("all", "全部"))

    # Typed into the box above the table, which sends no identity number through the address.
    q = forms.CharField(label="姓名", required=False, max_length=40, widget=forms.HiddenInput)
    unit = forms.ModelChoiceField(
        label="镇(街道)", required=False, queryset=None, to_field_name="code", empty_label="全部镇(街道)"
    )
    village = VillageField(label="村(社区)", to_field_name="code", empty_label="全部村(社区)")
    age = forms.ChoiceField(
        label="年龄",
        required=False,
        choices=[("", "不限"), *((key, band[0]) for key, band in BANDS.items())],
    )
    tag = forms.ChoiceField(label="人员类别", required=False, choices=TAGS)
    tag2 = forms.ChoiceField(label="同时属于", required=False, choices=TAGS)
    state = forms.ChoiceField(label="状态", required=False, choices=STATES, initial="here")
    split = forms.ChoiceField(
        label="人户分离", required=False, choices=[("", "不限"), ("yes", "人户分离"), ("no", "人户一致")]
    )
    number = forms.ChoiceField(
        label="证件", required=False, choices=[("", "不限"), ("none", "暂无证件")], widget=forms.HiddenInput
    )

    def __init__(self, *args, by: User, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.by = by
        self.fields["unit"].queryset = townships_of(by)
        if by.is_township:
            del self.fields["unit"]
            self.fields["village"].queryset = villages_of(by.org_unit.path)
        else:
            unit = self.chosen().get("unit")
            self.fields["village"].queryset = villages_of(unit.path if unit else by.org_unit.path)

    @property
    def place(self) -> OrgUnit | None:
        """The one township in question, if there is one."""
        chosen = self.chosen()
        if chosen.get("village"):
            return chosen["village"].parent
        return self.by.org_unit if self.by.is_township else chosen.get("unit")


def elder_branches(everybody: QuerySet, form: ElderFilterForm, today: dt.date) -> list[QuerySet]:
    """Who fits. In one township these are two lists, each in the order of an index of its own: those whose record it
    keeps, and those who live there while another township keeps the record."""
    rows = _asked(everybody.current(), form.chosen(), today)
    unit = form.place
    if unit is None:
        return [rows]
    return [
        rows.filter(org_unit=unit),
        rows.filter(residence_unit=unit).filter(~Q(residence_unit=F("org_unit"))),
    ]


def _asked(rows: QuerySet, chosen: dict, today: dt.date) -> QuerySet:
    if name := chosen.get("q"):
        rows = rows.named(name)
    if village := chosen.get("village"):
        rows = rows.filter(Q(village=village) | Q(residence_village=village))
    if age := chosen.get("age"):
        _, youngest, beyond = BANDS[age]
        rows = rows.aged(youngest, today, below=beyond)
    for name in ("tag", "tag2"):
        if kind := chosen.get(name):
            kinds = ElderTag.DESTITUTE if kind == DESTITUTE else (kind,)
            held = ElderTag.objects.filter(elder=OuterRef("pk"), kind__in=kinds, held__on=today)
            rows = rows.filter(Exists(held))
    in_county = Q(registered__on=today) | Q(resident__on=today)
    state = chosen.get("state")
    if state == "here":
        rows = rows.filter(in_county, died_on=None)
    elif state == "died":
        rows = rows.filter(died_on__isnull=False)
    elif state == "left":
        rows = rows.filter(~in_county, died_on=None)
    together = Q(residence_unit=F("org_unit"))
    if split := chosen.get("split"):
        rows = rows.filter(~together if split == "yes" else together)
    if chosen.get("number") == "none":
        rows = rows.filter(id_number=None)
    return rows


# What the columns show, and no more: each further number would have to be deciphered for every row.
SHOWN = (
    "name", "id_number", "sex", "born_on", "died_on", "registered", "resident", "phone", "org_unit_id", "village_id",
    "residence_unit_id", "residence_village_id",
)  # fmt: skip


def everybody_of(user: User, today: dt.date) -> QuerySet:
    """All that the user may see, with what the columns show but the names of places.

    Those are looked up for the page (``attach_places``): joined, they cost more than the rest of the statement.
    """
    held = ElderTag.objects.filter(elder=OuterRef("pk"), held__on=today).order_by()
    seen = Elder.objects.visible_to(user)
    return seen.annotate(kinds_today=ArraySubquery(held.values("kind"))).only(*SHOWN)


def attach_places(rows: list[Elder]) -> None:
    """``places``: the names of their townships and villages by key."""
    keys = {
        key
        for row in rows
        for key in (row.org_unit_id, row.village_id, row.residence_unit_id, row.residence_village_id)
    }
    names = dict(OrgUnit.objects.filter(pk__in=keys - {None}).order_by().values_list("pk", "name"))
    for row in rows:
        row.places = names


def elder_listing(form: ElderFilterForm, today: dt.date) -> Listing:
    columns = (
        Column("name", "姓名", "name", width=12, link=_page, css="nowrap"),
        Column("id_number", "证件号码", _number, width=22, css="code nowrap"),
        Column("sex", "性别", "get_sex_display", width=6, css="nowrap"),
        Column(
            "age", "年龄", lambda row: row.age_on(row.died_on or today), ("-born_on",), Kind.INTEGER, width=8
        ),
        Column("born", "出生日期", "born_on", kind=Kind.DATE, width=12),
        Column("unit", "管理镇(街道)", lambda row: row.places[row.org_unit_id], width=16, css="nowrap"),
        Column("village", "户籍村(社区)", _village, width=18),
        Column("home", "居住地", _home, width=24),
        Column("tags", "人员类别", _tags, width=30),
        Column("phone", "联系电话", "phone", width=16, css="code nowrap"),
        Column("state", "状态", partial(_state, today=today), width=12, css="nowrap"),
    )
    return Listing(
        "老年人名册",
        columns,
        # Each in the order of an index. Not by township first: a page deep in a list that begins with a column of
        # nine values is guessed to be empty by the planner, and read from the wrong index.
        order=("name_key",) if form.place else ("name_key", "born_on"),
        unit="人",
        attach=attach_places,
        is_off=lambda row: row.died_on is not None,
        is_long=True,
    )


def _page(row: Elder) -> str:
    return reverse("elder-detail", args=[row.pk])


def _number(row: Elder) -> object:
    return row.id_number or Badge("暂无证件", "orange")


def _village(row: Elder) -> str:
    return row.places.get(row.village_id, "")


def _home(row: Elder) -> str:
    if row.residence_unit_id is None:
        return "县外"
    unit, village = row.places[row.residence_unit_id], row.places.get(row.residence_village_id, "")
    return village or unit if row.residence_unit_id == row.org_unit_id else f"{unit}{village}（人户分离）"


def _tags(row: Elder) -> str:
    tags = in_words(row.kinds_today)
    more = f"等{len(tags)}项" if len(tags) > SHOWN_TAGS else ""
    return "、".join(tags[:SHOWN_TAGS]) + more


def _state(row: Elder, *, today: dt.date) -> Badge:
    if row.died_on:
        return Badge("已死亡", "secondary")
    if row.registered.on(today):
        return Badge("在册", "green")
    return Badge("常住(外地户籍)", "blue") if row.resident.on(today) else Badge("已迁出", "orange")


TAG_LABELS = dict(ElderTag.Kind.choices)
TAG_ORDER = {kind: place for place, kind in enumerate(TAG_LABELS)}


def in_words(kinds: Iterable[str]) -> list[str]:
    return [TAG_LABELS[kind] for kind in sorted(kinds, key=TAG_ORDER.__getitem__)]


def attach_tags(rows: list[Elder], *, today: dt.date) -> None:
    """``current_tags``: what holds for each of them today, in words."""
    kinds: dict[int, list[str]] = defaultdict(list)
    found = ElderTag.objects.filter(elder__in=[row.pk for row in rows], held__on=today)
    for elder, kind in found.order_by().values_list("elder", "kind"):
        kinds[elder].append(kind)
    for row in rows:
        row.current_tags = in_words(kinds.get(row.pk, ()))
