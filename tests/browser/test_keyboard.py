"""Going through pages with the keyboard alone: one always sees where one is."""

import pytest
from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
STOPS = 60  # more than any of the pages has
MARK = """() => {
    const here = document.activeElement, style = getComputedStyle(here);
    if (here === document.body) return null;
    const words = (here.innerText || here.name || here.getAttribute("aria-label") || "").trim();
    const ring = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
    return [words, ring || style.boxShadow.includes("0px 0px 0px")];
}"""


def stops(page: Page) -> list[tuple[str, bool]]:
    """What the tab key reaches from the top of the page, and whether it is marked."""
    found = []
    for _ in range(STOPS):
        page.keyboard.press("Tab")
        page.wait_for_timeout(200)  # colours and shadows change slowly
        here = page.evaluate(MARK)
        if here is None:
            break
        found.append(tuple(here))
    return found


def test_a_button_and_a_box_that_have_the_focus_are_ringed(cast, open_browser):
    page = open_browser(cast.administrator)
    for address, some in (
        (f"/accounts/{cast.township_clerk.pk}/", {"编辑", "重置密码", "停用"}),
        ("/accounts/new/", {"full_name", "username", "创建账号", "取消"}),
    ):
        page.goto(address)
        found = stops(page)
        assert some <= {words for words, _ in found}
        assert [words for words, is_marked in found if not is_marked] == []
