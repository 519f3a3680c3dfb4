"""Tokens of the API: what they open, what ends them, and that nobody sees one twice."""

import datetime as dt
import re

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from eldercare import accounts, tokens
from eldercare.errors import NotAllowed, Refused
from eldercare.models import AuditEvent, User
from eldercare.permissions import Permission, Role
from eldercare.scopes import Scope, role_for
from eldercare.token_models import ApiToken
from tests.outsider import EVERYBODY

UNITS = "/api/v1/org-units/"


def issue(by, *scopes: str, unit=None, days: int = 30, is_system: bool = False):
    make = tokens.issue_system if is_system else tokens.issue_personal
    return make(
        by=by,
        name="统计脚本",
        purpose="每月取数",
        scopes=scopes or ("indicators:read",),
        org_unit=unit or by.org_unit,
        expires_on=timezone.localdate() + dt.timedelta(days=days),
    )


def bearer(secret: str) -> Client:
    return Client(headers={"authorization": f"Bearer {secret}"})


# --- The secret -------------------------------------------------------------------------------------------------


def test_a_token_opens_what_its_owner_sees_and_is_kept_nowhere(cast):
    token, secret = issue(cast.township_clerk)
    answer = bearer(secret).get(UNITS)
    assert {each["code"] for each in answer.json()["results"]} == {"330424101", "330424101201"}
    assert secret not in "".join(map(str, ApiToken.objects.values_list().get()))
    assert re.fullmatch(r"eldercare_pat_[0-9A-Za-z]{46}", secret)
    assert secret.endswith(token.tail)


def test_a_mistyped_token_costs_no_query(cast, django_assert_num_queries):
    _, secret = issue(cast.leader)
    wrong = secret[:-1] + ("a" if secret[-1] != "a" else "b")
    with django_assert_num_queries(0):
        answer = bearer(wrong).get(UNITS)
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"].startswith("Bearer")
    assert answer.json() == {
        "detail": "凭证无效，请核对是否完整，或重新申请。",
        "code": "unauthorized",
        "fields": {},
    }


@pytest.mark.parametrize(
    "header", ["Bearer", "Bearer ", "Bearer x", "bearer " + "9" * 9000, "Token abc", "Basic YTpi"]
)
def test_a_header_that_is_no_token_asks_for_one(db, header):
    answer = Client(headers={"authorization": header}).get(UNITS)
    assert answer.status_code == 401
    assert answer.json()["code"] == "unauthorized"


def test_a_token_in_the_address_is_refused_even_a_good_one(cast):
    _, secret = issue(cast.leader)
    answer = bearer(secret).get(UNITS, {"access_token": secret})
    assert answer.status_code == 400
    assert "不能写在地址里" in answer.json()["detail"]


def test_a_token_opens_no_page(cast):
    _, secret = issue(cast.county_clerk)
    for address in ("/", "/plans/", "/tokens/"):
        assert bearer(secret).get(address).status_code == 302


def test_a_token_makes_no_session(cast):
    client = bearer(issue(cast.leader)[1])
    assert client.get(UNITS).status_code == 200
    assert "sessionid" not in client.cookies


# --- What narrows it --------------------------------------------------------------------------------------------


def test_a_scope_that_was_not_given_is_refused_and_logged(cast):
    client = bearer(issue(cast.county_clerk, "indicators:read")[1])
    assert client.get("/api/v1/plans/").status_code == 200
    answer = client.get("/api/v1/reports/")
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
    assert AuditEvent.objects.filter(action="denied", subject="/api/v1/reports/").exists()


def test_a_county_token_bound_to_a_township_sees_that_township(cast):
    client = bearer(issue(cast.county_clerk, unit=cast.other_township)[1])
    codes = {each["code"] for each in client.get(UNITS).json()["results"]}
    assert codes == {"330424102", "330424102201"}
    cast.county_clerk.refresh_from_db()
    assert cast.county_clerk.org_unit == cast.county


