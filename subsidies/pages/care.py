"""Care at home at a glance: visits, adaptations, family beds."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count

from eldercare.models import User
from subsidies.models import FamilyBed, Visit
from subsidies.pages.adaptations import AdaptationLine, township_lines
from subsidies.pages.family_beds import IN_STATE
from subsidies.pages.visits import WORRYING, DueLine, due_lines

RECENT = dt.timedelta(days=30)


@dataclass
class CareOverview:
    visits: DueLine
    visit_lines: list[DueLine]
    adaptations: AdaptationLine
    beds: dict[str, int]
    worrying: int  # visits of late at which somebody needed help
    since: dt.date


def load_overview(user: User, day: dt.date) -> CareOverview:
    lines, total = due_lines(user, day, user.org_unit if user.is_township else None)
    _, adaptations = township_lines(user, day)
    counts = {
        name: Count("pk", filter=IN_STATE[name]) for name in ("applied", "assessed", "approved", "in_use")
    }
    since = day - RECENT
    worrying = Visit.objects.visible_to(user).filter(visited_on__gte=since, result__in=WORRYING)
    return CareOverview(
        visits=total,
        visit_lines=lines,
        adaptations=adaptations,
        beds=FamilyBed.objects.visible_to(user).aggregate(**counts),
        worrying=worrying.count(),
        since=since,
    )
