"""What payments, enrolments, visits, the ledgers and uploads say in the weekly digest."""

import datetime as dt
import uuid
from decimal import Decimal

import pytest
import time_machine

from eldercare import evidence
from eldercare.digest import COMING, Week, lines_of
from eldercare.models import ImportBatch
from facilities.models import Employment
from subsidies.models import Batch, EnrolmentStep, PaymentLine, PublicNotice, Visit, VisitRule
from tests.facilities.factories import make_bed, make_caregiver, make_facility, make_post
from tests.subsidies.factories import make_elder, make_enrolment, make_programme

WEEK = Week(dt.date(2026, 6, 15))
MAY, JUNE = dt.date(2026, 5, 1), dt.date(2026, 6, 1)
WEDNESDAY = dt.datetime(2026, 6, 17, 2, 0, tzinfo=dt.UTC)


def told(unit, section: str, week: Week = WEEK) -> list[str]:
    return [line.text for line in lines_of(unit, week) if line.section == section]


@pytest.fixture
def programme(cast):
    return make_programme(cast.county, name="高龄津贴")


def _batch(programme, cast, **fields) -> Batch:
    defaults = {"month": MAY, "state": Batch.State.SENT, "made_by": cast.county_clerk, "sent_at": WEDNESDAY}
    return Batch.objects.create(programme=programme, **(defaults | fields))


def _line(batch: Batch, enrolment, amount: str, state: str = "sent", **fields) -> PaymentLine:
    return PaymentLine.objects.create(
        batch=batch, enrolment=enrolment, elder=enrolment.elder, org_unit=enrolment.org_unit, month=batch.month,
        amount=Decimal(amount), state=state, **({"for_month": batch.month, "kind": "regular"} | fields),
    )  # fmt: skip


def test_what_went_to_the_bank(programme, cast):
    """Two of three persons are of the township; one has a back payment; what is held does not go."""
    batch = _batch(programme, cast)
    first, second = (make_enrolment(programme, make_elder(cast.township)) for _ in range(2))
    third = make_enrolment(programme, make_elder(cast.other_township))
    for enrolment in (first, second, third):
        _line(batch, enrolment, "1000.50")
    _line(batch, first, "100", for_month=dt.date(2026, 4, 1), kind="back_pay")
    _line(batch, second, "70", "held", for_month=dt.date(2026, 4, 1), kind="back_pay")
    assert told(cast.county, "补贴与探访") == ["高龄津贴 2026年5月已送银行：3 人，3,101.50 元。"]
    assert told(cast.township, "补贴与探访") == ["高龄津贴 2026年5月已送银行：2 人，2,101.00 元。"]
    assert told(cast.neighbour, "补贴与探访") == []
    assert told(cast.county, "补贴与探访", Week(dt.date(2026, 6, 8))) == []


def test_what_the_bank_gave_back(programme, cast):
    batch = _batch(
        programme,
        cast,
        sent_at=WEDNESDAY - dt.timedelta(days=14),
        reconciled_at=WEDNESDAY,
        state="reconciled",
    )
    _line(batch, make_enrolment(programme, make_elder(cast.township)), "80", "failed", failure="账号不符")
    _line(batch, make_enrolment(programme, make_elder(cast.township)), "80", "paid")
    assert told(cast.county, "补贴与探访") == ["银行回盘有 1 人没有发成，共 80.00 元，核实账户后随下批补发。"]


def test_steps_of_enrolments_and_notices_that_end(programme, cast):
    with time_machine.travel(WEDNESDAY):
        enrolment = make_enrolment(programme, make_elder(cast.township))
        for kind in ("apply", "check", "approve"):
            EnrolmentStep.objects.create(enrolment=enrolment, kind=kind, by=cast.county_clerk)
    PublicNotice.objects.create(
        programme=programme, org_unit=cast.township, published_by=cast.township_clerk,
        starts_on=dt.date(2026, 6, 18), ends_on=dt.date(2026, 6, 24),
    )  # fmt: skip
    assert told(cast.township, "补贴与探访") == ["享受资格：申请 1 人、批准 1 人。"]
    assert told(cast.county, COMING) == [f"6月24日 {cast.township.name}高龄津贴公示期满。"]
    assert told(cast.other_township, COMING) == []


def test_the_rate_of_the_weeks_visits(cast):
    """Three live alone; one was seen, of one nobody was met, one was not visited: 1 of 3."""
    VisitRule.objects.create(
        org_unit=cast.county, category="living_alone", frequency="week", effective_from=dt.date(2024, 1, 1)
    )
    seen, away, _ = (make_elder(cast.township, tags=["living_alone"]) for _ in range(3))
    for elder, result in ((seen, "well"), (away, "not_met")):
        Visit.objects.create(
            elder=elder, org_unit=cast.township, visited_on=dt.date(2026, 6, 21), result=result
        )
    expected = ["周探访：应访 3 人，已访 1 人，探访率 33.3%。"]
    assert told(cast.county, "补贴与探访") == expected == told(cast.township, "补贴与探访")
    assert told(cast.other_township, "补贴与探访") == []


def test_what_came_and_went_in_the_ledgers(cast):
    facility = make_facility(cast.township, opened_on=dt.date(2026, 6, 15))
    make_bed(facility, in_use_from=dt.date(2026, 6, 21))
    make_bed(facility, in_use_from=dt.date(2026, 6, 22))  # of the week after
    old = make_facility(cast.township)
    make_bed(old, in_use_to=dt.date(2026, 6, 18))
    make_post(old, employed_from=dt.date(2026, 6, 16))
    make_post(cast.township, employed_to=dt.date(2026, 6, 19))
    assert told(cast.county, "台账") == [
        "设施开办 1 家；床位启用 1 张、停用 1 张；从业人员入职 1 人、离职 1 人。"
    ]
    assert told(cast.other_township, "台账") == []


def test_certificates_that_run_out(cast):
    """Of those at work on the Monday: the one who left before no longer matters."""
    home = make_facility(cast.township)
    for left in (None, dt.date(2026, 6, 20)):
        holder = make_caregiver()
        holder.certificates.create(
            kind="skill_level", level=5, issued_on=dt.date(2021, 6, 24), expires_on=dt.date(2026, 6, 23)
        )
        make_post(home, holder, employed_to=left)
    assert Employment.objects.count() == 2
    assert told(cast.township, COMING) == ["1 名在岗人员的证书在这一周到期。"]


def test_uploads_of_the_week(cast):
    file = evidence.keep(b"%PDF-1.7")

    def upload(ledger: str, **fields) -> ImportBatch:
        return ImportBatch.objects.create(
            ledger=ledger, org_unit=cast.township, as_of=dt.date(2026, 6, 15), filename="表.xlsx",
            created_by=cast.township_clerk, file=file, **fields,
        )  # fmt: skip

    for ledger in ("beds", "beds", "caregivers"):
        upload(ledger, token=uuid.uuid4(), status="applied", applied_at=WEDNESDAY)
    upload("facilities", token=uuid.uuid4(), status="undone", undone_at=WEDNESDAY)
    (line,) = told(cast.county, "台账")
    assert line.startswith("上传写入 3 次（")
    assert "2 次、" in line
    assert line.endswith("，撤销 1 次。")
