"""A change of rules as the clerk makes it: shown for past months first, and saved by whoever has seen just this."""

import datetime as dt
from decimal import Decimal

import pytest
from django.urls import reverse

from eldercare.models import AuditEvent
from subsidies.models import Exclusion, ReplayLine, RuleReplay
from subsidies.tasks import replay_rules
from tests.facilities.test_bed_pages import words
from tests.subsidies.batches import made
from tests.subsidies.factories import make_elder, make_enrolment, make_payee, make_programme, make_tag
from tests.subsidies.oracle import months, plus
from tests.subsidies.replaying import checksums, last_month
from tests.subsidies.test_programme_pages import edit_url, typed

pytestmark = pytest.mark.django_db
JUNE = dt.date(2026, 6, 1)


@pytest.fixture
def clerk(cast, enter):
    return enter(cast.county_clerk)


@pytest.fixture
def programme(cast, monkeypatch):
    """Three people: 50 yuan each, in June and the 24 months before."""
    last_month(monkeypatch, JUNE)
    found = make_programme(
        cast.county, name="高龄津贴", amounts=((80, 89, "50"), (90, None, "100")), starts=plus(JUNE, -24)
    )
    for unit, name, born, tags in (
        (cast.township, "沈阿福", dt.date(1940, 3, 2), ("low_income",)),
        (cast.township, "陆秀英", dt.date(1941, 3, 2), ()),
        (cast.other_township, "吴金根", dt.date(1930, 3, 2), ()),
    ):
        elder = make_elder(unit, name, born=born, tags=tags)
        make_payee(elder)
        make_enrolment(found, elder)
    return found


@pytest.fixture
def version(programme):
    return programme.versions.get()


def sent(client, version, **fields):
    """The page of the version sent with changes; followed."""
    return client.post(edit_url(version), typed(client, version) | fields, follow=True)


def confirmed(client, page):
    """The button of a replay's page pressed."""
    data = {}
    for name, value in page.context["sheet"].typed:
        data.setdefault(name, []).append(value)
    replay = page.context["replay"]
    return client.post(replay.address, data | {"replay": replay.digest}, follow=True)


def worked_out(client):
    """The page of the newest replay after the worker has been at it."""
    replay_rules()
    return client.get(reverse("programme-replay", args=[RuleReplay.objects.first().pk]))


def amounts(version):
    return list(version.bands.order_by("position").values_list("amount", flat=True))


def test_a_change_is_shown_month_by_month_and_saved_after_it_was_seen(cast, clerk, programme, version):
    made(programme, JUNE, cast.county_clerk)
    before = checksums()
    page = words(
        sent(clerk, version, **{"bands-0-amount": "60", "eligibility": "age >= 80 and not low_income"})
    )
    assert "正在排队" in page
    assert "规则也还没有改动" in page
    page = worked_out(clerk)
    assert checksums() == before
    text = words(page)
    # 陆秀英 gets 10 more and 沈阿福 nothing any more, 24 months long; the first month of the 25 is not shown.
    assert "2024年7月至2026年6月" in text
    assert "−960.00 元" in text  # 24 × (10 − 50)
    assert [each.month for each in page.context["sheet"].moved[0].rows] == months(plus(JUNE, -23), JUNE)
    row = next(each for each in page.context["sheet"].moved[0].rows if each.month == JUNE)
    assert row.figures == (3, Decimal(200), 2, Decimal(160), 1, 0, 0, 1)
    assert amounts(version) == [50, 100]
    answer = words(confirmed(clerk, page))
    assert "已保存" in answer
    assert amounts(version) == [60, 100]
    event = AuditEvent.objects.filter(action=AuditEvent.Action.PROGRAMME).latest("pk")
    assert event.detail["replay"] == RuleReplay.objects.get().pk
    assert "已据此保存" in words(clerk.get(reverse("programme-detail", args=[programme.pk])))


