"""Row-level visibility: every query of a page, count, export or API answer starts with ``visible_to(user)``."""

from typing import TYPE_CHECKING, ClassVar, Self

from django.db import models

if TYPE_CHECKING:
    from eldercare.models import User


class ScopedQuerySet(models.QuerySet):
    """Rows that belong to an organisation unit.

    ``scope_path`` is the look-up from the row to its ``OrgUnit`` ("" when the row is one itself). A user sees
    the unit of the account and all units below it.
    """

    scope_path: ClassVar[str] = "org_unit"

    def visible_to(self, user: "User") -> Self:
        if not user.is_authenticated or user.org_unit_id is None:
            return self.none()
        look_up = "__".join(part for part in (self.scope_path, "path", "startswith") if part)
        return self.filter(**{look_up: user.org_unit.path})
