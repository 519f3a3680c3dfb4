"""What is answered when something is too large, not possible or not to be kept: always a Chinese sentence."""

import re

import pytest
from django import forms
from django.contrib.auth.password_validation import get_default_password_validators
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import path
from rest_framework.response import Response
from rest_framework.views import APIView

from eldercare import urls as portal_urls
from eldercare.accounts import create
from eldercare.forms import FilterForm, StyledFormMixin
from eldercare.models import AuditEvent, User
from eldercare.permissions import Permission, Role
from tests.conftest import PASSWORD

ENGLISH = re.compile("[A-Za-z]{3,}")


class Echo(APIView):
    permission = Permission.SIGNED_IN

    def put(self, request):
        return Response({"echo": request.data})


urlpatterns = [*portal_urls.urlpatterns, path("t/echo/", Echo.as_view())]
handler400, handler403 = portal_urls.handler400, portal_urls.handler403
handler404, handler500 = portal_urls.handler404, portal_urls.handler500

pytestmark = pytest.mark.urls(__name__)


class NoteForm(StyledFormMixin, forms.Form):
    note = forms.CharField()
    password = forms.CharField(required=False, widget=forms.PasswordInput, strip=False)


class AmountForm(StyledFormMixin, forms.Form):
    amount = forms.DecimalField(max_digits=6, decimal_places=2)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("9.555", "小数不超过 2 位。"),
        ("12345.1", "小数点前不超过 4 位。"),
        ("1234567.00", "总共不超过 6 位数字。"),
        ("95.5", None),
    ],
)
def test_a_number_with_too_many_digits_is_refused_in_whole_sentences(typed, words):
    said = AmountForm({"amount": typed}).errors.get("amount", [None])
    assert said[0] == words
    assert AmountForm({"amount": typed}).errors.get("amount", [None]) == said  # also the second time


# --- The wrong method ------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", ["/sign-out/", "/notices/1/read/", "/notices/read-all/"])
def test_an_address_of_a_button_explains_itself_when_it_is_opened(cast, enter, address):
    answer = enter(cast.leader).get(address)
    page = answer.content.decode()
    assert (answer.status_code, answer["Allow"]) == (405, "POST")
    assert "不能直接打开" in page
    assert "返回首页" in page


def test_a_program_and_a_fragment_are_told_of_the_wrong_method_in_their_form(cast, enter):
    client = enter(cast.leader)
    program = client.get("/sign-out/", headers={"Accept": "application/json"})
    assert (program.status_code, program["Content-Type"]) == (405, "application/json")
    assert "不能直接打开" in program.json()["detail"]
    fragment = client.get("/sign-out/", headers={"HX-Request": "true"})
    assert fragment["Content-Type"].startswith("text/plain")


@pytest.mark.parametrize("target", ["/sign-out/", "/notices/read-all/", "/t/echo/", "/no/such/page/"])
def test_sign_in_leads_home_instead_of_to_an_address_that_cannot_be_opened(client, cast, target):
    answer = client.post("/sign-in/", {"username": "lingdao", "password": PASSWORD, "next": target})
    assert answer.url == "/"
    assert client.get("/sign-in/", {"next": target}).url == "/"


# --- What the browser may keep ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "address", ["/", "/help/", "/password/", "/no/such/page/", "/accounts/", "/sign-out/"]
)
def test_no_page_of_a_signed_in_person_is_kept_by_the_browser(cast, enter, address):
    kept = enter(cast.leader).get(address)["Cache-Control"]
    assert "no-store" in kept
    assert "private" in kept


# --- Too large -------------------------------------------------------------------------------------------


