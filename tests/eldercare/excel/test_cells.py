"""Each kind of cell, as townships write it: a value, or a finding that says how it was read or what is wrong."""

import datetime as dt
from decimal import Decimal

import pytest

from eldercare.excel.cells.flawed import Flawed
from eldercare.excel.cells.texts import as_typed, plain, squeezed
from eldercare.excel.cells.words import TOWNSHIP, VILLAGE, short_name
from eldercare.excel.columns import CellError, Choice, Kind, Problem
from tests.eldercare.excel.cells import ERROR, NOTE, WARNING, clean, good, refused
from tests.eldercare.excel.samples import PLACES

# --- texts and names ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("沈荡镇敬老院", "沈荡镇敬老院"),
        ("  沈荡镇　敬老院\u00a0", "沈荡镇 敬老院"),
        ("沈荡\u200b镇\ufeff敬老院", "沈荡镇敬老院"),
        ("ＡＢＣ１２３", "ABC123"),
        ("沈荡镇（城北）敬老院", "沈荡镇（城北）敬老院"),
        ("第一行\r\n\r\n 第二行 ", "第一行\n第二行"),
        ("\u2f69发", "白发"),  # a Kangxi radical, as PDFs give it
        ("a\x00b\x07c", "abc"),
        ("", None),
        ("\u3000 \u200b", None),
        (101.0, "101"),
        (3.5, "3.5"),
        ("=1+1", "=1+1"),
    ],
)
def test_texts(typed, read):
    assert good(typed) == read


@pytest.mark.parametrize(
    ("typed", "severity", "word"),
    [
        (dt.date(2022, 3, 1), WARNING, "自动改成了日期"),
        (True, NOTE, "逻辑值"),
        (1e16, ERROR, "丢失"),
        (float("inf"), ERROR, "不正常"),
        (CellError("#REF!"), ERROR, "#REF!"),
        (CellError(""), ERROR, "保存后再上传"),
        ("#N/A", ERROR, "#N/A"),
        ("张\ufffd", WARNING, "乱码"),
        ("/", NOTE, "按空白读取"),
        (dt.time(10, 5), WARNING, "时间"),
    ],
)
def test_texts_that_are_none(typed, severity, word):
    _, finding = clean(typed)
    assert finding.severity is severity
    assert word in finding.message


def test_texts_that_are_too_long():
    assert good("长" * 50, max_length=50) == "长" * 50
    assert "51 个字" in refused("长" * 51, Kind.TEXT, max_length=50)


@pytest.mark.parametrize(
    ("typed", "read", "severity"),
    [
        ("顾云舟", "顾云舟", None),
        ("顾 云 舟", "顾云舟", NOTE),
        ("阿依古丽•买买提", "阿依古丽·买买提", NOTE),
        ("阿依古丽·买买提", "阿依古丽·买买提", None),
        ("张□舟", "张□舟", WARNING),
        ("张?", "张?", WARNING),
        ("朱yan", "朱yan", WARNING),
        ("John Smith", "John Smith", None),
    ],
)
def test_names_of_persons(typed, read, severity):
    value, finding = clean(typed, Kind.NAME)
    assert value == read
    assert (finding.severity if finding else None) is severity


# --- codes ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("11010519491231002x", "11010519491231002X"),
        ("１１０１０５１９４９１２３１００２Ｘ", "11010519491231002X"),
        ("'110105 1949 1231 002X", "11010519491231002X"),
        ("110105\u200b19491231\u00a0002X\n", "11010519491231002X"),
        ('="0573086110000"', "0573086110000"),
        ("", None),
    ],
)
def test_codes(typed, read):
    assert good(typed, Kind.CODE) == read


@pytest.mark.parametrize(
    ("typed", "word"),
    [
        (330424195001011234.0, "Excel 丢失了末几位数字：这一格是数值 3.30424E+17"),
        (330424195001010000, "Excel 丢失"),
        ("3.30424E+17", "Excel 丢失"),
        (13900000000.0, "开头的 0 可能已被 Excel 丢失"),
        (12.5, "Excel 丢失"),
        (dt.date(2022, 3, 1), "日期"),
        (True, "逻辑值"),
        (float("nan"), "丢失"),
    ],
)
def test_codes_that_were_numbers(typed, word):
    assert word in refused(typed, Kind.CODE)


def test_a_number_with_all_its_digits_may_be_a_code():
    assert good(13900000000.0, Kind.CODE, digits=(11,)) == "13900000000"
    assert "丢失" in refused(1390000000.0, Kind.CODE, digits=(11,))


@pytest.mark.parametrize("typed", ["338****2685", "140****1285", "622848******0123", "338＊＊＊＊268X"])
def test_a_masked_number_is_no_number(typed):
    said = refused(typed, Kind.CODE)
    assert "隐去" in said
    assert "完整的号码" in said
    assert "填好现有数据的模板" in said  # a list of the portal was exported, edited and uploaded


