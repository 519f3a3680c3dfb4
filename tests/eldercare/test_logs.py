"""The audit log: complete, unchangeable, readable by the county's auditor, exported with a trace."""

import ast
import datetime as dt
import io
from pathlib import Path

import openpyxl
import pytest
import time_machine
from django.db import DatabaseError, connection, transaction
from django.http import HttpResponse
from django.test import RequestFactory
from django.utils import timezone

from eldercare import audit, tokens
from eldercare.audit_words import KEYS, detail_text
from eldercare.middleware import HistoryMiddleware
from eldercare.models import AuditEvent
from eldercare.permissions import Permission

ROOT = Path(__file__).parents[2]


@pytest.fixture
def auditor(cast, enter):
    return enter(cast.auditor)


def note(user, action="account", subject="x", **detail) -> AuditEvent:
    return audit.record(action, by=user, subject=subject, **detail)


def rows_of(page) -> str:
    text = page.content.decode()
    return text.split("<tbody>")[1].split("</tbody>")[0] if "<tbody>" in text else ""


def test_the_log_shows_who_what_when_newest_first(auditor, cast):
    with time_machine.travel(dt.datetime(2025, 6, 3, 1, 0, 5, tzinfo=dt.UTC), tick=False):
        note(cast.administrator, subject="停用 shendang")
        note(cast.township_clerk, "export", "沈荡镇月报", rows=12)
    rows = rows_of(auditor.get("/log/"))
    assert rows.index("沈荡镇月报") < rows.index("停用 shendang")
    assert "2025-06-03 09:00:05" in rows
    assert "马行简" in rows
    assert "行数：12" in rows


def test_another_countys_log_is_not_shown(auditor, cast):
    note(cast.neighbour_administrator, subject="邻县的事")
    assert "邻县的事" not in auditor.get("/log/").content.decode()
    assert "邻县的事" not in str(exported(auditor.get("/log/export/")))


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("action=export", {"导出甲"}),
        ("user=xianji", {"导出甲", "改乙"}),
        ("user=映雪", {"导出甲", "改乙"}),
        ("q=乙", {"改乙"}),
        ("since=2025-06-02&until=2025-06-02", {"改乙"}),
        ("until=2025-06-01", {"导出甲"}),
        ("action=export&user=guanli", set()),
    ],
)
def test_the_log_can_be_narrowed(auditor, cast, query, found):
    events = [
        ("2025-06-01T15:59:59", cast.county_clerk, "export", "导出甲"),
        ("2025-06-01T16:00:00", cast.county_clerk, "plan", "改乙"),
        ("2025-06-03T02:00:00", cast.administrator, "account", "停丙"),
    ]
    for at, user, action, subject in events:
        with time_machine.travel(dt.datetime.fromisoformat(f"{at}+00:00"), tick=False):
            note(user, action, subject)
    rows = rows_of(auditor.get(f"/log/?{query}"))
    assert {subject for *_, subject in events if subject in rows} == found


@pytest.mark.parametrize(
    "query",
    [
        "q=%00",
        "since=2025-13-01",
        "since=2025-06-02&until=2025-06-01",
        "before=x",
        "before=²",
        f"before={'9' * 30}",
    ],
)
def test_nonsense_in_the_address_breaks_nothing(auditor, query):
    assert auditor.get(f"/log/?{query}").status_code == 200
    assert auditor.get(f"/log/export/?{query}").status_code == 200


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("since=x", "“起”"),
        ("since=2025-06-02&until=2025-06-01", "“止”"),
        ("from=x", "“from”"),
        ("action=%E6%97%A0", "“动作”"),
    ],
)
def test_a_condition_that_is_not_used_is_named(auditor, cast, query, words):
    note(cast.county_clerk)
    page = auditor.get(f"/log/?{query}").content.decode()
    assert "没有采用" in page
    assert words in page.split("没有采用")[0].rsplit("<span>", 1)[1]
    *_, footer = exported(auditor.get(f"/log/export/?{query}"))
    assert f"{words}没有采用" in footer[0]


