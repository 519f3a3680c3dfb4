"""Pages of enrolments: the list, applying, steps on their pages, many approved at once, the to-do list."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from eldercare import todo
from eldercare.models import AuditEvent
from subsidies.models import Batch, Certification, Enrolment, Exclusion, PaymentLine
from tests.facilities.factories import make_facility, make_post
from tests.facilities.test_bed_pages import words
from tests.subsidies.factories import make_elder, make_enrolment, make_programme

pytestmark = pytest.mark.django_db
State = Enrolment.State


@pytest.fixture
def programme(cast):
    return make_programme(cast.county, name="高龄津贴")


@pytest.fixture
def elder(cast):
    return make_elder(cast.township, "沈阿福", village=cast.village)


@pytest.fixture
def clerk(cast, enter):
    return enter(cast.township_clerk)


def url(name, enrolment=None):
    return reverse(f"enrolment-{name}", args=[enrolment.pk] if enrolment else [])


def waiting(programme, elder, state=State.APPLIED, **fields):
    return make_enrolment(programme, elder, state=state, approved_on=None, **fields)


# --- Applying -------------------------------------------------------------------------------------------------------


def test_an_elder_is_found_by_name_and_applies_with_one_click(clerk, programme, elder):
    page = clerk.post(url("find"), {"programme": programme.pk, "text": "阿福"})
    assert "沈阿福" in words(page)
    assert elder.id_number.reveal() not in page.content.decode()
    address = f"{url('create')}?programme={programme.pk}&holder={elder.pk}"
    assert address.replace("&", "&amp;") in page.content.decode()
    answer = clerk.post(address, {"applied_on": "2025-03-10"}, follow=True)
    enrolment = Enrolment.objects.get()
    assert (enrolment.elder, enrolment.applied_on) == (elder, dt.date(2025, 3, 10))
    assert "已提出申请：沈阿福" in words(answer)


def test_an_elders_page_leads_to_the_programmes_one_can_apply_for(cast, clerk, programme, elder):
    make_programme(cast.county, name="已停办的补贴", ends_on=dt.date(2024, 12, 1))
    offered = f"{url('find')}?elder={elder.pk}"
    assert offered in clerk.get(reverse("elder-detail", args=[elder.pk])).content.decode()
    page = clerk.get(offered)
    assert "沈阿福" in words(page)
    address = f"{url('create')}?programme={programme.pk}&amp;holder={elder.pk}"
    assert page.content.decode().count(f"{url('create')}?") == 1
    assert address in page.content.decode()
    other = make_elder(cast.other_township, "沈阿贵")
    assert "沈阿贵" not in words(clerk.get(f"{url('find')}?elder={other.pk}"))
    dead = make_elder(
        cast.township, "沈阿寿", died_on=dt.date(2025, 1, 1), death_known_on=dt.date(2025, 1, 2)
    )
    assert "申请补贴" not in words(clerk.get(reverse("elder-detail", args=[dead.pk])))


def test_a_whole_identity_number_finds_and_does_not_come_back(clerk, programme, elder):
    number = elder.id_number.reveal()
    page = clerk.post(url("find"), {"programme": programme.pk, "text": number})
    assert "沈阿福" in words(page)
    assert f"holder={elder.pk}" in page.content.decode()
    part = clerk.post(url("find"), {"programme": programme.pk, "text": number[6:14]})
    assert "不能按电话或号码的一部分查找" in words(part)


def test_another_townships_elder_is_not_found(clerk, cast, programme):
    theirs = make_elder(cast.other_township, "朱阿寿")
    assert "没有找到" in words(clerk.post(url("find"), {"programme": programme.pk, "text": "阿寿"}))
    answer = clerk.get(f"{url('create')}?programme={programme.pk}&holder={theirs.pk}")
    assert answer["Location"] == url("find")


def test_posts_and_facilities_are_found_by_name(clerk, cast):
    home = make_facility(cast.township, "沈荡敬老院")
    post = make_post(home)
    for beneficiary, text, key in (("post", post.caregiver.name, post.pk), ("facility", "敬老院", home.pk)):
        programme = make_programme(cast.county, eligibility="", beneficiary=beneficiary)
        page = clerk.post(url("find"), {"programme": programme.pk, "text": text}).content.decode()
        assert f"programme={programme.pk}&amp;holder={key}" in page


# --- What the rules say -----------------------------------------------------------------------------------------------


def test_the_check_shows_band_first_month_and_what_is_not_met(cast, clerk):
    programme = make_programme(
        cast.county,
        eligibility="age >= 80 and low_income",
        amounts=((80, None, "50"),),
        rules={"start_offset": 1},
    )
    fits = make_elder(cast.township, tags=["low_income"])
    lacks = make_elder(cast.township)
    this_month = timezone.localdate().replace(day=1)
    page = words(clerk.get(url("check", waiting(programme, fits, applied_on=this_month))))
    following = (this_month + dt.timedelta(days=31)).replace(day=1)
    assert f"{following.year}年{following.month}月 起发" in page
    assert "年龄 ≥ 80 且 低保" in page
    page = words(clerk.get(url("check", waiting(programme, lacks, applied_on=this_month))))
    assert "享受条件（不符合）" in page
    assert "低保：否" in page


def test_the_check_says_which_other_programme_stands_in_the_way(cast, clerk, programme, elder):
    other = make_programme(cast.county, name="失能护理补贴", amounts=((80, None, "200"),))
    make_enrolment(other, elder)
    Exclusion.objects.create(
        yielding=programme, prevailing=other, relation="exclusive", effective_from=dt.date(2024, 1, 1)
    )
    this_month = timezone.localdate().replace(day=1)
    page = words(clerk.get(url("check", waiting(programme, elder, applied_on=this_month))))
    assert "同月可享受“失能护理补贴” 200 元，按项目衔接规定本项目发 0 元" in page


@pytest.mark.parametrize("offset", [0, 1])
def test_the_check_says_what_an_approval_brings_where_another_programme_ends(cast, clerk, elder, offset):
    rules = {"start": "application", "start_offset": offset, "back_pay": "none"}
    higher = make_programme(cast.county, amounts=((80, None, "250"),), rules=rules)
    other = make_programme(cast.county, name="失能护理补贴", amounts=((80, None, "200"),))
    make_enrolment(other, elder)
    Exclusion.objects.create(
        yielding=other, prevailing=higher, relation="higher", effective_from=dt.date(2024, 1, 1)
    )
    this_month = timezone.localdate().replace(day=1)
    page = words(clerk.get(url("check", waiting(higher, elder, applied_on=this_month))))
    assert "批准后改发 250.00 元，“失能护理补贴” 200.00 元停发，实增 50.00 元。" in page
    assert "同月可享受" not in page


def test_the_page_of_somebody_running_shows_the_amount_and_is_in_the_log(cast, clerk, programme, elder):
    enrolment = make_enrolment(programme, elder)
    page = clerk.get(url("detail", enrolment))
    assert "50.00 元" in words(page)
    assert elder.id_number.reveal() not in page.content.decode()
    event = AuditEvent.objects.get(action=AuditEvent.Action.PERSON)
    assert (event.user, event.subject) == (cast.township_clerk, f"享受资格：资格编号 {enrolment.pk}")


# --- Steps ----------------------------------------------------------------------------------------------------------


def test_a_township_checks_and_the_county_approves(cast, enter, clerk, programme, elder):
    enrolment = waiting(programme, elder)
    clerk.post(url("check", enrolment), {"comment": "材料齐全"})
    Enrolment.objects.update(state=State.NOTICED)
    county = enter(cast.county_reviewer)
    assert url("approve", enrolment) in county.get(url("detail", enrolment)).content.decode()
    answer = county.post(url("approve", enrolment), {}, follow=True)
    assert "已批准" in words(answer)
    enrolment.refresh_from_db()
    assert enrolment.state == State.RUNNING


def test_a_refusal_of_the_action_stands_on_the_page_with_what_was_typed(cast, enter, programme, elder):
    enrolment = waiting(programme, elder, State.CHECKED)
    answer = enter(cast.county_reviewer).post(url("approve", enrolment), {"comment": "同意，补发"})
    assert "不能办理" in words(answer)
    assert "同意，补发" in answer.content.decode()


def test_an_identity_number_is_not_taken_in_a_comment(clerk, programme, elder):
    enrolment = waiting(programme, elder)
    answer = clerk.post(url("refuse", enrolment), {"comment": f"重复：{elder.id_number.reveal()}"})
    assert "不能写身份证号" in words(answer)
    enrolment.refresh_from_db()
    assert enrolment.state == State.APPLIED


def test_ending_proposes_the_month_of_the_rules_and_says_what_was_paid_too_much(
    cast, clerk, programme, elder
):
    enrolment = make_enrolment(programme, elder)
    batch = Batch.objects.create(programme=programme, month=dt.date(2025, 5, 1), made_by=cast.county_clerk)
    for month in (3, 4, 5):
        PaymentLine.objects.create(
            batch=batch,
            enrolment=enrolment,
            elder=elder,
            org_unit=cast.township,
            month=batch.month,
            for_month=dt.date(2025, month, 1),
            kind="regular" if month == 5 else "back_pay",
            amount=Decimal(50),
        )
    typed = {"end_reason": "died", "happened_on": "2025-03-20", "comment": "殡葬比对"}
    page = clerk.post(url("end", enrolment), typed)
    assert "按政策规定应从 2025年4月起停发" in words(page)
    assert "已发 2 个月、100.00 元" in words(page)
    assert 'value="2025-04"' in page.content.decode()
    assert "殡葬比对" in page.content.decode()
    enrolment.refresh_from_db()
    assert enrolment.state == State.RUNNING
    clerk.post(url("end", enrolment), typed | {"ended_from": "2025-04"})
    enrolment.refresh_from_db()
    assert (enrolment.state, enrolment.ended_from) == (State.ENDED, dt.date(2025, 4, 1))


def test_a_registered_death_fills_the_page_in(cast, clerk, programme):
    died = make_elder(cast.township, died_on=dt.date(2025, 3, 31))
    page = clerk.get(url("end", make_enrolment(programme, died)))
    assert page.context["form"]["end_reason"].value() == "died"
    assert page.context["form"]["ended_from"].value() == "2025-04"


def test_suspending_and_resuming_on_their_pages(clerk, programme, elder):
    enrolment = make_enrolment(programme, elder)
    clerk.post(url("suspend", enrolment), {"from_month": "2025-03", "comment": "逾期未认证"})
    assert "暂停发放" in words(clerk.get(f"{url('list')}?state=suspended"))
    assert "沈阿福" in words(clerk.get(f"{url('list')}?state=suspended"))
    clerk.post(url("resume", enrolment), {"from_month": "2025-05"})
    enrolment.refresh_from_db()
    assert str(enrolment.suspended) == "2025-03-01至2025-04-30"


# --- Many at once -----------------------------------------------------------------------------------------------------


def test_many_are_approved_at_once_but_for_ones_own(cast, enter, programme):
    elders = [make_elder(cast.township, name) for name in ("沈阿大", "沈阿二", "沈阿三")]
    rows = [waiting(programme, each, State.NOTICED) for each in elders]
    rows[2].steps.create(kind="apply", by=cast.county_clerk)
    moved_on = waiting(programme, make_elder(cast.township), State.WITHDRAWN)
    county = enter(cast.county_clerk)
    page = county.get(url("approvals")).content.decode()
    assert f'value="{rows[0].pk}"' in page
    assert f'name="enrolment" value="{rows[2].pk}"' not in page
    assert "由您经办" in page
    ticked = {"programme": programme.pk, "enrolment": [each.pk for each in (*rows, moved_on)]}
    answer = words(county.post(url("approvals"), ticked, follow=True))
    assert "已批准 2 人" in answer
    assert "沈阿三没有批准" in answer
    assert "另有 1 人" in answer
    states = [Enrolment.objects.get(pk=each.pk).state for each in (*rows, moved_on)]
    assert states == [State.RUNNING, State.RUNNING, State.NOTICED, State.WITHDRAWN]


# --- The list ---------------------------------------------------------------------------------------------------------


def test_tabs_and_filters(cast, enter, clerk, programme, elder):
    make_enrolment(programme, elder)
    ended = make_elder(cast.township, "沈阿寿")
    make_enrolment(
        programme, ended, state=State.ENDED, ended_from=dt.date(2025, 4, 1), end_reason="moved_out"
    )
    make_enrolment(programme, make_elder(cast.other_township, "朱阿寿"))
    page = words(clerk.get(url("list")))
    assert "享受中 1" in page
    assert "已停发 1" in page
    assert "朱阿寿" not in page
    assert "沈阿福" not in words(clerk.get(f"{url('list')}?state=ended"))
    assert "沈阿寿" in words(clerk.get(f"{url('list')}?end_reason=moved_out&ended=2025-04"))
    assert "沈阿寿" not in words(clerk.get(f"{url('list')}?q=阿福"))
    county = enter(cast.county_clerk)
    assert "朱阿寿" in words(county.get(f"{url('list')}?unit={cast.other_township.code}"))
    export = county.get(f"{url('list')}?export=xlsx")
    assert export["Content-Type"].endswith("spreadsheetml.sheet")
    assert AuditEvent.objects.filter(action=AuditEvent.Action.EXPORT, subject="享受资格").exists()


@pytest.mark.parametrize("page", ["list", "approvals"])
def test_a_list_takes_as_many_queries_for_many_as_for_one(cast, enter, programme, page):
    state = State.NOTICED if page == "approvals" else State.APPLIED
    county = enter(cast.county_clerk)
    waiting(programme, make_elder(cast.township, village=cast.village), state)
    county.get(url(page))
    with CaptureQueriesContext(connection) as one:
        county.get(url(page))
    for _ in range(7):
        waiting(programme, make_elder(cast.township, village=cast.village), state)
    with CaptureQueriesContext(connection) as many:
        county.get(url(page))
    assert len(many) == len(one)


# --- To do -----------------------------------------------------------------------------------------------------------


def test_everybody_is_told_what_waits_for_them(cast, programme):
    for state in (State.APPLIED, State.CHECKED, State.NOTICED):
        waiting(programme, make_elder(cast.township), state)

    def titles(user):
        return {
            item.title for item in todo.items_for(user) if "人" in item.title and "档案" not in item.title
        }

    assert {"1 人申请补贴待审核", "1 人已审核，待公示"} <= titles(cast.township_clerk)
    assert "1 人公示期满，待县级审批" in titles(cast.county_reviewer)
    assert "1 人公示期满，待县级审批" in titles(cast.county_clerk)
    assert not any("申请补贴" in each for each in titles(cast.other_township_clerk) | titles(cast.leader))


def test_certification_overdue_is_named_as_the_reason(cast, clerk):
    programme = make_programme(cast.county, rules={"certification": "monthly"})
    elder = make_elder(cast.township)
    enrolment = make_enrolment(programme, elder)
    assert "认证逾期" in words(clerk.get(url("detail", enrolment)))
    Certification.objects.create(elder=elder, certified_on=timezone.localdate())
    assert "认证逾期" not in words(clerk.get(url("detail", enrolment)))
