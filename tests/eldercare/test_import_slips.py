"""The change slip on the page: values as a person reads them, tabs, search, pages; and what is never shown."""

import datetime as dt
import re

import pytest

from eldercare.identity import synthetic_id
from eldercare.models import ImportBatch, ImportLine
from eldercare.spells import Spells
from facilities.models import Bed
from tests.eldercare.import_pages import GOOD, HEADINGS, page_of, text_of
from tests.facilities.factories import SINCE, make_bed, make_caregiver, make_facility, make_post
from tests.facilities.uploads import apply, upload, workbook

pytestmark = pytest.mark.django_db


@pytest.fixture
def home(cast):
    return make_facility(cast.township, "沈荡敬老院")


@pytest.fixture
def clerk(cast, enter):
    return enter(cast.township_clerk)


def test_old_and_new_values_are_read_as_on_the_sheet(cast, clerk, home):
    make_bed(home, "1", room="101", kind=Bed.Kind.DAY_CARE, nursing=Spells.since(SINCE), note="靠门")
    content = workbook(
        (*HEADINGS, "床位类型", "停用日期", "备注"),
        ("沈荡敬老院", "101", "1", "否", "机构床位", dt.date(2025, 12, 31), ""),
    )
    page = text_of(page_of(clerk, upload("beds", content, by=cast.township_clerk)))
    assert "护理型 是 → 否" in page
    assert f"床位类型 {Bed.Kind.DAY_CARE.label} → {Bed.Kind.INSTITUTIONAL.label}" in page
    assert "停用日期 （空） → 2025-12-31" in page
    assert "备注 靠门 → （清空）" in page


def test_numbers_of_persons_are_masked_old_and_new(cast, clerk, home):
    born = dt.date(1980, 2, 2)
    number = synthetic_id(born, 22)
    make_post(home, make_caregiver("潘秀英", id_number=number, phone="13957330001"))
    rows = [
        ("潘秀英", number, "13957330002", "护理员", "沈荡敬老院"),
        ("李冬", "33042419700101123", "13957330003", "护理员", "沈荡敬老院"),
    ]
    content = workbook(("姓名", "身份证号", "联系电话", "岗位", "机构名称"), *rows)
    batch = upload("caregivers", content, by=cast.township_clerk)
    pages = [page_of(clerk, batch, tab=tab).content.decode() for tab in ("rows", "errors", "changed")]
    assert "139****0001" in pages[0]
    assert "139****0002" in pages[0]
    for page in pages:
        for secret in (number, "13957330001", "13957330002", "33042419700101123"):
            assert secret not in page


def test_tabs_count_and_search_finds(cast, clerk, home):
    make_bed(home, "1", room="201")
    content = workbook(
        HEADINGS,
        *(("沈荡敬老院", "301", str(number), "否") for number in range(1, 61)),
        ("沈荡敬老院", "201", "1", "是"),
        ("沈荡敬老院", "401", "1", "也许"),
    )
    batch = upload("beds", content, by=cast.township_clerk)
    page = text_of(page_of(clerk, batch))
    for words in ("全部行 62", "错误 1", "新增 60", "变更 1"):
        assert words in page
    assert "D63" in page  # errors come first when there are any
    assert "第 1 / 2 页" in text_of(page_of(clerk, batch, tab="new"))
    second = text_of(page_of(clerk, batch, tab="new", page=2))
    assert "沈荡敬老院 301 51" in second
    assert "沈荡敬老院 301 50 " not in second
    found = page_of(clerk, batch, tab="new", q="301 17").content.decode()
    assert re.findall(r"沈荡敬老院 301 (\d+)", found) == ["17"]
    assert "沈荡敬老院 301 9 " in text_of(page_of(clerk, batch, tab="rows", q="10"))  # the row's number
    assert "没有找到" in text_of(page_of(clerk, batch, q="百步"))
    whole = text_of(page_of(clerk, batch, tab="new", print=1))
    assert "沈荡敬老院 301 1 " in whole
    assert "沈荡敬老院 301 60 " in whole


def test_odd_addresses_show_the_slip(cast, clerk, home):
    batch = upload("beds", GOOD, by=cast.township_clerk)
    for query in (
        {"tab": "x"},
        {"page": "-1"},
        {"page": "x"},
        {"q": "\0"},
        {"q": "9" * 80},
        {"tab": "missing"},
    ):
        assert page_of(clerk, batch, **query).status_code == 200


def test_a_large_slip_takes_the_same_statements(cast, clerk, home, django_assert_max_num_queries):
    batch = upload("beds", GOOD, by=cast.township_clerk)
    page_of(clerk, batch)  # the session is written on the first visit
    with django_assert_max_num_queries(20) as few:
        page_of(clerk, batch, tab="new")
    ImportLine.objects.bulk_create(
        ImportLine(
            batch=batch, row=row, state="new", label=f"床 {row}", new={"number": str(row), "nursing": True}
        )
        for row in range(10, 20_010)
    )
    with django_assert_max_num_queries(20) as many:
        answer = page_of(clerk, batch, tab="new", page=390)
    assert len(many) == len(few)
    assert len(answer.content) < 100_000


def test_what_the_change_does_to_the_indicators(cast, clerk, home):
    batch = upload("beds", GOOD, by=cast.township_clerk)
    ImportBatch.objects.filter(pk=batch.pk).update(effects=[])
    assert "不影响本月指标" in text_of(page_of(clerk, batch))
    effects = [
        {"metric": "机构床位数", "unit": "沈荡镇", "before": 20, "after": 22},
        {"indicator": "护理型床位占比", "number": "1", "plan": "十四五", "unit": "沈荡镇", "before": "60.0%", "after": "62.5%", "url": "/plans/"},
    ]  # fmt: skip
    ImportBatch.objects.filter(pk=batch.pk).update(effects=effects)
    page = text_of(page_of(clerk, batch))
    assert "对 2025 年 6 月指标的影响" in page
    assert "沈荡镇 60.0% 62.5%" in page
    assert "机构床位数 沈荡镇 20 22" in page
    assert page.index("护理型床位占比") < page.index("机构床位数")


def test_how_the_sheet_was_read_is_told(cast, clerk, home):
    content = workbook(
        (*HEADINGS, "朝向"),
        ("沈荡敬老院", "101", "1", "是", "南"),
        ("合计", "", "1", "", ""),
        ("填表人：顾云舟", "", "", "", ""),
    )
    page = text_of(page_of(clerk, upload("beds", content, by=cast.township_clerk)))
    assert "没有读的列（1）：E 列“朝向”" in page
    assert "跳过的行（2）" in page
    assert "第 3 行" in page


def test_after_writing_each_changed_row_leads_to_its_page(cast, clerk, home):
    bed = make_bed(home, "1", room="101")
    batch = apply(upload("beds", GOOD, by=cast.township_clerk))
    page = page_of(clerk, batch).content.decode()
    assert f'href="/ledgers/beds/{bed.pk}/"' in page


def test_what_a_cell_says_cannot_become_markup(cast, clerk, home):
    content = workbook(
        (*HEADINGS, "备注", "<b>列</b>"),
        ("沈荡敬老院", "101", "<script>1</script>", "<i>是</i>", "<u>x</u>", "1"),
    )
    page = page_of(
        clerk, upload("beds", content, by=cast.township_clerk, filename="<b>.xlsx"), tab="rows"
    ).content.decode()
    for piece in ("<script>1", "<i>是", "<u>x", "<b>列", "<b>.xlsx"):
        assert piece not in page
