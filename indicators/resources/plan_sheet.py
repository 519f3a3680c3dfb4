"""The workbook of a plan: sheets 规划 and 指标, and where needed 目标明细 and 基期明细; written from a document.

One row of 指标 is one indicator with all its fields. Targets and starting figures stand in one cell each, as a
person writes them; what the short form does not hold (inferred dates, quotes) is in the two sheets of details.
"""

import json
from collections.abc import Iterable, Iterator
from typing import IO

from eldercare.excel.columns import Choice, Column, Kind
from eldercare.excel.template import Page, write_pages
from indicators.models import Indicator, Metric, Plan
from indicators.models.plans import Comparator
from indicators.plan_documents import Row, bases_text, targets_text

PLAN, ENTRIES, TARGETS, BASELINES, METRICS = "规划", "指标", "目标明细", "基期明细", "基础指标"
NOTHING = ("",)  # a dash is a text here
TOTAL = "total"  # the sheet's code for what is the empty one in the database


def _choices(pairs: Iterable[tuple[str, str]]) -> tuple[Choice, ...]:
    return tuple(Choice(code or TOTAL, label, (code,) if code else ()) for code, label in pairs)


def _column(key: str, width: float = 14, **more) -> Column:
    field = Indicator._meta.get_field(key)
    kinds = {"BooleanField": Kind.YESNO, "PositiveSmallIntegerField": Kind.INTEGER}
    kind = Kind.CHOICE if field.choices else kinds.get(field.get_internal_type(), Kind.TEXT)
    given = {"choices": _choices(field.flatchoices)} if field.choices else {}
    if kind is Kind.INTEGER:
        given |= {"minimum": 0, "maximum": 9_999}
    longest = field.max_length or 10_000
    heading = more.pop("heading", str(field.verbose_name))
    help_text = more.pop("help", str(field.help_text))
    return Column(key, heading, kind=kind, width=width, max_length=longest, help=help_text, empty_words=NOTHING, **given, **more)  # fmt: skip


def _text(key: str, heading: str, width: float = 20, **more) -> Column:
    return Column(key, heading, width=width, max_length=10_000, empty_words=NOTHING, **more)


