"""Sign-in, time-out, forced change of password, sign-out: as a person at the keyboard meets them."""

import datetime as dt
from itertools import pairwise

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse

from eldercare.models import AuditEvent
from tests.conftest import PASSWORD

NEW_PASSWORD = "Qinshan#Spring-7"
LOCKED = "失败次数过多，请30分钟后再试或联系管理员"
MORNING = dt.datetime(2025, 6, 3, 1, 0, tzinfo=dt.UTC)


def sign_in(client, username, password=PASSWORD, **extra):
    return client.post("/sign-in/", {"username": username, "password": password, **extra})


def is_signed_in(client) -> bool:
    return client.get("/").status_code == 200


def test_right_password_opens_the_home_page(client, cast):
    answer = sign_in(client, "shendang")
    assert answer.url == "/"
    page = client.get("/").content.decode()
    assert "顾云舟" in page
    assert "沈荡镇" in page


@pytest.mark.parametrize("typed", ["Shendang", "SHENDANG", " shendang "])
def test_capitals_in_the_user_name_keep_nobody_out(client, cast, typed):
    sign_in(client, typed)
    assert is_signed_in(client)


def test_failures_count_together_however_the_name_was_typed(client, cast):
    for typed in ("shendang", "Shendang", "SHENDANG", "sHENDANG", "Shendang"):
        answer = sign_in(Client(), typed, "wrong")
    assert answer.status_code == 429
    assert {event.user for event in AuditEvent.objects.all()} == {cast.township_clerk}
    assert sign_in(client, "shendang").status_code == 429


def test_a_name_that_was_made_with_capitals_is_found_as_it_is(client, cast, make_person):
    make_person("ChenGuan", "陈管", "leader", cast.county)
    sign_in(client, "ChenGuan")
    assert "陈管" in client.get("/").content.decode()


def test_every_page_asks_to_sign_in_and_leads_back(client, cast):
    answer = client.get("/help/?role=leader")
    assert answer.status_code == 302
    assert answer.url == "/sign-in/?next=%2Fhelp%2F%3Frole%3Dleader"
    assert sign_in(client, "shendang", next="/help/?role=leader").url == "/help/?role=leader"


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "javascript:alert(1)", "\\\\evil"]
)
def test_sign_in_never_leads_to_another_host(client, cast, target):
    assert sign_in(client, "shendang", next=target).url == "/"


def test_a_signed_in_person_is_not_asked_again(cast, enter):
    client = enter(cast.leader)
    assert client.get("/sign-in/?next=/help/").url == "/help/"


def test_session_key_changes_on_sign_in(client, cast):
    session = client.session
    session["planted"] = "by somebody else"
    session.save()
    before = client.session.session_key
    client.cookies["sessionid"] = before
    sign_in(client, "shendang")
    assert client.session.session_key != before
    assert not Session.objects.filter(pk=before).exists()


@pytest.mark.parametrize(
    ("username", "password"),
    [
        ("shendang", "wrong-Password-1"),
        ("nobody", "wrong-Password-1"),
        ("disabled", PASSWORD),
        ("shendang", ""),
        ("x" * 300, PASSWORD),
        ("shen\0dang", PASSWORD),
    ],
)
def test_failure_says_nothing_about_the_account(client, cast, make_person, username, password):
    make_person("disabled", "停用人", "leader", cast.county, is_active=False)
    answer = sign_in(client, username, password)
    assert answer.status_code == 200
    page = answer.content.decode()
    assert not is_signed_in(client)
    for telling in ("不存在", "停用人", "已停用", "账号锁定"):
        assert telling not in page


def test_wrong_name_wrong_password_and_disabled_account_read_the_same(cast, make_person):
    make_person("disabled", "停用人", "leader", cast.county, is_active=False)
    pages = set()
    for username, password in [("shendang", "bad"), ("nobody", "bad"), ("disabled", PASSWORD)]:
        page = sign_in(Client(), username, password).content.decode()
        assert "用户名或密码不正确。" in page
        token = page.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
        pages.add(page.replace(token, "").replace(f'value="{username}"', "").split("hx-headers=")[1][80:])
    assert len(pages) == 1


@pytest.mark.parametrize("username", ["shendang", "nobody-here"])
def test_five_failures_lock_the_name_whether_it_exists_or_not(cast, username):
    for attempt in range(5):
        answer = sign_in(Client(), username, f"wrong-{attempt}")
    assert answer.status_code == 429
    assert LOCKED in answer.content.decode()
    answer = sign_in(Client(), username, PASSWORD)
    assert answer.status_code == 429
    assert LOCKED in answer.content.decode()


