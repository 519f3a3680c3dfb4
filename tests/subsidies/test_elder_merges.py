"""Two records made one: found, laid side by side, merged by stated rules, and undone exactly."""

import datetime as dt

import pytest
from django.core.cache import cache
from django.urls import reverse

from eldercare.errors import NotAllowed, Refused
from eldercare.identity import synthetic_id
from eldercare.spells import Spells
from subsidies.actions.elder_merges import PARTS, mark_distinct, merge, undo
from subsidies.models import (
    Adaptation,
    Elder,
    ElderMerge,
    ElderTag,
    Enrolment,
    FamilyBed,
    HouseholdHead,
    Payee,
    PaymentLine,
    Visit,
)
from tests.facilities.factories import make_facility
from tests.subsidies.factories import (
    LONG_AGO,
    make_assessment,
    make_certification,
    make_elder,
    make_enrolment,
    make_payee,
    make_programme,
    make_tag,
)

BORN = dt.date(1941, 3, 2)
NEW = synthetic_id(BORN, 135)
OLD = NEW[:6] + NEW[8:17]


@pytest.fixture(autouse=True)
def no_memory():
    cache.clear()


@pytest.fixture
def pair(cast):
    kept = make_elder(cast.township, "沈阿根", born=BORN, id_number=NEW, sex="male")
    dropped = make_elder(
        cast.other_township, "沈阿根", born=BORN, id_number=OLD, sex="male", phone="13957312345"
    )
    return kept, dropped


@pytest.fixture
def county(cast, enter):
    return enter(cast.county_clerk)


def text(answer) -> str:
    return answer.content.decode()


def snapshot() -> dict:
    """Every row of the register, as stored."""
    models = (Elder, ElderTag, Payee, HouseholdHead, PaymentLine, *(part.model for part in PARTS))
    return {model: list(model._base_manager.order_by("pk").values()) for model in models}


def rich(cast, kept, dropped) -> None:
    """Something of everything on both sides, in conflict where that can be."""
    for elder, since in ((kept, dt.date(2020, 1, 1)), (dropped, dt.date(2015, 1, 1))):
        make_tag(elder, "low_income", since=since, until=dt.date(since.year + 3, 1, 1))
        make_assessment(elder, 2)
        make_certification(elder, dt.date(2025, 3, 1))
        make_payee(elder)
        Visit.objects.create(elder=elder, org_unit=elder.org_unit, visited_on=dt.date(2025, 5, 1))
        Adaptation.objects.create(
            elder=elder, org_unit=elder.org_unit, round="一", needed_from=dt.date(2025, 1, 1)
        )
        HouseholdHead.objects.create(elder=elder, relation="儿子", name=f"户主{elder.pk}")
    make_tag(dropped, "veteran")
    make_assessment(dropped, 3, on=dt.date(2025, 1, 1))
    make_certification(dropped, dt.date(2025, 4, 1))
    Visit.objects.create(elder=dropped, org_unit=kept.org_unit, visited_on=dt.date(2025, 6, 1))
    FamilyBed.objects.create(
        elder=dropped,
        facility=make_facility(cast.township, "照料站"),
        applied_on=dt.date(2025, 1, 1),
    )
    make_enrolment(make_programme(cast.county, "old-age"), dropped)
    dropped.registered = Spells([(dt.date(1941, 3, 2), dt.date(1990, 1, 1)), *dropped.registered])
    dropped.save()


def test_every_relation_to_a_person_is_dealt_with():
    """A new table of people must say what becomes of its rows when two records are merged."""
    handled = {part.model for part in PARTS} | {ElderTag, HouseholdHead, PaymentLine}
    apart = {"ElderMerge", "DistinctElders", "Elder"}
    related = {
        each.related_model
        for each in Elder._meta.get_fields(include_hidden=True)
        if each.auto_created
        and not each.concrete
        and not hasattr(each.related_model, "pgh_tracked_model")
        and each.related_model._meta.managed
    }
    assert {model for model in related if model.__name__ not in apart} == handled


def test_what_both_have_is_settled_by_the_rules(cast, pair):
    kept, dropped = pair
    rich(cast, kept, dropped)
    merge(kept=kept, dropped=dropped, reason="同一户口簿", by=cast.county_clerk)
    kept.refresh_from_db()
    dropped.refresh_from_db()
    assert dropped.merged_into == kept
    held = {tag.kind: str(tag.held) for tag in kept.tags.all()}
    assert held == {
        "low_income": "2015-01-01至2017-12-31；2020-01-01至2022-12-31",
        "veteran": "2000-01-01至今",
    }
    assert [each.level for each in kept.assessments.order_by("assessed_on")] == [2, 3]
    assert dropped.assessments.count() == 1
    assert kept.certifications.count() == kept.visits.count() == 2
    assert kept.adaptations.count() == dropped.adaptations.count() == 1
    assert kept.family_beds.count() == kept.enrolments.count() == 1
    assert kept.payees.count() == 2
    assert kept.payees.filter(used_to=None).count() == 1
    assert kept.household_head.name == f"户主{kept.pk}"
    assert str(kept.registered) == "1941-03-02至1989-12-31；2000-01-01至今"
    assert kept.phone == "13957312345"
    assert "13957312345" not in str(ElderMerge.objects.get().moved)


