"""What every write to the ledgers of beds makes sure of: who, on which version, and refusals in words."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import IntegrityError, models, transaction

from eldercare.errors import Conflict, NotAllowed, Refused
from eldercare.history import version_of
from eldercare.models import User
from eldercare.permissions import Permission

CHANGED_SINCE = "在您打开页面之后，别人修改了这条记录。您填写的内容都在下面，没有丢失；请对照现在的内容，确认后再保存一次。"


def require_editor(by: User) -> None:
    if not by.may(Permission.EDIT_LEDGERS):
        raise NotAllowed("您的账号不能修改台账。")


def visible(queryset: models.QuerySet, by: User, pk: int, words: str) -> models.Model:
    """The row for ``by``, locked. What another township has is as if it did not exist."""
    found = queryset.visible_to(by).select_for_update(of=("self",)).filter(pk=pk).first()
    if found is None:
        raise Refused(f"{words}不存在，或不在您的管理范围内。")
    return found


def check_version(row: models.Model, seen: int | None) -> None:
    """After the row is locked. None: the action needs no page that was looked at before."""
    if seen is not None and version_of(row) != seen:
        raise Conflict(CHANGED_SINCE)


@contextmanager
def in_words(*tables: type[models.Model]) -> Iterator[None]:
    """A constraint that stops the write speaks with its own sentence."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        name = getattr(getattr(error.__cause__, "diag", None), "constraint_name", None)
        for table in tables:
            for constraint in table._meta.constraints:
                if constraint.name == name:
                    raise Refused(str(constraint.get_violation_error_message())) from None
        raise


def write(row: models.Model, changes: dict[str, object]) -> list[str]:
    """Set what differs and save it; returns the labels of what was changed."""
    differing = {name: value for name, value in changes.items() if getattr(row, name) != value}
    if not differing:
        return []
    for name, value in differing.items():
        setattr(row, name, value)
    with in_words(type(row)):
        row.save(update_fields=list(differing))
    return [str(row._meta.get_field(name).verbose_name) for name in differing]
