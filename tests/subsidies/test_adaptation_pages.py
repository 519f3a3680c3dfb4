"""Home adaptations and family beds, step by step, as a clerk does them."""

import datetime as dt
import re
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from eldercare.identity import synthetic_id
from eldercare.ledger_metrics import figures
from eldercare.models import AuditEvent
from facilities.models import Bed
from indicators.models import IndicatorValue
from subsidies.actions.adaptations import take_step
from subsidies.models import Adaptation, FamilyBed
from subsidies.pages.adaptations import in_state
from tests.facilities.factories import make_facility
from tests.indicators.factories import make_indicator, make_plan
from tests.subsidies.factories import make_elder

TODAY = dt.date(2026, 6, 17)
JUNE = dt.date(2026, 6, 1)


@pytest.fixture(autouse=True)
def today(monkeypatch) -> None:
    monkeypatch.setattr(timezone, "localdate", lambda *args: TODAY)


@pytest.fixture
def clerk(cast, enter):
    return enter(cast.township_clerk)


@pytest.fixture
def row(cast) -> Adaptation:
    elder = make_elder(cast.township, "甲老", residence_village=cast.village)
    return Adaptation.objects.create(
        elder=elder, org_unit=cast.township, round="2026年第一批", needed_from=dt.date(2026, 3, 1)
    )


def text_of(answer) -> str:
    return answer.content.decode()


def go(client, name: str, thing, **typed):
    return client.post(reverse(name, args=[thing.pk]), typed, follow=True)


WAY = (
    ("applied", "2026-03-02", {}),
    ("assessed", "2026-03-10", {"items": "扶手、防滑", "assessor": "李工"}),
    ("approved", "2026-03-20", {"cost": "4200", "subsidy": "3000"}),
    ("under_works", "2026-04-01", {"contractor": "示例公司"}),
    ("accepted", "2026-06-02", {"accepted_by": "王验", "cost": "4180.50", "subsidy": "3000"}),
)


def test_a_household_goes_from_the_list_to_acceptance(cast, clerk, row):
    for state, day, typed in WAY:
        page = text_of(go(clerk, "adaptation-step", row, state=state, day=day, **typed))
        row.refresh_from_db()
        assert row.state == state
        assert row.state.label in page
    assert (row.accepted_on, row.cost) == (dt.date(2026, 6, 2), Decimal("4180.50"))
    assert row.items == ""  # the last form was sent without them, as an emptied field is
    found = figures([cast.township], JUNE, codes=["home_adaptations", "home_adaptations_needed"])
    assert list(found.values()) == [1, 1]
    assert AuditEvent.objects.filter(action="ledger", subject=f"适老化改造 编号 {row.pk}").count() == len(WAY)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"day": "2026-02-28"}, "不能早于上一环节（2026-03-01）"),
        ({"day": "2026-06-18"}, "日期还没有到"),
        ({"day": ""}, "此项必填"),
    ],
)
def test_a_day_out_of_order_is_refused(clerk, row, typed, said):
    assert said in text_of(go(clerk, "adaptation-step", row, state="applied", **typed))
    row.refresh_from_db()
    assert row.state == "needed"


def test_what_a_step_needs_is_asked_for(clerk, row):
    Adaptation.objects.update(applied_on=dt.date(2026, 3, 2))
    page = text_of(go(clerk, "adaptation-step", row, state="assessed", day="2026-03-10", assessor="李工"))
    assert "此项必填" in page
    assert 'value="李工"' in page


def test_a_form_of_a_step_that_is_done_already_does_nothing(cast, clerk, row):
    take_step(row=row, state="applied", day=dt.date(2026, 3, 2), fields={}, by=cast.township_clerk)
    page = text_of(go(clerk, "adaptation-step", row, state="applied", day="2026-03-03", items="扶手"))
    assert "请按现在的环节办理" in page
    row.refresh_from_db()
    assert (row.applied_on, row.assessed_on) == (dt.date(2026, 3, 2), None)


def test_the_last_step_is_taken_back_with_a_reason(clerk, row):
    Adaptation.objects.update(applied_on=dt.date(2026, 3, 2), assessed_on=dt.date(2026, 3, 10), items="扶手")
    assert "此项必填" in text_of(go(clerk, "adaptation-back", row, reason=""))
    assert "已退回评估" in text_of(go(clerk, "adaptation-back", row, reason="评估表漏签字"))
    row.refresh_from_db()
    assert (row.state, row.items) == ("applied", "扶手")
    event = AuditEvent.objects.get(action="ledger", subject=f"适老化改造 编号 {row.pk}")
    assert event.detail["reason"] == "评估表漏签字"


