"""Editing indicators and registering facts: who may, what is refused, what is rolled up again, what is logged."""

import datetime as dt
import re
from decimal import Decimal

import pytest
from django.db.models import F
from django.urls import reverse
from django.utils import timezone

from eldercare.errors import Conflict, NotAllowed, Refused
from eldercare.models import AuditEvent
from indicators.actions.plan_building import apply_document
from indicators.actions.plans import add_registration, choose_projection, withdraw_registration
from indicators.models import Indicator, IndicatorValue, MonthlyReport, Registration, RollupRequest, Target
from indicators.pages.history import history_of
from indicators.plan_documents import document_of, entry_of
from indicators.rollup import roll_up_due, roll_up_month
from tests.indicators.factories import file_report, make_indicator, make_metric, make_plan

pytestmark = pytest.mark.django_db
MAY, JUNE = dt.date(2025, 5, 1), dt.date(2025, 6, 1)
YEAR_END = dt.date(2025, 12, 31)


class Office:
    """A plan with a ratio and a yes/no indicator; May is locked, June is approved."""

    def __init__(self, cast):
        self.cast, self.clerk = cast, cast.county_clerk
        make_metric("beds", name="床位数", unit="张")
        make_metric("nursing", name="护理床位数", unit="张")
        make_metric("homes", name="改造户数", unit="户", nature="flow")
        self.flag = make_metric(
            "done_flag", name="是非标志", unit="是/否", reporter="registered", is_collected=False
        )
        self.plan = make_plan(cast.county, code="haiyan")
        self.share = make_indicator(self.plan, "nursing / beds * 100", target="60")
        self.task = make_indicator(
            self.plan,
            "done_flag",
            target="1",
            value_kind="confirmation",
            input_source="registered",
            comparator="=",
            unit="是/否",
        )
        for month, status in ((MAY, "locked"), (JUNE, "approved")):
            for unit in (cast.township, cast.other_township):
                file_report(
                    unit, month, {"beds": 100, "nursing": 50, "homes": 1}, by=self.clerk, status=status
                )
            roll_up_month(month)

    def entry(self, **changes):
        return entry_of(Indicator.objects.get(pk=self.share.pk)) | changes

    def edit(self, by=None, digest=None, **changes):
        """What the form hands on: the plan with one entry changed; says what changed."""
        document = document_of(self.plan)
        rest = [each for each in document["indicators"] if each["number"] != self.share.number]
        document["indicators"] = [self.entry(**changes), *rest]
        _, slip = apply_document(document=document, by=by or self.clerk, digest=digest)
        return [f"{each.label}：{each.before} → {each.after}" for row in slip.changed for each in row.cells]

    def register(self, by=None, **fields):
        values = {
            "indicator": self.task,
            "metric": self.flag,
            "happened_on": MAY,
            "quantity": Decimal(1),
            "evidence": "盐民〔2025〕5号",
            "by": by or self.clerk,
        }
        return add_registration(**(values | fields))

    def form(self, **changes):
        """What the browser sends from the edit page, with some fields changed."""
        values = {
            "name": self.share.name, "group": self.share.group, "unit": "%", "decimals": "1",
            "formula": self.share.formula, "value_kind": "ratio", "role": "target", "input_source": "reported",
            "comparator": ">=", "scope": "", "targets": "≥60（2025-12-31）", "recurrence": "total", "judging": "total",
            "projection": "total", "place": self.share.place, "quote": self.share.quote, "is_active": "on",
            "seen": Indicator.objects.get(pk=self.share.pk).updated_at.isoformat(), "save": "1",
        }  # fmt: skip
        return values | changes

    @property
    def edit_url(self):
        return reverse("indicator-edit", args=["haiyan", self.share.number])

    @property
    def preview_url(self):
        return reverse("indicator-preview", args=["haiyan", self.share.number])

    def reload(self):
        self.share.refresh_from_db()
        return self.share


@pytest.fixture
def office(cast):
    return Office(cast)


@pytest.fixture
def client(office, enter):
    return enter(office.clerk)


def test_edit_writes_says_what_changed_and_logs_it(office):
    words = office.edit(name="护理型占比", formula="nursing / beds * 1000")
    assert words == ["名称：指标1 → 护理型占比", "公式：nursing / beds * 100 → nursing / beds * 1000"]
    assert office.reload().formula == "nursing / beds * 1000"
    event = AuditEvent.objects.get(action=AuditEvent.Action.PLAN)
    assert event.user == office.clerk
    assert "1 公式：nursing / beds * 100 → nursing / beds * 1000" in event.detail["changes"]