def test_no_scope_opens_what_the_role_has_not(cast):
    assert {scope for scope in Scope if scope in tokens.scopes_of(Role.LEADER)} == {
        Scope.READ_INDICATORS,
        Scope.READ_REPORTS,
        Scope.READ_TASKS,
        Scope.READ_LEDGERS,
    }
    with pytest.raises(NotAllowed, match="没有“批量写入台账”的权限"):
        issue(cast.leader, "ledgers:write")
    with pytest.raises(NotAllowed):
        issue(cast.auditor, "indicators:read")


def test_a_role_that_was_taken_away_takes_the_scope_with_it(cast):
    _, secret = issue(cast.county_clerk, "reports:read", "people:read")
    User.objects.filter(pk=cast.county_clerk.pk).update(role=Role.LEADER)
    client = bearer(secret)
    assert client.get("/api/v1/reports/").status_code == 200
    assert client.get("/api/v1/people/").status_code == 403


# --- What ends it -----------------------------------------------------------------------------------------------


def end_revoked(cast, token):
    tokens.revoke(by=cast.township_clerk, token=token)


def end_disabled(cast, token):
    User.objects.filter(pk=token.user_id).update(is_active=False)


def end_moved(cast, token):
    User.objects.filter(pk=token.user_id).update(org_unit=cast.other_township)


def end_reset(cast, token):
    User.objects.filter(pk=token.user_id).update(must_change_password=True)


@pytest.mark.parametrize(
    ("end", "words"),
    [
        (end_revoked, "已作废"),
        (end_disabled, "已停用"),
        (end_moved, "已调离"),
        (end_reset, "须先登录修改密码"),
    ],
)
def test_what_ends_a_token_ends_it_at_once(cast, end, words):
    token, secret = issue(cast.township_clerk)
    client = bearer(secret)
    assert client.get(UNITS).status_code == 200
    end(cast, token)
    answer = client.get(UNITS)
    assert answer.status_code == 401
    assert words in answer.json()["detail"]


def test_a_token_is_good_on_its_last_day_and_not_on_the_next(cast):
    with time_machine.travel(dt.datetime(2026, 6, 1, 2, tzinfo=dt.UTC)):
        _, secret = issue(cast.leader, days=30)
    with time_machine.travel(dt.datetime(2026, 7, 1, 15, 59, tzinfo=dt.UTC)):  # 23:59 in Shanghai
        assert bearer(secret).get(UNITS).status_code == 200
    with time_machine.travel(dt.datetime(2026, 7, 1, 16, 1, tzinfo=dt.UTC)):
        answer = bearer(secret).get(UNITS)
    assert answer.status_code == 401
    assert "已于 2026-07-01 到期" in answer.json()["detail"]


def test_the_last_use_is_kept_to_the_minute(cast, django_assert_num_queries):
    token, secret = issue(cast.leader)
    client = bearer(secret)
    client.get(UNITS, REMOTE_ADDR="10.1.2.3")
    token.refresh_from_db()
    assert token.last_address == "10.1.2.3"
    first = token.last_used_at
    client.get(UNITS)
    token.refresh_from_db()
    assert token.last_used_at == first


# --- Tokens of other systems ------------------------------------------------------------------------------------


def test_another_system_gets_an_account_without_password_and_the_smallest_role(cast):
    token, secret = issue(cast.administrator, "indicators:read", is_system=True)
    assert secret.startswith("eldercare_sys_")
    assert (token.user.role, token.user.has_usable_password()) == (Role.LEADER, False)
    assert bearer(secret).get(UNITS).json()["results"][0]["code"] == "330424"
    tokens.revoke(by=cast.administrator, token=token)
    token.user.refresh_from_db()
    assert not token.user.is_active


def test_filling_in_and_reviewing_need_two_tokens(cast):
    assert role_for(["reports:write"]) == Role.COUNTY_CLERK
    assert role_for(["reports:review"]) == Role.COUNTY_REVIEWER
    with pytest.raises(Refused, match="分别建两个凭证"):
        issue(cast.administrator, "reports:write", "reports:review", is_system=True)


