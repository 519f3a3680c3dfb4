"""Deaths and moves: what they write, what they refuse, and what they mean for subsidies under way."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from eldercare.spells import Spells
from subsidies.models import Elder, ElderChange, Enrolment
from tests.subsidies.factories import LONG_AGO, make_elder, make_enrolment, make_programme

DAY = dt.timedelta(days=1)


@pytest.fixture
def clerk(cast, enter):
    return enter(cast.township_clerk)


@pytest.fixture
def other(cast, enter):
    return enter(cast.other_township_clerk)


@pytest.fixture
def elder(cast):
    return make_elder(cast.township, "陆知秋", born=dt.date(1943, 7, 9))


def text(answer) -> str:
    return answer.content.decode()


def report(client, elder, slug: str, on: str = "2025-06-15", **more):
    """What the page says; the elder as now recorded."""
    data = {"on": on, "known_on": "2025-07-01", "source": "village", "note": "村里上报"} | more
    answer = client.post(reverse("elder-change", args=[elder.pk, slug]), data, follow=True)
    elder.refresh_from_db()
    return text(answer)


def test_a_death_is_written_with_how_it_became_known(clerk, cast, elder):
    assert "已死亡" in report(clerk, elder, "death")
    assert (elder.died_on, elder.death_known_on) == (dt.date(2025, 6, 15), dt.date(2025, 7, 1))
    assert elder.death_source == "village"
    change = ElderChange.objects.get()
    assert (change.kind, change.happened_on, change.recorded_by) == (
        "died",
        dt.date(2025, 6, 15),
        cast.township_clerk,
    )


def test_a_death_is_revoked_with_a_reason(clerk, elder):
    report(clerk, elder, "death")
    assert "此项必填" in report(clerk, elder, "revoke-death", note="")
    assert elder.died_on is not None
    report(clerk, elder, "revoke-death", note="同名同姓，本人到场")
    assert (elder.died_on, elder.death_known_on, elder.death_source) == (None, None, "")
    assert [each.kind for each in elder.changes.order_by("pk")] == ["died", "death_revoked"]
    assert report(clerk, elder, "death", on="2025-06-20")
    assert elder.died_on == dt.date(2025, 6, 20)


@pytest.mark.parametrize("slug", ["death", "move-out", "leave", "unit", "residence"])
@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"on": (timezone.localdate() + DAY).isoformat()}, "发生日期还没有到"),
        ({"on": "1943-07-08"}, "早于出生日期"),
        ({"known_on": "2025-06-14"}, "获知日期不能早于发生日期"),
        ({"known_on": (timezone.localdate() + DAY).isoformat()}, "获知日期还没有到"),
        ({"source": ""}, "此项必填"),
    ],
)
def test_impossible_days_are_refused(clerk, cast, elder, slug, changes, words):
    place = {"unit": cast.other_township.pk} if slug in ("unit", "residence") else {}
    before = Elder.objects.filter(pk=elder.pk).values().get()
    assert words in report(clerk, elder, slug, **(place | changes))
    assert Elder.objects.filter(pk=elder.pk).values().get() == before
    assert not ElderChange.objects.exists()


def test_nothing_happens_to_the_dead(clerk, elder):
    report(clerk, elder, "death")
    assert "已登记于 2025-06-15 死亡" in report(clerk, elder, "move-out", on="2025-01-01")


def test_a_death_before_a_move_is_questioned(clerk, elder):
    report(clerk, elder, "leave", on="2025-06-20", address="上海市")
    assert "2025-06-20 还有“离县居住”的登记" in report(clerk, elder, "death")
    assert elder.died_on is None


def test_the_registration_leaves_and_returns(clerk, elder):
    report(clerk, elder, "move-out")
    assert elder.registered == Spells([(LONG_AGO, dt.date(2025, 6, 15))])
    assert elder.resident == Spells.since(LONG_AGO)
    report(clerk, elder, "move-in", on="2025-06-30")
    assert str(elder.registered) == "2000-01-01至2025-06-14；2025-06-30至今"


def test_moving_out_before_an_earlier_return_shortens_the_first_stay_only(clerk, elder):
    first = (LONG_AGO, dt.date(2020, 1, 1))
    Elder.objects.filter(pk=elder.pk).update(registered=Spells([first, (dt.date(2022, 1, 1), None)]))
    report(clerk, elder, "move-out", on="2015-01-01")
    assert str(elder.registered) == "2000-01-01至2014-12-31；2022-01-01至今"


@pytest.mark.parametrize(
    ("slug", "on", "words"),
    [
        ("move-in", "2025-06-15", "已登记在本县"),
        ("move-out", "2000-01-01", "以前不在本县"),
        ("come-to-live", "2025-06-15", "已登记在本县"),
        ("leave", "1999-12-31", "以前不在本县"),
    ],
)
def test_a_move_that_says_nothing_new_is_refused(clerk, cast, elder, slug, on, words):
    place = {"unit": cast.township.pk} if slug == "come-to-live" else {}
    assert words in report(clerk, elder, slug, on=on, **place)
    assert not ElderChange.objects.exists()


def test_moving_in_before_a_later_arrival_is_refused(clerk, elder):
    Elder.objects.filter(pk=elder.pk).update(registered=Spells.since(dt.date(2025, 6, 20)))
    assert "2025-06-20 已有一次迁入" in report(clerk, elder, "move-in")


def test_leaving_and_coming_to_live(clerk, cast, elder):
    report(clerk, elder, "leave", address="上海市静安区")
    assert (elder.residence_unit, elder.address) == (None, "上海市静安区")
    assert elder.resident == Spells([(LONG_AGO, dt.date(2025, 6, 15))])
    report(clerk, elder, "come-to-live", on="2025-06-28", unit=cast.other_township.pk, address="百步路1号")
    assert (elder.residence_unit, elder.address) == (cast.other_township, "百步路1号")
    assert str(elder.resident) == "2000-01-01至2025-06-14；2025-06-28至今"


def test_another_home_in_the_county_is_another_township_for_visits(clerk, other, cast, elder):
    address = reverse("elder-detail", args=[elder.pk])
    assert other.get(address).status_code == 404
    report(clerk, elder, "residence", unit=cast.other_township.pk, village=cast.other_village.pk)
    assert (elder.org_unit, elder.residence_unit) == (cast.township, cast.other_township)
    assert elder.residence_village == cast.other_village
    assert other.get(address).status_code == 200


def test_a_village_of_another_township_is_refused(clerk, cast, elder):
    words = report(clerk, elder, "residence", unit=cast.township.pk, village=cast.other_village.pk)
    assert "百联村不属于沈荡镇" in words


def test_the_record_goes_to_another_township(clerk, other, cast, elder):
    Elder.objects.filter(pk=elder.pk).update(residence_unit=cast.other_township)
    report(clerk, elder, "unit", unit=cast.other_township.pk, village=cast.other_village.pk)
    assert (elder.org_unit, elder.village) == (cast.other_township, cast.other_village)
    change = ElderChange.objects.get()
    assert (change.from_unit, change.to_unit) == (cast.township, cast.other_township)
    address = reverse("elder-detail", args=[elder.pk])
    assert clerk.get(address).status_code == 404
    assert other.get(address).status_code == 200


def test_a_township_of_another_county_is_no_choice(clerk, cast, elder):
    report(clerk, elder, "unit", unit=cast.neighbour.pk)
    assert elder.org_unit == cast.township


def test_where_somebody_only_lives_the_registration_is_not_touched(other, cast, elder):
    Elder.objects.filter(pk=elder.pk).update(residence_unit=cast.other_township)
    assert "由沈荡镇管理" in report(other, elder, "move-out")
    assert elder.registered == Spells.since(LONG_AGO)
    report(other, elder, "death")
    assert elder.died_on == dt.date(2025, 6, 15)


def test_the_page_tells_what_becomes_of_subsidies_under_way(clerk, cast, elder):
    paid_on = make_programme(cast.county, name="甲津贴", rules={"death": "paid", "population": "registered"})
    stopped = make_programme(cast.county, name="乙津贴", rules={"death": "unpaid", "population": "resident"})
    ended = make_programme(cast.county, name="丙津贴")
    for programme in (paid_on, stopped):
        make_enrolment(programme, elder)
    make_enrolment(
        ended,
        elder,
        state=Enrolment.State.ENDED,
        ended_from=dt.date(2025, 1, 1),
        end_reason=Enrolment.EndReason.GIVEN_UP,
    )
    page = text(clerk.get(reverse("elder-change", args=[elder.pk, "death"])))
    assert "甲津贴" in page
    assert "当月照发，次月停发" in page
    assert "当月停发" in page
    assert "丙津贴" not in page
    page = text(clerk.get(reverse("elder-change", args=[elder.pk, "move-out"])))
    assert "对象口径为“本县常住”，不受影响" in page