def test_edit_rolls_up_open_months_and_leaves_locked_ones(office):
    office.edit(formula="nursing / beds * 1000")
    assert list(RollupRequest.objects.values_list("month", flat=True)) == [JUNE]
    roll_up_due()
    values = IndicatorValue.objects.filter(indicator=office.share, org_unit=office.cast.county)
    assert {row.month: row.value for row in values} == {MAY: 50, JUNE: 500}


def test_edit_without_change_does_nothing(office):
    before = office.share.updated_at
    assert office.edit(name=office.share.name) == []
    assert office.reload().updated_at == before
    assert not RollupRequest.objects.exists()
    assert not AuditEvent.objects.filter(action=AuditEvent.Action.PLAN).exists()


@pytest.mark.parametrize(
    "formula",
    ["nursing / bets", "__import__('os')", "sum_since_plan_start(beds)", "nursing * beds", "1e400 * beds"],
)
def test_formula_that_is_none_is_refused_and_nothing_is_written(office, formula):
    with pytest.raises(Refused, match="公式不能保存"):
        office.edit(name="新名", formula=formula)
    assert office.reload().name == "指标1"


@pytest.mark.parametrize("role", ["township_clerk", "county_reviewer", "leader", "administrator", "auditor"])
def test_only_the_county_clerk_edits_and_registers(office, role):
    person = getattr(office.cast, role)
    with pytest.raises(NotAllowed):
        office.edit(by=person, name="x")
    with pytest.raises(NotAllowed):
        office.register(by=person)


def test_clerk_of_another_county_is_refused(office, make_person):
    stranger = make_person("bieren", "郑外县", "county_clerk", office.cast.neighbour)
    with pytest.raises(Refused, match="别的单位"):
        office.edit(by=stranger, name="x")
    with pytest.raises(NotAllowed, match="本县"):
        choose_projection(indicator=office.share, method="last", by=stranger)


def test_targets_are_changed_added_and_removed(office, client):
    save(client, office, targets="≥50（2023-12-31）；≥65（2025-12-31）")
    targets = office.share.targets
    assert list(targets.values_list("due_on", "value")) == [(dt.date(2023, 12, 31), 50), (YEAR_END, 65)]
    save(client, office, targets="≥65（2025-12-31）")
    assert [each.value for each in targets.all()] == [65]


def test_two_targets_of_one_date_are_refused(office, client):
    html = client.post(
        office.edit_url, office.form(targets="≥60（2025年）；≥70（2025-12-31）")
    ).content.decode()
    assert "同一个期限有两个目标" in html
    assert Target.objects.filter(indicator=office.share).count() == 1


def test_history_names_who_changed_what(office, client):
    changed = office.form(formula="nursing / beds * 1000", targets="≥65（2025-12-31）")
    answer = client.post(office.edit_url, changed | {"previewed": previewed(client, office, changed)})
    assert answer.status_code == 302
    newest = history_of(office.reload())[0]
    assert newest.by == "张映雪"
    assert "公式：nursing / beds * 100 → nursing / beds * 1000" in newest.words
    assert "目标：≥60，期限 2025-12-31 → ≥65，期限 2025-12-31" in newest.words


def previewed(client, office, data) -> str:
    html = client.post(office.preview_url, data).content.decode()
    return re.search(r'name="previewed" value="(\w+)"', html).group(1)


def save(client, office, **changes):
    """As a person does who has looked at the months."""
    data = office.form(**changes)
    answer = client.post(office.edit_url, data | {"previewed": previewed(client, office, data)})
    assert answer.status_code == 302


def test_formula_that_moves_published_months_is_saved_after_it_was_shown(office, client):
    """June goes from 50 to 500 and stays met or not by its target of 60; May is locked."""
    changed = office.form(formula="nursing / beds * 1000")
    first = client.post(office.edit_url, changed)
    html = first.content.decode()
    assert first.status_code == 200
    assert "这次修改会使 1 个已公布的月份变动，其中 1 个月状态改变" in html
    assert "500.0" in html
    assert "nursing / beds * 1000</textarea>" in html  # what was typed is kept
    assert office.reload().formula == "nursing / beds * 100"
    digest = re.search(r'name="previewed" value="(\w+)"', html).group(1)
    other = office.form(formula="nursing / beds * 2000", previewed=digest)
    assert client.post(office.edit_url, other).status_code == 200  # that one was not shown
    assert office.reload().formula == "nursing / beds * 100"
    assert client.post(office.edit_url, changed | {"previewed": digest}).status_code == 302
    assert office.reload().formula == "nursing / beds * 1000"


@pytest.mark.parametrize("left_out", [{"formula": ""}, {"is_active": ""}])
def test_what_is_no_longer_computed_is_shown_too(office, client, left_out):
    changed = office.form(**left_out)
    assert "这次修改会使 1 个已公布的月份变动" in client.post(office.edit_url, changed).content.decode()
    assert (office.reload().formula, office.reload().is_active) == ("nursing / beds * 100", True)
    save(client, office, **left_out)
    assert not (office.reload().formula and office.reload().is_active)