def test_the_people_behind_a_number_and_why(cast, clerk, enter, programme, version):
    sent(clerk, version, **{"bands-0-amount": "60", "eligibility": "age >= 80 and not low_income"})
    page = worked_out(clerk)
    row = next(each for each in page.context["sheet"].moved[0].rows if each.month == JUNE)
    address = reverse("programme-replay-people", args=[page.context["replay"].pk])
    out = clerk.get(address + row.counted[3].query)
    text = words(out)
    assert "沈阿福" in text
    assert "陆秀英" not in text
    assert "不符合享受条件：年龄 86 周岁，低保：是" in text
    number = programme.enrolments.get(elder__name="沈阿福").elder.id_number
    assert str(number) in text
    assert number.reveal() not in out.content.decode()
    more = words(clerk.get(address + row.counted[0].query))
    assert "陆秀英" in more
    assert "50.00 60.00 10.00" in more
    assert "档次“80周岁起”" in more
    whole = clerk.get(address)
    assert whole.context["total"]["count"] == 48
    # A township that might see the page some day would see its own people only.
    lines = ReplayLine.objects.filter(replay=page.context["replay"])
    assert lines.visible_to(cast.other_township_clerk).count() == 0
    assert lines.visible_to(cast.township_clerk).count() == 48
    assert enter(cast.township_clerk).get(address).status_code == 403


def test_the_list_of_people_takes_a_fixed_number_of_queries(
    clerk, programme, version, django_assert_max_num_queries
):
    sent(clerk, version, **{"bands-0-amount": "60"})
    address = reverse("programme-replay-people", args=[worked_out(clerk).context["replay"].pk])
    assert len(clerk.get(address).context["ledger"].lines) == 48
    with django_assert_max_num_queries(9):  # session, account, frame, replay, units, totals, programmes, rows
        clerk.get(address)


def test_without_the_digest_of_just_this_nothing_is_saved(cast, clerk, programme, version):
    data = typed(clerk, version) | {"bands-0-amount": "60"}
    for digest in ("", "0" * 64):
        clerk.post(edit_url(version), data | {"replay": digest})
        assert amounts(version) == [50, 100]
    seen = worked_out(clerk).context["replay"]
    clerk.post(edit_url(version), data | {"bands-0-amount": "70", "replay": seen.digest})
    assert amounts(version) == [50, 100]
    # What somebody else has seen is not seen.
    sent(clerk, version, **{"bands-0-amount": "60"})
    seen = worked_out(clerk).context["replay"]
    RuleReplay.objects.update(requested_by=cast.administrator)
    assert "只有提出的人可以据此保存" in words(clerk.get(reverse("programme-replay", args=[seen.pk])))
    clerk.post(edit_url(version), data | {"replay": seen.digest})
    assert amounts(version) == [50, 100]


def test_asking_the_same_again_is_one_replay_and_another_draft_takes_its_place(clerk, programme, version):
    sent(clerk, version, **{"bands-0-amount": "60"})
    first = worked_out(clerk).context["replay"]
    assert sent(clerk, version, **{"bands-0-amount": "60"}).context["replay"] == first
    sent(clerk, version, **{"bands-0-amount": "70"})
    assert RuleReplay.objects.get().pk != first.pk


def test_news_about_the_people_makes_it_stale_and_it_is_shown_again(cast, clerk, programme, version):
    sent(clerk, version, **{"bands-0-amount": "60"})
    page = worked_out(clerk)
    make_enrolment(programme, make_elder(cast.township, born=dt.date(1942, 1, 1)))
    again = confirmed(clerk, page)
    assert "已按最新的资料重新计算" in words(again)
    assert amounts(version) == [50, 100]
    page = worked_out(clerk)
    assert page.context["sheet"].people == 3
    make_tag(make_elder(cast.township), "low_income")  # somebody who is not in the programme
    confirmed(clerk, page)
    assert amounts(version) == [60, 100]


def test_rules_that_another_changed_meanwhile_make_it_stale(cast, clerk, programme, version):
    other = make_programme(cast.county, name="护理补贴", starts=programme.starts_on)
    sent(clerk, version, **{"bands-0-amount": "60"})
    page = worked_out(clerk)
    Exclusion.objects.create(
        yielding=programme, prevailing=other, relation="exclusive", effective_from=programme.starts_on
    )
    confirmed(clerk, page)
    assert amounts(version) == [50, 100]
    page = worked_out(clerk)
    other.versions.update(eligibility="age >= 90")  # whom this one gives way to
    confirmed(clerk, page)
    assert amounts(version) == [50, 100]
    confirmed(clerk, worked_out(clerk))
    assert amounts(version) == [60, 100]


