"""Accounts, as the administrator of a county manages them."""

import re
from concurrent.futures import ThreadPoolExecutor
from io import StringIO
from threading import Barrier

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from eldercare import accounts
from eldercare.errors import Refused
from eldercare.models import AuditEvent, OrgUnit, User
from eldercare.permissions import Role
from tests.conftest import PASSWORD

NEW = {"username": "wanghai", "full_name": "徐念安", "role": Role.TOWNSHIP_CLERK}


@pytest.fixture
def office(cast, enter):
    """The administrator's browser."""
    return enter(cast.administrator)


def initial_password(answer) -> str:
    """As the administrator reads it from the slip."""
    return re.search(r"data-initial-password>([^<]+)<", answer.content.decode())[1].replace("&amp;", "&")


def sign_in(username, password) -> Client:
    client = Client()
    client.post("/sign-in/", {"username": username, "password": password})
    return client


def steps_in_log() -> list[str]:
    return list(AuditEvent.objects.filter(action="account").order_by("pk").values_list("subject", flat=True))


def create(office, cast, **fields):
    return office.post("/accounts/new/", NEW | {"org_unit": cast.township.pk} | fields)


def test_a_new_account_works_with_the_initial_password_shown_once(office, cast):
    slip = create(office, cast)
    password = initial_password(slip)
    assert slip["Cache-Control"].find("no-store") >= 0
    detail = office.get(f"/accounts/{User.objects.get(username='wanghai').pk}/").content.decode()
    assert password not in detail
    assert "未改初始密码" in detail
    client = sign_in("wanghai", password)
    assert client.get("/").url == "/password/"
    assert steps_in_log() == ["新建 wanghai"]
    assert password not in str(list(AuditEvent.objects.values()))


@pytest.mark.parametrize(
    ("fields", "complaint"),
    [
        ({"username": "shendang"}, "该用户名已被使用"),
        ({"username": "Has Blank"}, "小写字母"),
        ({"username": "ab"}, "小写字母"),
        ({"full_name": ""}, "此项必填。"),
        ({"role": "superuser"}, "选择一个有效的选项"),
        ({"role": Role.LEADER}, "领导须归属县本级"),
    ],
)
def test_a_wrong_entry_is_explained_and_creates_nothing(office, cast, fields, complaint):
    answer = create(office, cast, **fields)
    assert complaint in answer.content.decode()
    assert not User.objects.filter(full_name="徐念安").exists()


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (" 徐 念安 ", "徐念安"),
        ("徐\u3000念\u2003 安", "徐念安"),
        ("买买提·艾力", "买买提·艾力"),
        ("John Smith", "John Smith"),
        ("王 Anna", "王 Anna"),
    ],
)
def test_spaces_between_the_characters_of_a_name_are_not_kept(office, cast, typed, kept):
    create(office, cast, full_name=typed)
    assert User.objects.get(username="wanghai").full_name == kept


def test_a_township_clerk_belongs_to_a_township(office, cast):
    for unit in (cast.county, cast.village):
        create(office, cast, org_unit=unit.pk)
        assert not User.objects.filter(username="wanghai").exists()
    with pytest.raises(Refused, match="须归属一个镇"):
        accounts.create(by=cast.administrator, org_unit=cast.county, **NEW)


def test_a_unit_that_reports_without_being_a_township_can_have_a_clerk(office, cast):
    unit = OrgUnit.objects.create(
        code="330424901",
        name="经济开发区",
        level=OrgUnit.Level.REPORTING,
        parent=cast.county,
        path=f"{cast.county.path}330424901/",
        valid_from="2020-01-01",
    )
    create(office, cast, org_unit=unit.pk)
    assert User.objects.get(username="wanghai").org_unit == unit


def test_extra_fields_in_the_form_change_nothing(office, cast):
    create(office, cast, is_demo="on", must_change_password="", password="x")
    assert User.objects.get(username="wanghai").must_change_password


def test_moving_a_clerk_moves_what_the_clerk_sees(office, cast):
    clerk = cast.township_clerk
    answer = office.post(
        f"/accounts/{clerk.pk}/edit/",
        {
            "full_name": clerk.full_name,
            "role": clerk.role,
            "org_unit": cast.other_township.pk,
            "username": "renamed",
        },
        follow=True,
    )
    assert "的账号已保存" in answer.content.decode()
    clerk.refresh_from_db()
    assert clerk.org_unit == cast.other_township
    assert clerk.username == "shendang"
    assert list(OrgUnit.objects.visible_to(clerk)) == [cast.other_township, cast.other_village]
    assert steps_in_log() == ["调动 shendang"]
    assert "单位：沈荡镇 → 百步镇" in answer.content.decode()


