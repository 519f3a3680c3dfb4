"""Ability of the elderly (老年人能力评估) after GB/T 42195-2022: items, bands, what aggravates a level.

Points count upwards: 90 is able in everything. Levels count downwards in ability: 0 intact … 4 complete disability.
"""

import calendar
import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, NamedTuple

from facilities.rules.remarks import Remark


class Item(NamedTuple):
    name: str
    full: int


class Group(NamedTuple):
    """A first-level indicator (一级指标) with its items, in the order of the standard."""

    code: str
    name: str
    items: tuple[Item, ...]

    @property
    def full(self) -> int:
        return sum(item.full for item in self.items)


def _group(code: str, name: str, **items: int) -> Group:
    return Group(code, name, tuple(Item(each, full) for each, full in items.items()))


GROUPS = (
    _group("B1", "自理能力", 进食=4, 修饰=4, 洗澡=4, **{"穿/脱上衣": 4, "穿/脱裤子和鞋袜": 4}, 小便控制=4, 大便控制=4, 如厕=4),
    _group("B2", "基础运动能力", 床上体位转移=4, 床椅转移=4, 平地行走=4, 上下楼梯=3),
    _group(
        "B3", "精神状态",
        时间定向=4, 空间定向=4, 人物定向=4, 记忆=4, 理解能力=4, 表达能力=4, 攻击行为=1, 抑郁症状=1, 意识水平=2,
    ),
    _group("B4", "感知觉与社会参与", 视力=2, 听力=2, 执行日常事务=4, 使用交通工具外出=3, 社会交往能力=4),
)  # fmt: skip
ITEMS = tuple(item for group in GROUPS for item in group.items)
FULL = sum(item.full for item in ITEMS)

LEVELS = ("能力完好", "轻度失能", "中度失能", "重度失能", "完全失能")
INTACT, COMPLETE = 0, 4
LOWEST = (90, 66, 46, 30, 0)  # fewest points of each level
# What "half able" is on the scale of five nobody can know from the words: a person looks and decides.
NEVER_MAPPED = frozenset({"半失能", "半自理", "部分失能", "部分自理"})
STARK = 2  # a difference in levels that is worth a second look


@dataclass(frozen=True)
class Aggravation:
    """What makes a level worse than the points say (等级变更条款); the county sets it."""

    coma_level: int = COMPLETE
    dementia_steps: int = 1
    risk_event_limit: int = 2
    risk_steps: int = 1


class Verdict(NamedTuple):
    """``preliminary`` is what the points say; ``because`` why ``level`` is worse, in words."""

    total: int
    preliminary: int
    level: int
    because: tuple[str, ...]


def level_of(total: int) -> int:
    """The band of a total. Raises ValueError for what 26 items cannot add up to."""
    if not 0 <= total <= FULL:
        raise ValueError(f"A total lies between 0 and {FULL}, not {total}.")
    return next(level for level, lowest in enumerate(LOWEST) if total >= lowest)


def judge(
    items: Sequence[int],
    *,
    is_comatose: bool = False,
    has_dementia: bool = False,
    risk_events: int = 0,
    rules: Aggravation = Aggravation(),
) -> Verdict:
    """The level of 26 scores. Aggravations add up, up to complete disability; none ever makes a level better.

    Raises ValueError for scores that the standard does not know.
    """
    if len(items) != len(ITEMS) or any(
        not 0 <= score <= item.full for score, item in zip(items, ITEMS, strict=True)
    ):
        raise ValueError("These are not the scores of 26 items.")
    total = sum(items)
    level = preliminary = level_of(total)
    because = []
    if has_dementia and rules.dementia_steps:
        level += rules.dementia_steps
        because.append(f"有痴呆或精神行为障碍诊断，加重 {rules.dementia_steps} 级")
    if rules.risk_steps and risk_events >= max(rules.risk_event_limit, 1):
        level += rules.risk_steps
        because.append(f"近30天照护风险事件 {risk_events} 次，加重 {rules.risk_steps} 级")
    level = min(level, COMPLETE)
    if is_comatose and rules.coma_level >= level:
        level = rules.coma_level
        because = [f"处于昏迷状态，直接评为{LEVELS[level]}"]
    return Verdict(total, preliminary, level, tuple(because))