def test_a_checker_warns_or_takes_the_value_away():
    def check(code):
        if code.endswith("9"):
            return Problem(WARNING, "校验码不符，请说明原因。")
        return Problem(ERROR, "位数不对。") if len(code) != 4 else None

    assert good("1234", Kind.CODE, checker=check) == "1234"
    value, finding = clean("1239", Kind.CODE, checker=check)
    assert (value, finding.severity, finding.message) == ("1239", WARNING, "校验码不符，请说明原因。")
    assert refused("12", Kind.CODE, checker=check) == "位数不对。"
    assert refused("", Kind.CODE, checker=check, required=True) == "必填，不能空着。"


# --- numbers --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "kind", "unit", "read"),
    [
        ("1,234", Kind.INTEGER, "", 1234),
        ("１２３４", Kind.INTEGER, "", 1234),
        (60.0, Kind.INTEGER, "张", 60),
        ("60张", Kind.INTEGER, "张", 60),
        ("60 张", Kind.INTEGER, "张", 60),
        ("12名", Kind.INTEGER, "人", 12),
        ("-5", Kind.INTEGER, "", -5),
        ("1,234.50", Kind.MONEY, "元", Decimal("1234.5")),
        ("￥1,234.50元", Kind.MONEY, "元", Decimal("1234.5")),
        ("1234.50元", Kind.MONEY, "元", Decimal("1234.5")),
        ("3.5万元", Kind.MONEY, "万元", Decimal("3.5")),
        (0.1 + 0.2, Kind.MONEY, "元", Decimal("0.3")),
        (1234567.89, Kind.MONEY, "元", Decimal("1234567.89")),
        ("85%", Kind.NUMBER, "%", Decimal(85)),
        (85.0, Kind.NUMBER, "%", Decimal(85)),
        ("", Kind.NUMBER, "", None),
        ("0", Kind.INTEGER, "", 0),
    ],
)
def test_numbers(typed, kind, unit, read):
    assert good(typed, kind, unit=unit) == read


@pytest.mark.parametrize(
    ("typed", "read"), [("1.2万元", 12_000), ("1.2万", 12_000), ("3亿元", 300_000_000), ("2千元", 2_000)]
)
def test_amounts_with_a_larger_unit_say_how_they_were_read(typed, read):
    value, finding = clean(typed, Kind.MONEY, unit="元")
    assert value == read
    assert finding.severity is NOTE
    assert f"{read:,} 元" in finding.message


@pytest.mark.parametrize(
    "typed",
    [
        "约60",
        "60余",
        "60余张",
        "60以上",
        "近60",
        "50-60",
        "50~60",
        "大概60",
        ">60",
        "60左右",
        "不足60",
        "60多张",
    ],
)
def test_vague_numbers(typed):
    assert "要确切的数" in refused(typed, Kind.INTEGER, unit="张")


@pytest.mark.parametrize(
    ("typed", "kind", "word"),
    [
        ("六十", Kind.INTEGER, "不是数"),
        ("1,23", Kind.INTEGER, "逗号位置不对"),
        (12.5, Kind.INTEGER, "不是整数"),
        ("12.345", Kind.MONEY, "最多到分"),
        (33.333333, Kind.MONEY, "最多到分"),
        (1e16, Kind.NUMBER, "丢失"),
        ("60间", Kind.INTEGER, "单位“间”"),
        ("85%", Kind.NUMBER, "百分数"),
        ("=1+1", Kind.INTEGER, "不是数"),
        (dt.date(1900, 2, 28), Kind.INTEGER, "日期"),
        (True, Kind.INTEGER, "逻辑值"),
        (float("nan"), Kind.NUMBER, "不正常"),
        ("1e5", Kind.INTEGER, "1e5"),
        ("1.2.3", Kind.NUMBER, "不是数"),
        ("(100)", Kind.NUMBER, "不是数"),
    ],
)
def test_numbers_that_are_none(typed, kind, word):
    assert word in refused(typed, kind)


def test_bounds_and_fractions_of_a_percentage():
    assert "小于 0" in refused(-1.0, Kind.INTEGER, minimum=0)
    assert "大于 100" in refused("101", Kind.INTEGER, maximum=100)
    assert "0.85% 还是 85%" in refused(0.85, Kind.NUMBER, unit="%")


# --- yes or no, choices ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "typed", ["是", "√", "✔", "有", "1", 1.0, 1, True, "Y", "yes", "TRUE", "对", "ｙ", " 是 ", "T"]
)
def test_yes(typed):
    assert good(typed, Kind.YESNO) is True


