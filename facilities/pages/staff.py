"""What the staff pages show: the list, one person, the people a course is registered for."""

import datetime as dt
from dataclasses import dataclass
from functools import partial

from django import forms
from django.db.models import Exists, OuterRef, QuerySet, Sum
from django.urls import reverse
from django.utils import timezone

from eldercare.excel.writing import Kind
from eldercare.history import Part, Step, history_of
from eldercare.lists import Badge, Column, ListFilterForm, Listing, contains
from eldercare.models import User
from facilities.actions.staff import posts_elsewhere
from facilities.forms.staff import FacilityField, units_of
from facilities.models import (
    Attendance,
    Caregiver,
    Certificate,
    Employment,
    Facility,
    Training,
    without_qualifications,
)
from facilities.pages import certificates
from facilities.pages.certificates import Standing
from facilities.rules.staff import age_on

ELSEWHERE_STAFF = "其他镇(街道)"
MONTHS_SHOWN = 12


# --- The list ---------------------------------------------------------------------------------------------------


class StaffFilterForm(ListFilterForm):
    STATES = (("on", "在职"), ("left", "已离职"), ("all", "全部"))
    CERTIFICATES = (
        ("held", "持证"),
        ("none", "无证"),
        ("senior", "高级及以上"),
        ("ending", "即将到期"),
        ("ended", "已过期"),
    )

    # Typed into the box above the table, which sends no identity number through the address.
    q = forms.CharField(label="姓名", required=False, max_length=40, widget=forms.HiddenInput)
    unit = forms.ModelChoiceField(
        label="镇(街道)", required=False, queryset=None, to_field_name="code", empty_label="全部镇(街道)"
    )
    facility = FacilityField(label="机构(设施)", required=False, queryset=None, empty_label="全部机构")
    role = forms.ChoiceField(
        label="岗位", required=False, choices=[("", "全部岗位"), *Employment.Role.choices]
    )
    state = forms.ChoiceField(label="在职情况", required=False, choices=STATES, initial="on")
    on = forms.DateField(
        label="截至日期",
        required=False,
        initial=timezone.localdate,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    certificate = forms.ChoiceField(label="证书", required=False, choices=[("", "不限"), *CERTIFICATES])
    trained = forms.ChoiceField(
        label="当年培训", required=False, choices=[("", "不限"), ("yes", "已培训"), ("no", "未培训")]
    )

    def __init__(self, *args, by: User, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = units_of(by)
        self.fields["facility"].queryset = Facility.objects.visible_to(by)
        if by.is_township:
            del self.fields["unit"]

    @property
    def day(self) -> dt.date:
        return self.chosen().get("on") or timezone.localdate()


UNIT = Column("unit", "镇(街道)", "org_unit.name", order=("org_unit__code",), css="nowrap")
LEFT = Column("until", "离职日期", "employed_to", order=("employed_to",), kind=Kind.DATE, width=12)


def staff_listing(day: dt.date, *, is_present: bool, is_county: bool) -> Listing:
    """One row per post: a person with two posts stands there twice, as in each facility's own figure.

    Of people at work (``is_present``) nobody has left: the column would be empty.
    """
    columns = (
        Column(
            "name", "姓名", "caregiver.name", order=("caregiver__name",), width=12, link=_page, css="nowrap"
        ),
        Column("id_number", "证件号码", "caregiver.id_number", width=22, css="code nowrap"),
        Column("sex", "性别", "caregiver.get_sex_display", width=6, css="nowrap"),
        Column(
            "age", "年龄", partial(_age, day=day), order=("-caregiver__born_on",), kind=Kind.INTEGER, width=6
        ),
        *((UNIT,) if is_county else ()),
        Column("place", "机构(设施)", "place", order=("facility__name",), width=30),
        Column("role", "岗位", "get_role_display", order=("role",), width=16, css="nowrap"),
        Column("since", "入职日期", "employed_from", order=("employed_from",), kind=Kind.DATE, width=12),
        *(() if is_present else (LEFT,)),
        Column("certificate", "最高证书", _best, width=20, css="nowrap"),
        Column("expires", "有效期至", _expiry, width=20, css="nowrap"),
        Column(
            "hours", f"{day.year}年培训学时", lambda row: row.hours, kind=Kind.INTEGER, width=14, css="nowrap"
        ),
    )
    return Listing(
        "从业人员台账",
        columns,
        order=("org_unit__code", "facility__name", "role", "caregiver__name"),
        unit="个任职",
        attach=partial(_attach, day=day),
        is_off=lambda row: not row.is_held_on(day),
    )


def _page(row: Employment) -> str:
    return reverse("caregiver-detail", args=[row.caregiver_id])


def _age(row: Employment, *, day: dt.date) -> int | None:
    born = row.caregiver.born_on
    return age_on(born, day) if born and born <= day else None


def _best(row: Employment) -> str | None:
    return row.best.label if row.best else None


def _expiry(row: Employment) -> object:
    if row.best is None:
        return None
    expires = row.best.certificate.expires_on
    text = expires.isoformat() if expires else "长期"
    return text if row.best.colour == "green" else Badge(f"{text} {row.best.word}", row.best.colour)


def _attach(rows: list[Employment], *, day: dt.date) -> None:
    """Best certificate and hours trained in the year, for a page of posts in two queries."""
    people = {row.caregiver_id for row in rows}
    held = certificates.by_person(people)
    hours = dict(
        Training.objects.filter(caregiver__in=people, held_on__range=(dt.date(day.year, 1, 1), day))
        .order_by()
        .values_list("caregiver")
        .annotate(Sum("hours"))
    )
    for row in rows:
        row.best = certificates.best_of(held.get(row.caregiver_id, ()), day)
        row.hours = hours.get(row.caregiver_id)


def staff_rows(posts: QuerySet[Employment], chosen: dict, day: dt.date) -> QuerySet[Employment]:
    """``posts``, those visible, narrowed to what the filter form chose."""
    if text := chosen.get("q"):
        posts = posts.filter(contains(text, "caregiver__name"))
    if unit := chosen.get("unit"):
        posts = posts.filter(org_unit__path__startswith=unit.path)
    if facility := chosen.get("facility"):
        posts = posts.filter(facility=facility)
    if role := chosen.get("role"):
        posts = posts.filter(role=role)
    state = chosen.get("state") or "on"
    if state == "on":
        posts = posts.on(day)
    elif state == "left":
        posts = posts.filter(employed_from__lte=day).exclude(pk__in=Employment.objects.on(day).values("pk"))
    questions = {
        "held": lambda: certificates.held(day),
        "none": lambda: ~certificates.held(day),
        "senior": lambda: certificates.senior(day),
        "ending": lambda: certificates.with_certificate(certificates.ending(day)),
        "ended": lambda: certificates.with_certificate(certificates.ended(day)),
    }
    if (wanted := chosen.get("certificate")) in questions:
        posts = posts.filter(questions[wanted]())
    if trained := chosen.get("trained"):
        year = Training.objects.filter(
            caregiver=OuterRef("caregiver"), held_on__range=(dt.date(day.year, 1, 1), day)
        )
        posts = posts.filter(Exists(year)) if trained == "yes" else posts.exclude(Exists(year))
    return without_qualifications(posts.select_related("caregiver", "facility", "org_unit"), "facility")


# --- One person -------------------------------------------------------------------------------------------------


@dataclass
class PersonPage:
    caregiver: Caregiver
    age: int | None
    posts: list[Employment]
    is_elsewhere: bool
    certificates: list[Standing]
    trainings: list[Training]
    hours: int
    attendance: list[tuple[Employment, list[tuple[dt.date, int | None]]]]
    months: list[dt.date]
    history: list[Step]


def load_person(caregiver: Caregiver, *, user: User, today: dt.date) -> PersonPage:
    """The person as far as the user sees: own posts only, and of posts elsewhere nothing but that there are."""
    posts = list(
        Employment.objects.visible_to(user).filter(caregiver=caregiver).select_related("facility", "org_unit")
    )
    trainings = list(caregiver.trainings.all())
    born = caregiver.born_on
    months = [_month_before(today, number) for number in range(MONTHS_SHOWN - 1, -1, -1)]
    is_elsewhere = posts_elsewhere(caregiver, user).exists()
    steps = history_of(
        caregiver,
        Part(Employment, pgh_obj_id__in=[each.pk for each in posts]),
        Part(Certificate, caregiver_id=caregiver.pk),
        Part(Training, caregiver_id=caregiver.pk),
        Part(Attendance, employment_id__in=[each.pk for each in posts], says=_attendance_words),
        user=user,
    )
    return PersonPage(
        caregiver=caregiver,
        age=age_on(born, today) if born else None,
        posts=posts,
        is_elsewhere=is_elsewhere,
        certificates=[certificates.standing(each, today) for each in caregiver.certificates.all()],
        trainings=trainings,
        hours=sum(each.hours for each in trainings if each.held_on.year == today.year),
        attendance=_attendance(posts, months),
        months=months,
        history=_without_names_elsewhere(steps, user) if is_elsewhere else steps,
    )


def _month_before(day: dt.date, number: int) -> dt.date:
    whole = day.year * 12 + day.month - 1 - number
    return dt.date(whole // 12, whole % 12 + 1, 1)


def _attendance(posts: list[Employment], months: list[dt.date]):
    days = {
        (each.employment_id, each.month): each.days
        for each in Attendance.objects.filter(employment__in=posts, month__range=(months[0], months[-1]))
    }
    lines = [(post, [(month, days.get((post.pk, month))) for month in months]) for post in posts]
    return [(post, cells) for post, cells in lines if any(value is not None for _, value in cells)]


def _attendance_words(before, event) -> list[str]:
    month = f"{event.month:%Y-%m} 出勤"
    if event.pgh_label == "delete":
        return [f"{month}：{event.days} 天 → （空）"]
    return [f"{month}：{f'{before.days} 天 → ' if before else ''}{event.days} 天"]


def _without_names_elsewhere(steps: list[Step], user: User) -> list[Step]:
    """Who keeps the ledger of another township would tell where else the person works."""
    people = {step.by_pk for step in steps if step.by_pk}
    paths = dict(
        User.objects.filter(pk__in=people).order_by().values_list("pk", "org_unit__path") if people else ()
    )
    own = user.org_unit.path
    for step in steps:
        path = paths.get(step.by_pk, own)
        if not own.startswith(path) and not path.startswith(own):
            step.by = ELSEWHERE_STAFF
    return steps


# --- A course for many ------------------------------------------------------------------------------------------


class CoursePeopleForm(ListFilterForm):
    unit = forms.ModelChoiceField(
        label="镇(街道)", required=False, queryset=None, to_field_name="code", empty_label="请选择镇(街道)"
    )
    facility = FacilityField(label="机构(设施)", required=False, queryset=None, empty_label="全部机构")
    role = forms.ChoiceField(
        label="岗位", required=False, choices=[("", "全部岗位"), *Employment.Role.choices]
    )

    def __init__(self, *args, by: User, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = units_of(by)
        self.fields["facility"].queryset = Facility.objects.visible_to(by)
        self.is_chosen = by.is_township
        if by.is_township:
            del self.fields["unit"]
        else:
            self.is_chosen = bool({"unit", "facility"} & set(self.chosen()))


def people_for_course(user: User, form: CoursePeopleForm, day: dt.date) -> list[Employment]:
    """One post for each person now at work there; nobody before the county has said for which township."""
    if not form.is_chosen:
        return []
    chosen = form.chosen()
    posts = Employment.objects.visible_to(user).on(day)
    if unit := chosen.get("unit"):
        posts = posts.filter(org_unit__path__startswith=unit.path)
    if facility := chosen.get("facility"):
        posts = posts.filter(facility=facility)
    if role := chosen.get("role"):
        posts = posts.filter(role=role)
    found: dict[int, Employment] = {}
    order = ("org_unit__code", "facility__name", "role", "caregiver__name", "pk")
    for post in posts.select_related("caregiver", "facility", "org_unit").order_by(*order):
        found.setdefault(post.caregiver_id, post)
    return list(found.values())
