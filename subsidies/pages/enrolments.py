"""What the pages of enrolments show: the list by state, one enrolment, who may be chosen for one."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Q, QuerySet, Sum
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from eldercare.errors import Refused
from eldercare.excel.writing import Kind
from eldercare.history import Step, history_of
from eldercare.lists import Badge, Column, Listing
from eldercare.models import User
from eldercare.permissions import Permission
from facilities.models import Employment, Facility
from facilities.models.facilities import QUALIFICATIONS
from subsidies.engine import entitlements
from subsidies.models import (
    Elder,
    Enrolment,
    EnrolmentStep,
    PaymentLine,
    Programme,
    PublicNotice,
    RuleVersion,
)
from subsidies.pages.finding import LIMIT, MOST_DIGITS, find_elders
from subsidies.pages.matching import Case, case_of, case_of_applicant, first_month_paid
from subsidies.rules.enrolments import WAYS, stop_month

State = Enrolment.State
COLOURS = {
    State.APPLIED: "blue",
    State.CHECKED: "blue",
    State.ON_NOTICE: "orange",
    State.NOTICED: "orange",
    State.RUNNING: "green",
}
SUSPENDED = "suspended"  # no state of its own: running, and paid nothing for the time being
TABS = (("", "全部"), *State.choices[:5], (SUSPENDED, "暂停发放"), *State.choices[5:])


def badge(enrolment: Enrolment) -> Badge:
    if enrolment.state == State.RUNNING and enrolment.suspended.on(timezone.localdate()):
        return Badge("暂停发放", "red")
    return Badge(str(enrolment.get_state_display()), COLOURS.get(enrolment.state, "secondary"))


def light(rows: QuerySet) -> QuerySet:
    """With the holders, but without their numbers, which a list neither shows nor decrypts."""
    unread = ("id_number", "phone", "contact_phone")
    return rows.select_related(
        "programme", "org_unit", "elder__village", "post__caregiver", "post__facility", "facility"
    ).defer(
        *(f"elder__{name}" for name in unread),
        *(f"post__caregiver__{name}" for name in unread[:2]),
        "facility__phone",
        *(f"facility__{name}" for name in QUALIFICATIONS),
        *(f"post__facility__{name}" for name in QUALIFICATIONS),
        "post__facility__phone",
    )


def place_of(enrolment: Enrolment) -> str:
    """Where a list places the holder: village, or the facility of a post."""
    if enrolment.elder_id:
        return enrolment.elder.village.name if enrolment.elder.village_id else ""
    if enrolment.post_id:
        return enrolment.post.facility.name if enrolment.post.facility_id else ""
    return ""


# --- List -------------------------------------------------------------------------------------------------------


def filter_enrolments(rows: QuerySet, chosen: dict) -> QuerySet:
    if text := chosen.get("q"):
        elders = Elder.objects.named(text).values("pk")
        rows = rows.filter(
            Q(elder__in=elders) | Q(post__caregiver__name__icontains=text) | Q(facility__name__icontains=text)
        )
    for name in ("programme", "end_reason"):
        if chosen.get(name):
            rows = rows.filter(**{name: chosen[name]})
    if unit := chosen.get("unit"):
        rows = rows.filter(org_unit__path__startswith=unit.path)
    if month := chosen.get("ended"):
        rows = rows.filter(ended_from=month)
    return rows


def in_state(rows: QuerySet, state: str, today: dt.date) -> QuerySet:
    if state == SUSPENDED:
        return rows.filter(state=State.RUNNING, suspended__on=today)
    return rows.filter(state=state) if state else rows


def tabs(rows: QuerySet, query: str, current: str, today: dt.date) -> list[tuple[str, str, int, bool]]:
    """label, address, number and whether it is the open one; ``rows`` as filtered but for the state."""
    held = Count("pk", filter=Q(suspended__on=today))
    counts = rows.order_by().values_list("state").annotate(number=Count("pk"), held=held)
    counted, suspended = {}, 0
    for state, number, without in counts:
        counted[state] = number
        suspended += without if state == State.RUNNING else 0
    everybody = sum(counted.values())
    counted[SUSPENDED] = suspended
    shown = []
    for state, label in TABS:
        number = counted.get(state, 0) if state else everybody
        address = (
            f"?{query}&state={state}" if query and state else f"?{query}" if query else f"?state={state}"
        )
        shown.append((str(label), address if state or query else "?", number, state == current))
    return shown


COLUMNS = (
    Column(
        "name",
        "享受人",
        "holder_name",
        order=("elder__name_key", "post__caregiver__name", "facility__name"),
        link=lambda row: reverse("enrolment-detail", args=[row.pk]),
        width=16,
        css="ledger-name",
    ),
    Column("programme", "补贴项目", "programme.name", order=("programme__name",), width=22),
    Column("unit", "镇(街道)", "org_unit.name", order=("org_unit__code",), css="nowrap"),
    Column("place", "村(社区)、机构", place_of, order=("elder__village__code",), width=20),
    Column("applied", "申请", "applied_on", order=("applied_on",), kind=Kind.DATE, width=12),
    Column("approved", "批准", "approved_on", order=("approved_on",), kind=Kind.DATE, width=12),
    Column(
        "ended",
        "停发起",
        lambda row: f"{row.ended_from:%Y-%m}" if row.ended_from else None,
        order=("ended_from",),
        width=10,
        css="nowrap",
    ),
    Column("reason", "停发原因", "get_end_reason_display", order=("end_reason",), width=14),
    Column("state", "状态", badge, order=("state",)),
)
ENROLMENTS = Listing(
    "享受资格",
    COLUMNS,
    order=("-applied_on",),
    unit="条",
    is_off=lambda row: row.state in (State.ENDED, State.REFUSED, State.WITHDRAWN),
)


# --- Choosing who -----------------------------------------------------------------------------------------------


def find_holders(programme: Programme, text: str, user: User) -> list[tuple[int, str, str]]:
    """(key, name, what tells them apart) of the elders, posts or facilities that ``text`` may mean.

    Raises ``Refused`` for a part of a number.
    """
    today = timezone.localdate()
    if programme.beneficiary == Programme.Beneficiary.ELDER:
        return [(each.pk, each.name, elder_line(each, today)) for each in find_elders(text, user)]
    if sum(letter.isdigit() for letter in text) > MOST_DIGITS:
        raise Refused("请输入姓名或机构名称。")
    if programme.beneficiary == Programme.Beneficiary.POST:
        posts = Employment.objects.visible_to(user).on(today).filter(caregiver__name__icontains=text)
        posts = posts.select_related("caregiver", "facility", "org_unit").order_by("caregiver__name", "pk")
        return [
            (
                each.pk,
                each.caregiver.name,
                f"{each.get_role_display()}，{each.place}，{each.employed_from} 起",
            )
            for each in posts[:LIMIT]
        ]
    facilities = Facility.objects.visible_to(user).open_on(today).filter(name__icontains=text)
    facilities = facilities.select_related("org_unit").order_by("org_unit__code", "name")
    return [
        (each.pk, each.name, f"{each.get_kind_display()}，{each.org_unit}") for each in facilities[:LIMIT]
    ]


def elder_line(elder: Elder, today: dt.date) -> str:
    parts = [
        elder.get_sex_display(),
        f"{elder.age_on(today)} 周岁",
        f"{elder.org_unit}{elder.village.name if elder.village_id else ''}",
        str(elder.id_number or "暂无证件"),
    ]
    return "，".join(parts)


def holder_for(programme: Programme, pk: str, user: User) -> tuple[Elder | Employment | Facility, str] | None:
    """The one chosen, with a line about it; None where the user has no such."""
    if programme.beneficiary == Programme.Beneficiary.ELDER:
        return holder_of_elders(pk, user)
    if not (pk.isascii() and pk.isdigit() and len(pk) < 12):
        return None
    if programme.beneficiary == Programme.Beneficiary.POST:
        posts = Employment.objects.visible_to(user).select_related("caregiver", "facility", "org_unit")
        found = posts.filter(pk=pk).first()
        if found is None:
            return None
        return found, f"{found.caregiver.name}，{found.get_role_display()}，{found.place}"
    found = Facility.objects.visible_to(user).select_related("org_unit").filter(pk=pk).first()
    return (found, f"{found.name}，{found.get_kind_display()}") if found else None


def holder_of_elders(pk: str, user: User) -> tuple[Elder, str] | None:
    """As ``holder_for``, before a programme is chosen."""
    if not (pk.isascii() and pk.isdigit() and len(pk) < 12):
        return None
    found = Elder.objects.visible_to(user).select_related("org_unit", "village").filter(pk=pk).first()
    return (found, f"{found.name}，{elder_line(found, timezone.localdate())}") if found else None


# --- One enrolment ----------------------------------------------------------------------------------------------


@dataclass
class EnrolmentSheet:
    enrolment: Enrolment
    badge: Badge
    about: str
    steps: list[EnrolmentStep]
    case: Case
    first_month: dt.date | None  # of an applicant
    notices: list[PublicNotice]
    may: set[str]  # kinds of steps that are open to the user
    paid: tuple[int, Decimal]  # lines, yuan
    statement_url: str
    holder_url: str
    others: list[Enrolment]  # of the same elder
    history: list[Step]


NEEDS = {
    "check": Permission.CHECK_ENROLMENTS,
    "objection": Permission.CHECK_ENROLMENTS,
    "withdraw": Permission.CHECK_ENROLMENTS,
    "suspend": Permission.CHECK_ENROLMENTS,
    "resume": Permission.CHECK_ENROLMENTS,
    "end": Permission.CHECK_ENROLMENTS,
    "approve": Permission.APPROVE_ENROLMENTS,
    "reopen": Permission.APPROVE_ENROLMENTS,
}


def open_steps(enrolment: Enrolment, user: User) -> set[str]:
    found = {kind for kind, permission in NEEDS.items() if user.may(permission)}
    decides = (
        Permission.APPROVE_ENROLMENTS if enrolment.state == State.NOTICED else Permission.CHECK_ENROLMENTS
    )
    if user.may(decides):
        found |= {"return", "refuse"}
    found = {kind for kind in found if enrolment.state in WAYS[kind].sources}
    is_suspended = enrolment.suspended.since_day is not None
    return found - ({"suspend"} if is_suspended else {"resume"})


def load_enrolment(enrolment: Enrolment, user: User) -> EnrolmentSheet:
    month = timezone.localdate().replace(day=1)
    is_applicant = enrolment.state not in Enrolment.PAYABLE
    if is_applicant:
        case = case_of_applicant(enrolment, month)
    else:
        rows = entitlements(enrolment.programme, [month], enrolments=[enrolment.pk])
        case = case_of(enrolment.programme, rows[0] if rows else None, month)
    total = enrolment.lines.live().money().aggregate(number=Count("pk"), amount=Sum("amount"))
    others = Enrolment.objects.none()
    if enrolment.elder_id:
        others = Enrolment.objects.visible_to(user).filter(elder=enrolment.elder_id)
        others = others.exclude(pk=enrolment.pk).select_related("programme")
    return EnrolmentSheet(
        enrolment=enrolment,
        badge=badge(enrolment),
        about=_about(enrolment),
        steps=list(enrolment.steps.select_related("by")),
        case=case,
        first_month=first_month_paid(enrolment, month) if is_applicant else None,
        notices=list(enrolment.notices.order_by("-starts_on")),
        may=open_steps(enrolment, user),
        paid=(total["number"], total["amount"] or Decimal(0)),
        statement_url=_url("payment-statement", enrolment.elder_id),
        holder_url=_holder_url(enrolment),
        others=list(others),
        history=history_of(enrolment, user=user),
    )


def _about(enrolment: Enrolment) -> str:
    if enrolment.elder_id:
        return elder_line(enrolment.elder, timezone.localdate())
    if enrolment.post_id:
        return f"{enrolment.post.get_role_display()}，{enrolment.post.place}"
    return f"{enrolment.facility.get_kind_display()}，{enrolment.facility.org_unit}"


def _holder_url(enrolment: Enrolment) -> str:
    if enrolment.elder_id:
        return _url("elder-detail", enrolment.elder_id)
    if enrolment.post_id:
        return _url("caregiver-detail", enrolment.post.caregiver_id)
    return _url("facility-detail", enrolment.facility_id)


def _url(name: str, pk: int | None) -> str:
    """ "" while there is no such page."""
    try:
        return reverse(name, args=[pk]) if pk else ""
    except NoReverseMatch:
        return ""


# --- Ending -----------------------------------------------------------------------------------------------------


def proposed_stop(enrolment: Enrolment, reason: str, happened_on: dt.date) -> dt.date:
    """应停发月, by the version in force in the month of what happened; the next month without one."""
    versions = enrolment.programme.versions.filter(effective_from__lte=happened_on)
    version = versions.order_by("-effective_from").first() or RuleVersion()
    settings = {name: getattr(version, name) for name in ("death", "moving_out", "facts_day")}
    return stop_month(reason, happened_on, settings)


def known_end(enrolment: Enrolment) -> tuple[str, dt.date] | None:
    """A death or a move that the register knows of."""
    elder = enrolment.elder
    if elder is None:
        return None
    if elder.died_on:
        return Enrolment.EndReason.DIED, elder.died_on
    if elder.registered and elder.registered[-1].until:
        return Enrolment.EndReason.MOVED_OUT, elder.registered[-1].until
    return None


def paid_from(enrolment: Enrolment, month: dt.date) -> tuple[int, Decimal]:
    """Months and yuan that were paid for ``month`` and later."""
    lines = enrolment.lines.live().money().filter(for_month__gte=month)
    lines = lines.exclude(kind=PaymentLine.Kind.OFFSET)
    found = lines.aggregate(months=Count("for_month", distinct=True), amount=Sum("amount"))
    return found["months"], found["amount"] or Decimal(0)
