"""A view is closed until it is marked; what is refused is explained to the person and told to the auditor."""

import logging

import pytest
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.urls import path
from django.views import View
from rest_framework.decorators import api_view
from rest_framework.response import Response
from rest_framework.views import APIView

from eldercare import urls as portal_urls
from eldercare.models import AuditEvent
from eldercare.permissions import ROLE_PERMISSIONS, Permission, Role, requires


def unmarked(request):
    return HttpResponse("open to everybody by mistake")


@login_not_required
def public(request):
    return HttpResponse("public")


@requires(Permission.VIEW_LOG)
def marked(request):
    return HttpResponse("for auditors")


class MarkedClass(View):
    permission = Permission.VIEW_LOG

    def get(self, request):
        return HttpResponse("for auditors")


class UnmarkedApi(APIView):
    permission_classes = ()

    def get(self, request):
        return Response({"open": "to everybody by mistake"})


class MarkedApi(APIView):
    permission = Permission.VIEW_LOG

    def get(self, request):
        return Response({"for": "auditors"})


@requires(Permission.VIEW_LOG)
@api_view(["GET"])
def marked_api_function(request):
    return Response({"for": "auditors"})


@requires(Permission.SIGNED_IN)
def refuses(request):
    raise PermissionDenied("提交人不能审核自己提交的月报。")


@requires(Permission.SIGNED_IN)
def misses(request):
    raise Http404


@requires(Permission.SIGNED_IN)
def breaks(request):
    raise RuntimeError("broken on purpose")


urlpatterns = [
    *portal_urls.urlpatterns,
    path("t/unmarked/", unmarked),
    path("t/unmarked-class/", View.as_view()),
    path("t/public/", public),
    path("t/marked/", marked),
    path("t/class/", MarkedClass.as_view()),
    path("t/marked-as-view/", requires(Permission.VIEW_LOG)(View.as_view())),
    path("t/api/", MarkedApi.as_view()),
    path("t/api-function/", marked_api_function),
    path("t/unmarked-api/", UnmarkedApi.as_view()),
    path("t/refuses/", refuses),
    path("t/misses/", misses),
    path("t/breaks/", breaks),
]
handler403 = portal_urls.handler403
handler404 = portal_urls.handler404
handler500 = portal_urls.handler500

pytestmark = pytest.mark.urls(__name__)


@pytest.mark.parametrize("address", ["/t/unmarked/", "/t/unmarked-class/", "/t/unmarked-api/"])
def test_a_view_without_a_mark_is_closed_to_everybody(cast, enter, caplog, address):
    for user in cast.everybody.values():
        with caplog.at_level(logging.ERROR, logger="eldercare.middleware"):
            answer = enter(user).get(address)
        assert answer.status_code == 404
        assert address.strip("/") in caplog.text


@pytest.mark.parametrize("address", ["/t/marked/", "/t/unmarked/"])
def test_without_an_account_nothing_but_public_views_opens(client, db, address):
    assert client.get(address).url.startswith("/sign-in/")
    assert client.get(address, headers={"Accept": "application/json"}).status_code == 401


@pytest.mark.parametrize("address", ["/t/unmarked-api/", "/t/api/", "/t/api-function/"])
def test_without_an_account_every_api_is_closed_and_says_so_as_an_api(client, db, address):
    answer = client.get(address)
    assert (answer.status_code, answer.json()) == (401, {"detail": "请先登录。"})


def test_the_mark_of_a_permission_puts_an_api_behind_djangos_sign_in_too():
    assert marked_api_function.login_required is True


def test_a_public_view_needs_no_account(client, db):
    assert client.get("/t/public/").content == b"public"


@pytest.mark.parametrize("address", ["/t/marked/", "/t/class/", "/t/api/", "/t/marked-as-view/"])
def test_marks_hold_on_functions_classes_and_api_views(cast, enter, address):
    assert enter(cast.auditor).get(address).status_code in (200, 405)
    assert enter(cast.leader).get(address).status_code == 403


def test_the_refusal_names_the_roles_that_may(cast, enter):
    page = enter(cast.leader).get("/t/marked/").content.decode()
    assert "此功能由下列角色使用：<strong>审计员</strong>" in page
    assert "您的角色是“领导”" in page
    assert "返回首页" in page


