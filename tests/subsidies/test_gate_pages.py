"""The pages of the gate: what is chosen stays chosen, much at once is asked for first, and who is waited for."""

import datetime as dt
import html
import re
from decimal import Decimal

import pytest
import time_machine
from django.urls import reverse

from subsidies.actions.gate import approve, decide, submit
from subsidies.models import FamilyBed, Finding, PaymentLine
from subsidies.pages.batches import Figures
from tests.facilities.factories import make_facility
from tests.subsidies.batches import MAY, made, make_register
from tests.subsidies.factories import make_elder

pytestmark = pytest.mark.django_db
TODAY = dt.datetime(2025, 5, 12, 10, tzinfo=dt.timezone(dt.timedelta(hours=8)))


@pytest.fixture(autouse=True)
def may():
    with time_machine.travel(TODAY, tick=False):
        yield


@pytest.fixture
def clerk(cast, enter):
    return enter(cast.county_clerk)


@pytest.fixture
def doubtful(cast):
    """A batch of May in which nobody of eight has an account."""
    programme, enrolments = make_register(cast, people=6, other=2)
    for enrolment in enrolments:
        enrolment.elder.payees.all().delete()
    return made(programme, MAY, cast.county_clerk)


def page_of(answer) -> str:
    assert answer.status_code == 200
    return answer.content.decode()


def words_of(page: str) -> str:
    return html.unescape(re.sub(r"<[^>]*>", "", page))


def ticked(page: str) -> set[int]:
    boxes = re.findall(r'<input[^>]*name="finding"[^>]*>', page)
    return {int(re.search(r'value="(\d+)"', box)[1]) for box in boxes if " checked" in box}


def scope(page: str) -> str:
    (chosen,) = [box for box in re.findall(r'<input[^>]*name="scope"[^>]*>', page) if " checked" in box]
    return re.search(r'value="(\w+)"', chosen)[1]


def addresses(batch) -> tuple[str, str]:
    return reverse("batch-decide", args=[batch.pk]), reverse("batch-findings", args=[batch.pk])


def hidden(page: str) -> dict[str, str]:
    fields = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page)
    return {name: html.unescape(value) for name, value in fields if name != "csrfmiddlewaretoken"}


# --- What was chosen stays ------------------------------------------------------------------------------------


def test_ticks_and_scope_stay_when_the_reason_is_missing(clerk, doubtful, monkeypatch):
    monkeypatch.setattr("eldercare.lists.PAGE_SIZE", 5)  # of two pages: all that is filtered is proposed then
    address, findings = addresses(doubtful)
    narrow = "kind=no_account"
    page = page_of(clerk.get(f"{findings}?{narrow}"))
    assert (ticked(page), scope(page)) == (set(), "filtered")
    shown = [int(each) for each in re.findall(r'name="finding" value="(\d+)"', page)]
    assert len(shown) == 5
    data = {
        "scope": "ticked",
        "query": narrow,
        "finding": shown[1:3],
        "decision": "end",
        "end_reason": "died",
    }
    page = page_of(clerk.post(address, data | {"reason": ""}))
    assert "请写明理由" in page
    assert (ticked(page), scope(page)) == (set(shown[1:3]), "ticked")
    assert '<option value="end" selected>' in page
    clerk.post(address, data | {"reason": "查无此人"})
    assert set(doubtful.findings.exclude(decision="").values_list("pk", flat=True)) == set(shown[1:3])
    page = page_of(clerk.post(address, {"scope": "filtered", "query": narrow, "reason": "查"}))
    assert scope(page) == "filtered"


def test_ticks_stay_on_the_second_page_as_it_was_sorted(clerk, doubtful, monkeypatch):
    monkeypatch.setattr("eldercare.lists.PAGE_SIZE", 5)
    address, findings = addresses(doubtful)
    query = "sort=-name&page=2"
    shown = re.findall(r'name="finding" value="(\d+)"', page_of(clerk.get(f"{findings}?{query}")))
    assert len(shown) == 3
    page = page_of(clerk.post(address, {"scope": "ticked", "query": query, "finding": shown[:1]}))
    assert re.findall(r'name="finding" value="(\d+)"', page) == shown
    assert ticked(page) == {int(shown[0])}


def test_an_error_says_which_field_it_means(clerk, doubtful):
    address, _ = addresses(doubtful)
    one = {"scope": "ticked", "query": "", "finding": doubtful.findings.first().pk}
    page = words_of(page_of(clerk.post(address, one)))
    assert "此项必填" not in page
    assert "请选择怎样处理" in page
    page = words_of(page_of(clerk.post(address, one | {"decision": "hold", "reason": "很" * 201})))
    assert re.search(r"理由：[^。]*200", page)
    assert not doubtful.findings.exclude(decision="").exists()


