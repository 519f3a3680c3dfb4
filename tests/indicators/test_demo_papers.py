"""The papers of the demo county: reports and corrections as two people would have left them."""

import datetime as dt
import hashlib
from decimal import Decimal

import pytest

from eldercare import evidence
from eldercare.models import Notice, User
from indicators.demo import workflow
from indicators.demo.seeding import seed
from indicators.fixtures import load_all
from indicators.models import CorrectionSlip, IndicatorValue, OfficialReport
from indicators.models.values import published
from tests.indicators.conftest import text_of

TODAY = dt.date(2021, 2, 25)
DECEMBER, JANUARY, FEBRUARY = dt.date(2020, 12, 1), dt.date(2021, 1, 1), dt.date(2021, 2, 1)


@pytest.mark.django_db
def test_a_sealed_report_a_draft_and_two_corrections(enter):
    """One short demo for all that is asserted: it takes some seconds."""
    load_all(places=["haiyan"])
    counts = seed(through=FEBRUARY, today=TODAY, with_papers=True)
    assert (counts["工作进展月报"], counts["更正单"]) == (2, 2)

    sealed, draft = OfficialReport.objects.order_by("month")
    assert (sealed.status, sealed.month, draft.status, draft.month) == ("sealed", DECEMBER, "draft", JANUARY)
    assert sealed.created_by != sealed.sealed_by
    assert hashlib.sha256(evidence.content_of(sealed.docx)).hexdigest() == sealed.docx_sha256
    assert hashlib.sha256(evidence.content_of(sealed.xlsx)).hexdigest() == sealed.xlsx_sha256

    approved, waiting = CorrectionSlip.objects.order_by("prepared_at")
    assert (approved.status, approved.revision, waiting.status) == ("approved", 2, "submitted")
    assert approved.prepared_by != approved.decided_by
    assert sealed.sealed_at < approved.decided_at
    assert waiting.effect

    before, after = (
        {
            (row.indicator.number, row.org_unit.code, f"{row.month:%Y-%m}"): row.value
            for row in published(IndicatorValue, day).select_related("indicator", "org_unit")
        }
        for day in (approved.decided_at.date() - dt.timedelta(days=1), None)
    )
    listed = {
        (row["number"], row["unit"], row["month"]): (Decimal(row["before"]), Decimal(row["after"]))
        for row in approved.effect
        if row["before"] != row["after"]  # a later month may change its light alone
    }
    moved = {key: (before[key], after[key]) for key in before if before[key] != after[key]}
    assert moved == listed
    assert {month for _, _, month in moved} == {"2020-12"}

    for each in (approved, waiting):
        (piece,) = each.files.all()
        assert evidence.kind_of(piece.filename, evidence.content_of(piece.file)) == "xlsx"
    moments = [
        sealed.created_at,
        sealed.sealed_at,
        draft.edited_at,
        approved.prepared_at,
        waiting.prepared_at,
    ]
    assert [at for at in moments if not workflow.is_at_work(at) or at.date() >= TODAY] == []
    assert Notice.objects.count() == 3  # those of the running month, as without papers

    reviewer = User.objects.get(username="shenhe")
    page = enter(reviewer)
    assert f"审批{waiting}" in text_of(page.get("/"))
    assert f'此后有更正：</strong><a href="/corrections/{approved.pk}/"' in text_of(
        page.get(f"/official/{sealed.pk}/")
    )
