"""Writing programmes and how they go together."""

from collections.abc import Mapping

from django.db import transaction

from eldercare import audit
from eldercare.errors import Conflict, NotAllowed, Refused
from eldercare.history import version_of
from eldercare.models import AuditEvent, OrgUnit, User
from eldercare.permissions import Permission
from facilities.actions.guards import CHANGED_SINCE, in_words, write
from subsidies.models import Exclusion, PaymentLine, Programme

EDITABLE = (
    "code",
    "name",
    "kind",
    "beneficiary",
    "starts_on",
    "ends_on",
    "portal_from",
    "notice_days",
    "offsets_recoveries",
    "outlier_factor",
    "is_example",
    "note",
)
# What an enrolment or a payment already stands on.
FIXED_ONCE_USED = ("beneficiary", "portal_from")


def require_editor(by: User, county: OrgUnit) -> None:
    if not by.may(Permission.EDIT_PROGRAMMES):
        raise NotAllowed(f"{by.get_role_display()}不能修改补贴政策。")
    if not by.org_unit.contains(county):
        raise NotAllowed("只能修改本县的补贴项目。")


@transaction.atomic
def create_programme(*, fields: Mapping[str, object], by: User) -> Programme:
    """In the county of ``by``. Raises ``Refused`` for a code that the county uses already."""
    programme = Programme(org_unit=by.org_unit, **fields)
    require_editor(by, programme.org_unit)
    with in_words(Programme):
        programme.save()
    record(programme, "新建项目", by)
    return programme


@transaction.atomic
def edit_programme(
    *, programme: Programme, changes: Mapping[str, object], seen: int | None, by: User
) -> list[str]:
    """Returns the labels of what changed. Raises ``Conflict`` when the row has moved since ``seen``."""
    current = locked(programme, by)
    if seen is not None and version_of(current) != seen:
        raise Conflict(CHANGED_SINCE)
    for name in FIXED_ONCE_USED:
        if name in changes and changes[name] != getattr(current, name):
            _refuse_if_used(current, name)
    words = write(current, {name: value for name, value in changes.items() if name in EDITABLE})
    if words:
        record(current, "修改项目", by, fields=words)
    return words


def _refuse_if_used(programme: Programme, name: str) -> None:
    label = Programme._meta.get_field(name).verbose_name
    if name == "beneficiary" and programme.enrolments.exists():
        raise Refused(f"已有人申请这个项目，不能改“{label}”。请另建一个项目。")
    if PaymentLine.objects.filter(batch__programme=programme).exists():
        raise Refused(f"这个项目已在本系统发放过，不能改“{label}”。")


@transaction.atomic
def save_exclusion(*, exclusion: Exclusion, by: User) -> Exclusion:
    """Add how two programmes go together, or write the changed one."""
    require_editor(by, exclusion.yielding.org_unit)
    require_editor(by, exclusion.prevailing.org_unit)
    _refuse_opposite(exclusion)
    is_new = exclusion.pk is None
    with in_words(Exclusion):
        exclusion.save()
    record(exclusion.yielding, "新增项目衔接" if is_new else "修改项目衔接", by, rule=str(exclusion))
    return exclusion


def _refuse_opposite(exclusion: Exclusion) -> None:
    """Two rules of one pair in the same months would answer differently which programme gives way."""
    pair = {exclusion.yielding_id, exclusion.prevailing_id}
    others = Exclusion.objects.select_for_update().filter(yielding__in=pair, prevailing__in=pair)
    for other in others.exclude(pk=exclusion.pk):
        begins = max(other.effective_from, exclusion.effective_from)
        if (other.effective_to is None or begins <= other.effective_to) and (
            exclusion.effective_to is None or begins <= exclusion.effective_to
        ):
            raise Refused(
                f"这两个项目从 {other.effective_from:%Y-%m} 起已有一条衔接规定，执行月份不能重叠，请先给它填上终止月。"
            )


@transaction.atomic
def delete_exclusion(*, exclusion: Exclusion, by: User) -> None:
    require_editor(by, exclusion.yielding.org_unit)
    words = str(exclusion)
    if not Exclusion.objects.filter(pk=exclusion.pk).delete()[0]:
        raise Conflict("这条项目衔接已经被删除。")
    record(exclusion.yielding, "删除项目衔接", by, rule=words)


def locked(programme: Programme, by: User) -> Programme:
    current = (
        Programme.objects.visible_to(by)
        .select_related("org_unit")
        .select_for_update(of=("self",))
        .filter(pk=programme.pk)
        .first()
    )
    if current is None:
        raise Conflict("这个项目刚刚被删除。")
    require_editor(by, current.org_unit)
    return current


def record(programme: Programme, what: str, by: User, **detail: object) -> None:
    audit.record(
        AuditEvent.Action.PROGRAMME,
        by=by,
        org_unit=programme.org_unit,
        subject=f"{what}：{programme.name}",
        **detail,
    )