def test_a_form_that_is_too_large_is_called_too_large(cast, enter, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    answer = enter(cast.leader).post("/notices/read-all/", {"back": "x" * 2000})
    assert answer.status_code == 413
    assert "内容过大" in answer.content.decode()
    assert "不能识别的字符" not in answer.content.decode()


def test_a_form_of_too_many_fields_is_called_too_large(cast, enter):
    answer = enter(cast.leader).post("/notices/read-all/", {f"f{n}": "1" for n in range(1100)})
    assert answer.status_code == 413
    assert "内容过大" in answer.content.decode()


# --- The API ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "kind", "status", "words"),
    [
        ("[" * 100_000, "application/json", 400, "无法识别"),
        ("{", "application/json", 400, "无法识别"),
        (b"\xff\xfe\x00", "application/json", 400, "无法识别"),
        ("9" * 10_000, "application/json", 400, "无法识别"),
        ("NaN", "application/json", 400, "无法识别"),
        ('{"value": ["\\u0000"]}', "application/json", 400, "含有无法保存的字符"),
        ("x" * 3_000_000, "application/json", 413, "内容过大"),
        ("<a/>", "text/xml", 415, "格式"),
    ],
    ids=range(8),
)
def test_a_body_that_cannot_be_read_is_refused_in_chinese(cast, enter, body, kind, status, words):
    answer = enter(cast.leader).put("/t/echo/", body, content_type=kind)
    assert answer.status_code == status
    assert words in answer.json()["detail"]
    assert not ENGLISH.search(answer.json()["detail"])


def test_the_api_tells_of_the_wrong_method_in_chinese(cast, enter):
    answer = enter(cast.leader).post("/t/echo/", "{}", content_type="application/json")
    assert answer.status_code == 405
    assert answer.json() == {"detail": "这个地址不支持此种操作，请刷新页面后重试。"}


def test_the_api_tells_of_a_stale_page_in_chinese(cast, enter):
    answer = enter(cast.leader, enforce_csrf_checks=True).put(
        "/t/echo/", "{}", content_type="application/json"
    )
    assert answer.status_code == 403
    assert "页面已失效" in answer.json()["detail"]


def test_an_api_without_an_account_answers_as_an_api(db):
    answer = Client().put("/t/echo/", "{}")
    assert (answer.status_code, answer.json()) == (401, {"detail": "请先登录。"})


# --- What is typed ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", [NoteForm({"note": "甲\0乙"}), NoteForm({"note": "甲", "password": "\0"})])
def test_a_character_that_cannot_be_stored_is_named_as_such(form):
    (problem,) = [each for problems in form.errors.values() for each in problems]
    assert problem == "含有无法保存的字符，请删除后重试。"


def test_a_filter_names_it_too(cast, enter):
    page = enter(cast.administrator).get("/accounts/?q=%00").content.decode()
    assert "含有无法保存的字符，请删除后重试。" in page
    assert issubclass(FilterForm, StyledFormMixin)


def test_invisible_characters_are_not_stored():
    form = NoteForm({"note": "\u202e沈\u200b荡\ufeff镇\n第二行", "password": "a\u200bb"})
    assert form.is_valid()
    assert form.cleaned_data == {"note": "沈荡镇\n第二行", "password": "a\u200bb"}
    assert "此项必填。" in str(NoteForm({"note": "\u200b\u2066"}).errors["note"])


def test_a_name_is_stored_without_invisible_characters(cast, enter):
    data = {
        "username": "wanghai",
        "full_name": "王\u202e海\u200d",
        "role": Role.LEADER,
        "org_unit": cast.county.pk,
    }
    enter(cast.administrator).post("/accounts/new/", data)
    assert User.objects.get(username="wanghai").full_name == "王海"


@pytest.mark.parametrize(
    "password",
    ["Aa1-", "password", "1234567890", "aaaaaaaaaaaaaaa", "Lingdao-2025!", "王守拙-Password1", PASSWORD],
)
def test_every_complaint_about_a_password_is_chinese(cast, password):
    complaints = []
    for validator in get_default_password_validators():
        assert not ENGLISH.search(str(validator.get_help_text()))
        try:
            validator.validate(password, cast.leader)
        except ValidationError as error:
            complaints += error.messages
    assert complaints
    assert not [each for each in complaints if ENGLISH.search(each)]


# --- The log ---------------------------------------------------------------------------------------------


def test_a_new_account_is_logged_with_the_name_of_its_unit(cast):
    create(
        by=cast.administrator, username="wanghai", full_name="王海", role=Role.LEADER, org_unit=cast.county
    )
    assert AuditEvent.objects.latest("pk").detail["unit"] == "海盐县"