def test_undoing_restores_every_row(cast, pair):
    kept, dropped = pair
    rich(cast, kept, dropped)
    before = snapshot()
    made = merge(kept=kept, dropped=dropped, reason="同一户口簿", by=cast.county_clerk)
    assert snapshot() != before
    undo(merge=made, by=cast.county_clerk)
    assert snapshot() == before
    made.refresh_from_db()
    assert made.undone_by == cast.county_clerk
    with pytest.raises(Refused, match="已经撤销"):
        undo(merge=made, by=cast.county_clerk)


def test_a_death_known_on_one_side_holds_and_is_undone(cast, pair):
    kept, dropped = pair
    day = dt.date(2025, 6, 1)
    Elder.objects.filter(pk=dropped.pk).update(died_on=day, death_known_on=day, death_source="village")
    before = snapshot()
    made = merge(kept=kept, dropped=dropped, reason="同一人", by=cast.county_clerk)
    kept.refresh_from_db()
    assert (kept.died_on, kept.death_source) == (day, "village")
    undo(merge=made, by=cast.county_clerk)
    assert snapshot() == before


def test_what_was_changed_since_stands_in_the_way_of_undoing(cast, pair):
    kept, dropped = pair
    rich(cast, kept, dropped)
    made = merge(kept=kept, dropped=dropped, reason="同一人", by=cast.county_clerk)
    tag = kept.tags.get(kind="low_income")
    tag.held = Spells.since(LONG_AGO)
    tag.save()
    before = snapshot()
    with pytest.raises(Refused, match="人员类别又修改过"):
        undo(merge=made, by=cast.county_clerk)
    assert snapshot() == before


def test_two_open_enrolments_in_one_programme_are_ended_first(cast, pair):
    kept, dropped = pair
    programme = make_programme(cast.county, "old-age", name="高龄津贴示例")
    make_enrolment(programme, kept)
    double = make_enrolment(programme, dropped)
    before = snapshot()
    with pytest.raises(Refused, match="高龄津贴示例"):
        merge(kept=kept, dropped=dropped, reason="同一人", by=cast.county_clerk)
    assert snapshot() == before
    double.state, double.ended_from, double.end_reason = "ended", dt.date(2026, 1, 1), "double"
    double.save()
    before = snapshot()
    made = merge(kept=kept, dropped=dropped, reason="同一人", by=cast.county_clerk)
    assert Enrolment.objects.filter(elder=kept).count() == 2
    double.refresh_from_db()
    assert double.not_before == double.ended_from == dt.date(2026, 1, 1)  # its months are the other's
    undo(merge=made, by=cast.county_clerk)
    assert snapshot() == before


@pytest.mark.parametrize(
    ("own", "others", "own_after", "others_after"),
    [
        # (not before, ended from) of the record kept and of the other; then from which month each counts
        ((None, None), ("2025-03", "2025-06"), None, "2025-06"),
        (("2025-01", "2025-06"), ("2025-03", None), "2025-01", "2025-06"),
        (("2025-03", "2025-06"), (None, None), "2025-06", None),
        (("2025-03", None), (None, "2025-06"), "2025-06", None),
        (("2025-06", None), (None, "2025-06"), "2025-06", None),
    ],
)
def test_months_that_both_records_had_stay_with_one(cast, pair, own, others, own_after, others_after):
    programme = make_programme(cast.county, "old-age")
    made = []
    for elder, (first, end) in zip(pair, (own, others), strict=True):
        enrolment = make_enrolment(programme, elder)
        enrolment.not_before, enrolment.ended_from = _day(first), _day(end)
        enrolment.state = "ended" if end else "running"
        enrolment.end_reason = "double" if end else ""
        enrolment.save()
        made.append(enrolment)
    merge(kept=pair[0], dropped=pair[1], reason="同一人", by=cast.county_clerk)
    for enrolment, first in zip(made, (own_after, others_after), strict=True):
        enrolment.refresh_from_db()
        assert (enrolment.elder, enrolment.not_before) == (pair[0], _day(first))


