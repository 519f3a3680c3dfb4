"""Pages of programmes and their versions, as the county clerk uses them and as others read them."""

import datetime as dt
from decimal import Decimal

import pytest
from django.urls import reverse

from eldercare.models import AuditEvent
from subsidies.models import (
    Band,
    Batch,
    Enrolment,
    Exclusion,
    FundingShare,
    PaymentLine,
    Programme,
    RuleReplay,
    RuleVersion,
)
from subsidies.tasks import replay_rules
from tests.facilities.test_bed_pages import words
from tests.subsidies.factories import make_elder, make_enrolment, make_programme

pytestmark = pytest.mark.django_db
NEW = {
    "name": "高龄津贴",
    "code": "old-age",
    "kind": "old_age",
    "beneficiary": "elder",
    "starts_on": "2024-01",
    "portal_from": "2025-01",
    "notice_days": "5",
    "outlier_factor": "3",
}


@pytest.fixture
def programme(cast):
    return make_programme(cast.county, name="高龄津贴", amounts=((80, 89, "50"), (90, None, "100")))


@pytest.fixture
def version(programme):
    return programme.versions.get()


@pytest.fixture
def clerk(cast, enter):
    return enter(cast.county_clerk)


def edit_url(version):
    return reverse("programme-version-edit", args=[version.programme_id, version.pk])


def typed(client, version):
    """What a browser would send back from the page of a version, unchanged."""
    context = client.get(edit_url(version)).context
    data = {}
    forms = [context["form"], context["shares"], context["bands"].management_form, *context["bands"].forms]
    for form in forms:
        for bound in form:
            value = bound.value()
            if value or (value == 0 and value is not False):
                data[bound.html_name] = value.strftime("%Y-%m") if isinstance(value, dt.date) else value
    return data


def pay(version, elder, amount="50.00"):
    """One line that used the version."""
    programme = version.programme
    enrolment = make_enrolment(programme, elder)
    batch = Batch.objects.create(
        programme=programme, month=programme.starts_on, made_by_id=elder.org_unit.users.first().pk
    )
    return PaymentLine.objects.create(
        batch=batch,
        enrolment=enrolment,
        elder=elder,
        org_unit=elder.org_unit,
        month=batch.month,
        for_month=batch.month,
        kind="regular",
        amount=Decimal(amount),
        version=version,
        band=version.bands.first(),
    )


# --- Programmes -----------------------------------------------------------------------------------------------------


def test_a_clerk_makes_a_programme_and_goes_on_to_its_first_version(cast, clerk):
    answer = clerk.post(reverse("programme-create"), NEW, follow=True)
    programme = Programme.objects.get()
    assert (programme.org_unit, programme.portal_from) == (cast.county, dt.date(2025, 1, 1))
    assert answer.redirect_chain[-1][0] == reverse("programme-version-create", args=[programme.pk])
    event = AuditEvent.objects.get(action=AuditEvent.Action.PROGRAMME)
    assert (event.user, event.subject) == (cast.county_clerk, "新建项目：高龄津贴")


@pytest.mark.parametrize(
    ("fields", "word"),
    [
        ({"name": ""}, "必填"),
        ({"starts_on": "2024年1"}, None),
        ({"starts_on": "一月"}, "2026-01 的样式"),
        ({"ends_on": "2023-12"}, "早于起始月"),
        ({"portal_from": "2023-12"}, "早于政策起始月"),
    ],
)
def test_wrong_entries_are_said(clerk, fields, word):
    answer = clerk.post(reverse("programme-create"), NEW | fields)
    if word is None:
        assert Programme.objects.get().starts_on == dt.date(2024, 1, 1)
    else:
        assert word in words(answer)
        assert not Programme.objects.exists()


def test_a_code_stands_for_one_programme(clerk, programme):
    answer = clerk.post(reverse("programme-create"), NEW | {"code": programme.code})
    assert "本县已有这个代码的项目" in words(answer)


def test_what_payments_stand_on_is_not_changed(cast, clerk, programme, version):
    pay(version, make_elder(cast.township))
    address = reverse("programme-edit", args=[programme.pk])
    form = clerk.get(address).context["form"]
    data = NEW | {"code": programme.code, "portal_from": "2024-01", "seen": form["seen"].value()}
    assert "不能改“发放对象”" in words(clerk.post(address, data | {"beneficiary": "post"}))
    assert "不能改“本系统发放起始月”" in words(clerk.post(address, data | {"portal_from": "2024-03"}))
    clerk.post(address, data | {"name": "老人津贴"})
    programme.refresh_from_db()
    assert programme.name == "老人津贴"


def test_two_who_edit_at_once_both_learn_of_it(clerk, programme):
    address = reverse("programme-edit", args=[programme.pk])
    seen = clerk.get(address).context["form"]["seen"].value()
    Programme.objects.update(note="别人写的")
    data = NEW | {"code": programme.code, "portal_from": "2024-01", "seen": seen, "note": "我写的"}
    answer = clerk.post(address, data)
    assert "别人修改了" in words(answer)
    assert "我写的" in answer.content.decode()
    assert Programme.objects.get().note == "别人写的"