def test_conditions_that_are_used_are_not_complained_about(auditor):
    page = auditor.get("/log/?q=&action=plan&user=&since=2025-06-01&until=&before=9").content.decode()
    assert "没有采用" not in page


def test_the_page_calls_the_user_name_by_one_name(auditor, cast):
    note(cast.county_clerk)
    page = auditor.get("/log/").content.decode().split("<main")[1]
    assert "姓名与用户名</th>" in page
    assert ">账号<" not in page


def test_paging_by_position_misses_and_repeats_nothing(auditor, cast, django_assert_max_num_queries):
    for number in range(120):
        note(cast.county_clerk, subject=f"第{number:03}件")
    auditor.get("/log/")
    seen, address = [], "/log/"
    while address:
        with django_assert_max_num_queries(5):
            page = auditor.get(address).content.decode()
        seen += [each[:4] for each in page.split('log-subject">第')[1:]]
        more = (
            page.split('rel="next"')[0].rsplit('href="', 1)[1].split('"')[0] if 'rel="next"' in page else ""
        )
        address = f"/log/{more}" if more else ""
        if len(seen) == 50:
            note(cast.county_clerk, subject="翻页时新增")
    assert seen == [f"{number:03}件" for number in range(119, -1, -1)]


@pytest.mark.parametrize(
    "change", ["UPDATE eldercare_auditevent SET subject = 'x'", "DELETE FROM eldercare_auditevent"]
)
def test_the_database_refuses_to_change_or_delete_an_entry(cast, change):
    note(cast.county_clerk)
    with pytest.raises(DatabaseError, match="Cannot update or delete"), transaction.atomic():
        connection.cursor().execute(change)
    assert AuditEvent.objects.count() == 1


# --- Export ---------------------------------------------------------------------------------------------


def exported(answer) -> list[tuple]:
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    return list(book.active.values)


def test_the_export_holds_what_is_filtered_and_who_took_it(auditor, cast):
    note(cast.county_clerk, "plan", "=HYPERLINK(1)", note="007")
    note(cast.administrator, "account", "停用 shendang")
    answer = auditor.get("/log/export/?action=plan")
    assert "filename*=utf-8''%E5%AE%A1%E8%AE%A1%E6%97%A5%E5%BF%97_" in answer["Content-Disposition"]
    heading, row, _, footer = exported(answer)
    assert heading[:4] == ("编号", "时间", "用户名", "姓名")
    assert row[2:8] == ("xianji", "张映雪", "海盐县", "规划与指标", "=HYPERLINK(1)", "意见：007")
    assert "筛选条件：动作=规划与指标" in footer[0]
    assert "导出人：冯鉴清" in footer[0]


def test_every_export_is_itself_in_the_log(auditor, cast):
    note(cast.county_clerk)
    auditor.get("/log/export/?user=xianji")
    event = AuditEvent.objects.latest("pk")
    assert (event.action, event.user, event.subject) == ("export", cast.auditor, "审计日志")
    assert event.detail == {"rows": 1, "conditions": "姓名或用户名=xianji"}


# --- What is written ------------------------------------------------------------------------------------


def test_personal_numbers_are_masked_before_they_are_stored(cast):
    event = note(
        cast.county_clerk,
        subject="查 330424195001011234",
        phone="13800138000",
        cards=["6222021234567890123"],
        month="2025-06",
        code="330424101201",
    )
    assert event.subject == "查 330****1234"
    assert event.detail["phone"] == "138****8000"
    assert event.detail["cards"] == ["622****0123"]
    assert event.detail["month"] == "2025-06"


def test_a_secret_is_refused(cast):
    with pytest.raises(ValueError, match="no secrets"):
        note(cast.county_clerk, new_password="x")
    assert not AuditEvent.objects.exists()


