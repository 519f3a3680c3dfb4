"""What a clerk may try on the pages of the ledgers: ids of another township in a form, numbers in the wrong place."""

import datetime as dt

import pytest
from django.urls import reverse

from facilities.models import (
    Attendance,
    Bed,
    Employment,
    Facility,
    FacilityVillage,
    Stay,
    Training,
    WaitingEntry,
)
from tests.facilities.factories import make_bed, make_facility, make_post, make_stay, next_id

DAY = "2025-06-30"

pytestmark = pytest.mark.django_db


@pytest.fixture
def here(cast):
    return make_facility(cast.township, "沈荡敬老院")


@pytest.fixture
def there(cast):
    return make_facility(cast.other_township, "百步敬老院")


@pytest.fixture
def clerk(cast, enter):
    return enter(cast.township_clerk)


def counts() -> list[int]:
    models = (Bed, Stay, WaitingEntry, Employment, Training, Attendance, FacilityVillage, Facility)
    return [model.objects.count() for model in models]


def test_a_form_with_ids_of_another_township_writes_nothing(cast, clerk, here, there):
    own_bed, foreign_bed = make_bed(here), make_bed(there)
    stay, own, foreign = make_stay(own_bed), make_post(here), make_post(there)
    person = {"name": "甲", "id_number": next_id(1940)}
    before = counts()
    tries = [
        (reverse("stay-create") + f"?facility={here.pk}&day={DAY}", person | {"bed": foreign_bed.pk}),
        (reverse("stay-create") + f"?facility={there.pk}&day={DAY}", person | {"bed": foreign_bed.pk}),
        (reverse("stay-change-bed", args=[stay.pk]), {"bed": foreign_bed.pk, "day": DAY}),
        (reverse("bed-create"), {"facility": there.pk, "numbers": "1", "kind": "institutional", "in_use_from": DAY, "save": "1"}),
        (reverse("waiting-create"), person | {"facility": there.pk, "asked_on": DAY, "reason": "age"}),
        (reverse("bed-many"), {"bed": foreign_bed.pk, "change": "retire", "day": DAY, "confirm": "1"}),
        (reverse("training-course"), {"people": foreign.caregiver_id, "subject": "skill", "held_on": DAY, "hours": "8"}),
        (reverse("employment-create", args=[own.caregiver_id]), {"role": "manager", "workplace": "facility", "facility": there.pk, "employed_from": DAY}),
        (reverse("attendance-save", args=[here.pk, "2025-06"]), {f"days-{foreign.pk}": "3", f"seen-{foreign.pk}": ""}),
        (reverse("facility-coverage-add", args=[here.pk]), {"villages": cast.other_village.pk, "since": DAY}),
    ]  # fmt: skip
    for address, data in tries:
        page = clerk.post(address, data, follow=True)
        assert page.status_code == 200, address
        assert "百步敬老院" not in page.content.decode(), address
    assert counts() == before
    foreign_bed.refresh_from_db()
    assert foreign_bed.in_use_to is None


def test_a_post_in_a_community_is_always_in_the_clerks_own_unit(cast, clerk, here):
    post = make_post(here)
    data = {
        "role": "social_worker",
        "workplace": "community",
        "org_unit": cast.other_township.pk,
        "employed_from": DAY,
    }
    clerk.post(reverse("employment-create", args=[post.caregiver_id]), data)
    assert set(Employment.objects.values_list("org_unit", flat=True)) == {cast.township.pk}


def test_a_filter_that_is_wrong_does_not_mean_all_beds(clerk, here, there):
    bed = make_bed(here)
    data = {"scope": "filtered", "query": f"facility={there.pk}", "change": "retire", "day": DAY}
    page = clerk.post(reverse("bed-many"), data, follow=True).content.decode()
    assert "筛选条件" in page
    bed.refresh_from_db()
    assert bed.in_use_to is None


@pytest.mark.parametrize("typed", ["13800001111", "330424195001011", "33042419500101", "0573-86111111"])
def test_a_number_that_is_searched_for_does_not_get_into_the_address(clerk, typed):
    answer = clerk.post(reverse("caregiver-find"), {"text": typed})
    assert typed not in answer["Location"]
    assert not any(digits in answer["Location"] for digits in (typed[:8], typed[-7:]))


@pytest.mark.parametrize("field", ["name", "note"])
def test_an_identity_number_is_not_taken_where_it_would_be_shown(clerk, here, field):
    number = next_id(1940)
    data = {
        "facility": here.pk,
        "name": "甲",
        "id_number": number,
        "asked_on": DAY,
        "reason": "age",
        "note": "",
    }
    page = clerk.post(reverse("waiting-create"), data | {field: f"甲{number}"})
    assert page.status_code == 200
    assert "不能写身份证号" in page.content.decode()
    assert not WaitingEntry.objects.exists()


def test_an_absurd_version_is_a_conflict_and_no_error(clerk, here):
    post = make_post(here, level=5)
    certificate = post.caregiver.certificates.get()
    page = clerk.post(reverse("certificate-remove", args=[certificate.pk]), {"seen": "9" * 5000})
    assert page.status_code == 200
    assert post.caregiver.certificates.exists()


GARBAGE = ("%00", "9" * 30, "0001-01-01", "9999-12-31", "%FF")


@pytest.mark.parametrize("name", ["facility-list", "bed-list", "stay-list", "waiting-list", "caregiver-list", "attendance-list", "import-list", "stay-create", "training-course"])  # fmt: skip
def test_garbage_in_an_address_is_no_error(clerk, here, name):
    make_stay(make_bed(here), moved_in_on=dt.date(2024, 1, 1))
    for key in ("page", "sort", "q", "unit", "facility", "day"):
        for value in GARBAGE:
            answer = clerk.get(f"{reverse(name)}?{key}={value}")
            assert answer.status_code in (200, 302, 400), (key, value)


@pytest.mark.parametrize("month", ["0000-00", "0000-01", "2025-00", "2025-13", "9999-12", "10000-01"])
def test_months_that_are_none(clerk, here, month):
    assert clerk.get(f"/ledgers/staff/attendance/{here.pk}/{month}/").status_code == 404
    assert clerk.get(f"/figures/beds/330424101/{month}/").status_code == 404
