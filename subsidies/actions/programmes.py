"""Writing programmes and how they go together."""

from collections.abc import Mapping

from django.db import transaction

from eldercare import audit
from eldercare.errors import Conflict, Refused
from eldercare.history import version_of
from eldercare.models import AuditEvent, User
from facilities.actions.guards import CHANGED_SINCE, in_words, write
from subsidies.actions.guards import require_editor
from subsidies.actions.replays import Gate, one_at_a_time
from subsidies.engine.drafts import Draft
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
    *, programme: Programme, changes: Mapping[str, object], seen: int | None, by: User, replayed: str = ""
) -> list[str]:
    """Returns the labels of what changed. Raises ``Conflict`` when the row has moved since ``seen``.

    ``replayed``: the digest of the replay that was seen; without it a change of the months raises ``NeedsReplay``.
    """
    current = locked(programme, by)
    if seen is not None and version_of(current) != seen:
        raise Conflict(CHANGED_SINCE)
    for name in FIXED_ONCE_USED:
        if name in changes and changes[name] != getattr(current, name):
            _refuse_if_used(current, name)
    gate = Gate(Draft.of_programme(current, changes), f"修改“{current.name}”的政策起止月")
    words = write(current, {name: value for name, value in changes.items() if name in EDITABLE})
    if words:
        record(current, "修改项目", by, fields=words, **gate.check(replayed, by=by))
    return words


def _refuse_if_used(programme: Programme, name: str) -> None:
    label = Programme._meta.get_field(name).verbose_name
    if name == "beneficiary" and programme.enrolments.exists():
        raise Refused(f"已有人申请这个项目，不能改“{label}”。请另建一个项目。")
    if PaymentLine.objects.filter(batch__programme=programme).exists():
        raise Refused(f"这个项目已在本系统发放过，不能改“{label}”。")


@transaction.atomic
def save_exclusion(*, exclusion: Exclusion, by: User, replayed: str = "") -> Exclusion:
    """Add how two programmes go together, or write the changed one. ``replayed``: as in ``edit_programme``."""
    require_editor(by, exclusion.yielding.org_unit)
    require_editor(by, exclusion.prevailing.org_unit)
    one_at_a_time()
    _refuse_opposite(exclusion)
    is_new = exclusion.pk is None
    what = "新增项目衔接" if is_new else "修改项目衔接"
    gate = Gate(Draft.of_exclusion(exclusion), f"{what}：{exclusion}")
    with in_words(Exclusion):
        exclusion.save()
    record(exclusion.yielding, what, by, rule=str(exclusion), **gate.check(replayed, by=by))
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
def delete_exclusion(*, exclusion: Exclusion, by: User, replayed: str = "") -> None:
    require_editor(by, exclusion.yielding.org_unit)
    one_at_a_time()
    words = str(exclusion)
    gate = Gate(Draft.without_exclusion(exclusion), f"删除项目衔接：{words}")
    if not Exclusion.objects.filter(pk=exclusion.pk).delete()[0]:
        raise Conflict("这条项目衔接已经被删除。")
    record(exclusion.yielding, "删除项目衔接", by, rule=words, **gate.check(replayed, by=by))


def locked(programme: Programme, by: User) -> Programme:
    """The programme as it is now; until the transaction ends nobody else saves rules."""
    one_at_a_time()
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
