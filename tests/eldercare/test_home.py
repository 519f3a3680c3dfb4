"""The home page and notices: each person sees their own, and nothing else."""

import re

import pytest
from django.urls import get_resolver, reverse

from eldercare import todo
from eldercare.context import DESTINATIONS
from eldercare.models import Notice, User
from eldercare.todo import TodoItem, Urgency


def notify(user, text="请于 20 日前报送。", **fields) -> Notice:
    return Notice.objects.create(recipient=user, kind=Notice.Kind.REMINDER, text=text, **fields)


@pytest.fixture
def own_providers(monkeypatch):
    providers = []
    monkeypatch.setattr(todo, "_providers", providers)
    return providers


def test_nothing_to_do_is_said(cast, enter, own_providers):
    assert "没有待办事项" in enter(cast.leader).get("/").content.decode()


def test_the_most_urgent_comes_first_one_click_from_doing_it(cast, enter, own_providers):
    @todo.register
    def provide(user):
        return [
            TodoItem("看一看", "/help/", urgency=Urgency.INFO),
            TodoItem(
                "补报 5 月数据", "/late/", "截止日 5 月 20 日", urgency=Urgency.OVERDUE, button="去填报"
            ),
        ]

    page = enter(cast.township_clerk).get("/").content.decode()
    assert page.index("补报 5 月数据") < page.index("看一看")
    assert "截止日 5 月 20 日" in page
    assert 'href="/late/"' in page
    assert "逾期" in page


def test_unread_notices_are_on_the_home_page_and_counted_on_every_page(cast, enter):
    notify(cast.township_clerk, "沈荡镇的通知")
    notify(cast.other_township_clerk, "百步镇的通知")
    client = enter(cast.township_clerk)
    page = client.get("/").content.decode()
    assert "沈荡镇的通知" in page
    assert "百步镇的通知" not in page
    assert "1 条未读" in client.get("/help/").content.decode()


def test_reading_a_notice_leads_to_what_it_is_about(cast, enter):
    notice = notify(cast.township_clerk, link="/help/")
    client = enter(cast.township_clerk)
    assert client.post(f"/notices/{notice.pk}/read/", {"open": "1"}).url == "/help/"
    assert "0 条未读" in client.get("/help/").content.decode()


def test_a_notice_never_leads_to_another_host(cast, enter):
    notice = notify(cast.township_clerk, link="https://evil.example/")
    answer = enter(cast.township_clerk).post(
        f"/notices/{notice.pk}/read/", {"open": "1", "back": "//evil.example"}
    )
    assert answer.url == "/notices/"


def test_nobody_reads_anothers_notice(cast, enter):
    notice = notify(cast.township_clerk)
    for user in (cast.other_township_clerk, cast.county_clerk, cast.administrator):
        assert enter(user).post(f"/notices/{notice.pk}/read/").status_code == 404
    enter(cast.county_clerk).post("/notices/read-all/")
    notice.refresh_from_db()
    assert notice.read_at is None


def test_all_notices_can_be_marked_as_read(cast, enter):
    for number in range(40):
        notify(cast.township_clerk, f"通知{number}")
    client = enter(cast.township_clerk)
    page = client.get("/notices/").content.decode()
    assert "共 40 条，第 1 / 2 页" in page
    answer = client.post("/notices/read-all/", follow=True)
    assert "40 条通知已标为已读" in answer.content.decode()
    assert not Notice.objects.unread().exists()


def test_administrator_is_told_of_locked_and_unused_accounts(cast, enter, client, make_person):
    make_person("fresh", "新来", "leader", cast.county, must_change_password=True)
    for attempt in range(5):
        client.post("/sign-in/", {"username": "shendang", "password": f"wrong-{attempt}"})
    page = enter(cast.administrator).get("/").content.decode()
    assert "1 个账号因多次输错密码被锁定" in page
    assert "1 个账号从未登录" in page
    assert "被锁定" not in enter(cast.leader).get("/").content.decode()


def test_auditor_is_told_of_refused_visits(cast, enter):
    enter(cast.leader).get("/accounts/")
    assert "近 7 天有 1 次越权访问被拒绝" in enter(cast.auditor).get("/").content.decode()


def test_home_is_cheap(cast, enter, own_providers, django_assert_max_num_queries):
    for number in range(20):
        notify(cast.township_clerk, f"通知{number}")
    client = enter(cast.township_clerk)
    client.get("/")
    with django_assert_max_num_queries(5):  # session, account, frame, notices, digest
        client.get("/")


def test_demonstration_data_are_marked_before_and_after_sign_in(cast, enter, client):
    assert "演示数据" not in client.get("/sign-in/").content.decode()
    User.objects.filter(pk=cast.leader.pk).update(is_demo=True)
    assert "演示数据" in client.get("/sign-in/").content.decode()
    assert "演示数据" in enter(cast.county_clerk).get("/help/").content.decode()


@pytest.mark.parametrize(
    "role", ["township_clerk", "county_clerk", "county_reviewer", "leader", "administrator", "auditor"]
)
def test_help_opens_on_the_readers_own_page(cast, enter, role):
    client = enter(getattr(cast, role))
    page = client.get("/help/").content.decode()
    current = page.split('class="tab-bar')[1].split('class="current"')[1][:80]
    assert getattr(cast, role).get_role_display() in current
    assert client.get("/help/?role=nonsense").status_code == 200


def test_a_page_belongs_to_one_entry_of_the_navigation():
    """To two for the same page nobody would know where he is."""
    names = {name for name in get_resolver().reverse_dict if isinstance(name, str)}
    of_two = {
        name: labels
        for name in names
        if len(labels := [each.label for each in DESTINATIONS if name.startswith(each.family)]) > 1
    }
    assert of_two == {}


def test_the_entry_of_the_page_is_marked(cast, enter):
    page = enter(cast.county_clerk).get(reverse("caregiver-list")).content.decode()
    header = page[page.index("<header") : page.index("</header>")]
    marked = re.findall(r'<a [^>]*aria-current="page"[^>]*>(.*?)</a>', header, re.DOTALL)
    assert [re.sub(r"<[^>]*>", "", each).strip() for each in marked] == ["台账"]
