"""The county of the measurements, with as many people and beds in its ledgers as wanted."""

import datetime as dt

from django.db import connection

from eldercare.models import OrgUnit, User
from eldercare.spells import Spells
from facilities.models import Bed, Caregiver, Certificate, Employment, Facility, Training
from tests.bench import bed_sheet, staff_sheet

SINCE = dt.date(2000, 1, 1)
DAY = dt.date(2025, 6, 30)
AT_ONCE = 5_000
ROLES = {"护理员": "caregiver", "护士": "nurse", "社工": "social_worker", "其他人员": "other"}
EDUCATION = {"初中": "junior", "高中": "senior", "大专": "college", "本科": "bachelor"}
LEVELS = {"五级": 5, "四级": 4, "三级": 3, "二级": 2}


def make_county() -> None:
    """A county of nine townships, and the clerk who uploads for all of them."""
    county = OrgUnit.objects.create(
        code="990001", name="示例县", level="county", path="/990001/", valid_from=SINCE
    )
    for number in range(1, 10):
        code = f"9900011{number:02d}"
        OrgUnit.objects.create(
            code=code, name=f"第{number}镇", level="township", parent=county, path=f"/990001/{code}/", valid_from=SINCE
        )  # fmt: skip
    User.objects.create(
        username="clerk", full_name="经办", role="county_clerk", org_unit=county, must_change_password=False
    )


def county() -> OrgUnit:
    return OrgUnit.objects.get(code="990001")


def clerk() -> User:
    return User.objects.select_related("org_unit").get(username="clerk")


def make_places(number: int) -> list[Facility]:
    units = list(OrgUnit.objects.townships().order_by("code"))
    places = [
        Facility(
            org_unit=units[index % 9], name=f"第{index + 1}养老院", name_key=f"第{index + 1}养老院", kind="private_home",
            operation="non_profit", opened_on=SINCE,
        )
        for index in range(number)
    ]  # fmt: skip
    return Facility.objects.bulk_create(places, batch_size=AT_ONCE)


def fill_staff(indexes: list[int], places: list[Facility]) -> None:
    """The people of ``staff_sheet``, each with a post, a certificate and a course."""
    rows = {index: staff_sheet.person(index) for index in indexes}
    people = [
        Caregiver(
            name=row[2], id_number=row[3], sex="male" if row[4] == "男" else "female", born_on=row[5], phone=row[6],
            education=EDUCATION[row[7]],
        )
        for row in rows.values()
    ]  # fmt: skip
    people = dict(zip(indexes, Caregiver.objects.bulk_create(people, batch_size=AT_ONCE), strict=True))
    posts, certificates, trainings = [], [], []
    for index, row in rows.items():
        person, place = people[index], places[index // staff_sheet.PEOPLE_PER_PLACE % len(places)]
        posts.append(
            Employment(
                caregiver=person, org_unit=place.org_unit, facility=place, role=ROLES[row[9]], employed_from=row[10]
            )
        )  # fmt: skip
        certificates.append(
            Certificate(
                caregiver=person, kind="skill_level", level=LEVELS[row[13]], number=row[14], issued_on=row[15]
            )
        )
        trainings.append(Training(caregiver=person, subject="skill", held_on=row[17], hours=row[19]))
    for model, objects in ((Employment, posts), (Certificate, certificates), (Training, trainings)):
        model.objects.bulk_create(objects, batch_size=AT_ONCE)


def fill_beds(indexes: list[int], places: list[Facility]) -> None:
    """The beds of ``bed_sheet``."""
    beds = []
    for index in indexes:
        row = bed_sheet.bed(index)
        spells = {
            name: Spells.since(row[9]) if row[column] == "是" else Spells()
            for name, column in (("nursing", 5), ("dementia", 6), ("medical", 7), ("out_of_service", 8))
        }
        beds.append(
            Bed(
                facility=places[index // bed_sheet.BEDS_PER_PLACE], room=row[2], number=row[3], in_use_from=row[9],
                note=row[11] or "", **spells,
            )
        )  # fmt: skip
    Bed.objects.bulk_create(beds, batch_size=AT_ONCE)


def tidy() -> None:
    """As autovacuum leaves a database that is at rest."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
