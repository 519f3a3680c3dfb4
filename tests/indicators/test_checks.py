"""The checks of a report: a part not larger than its whole; a large change needs a reason."""

import re
from decimal import Decimal

from indicators.rules.checks import MetricRule, change_findings, ledger_findings, subset_findings

BEDS = MetricRule("institution_beds", "养老机构床位数", "张", None, Decimal("0.30"))
NURSING = MetricRule("nursing_beds", "护理型床位数", "张", "institution_beds", Decimal("0.30"))
RULES = [BEDS, NURSING]


def figures(**values: int) -> dict[str, Decimal]:
    return {code: Decimal(value) for code, value in values.items()}


def test_a_part_larger_than_the_whole_is_a_hard_finding_on_the_part():
    (finding,) = subset_findings(RULES, figures(institution_beds=100, nursing_beds=101))
    assert finding.code == "nursing_beds"
    assert finding.is_hard
    assert re.search("护理型床位数.101.大于养老机构床位数.100.", finding.text)


def test_a_part_as_large_as_the_whole_is_fine():
    assert subset_findings(RULES, figures(institution_beds=100, nursing_beds=100)) == []


def test_a_missing_whole_or_part_is_not_compared():
    assert subset_findings(RULES, figures(nursing_beds=100)) == []
    assert subset_findings(RULES, figures(institution_beds=0)) == []


def test_zero_is_compared():
    assert len(subset_findings(RULES, figures(institution_beds=0, nursing_beds=1))) == 1


def test_a_large_change_is_a_soft_finding_with_both_figures():
    (finding,) = change_findings(RULES, figures(institution_beds=140), figures(institution_beds=100), {})
    assert not finding.is_hard
    assert "由上月 100 变为 140" in finding.text
    assert "+40.0%" in finding.text


def test_a_reason_settles_a_soft_finding():
    now, before = figures(institution_beds=140), figures(institution_beds=100)
    assert change_findings(RULES, now, before, {"institution_beds": "新院投用"}) == []


def test_a_fall_to_zero_needs_a_reason():
    (finding,) = change_findings(RULES, figures(institution_beds=0), figures(institution_beds=100), {})
    assert "-100.0%" in finding.text


def test_a_rise_from_zero_needs_a_reason_and_has_no_percentage():
    (finding,) = change_findings(RULES, figures(institution_beds=9), figures(institution_beds=0), {})
    assert "由 0 变为非 0" in finding.text


def test_a_figure_without_last_month_is_not_compared():
    assert change_findings(RULES, figures(institution_beds=9), {}, {}) == []


# --- Against the ledgers ----------------------------------------------------------------------------------------


def test_a_figure_that_is_not_the_ledgers_is_a_soft_finding_of_its_own_kind():
    (finding,) = ledger_findings(RULES, figures(institution_beds=97), figures(institution_beds=100), {})
    assert (finding.code, finding.kind, finding.is_hard) == ("institution_beds", "ledger", False)
    assert "填 97，台账为 100(比台账少 3 张)" in finding.text


def test_the_same_figure_however_written_agrees_with_the_ledger():
    now = {"institution_beds": Decimal("100.0000")}
    assert ledger_findings(RULES, now, figures(institution_beds=100), {}) == []


def test_a_reason_settles_a_difference():
    now, ledger = figures(institution_beds=97), figures(institution_beds=100)
    assert ledger_findings(RULES, now, ledger, {"institution_beds": "三张待登记"}) == []


def test_what_is_not_reported_or_not_counted_differs_from_nothing():
    assert ledger_findings(RULES, {}, figures(institution_beds=100), {}) == []
    assert ledger_findings(RULES, figures(institution_beds=100), {}, {}) == []


def test_a_reported_zero_differs_from_a_counted_one():
    assert len(ledger_findings(RULES, figures(nursing_beds=0), figures(nursing_beds=1), {})) == 1
    assert len(ledger_findings(RULES, figures(nursing_beds=1), figures(nursing_beds=0), {})) == 1