def test_history_names_who_changed_what(office, cast):
    clerk = cast.township_clerk
    office.post(f"/accounts/{clerk.pk}/disable/")
    page = office.get(f"/accounts/{clerk.pk}/").content.decode()
    history = page.split("变更历史")[1]
    assert "停用账号" in history
    assert "马行简" in history
    assert history.index("停用账号") < history.index("创建账号")


def test_history_catches_changes_made_below_the_portal(office, cast):
    with connection.cursor() as cursor:
        cursor.execute("UPDATE eldercare_user SET role = 'leader' WHERE id = %s", [cast.county_clerk.pk])
    page = office.get(f"/accounts/{cast.county_clerk.pk}/").content.decode()
    assert "角色：县级经办 → 领导" in page


def test_disabling_asks_first_then_ends_the_session_at_once(office, cast, enter):
    clerk_at_work = enter(cast.township_clerk)
    address = f"/accounts/{cast.township_clerk.pk}/disable/"
    assert "确定停用 顾云舟" in office.get(address).content.decode()
    assert clerk_at_work.get("/").status_code == 200
    office.post(address)
    assert clerk_at_work.get("/").status_code == 302
    assert sign_in("shendang", PASSWORD).get("/").status_code == 302
    office.post(f"/accounts/{cast.township_clerk.pk}/enable/")
    assert sign_in("shendang", PASSWORD).get("/").status_code == 200
    assert steps_in_log() == ["停用 shendang", "启用 shendang"]


def test_reset_gives_a_new_initial_password_and_ends_sessions_and_lock(office, cast, enter):
    clerk_at_work = enter(cast.township_clerk)
    for attempt in range(5):
        sign_in("shendang", f"wrong-{attempt}")
    assert "锁定" in office.get("/accounts/?state=locked").content.decode()
    password = initial_password(office.post(f"/accounts/{cast.township_clerk.pk}/reset/"))
    assert clerk_at_work.get("/").status_code == 302
    assert sign_in("shendang", PASSWORD).get("/").url.startswith("/sign-in/")
    assert sign_in("shendang", password).get("/").url == "/password/"


def test_unlocking_lets_the_person_in_at_once(office, cast):
    for attempt in range(5):
        sign_in("shendang", f"wrong-{attempt}")
    assert sign_in("shendang", PASSWORD).get("/").status_code == 302
    assert "解锁" in office.get(f"/accounts/{cast.township_clerk.pk}/").content.decode()
    office.post(f"/accounts/{cast.township_clerk.pk}/unlock/")
    assert sign_in("shendang", PASSWORD).get("/").status_code == 200


def test_an_administrator_cannot_close_the_own_account(office, cast):
    answer = office.post(f"/accounts/{cast.administrator.pk}/disable/", follow=True)
    assert "不能停用自己的账号" in answer.content.decode()
    answer = office.post(f"/accounts/{cast.administrator.pk}/reset/", follow=True)
    assert "自己的密码请在“修改密码”里更改" in answer.content.decode()
    cast.administrator.refresh_from_db()
    assert cast.administrator.is_active


def test_an_administrator_cannot_give_up_the_own_role(office, cast):
    office.post(
        f"/accounts/{cast.administrator.pk}/edit/",
        {"full_name": "马行简", "role": Role.LEADER, "org_unit": cast.county.pk},
    )
    cast.administrator.refresh_from_db()
    assert cast.administrator.role == Role.ADMINISTRATOR


def test_the_county_keeps_an_administrator(cast, make_person):
    second = make_person("second", "第二人", Role.ADMINISTRATOR, cast.county)
    accounts.disable(by=cast.administrator, user=second)
    with pytest.raises(Refused, match="只有系统管理员可以管理账号"):
        accounts.disable(by=second, user=cast.administrator)
    accounts.enable(by=cast.administrator, user=second)
    accounts.disable(by=second, user=cast.administrator)
    assert User.objects.filter(org_unit=cast.county, role=Role.ADMINISTRATOR, is_active=True).count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_administrators_who_close_each_other_at_once_leave_one(cast, make_person):
    second = make_person("second", "第二人", Role.ADMINISTRATOR, cast.county)
    start = Barrier(2)

    def close(by, user):
        start.wait()
        try:
            accounts.disable(by=by, user=user)
        except Refused:
            return "refused"
        finally:
            connection.close()
        return "done"

    with ThreadPoolExecutor(2) as pool:
        one = pool.submit(close, cast.administrator, second)
        other = pool.submit(close, second, cast.administrator)
        assert sorted([one.result(), other.result()]) == ["done", "refused"]
    assert User.objects.filter(org_unit=cast.county, role=Role.ADMINISTRATOR, is_active=True).count() == 1


