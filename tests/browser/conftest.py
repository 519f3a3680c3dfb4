"""A real Chromium on the real web server. Whatever it complains about fails the test that looked."""

import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pytest
from django.db import connection
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, sync_playwright

from eldercare.models import User
from tests.conftest import PASSWORD

WINDOW = {"width": 1366, "height": 768}


@pytest.fixture(scope="session")
def chromium(chromium_path) -> Iterator[Browser]:
    # Playwright's own event loop runs in this thread, and Django would refuse queries because of it.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path, args=["--no-sandbox"])
        yield browser
        browser.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@dataclass
class Watch:
    """What the browser complained about, and where else it wanted to go."""

    host: str
    complaints: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)
    expected: tuple[str, ...] = ()  # what Chromium reports of answers that the test provokes

    def over(self, page: Page) -> Page:
        page.on("console", self._said)
        page.on("pageerror", lambda error: self.complaints.append(f"{page.url}: {error}"))
        page.on("request", self._asked)
        return page

    def _said(self, message: ConsoleMessage) -> None:
        is_expected = any(words in message.text for words in self.expected)
        if message.type in ("error", "warning") and not is_expected:
            self.complaints.append(f"{message.location.get('url')}: {message.text}")

    def _asked(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in ("data", "blob", "about") and parts.netloc != self.host:
            self.foreign.append(request.url)


@pytest.fixture
def watch(live_portal) -> Iterator[Watch]:
    watch = Watch(urlsplit(live_portal).netloc)
    yield watch
    assert watch.complaints == []
    assert watch.foreign == []


def wait_until_quiet(patience: float = 20) -> None:
    """Until no other process is at work in the test database: it is about to be emptied under their feet."""
    others = """
        SELECT count(*) FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid()
          AND backend_type = 'client backend' AND state <> 'idle'
    """
    deadline = time.monotonic() + patience
    quiet = 0
    while quiet < 3 and time.monotonic() < deadline:  # a request or a task pauses between its queries
        with connection.cursor() as cursor:
            cursor.execute(others)
            quiet = quiet + 1 if cursor.fetchone()[0] == 0 else 0
        time.sleep(0.05)


@pytest.fixture
def open_browser(transactional_db, chromium, live_portal, watch) -> Iterator[Callable[..., Page]]:
    """``open_browser(user)`` signs a person in through the form and shows their home page.

    Each call is a browser window of its own; options go to Playwright, such as ``java_script_enabled=False``.
    """
    contexts = []

    def open_one(user: User, **options) -> Page:
        context = chromium.new_context(base_url=live_portal, viewport=WINDOW, locale="zh-CN", **options)
        context.set_default_timeout(15_000)
        contexts.append(context)
        page = watch.over(context.new_page())
        page.goto("/")
        page.fill("input[name=username]", user.username)
        page.fill("input[name=password]", PASSWORD)
        page.click("main button[type=submit], form button[type=submit]:has-text('登录')")
        page.wait_for_url(lambda url: "/sign-in/" not in url)
        return page

    yield open_one
    for context in contexts:
        context.close()
    wait_until_quiet()
