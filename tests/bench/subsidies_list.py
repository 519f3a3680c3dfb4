"""Pages of the list of elders, the first and the deepest, against a bare keyset query of the same rows."""

import statistics
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlencode

from django.db import connection
from django.http import QueryDict
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from eldercare.keyset import page_of
from eldercare.lists import PAGE_SIZE
from eldercare.models import OrgUnit
from subsidies.models import Elder
from subsidies.pages.elders import ElderFilterForm, elder_branches, elder_listing, everybody_of
from tests.bench import county, subsidies_register
from tests.bench.cases import Case, Figures, Measurement, Ratio

TIMES = 15  # each page, of which the median counts
UNIT, TAG, NAME = "990001103", "living_alone", "云舟"
ALL_THREE = "township, tag, name"
FILTERS = {
    "no filter": {},
    "township": {"unit": UNIT},
    "township, tag": {"unit": UNIT, "tag": TAG},
    "name": {"q": NAME},
    ALL_THREE: {"unit": UNIT, "tag": TAG, "q": NAME},
}
PAGES = {"first": {}, "deepest": {"before": "end"}}


def prepare(folder: Path, size: int) -> None:
    county.make_county()
    subsidies_register.fill_elders(size)
    county.tidy()


def _median(action: Callable[[], object]) -> float:
    action()
    taken = []
    for _ in range(TIMES):
        begun = time.perf_counter()
        action()
        taken.append(time.perf_counter() - begun)
    return statistics.median(taken)


def _all_pages(action: Callable[[dict, dict], object]) -> Figures:
    parts = {
        f"{label}, {place}": _median(lambda chosen=chosen, page=page: action(chosen, page))
        for label, chosen in FILTERS.items()
        for place, page in PAGES.items()
    }
    return Figures(seconds=sum(parts.values()), parts=parts)


def portal(folder: Path, size: int) -> Figures:
    """What the page asks the database, with the objects it makes of it."""
    user, today = county.clerk(), timezone.localdate()

    def page(chosen: dict, place: dict) -> None:
        form = ElderFilterForm(QueryDict(urlencode(chosen)), by=user)
        branches = elder_branches(Elder.objects.visible_to(user), form, today)
        listing = elder_listing(form, today)
        found = page_of(
            QueryDict(urlencode(place)), everybody_of(user), branches, [*listing.order, "pk"], PAGE_SIZE
        )
        listing.attach(found.object_list)

    return _all_pages(page)


def request(folder: Path, size: int) -> Figures:
    """The whole way from the request to the page."""
    client = Client(HTTP_HOST="localhost")
    client.force_login(county.clerk())

    def page(chosen: dict, place: dict) -> None:
        answer = client.get(reverse("elder-list"), chosen | place)
        if answer.status_code != 200:
            raise RuntimeError(f"The list answered {answer.status_code}.")

    return _all_pages(page)


BARE = """SELECT e.id, e.name, e.id_number, e.sex, e.born_on, e.phone, e.died_on, u.name, h.name
    FROM subsidies_elder e JOIN eldercare_orgunit u ON u.id = e.org_unit_id
    LEFT JOIN eldercare_orgunit h ON h.id = e.residence_unit_id
    WHERE e.merged_into_id IS NULL AND e.died_on IS NULL {where} ORDER BY {order} LIMIT 51"""
WHERE = {
    "unit": "AND e.org_unit_id = %(unit)s",
    "tag": """AND EXISTS (SELECT FROM subsidies_eldertag t WHERE t.elder_id = e.id AND t.kind = %(tag)s
        AND t.held @> %(today)s::date)""",
    "q": "AND subsidies_name_grams(e.name_key) @> ARRAY[%(q)s]",
}


def bare(folder: Path, size: int) -> Figures:
    units = {unit.code: unit.pk for unit in OrgUnit.objects.townships()}

    def page(chosen: dict, place: dict) -> None:
        names = ("e.name_key", "e.id") if "unit" in chosen else ("e.name_key", "e.born_on", "e.id")
        order = ", ".join(f"{each} DESC" if place else each for each in names)
        params = chosen | {"today": timezone.localdate(), "unit": units[UNIT]}
        with connection.cursor() as cursor:
            where = " ".join(WHERE[each] for each in chosen)
            cursor.execute(BARE.format(where=where, order=order), params)
            cursor.fetchall()

    return _all_pages(page)


FLOOR = "bare keyset query"
CASE = Case(
    title=f"List of elders: the median of {TIMES} looks at each page",
    what="elders",
    sizes=(100_000,),
    prepare=prepare,
    measurements=(Measurement(FLOOR, bare), Measurement("portal", portal), Measurement("request", request)),
    ratios=(
        *(Ratio(f"portal: {label}, deepest", f"portal: {label}, first", "≤ 3, ≥ 0.33") for label in FILTERS),
        *(
            Ratio(f"portal: {label}, {place}", f"{FLOOR}: {label}, {place}", "≤ 3")
            for label in FILTERS
            for place in PAGES
        ),
    ),
)
