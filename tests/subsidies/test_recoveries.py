"""Claims: repaid in parts, written off by another role, never beyond the amount."""

import datetime as dt
from decimal import Decimal

import pytest
from django.urls import reverse

from eldercare.errors import Conflict, NotAllowed, Refused
from eldercare.models import AuditEvent
from subsidies.actions.recoveries import repay, write_off
from subsidies.models import Batch, Recovery
from tests.subsidies.factories import make_elder, make_enrolment, make_programme

pytestmark = pytest.mark.django_db
MAY, JUNE = dt.date(2025, 5, 1), dt.date(2025, 6, 1)


@pytest.fixture
def claim(cast):
    programme = make_programme(cast.county)
    batch = Batch.objects.create(
        programme=programme, month=JUNE, state="reconciled", made_by=cast.county_clerk
    )
    enrolment = make_enrolment(programme, make_elder(cast.township, "沈追缴"))
    return Recovery.objects.create(
        batch=batch, enrolment=enrolment, from_month=MAY, to_month=JUNE, months=2, amount=Decimal("100.00")
    )


def test_repaid_in_parts_until_nothing_is_due(cast, enter, claim):
    clerk = enter(cast.county_clerk)
    address = reverse("recovery-repaid", args=[claim.pk])
    data = {"on": "2025-07-01", "note": "缴款书 17 号", "seen": "100.00"}
    page = clerk.post(address, data | {"amount": "60"}, follow=True).content.decode()
    assert "已登记追回 60.00 元" in page
    assert "40.00" in page
    # The same form sent again: the page it was on is out of date.
    page = clerk.post(address, data | {"amount": "30"}).content.decode()
    assert "现在还应追 40.00 元" in page
    clerk.post(address, data | {"amount": "40", "seen": "40.00"})
    claim.refresh_from_db()
    assert (claim.repaid, claim.state) == (100, Recovery.State.REPAID)
    page = clerk.get(reverse("recovery-list") + "?state=due").content.decode()
    assert "沈追缴" not in page
    assert "沈追缴" in clerk.get(reverse("recovery-list") + "?state=settled").content.decode()
    assert AuditEvent.objects.filter(action="payment", subject__contains="追回").count() == 2


def test_never_more_than_is_due(cast, claim):
    day = dt.date(2025, 7, 1)
    with pytest.raises(Refused, match=r"还应追 100.00 元"):
        repay(recovery=claim, amount=Decimal("100.01"), on=day, note="缴款书", by=cast.county_clerk)
    with pytest.raises(Conflict):
        repay(
            recovery=claim, amount=Decimal(1), on=day, note="缴款书", by=cast.county_clerk, seen=Decimal(99)
        )
    assert not claim.entries.exists()


def test_writing_off_needs_who_approves(cast, enter, claim):
    day = dt.date(2025, 7, 1)
    with pytest.raises(NotAllowed, match="审批权限"):
        write_off(recovery=claim, amount=Decimal(100), on=day, note="会议纪要", by=cast.county_clerk)
    reviewer = enter(cast.county_reviewer)
    page = reviewer.post(
        reverse("recovery-written-off", args=[claim.pk]),
        {"amount": "100", "on": "2025-07-01", "note": "局长办公会纪要 5 号", "seen": "100.00"},
        follow=True,
    ).content.decode()
    assert "已核销" in page
    assert "局长办公会纪要 5 号" in page
    claim.refresh_from_db()
    assert claim.state == Recovery.State.WRITTEN_OFF


@pytest.mark.parametrize(
    ("field", "value"), [("amount", "0"), ("amount", "-5"), ("on", "2999-01-01"), ("note", "")]
)
def test_what_makes_no_sense_is_not_taken(cast, enter, claim, field, value):
    data = {"amount": "10", "on": "2025-07-01", "note": "缴款书", "seen": "100.00"} | {field: value}
    page = enter(cast.county_clerk).post(reverse("recovery-repaid", args=[claim.pk]), data)
    assert page.status_code == 200
    assert "field-error" in page.content.decode()
    assert not claim.entries.exists()
