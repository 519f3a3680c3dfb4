"""Pages of the list of elders, the first and the deepest, against one keyset query of the same rows.

The statements of a page are compared with the bare statement, the page with the bare statement and its objects.
"""

import statistics
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from urllib.parse import urlencode

from django.db import connection
from django.db.models import Exists, OuterRef
from django.http import QueryDict
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from eldercare.keyset import page_of
from eldercare.lists import PAGE_SIZE
from eldercare.models import OrgUnit, User
from subsidies.models import Elder, ElderTag
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


class Waited:
    """Seconds in statements."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.number = 0

    def __call__(self, execute, *details):
        begun = time.perf_counter()
        try:
            return execute(*details)
        finally:
            self.seconds += time.perf_counter() - begun
            self.number += 1


def _median(action: Callable[[], object], *, only_statements: bool) -> float:
    action()
    taken = []
    for _ in range(TIMES):
        waited, begun = Waited(), time.perf_counter()
        if only_statements:
            with connection.execute_wrapper(waited):
                action()
        else:
            action()
        taken.append(waited.seconds if only_statements else time.perf_counter() - begun)
    return statistics.median(taken)


def _all_pages(action: Callable[[dict, dict], object], *, only_statements: bool = False) -> Figures:
    parts = {}
    for label, chosen in FILTERS.items():
        for place, page in PAGES.items():
            parts[f"{label}, {place}"] = _median(
                lambda chosen=chosen, page=page: action(chosen, page), only_statements=only_statements
            )
    return Figures(seconds=sum(parts.values()), parts=parts)


def _page(user: User, chosen: dict, place: dict) -> None:
    today = timezone.localdate()
    form = ElderFilterForm(QueryDict(urlencode(chosen)), by=user)
    everybody = everybody_of(user, today)
    branches = elder_branches(everybody, form, today)
    listing = elder_listing(form, today)
    order = [*listing.order, "pk"]
    found = page_of(QueryDict(urlencode(place)), everybody, branches, order, PAGE_SIZE)
    if found.object_list:
        listing.attach(found.object_list)


def portal(folder: Path, size: int) -> Figures:
    """What the list page does before it is drawn; whose it is was found out before, as on every page."""
    return _all_pages(partial(_page, county.clerk()))


def statements(folder: Path, size: int) -> Figures:
    page, waited = partial(_page, county.clerk()), Waited()
    figures = _all_pages(page, only_statements=True)
    with connection.execute_wrapper(waited):
        page(FILTERS[ALL_THREE], {})
    figures.counts = {"statements of a page": waited.number}
    return figures


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
        order = ", ".join(f"e.{each} DESC" if place else f"e.{each}" for each in _order(chosen))
        params = chosen | {"today": timezone.localdate(), "unit": units[UNIT]}
        where = " ".join(WHERE[each] for each in chosen)
        with connection.cursor() as cursor:
            cursor.execute(BARE.format(where=where, order=order), params)
            cursor.fetchall()

    return _all_pages(page)


def bare_with_objects(folder: Path, size: int) -> Figures:
    today = timezone.localdate()

    def page(chosen: dict, place: dict) -> None:
        people = Elder.objects.current().filter(died_on=None)
        if "unit" in chosen:
            people = people.filter(org_unit__code=UNIT)
        if "tag" in chosen:
            held = ElderTag.objects.filter(elder=OuterRef("pk"), kind=TAG, held__on=today)
            people = people.filter(Exists(held))
        if "q" in chosen:
            people = people.named(NAME)
        order = [f"-{each}" if place else each for each in _order(chosen)]
        related = ("org_unit", "village", "residence_unit", "residence_village")
        list(people.select_related(*related).order_by(*order)[: PAGE_SIZE + 1])

    return _all_pages(page)


def _order(chosen: dict) -> tuple[str, ...]:
    return ("name_key", "id") if "unit" in chosen else ("name_key", "born_on", "id")


FLOOR, OBJECTS, STATEMENTS = "bare keyset statement", "bare with its objects", "statements of the portal"
CASE = Case(
    title=f"List of elders: the median of {TIMES} looks at each page",
    what="elders",
    sizes=(100_000,),
    prepare=prepare,
    measurements=(
        Measurement(FLOOR, bare),
        Measurement(OBJECTS, bare_with_objects),
        Measurement(STATEMENTS, statements),
        Measurement("portal", portal),
        Measurement("request", request),
    ),
    ratios=(
        *(Ratio(f"portal: {label}, deepest", f"portal: {label}, first", "0.33 to 3") for label in FILTERS),
        *(
            Ratio(f"{of}: {label}, {place}", f"{to}: {label}, {place}", "≤ 3" if of == "portal" else "")
            for of, to in ((STATEMENTS, FLOOR), ("portal", OBJECTS))
            for label in FILTERS
            for place in PAGES
        ),
    ),
)
