"""The same for the people who work there."""

import datetime as dt

from facilities.models import Certificate, Training
from tests.conftest import Cast
from tests.facilities.factories import SINCE, make_caregiver, make_post
from tests.facilities.metric_cases import JULY, LAST, MONTH, Case, Kind, Make, all_of, home, place

OLD = dt.date(2023, 12, 31)
NEW_YEAR = dt.date(2024, 1, 1)
CARE_CENTER = place(Kind.COMMUNITY_CARE_CENTER)
SMALL = home(beds=9)


def person(
    *posts: Make | str,
    role: str = "caregiver",
    certificate: dict | None = None,
    training: dict | None = None,
    **fields,
) -> Make:
    """Somebody with a post at each place; "community" is a post in a community of the township."""

    def make(cast: Cast) -> None:
        caregiver = make_caregiver()
        for at in posts:
            make_post(
                cast.township if at == "community" else at(cast), caregiver, **({"role": role} | fields)
            )
        if certificate is not None:
            Certificate.objects.create(
                caregiver=caregiver, **({"kind": "skill_level", "level": 5, "issued_on": SINCE} | certificate)
            )
        if training is not None:
            Training.objects.create(
                caregiver=caregiver, **({"subject": "skill", "held_on": MONTH} | training)
            )

    return make


SENIOR = {"level": 3}

STAFF = [
    Case(
        "care_staff",
        all_of(person(home(), CARE_CENTER), person(CARE_CENTER, role="other", employed_to=JULY)),
        all_of(
            person("community", role="social_worker"),
            person(home(), employed_to=LAST),
            person(home(closed_on=LAST)),
            person(home(), employed_from=JULY),
        ),
        value=2,
    ),
    Case(
        "care_staff_trained",
        person(home(), role="manager", training={"subject": "safety", "held_on": NEW_YEAR}),
        all_of(person(home(), training={"held_on": OLD}), person(home(), training={"held_on": JULY})),
    ),
    Case("caregivers", person(home(), SMALL), person(home(), role="nurse")),
    Case(
        "certified_caregivers",
        all_of(
            person(home(), certificate={"kind": "qualification"}),
            person(home(), certificate={"expires_on": LAST}),
        ),
        all_of(
            person(home(), certificate={"kind": "course"}),
            person(home(), certificate={"expires_on": dt.date(2024, 6, 29)}),
            person(home(), role="nurse", certificate={}),
        ),
        value=2,
    ),
    Case(
        "senior_caregivers",
        person(home(), certificate={"level": 1}),
        person(home(), certificate={"level": 4}),
    ),
    Case(
        "caregivers_trained",
        all_of(person(home(), training={}), person(home(), training={"subject": "rehab_basics"})),
        all_of(
            person(home(), training={"subject": "safety"}),
            person(home(), role="nurse", training={}),
            person(home(), training={"held_on": OLD}),
        ),
        value=2,
    ),
    Case(
        "caregivers_with_rehab_basics",
        all_of(
            person(home(), training={"subject": "rehab_basics", "held_on": SINCE}),
            person(home(), training={"subject": "rehab_skills", "held_on": SINCE}),
        ),
        all_of(
            person(home(), training={"subject": "rehab_basics", "is_passed": False}),
            person(home(), training={"subject": "rehab_basics", "held_on": JULY}),
            person(home(), training={"subject": "skill"}),
        ),
        value=2,
    ),
    Case(
        "senior_caregivers_with_rehab_skills",
        person(home(), certificate=SENIOR, training={"subject": "rehab_skills"}),
        all_of(
            person(home(), certificate=SENIOR, training={"subject": "rehab_basics"}),
            person(home(), certificate={"level": 4}, training={"subject": "rehab_skills"}),
        ),
    ),
    Case(
        "institution_social_workers",
        person(home(), home(), role="social_worker"),
        all_of(person(SMALL, CARE_CENTER, "community", role="social_worker"), person(home(), role="manager")),
    ),
    Case(
        "elder_social_workers",
        all_of(person("community", home(), role="social_worker"), person(CARE_CENTER, role="social_worker")),
        person("community", role="other"),
        value=2,
    ),
    Case(
        "community_elder_social_workers",
        all_of(person("community", role="social_worker"), person(CARE_CENTER, role="social_worker")),
        person(home(), role="social_worker"),
        value=2,
    ),
    Case(
        "institution_technical_staff",
        all_of(person(home(), role="fire"), person(home(), role="nutritionist")),
        all_of(person(home(), role="manager"), person(CARE_CENTER, role="nurse")),
        value=2,
    ),
    Case(
        "institution_technical_staff_certified",
        person(home(), role="doctor", certificate={"kind": "licence", "level": None}),
        all_of(person(home(), role="doctor"), person(home(), role="nurse", certificate={"kind": "course"})),
    ),
    Case(
        "rural_care_staff",
        all_of(person(home(setting="rural")), person(home())),  # the township is a town, so blank means rural
        all_of(person(home(setting="urban")), person("community", role="social_worker")),
        value=2,
    ),
    Case(
        "rural_care_staff_trained",
        person(home(), training={"subject": "other"}),
        all_of(person(home()), person(home(setting="urban"), training={})),
    ),
]