def test_formula_that_moves_nothing_is_saved_at_once(office, client):
    changed = office.form(formula="100 * nursing / beds")
    assert client.post(office.edit_url, changed).status_code == 302


# --- The edit page --------------------------------------------------------------------------------------------


def test_second_of_two_editors_is_told_and_nothing_typed_is_lost(office, client):
    stale = office.form(name="我的名称")
    office.edit(name="别人的名称")
    html = client.post(office.edit_url, stale).content.decode()
    assert "修改过" in html
    assert 'value="我的名称"' in html
    assert "别人的名称" in html
    again = office.form(name="我的名称")
    assert again["seen"] in html  # a second save is made with the present state in view
    assert client.post(office.edit_url, again).status_code == 302
    assert office.reload().name == "我的名称"


def test_wrong_formula_on_the_page_is_marked_at_its_place(office, client):
    html = client.post(office.edit_url, office.form(formula="nursing / bets * 100")).content.decode()
    assert "<mark>bets</mark>" in html
    assert "nursing / bets * 100</textarea>" in html
    assert office.reload().formula == "nursing / beds * 100"


def test_check_button_shows_the_preview_and_writes_nothing(office, client):
    data = office.form(formula="nursing / beds * 1000", check="1")
    html = client.post(office.edit_url, data).content.decode()
    assert "公式可以使用" in html
    assert "500.0" in html
    assert "已锁定，不变" in html
    assert office.reload().formula == "nursing / beds * 100"
    assert not RollupRequest.objects.exists()


def test_preview_shows_old_beside_new_for_each_month(office, client):
    html = client.post(office.preview_url, office.form(formula="beds / nursing * 100")).content.decode()
    assert "<html" not in html
    assert "床位数 ÷ 护理床位数 × 100" in html
    row = html[html.index("2025-06") :]
    assert row.index("50.0") < row.index("200.0")
    assert (
        IndicatorValue.objects.get(indicator=office.share, org_unit=office.cast.county, month=JUNE).value
        == 50
    )


def test_preview_judges_by_the_targets_as_typed(office, client):
    html = client.post(office.preview_url, office.form(targets="≥40（2025-12-31）")).content.decode()
    assert "→ 已达标" in html


def test_preview_can_be_asked_with_an_address_alone(office, client):
    html = client.get(office.preview_url, {"formula": "nursing / bets"}).content.decode()
    assert "<mark>bets</mark>" in html


@pytest.mark.parametrize(
    ("formula", "unit", "words"),
    [
        ("nursing / beds", "%", "没有乘以 100"),
        ("nursing", "人", "与计算单位“人”不同"),
        ("nursing / homes * 100", "%", "一般不写成“%”"),
        ("nursing + homes", "张", "单位不同"),
    ],
)
def test_unit_that_looks_wrong_is_warned_about(office, client, formula, unit, words):
    html = client.post(office.preview_url, office.form(formula=formula, unit=unit)).content.decode()
    assert words in html
    assert "公式可以使用" in html


@pytest.mark.parametrize(
    "formula",
    ["a" * 10_000, "(" * 500 + "beds" + ")" * 500, "beds / 0", "1e400", "__import__('os')", "<script>", "\0"],
)
def test_hostile_formula_gets_a_sentence_not_an_error(office, client, formula):
    for url in (office.preview_url, office.edit_url):
        answer = client.post(url, office.form(formula=formula))
        html = answer.content.decode()
        assert answer.status_code == 200
        assert "公式可以使用" not in html
        assert "<script>" not in html.replace('<script type="module"', "").replace("<script src", "")
    assert office.reload().formula == "nursing / beds * 100"


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("targets", "六十", "读不懂"),
        ("targets", "1e5（2025年）", "读不懂"),
        ("targets", "≥60（2025-13-01）", ""),
        ("decimals", "9", "最多 4 位"),
        ("name", "", ""),
        ("judged_per", "bets", "没有叫“bets”的基础指标"),
        ("only_units", "999", "没有代码为 999 的单位"),
        ("seen", "yesterday", "被修改过"),
    ],
)
def test_wrong_field_is_said_and_the_rest_kept(office, client, field, value, words):
    html = client.post(office.edit_url, office.form(**{"scope": "全县", field: value})).content.decode()
    assert words in html
    assert 'value="全县"' in html
    assert office.reload().scope == ""


def test_full_width_digits_in_a_target_are_understood(office, client):
    save(client, office, targets="≥６５（２０２５年）")
    assert office.share.targets.get().value == 65


