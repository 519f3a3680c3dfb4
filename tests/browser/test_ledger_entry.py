"""The ledger's figure in the entry form, with a script: shown while typing, taken with a key or a click."""

import pytest
from playwright.sync_api import Page, expect

from facilities.models import Bed
from indicators.models import MetricEntry
from tests.browser.test_month import Town, all_saved, town
from tests.facilities.factories import SINCE, make_facility

__all__ = ["town"]  # a fixture
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def form(town: Town, open_browser) -> Page:
    """The month of a township whose ledger has one home with 390 beds; last month it reported 400."""
    home = make_facility(town.unit, "沈荡敬老院")
    Bed.objects.bulk_create(Bed(facility=home, number=str(n), in_use_from=SINCE) for n in range(390))
    page = open_browser(town.clerk)
    page.goto(town.url)
    return page


def entry(town: Town) -> MetricEntry:
    return MetricEntry.objects.get(
        report__org_unit=town.unit, report__month=town.month, metric__code="institution_beds"
    )


def test_the_difference_follows_the_typing_and_a_key_takes_the_ledgers_figure(town, form):
    field, row = form.locator("#v-institution_beds"), form.locator("[data-code=institution_beds]")
    field.fill("395")
    expect(row.locator("[data-ledger-state]")).to_have_text("+5")
    field.press("Enter")
    all_saved(form)
    expect(row.locator("[data-findings]")).to_contain_text("填 395，台账为 390")
    expect(row.locator("[data-reason]")).to_be_visible()
    field.focus()
    field.press("=")
    expect(field).to_have_value("390")
    expect(row.locator("[data-ledger-state]")).to_have_text("一致")
    expect(row.locator("[data-take]")).to_be_hidden()
    expect(row.locator("[data-findings]")).to_be_empty()
    all_saved(form)
    assert (entry(town).value, entry(town).source) == (390, "ledger")


def test_one_click_takes_one_figure(town, form):
    form.click("[data-code=institution_beds] [data-take]")
    expect(form.locator("#v-institution_beds")).to_have_value("390")
    all_saved(form)
    assert entry(town).source == "ledger"


def test_taking_all_asks_about_typed_figures_that_differ(town, form):
    form.fill("#v-institution_beds", "395")
    form.click("[data-take-all]")
    expect(form.locator(".confirm-question h2")).to_contain_text("有 1 项手工填报的数与台账不同")
    form.get_by_role("button", name="只取其余").click()
    expect(form.locator("#v-institution_beds")).to_have_value("395")
    assert entry(town).source == "typed"
    form.click("[data-take-all]")
    form.get_by_role("button", name="全部取台账数（换掉 1 项）").click()
    expect(form.locator("#v-institution_beds")).to_have_value("390")


def test_without_a_script_the_enter_key_saves_and_takes_nothing(town, open_browser):
    make_facility(town.unit, "沈荡敬老院", beds=12)
    page = open_browser(town.clerk, java_script_enabled=False)
    page.goto(town.url)
    page.fill("#v-institution_beds", "13")
    page.press("#v-institution_beds", "Enter")
    page.wait_for_load_state()
    assert (entry(town).value, entry(town).source) == (13, "typed")
    page.click("[data-code=institution_beds] button[name=take]")
    page.wait_for_load_state()
    assert (entry(town).value, entry(town).source) == (12, "ledger")