def _day(month: str | None) -> dt.date | None:
    return month and dt.date.fromisoformat(f"{month}-01")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"died_on": dt.date(2025, 1, 1)}, "死亡日期不同"),
        ({"id_kind": "none", "id_number": None}, "没有证件号码"),
    ],
)
def test_what_must_be_settled_first(cast, pair, changes, words):
    kept, dropped = pair
    Elder.objects.filter(pk=dropped.pk).update(died_on=dt.date(2025, 2, 2))
    Elder.objects.filter(pk=kept.pk).update(**changes)
    with pytest.raises(Refused, match=words):
        merge(kept=kept, dropped=dropped, reason="同一人", by=cast.county_clerk)


def test_a_merged_record_is_not_merged_again_nor_changed(cast, pair, county):
    kept, dropped = pair
    third = make_elder(cast.township, "沈阿根", born=BORN)
    merge(kept=kept, dropped=dropped, reason="同一人", by=cast.county_clerk)
    with pytest.raises(Refused, match="已经并入"):
        merge(kept=third, dropped=dropped, reason="同一人", by=cast.county_clerk)
    data = {"on": "2025-01-01", "known_on": "2025-01-02", "source": "family"}
    page = text(county.post(reverse("elder-change", args=[dropped.pk, "death"]), data))
    assert "已并入另一份" in page


def test_only_the_county_clerk_merges(cast, pair):
    for who in (cast.township_clerk, cast.county_reviewer):
        with pytest.raises(NotAllowed):
            merge(kept=pair[0], dropped=pair[1], reason="同一人", by=who)


# --- In the browser ---------------------------------------------------------------------------------------------


def test_doubles_are_found_by_name_and_birth_and_by_the_old_number(cast, county, pair):
    same = make_elder(cast.township, "周 桂英", born=BORN)
    twin = make_elder(cast.other_township, "周桂英", born=BORN)
    make_elder(cast.township, "周桂英", born=dt.date(1941, 3, 3))
    make_elder(cast.neighbour, "周桂英", born=BORN)
    Elder.objects.filter(pk=pair[1].pk).update(name="沈阿耕", name_key="沈阿耕")
    page = text(county.get(reverse("elder-doubles")))
    assert "2 对" in page
    for one, other in (pair, (same, twin)):
        assert reverse("elder-compare", args=[one.pk, other.pk]) in page
    assert "新旧证件号码相同" in page
    assert NEW not in page
    assert OLD not in page
    mark_distinct(one=twin, other=same, reason="两个人", by=cast.county_clerk)
    assert "1 对" in text(county.get(reverse("elder-doubles")))


def test_the_home_page_tells_the_county_clerk_and_is_told(cast, county, enter, pair):
    assert "1 对老年人档案疑似重复" in text(county.get(reverse("home")))
    for who in (cast.township_clerk, cast.leader, cast.county_reviewer):
        assert "疑似重复" not in text(enter(who).get(reverse("home")))
    one, other = pair
    county.post(reverse("elder-distinct", args=[other.pk, one.pk]), {"reason": "父子同名"})
    assert "疑似重复" not in text(county.get(reverse("home")))


def test_the_home_page_tells_who_has_no_number(cast, enter):
    make_elder(cast.township, id_kind="none", id_number=None)
    make_elder(cast.township, id_kind="none", id_number=None, died_on=dt.date(2025, 1, 1))
    assert "1 位老年人没有证件号码" in text(enter(cast.township_clerk).get(reverse("home")))
    assert "没有证件号码" not in text(enter(cast.other_township_clerk).get(reverse("home")))
    assert "没有证件号码" not in text(enter(cast.leader).get(reverse("home")))


def test_side_by_side_then_merged_then_undone(county, cast, pair):
    kept, dropped = pair
    address = reverse("elder-compare", args=[kept.pk, dropped.pk])
    page = text(county.get(address))
    assert "沈荡镇" in page
    assert "百步镇" in page
    assert NEW not in page
    assert "请选择保留" in text(county.post(address, {"reason": "同一人"}))
    answer = county.post(address, {"reason": "同一户口簿", "keep": kept.pk}, follow=True)
    assert "已并档" in text(answer)
    assert "已并入" in text(county.get(reverse("elder-detail", args=[dropped.pk])))
    made = ElderMerge.objects.get()
    assert (made.kept, made.dropped, made.reason) == (kept, dropped, "同一户口簿")
    county.post(reverse("elder-merge-undo", args=[made.pk]))
    dropped.refresh_from_db()
    assert dropped.merged_into is None


def test_any_two_are_compared_by_their_numbers(county, pair):
    kept, dropped = pair
    address = reverse("elder-doubles-find")
    answer = county.post(address, {"one": str(kept.pk), "other": str(dropped.pk)})
    assert answer.url == reverse("elder-compare", args=[kept.pk, dropped.pk])
    answer = county.post(address, {"one": str(kept.pk), "other": "0"}, follow=True)
    assert "有一份没有找到" in text(answer)