# --- The way on from a refusal --------------------------------------------------------------------------------


def test_every_link_of_a_refused_decision_leads_to_the_list(clerk, doubtful, monkeypatch):
    monkeypatch.setattr("eldercare.lists.PAGE_SIZE", 5)
    address, findings = addresses(doubtful)
    page = page_of(clerk.post(address, {"scope": "ticked", "query": "kind=no_account", "decision": "hold"}))
    body = page[page.index("<main") : page.index("</main>")]
    assert [link for link in re.findall(r'href="([^"]*)"', body) if link.startswith("?")] == []
    for words in ("kind=no_account&amp;sort=name", "kind=no_account&amp;page=2", "export=xlsx"):
        assert re.search(rf'href="{findings}\?[^"]*{re.escape(words)}', body), words
    (search,) = re.findall(r'<form method="get"[^>]*>', body)
    assert f'action="{findings}"' in search


def test_the_address_of_a_decision_leads_to_the_list_when_it_is_opened(clerk, doubtful):
    address, findings = addresses(doubtful)
    assert clerk.get(address)["Location"] == findings
    assert clerk.get(f"{address}?kind=no_account&page=2")["Location"] == f"{findings}?kind=no_account&page=2"


# --- Much at once ---------------------------------------------------------------------------------------------


def test_all_that_is_filtered_is_asked_for_first(clerk, doubtful):
    address, findings = addresses(doubtful)
    mine = doubtful.findings
    mine.filter(pk__in=mine.order_by("pk")[:3]).update(decision="hold", reason="待补")
    data = {
        "scope": "filtered", "query": "kind=no_account", "decision": "end", "end_reason": "not_found", "reason": "查无<此人>",
    }  # fmt: skip
    page = page_of(clerk.post(address, data))
    words = words_of(page)
    assert "停发" in words
    assert "8 个问题（8 人）" in words
    assert "其中 3 个已处理过" in words
    assert "查无&lt;此人&gt;" in page
    assert f'href="{findings}?kind=no_account"' in page
    assert not mine.filter(decision="end").exists()
    again = hidden(page)
    assert again.items() >= data.items()
    clerk.post(address, again)
    assert set(mine.values_list("decision", "end_reason", "reason")) == {("end", "not_found", "查无<此人>")}
    undo = {"scope": "filtered", "query": "", "decision": "undo"}
    page = page_of(clerk.post(address, undo))
    assert "撤回" in words_of(page)
    assert mine.filter(decision="end").count() == 8
    clerk.post(address, hidden(page))
    assert not mine.exclude(decision="").exists()


def test_what_was_confirmed_is_asked_again_when_it_is_more_by_now(clerk, doubtful):
    address, _ = addresses(doubtful)
    one = doubtful.findings.first()
    doubtful.findings.filter(pk=one.pk).update(decision="hold", reason="待补")
    data = {"scope": "filtered", "query": "decision=open", "decision": "hold", "reason": "待补账户"}
    page = page_of(clerk.post(address, data))
    assert "7 个问题" in words_of(page)
    doubtful.findings.filter(pk=one.pk).update(decision="", reason="")
    page = page_of(clerk.post(address, hidden(page)))
    assert "8 个问题" in words_of(page)
    assert not doubtful.findings.exclude(decision="").exists()


def test_a_few_and_what_is_ticked_are_not_asked_for(clerk, doubtful):
    address, _ = addresses(doubtful)
    every = list(doubtful.findings.values_list("pk", flat=True))
    data = {"decision": "hold", "reason": "待补账户", "query": ""}
    assert clerk.post(address, data | {"scope": "ticked", "finding": every}).status_code == 302
    Finding.objects.filter(pk__in=every[:5]).update(decision="", reason="")
    few = data | {"scope": "filtered", "query": "decision=open"}
    assert clerk.post(address, few).status_code == 302
    assert not doubtful.findings.filter(decision="").exists()


# --- Whose turn it is -----------------------------------------------------------------------------------------


def step_of(client) -> str:
    """The last cell of the one programme on the home page of payments."""
    page = page_of(client.get(reverse("payment-home")))
    row = page[page.index("<tbody>") : page.index("</tbody>")]
    return words_of(row[row.rindex("<td") :]).strip()


