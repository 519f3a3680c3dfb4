"""政策找人, trying a version out, and the command that says what somebody is owed."""

import datetime as dt
import io
import json
import sys
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from eldercare.identity import synthetic_id
from subsidies.models import Band, Enrolment, Exclusion
from subsidies.pages import matching
from tests.subsidies.factories import make_assessment, make_elder, make_enrolment, make_programme

pytestmark = pytest.mark.django_db
MONTH = dt.date(2026, 3, 1)


@pytest.fixture
def programme(cast):
    """80 to 89: 50 yuan, from 90 on: 100."""
    return make_programme(cast.county, amounts=((80, 89, "50"), (90, None, "100")))


def found(programme, units=None, month=MONTH):
    lists = {
        which: matching.find_people(programme, which, month, units=units) for which in ("now", "soon", "lost")
    }
    return {which: [row.holder_id for row in rows] for which, rows in lists.items()}


def test_three_lists(cast, programme):
    eighty = make_elder(cast.township, born=dt.date(1946, 3, 31))
    in_may = make_elder(cast.township, born=dt.date(1946, 5, 1))
    make_elder(cast.township, born=dt.date(1946, 7, 1))  # in four months
    inside = make_elder(cast.township, born=dt.date(1940, 1, 1))
    make_enrolment(programme, inside)
    died = make_elder(cast.township, born=dt.date(1940, 1, 1), died_on=dt.date(2026, 1, 5))
    make_enrolment(programme, died)
    make_elder(cast.township, born=dt.date(1930, 1, 1), died_on=dt.date(2026, 1, 5))
    assert found(programme) == {"now": [eighty.pk], "soon": [in_may.pk], "lost": [died.pk]}
    (soon,) = matching.find_people(programme, "soon", MONTH, units=None)
    assert (soon.month, soon.amount) == (dt.date(2026, 5, 1), Decimal(50))


def test_whose_certification_is_overdue_still_satisfies_it(cast):
    programme = make_programme(cast.county, rules={"certification": "monthly"})
    make_enrolment(programme, make_elder(cast.township))
    assert found(programme)["lost"] == []


def test_who_has_applied_is_no_longer_sought_and_who_was_refused_is(cast, programme):
    waits, refused = make_elder(cast.township), make_elder(cast.township)
    make_enrolment(programme, waits, state=Enrolment.State.CHECKED, approved_on=None)
    make_enrolment(programme, refused, state=Enrolment.State.REFUSED, approved_on=None)
    assert found(programme)["now"] == [refused.pk]


@pytest.mark.parametrize("which", ["now", "soon", "lost"])
def test_one_statement_finds_them_all(cast, programme, which):
    for number in range(5):
        elder = make_elder(cast.township, born=dt.date(1940 + number * 2, 3, 1))
        if number % 2:
            make_enrolment(programme, elder)
    with CaptureQueriesContext(connection) as queries:
        matching.find_people(programme, which, MONTH, units=None)
    asked = [each["sql"] for each in queries.captured_queries]
    assert [sql for sql in asked if "subsidies_elder" in sql] == [asked[-1]]


def test_a_township_finds_its_own(cast, programme, enter):
    own, theirs = make_elder(cast.township, "沈阿福"), make_elder(cast.other_township, "朱阿寿")
    assert own.age_on(timezone.localdate()) >= 80
    page = enter(cast.township_clerk).get(reverse("enrolment-matching")).content.decode()
    assert "沈阿福" in page
    assert "朱阿寿" not in page
    assert f"programme={programme.pk}&amp;holder={own.pk}" in page
    assert own.id_number.reveal() not in page
    assert found(programme, units=matching.units_of(cast.other_township_clerk))["now"] == [theirs.pk]
    reviewer = enter(cast.county_reviewer).get(reverse("enrolment-matching")).content.decode()
    assert "朱阿寿" in reviewer
    assert "申请</a>" not in reviewer  # looks, and does not apply


def test_the_page_takes_as_many_queries_for_many_as_for_one(cast, programme, enter):
    clerk = enter(cast.county_clerk)
    address = reverse("enrolment-matching")
    make_elder(cast.township)
    clerk.get(address)
    with CaptureQueriesContext(connection) as one:
        clerk.get(address)
    for _ in range(8):
        make_elder(cast.township, village=cast.village)
    with CaptureQueriesContext(connection) as many:
        clerk.get(address)
    assert len(many) == len(one)


