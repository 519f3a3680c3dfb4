"""A short text that tells an open dashboard that there is something new."""

import datetime as dt
import hashlib

from django.contrib.postgres.aggregates import StringAgg
from django.db.models import Subquery

from eldercare.models import OrgUnit, User
from indicators.models import Indicator, IndicatorValue, MonthlyReport
from indicators.pages.dashboard import SPARK_MONTHS
from indicators.rules.months import add_months


def stamp_of(user: User, month: dt.date) -> str:
    """A short text that changes when something changes that the user's dashboard of ``month`` shows. One query."""
    newest_value = IndicatorValue.objects.visible_to(user).filter(
        month__gte=add_months(month, 1 - SPARK_MONTHS)
    )
    newest_edit = Indicator.objects.visible_to(user).order_by("-updated_at")
    states = (
        MonthlyReport.objects.visible_to(user)
        .for_month(month)
        .order_by()
        .values("month")
        .annotate(states=StringAgg("status", ",", order_by="org_unit_id"))
    )
    row = (
        OrgUnit.objects.filter(pk=user.org_unit_id)
        .values(
            value=Subquery(newest_value.order_by("-computed_at").values("computed_at")[:1]),
            edit=Subquery(newest_edit.values("updated_at")[:1]),
            states=Subquery(states.values("states")),
        )
        .first()
    )
    return hashlib.sha256(repr(row).encode()).hexdigest()[:16]