COMPARING = tuple(
    Choice(code, label, aliases)
    for (code, label), aliases in zip(
        Comparator.choices,
        (
            ("不低于", "不少于", ">="),
            ("超过", "＞"),
            ("不高于", "不超过", "<="),
            ("低于", "少于", "＜"),
            ("等于", "＝"),
        ),
        strict=True,
    )
)
HOW_TARGETS = "如 ≥60（2025年）；几个目标用分号隔开，原文没有数值的写“无数值（2025年）”。也可以改填“目标值”和“期限”两列。"
COLUMNS = (
    _column("number", 7, required=True),
    _column("name", 34, required=True, aliases=("指标", "指标名称")),
    _column("group", 18, help="不填的，归入“主要指标”。"),
    _column("role", 12, help="不填的，按“目标”。"),
    _column("value_kind", 10, help="不填的：登记的是“是非”，公式带除号的是“比率”，其余是“数量”。"),
    _column("unit", 10, aliases=("单位", "计量单位"), help="公式算出的数值的单位，如 %、张、人。"),
    _column("formula", 50, help="用基础指标的名称或代码，如 护理型床位数 / 养老机构床位数 * 100；名称见工作表“基础指标”。空着只作说明，不计算；“是非”的登记空着即可。"),
    _column("input_source", 12, help="“按指标登记”的由县级逐项登记（是非、次数），不进月报。"),
    Column("comparator", "判定", kind=Kind.CHOICE, choices=COMPARING, width=8, help="目标没有写比较符号时用它；不填的，按 ≥。"),
    _text("targets", "目标", 28, help=HOW_TARGETS),
    _text("target_value", "目标值", 10, help="只有一个目标时可以填这里，如 60。"),
    _text("target_due", "期限", 12, help="“目标值”的期限，如 2025年、2025-12-31；不填的，是规划期止。"),
    _text("baselines", "基期值", 20, help="如 54.2（2020年）。"),
    _column("decimals", 8, help="0 到 4，不填的是 1。"),
    _column("is_soft", 10),
    _column("is_headline", 10, help="在看板上作为重点指标。"),
    _column("recurrence", 10, help="每年都要达到一次的目标填“每年”。"),
    _column("recurs_from", 8),
    _column("recurs_to", 8),
    _column("recurrence_note", 16),
    _column("judging", 18),
    _column("judged_level", 14, help="逐个判定时，判定到哪一级。"),
    _column("judged_per", 18),
    _column("judged_where", 18),
    _text("only_units", "只限单位", 18, help="单位代码，用顿号隔开；空着是全部。"),
    _column("projection", 10, aliases=("推算",), help="到期数值怎样推算；不填的，自动：按近 12 个月的数选择。"),
    _column("scope", 26),
    _column("filter_text", 18),
    _column("period", 10),
    _column("place", 18, help="在文件里的位置，如 专栏1第3行。"),
    _column("quote", 44, help="照录原文。"),
    _column("printed_unit", 10),
    _column("printed_comparator", 12),
    _column("printed_target", 14),
    _column("converted_target", 14),
    _column("formula_note", 24),
    _text("alternatives", "其他口径", 24, help="导出用的格式，一般不填。"),
    _column("table_row", 20),
    _text("restated", "同义表述", 24, help="原文另一处的说法；几处用竖线 | 隔开。"),
    _column("notes", 30),
    _column("is_approximate", 8),
    _column("is_irrelevant", 10),
    _column("is_active", 8, help="不填的，是启用。"),
    _column("value_type", 12, help="一般不填。"),
    _column("document_code", 14, help="不填的，由系统编号。"),
)  # fmt: skip
TARGET_COLUMNS = (
    Column("number", "序号", kind=Kind.INTEGER, required=True, width=8),
    _text("due_on", "期限", 14, required=True),
    Column("is_due_inferred", "期限为推定", kind=Kind.YESNO, width=12),
    Column("is_interim", "中间目标", kind=Kind.YESNO, width=10),
    _text("quote", "原文", 40),
    _text("other_due_on", "另一处写的期限", 16),
    _text("other_due_note", "另一处的出处", 24),
)
BASELINE_COLUMNS = (
    Column("number", "序号", kind=Kind.INTEGER, required=True, width=8),
    Column("year", "印刷年份", kind=Kind.INTEGER, required=True, width=10),
    _text("value", "数值", 12, required=True),
    _text("kind", "性质", 20),
    _text("printed_label", "原文标签", 20),
    _text("note", "出处说明", 30),
    Column("is_path_start", "作为目标路径起点", kind=Kind.YESNO, width=16),
    _text("effective_on", "视为何时的数值", 16),
)
PLAN_COLUMNS = (
    _text("item", "项目", 22, required=True),
    _text("content", "内容", 50),
    _text("how", "怎样填", 50),
)
HOW_PLAN = {
    "code": "小写字母、数字、短横线；空着由系统编。与已有规划相同的，是修改那个规划。",
    "title": "必填。文件全称。",
    "short_title": "必填。菜单和表头里用的简称，40 字以内。",
    "issuer": "发文机关。",
    "published_on": "如 2026-01-15。",
    "starts_on": "必填。如 2026-01-01。",
    "ends_on": "必填。如 2030-12-31。",
    "base_year": "如 2025；空着以规划期前一个月为起点。",
    "document_number": "如 盐政发〔2026〕1号。",
    "provenance": "转载、脱敏、日期不明等。",
    "upstream": "几份文件用竖线 | 隔开。",
    "printed_sums": "导出用的格式，一般不填。",
    "report_day": "1 到 28；空着是 20。",
    "weekend_rule": "不顺延 或 遇周末顺延至周一。",
    "lock_after_days": "空着是 5。",
}
LABELS = {key: "代码" if key == "code" else str(Plan._meta.get_field(key).verbose_name) for key in HOW_PLAN}
RULES = (
    "工作表“规划”填规划本身，“指标”一行一条指标；带 * 的必填，不用的列可以空着或删去，表头文字不要改。",
    "两行示例可以留着或整行删去：名称以“示例：”开头的行不会读入。",
    "公式可以写基础指标的名称或代码，用 + - * / 和括号；名称、代码和口径见工作表“基础指标”。",
    "上传后先看到变更单：新增、逐格修改、没有变化、文件里没有的指标都列出来，确认之后才写入。",
    "确认后规划即在本单位执行，已有数据的月份自动汇总，看板随即显示。",
)
EXAMPLE = "示例："


