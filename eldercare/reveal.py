"""Showing a masked number in full: who asked, about whom and why is recorded, never the number.

How to use it, in three steps:

1. Register the model, once, in a module that ``AppConfig.ready`` imports (see ``facilities/reveals.py``)::

       from eldercare import reveal
       reveal.register("stay", Stay, fields=("id_number",), back=lambda stay: reverse("stay-detail", args=[stay.pk]))

   ``Stay.objects.visible_to(user)`` decides whose numbers an account can ask for; ``back`` is where the small
   page without JavaScript leads back to.

2. In a template that shows the number::

       {% load reveal %}
       {% number stay "id_number" %}

   It writes the masked number and, for accounts that may (REVEAL_NUMBERS), the link 查看. It costs no query.
   With htmx the question for the reason opens in its place; without, on a page of its own.

3. Nothing else: the address (``number-reveal``), the reason, the log, the daily quota are here.

Every showing is one POST, so a page that is loaded again asks again, and is recorded again.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone

from eldercare import audit
from eldercare.encryption import Confidential, EncryptedField
from eldercare.errors import NotAllowed, Refused
from eldercare.models import AuditEvent, User
from eldercare.permissions import Permission


@dataclass(frozen=True)
class Revealable:
    """A model some of whose numbers can be shown."""

    kind: str
    model: type[models.Model]
    fields: tuple[str, ...]
    back: Callable[[models.Model], str]

    def label(self, field: str) -> str:
        return str(self.model._meta.get_field(field).verbose_name)

    def subject(self, thing: models.Model) -> str:
        """For the log, which names no elders: 入住 编号 17."""
        return f"{self.model._meta.verbose_name} 编号 {thing.pk}"


_by_kind: dict[str, Revealable] = {}
_by_model: dict[type[models.Model], Revealable] = {}


def register(
    kind: str,
    model: type[models.Model],
    *,
    fields: tuple[str, ...],
    back: Callable[[models.Model], str],
) -> None:
    """Let ``fields`` of ``model`` be shown; ``kind`` is its word in the address. The model needs ``visible_to``."""
    plain = [name for name in fields if not isinstance(model._meta.get_field(name), EncryptedField)]
    if plain:
        raise ValueError(f"{model._meta.label}: {', '.join(plain)} is not encrypted, so it is not masked.")
    _by_kind[kind] = _by_model[model] = Revealable(kind, model, fields, back)


def find(kind: str, field: str) -> Revealable | None:
    found = _by_kind.get(kind)
    return found if found and field in found.fields else None


def of(thing: models.Model, field: str) -> Revealable | None:
    found = _by_model.get(type(thing))
    return found if found and field in found.fields else None


def used_today(user: User, today: dt.date | None = None) -> int:
    """How many numbers the account has been shown since midnight."""
    midnight = timezone.make_aware(dt.datetime.combine(today or timezone.localdate(), dt.time.min))
    return AuditEvent.objects.filter(action=AuditEvent.Action.REVEAL, user=user, at__gte=midnight).count()


@transaction.atomic
def reveal(found: Revealable, *, thing: models.Model, field: str, reason: str, by: User) -> str:
    """The number in full. Recorded before it is handed out. Raises Refused when the day's quota is used up."""
    # One account asks one question at a time: two windows cannot both take the last of the quota.
    User.objects.select_for_update(of=("self",)).get(pk=by.pk)
    limit = settings.REVEAL_DAILY_LIMIT
    if used_today(by) >= limit:
        raise Refused(f"今天已查看 {limit} 个完整号码，达到每日上限。请明天再查，或与系统管理员联系。")
    value = getattr(thing, field)
    audit.record(
        AuditEvent.Action.REVEAL,
        by=by,
        subject=found.subject(thing),
        field=found.label(field),
        reason=reason,
    )
    return value.reveal() if isinstance(value, Confidential) else (value or "")


@transaction.atomic
def reveal_all(subjects: list[str], *, reason: str, is_allowed: bool, by: User) -> None:
    """Record that a program is shown the numbers of these, each as one, or refuse them all.

    Raises NotAllowed unless ``is_allowed`` and the account may, Refused when the day's quota is used up.
    """
    if not is_allowed or not by.may(Permission.REVEAL_NUMBERS):
        raise NotAllowed("显示完整号码须用有“people:full”权限的凭证。")
    User.objects.select_for_update(of=("self",)).get(pk=by.pk)
    limit = settings.REVEAL_DAILY_LIMIT
    used = used_today(by)
    if used + len(subjects) > limit:
        raise Refused(
            f"每天最多查看 {limit} 人的完整号码，今天还可看 {max(0, limit - used)} 人。请减少人数或明天再取。"
        )
    for subject in subjects:
        audit.record(
            AuditEvent.Action.REVEAL, by=by, subject=subject, field="证件号码、联系电话", reason=reason
        )
