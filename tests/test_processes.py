"""A real worker, a real web server and the tests share one database and one broker."""

import http.cookiejar
import re
import time
import urllib.parse
import urllib.request

import pytest

from eldercare.models import User
from indicators.models import MonthlyReport
from indicators.tasks import open_month
from tests.conftest import PASSWORD
from tests.indicators.factories import make_plan

PATIENCE = 30  # seconds; a limit against hanging


@pytest.mark.django_db(transaction=True)
def test_worker_does_what_a_test_sends(cast, celery_worker_process):
    make_plan(cast.county)
    open_month.delay()
    deadline = time.monotonic() + PATIENCE
    while not MonthlyReport.objects.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    owing = set(MonthlyReport.objects.values_list("org_unit", flat=True))
    assert owing == {cast.county.pk, cast.township.pk, cast.other_township.pk}


@pytest.mark.django_db(transaction=True)
def test_person_made_in_a_test_signs_in_over_the_network(cast, live_portal):
    jar = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
    browser = urllib.request.build_opener(jar)
    with browser.open(f"{live_portal}/sign-in/", timeout=PATIENCE) as page:
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.read().decode())[1]
    entered = {"csrfmiddlewaretoken": token, "username": cast.leader.username, "password": PASSWORD}
    request = urllib.request.Request(
        f"{live_portal}/sign-in/",
        data=urllib.parse.urlencode(entered).encode(),
        headers={"Referer": f"{live_portal}/sign-in/"},
    )
    with browser.open(request, timeout=PATIENCE) as page:
        assert "sign-in" not in page.url
        assert cast.leader.full_name in page.read().decode()
    assert User.objects.get(pk=cast.leader.pk).last_login is not None