@pytest.mark.parametrize("username", ["shendang", "nobody-here"])
def test_a_first_failure_warns_of_the_lock_out(client, cast, settings, username):
    warning = f"连续输错 {settings.AXES_FAILURE_LIMIT} 次，30 分钟内不能登录。"
    assert warning not in client.get("/sign-in/").content.decode()
    assert warning in sign_in(client, username, "wrong").content.decode()


def test_lock_out_of_one_name_leaves_the_others_alone(client, cast):
    for attempt in range(5):
        sign_in(Client(), "shendang", f"wrong-{attempt}")
    sign_in(client, "baibu")
    assert is_signed_in(client)


def test_lock_out_ends_after_half_an_hour(client, cast):
    with time_machine.travel(MORNING, tick=False) as clock:
        for attempt in range(5):
            sign_in(Client(), "shendang", f"wrong-{attempt}")
        clock.shift(dt.timedelta(minutes=31))
        sign_in(client, "shendang")
        assert is_signed_in(client)


def test_failures_and_lock_outs_are_in_the_log_but_what_was_typed_is_not(cast):
    for attempt in range(6):
        sign_in(Client(), "shendang", f"wrong-{attempt}")
    sign_in(Client(), "My-Secret-Password", "x")
    events = AuditEvent.objects.order_by("pk")
    actions = [event.action for event in events]
    assert actions == ["sign_in_failed"] * 4 + ["locked_out"] * 2 + ["sign_in_failed"]
    assert {event.user for event in events[:6]} == {cast.township_clerk}
    assert "My-Secret" not in str(list(events.values()))
    assert AuditEvent.objects.visible_to(cast.auditor).count() == 7


# --- Time-out -------------------------------------------------------------------------------------------


def test_half_an_hour_without_a_request_ends_the_session(client, cast):
    with time_machine.travel(MORNING, tick=False) as clock:
        sign_in(client, "shendang")
        clock.shift(dt.timedelta(minutes=29))
        assert is_signed_in(client)
        clock.shift(dt.timedelta(minutes=30))
        answer = client.get("/help/", follow=True)
        assert "长时间未操作，已自动退出，请重新登录" in answer.content.decode()
        assert answer.redirect_chain[0][0].endswith("next=%2Fhelp%2F")
        assert not is_signed_in(client)


def test_polling_in_the_background_does_not_keep_a_session_alive(client, cast):
    with time_machine.travel(MORNING, tick=False) as clock:
        sign_in(client, "shendang")
        for _ in range(3):
            clock.shift(dt.timedelta(minutes=9))
            assert client.get("/", headers={"X-Background": "1"}).status_code == 200
        clock.shift(dt.timedelta(minutes=4))
        answer = client.get("/", headers={"X-Background": "1", "HX-Request": "true"})
        assert answer["HX-Redirect"].startswith("/sign-in/?reason=idle")


def test_half_a_day_ends_even_a_busy_session(client, cast):
    with time_machine.travel(MORNING, tick=False) as clock:
        sign_in(client, "shendang")
        for _ in range(12 * 3 - 1):
            clock.shift(dt.timedelta(minutes=20))
            assert is_signed_in(client)
        clock.shift(dt.timedelta(minutes=20))
        assert "本次登录已满最长时限" in client.get("/", follow=True).content.decode()


def test_activity_is_written_once_a_minute_at_most(client, cast, django_assert_num_queries):
    def writes(clicks):
        with django_assert_num_queries(clicks * 3) as queries:
            for _ in range(clicks):
                client.post("/notices/read-all/", headers={"X-Nothing": "1"})
        return [each["sql"] for each in queries if 'UPDATE "django_session"' in each["sql"]]

    with time_machine.travel(MORNING, tick=False) as clock:
        sign_in(client, "shendang")
        client.get("/help/")
        clock.shift(dt.timedelta(seconds=30))
        assert not writes(2)


def test_an_expired_session_is_told_to_programs_as_json(client, cast):
    answer = client.get("/", headers={"Accept": "application/json"})
    assert answer.status_code == 401
    assert answer.json() == {"detail": "请先登录。"}


def test_a_form_sent_after_the_time_out_leads_back_to_its_page(client, cast):
    answer = client.post("/notices/read-all/", headers={"Referer": "http://testserver/notices/?page=2"})
    assert answer.url == "/sign-in/?next=%2Fnotices%2F%3Fpage%3D2"


# --- Passwords ------------------------------------------------------------------------------------------