def test_one_administrator_holds_no_two_tokens_that_write_and_review(cast, make_person):
    """Nor after the first was used and revoked: what it wrote is there. Another administrator makes the second."""
    first, secret = issue(cast.administrator, "reports:write", is_system=True)
    with pytest.raises(Refused, match="由另一位系统管理员来建"):
        issue(cast.administrator, "reports:review", "indicators:read", unit=cast.township, is_system=True)
    assert issue(cast.administrator, "reports:read", "tasks:read", is_system=True)
    assert bearer(secret).get("/api/v1/reports/").status_code == 200
    tokens.revoke(by=cast.administrator, token=first)
    with pytest.raises(Refused, match="填报与审核须分开"):
        issue(cast.administrator, "reports:review", is_system=True)
    other = make_person("guanli2", "管又一", Role.ADMINISTRATOR, cast.county)
    assert issue(other, "reports:review", is_system=True)
    with pytest.raises(Refused, match="填报与审核须分开"):
        issue(other, "ledgers:write", is_system=True)


def test_a_token_made_by_mistake_and_never_used_does_not_count(cast):
    wrong, _ = issue(cast.administrator, "reports:write", is_system=True)
    tokens.revoke(by=cast.administrator, token=wrong)
    assert issue(cast.administrator, "reports:review", is_system=True)


def test_writing_for_one_township_and_reviewing_for_another_is_not_both_sides(cast):
    issue(cast.administrator, "reports:write", unit=cast.township, is_system=True)
    assert issue(cast.administrator, "reports:review", unit=cast.other_township, is_system=True)


@pytest.mark.parametrize("who", ["county_clerk", "auditor", "leader"])
def test_only_an_administrator_makes_and_revokes_those_of_systems(cast, who):
    user = getattr(cast, who)
    with pytest.raises(NotAllowed):
        issue(user, is_system=True)
    token, _ = issue(cast.administrator, is_system=True)
    with pytest.raises(NotAllowed):
        tokens.revoke(by=user, token=token)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"days": 400}, "最长 180 天"),
        ({"days": -1}, "须从今天起"),
        ({"unit": "neighbour"}, "只能是本单位"),
        ({"unit": "county"}, "只能是本单位"),
    ],
)
def test_a_token_keeps_within_its_time_and_place(cast, change, words):
    change = {name: getattr(cast, value) if name == "unit" else value for name, value in change.items()}
    with pytest.raises(Refused, match=words):
        issue(cast.township_clerk, **change)


def test_a_person_keeps_ten_tokens_at_most(cast):
    for _ in range(tokens.MOST_OF_ONE_PERSON):
        issue(cast.leader)
    with pytest.raises(Refused, match="请先作废"):
        issue(cast.leader)


# --- Pages ------------------------------------------------------------------------------------------------------


def form(unit: str, *scopes: str, **more) -> dict:
    day = timezone.localdate() + dt.timedelta(days=30)
    return {"name": "脚本", "purpose": "取数", "scopes": scopes, "org_unit": unit, "expires_on": day} | more


def test_the_secret_is_shown_once_and_works(cast, enter):
    client = enter(cast.township_clerk)
    page = client.post("/tokens/new/", form("330424101", "indicators:read", "reports:read"))
    (secret,) = re.findall(r"eldercare_pat_[0-9A-Za-z]{46}", page.content.decode())
    assert "no-store" in page["Cache-Control"]
    assert bearer(secret).get("/api/v1/reports/").status_code == 200
    listed = client.get("/tokens/").content.decode()
    assert secret not in listed
    assert f"…{secret[-4:]}" in listed
    assert "读取月报及其状态" in listed


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"scopes": []}, "请至少选择一项权限"),
        ({"scopes": ["people:write", "accounts:all"]}, "accounts:all"),
        ({"expires_on": "2999-01-01"}, "最长 180 天"),
        ({"expires_on": "昨天"}, "日期"),
        ({"org_unit": "330424102"}, "选择一个有效的选项"),
        ({"name": ""}, "此项必填"),
        ({"purpose": "\0"}, "含有无法保存的字符"),
    ],
)
def test_a_form_that_is_wrong_says_what_and_keeps_what_was_typed(cast, enter, change, words):
    data = form("330424101", "people:read", name="村里的脚本") | change
    page = enter(cast.township_clerk).post("/tokens/new/", data).content.decode()
    assert words in page
    assert change.get("name", "村里的脚本") in page
    assert not ApiToken.objects.exists()