def test_what_an_action_writes_carries_the_address_of_the_request(cast, enter):
    def action(request):
        note(cast.county_clerk, "report", subject="沈荡镇 提交")
        return HttpResponse()

    request = RequestFactory().get("/", REMOTE_ADDR="10.1.2.3")
    request.user, request.api_token = cast.county_clerk, None
    HistoryMiddleware(action)(request)
    note(cast.county_clerk, subject="定时任务")
    assert list(AuditEvent.objects.order_by("pk").values_list("address", flat=True)) == ["10.1.2.3", None]


def test_the_history_of_the_database_carries_the_address_too(cast, enter):
    office = enter(cast.administrator, REMOTE_ADDR="10.1.2.3")
    office.post(f"/accounts/{cast.leader.pk}/disable/")
    context = cast.leader.events.order_by("pgh_id").last().pgh_context.metadata
    assert (context["name"], context["address"]) == ("马行简", "10.1.2.3")


def test_the_details_are_in_words():
    detail = {"changes": ["小数位：0 → 1"], "date": "2025-06-01", "quantity": "3", "evidence": "发票"}
    assert detail_text(detail) == "修改：小数位：0 → 1；日期：2025-06-01；数量：3；依据：发票"


def recorded_details() -> dict[str, str]:
    """Each word that the code gives to the log as a detail, and one place that does."""
    trees = {
        path: ast.parse(path.read_text())
        for app in ("eldercare", "facilities", "indicators", "subsidies")
        for path in (ROOT / app).rglob("*.py")
    }
    nodes = [(path, node) for path, tree in trees.items() for node in ast.walk(tree)]
    takes = [
        (path, node)
        for path, node in nodes
        if isinstance(node, ast.FunctionDef) and node.args.kwarg and node.args.kwarg.arg == "detail"
    ]
    plain = {arg.arg for _, each in takes for arg in (*each.args.args, *each.args.kwonlyargs)}
    found = {}
    for path, node in nodes:
        if not isinstance(node, ast.Call):
            continue
        called = ast.unparse(node.func).split(".")[-1]
        if any(each.name == called and (path == home or called[0] != "_") for home, each in takes):
            for keyword in node.keywords:
                names = [keyword.arg] if keyword.arg else _literal_keys(keyword.value)
                found |= {name: f"{path.name}:{node.lineno}" for name in names if name not in plain}
    return found


def _literal_keys(value: ast.AST) -> list[str]:
    dicts = [node for node in ast.walk(value) if isinstance(node, ast.Dict)]
    return [key.value for each in dicts for key in each.keys if isinstance(key, ast.Constant)]


def test_every_detail_that_is_written_has_a_name_that_an_auditor_reads():
    details = recorded_details()
    assert {"reason", "rows", "figures"} <= details.keys()
    assert {name: place for name, place in details.items() if name not in KEYS} == {}


def test_the_details_of_a_token_name_what_it_opens_and_until_when(cast):
    day = timezone.localdate() + dt.timedelta(days=30)
    tokens.issue_personal(
        by=cast.township_clerk,
        name="统计脚本",
        purpose="每月取数",
        scopes=("indicators:read",),
        org_unit=cast.township,
        expires_on=day,
    )
    said = detail_text(AuditEvent.objects.get(action="token").detail)
    assert "数据范围：沈荡镇" in said
    assert f"有效期至：{day}" in said


@pytest.mark.parametrize("permission", list(Permission))
def test_a_refused_visit_names_the_permission_in_words(permission):
    said = detail_text({"permission": permission})
    assert said.removeprefix("所需权限：").isascii() is (permission == Permission.SIGNED_IN)


@pytest.mark.parametrize(
    ("behind_proxy", "forwarded", "address"),
    [
        (False, "6.6.6.6", "10.1.2.3"),
        (True, "6.6.6.6, 10.9.9.9", "10.9.9.9"),
        (True, "nonsense", None),
        (True, None, "10.1.2.3"),
    ],
)
def test_the_address_is_the_one_that_cannot_be_forged(settings, behind_proxy, forwarded, address):
    if behind_proxy:
        settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    request = RequestFactory().get("/", REMOTE_ADDR="10.1.2.3", headers=headers)
    assert audit.client_address(request) == address