def test_coming_back_from_it_finds_everything_that_was_typed(clerk, programme, version):
    sent(clerk, version, **{"bands-0-amount": "61.5", "pay_months": ["3", "9"], "document_title": "新文件"})
    page = worked_out(clerk)
    replay = page.context["replay"]
    back = clerk.get(f"{replay.address}?replay={replay.pk}")
    html = back.content.decode()
    assert 'value="61.5"' in html
    assert 'value="新文件"' in html
    assert back.context["form"]["pay_months"].value() == ["3", "9"]
    assert "改正" not in words(back)
    assert amounts(version) == [50, 100]


def test_a_change_that_moves_nobody_is_said_so(clerk, programme, version):
    sent(clerk, version, eligibility="age >= 80 and age >= 79")
    page = worked_out(clerk)
    text = words(page)
    assert "没有变动。" in text
    assert "2024年7月至2026年6月" in text
    assert page.context["sheet"].moved == []
    confirmed(clerk, page)
    version.refresh_from_db()
    assert version.eligibility == "age >= 80 and age >= 79"


def test_words_shares_and_hours_need_none_nor_does_a_programme_without_people(
    cast, clerk, programme, version
):
    sent(
        clerk,
        version,
        **{"document_title": "补正", "shares-county": "100", "bands-0-hours": "3", "bands-0-label": "八十"},
    )
    assert version.shares.get().percent == 100
    empty = make_programme(cast.county, starts=programme.starts_on)
    sent(clerk, empty.versions.get(), **{"bands-0-amount": "60"})
    assert amounts(empty.versions.get()) == [60]
    assert not RuleReplay.objects.exists()


def test_a_version_of_next_month_is_tried_on_the_months_before_as_if(clerk, programme, version):
    address = reverse("programme-version-copy", args=[programme.pk, version.pk])
    clerk.post(address, {"effective_from": "2026-07", "document_number": "盐民〔2026〕12号"})
    coming = programme.versions.get(
        effective_from=plus(JUNE, 1)
    )  # says what the one before says: saved at once
    sent(clerk, coming, **{"bands-0-amount": "60"})
    page = worked_out(clerk)
    text = words(page)
    assert "已过去的月份不会变动" in text
    assert "假如最近 24 个月都按新规定" in text
    assert "+480.00 元" in text  # two people, 10 yuan, 24 months
    confirmed(clerk, page)
    assert amounts(coming) == [60, 100]
    assert amounts(version) == [50, 100]


def test_a_version_that_is_put_off_leaves_months_without_rules(clerk, programme, version):
    sent(clerk, version, effective_from="2026-07")
    page = worked_out(clerk)
    text = words(page)
    assert "已过去的月份不会变动" not in text
    assert "−4,800.00 元" in text  # everybody's 24 months
    confirmed(clerk, page)
    version.refresh_from_db()
    assert version.effective_from == plus(JUNE, 1)


def test_before_the_portal_pays_this_month_is_shown(clerk, programme, version):
    """Nobody was paid yet: else the amounts could be changed unseen while the portal's first month lies ahead."""
    type(programme).objects.filter(pk=programme.pk).update(portal_from=plus(JUNE, 1))
    sent(clerk, version, **{"bands-0-amount": "60"})
    assert amounts(version) == [50, 100]
    page = worked_out(clerk)
    assert "+20.00 元" in words(page)  # two people, 10 yuan, one month
    confirmed(clerk, page)
    assert amounts(version) == [60, 100]