def test_the_reason_for_somebody_no_longer_entitled_names_the_values(cast, enter):
    programme = make_programme(cast.county, eligibility="age >= 80 and ability >= 3")
    elder = make_elder(cast.township, "沈阿福", born=dt.date(1940, 1, 1))
    make_assessment(elder, 1)
    enrolment = make_enrolment(programme, elder)
    page = enter(cast.county_clerk).get(f"{reverse('enrolment-matching')}?list=lost").content.decode()
    assert "不符合享受条件" in page
    assert "能力等级 1" in page
    assert reverse("enrolment-end", args=[enrolment.pk]) in page


def give_way(yielding, prevailing, relation):
    return Exclusion.objects.create(
        yielding=yielding, prevailing=prevailing, relation=relation, effective_from=dt.date(2024, 1, 1)
    )


def listed(client, programme, which="now"):
    address = reverse("enrolment-matching")
    return client.get(f"{address}?programme={programme.pk}&list={which}")


@pytest.mark.parametrize(
    ("relation", "this_gives_way", "theirs", "told"),
    [
        ("higher", False, "200", "批准后改发 250.00 元，“失能护理补贴” 200.00 元停发，实增 50.00 元"),
        ("higher", True, "200", "批准后改发 250.00 元，“失能护理补贴” 200.00 元停发，实增 50.00 元"),
        ("exclusive", False, "200", "批准后改发 250.00 元，“失能护理补贴” 200.00 元停发，实增 50.00 元"),
        ("exclusive", False, "300", "批准后改发 250.00 元，“失能护理补贴” 300.00 元停发，实减 50.00 元"),
        ("offset", False, "300", "批准后改发 250.00 元，“失能护理补贴” 300.00 元减为 50.00 元，实增 0.00 元"),
        ("offset", True, "200", "已享受“失能护理补贴”，本项目发 50 元"),
        ("both", False, "200", ""),
    ],
)
def test_what_an_approval_brings_beside_another_programme(
    cast, enter, relation, this_gives_way, theirs, told
):
    this = make_programme(cast.county, amounts=((80, None, "250"),))
    other = make_programme(cast.county, name="失能护理补贴", amounts=((80, None, theirs),))
    give_way(*((this, other) if this_gives_way else (other, this)), relation)
    make_enrolment(other, make_elder(cast.township, "徐正卫"))
    (line,) = listed(enter(cast.county_clerk), this).context["lines"]
    assert (line.amount, line.remark) == (Decimal(50) if "本项目" in told else Decimal(250), told)


def test_what_a_third_programme_takes_already_is_not_taken_again(cast, enter):
    this = make_programme(cast.county, amounts=((80, None, "250"),))
    other = make_programme(cast.county, name="失能护理补贴", amounts=((80, None, "200"),))
    third = make_programme(cast.county, name="特困护理", amounts=((80, None, "300"),))
    give_way(other, this, "higher")
    give_way(other, third, "exclusive")
    elder = make_elder(cast.township)
    make_enrolment(other, elder)
    make_enrolment(third, elder)
    (line,) = listed(enter(cast.county_clerk), this).context["lines"]
    assert line.remark == ""  # the 200 are not paid today either


def test_who_would_get_nothing_beside_another_programme_is_not_sought(cast, enter):
    this = make_programme(cast.county, amounts=((80, None, "100"),))
    other = make_programme(cast.county, name="养老服务补贴", amounts=((80, None, "200"),))
    give_way(this, other, "higher")
    sought = make_elder(cast.township, "沈阿福")
    yielding = make_elder(cast.township, "朱阿寿")
    make_enrolment(other, yielding)
    clerk = enter(cast.county_clerk)
    answer = listed(clerk, this)
    page = answer.content.decode()
    assert [line.name for line in answer.context["lines"]] == ["沈阿福"]
    assert f"holder={sought.pk}" in page
    assert 'list=yields">符合但让位于其他项目 <span class="tab-number">1</span></a>' in page
    answer = listed(clerk, this, "yields")
    (line,) = answer.context["lines"]
    assert (line.name, line.amount) == ("朱阿寿", 0)
    assert line.remark == "已享受“养老服务补贴”，本项目发 0 元"
    page = answer.content.decode()
    assert "申请</a>" not in page
    assert 'list=now">符合而未享受 <span class="tab-number">1</span></a>' in page


def test_the_page_with_other_programmes_takes_a_fixed_number_of_queries(cast, enter):
    this = make_programme(cast.county, amounts=((80, None, "250"),))
    other = make_programme(cast.county, amounts=((80, None, "200"),))
    give_way(other, this, "higher")
    clerk = enter(cast.county_clerk)
    make_enrolment(other, make_elder(cast.township))
    listed(clerk, this)
    with CaptureQueriesContext(connection) as one:
        listed(clerk, this)
    for _ in range(4):
        make_enrolment(other, make_elder(cast.township))
    with CaptureQueriesContext(connection) as many:
        answer = listed(clerk, this)
    assert sum("实增 50.00 元" in line.remark for line in answer.context["lines"]) == 5
    assert len(many) == len(one)