def test_stopped_indicator_leaves_the_open_months(office):
    office.edit(is_active=False)
    roll_up_due()
    assert list(
        IndicatorValue.objects.filter(indicator=office.share).values_list("month", flat=True).distinct()
    ) == [MAY]


def test_a_judging_rule_that_moves_published_months_is_saved_after_it_was_shown(office, client):
    """Both townships have 50 of 100 and miss 60; with 40 asked of each, June is met: 2 of 2."""
    changed = office.form(judging="each_unit", judged_level="reporting_unit", targets="≥40（2025-12-31）")
    html = client.post(office.edit_url, changed).content.decode()
    assert "这次修改会使 1 个已公布的月份变动" in html
    assert office.reload().judging == ""
    digest = re.search(r'name="previewed" value="(\w+)"', html).group(1)
    assert client.post(office.edit_url, changed | {"previewed": digest}).status_code == 302
    assert office.reload().judging == "each_unit"


def test_names_of_metrics_are_understood_while_typing(office, client):
    html = client.post(office.preview_url, office.form(formula="护理床位数 / 床位数 * 100")).content.decode()
    assert "公式可以使用" in html
    html = client.post(office.preview_url, office.form(formula="护理床 / 床位数")).content.decode()
    assert "没有叫“护理床”的基础指标" in html
    new = reverse("plan-indicator-check", args=["haiyan"])
    assert "公式可以使用" in client.post(new, {"formula": "nursing", "unit": "张"}).content.decode()


# --- Registrations --------------------------------------------------------------------------------------------


def test_confirmation_is_dated_and_counts_from_its_month(office):
    office.register(happened_on=dt.date(2025, 6, 10))
    roll_up_due()
    values = IndicatorValue.objects.filter(indicator=office.task, org_unit=office.cast.county)
    assert values.get(month=JUNE).status == "met"
    assert values.get(month=MAY).value is None
    assert AuditEvent.objects.filter(action=AuditEvent.Action.CONFIRM, user=office.clerk).count() == 1


def test_withdrawn_confirmation_no_longer_counts_and_stays_on_record(office):
    made = office.register()
    roll_up_due()
    withdraw_registration(registration=made, reason="文号有误", by=office.clerk)
    roll_up_due()
    assert IndicatorValue.objects.get(indicator=office.task, month=JUNE).value is None
    made.refresh_from_db()
    assert made.withdrawn_by == office.clerk
    with pytest.raises(Conflict, match="已经被撤回"):
        withdraw_registration(registration=made, reason="再来一次", by=office.clerk)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"happened_on": timezone.localdate() + dt.timedelta(days=1)}, "还没有到"),
        ({"evidence": "  "}, "依据"),
    ],
)
def test_registration_that_says_too_little_is_refused(office, fields, words):
    with pytest.raises(Refused, match=words):
        office.register(**fields)


def test_foreign_metric_and_reported_indicator_are_refused(office):
    beds = make_metric("other_flag", reporter="registered")
    with pytest.raises(Refused, match="不在这个指标的公式里"):
        office.register(metric=beds)
    with pytest.raises(Refused, match="不用登记"):
        office.register(indicator=office.share)


def test_old_registration_asks_for_no_month_before_the_base_year(office):
    office.register(happened_on=dt.date(2003, 1, 1))
    assert RollupRequest.objects.order_by("month").first().month == dt.date(2020, 12, 1)
    assert RollupRequest.objects.filter(done_version__lt=F("version")).count() == 55


def test_registering_on_the_page(office, client):
    url = reverse("registration-add", args=["haiyan", office.task.number])
    data = {
        "metric": "done_flag",
        "happened_on": "2025-06-01",
        "quantity": "1",
        "evidence": "盐民〔2025〕5号",
    }
    bad = client.post(url, data | {"evidence": "", "happened_on": "2025年"})
    assert bad.status_code == 400
    assert "2025-06-30 的样式" in bad.content.decode()
    assert not Registration.objects.exists()
    assert client.post(url, data).status_code == 302
    made = Registration.objects.get()
    withdraw = reverse("registration-withdraw", args=["haiyan", office.task.number, made.pk])
    assert "没有撤回" in client.post(withdraw, {"reason": ""}, follow=True).content.decode()
    assert "登记已撤回" in client.post(withdraw, {"reason": "重复"}, follow=True).content.decode()


def test_registration_of_another_indicator_is_not_found(office, client):
    made = office.register()
    url = reverse("registration-withdraw", args=["haiyan", office.share.number, made.pk])
    assert client.post(url, {"reason": "x"}).status_code == 404


def test_open_months_are_those_with_unlocked_reports(office):
    MonthlyReport.objects.filter(month=MAY, org_unit=office.cast.township).update(status="approved")
    office.edit(name="改名")
    assert set(RollupRequest.objects.values_list("month", flat=True)) == {MAY, JUNE}