def explain(verdict: Verdict) -> str:
    """How the level came about, in one sentence: the points with their band, then what made it worse."""
    lowest = LOWEST[verdict.preliminary]
    highest = FULL if verdict.preliminary == INTACT else LOWEST[verdict.preliminary - 1] - 1
    band = f"{lowest} 分" if lowest == highest else f"{lowest}～{highest} 分"
    sentence = f"总分 {verdict.total} 分，属{LEVELS[verdict.preliminary]}（{band}）"
    if not verdict.because:
        return f"{sentence}，没有加重情形，评定为{LEVELS[verdict.level]}。"
    capped = "（已是最重一级）" if verdict.preliminary == COMPLETE else ""
    return f"{sentence}；{'；'.join(verdict.because)}{capped}，评定为{LEVELS[verdict.level]}。"


def subtotals(items: Sequence[int]) -> list[int]:
    """Points per group, in their order."""
    ends = [0]
    for group in GROUPS:
        ends.append(ends[-1] + len(group.items))
    return [sum(items[first:until]) for first, until in pairwise(ends)]


def valid_until(assessed_on: dt.date, months: int) -> dt.date | None:
    """The last day on which a result holds; None for ``months`` 0, without an end.

    24 months from 10 June 2025 end with 9 June 2027; where the month has no such day, with its last.
    """
    if not months:
        return None
    whole = assessed_on.year * 12 + assessed_on.month - 1 + months
    year, month = whole // 12, whole % 12 + 1
    last = calendar.monthrange(year, month)[1]
    if assessed_on.day > last:
        return dt.date(year, month, last)
    return dt.date(year, month, assessed_on.day) - dt.timedelta(days=1)


def check_scored(row: Mapping[str, Any]) -> list[Remark]:
    """What is wrong with an assessment after GB/T 42195, besides its scores. Keys as those of the model, and
    ``today born_on died_on level previous_level``."""
    first, second = (str(row.get(key) or "").strip() for key in ("first_assessor", "second_assessor"))
    remarks = check_dates(row)
    if first and second and "".join(first.split()) == "".join(second.split()):
        remarks.append(Remark("second_assessor", "两名评估员不能是同一人，请填写实际参加评估的另一人。"))
    return remarks


def check_dates(row: Mapping[str, Any]) -> list[Remark]:
    """What is wrong with the dates, and a level far from the one before."""
    remarks = []
    day, until = row.get("assessed_on"), row.get("valid_until")
    born, died = row.get("born_on"), row.get("died_on")
    if day and day > row["today"]:
        remarks.append(Remark("assessed_on", "评估日期还没有到，请核对。"))
    if day and born and day < born:
        remarks.append(Remark("assessed_on", f"评估日期早于出生日期（{born}），请核对。"))
    if day and died and day > died:
        remarks.append(Remark("assessed_on", f"评估日期晚于死亡日期（{died}），请核对。"))
    if day and until and until < day:
        remarks.append(Remark("valid_until", "有效期不能早于评估日期。"))
    level, before = row.get("level"), row.get("previous_level")
    if level is not None and before is not None and abs(level - before) >= STARK:
        words = f"上一次评估为{LEVELS[before]}，这一次为{LEVELS[level]}，相差两级以上，请核对。"
        remarks.append(Remark("level", words, False))
    return remarks


class TagDoubt(NamedTuple):
    """A tag that does not go with the assessment in force."""

    kind: str
    words: str


def doubts(
    *, level: int | None, has_dementia: bool | None, is_disabled: bool, is_demented: bool
) -> list[TagDoubt]:
    """Where the tags 失能 and 失智 disagree with what was assessed. None: not known."""
    found = []
    if level is not None and (level > INTACT) != is_disabled:
        held = "有“失能”类别" if is_disabled else "没有“失能”类别"
        found.append(TagDoubt("disabled", f"评估为{LEVELS[level]}，档案中{held}。"))
    if has_dementia is not None and has_dementia != is_demented:
        words = (
            "评估记有痴呆或精神行为障碍，档案中没有“失智”类别；属于痴呆的请补登。"
            if has_dementia
            else "评估没有记痴呆或精神行为障碍，档案中有“失智”类别。"
        )
        found.append(TagDoubt("dementia", words))
    return found