def test_everybody_reads_and_examples_are_marked(cast, enter, programme, version):
    Programme.objects.update(is_example=True)
    make_enrolment(programme, make_elder(cast.township, "沈阿福"))
    for user in (cast.township_clerk, cast.leader, cast.county_reviewer):
        page = words(enter(user).get(reverse("programme-detail", args=[programme.pk])))
        assert "示例标准" in page
        assert "年龄 ≥ 80" in page
        assert "每月 100 元" in page
        assert "沈阿福" not in page
        assert "新建版本" not in page
    assert "示例标准" in words(enter(cast.leader).get(reverse("programme-list")))


def test_the_list_takes_a_fixed_number_of_queries(cast, programme, enter, django_assert_max_num_queries):
    for _ in range(4):
        make_enrolment(make_programme(cast.county), make_elder(cast.township))
    leader = enter(cast.leader)
    leader.get(reverse("programme-list"))
    with django_assert_max_num_queries(6):  # session, account, frame, number, rows, filter
        leader.get(reverse("programme-list"))


# --- Versions -------------------------------------------------------------------------------------------------------


def test_saving_a_page_unchanged_changes_nothing(clerk, version):
    before = list(RuleVersion.objects.values()), list(Band.objects.values())
    answer = clerk.post(edit_url(version), typed(clerk, version), follow=True)
    assert "没有改动" in words(answer)
    assert (list(RuleVersion.objects.values()), list(Band.objects.values())) == before


def test_settings_bands_and_shares_are_saved_on_one_page(clerk, version):
    data = typed(clerk, version) | {
        "eligibility": "age >= 80 and (low_income or disabled)",
        "pay_months": ["9", "3"],
        "bands-1-amount": "120.5",
        "bands-2-label": "百岁",
        "bands-2-age_from": "100",
        "bands-2-amount": "500",
        "bands-2-position": "1",
        "bands-2-abilities": ["3", "4"],
        "shares-province": "40",
        "shares-county": "60",
    }
    answer = clerk.post(edit_url(version), data, follow=True)
    version.refresh_from_db()
    assert version.pay_months == [3, 9]
    bands = list(version.bands.values_list("position", "age_from", "amount", "abilities"))
    assert sorted(bands) == [
        (1, 80, Decimal(50), []),
        (2, 100, Decimal(500), [3, 4]),
        (3, 90, Decimal("120.5"), []),
    ]
    assert dict(version.shares.values_list("source", "percent")) == {"province": 40, "county": 60}
    page = words(answer)
    assert "年龄 ≥ 80 且 (低保 或 失能)" in page
    assert "每年只在 3、9 月发放" in page
    assert "省级 40%" in page


def test_one_more_row_without_javascript_keeps_what_was_typed(clerk, version):
    data = typed(clerk, version) | {"bands-2-label": "百岁", "eligibility": "age >=", "more": "1"}
    answer = clerk.post(edit_url(version), data)
    assert len(answer.context["bands"].forms) == 4
    assert 'value="百岁"' in answer.content.decode()
    assert "改正" not in words(answer)
    assert version.bands.count() == 2


@pytest.mark.parametrize(
    ("fields", "word"),
    [
        ({"eligibility": "age >= 80 and lowincome"}, "第 15 个字符起“lowincome”"),
        ({"eligibility": "age + 1"}, "eligibility"),
        ({"eligibility": "low_income >= 3"}, "是或否"),
        ({"bands-0-condition": "beds > 3"}, "第 1 个字符起“beds”"),
        ({"bands-0-age_to": "70"}, "小于“年龄从”"),
        ({"bands-2-label": "没有金额"}, "必填"),
        ({"shares-county": "60"}, "合计为 60%，应为 100%"),
        ({"back_pay": "months"}, "最多补几个月"),
        ({"effective_from": "2024"}, "2026-01 的样式"),
    ],
)
def test_what_is_wrong_is_said_at_its_place_and_nothing_is_saved(clerk, version, fields, word):
    answer = clerk.post(edit_url(version), typed(clerk, version) | {"document_title": "新名称"} | fields)
    page = words(answer)
    assert answer.status_code == 200
    if word == "eligibility":
        assert answer.context["form"].errors.keys() == {"eligibility"}
    else:
        assert word in page
    assert 'value="新名称"' in answer.content.decode()
    version.refresh_from_db()
    assert version.document_title == ""


def test_odd_bands_are_warned_of_after_saving(clerk, version):
    data = typed(clerk, version) | {"bands-1-age_from": "95"}
    assert "90～94 周岁没有档次" in words(clerk.post(edit_url(version), data, follow=True))