def test_another_countys_accounts_are_out_of_reach(office, cast):
    stranger = cast.neighbour_administrator
    assert "宋遥知" not in office.get("/accounts/").content.decode()
    for step in ("", "edit/", "disable/", "reset/"):
        assert office.get(f"/accounts/{stranger.pk}/{step}").status_code == 404
    create(office, cast, role=Role.LEADER, org_unit=cast.neighbour.pk)
    assert not User.objects.filter(username="wanghai").exists()
    for action in (accounts.disable, accounts.enable, accounts.reset_password, accounts.unlock):
        with pytest.raises(Refused, match="不在本县范围内"):
            action(by=cast.administrator, user=stranger)


def test_only_an_administrator_changes_accounts_in_code_too(cast):
    with pytest.raises(Refused, match="只有系统管理员"):
        accounts.disable(by=cast.county_clerk, user=cast.township_clerk)
    with pytest.raises(Refused, match="只有系统管理员"):
        accounts.create(by=cast.leader, org_unit=cast.township, **NEW)


def test_a_refused_action_leaves_nothing_behind(cast):
    with pytest.raises(Refused), transaction.atomic():
        accounts.edit(
            by=cast.administrator,
            user=cast.leader,
            full_name="新名字",
            role=Role.TOWNSHIP_CLERK,
            org_unit=cast.county,
        )
    cast.leader.refresh_from_db()
    assert cast.leader.full_name == "王守拙"
    assert steps_in_log() == []


@pytest.mark.parametrize(
    ("query", "shown", "hidden"),
    [
        ("q=云舟", "顾云舟", "朱若溪"),
        ("q=bai", "朱若溪", "顾云舟"),
        ("role=leader", "王守拙", "顾云舟"),
        ("unit=330424101", "顾云舟", "朱若溪"),
        ("state=active", "顾云舟", "共 0"),
    ],
)
def test_the_list_can_be_narrowed(office, cast, query, shown, hidden):
    page = office.get(f"/accounts/?{query}").content.decode()
    table = page.split("<tbody>")[1]
    assert shown in table
    assert hidden not in table


@pytest.mark.parametrize("query", ["q=%00", "role=king", "unit=330402", "page=99999", "page=x", "state=%27"])
def test_nonsense_in_the_address_breaks_nothing(office, query):
    assert office.get(f"/accounts/?{query}").status_code == 200


def test_the_list_is_paged_and_asks_the_database_little(
    office, cast, make_person, django_assert_max_num_queries
):
    for number in range(45):
        make_person(f"clerk{number:02}", f"经办{number:02}", Role.TOWNSHIP_CLERK, cast.township)
    office.get("/accounts/")
    with django_assert_max_num_queries(7):
        page = office.get("/accounts/?page=2").content.decode()
    assert "共 53 个账号，第 2 / 3 页" in page
    assert page.count("编辑</a>") == 20


def test_first_administrator_is_made_on_the_server_once(cast, client):
    User.objects.filter(pk=cast.administrator.pk).update(is_demo=True)
    out = StringIO()
    call_command(
        "create_administrator", "chenguan", name="陈管", org=cast.administrator.org_unit.code, stdout=out
    )
    password = re.search("初始密码：(.+)（", out.getvalue())[1]
    answer = client.post(reverse("sign-in"), {"username": "chenguan", "password": password}, follow=True)
    assert answer.redirect_chain[-1][0].startswith(reverse("password-change")), "the first password must go"
    with pytest.raises(CommandError, match="已有系统管理员"):
        call_command("create_administrator", "lisi", name="李四", org=cast.administrator.org_unit.code)
    with pytest.raises(CommandError, match="须归属县本级"):
        call_command("create_administrator", "lisi", name="李四", org=cast.township_clerk.org_unit.code)