def test_a_cancelled_household_no_longer_counts_and_can_be_restored(cast, clerk, row):
    code = "home_adaptations_needed"
    go(clerk, "adaptation-cancel", row, day="2026-06-10", reason="搬迁")
    assert figures([cast.township], JUNE, codes=[code])[cast.township.pk, code] == 0
    assert figures([cast.township], dt.date(2026, 5, 1), codes=[code])[cast.township.pk, code] == 1
    go(clerk, "adaptation-back", row, reason="又不搬了")
    assert figures([cast.township], JUNE, codes=[code])[cast.township.pk, code] == 1


def test_a_household_is_put_on_the_list_once_a_round(cast, clerk, row):
    typed = {"round": "2026年第一批", "needed_from": "2026-06-01", "applied_on": "2026-06-02"}
    address = reverse("adaptation-create", args=[row.elder_id])
    assert "这一户在该批次已登记" in text_of(clerk.post(address, typed))
    clerk.post(address, typed | {"round": "2026年第二批"})
    assert Adaptation.objects.get(round="2026年第二批").state == "applied"


def test_the_list_by_state_is_the_state_of_each_row(cast):
    days = ("applied_on", "assessed_on", "approved_on", "started_on", "accepted_on", "cancelled_on")
    for number in range(2 ** len(days)):
        given = {name: JUNE for position, name in enumerate(days) if number >> position & 1}
        if "accepted_on" in given and "cancelled_on" in given:
            continue
        Adaptation.objects.create(
            elder=make_elder(cast.township), org_unit=cast.township, round="一", needed_from=JUNE, **given
        )
    for state in Adaptation.State:
        found = set(Adaptation.objects.filter(in_state(state)))
        assert found == {each for each in Adaptation.objects.all() if each.state == state}
        assert found


def test_the_figures_of_the_townships_add_up(cast, enter, row):
    Adaptation.objects.create(
        elder=make_elder(cast.other_township),
        org_unit=cast.other_township,
        round="一",
        needed_from=JUNE,
        accepted_on=JUNE,
        cost=Decimal(1000),
    )
    page = enter(cast.county_clerk).get(reverse("adaptation-figures"))
    lines = {line.unit.name: (line.needed, line.accepted) for line in page.context["lines"]}
    total = page.context["total"]
    assert lines == {"沈荡镇": (1, 0), "百步镇": (1, 1)}
    assert (total.needed, total.accepted, total.share, total.cost) == (2, 1, 50, 1000)


def test_the_lists_cost_the_same_queries_however_long(cast, clerk, django_assert_num_queries):
    home = make_facility(cast.township)

    def populate(number: int) -> None:
        for _ in range(number):
            elder = make_elder(cast.township, residence_village=cast.village)
            Adaptation.objects.create(elder=elder, org_unit=cast.township, round="一", needed_from=JUNE)
            FamilyBed.objects.create(elder=elder, facility=home, applied_on=JUNE)

    addresses = [reverse(name) for name in ("adaptation-list", "family-bed-list", "adaptation-figures")]
    populate(2)
    clerk.get(addresses[0])
    with CaptureQueriesContext(connection) as before:
        for address in addresses:
            clerk.get(address)
    populate(10)
    with django_assert_num_queries(len(before)):
        for address in addresses:
            assert clerk.get(address).status_code == 200


# --- Family beds ------------------------------------------------------------------------------------------------


@pytest.fixture
def bed(cast) -> FamilyBed:
    return FamilyBed.objects.create(
        elder=make_elder(cast.township, "乙老"), facility=make_facility(cast.township), applied_on=JUNE
    )


def family_beds_of(cast, month: dt.date = JUNE) -> int:
    return int(figures([cast.township], month, codes=["home_care_beds"])[cast.township.pk, "home_care_beds"])


def accept(clerk, bed: FamilyBed) -> str:
    go(clerk, "family-bed-step", bed, state="assessed", day="2026-06-02")
    go(clerk, "family-bed-step", bed, state="approved", day="2026-06-03", monthly_fee="300", subsidy="0")
    typed = {"day": "2026-06-05", "services": "助浴、巡诊", "monthly_fee": "300", "subsidy": "2000"}
    return text_of(go(clerk, "family-bed-step", bed, state="accepted", **typed))


def test_an_accepted_family_bed_is_a_bed_of_the_signed_facility(cast, clerk, bed):
    assert family_beds_of(cast) == 0
    assert "在用" in accept(clerk, bed)
    bed.refresh_from_db()
    assert (bed.bed.facility, bed.bed.kind, bed.bed.in_use_from) == (
        bed.facility,
        Bed.Kind.FAMILY,
        dt.date(2026, 6, 5),
    )
    assert family_beds_of(cast) == 1
    assert family_beds_of(cast, dt.date(2026, 5, 1)) == 0