def test_a_version_that_was_paid_by_changes_only_its_words_at_once(cast, clerk, version):
    line = pay(version, make_elder(cast.township))
    base = typed(clerk, version)
    answer = clerk.post(edit_url(version), base | {"document_title": "补正"}, follow=True)
    assert "已保存" in words(answer)
    base = typed(clerk, version)
    assert "已用于 1 笔发放明细" in words(clerk.get(edit_url(version)))
    clerk.post(edit_url(version), base | {"bands-0-amount": "60"})
    assert version.bands.get(age_from=80).amount == 50  # seen what it does first: test_rule_replay_pages.py
    replay_rules()
    clerk.post(edit_url(version), base | {"bands-0-amount": "60", "replay": RuleReplay.objects.get().digest})
    assert version.bands.get(age_from=80).amount == 60
    event = AuditEvent.objects.filter(action=AuditEvent.Action.PROGRAMME).latest("pk")
    assert event.detail["recomputed_lines"] == 1
    used = next(number for number in (0, 1) if base[f"bands-{number}-pk"] == line.band_id)
    answer = clerk.post(edit_url(version), typed(clerk, version) | {f"bands-{used}-DELETE": "on"})
    assert "不能删除" in words(answer)
    assert version.bands.count() == 2


def test_a_band_that_nothing_was_paid_by_can_go(clerk, version):
    clerk.post(edit_url(version), typed(clerk, version) | {"bands-1-DELETE": "on"})
    assert list(version.bands.values_list("age_from", flat=True)) == [80]


def test_somebody_else_saved_the_version_meanwhile(clerk, version):
    data = typed(clerk, version)
    Band.objects.filter(version=version, age_from=80).update(amount=Decimal(55))
    answer = clerk.post(edit_url(version), data | {"document_title": "我改的"})
    assert answer.status_code == 409
    assert 'value="我改的"' in answer.content.decode()
    assert version.bands.get(age_from=80).amount == 55


def test_a_new_version_is_a_copy_with_a_new_month(clerk, programme, version):
    FundingShare.objects.create(version=version, source="county", percent=100)
    address = reverse("programme-version-copy", args=[programme.pk, version.pk])
    data = {"effective_from": "2026-07", "document_number": "盐民〔2026〕12号"}
    clerk.post(address, data)
    copy = programme.versions.get(effective_from=dt.date(2026, 7, 1))
    assert (copy.eligibility, copy.document_number) == (version.eligibility, "盐民〔2026〕12号")
    assert sorted(copy.bands.values_list("age_from", "amount")) == [(80, 50), (90, 100)]
    assert copy.shares.get().percent == 100
    assert "同一月份已有一个版本" in words(clerk.post(address, data))


def test_a_version_that_nothing_was_paid_by_can_be_deleted(cast, clerk, programme, version):
    address = reverse("programme-version-delete", args=[programme.pk, version.pk])
    line = pay(version, make_elder(cast.township))
    clerk.post(address)
    assert programme.versions.exists()
    line.delete()
    line.enrolment.delete()  # while somebody is enrolled, a comparison comes first: test_rule_replay_pages.py
    clerk.post(address)
    assert not programme.versions.exists()


def test_the_history_names_who_changed_what(clerk, programme, version):
    clerk.post(edit_url(version), typed(clerk, version) | {"bands-0-amount": "60"})
    page = words(clerk.get(reverse("programme-detail", args=[programme.pk])))
    assert "金额(元)：50 → 60" in page
    assert "张映雪" in page


# --- How programmes go together -------------------------------------------------------------------------------------


def test_how_two_programmes_go_together_is_written_once(cast, clerk, programme):
    other = make_programme(cast.county, name="失能护理补贴")
    data = {
        "yielding": programme.pk,
        "prevailing": other.pk,
        "relation": "higher",
        "effective_from": "2025-01",
        "document_number": "盐民〔2025〕3号",
    }
    page = words(clerk.post(reverse("programme-exclusion-create"), data, follow=True))
    assert "只发金额高的一项" in page
    turned = data | {"yielding": other.pk, "prevailing": programme.pk}
    assert "已有一条衔接规定" in words(clerk.post(reverse("programme-exclusion-create"), turned))
    assert "不能相同" in words(
        clerk.post(reverse("programme-exclusion-create"), data | {"prevailing": programme.pk})
    )
    made = Exclusion.objects.get()
    clerk.post(reverse("programme-exclusion-edit", args=[made.pk]), data | {"effective_to": "2025-12"})
    clerk.post(reverse("programme-exclusion-create"), turned | {"effective_from": "2026-01"})
    assert Exclusion.objects.count() == 2
    clerk.post(reverse("programme-exclusion-delete", args=[made.pk]))
    assert Exclusion.objects.get().yielding == other


def test_people_of_a_programme_are_counted_as_far_as_the_reader_sees(cast, enter, programme, version):
    make_enrolment(programme, make_elder(cast.township))
    make_enrolment(programme, make_elder(cast.other_township))
    address = reverse("programme-detail", args=[programme.pk])
    state = Enrolment.State.RUNNING
    for user, number in ((cast.township_clerk, 1), (cast.county_clerk, 2)):
        counts = enter(user).get(address).context["sheet"].counts
        assert counts == [(state.label, state.value, number)]
