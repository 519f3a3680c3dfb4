"""Townships side by side, shortage of beds, what expires soon; the same as lines of the home page."""

import datetime as dt
import re

import pytest
from django.utils import timezone

from eldercare.spells import Spells
from facilities.models import Facility, FacilityRating, WaitingEntry
from tests.facilities.factories import SINCE, make_facility, make_stay, next_id

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


def text(response) -> str:
    return re.sub(
        r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode().split('class="page-title"')[-1])
    )


def full_house(unit, *, beds: int, people: int, waiting: int = 1) -> Facility:
    facility = make_facility(unit, beds=beds)
    for bed in list(facility.beds.all())[:people]:
        make_stay(bed)
    for position in range(1, waiting + 1):
        WaitingEntry.objects.create(
            facility=facility,
            name="周某",
            id_number=next_id(1940),
            asked_on=dt.date(2025, 1, 1),
            position=position,
            reason="alone",
        )
    return facility


@pytest.mark.parametrize(
    ("people", "waiting", "is_short"), [(10, 1, True), (9, 1, False), (10, 0, False), (0, 3, False)]
)
def test_a_township_is_short_of_beds_when_they_are_taken_and_people_wait(
    cast, enter, people, waiting, is_short
):
    full_house(cast.township, beds=10, people=people, waiting=waiting)
    page = text(enter(cast.county_clerk).get("/ledgers/facilities/overview/"))
    assert ("床位短缺预警" in page) is is_short
    assert f"{people * 10}.0%" in page
    home = text(enter(cast.township_clerk).get("/"))
    assert ("床位短缺：沈荡镇" in home) is is_short
    assert ("床位短缺：沈荡镇" in text(enter(cast.leader).get("/"))) is is_short
    assert "床位短缺：" not in text(enter(cast.other_township_clerk).get("/"))


def test_the_share_that_counts_as_short_is_a_setting(cast, enter, settings):
    settings.LEDGER_SHORTAGE_OCCUPANCY = 0.5
    full_house(cast.township, beds=10, people=6)
    page = text(enter(cast.county_clerk).get("/ledgers/facilities/overview/"))
    assert "床位短缺预警" in page
    assert "入住率超过 50%" in page


def test_the_overview_adds_up_for_the_county_and_shows_a_township_only_itself(cast, enter):
    full_house(cast.township, beds=4, people=3, waiting=2)
    full_house(cast.other_township, beds=6, people=2)
    closed = full_house(cast.township, beds=5, people=5)
    closed.closed_on = dt.date(2025, 1, 1)
    closed.save()
    rows = enter(cast.county_clerk).get("/ledgers/facilities/overview/").context["overview"]
    found = {
        line.unit.name: (line.institutions, line.beds, line.residents, line.waiting) for line in rows.lines
    }
    assert found == {"沈荡镇": (1, 4, 3, 2), "百步镇": (1, 6, 2, 1)}
    assert (rows.total.beds, rows.total.residents, rows.total.waiting) == (10, 5, 3)
    own = enter(cast.township_clerk).get("/ledgers/facilities/overview/").context["overview"]
    assert [line.unit.name for line in own.lines] == ["沈荡镇"]
    assert own.total is None


def test_what_expires_within_sixty_days_is_on_the_home_page(cast, enter):
    today = timezone.localdate()
    facility = make_facility(cast.township, "甲院", liability_insurance=Spells([(SINCE, today + 60 * DAY)]))
    make_facility(cast.township, "乙院", medical_contract=Spells([(SINCE, today + 200 * DAY)]))
    FacilityRating.objects.create(
        facility=facility, scheme="star", level=2, issued_on=SINCE, expires_on=today + 5 * DAY
    )
    home = text(enter(cast.township_clerk).get("/"))
    assert "60 天内到期：等级评定 1 项、综合责任保险 1 项" in home
    page = enter(cast.county_clerk).get("/ledgers/facilities/overview/")
    assert [(each.what, days) for each, days in page.context["expiring"]] == [
        ("等级评定（二星级）", 5),
        ("综合责任保险", 59),
    ]
    assert "天内到期" not in text(enter(cast.leader).get("/"))


def test_a_rating_that_was_renewed_or_of_a_closed_facility_does_not_expire(cast, enter):
    today = timezone.localdate()
    renewed = make_facility(cast.township)
    closed = make_facility(cast.township, closed_on=today, liability_insurance=Spells([(SINCE, today + DAY)]))
    for facility in (renewed, closed):
        FacilityRating.objects.create(
            facility=facility, scheme="star", level=2, issued_on=SINCE, expires_on=today + 5 * DAY
        )
    FacilityRating.objects.create(facility=renewed, scheme="star", level=3, issued_on=today)
    page = enter(cast.county_clerk).get("/ledgers/facilities/overview/")
    assert page.context["expiring"] == []