def test_a_mistake_at_the_foot_of_a_long_form_is_named_at_its_head(cast, enter):
    data = form("330424101", "people:read") | {"expires_on": "2999-01-01", "name": ""}
    page = enter(cast.township_clerk).post("/tokens/new/", data).content.decode()
    head = page.split('<form method="post" class="card-body')[1].split("<input class=")[0]
    assert "有 2 处填写不对，还没有保存" in head
    assert re.findall(r'href="#(id_\w+)">(\w+)</a>', head) == [
        ("id_name", "名称"),
        ("id_expires_on", "有效期至"),
    ]
    assert 'id="id_expires_on"' in page
    assert "填写不对" not in enter(cast.township_clerk).get("/tokens/new/").content.decode()


def test_a_short_form_needs_no_list_of_its_mistakes(cast, enter):
    page = enter(cast.administrator).post("/accounts/new/", {"full_name": ""}).content.decode()
    assert page.count('class="field-error"') == 4
    assert "填写不对" not in page


def test_revoking_asks_first_and_is_in_the_log(cast, enter):
    token, secret = issue(cast.leader)
    client = enter(cast.leader)
    assert "立即生效" in client.get(f"/tokens/{token.pk}/revoke/").content.decode()
    client.post(f"/tokens/{token.pk}/revoke/")
    assert bearer(secret).get(UNITS).status_code == 401
    steps = list(
        AuditEvent.objects.filter(action="token").order_by("pk").values_list("detail__step", flat=True)
    )
    assert steps == ["新建", "作废"]


def test_an_administrator_makes_a_token_for_another_system(cast, enter):
    client = enter(cast.administrator)
    assert "系统对接" in client.get("/").content.decode()
    page = client.post("/tokens/system/new/", form("330424", "reports:read", name="省平台")).content.decode()
    (secret,) = re.findall(r"eldercare_sys_[0-9A-Za-z]{46}", page)
    assert bearer(secret).get("/api/v1/reports/").status_code == 200
    assert "省平台" in client.get("/tokens/system/").content.decode()


def test_the_account_of_a_system_is_told_from_a_persons_and_offers_no_password(cast, enter):
    token, _ = issue(cast.administrator, is_system=True)
    office = enter(cast.administrator)
    rows = office.get("/accounts/").content.decode().split("<tbody>")[1].split("</tr>")
    assert [cast.township_clerk.username in row for row in rows if "系统对接" in row] == [False]
    page = office.get(f"/accounts/{token.user_id}/").content.decode()
    assert "系统对接的账号" in page
    assert "/tokens/system/" in page.split("<main")[1]
    for step in ("edit", "reset", "enable", "disable"):
        assert f"/accounts/{token.user_id}/{step}/" not in page
    answer = office.post(
        f"/accounts/{token.user_id}/edit/",
        {"full_name": "某某", "role": "county_reviewer", "org_unit": cast.county.pk},
    )
    assert "系统对接的账号" in answer.content.decode()
    token.user.refresh_from_db()
    assert (token.user.full_name, token.user.role) != ("某某", "county_reviewer")


@pytest.mark.parametrize("who", sorted(EVERYBODY))
def test_everybody_has_a_page_of_own_tokens(cast, enter, who):
    user = getattr(cast, who)
    page = enter(user).get("/tokens/").content.decode()
    offers = user.may(Permission.VIEW_INDICATORS) or user.may(Permission.VIEW_TASKS)
    assert ("新建凭证" in page) == offers


def test_a_closed_account_that_is_opened_again_has_no_tokens(cast):
    token, secret = issue(cast.township_clerk)
    accounts.disable(by=cast.administrator, user=cast.township_clerk)
    accounts.enable(by=cast.administrator, user=cast.township_clerk)
    assert bearer(secret).get(UNITS).status_code == 401
    token.refresh_from_db()
    assert token.revoked_by == cast.administrator