def test_the_reason_names_what_makes_somebody_eligible_and_no_more(cast, enter):
    text = "age >= 80 and (low_income or low_income_edge or family_planning) and not long_term_care"
    programme = make_programme(cast.county, eligibility=text)
    make_elder(cast.township, born=dt.date(timezone.localdate().year - 85, 1, 1), tags=["low_income_edge"])
    (line,) = listed(enter(cast.county_clerk), programme).context["lines"]
    assert line.reason in [f"年龄 {age} 周岁，低保边缘：是（80周岁起）" for age in (84, 85)]


def test_the_reason_for_somebody_no_longer_entitled_leaves_out_what_still_holds(cast, enter):
    programme = make_programme(cast.county, eligibility="age >= 80 and (low_income or low_income_edge)")
    make_enrolment(programme, make_elder(cast.township))
    (line,) = listed(enter(cast.county_clerk), programme, "lost").context["lines"]
    assert line.reason == "不符合享受条件：低保：否，低保边缘：否"


def test_trying_out_counts_by_band_and_township_whoever_would_get_something(cast, programme, enter):
    inside = make_elder(cast.township, born=dt.date(1940, 1, 1))
    make_enrolment(programme, inside)
    make_elder(cast.other_township, born=dt.date(1930, 1, 1))
    make_elder(cast.other_township, born=dt.date(1931, 1, 1))
    make_elder(cast.other_township, born=dt.date(1960, 1, 1))
    trial = matching.try_out(programme.versions.get(), MONTH, units=None)
    counted = [
        (label, one.people, one.amount, other.people, other.amount) for label, one, other in trial.by_band
    ]
    assert counted == [("80周岁起", 1, 50, 0, 0), ("90周岁起", 0, 0, 2, 200)]
    assert [(label, one.people, other.people) for label, one, other in trial.by_unit] == [
        ("沈荡镇", 1, 0),
        ("百步镇", 0, 2),
    ]
    version = programme.versions.get()
    page = enter(cast.leader).get(reverse("programme-version-try", args=[programme.pk, version.pk]))
    assert page.status_code == 200
    assert inside.name not in page.content.decode()


def test_a_version_that_is_not_in_force_yet_can_be_tried_for_any_month(cast, programme):
    make_elder(cast.township, born=dt.date(1940, 1, 1))
    coming = programme.versions.get()
    coming.pk, coming.effective_from = None, dt.date(2030, 1, 1)
    coming.save()
    Band.objects.create(version=coming, label="人人", amount=Decimal("70"))
    assert matching.try_out(coming, MONTH, units=None).outside.amount == 70
    assert found(programme)["now"] != []  # the one in force still counts


def run(*arguments, typed=None, monkeypatch=None):
    out = io.StringIO()
    if typed is not None:
        monkeypatch.setattr(sys, "stdin", io.StringIO(typed))
    call_command("entitlement", *arguments, stdout=out)
    return json.loads(out.getvalue())


def test_the_command_says_amount_and_why(cast, programme):
    elder = make_elder(cast.township, born=dt.date(1935, 5, 6))
    make_enrolment(programme, elder)
    (told,) = run(str(elder.pk), "2026-03")["programmes"]
    assert (told["amount"], told["band"], told["state"]) == ("100.00", "90周岁起", "running")
    assert told["eligibility"] == "90 ≥ 80"
    assert all(each["met"] for each in told["conditions"])
    (before,) = run(str(elder.pk), "2025-04")["programmes"]
    assert (before["amount"], before["eligibility"]) == ("50.00", "89 ≥ 80")


def test_the_command_takes_an_identity_number_from_the_standard_input(cast, programme, monkeypatch):
    number = synthetic_id(dt.date(1940, 2, 3), 135)
    elder = make_elder(cast.township, born=dt.date(1940, 2, 3), id_number=number)
    told = run("2026-03", "--id-number-from", "-", typed=f"{number}\n", monkeypatch=monkeypatch)
    assert told["person"] == elder.pk
    assert number not in json.dumps(told)
    assert told["programmes"][0]["enrolment"] is None
    for wrong in ((number, "2026-03"), (str(elder.pk), "三月"), ("0", "2026-03")):
        with pytest.raises(CommandError) as refused:
            call_command("entitlement", *wrong)
        assert number not in str(refused.value)
