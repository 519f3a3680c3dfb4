"""The reference data and the plan: complete, consistent, never written over what the county has edited."""

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal

import pytest
from django.core.management import call_command

from eldercare.models import OrgUnit
from indicators.fixtures import load_all
from indicators.models import (
    Baseline,
    Indicator,
    Metric,
    Plan,
    PlanRemark,
    Target,
    filing_units,
    owed_by,
    owed_by_each,
)
from indicators.rules.formulas import parse_formula
from tests.indicators.plan_files import needed

pytestmark = pytest.mark.django_db

Kind = Indicator.ValueKind


@pytest.fixture(scope="module")
def loaded(django_db_setup, django_db_blocker) -> Iterator[None]:
    """All fixtures, once for this module; what a test changes is rolled back, the rest emptied at the end."""
    with django_db_blocker.unblock():
        load_all()
        yield
        call_command("flush", verbosity=0, interactive=False)


@pytest.fixture
def plan(loaded) -> Plan:
    return Plan.objects.get(code="haiyan")


def number(value: int) -> Indicator:
    return Indicator.objects.get(plan__code="haiyan", number=value)


def test_haiyan_has_nine_townships_and_122_villages(loaded):
    county = OrgUnit.objects.get(code="330424")
    assert (county.name, county.level, county.path) == ("海盐县", "county", "/330424/")
    assert OrgUnit.objects.within(county).townships().count() == 9
    assert OrgUnit.objects.within(county).filter(level="village").count() == 122


def test_path_of_each_unit_follows_from_its_parent(loaded):
    for unit in OrgUnit.objects.exclude(parent=None).select_related("parent"):
        assert unit.path == f"{unit.parent.path}{unit.code}/"
        # A city's code ends with the zeros that its districts fill.
        is_city = unit.parent.level == OrgUnit.Level.CITY
        assert unit.code.startswith(unit.parent.code[:4] if is_city else unit.parent.code)


def test_every_loaded_row_is_valid(loaded):
    for model in (OrgUnit, Metric, Plan, Indicator, Target, Baseline, PlanRemark):
        for row in model.objects.all():
            row.full_clean()


# --- Metrics ----------------------------------------------------------------------------------------------


def test_whole_catalogue_is_loaded(loaded):
    assert Metric.objects.count() == 184
    assert len(set(Metric.objects.values_list("position", flat=True))) == 184
    assert not Metric.objects.filter(definition="").exists()


def test_definitions_name_other_metrics_in_words(loaded):
    codes = set(Metric.objects.values_list("catalogue_code", flat=True))
    for metric in Metric.objects.all():
        assert not [code for code in codes if "_" in code and code in metric.definition], metric.code


def test_a_county_owes_what_its_own_plan_needs_and_no_more(loaded):
    month = dt.date(2021, 6, 1)
    for code, plan in (("330424", "haiyan"), ("371002", "huancui"), ("620403", "pingchuan")):
        county = OrgUnit.objects.get(code=code)
        township = OrgUnit.objects.within(county).townships().first()
        owed = {metric.code for unit in (county, township) for metric in owed_by(unit, month)}
        assert owed == needed(plan), plan
    assert len(needed("haiyan")) == 86


def test_a_district_of_a_city_files_for_its_whole_area_and_the_city_for_itself(loaded):
    month = dt.date(2021, 6, 1)
    places = [OrgUnit.objects.get(code=code) for code in ("330200", "330203", "3302F02", "330203001")]
    city, district, zone, street = places
    assert {metric.code for metric in owed_by(district, month)} == needed("ningbo")
    assert list(owed_by(zone, month)) == list(owed_by(district, month))
    assert {metric.reporter for metric in owed_by(city, month)} == {"county", "both"}
    assert filing_units(places, month) == [city, district, zone]
    by_each = owed_by_each(places[:3], month)
    assert all(list(owed_by(unit, month)) == by_each[unit.pk] for unit in places[:3])
    assert not owed_by(district, dt.date(2022, 1, 1)).exists()  # the plan was for 2021
    assert street not in filing_units([street], month)


def test_every_metric_that_a_plan_needs_is_collected(loaded):
    used = set().union(*map(needed, ("haiyan", "huancui", "kunming", "ningbo", "pingchuan")))
    assert set(Metric.objects.collected().values_list("code", flat=True)) == used


def test_medical_care_beds_are_no_part_of_institution_beds(loaded):
    assert Metric.objects.get(code="medical_care_institution_beds").subset_of is None
    assert Metric.objects.get(code="nursing_beds").subset_of.code == "institution_beds"


def test_a_part_and_its_whole_stand_in_the_same_report(loaded):
    for metric in Metric.objects.collected().exclude(subset_of=None).select_related("subset_of"):
        whole = metric.subset_of
        # Persons are a part of the times that they came.
        units = (metric.unit, whole.unit)
        assert units == ("人", "人次") or len(set(units)) == 1 or whole.code == "townships", metric.code
        assert not whole.is_collected or whole.reporter == metric.reporter, metric.code


def test_no_metric_is_part_of_itself(loaded):
    for metric in Metric.objects.select_related("subset_of"):
        seen = {metric.code}
        while metric := metric.subset_of:
            assert metric.code not in seen
            seen.add(metric.code)


# --- Plan -------------------------------------------------------------------------------------------------


def test_all_132_entries_are_loaded_with_their_numbers(plan):
    indicators = list(plan.indicators.all())
    assert [indicator.number for indicator in indicators] == list(range(1, 133))
    assert all(each.document_code == f"S0-I{each.number:02}" for each in indicators)
    assert all(each.quote and each.place for each in indicators)