def test_a_refusal_is_in_the_log(cast, enter):
    enter(cast.leader).post("/t/marked/?id=330424195001011234")
    event = AuditEvent.objects.get()
    assert (event.action, event.user, event.subject) == ("denied", cast.leader, "/t/marked/")
    assert event.detail == {"method": "POST", "permission": "view_log"}


def test_a_refusal_by_the_view_itself_is_explained_and_logged(cast, enter):
    answer = enter(cast.county_reviewer).get("/t/refuses/")
    assert answer.status_code == 403
    assert "提交人不能审核自己提交的月报。" in answer.content.decode()
    assert AuditEvent.objects.get().action == "denied"


def test_what_is_not_found_is_no_offence(cast, enter):
    client = enter(cast.leader)
    for address in ("/t/misses/", "/no/such/page/"):
        answer = client.get(address)
        assert answer.status_code == 404
        assert "返回首页" in answer.content.decode()
    assert not AuditEvent.objects.exists()


def test_htmx_and_programs_are_refused_in_their_own_form(cast, enter):
    client = enter(cast.leader)
    fragment = client.get("/t/marked/", headers={"HX-Request": "true"})
    assert fragment.status_code == 403
    assert fragment["Content-Type"].startswith("text/plain")
    assert fragment.content.decode() == "您的角色不能进行此项操作。"
    program = client.get("/t/marked/", headers={"Accept": "application/json"})
    assert program.status_code == 403
    assert program.json() == {"detail": "您的角色不能进行此项操作。"}


def test_a_broken_page_says_so_in_chinese_and_needs_no_database(
    cast, enter, client, caplog, django_assert_num_queries
):
    client = enter(cast.leader)
    client.raise_request_exception = False
    with django_assert_num_queries(2):  # session and account, before the view
        answer = client.get("/t/breaks/")
    assert answer.status_code == 500
    page = answer.content.decode()
    assert "系统出错" in page
    assert "/t/breaks/" in page
    assert "broken on purpose" not in page


def test_a_stale_form_is_explained(cast, enter):
    client = enter(cast.leader, enforce_csrf_checks=True)
    answer = client.post("/notices/read-all/")
    assert answer.status_code == 403
    assert "页面已失效" in answer.content.decode()


def test_administrator_and_auditor_see_no_figures():
    """三员分立: who gives out accounts or reads the log does not work on the data, and nobody does both."""
    figures = {
        Permission.VIEW_REPORTS,
        Permission.ENTER_REPORTS,
        Permission.REVIEW_REPORTS,
        Permission.VIEW_INDICATORS,
    }
    assert not ROLE_PERMISSIONS[Role.ADMINISTRATOR] & (figures | {Permission.VIEW_LOG})
    assert not ROLE_PERMISSIONS[Role.AUDITOR] & (figures | {Permission.MANAGE_ACCOUNTS})


def test_nobody_both_enters_and_reviews():
    for permissions in ROLE_PERMISSIONS.values():
        assert not {Permission.ENTER_REPORTS, Permission.REVIEW_REPORTS} <= permissions


@pytest.mark.parametrize("role", list(Role))
def test_navigation_offers_only_what_the_role_may_open(cast, enter, role):
    user = next(user for user in cast.everybody.values() if user.role == role)
    client = enter(user)
    page = client.get("/help/")
    nav = page.content.decode().split("<nav", 1)[1].split("</nav>", 1)[0]
    assert ("账号管理" in nav) == (role == Role.ADMINISTRATOR)
    assert ("审计日志" in nav) == (role == Role.AUDITOR)


def test_many_entries_of_the_navigation_share_a_menu_and_few_stay_side_by_side(cast, enter):
    """A clerk's dozen fit into a bar of nine; a department's three are all in sight."""
    html = enter(cast.county_clerk).get("/help/").content.decode()
    bar, menu = html.split("<nav", 1)[1].split("</nav>", 1)[0].split('<details class="menu nav-menu"', 1)
    menu, rest = menu.split("</details>", 1)
    assert bar.count("<a ") + rest.count("<a ") == 8
    for word in ("规划任务", "规划指标", "重点任务", "登记簿", "基础指标"):
        assert word in menu
    html = enter(cast.department_clerk).get("/help/").content.decode()
    nav = html.split("<nav", 1)[1].split("</nav>", 1)[0]
    assert "重点任务" in nav
    assert "<details" not in nav


def test_security_headers_are_strict(cast, enter):
    policy = enter(cast.leader).get("/help/")["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