def change(client, old, new, again=None):
    return client.post(
        "/password/", {"old_password": old, "new_password": new, "new_password_again": again or new}
    )


def test_an_initial_password_opens_nothing_but_its_change(client, cast):
    cast.leader.must_change_password = True
    cast.leader.save()
    sign_in(client, "lingdao")
    for page in ("/", "/help/", "/notices/"):
        assert client.get(page).url == "/password/"
    assert "您使用的是初始密码" in client.get("/password/").content.decode()
    assert change(client, PASSWORD, NEW_PASSWORD).url == "/"
    assert is_signed_in(client)


def test_an_old_password_must_be_changed(client, cast):
    with time_machine.travel(MORNING, tick=False) as clock:
        cast.leader.password_changed_at = MORNING
        cast.leader.save()
        clock.shift(dt.timedelta(days=89))
        sign_in(client, "lingdao")
        assert "密码将于" in client.get("/").content.decode()
        clock.shift(dt.timedelta(days=1))
        client.logout()
        sign_in(client, "lingdao")
        assert client.get("/").url == "/password/"
        assert "已使用超过 90 天" in client.get("/password/").content.decode()


def test_programs_are_told_of_the_forced_change(cast, enter):
    cast.leader.must_change_password = True
    cast.leader.save()
    answer = enter(cast.leader).get("/", headers={"Accept": "application/json"})
    assert answer.status_code == 403
    assert "请先修改密码" in answer.json()["detail"]


def test_other_sessions_end_when_the_password_changes(client, cast):
    elsewhere = Client()
    sign_in(client, "lingdao")
    sign_in(elsewhere, "lingdao")
    change(client, PASSWORD, NEW_PASSWORD)
    assert is_signed_in(client)
    assert not is_signed_in(elsewhere)


@pytest.mark.parametrize(
    ("password", "complaint"),
    [
        ("Short-1", "密码至少 10 位"),
        ("alllowercase", "四类中的至少三类"),
        ("1234567890", "四类中的至少三类"),
        ("Lingdao-2025!", "不能包含用户名或姓名"),
        ("oadgnil-2025!A", "不能包含用户名或姓名"),
        ("王守拙-Password1", "不能包含用户名或姓名"),
        (PASSWORD, "最近 5 次用过的密码"),
    ],
)
def test_a_weak_new_password_is_refused_with_the_reason(cast, enter, password, complaint):
    client = enter(cast.leader)
    answer = change(client, PASSWORD, password)
    assert answer.status_code == 200
    assert complaint in answer.content.decode()


def test_the_last_five_passwords_are_not_taken_again(cast, enter):
    client = enter(cast.leader)
    used = [PASSWORD, *(f"Qinshan#Spring-{number}" for number in range(1, 7))]
    for old, new in pairwise(used):
        assert change(client, old, new).status_code == 302
    assert "最近 5 次" in change(client, used[-1], used[-5]).content.decode()
    assert change(client, used[-1], used[1]).status_code == 302


def test_two_different_entries_and_a_wrong_old_password_are_refused(cast, enter):
    client = enter(cast.leader)
    assert (
        "两次输入的新密码不一致" in change(client, PASSWORD, NEW_PASSWORD, "Other#Spring-7").content.decode()
    )
    assert "当前密码不正确" in change(client, "wrong", NEW_PASSWORD).content.decode()


def test_guessing_the_old_password_locks_and_signs_out(cast, enter):
    client = enter(cast.leader)
    for attempt in range(5):
        answer = change(client, f"wrong-{attempt}", NEW_PASSWORD)
    assert LOCKED in answer.content.decode()
    assert not is_signed_in(client)


# --- Sign-out -------------------------------------------------------------------------------------------


def test_sign_out_needs_a_click_not_a_link(cast, enter):
    client = enter(cast.leader)
    assert client.get("/sign-out/").status_code == 405
    assert is_signed_in(client)
    answer = client.post("/sign-out/", follow=True)
    assert "您已安全退出" in answer.content.decode()
    assert not is_signed_in(client)


def test_signing_in_and_out_is_in_the_log(client, cast):
    sign_in(client, "lingdao")
    client.post(reverse("sign-out"))
    events = AuditEvent.objects.order_by("pk").values_list("username", "action", "address")
    assert list(events) == [("lingdao", "sign_in", "127.0.0.1"), ("lingdao", "sign_out", "127.0.0.1")]


def test_a_disabled_account_is_out_at_its_next_click(cast, enter):
    client = enter(cast.leader)
    cast.leader.is_active = False
    cast.leader.save()
    assert not is_signed_in(client)