def test_its_end_retires_the_bed(cast, clerk, bed):
    accept(clerk, bed)
    assert "终止日期应在 2026-06-05 到今天之间" in text_of(
        go(clerk, "family-bed-end", bed, day="2026-06-04", reason="入住机构")
    )
    go(clerk, "family-bed-end", bed, day="2026-06-16", reason="入住机构")
    bed.refresh_from_db()
    assert (bed.ended_on, bed.bed.in_use_to) == (dt.date(2026, 6, 16), dt.date(2026, 6, 16))
    assert family_beds_of(cast) == 0


def test_an_acceptance_taken_back_counts_no_bed_and_can_be_repeated(cast, clerk, bed):
    accept(clerk, bed)
    go(clerk, "family-bed-back", bed, reason="设备未到位")
    assert family_beds_of(cast) == 0
    typed = {"day": "2026-06-12", "services": "助浴", "monthly_fee": "300", "subsidy": "2000"}
    go(clerk, "family-bed-step", bed, state="accepted", **typed)
    assert family_beds_of(cast) == 1
    assert Bed.objects.filter(kind=Bed.Kind.FAMILY).count() == 1


def test_a_closed_facility_cannot_put_a_bed_to_use(cast, clerk, bed):
    bed.facility.closed_on = dt.date(2026, 6, 4)
    bed.facility.save()
    assert "没有运营" in accept(clerk, bed)
    assert not Bed.objects.filter(kind=Bed.Kind.FAMILY).exists()


def test_one_open_family_bed_per_person(cast, clerk, bed):
    typed = {"facility": bed.facility_id, "applied_on": "2026-06-10", "services": ""}
    page = text_of(clerk.post(reverse("family-bed-create", args=[bed.elder_id]), typed))
    assert "已有一张在办或在用的家庭养老床位" in page
    assert FamilyBed.objects.count() == 1


def test_the_overview_counts_the_three(cast, clerk, row, bed):
    page = clerk.get(reverse("care-home"))
    overview = page.context["overview"]
    assert (overview.adaptations.needed, overview.beds["applied"], overview.beds["in_use"]) == (1, 1, 0)


def test_a_person_is_found_by_name_and_numbers_are_masked(cast, clerk):
    number = synthetic_id(dt.date(1941, 2, 3), 456)
    elder = make_elder(cast.township, "丙老", id_number=number, born=dt.date(1941, 2, 3), sex="female")
    page = text_of(clerk.post(reverse("care-find", args=["adaptation"]), {"q": "丙老"}))
    assert reverse("adaptation-create", args=[elder.pk]) in page
    assert f"{number[:6]}********{number[-4:]}" in page
    assert number not in page
    assert "不能按电话或号码的一部分查找" in text_of(
        clerk.post(reverse("care-find", args=["visit"]), {"q": "3304241940"})
    )


def test_what_the_plans_ask_stands_beside_what_was_accepted(cast, enter, row):
    plan = make_plan(cast.county, starts_on=dt.date(2026, 1, 1), ends_on=dt.date(2030, 12, 31))
    wanted = make_indicator(
        plan, "sum_since_plan_start(home_adaptations)", target="500", unit="户", decimals=0, name="改造户数"
    )
    make_indicator(plan, "home_adaptations_needed", target="9", name="另一个数")
    Adaptation.objects.update(accepted_on=dt.date(2026, 6, 2))
    before = make_elder(cast.township, "早改户")
    Adaptation.objects.create(
        elder=before,
        org_unit=cast.township,
        needed_from=dt.date(2025, 1, 1),
        accepted_on=dt.date(2025, 12, 31),
    )
    IndicatorValue.objects.create(
        indicator=wanted, org_unit=cast.county, month=dt.date(2026, 5, 1), value=40, reported=2, owed=2, status="behind"
    )  # fmt: skip
    page = text_of(enter(cast.county_clerk).get(reverse("adaptation-figures")))
    goals = re.search(r"规划目标</h2>.*?</table>", page, re.DOTALL)[0]
    assert re.findall(r'class="num">([^<]*)<', goals)[-3:] == ["≥ 500 户", "1", "40 户"]
    assert "改造户数" in goals
    assert "另一个数" not in goals
    assert "40 户" not in text_of(enter(cast.township_clerk).get(reverse("adaptation-figures")))


def test_an_office_without_a_plan_sees_no_goals(cast, enter, row):
    assert "规划目标" not in text_of(enter(cast.county_clerk).get(reverse("adaptation-figures")))