def test_entries_without_formula_say_why(plan):
    without = list(plan.indicators.filter(formula=""))
    assert [indicator.number for indicator in without] == [75]
    assert without[0].formula_note


def test_each_formula_can_be_read(plan):
    metrics = {metric.code: metric for metric in Metric.objects.all()}
    flows = {code for code, metric in metrics.items() if not metric.is_stock}
    for indicator in plan.indicators.exclude(formula=""):
        formula = parse_formula(indicator.formula, codes=metrics, flows=flows)
        assert (formula.denominator is not None) == (indicator.value_kind == Kind.RATIO), indicator
        for each in indicator.alternatives:
            assert parse_formula(each["formula"], codes=metrics, flows=flows)
            assert each["note"]


def test_each_entry_falls_into_one_of_five_groups(plan):
    groups = dict.fromkeys(plan.indicators.values_list("group", flat=True))
    sizes = {group: plan.indicators.filter(group=group).count() for group in groups}
    assert list(sizes.values()) == [6, 9, 41, 59, 17]
    assert not plan.indicators.filter(group="制度与机制").exclude(value_kind=Kind.CONFIRMATION).exists()


def test_each_entry_has_a_target_and_says_when_its_date_is_inferred(plan):
    assert not plan.indicators.filter(targets=None).exists()
    inferred = Target.objects.filter(indicator__plan=plan, is_due_inferred=True)
    assert {target.due_on for target in inferred} == {dt.date(2025, 12, 31)}
    # 77 that the reference infers, 3 norms and 7 recurring ones that print no date.
    assert inferred.count() == 77 + 3 + 7


def test_targets_without_a_printed_value_stay_empty(plan):
    empty = Target.objects.filter(indicator__plan=plan, value=None).values_list(
        "indicator__number", flat=True
    )
    assert sorted(empty) == [86, 103, 104, 122, 123, 128]


def test_yes_no_targets_are_one(plan):
    for indicator in plan.indicators.filter(value_kind=Kind.CONFIRMATION).prefetch_related("targets"):
        assert [target.value for target in indicator.targets.all()] == [1]


def test_interim_target_of_social_workers(plan):
    targets = number(15).targets.values_list("due_on", "value", "is_interim")
    assert list(targets) == [(dt.date(2022, 12, 31), 20, True), (dt.date(2025, 12, 31), 25, False)]


def test_baselines_of_table_2_are_doubtful_and_start_the_paths(plan):
    baselines = Baseline.objects.filter(indicator__plan=plan, printed_label="2022年实际值")
    assert sorted(baselines.values_list("indicator__number", flat=True)) == list(range(7, 16))
    for baseline in baselines:
        assert (baseline.kind, baseline.is_path_start) == ("存疑", True)
        assert baseline.effective_on == dt.date(2021, 12, 31)
        assert "2022年1月7日" in baseline.note


def test_social_workers_per_hundred_beds_keep_both_readings(plan):
    indicator = number(12)
    assert indicator.formula == "institution_social_workers / institution_beds * 10000"
    assert (indicator.printed_unit, indicator.printed_target) == ("(%)", "≧50")
    assert indicator.converted_target == "0.5名/百张床位"
    assert indicator.alternatives[0]["formula"] == "institution_social_workers / institution_beds * 100"
    assert number(30).formula == "institution_social_workers / (institution_beds / 60)"


@pytest.mark.parametrize(
    ("which", "source"),
    [(11, "reported"), (20, "reported"), (21, "reported"), (34, "reported"), (41, "reported"),
     (72, "registered"), (76, "registered"), (103, "registered"), (64, "registered"), (44, "registered")],
)  # fmt: skip
def test_where_a_narrowed_indicator_gets_its_number(plan, which, source):
    assert number(which).input_source == source


def test_all_oddities_are_remarks_on_indicators(plan):
    remarks = plan.remarks.prefetch_related("indicators")
    assert [remark.code for remark in remarks] == [f"S0-O{index:02}" for index in range(1, 29)]
    assert all(remark.indicators.all() and remark.handling for remark in remarks)


# --- Loading ----------------------------------------------------------------------------------------------


def test_loading_twice_changes_nothing(loaded):
    assert all(count.inserted == count.updated == 0 for count in load_all())


def test_loading_keeps_what_the_county_edited(plan):
    Indicator.objects.filter(pk=number(8).pk).update(formula="nursing_beds / institution_beds * 1000")
    number(8).targets.update(value=Decimal(75))
    number(9).targets.all().delete()
    Metric.objects.filter(code="nursing_beds").update(definition="本县口径")
    load_all()
    assert number(8).formula == "nursing_beds / institution_beds * 1000"
    assert number(8).targets.get().value == 75
    assert not number(9).targets.exists()
    assert Metric.objects.get(code="nursing_beds").definition == "本县口径"


def test_overwrite_puts_the_fixtures_back(plan, capsys):
    Indicator.objects.filter(pk=number(8).pk).update(formula="nursing_beds", notes="改过")
    number(8).targets.update(value=Decimal(75))
    Metric.objects.filter(code="nursing_beds").update(definition="本县口径")
    call_command("load_fixtures", overwrite=True)
    assert number(8).formula == "nursing_beds / institution_beds * 100"
    assert number(8).notes == ""
    assert number(8).targets.get().value == 60
    assert Metric.objects.get(code="nursing_beds").definition != "本县口径"
    assert "规划指标：新增 0，更新 1，保留 131" in capsys.readouterr().out


def test_loading_inserts_only_what_is_missing(plan):
    number(132).delete()
    counts = {count.label: count for count in load_all(places=["haiyan"])}
    assert (counts["规划指标"].inserted, counts["规划指标"].kept) == (1, 131)
    assert number(132).targets.exists()
