"""What a slip says of the figures is what a full count finds before and after: for ledgers and sheets made by chance."""

import datetime as dt
from collections.abc import Iterator
from random import Random

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from eldercare import ledger_metrics
from eldercare.excel import effects
from eldercare.excel.ledgers import all_ledgers
from eldercare.ledger_metrics import figures
from eldercare.models import ImportBatch
from facilities.models import Bed, Caregiver, Employment, Facility, Training
from tests.facilities.factories import make_facility, next_id
from tests.facilities.random_ledger import Ledger
from tests.facilities.uploads import apply, upload, workbook

pytestmark = pytest.mark.django_db

AS_OF = dt.date(2024, 6, 30)
STAFF = (
    "镇(街道)", "姓名", "证件号码", "机构名称", "岗位", "入职日期", "离职日期", "证书种类", "证书等级", "发证日期", "最近培训日期",
    "培训内容",
)  # fmt: skip
BEDS = (
    "镇(街道)",
    "机构名称",
    "房间",
    "床号",
    "床位类型",
    "护理型",
    "认知障碍照护",
    "暂停使用",
    "启用日期",
    "停用日期",
)


@pytest.fixture
def told(monkeypatch) -> dict:
    """What the providers are asked, by unit: code → (before, after)."""
    asked: dict = {}

    def provider(changes, month, user):
        for unit, before, after in changes:
            asked[unit.pk] = {code: (before[code], after[code]) for code in after}
        return [[] for _ in changes]

    monkeypatch.setattr(ledger_metrics, "_effect_providers", [provider])
    return asked


def staff_rows(ledger: Ledger, chance: Random) -> Iterator[tuple]:
    """Posts with another role or end, further posts of people who have one, new people; some certificates and courses."""
    own = {each.pk: each for each in ledger.units}
    open_then = [each for each in Facility.objects.open_on(AS_OF) if each.org_unit_id in own]
    people = list(Caregiver.objects.all())
    kept = [
        (post.caregiver, post.facility, post.employed_from, chance.choice([post.employed_to, None, AS_OF]))
        for post in Employment.objects.filter(facility__in=open_then).select_related("caregiver", "facility")
    ]
    further = [
        (person, place, chance.choice([dt.date(2019, 1, 1), dt.date(2024, 5, 1)]), None)
        for person in [*chance.sample(people, 25), *(Caregiver(name="新来", id_number=next_id()) for _ in range(25))]
        for place in chance.sample(open_then, chance.choice((1, 2)))
    ]  # fmt: skip
    for person, place, first, until in chance.sample(kept, min(60, len(kept))) + further:
        extra = ("职业技能等级证书", chance.choice(("五级", "三级")), chance.choice((dt.date(2024, 3, 1), dt.date(2022, 3, 1)))) if chance.random() < 0.4 else (None,) * 3  # fmt: skip
        course = (dt.date(2024, 4, 2), chance.choice(Training.Subject.labels)) if chance.random() < 0.4 else (None,) * 2  # fmt: skip
        role = chance.choice(("养老护理员", "社会工作者", "护士", "康复护士"))
        yield own[place.org_unit_id].name, person.name, person.id_number.reveal(), place.name, role, first, until, *extra, *course  # fmt: skip


def bed_rows(ledger: Ledger, chance: Random) -> Iterator[tuple]:
    """Beds that change their kind, end or become nursing beds; institutions cross the line of ten beds."""
    own = {each.pk: each for each in ledger.units}
    beds = Bed.objects.filter(facility__in=Facility.objects.open_on(AS_OF).filter(org_unit__in=own))
    for bed in chance.sample(list(beds.select_related("facility")), 80):
        new = "新" if chance.random() < 0.3 else ""
        yield (
            own[bed.facility.org_unit_id].name, bed.facility.name, bed.room, f"{bed.number}{new}",
            chance.choice(Bed.Kind.labels), chance.choice("是否"), chance.choice("是否"), chance.choice("是否否"),
            bed.in_use_from, chance.choice((None, None, AS_OF)),
        )  # fmt: skip


@pytest.mark.parametrize("ahead", [True, False], ids=["counted ahead", "counted late"])
@pytest.mark.parametrize(
    ("key", "headings", "rows"), [("caregivers", STAFF, staff_rows), ("beds", BEDS, bed_rows)]
)
def test_the_effects_are_those_of_a_full_count(cast, told, monkeypatch, ahead, key, headings, rows):
    monkeypatch.setattr(effects, "AHEAD_FROM", 0 if ahead else 10**9)
    ledger = Ledger(cast, seed=3)
    content = workbook(headings, *rows(ledger, Random(4)))  # noqa: S311 - the same sheet every time
    before = figures(ledger.units, AS_OF)
    batch = upload(key, content, by=cast.county_clerk, as_of=AS_OF)
    assert batch.status == ImportBatch.Status.READY, batch.message
    assert batch.new > 20
    assert batch.changed > 20
    apply(batch, only_good=True, reason="核对过")
    assert batch.status == ImportBatch.Status.APPLIED, batch.message
    after = figures(ledger.units, AS_OF)
    expected: dict = {}
    for (unit, code), value in after.items():
        if value != before[unit, code]:
            expected.setdefault(unit, {})[code] = (before[unit, code], value)
    assert told == expected
    assert sum(map(len, expected.values())) > 15


def test_a_remark_moves_no_figure_and_is_not_tried_out(cast, told):
    home = make_facility(cast.township, "沈荡敬老院", beds=12)
    first, second = home.beds.order_by("pk")[:2]

    def read(*rows: tuple) -> list[str]:
        headings = ("机构名称", "床号", "床位类型", "备注")
        with CaptureQueriesContext(connection) as queries:
            batch = upload("beds", workbook(headings, *rows), by=cast.township_clerk, as_of=AS_OF)
        assert batch.changed == len(rows), batch.message
        return [each["sql"] for each in queries if "UPDATE facilities_bed" in each["sql"]]

    only_a_remark = (home.name, first.number, None, "朝南")
    assert read(only_a_remark) == []
    assert told == {}
    assert len(read(only_a_remark, (home.name, second.number, "日间照料床位", "朝北"))) == 1
    assert told[cast.township.pk]["institution_beds"] == (12, 11)


def test_what_is_touched_is_named_by_sources_that_are_there():
    named = {key for ledger in all_ledgers() for key in ledger.touches}
    assert named
    assert named <= ledger_metrics.sources_reading(["facilities_employment"], AS_OF).keys()
