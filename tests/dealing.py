"""How the tests are dealt out when several processes run them (`make test`).

A process takes a file as a whole, for what its tests share is made once then. Files of few tests come first: their
tests are the long ones, which start programs or kill them, and at the end, when one process waits for another, what
is left should be short.
"""

from collections import Counter
from collections.abc import Iterable

import pytest
from xdist.scheduler import LoadScopeScheduling

LONG = 100  # tests; a file of more is dealt out in parts
PART = 30
WITH_A_BROWSER = "tests/browser"  # one portal, one worker and one Chromium for all of it


def file_of(test: str) -> str:
    file = test.partition("::")[0]
    return WITH_A_BROWSER if file.startswith(WITH_A_BROWSER) else file


def parts_of(tests: Iterable[str]) -> dict[str, str]:
    """The part that each test is dealt out with."""
    tests = list(tests)
    sizes, seen = Counter(map(file_of, tests)), Counter()
    parts = {}
    for test in tests:
        file = file_of(test)
        parts[test] = f"{file} {seen[file] // PART}" if sizes[file] > LONG else file
        seen[file] += 1
    return parts


class Dealing(LoadScopeScheduling):
    """Parts in the order in which they were collected."""

    def schedule(self) -> None:
        if self.collection is None:
            self.config.option.loadscopereorder = False
            self.parts = parts_of(next(iter(self.registered_collections.values())))
        super().schedule()

    def _split_scope(self, nodeid: str) -> str:
        return self.parts[nodeid]


def pytest_xdist_make_scheduler(config: pytest.Config, log) -> Dealing:
    return Dealing(config, log)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if hasattr(config, "workerinput"):  # of the processes that run tests for another one
        sizes = Counter(file_of(item.nodeid) for item in items)
        items.sort(key=lambda item: (sizes[file_of(item.nodeid)], file_of(item.nodeid)))
