"""Writing the staff ledger: people, posts, certificates, courses. Attendance is in ``attendance.py``."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NamedTuple

from django.db import IntegrityError, models, transaction
from django.db.models import QuerySet

from eldercare import audit
from eldercare.errors import Conflict, NotAllowed, Refused
from eldercare.history import version_of
from eldercare.identity import check_id_number
from eldercare.models import AuditEvent, User
from facilities.models import Caregiver, Certificate, Employment, Training

ELSEWHERE = "此人已在其他镇(街道)登记；如确在本单位任职，请联系县级经办添加任职。"
COUNTY_ONLY = "此人在其他镇(街道)另有任职，姓名和证件信息由县级经办修改。"
CHANGED = "在您打开本页之后，这条记录已被别人修改。请对照现行内容，确认后再次保存。"
GONE = "这条记录已不存在，可能刚被别人删除。"
IDENTITY = ("name", "id_number", "id_reason", "sex", "born_on")


def persons_with(id_number: str) -> QuerySet[Caregiver]:
    """Whoever has the number, in the form of 18 characters or in the old one of 15 digits. Not narrowed: a person
    is registered once for the county, and who asks is told no more than the caller decides."""
    plain = str.__str__(id_number)
    forms = {plain, *check_id_number(plain).upgrades}
    if len(plain) == 18 and plain[6:8] == "19":
        forms.add(plain[:6] + plain[8:17])
    return Caregiver.objects.filter(id_number__in=forms)


def posts_elsewhere(caregiver: Caregiver, user: User) -> QuerySet[Employment]:
    """Posts of the person that the user may not see."""
    return caregiver.employments.exclude(org_unit__path__startswith=user.org_unit.path)


@transaction.atomic
def add_person(
    *,
    person: Mapping[str, Any],
    post: Mapping[str, Any],
    certificate: Mapping[str, Any] | None,
    by: User,
) -> Caregiver:
    """A person with the first post. Raises Refused for somebody registered already, and NotAllowed, which tells
    nothing more, for somebody registered elsewhere in the county."""
    known = persons_with(person["id_number"]).select_for_update().first()
    if known and known.employments.exists():
        visible = Caregiver.objects.visible_to(by).filter(pk=known.pk).exists()
        raise Refused("此人已登记，请打开其页面添加任职。") if visible else NotAllowed(ELSEWHERE)
    caregiver = known or Caregiver()  # somebody without any post is left over from an upload undone
    _set(caregiver, person)
    with readable(Caregiver):
        caregiver.save()
    with readable(Employment):
        made = Employment.objects.create(caregiver=caregiver, **post)
    if certificate:
        with readable(Certificate):
            Certificate.objects.create(caregiver=caregiver, **certificate)
    _record(caregiver, by, "登记人员", place=made.place)
    return caregiver


@transaction.atomic
def edit_person(*, caregiver: Caregiver, changes: Mapping[str, Any], seen: int, by: User) -> list[str]:
    """Labels of what changed. Raises Conflict, and NotAllowed for the identity of somebody shared."""
    row = locked(Caregiver, caregiver.pk, by=by, seen=seen)
    changed = _changed(row, changes)
    if set(changed) & set(IDENTITY) and posts_elsewhere(row, by).exists():
        raise NotAllowed(COUNTY_ONLY)
    if "id_number" in changed:
        other = persons_with(changes["id_number"]).exclude(pk=row.pk).first()
        if other:
            visible = Caregiver.objects.visible_to(by).filter(pk=other.pk).exists()
            raise Refused(f"这个证件号码已登记在“{other.name}”名下，请核对。" if visible else ELSEWHERE)
    return _save(row, changes, changed, by, "修改人员")


@transaction.atomic
def add_post(*, caregiver: Caregiver, post: Mapping[str, Any], by: User) -> Employment:
    locked(Caregiver, caregiver.pk, by=by)
    with readable(Employment):
        made = Employment.objects.create(caregiver=caregiver, **post)
    _record(caregiver, by, "添加任职", place=made.place)
    return made


@transaction.atomic
def edit_part(*, part: models.Model, changes: Mapping[str, Any], seen: int, by: User) -> list[str]:
    """Change a post, certificate or training record. Raises Conflict when it is no longer what was seen."""
    row = locked(type(part), part.pk, by=by, seen=seen)
    return _save(row, changes, _changed(row, changes), by, f"修改{row._meta.verbose_name}")


@transaction.atomic
def add_part(
    *, model: type[models.Model], caregiver: Caregiver, values: Mapping[str, Any], by: User
) -> models.Model:
    """Add a certificate or a training record."""
    locked(Caregiver, caregiver.pk, by=by)
    with readable(model):
        made = model.objects.create(caregiver=caregiver, **values)
    _record(caregiver, by, f"添加{model._meta.verbose_name}")
    return made


@transaction.atomic
def remove_part(*, part: models.Model, seen: int, by: User) -> None:
    """Delete a certificate or training record that was entered by mistake; the history keeps it."""
    row = locked(type(part), part.pk, by=by, seen=seen)
    _record(row.caregiver, by, f"删除{row._meta.verbose_name}")
    row.delete()


class Registered(NamedTuple):
    added: int
    known: list[str]  # names of those who had the record already


@transaction.atomic
def register_course(*, people: Iterable[int], course: Mapping[str, Any], by: User) -> Registered:
    """One course for many people. Registering it twice changes nothing."""
    wanted = set(people)
    found = list(Caregiver.objects.visible_to(by).filter(pk__in=wanted).order_by("name", "pk"))
    if len(found) != len(wanted):
        raise Refused("选中的人员里有人已不在本单位名册，请重新打开本页再选。")
    same = {key: course[key] for key in ("subject", "title", "held_on")}
    had = set(
        Training.objects.visible_to(by)
        .filter(caregiver__in=found, **same)
        .values_list("caregiver_id", flat=True)
    )
    new = [Training(caregiver=each, **course) for each in found if each.pk not in had]
    # Two clerks at once: whoever comes second finds the row there, which is what was wanted.
    Training.objects.bulk_create(new, ignore_conflicts=True)
    if new:
        audit.record(
            AuditEvent.Action.LEDGER,
            by=by,
            subject=f"培训 {course['title'] or Training.Subject(course['subject']).label}",
            step="登记培训",
            date=course["held_on"],
            rows=len(new),
        )
    return Registered(len(new), [each.name for each in found if each.pk in had])


# --- Shared ---------------------------------------------------------------------------------------------------


def locked(model: type[models.Model], pk: int, *, by: User, seen: int | None = None) -> Any:
    """The row, held until the end of the transaction. Raises Refused when it is gone or out of reach, and
    Conflict when it has changed since its version was ``seen``."""
    row = model.objects.visible_to(by).select_for_update(of=("self",)).filter(pk=pk).first()
    if row is None:
        raise Refused(GONE)
    if seen is not None and version_of(row) != seen:
        raise Conflict(CHANGED)
    return row


@contextmanager
def readable(model: type[models.Model]) -> Iterator[None]:
    """What the database refuses, in the words of the constraint."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        name = getattr(getattr(error.__cause__, "diag", None), "constraint_name", "")
        for constraint in model._meta.constraints:
            if constraint.name == name:
                raise Refused(str(constraint.violation_error_message)) from error
        raise


def _set(row: models.Model, values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        setattr(row, name, value)


def _changed(row: models.Model, changes: Mapping[str, Any]) -> list[str]:
    return [name for name, value in changes.items() if getattr(row, name) != value]


def _save(
    row: models.Model, changes: Mapping[str, Any], changed: list[str], by: User, step: str
) -> list[str]:
    if not changed:
        return []
    _set(row, {name: changes[name] for name in changed})
    with readable(type(row)):
        row.save(update_fields=changed)
    labels = [str(row._meta.get_field(name).verbose_name) for name in changed]
    _record(row if isinstance(row, Caregiver) else row.caregiver, by, step, changes=labels)
    return labels


def _record(caregiver: Caregiver, by: User, step: str, **detail: object) -> None:
    """The log names the entry, not the person; what was written is in the history of the ledger."""
    audit.record(
        AuditEvent.Action.LEDGER, by=by, subject=f"从业人员 编号 {caregiver.pk}", step=step, **detail
    )