def test_the_home_page_of_payments_says_who_is_waited_for(cast, enter, clerk, doubtful):
    town, reviewer = enter(cast.other_township_clerk), enter(cast.county_reviewer)
    assert (step_of(clerk), step_of(town)) == ("处理核对问题、送审", "等县级核对")
    # Nothing is open in the clerk's own township, yet the county has not done.
    here = doubtful.findings.filter(enrolment__elder__org_unit=cast.other_township)
    decide(batch=doubtful, findings=here, decision="hold", reason="待补", by=cast.county_clerk)
    assert step_of(town) == "等县级核对"
    decide(
        batch=doubtful, findings=doubtful.findings.all(), decision="hold", reason="待补", by=cast.county_clerk
    )
    assert [step_of(each) for each in (clerk, town, reviewer)] == ["送审", "等县级送审", "等县级送审"]


def test_a_batch_says_whether_it_still_has_to_be_checked(cast, enter, clerk, doubtful):
    """Of the whole batch, on every page that shows its state, also to a township without findings of its own."""
    pages = [reverse("payment-home"), reverse("batch-detail", args=[doubtful.pk])]
    people = [clerk, enter(cast.other_township_clerk)]
    here = doubtful.findings.filter(enrolment__elder__org_unit=cast.other_township)
    decide(batch=doubtful, findings=here, decision="hold", reason="待补", by=cast.county_clerk)
    for client in people:
        for page in pages:
            words = words_of(page_of(client.get(page)))
            assert ("待核对" in words, "已核对，待送审" in words) == (True, False)
    rest = doubtful.findings.all()
    decide(batch=doubtful, findings=rest, decision="hold", reason="待补", by=cast.county_clerk)
    for client in people:
        for page in [*pages, reverse("batch-findings", args=[doubtful.pk])]:
            words = words_of(page_of(client.get(page)))
            assert ("待核对" in words, "已核对，待送审" in words) == (False, True)


def test_the_steps_after_the_check_are_told_by_role(cast, enter, clerk):
    programme, _ = make_register(cast)
    batch = made(programme, MAY, cast.county_clerk)
    town, reviewer = enter(cast.township_clerk), enter(cast.county_reviewer)
    submit(batch=batch, by=cast.county_clerk)
    assert [step_of(each) for each in (clerk, town, reviewer)] == ["等待审批", "等县级审批", "审批"]
    approve(batch=batch, by=cast.county_reviewer)
    assert [step_of(each) for each in (clerk, town)] == ["导出银行表", "等县级导出银行表"]


# --- Amounts --------------------------------------------------------------------------------------------------


def test_what_a_person_was_paid_is_grouped_in_threes(cast, clerk):
    programme, enrolments = make_register(cast, amounts=((80, None, "12000"),))
    batch = made(programme, MAY, cast.county_clerk)
    submit(batch=batch, by=cast.county_clerk)
    PaymentLine.objects.filter(batch=batch).update(state="paid")
    page = page_of(clerk.get(reverse("elder-detail", args=[enrolments[0].elder_id])))
    assert '<td class="num">12,000.00</td>' in page


def test_an_outlier_is_told_with_grouped_amounts(cast):
    programme, _ = make_register(cast, amounts=((80, 94, "1200"), (95, None, "36000.5")))
    batch = made(programme, MAY, cast.county_clerk)
    (detail,) = {each.detail for each in batch.findings.filter(kind="outlier")}
    assert detail == "本批应发 36,000.50 元，全批中位数 1,200.00 元，上月没有发放"


def test_the_fees_of_a_family_bed_are_grouped(cast, clerk):
    bed = FamilyBed.objects.create(
        elder=make_elder(cast.township, "乙老"),
        facility=make_facility(cast.township),
        applied_on=MAY,
        monthly_fee=1300,
        subsidy=12000,
    )
    page = words_of(page_of(clerk.get(reverse("family-bed-detail", args=[bed.pk]))))
    assert "1,300.00 元" in page
    assert "12,000.00 元" in page


def test_people_are_grouped_where_a_batch_is_judged(cast, enter, monkeypatch):
    programme, _ = make_register(cast)
    batch = made(programme, MAY, cast.county_clerk)
    submit(batch=batch, by=cast.county_clerk)
    many = Figures(people=1512, amount=Decimal("75600"))
    monkeypatch.setattr("subsidies.pages.batches.figures_of", lambda *_: many)
    page = page_of(enter(cast.county_reviewer).get(reverse("batch-detail", args=[batch.pk])))
    assert "已送审：1,512 人，75,600.00 元" in page
    assert re.search(r'data-confirm="审批通过[^"]*：1,512 人，75,600.00 元', page)
    assert "1512" not in page