@pytest.mark.parametrize(
    "typed", ["否", "×", "✗", "无", "0", 0.0, False, "N", "no", "false", "错", "没有", "x"]
)
def test_no(typed):
    assert good(typed, Kind.YESNO) is False


@pytest.mark.parametrize("typed", ["待定", "○", "2", 2.0, "是/否", dt.date(2022, 1, 1)])
def test_neither_yes_nor_no(typed):
    assert "不能确定" in refused(typed, Kind.YESNO)


@pytest.mark.parametrize(
    ("typed", "heading", "aliases", "read"),
    [
        ("低保", "低保", (), True),
        ("非低保", "低保", (), False),
        ("已投保", "投保综合责任保险", ("责任险", "是否投保"), True),
        ("未投保", "投保综合责任保险", ("责任险", "是否投保"), False),
        ("有责任险", "投保综合责任保险", ("责任险", "是否投保"), True),
        ("无责任险", "投保综合责任保险", ("责任险", "是否投保"), False),
        ("是独居", "独居", (), True),
        ("不独居", "独居", (), False),
    ],
)
def test_a_yes_in_the_words_of_the_column(typed, heading, aliases, read):
    assert good(typed, Kind.YESNO, heading=heading, aliases=aliases) is read


@pytest.mark.parametrize("typed", ["低保边缘", "原低保", "低保？", "未知", "不详"])
def test_what_is_more_than_the_words_of_the_column_is_no_answer(typed):
    assert "不能确定" in refused(typed, Kind.YESNO, heading="低保", aliases=("是否低保",))


def test_an_empty_cell_is_not_a_no():
    assert good("", Kind.YESNO) is None
    assert clean("/", Kind.YESNO)[0] is None


LEVELS = (
    Choice("5", "五级", ("初级工", "初级")),
    Choice("4", "四级", ("中级工", "中级")),
    Choice("1", "一级", ("高级技师",)),
)


@pytest.mark.parametrize(
    ("typed", "read"), [("五级", "5"), (" 中级 工", "4"), ("5", "5"), (5.0, "5"), ("高级技师", "1")]
)
def test_choices_by_label_alias_and_code(typed, read):
    assert good(typed, Kind.CHOICE, choices=LEVELS) == read


def test_unknown_choices_list_what_may_be_chosen():
    message = refused("五级工", Kind.CHOICE, choices=LEVELS)
    assert "是不是“五级”？" in message
    assert "可填：五级、四级、一级。" in message


def test_an_alias_of_two_choices_is_nobodys():
    two = (Choice("a", "甲", ("同",)), Choice("b", "乙", ("同",)))
    assert "不在可选项里" in refused("同", Kind.CHOICE, choices=two)


# --- places ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("typed", ["沈荡镇", "沈荡", " 沈荡 镇", "330424101", 330424101.0, "330424101000"])
def test_townships(typed):
    assert good(typed, Kind.TOWNSHIP) == "330424101"


@pytest.mark.parametrize(
    ("typed", "word"), [("横港乡", "旧名"), ("武原镇", "按“武原街道”读取"), ("沈荡镇人民政府", "按")]
)
def test_townships_by_another_name_say_so(typed, word):
    value, finding = clean(typed, Kind.TOWNSHIP)
    assert value in ("330424101", "330424001")
    assert (finding.severity, word in finding.message) == (NOTE, True)


@pytest.mark.parametrize(
    ("typed", "word"),
    [("沈当镇", "是不是“沈荡镇”"), ("330402001", "不是镇"), (3.5, "不是地名"), ("中钱村", "不是镇")],
)
def test_townships_that_are_none(typed, word):
    assert word in refused(typed, Kind.TOWNSHIP)


def test_villages_are_looked_up_in_their_township():
    find = PLACES.find
    assert find("新丰村", VILLAGE, "330424101") == "330424101202"
    assert find("新丰", VILLAGE, "330424102") == "330424102201"
    assert find("百步镇新丰村", VILLAGE) == "330424102201"
    assert find("城西居委会", VILLAGE).value == "330424001001"
    both = find("新丰村", VILLAGE)
    assert isinstance(both, Flawed)
    assert "沈荡镇新丰村、百步镇新丰村" in both.message
    assert "属于 沈荡镇中钱村，不在百步镇" in find("中钱村", VILLAGE, "330424102").message
    assert "不在" in find("330424101201", VILLAGE, "330424102").message


def test_short_names_keep_two_characters():
    assert short_name("沈荡镇", TOWNSHIP) == "沈荡"
    assert short_name("中钱村村民委员会", VILLAGE) == "中钱村"
    assert short_name("镇", TOWNSHIP) == "镇"


def test_reading_helpers():
    assert plain("a  b") == "a b"
    assert squeezed(" １ 2\u200b ") == "12"
    assert as_typed(330424195001010000) == "3.30424E+17"
    assert as_typed(60.0) == "60"