def test_an_exclusion_that_is_put_off_no_longer_holds_in_the_months_before(cast, clerk, programme):
    other = make_programme(
        cast.county, name="护理补贴", amounts=((80, None, "80"),), starts=programme.starts_on
    )
    make_enrolment(other, programme.enrolments.get(elder__name="陆秀英").elder)
    data = {"relation": "higher", "document_number": "盐民〔2026〕3号"}
    pair = Exclusion.objects.create(
        yielding=programme, prevailing=other, effective_from=plus(JUNE, -2), **data
    )
    data |= {"yielding": programme.pk, "prevailing": other.pk, "effective_from": "2026-07"}
    clerk.post(reverse("programme-exclusion-edit", args=[pair.pk]), data)
    text = words(worked_out(clerk))
    assert "已过去的月份不会变动" not in text
    assert "+150.00 元" in text  # April to June


def test_a_copy_of_old_rules_into_months_of_other_rules_is_a_change(clerk, programme, version):
    data = {"effective_from": "2026-01", "document_number": "新"}
    clerk.post(reverse("programme-version-copy", args=[programme.pk, version.pk]), data)
    newer = programme.versions.get(document_number="新")
    newer.bands.update(amount=Decimal(200))
    data = {"effective_from": "2026-05", "document_number": "又回来"}
    clerk.post(reverse("programme-version-copy", args=[programme.pk, version.pk]), data)
    page = worked_out(clerk)
    assert [each.month for each in page.context["sheet"].moved[0].rows if each.is_moved] == [
        plus(JUNE, -1),
        JUNE,
    ]
    answer = confirmed(clerk, page)
    assert "按新文件修改" in words(answer)
    assert programme.versions.filter(document_number="又回来").exists()


def test_how_programmes_go_together_is_tried_for_both(cast, clerk, programme):
    other = make_programme(
        cast.county, name="护理补贴", amounts=((80, None, "80"),), starts=programme.starts_on
    )
    elder = programme.enrolments.get(elder__name="陆秀英").elder
    make_enrolment(other, elder)
    data = {
        "yielding": programme.pk,
        "prevailing": other.pk,
        "relation": "higher",
        "effective_from": "2026-04",
        "document_number": "盐民〔2026〕3号",
    }
    clerk.post(reverse("programme-exclusion-create"), data)
    assert not Exclusion.objects.exists()
    page = worked_out(clerk)
    text = words(page)
    assert "−150.00 元" in text  # April to June
    assert "没有变动的项目：护理补贴" in text
    people = words(clerk.get(reverse("programme-replay-people", args=[page.context["replay"].pk])))
    assert "同月可享受“护理补贴”80 元，按衔接规定减发" in people
    confirmed(clerk, page)
    pair = Exclusion.objects.get()
    clerk.post(reverse("programme-exclusion-delete", args=[pair.pk]))
    page = worked_out(clerk)
    assert "看过了，删除" in page.content.decode()
    assert "+150.00 元" in words(page)
    confirmed(clerk, page)
    assert not Exclusion.objects.exists()


def test_the_months_of_a_programme_and_a_version_that_goes_are_tried_too(clerk, programme, version):
    address = reverse("programme-edit", args=[programme.pk])
    form = clerk.get(address).context["form"]
    data = {each.html_name: each.value() for each in form if each.value() not in (None, False)}
    clerk.post(address, data | {"ends_on": "2026-04"})
    programme.refresh_from_db()
    assert programme.ends_on is None
    page = worked_out(clerk)
    assert "−400.00 元" in words(page)  # May and June, 200 yuan each
    confirmed(clerk, page)
    programme.refresh_from_db()
    assert programme.ends_on == dt.date(2026, 4, 1)
    clerk.post(reverse("programme-version-delete", args=[programme.pk, version.pk]))
    page = worked_out(clerk)
    confirmed(clerk, page)
    assert not programme.versions.exists()


def test_rules_that_cannot_be_worked_out_say_so_and_lead_back(cast, clerk, programme, version):
    other = make_programme(cast.county, starts=programme.starts_on)
    Exclusion.objects.create(
        yielding=other, prevailing=programme, relation="exclusive", effective_from=programme.starts_on
    )
    other.versions.update(eligibility="age >= eighty")  # as an older release may have left it
    sent(clerk, version, **{"bands-0-amount": "60"})
    text = words(worked_out(clerk))
    assert "规则有错，请先改正" in text
    assert "返回修改" in text