def cells_of(entry: Row) -> Row:
    """A document's indicator as the row of its sheet."""
    row = {column.key: entry.get(column.key) for column in COLUMNS}
    for column in COLUMNS:
        if (
            column.kind is Kind.CHOICE
            and row[column.key] == ""
            and any(c.code == TOTAL for c in column.choices)
        ):
            row[column.key] = TOTAL
    return row | {
        "targets": targets_text(entry["targets"]),
        "baselines": bases_text(entry["baselines"]),
        "only_units": "、".join(entry["only_units"]),
        "restated": "|".join(entry["restated"]),
        "alternatives": json.dumps(entry["alternatives"], ensure_ascii=False)
        if entry["alternatives"]
        else "",
    }


def plan_cells(code: str, facts: Row) -> Iterator[Row]:
    shown = facts | {
        "code": code,
        "upstream": "|".join(facts.get("upstream") or []),
        "printed_sums": json.dumps(facts["printed_sums"], ensure_ascii=False)
        if facts.get("printed_sums")
        else "",
    }
    rules = dict(Plan.WeekendRule.choices)
    shown["weekend_rule"] = rules.get(shown.get("weekend_rule"), "")
    for key, how in HOW_PLAN.items():
        value = shown.get(key)
        yield {"item": LABELS[key], "content": "" if value is None else str(value), "how": how}


EXAMPLES = (
    {
        "number": 1, "name": f"{EXAMPLE}护理型床位占机构床位比例", "group": "主要指标", "role": "target",
        "value_kind": "ratio", "unit": "%", "formula": "nursing_beds / institution_beds * 100",
        "input_source": "reported", "comparator": ">=", "targets": "≥55（2027年）；≥60（2030年）",
        "baselines": "52（2025年）", "decimals": 1, "is_soft": False, "is_headline": True, "is_active": True,
        "place": "专栏1第1行", "quote": "到2030年，护理型床位占比不低于60%",
    },
    {
        "number": 2, "name": f"{EXAMPLE}养老机构床位数", "group": "主要指标", "role": "target", "unit": "张",
        "formula": "养老机构床位数", "comparator": ">=", "target_value": "5000", "target_due": "2030年",
        "place": "专栏1第2行", "quote": "机构床位达到5000张",
    },
)  # fmt: skip


def write_empty(file: IO[bytes]) -> None:
    """The template: nothing filled in but two rows that are recognisably examples."""
    _write(file, "", {}, EXAMPLES)


def write_plan(file: IO[bytes], document: Row) -> None:
    """The plan as the same workbook."""
    rows = [cells_of(entry) for entry in document["indicators"]]
    details = [
        Page(TARGETS, TARGET_COLUMNS, list(_details(document, "targets"))),
        Page(BASELINES, BASELINE_COLUMNS, list(_details(document, "baselines"))),
    ]
    _write(file, document["code"], document["plan"], rows, details)


def _details(document: Row, kind: str) -> Iterator[Row]:
    for entry in document["indicators"]:
        for each in entry[kind]:
            yield {"number": entry["number"]} | each


def _write(file: IO[bytes], code: str, facts: Row, rows: Iterable[Row], details: Iterable[Page] = ()) -> None:
    described = Page(ENTRIES, COLUMNS, rows)
    plan = Page(PLAN, PLAN_COLUMNS, list(plan_cells(code, facts)))
    metrics = Page(METRICS, METRIC_COLUMNS, list(_metric_rows()))
    write_pages(file, [plan, described, *details, metrics], described=described, instructions=RULES)


METRIC_COLUMNS = (
    _text("name", "名称", 36),
    _text("code", "代码", 40),
    _text("unit", "单位", 10),
    _text("nature", "性质", 10),
    _text("definition", "口径", 80),
)


def _metric_rows() -> Iterator[Row]:
    for metric in Metric.objects.order_by("group", "position"):
        yield {
            "name": metric.name,
            "code": metric.code,
            "unit": metric.unit,
            "nature": metric.get_nature_display(),
            "definition": metric.definition,
        }
