"""The sheet of assessments (能力评估台账): results as they were printed, older scales kept and mapped."""

import datetime as dt
from collections.abc import Iterator

from eldercare.excel.cleaning import CleanBatch
from eldercare.excel.columns import Column, Kind, Severity
from eldercare.excel.ledgers import Check, Field, Ledger, Prepare, Situation, Target, register
from eldercare.models import OrgUnit
from eldercare.permissions import Permission
from facilities.resources.common import choices, tell
from subsidies.actions.assessments import plain, settings_for
from subsidies.models import Ability, Assessment, LevelMapping
from subsidies.resources.common import (
    ID_NUMBER,
    NAME,
    PERSON,
    PERSON_CHECKS,
    TOUCHED,
    add_name_keys,
    parts_of,
    who_is,
)
from subsidies.rules.assessments import FULL, LEVELS, NEVER_MAPPED, check_dates, level_of, valid_until

Standard = Assessment.Standard
LEVEL_WORDS = {name: level for level, name in enumerate(LEVELS)} | {
    "完好": 0, "正常": 0, "轻度": 1, "中度": 2, "重度": 3, "完全": 4, "轻度受损": 1, "中度受损": 2, "重度受损": 3,
}  # fmt: skip
# Words that only one scale has tell which it is, where the sheet does not.
SCALE_OF_WORD = (
    dict.fromkeys(LEVELS, Standard.GBT_42195)
    | dict.fromkeys(("自理", "半自理", "不能自理", "半失能"), Standard.THREE_LEVELS)
    | dict.fromkeys(("介助", "介护", "特级护理", "一级护理", "二级护理", "三级护理"), Standard.CARE_LEVEL)
)
COLUMNS: tuple[Column, ...] = (
    NAME,
    ID_NUMBER,
    Column("standard", "评估标准", aliases=("依据标准", "评估依据"), kind=Kind.CHOICE, width=20, choices=choices(Standard.choices, gbt42195="GB/T42195 GBT42195 国标 GB/T42195-2022 老年人能力评估规范", mzt039="MZ/T039 MZT039 行标 MZ/T039-2013", three_levels="自理程度 三级 生活自理能力", care_level="护理等级 机构护理等级"), help="不填的按结论的写法认。"),
    Column("reason", "评估原因", aliases=("评估类型",), kind=Kind.CHOICE, width=14, choices=choices(Assessment.Reason.choices, first="首次", regular="常规 定期评估 复评", immediate="即时 动态评估"), help="不填的为首次评估。"),
    Column("assessed_on", "评估日期", aliases=("评估时间", "评定日期"), kind=Kind.DATE, required=True, width=14, coarsest="day"),
    Column("total", "总分", aliases=("评估总分", "得分", "评估得分"), kind=Kind.INTEGER, unit="分", minimum=0, maximum=200, width=8),
    Column("conclusion", "评估结论", aliases=("结论", "等级", "评估等级", "能力等级", "评估结果", "失能等级", "结论/等级"), width=16, max_length=40, help="按报告原样填写，如 中度失能、半自理。"),
    Column("valid_until", "有效期至", aliases=("有效期", "到期日期", "有效截止日期"), kind=Kind.DATE, width=14, coarsest="day", help="当日仍有效；不填的按本县评估设置推算。"),
    Column("first_assessor", "评估员甲", aliases=("评估员", "评估员1", "评估员一", "主评估员"), kind=Kind.NAME, width=12, max_length=40),
    Column("second_assessor", "评估员乙", aliases=("评估员2", "评估员二", "副评估员"), kind=Kind.NAME, width=12, max_length=40),
    Column("agency", "评估机构", aliases=("评估单位", "第三方评估机构"), width=24, max_length=80),
    Column("note", "备注", aliases=("说明",), width=20, max_length=200),
)  # fmt: skip
BY_KEY = {column.key: column for column in COLUMNS} | {"level": Column("level", "评估结论")}


class _Mapping:
    """What the words of an older scale mean, by the county's table."""

    def __init__(self) -> None:
        table = LevelMapping.objects.values_list("standard", "original", "level")
        self.levels = {(standard, plain(original)): level for standard, original, level in table}

    def level(self, standard: str, words: str) -> int | None:
        return None if plain(words) in NEVER_MAPPED else self.levels.get((standard, plain(words)))


def _prepare(situation: Situation) -> Prepare:
    mapping = _Mapping()
    months = settings_for(situation.unit).valid_months

    def prepare(rows: CleanBatch) -> None:
        add_name_keys(rows)
        values = rows.values
        derived: dict[str, list] = {
            "level_number": [],
            "level_mapped": [],
            "original": [],
            "valid_default": [],
        }
        for index, (standard, words, total, day, until) in enumerate(
            zip(
                *(values[key] for key in ("standard", "conclusion", "total", "assessed_on", "valid_until")),
                strict=True,
            )
        ):
            standard = standard or _scale(situation, rows, index, words, total)
            values["standard"][index] = standard
            level, mapped = None, None
            if standard == Standard.GBT_42195:
                level = _level(situation, rows, index, words, total)
            elif standard:
                mapped = _mapped(situation, rows, index, mapping, standard, words)
            derived["level_number"].append(level)
            derived["level_mapped"].append(mapped)
            derived["original"].append(words if standard and standard != Standard.GBT_42195 else None)
            derived["valid_default"].append(valid_until(day, months) if day else None)
            dates = {"assessed_on": day, "valid_until": until, "today": situation.as_of}
            tell(situation, rows, index, check_dates(dates), BY_KEY)
        values |= derived
        _two_assessors(situation, rows)

    return prepare


def _scale(
    situation: Situation, rows: CleanBatch, index: int, words: str | None, total: int | None
) -> str | None:
    if not words and total is None:
        situation.say(rows, index, BY_KEY["conclusion"], "评估结论和总分至少填一项。")
        return None
    found = SCALE_OF_WORD.get(plain(words)) if words else Standard.GBT_42195
    if found is None:
        message = f"从“{words[:20]}”看不出是哪种评估标准，请填写评估标准。"
        situation.say(rows, index, BY_KEY["standard"], message)
    return found


def _level(
    situation: Situation, rows: CleanBatch, index: int, words: str | None, total: int | None
) -> int | None:
    """Of GB/T 42195: as it was concluded; points may make it worse than concluded, never the other way round."""
    column = BY_KEY["conclusion"]
    if total is not None and total > FULL:
        situation.say(
            rows,
            index,
            BY_KEY["total"],
            f"GB/T 42195 的总分最高 {FULL} 分，请核对评估标准和总分。",
            value=total,
        )
        return None
    by_points = level_of(total) if total is not None else None
    if not words:
        return by_points
    level = LEVEL_WORDS.get(plain(words))
    if level is None:
        situation.say(rows, index, column, f"GB/T 42195 的结论应为{'、'.join(LEVELS)}之一。", value=words)
    elif by_points is not None and level < by_points:
        message = f"总分 {total} 分应为{LEVELS[by_points]}或更重，结论写“{words[:20]}”，请核对。"
        situation.say(rows, index, column, message, value=words)
    elif by_points is not None and level > by_points:
        message = f"总分 {total} 分对应{LEVELS[by_points]}，按等级变更后的{LEVELS[level]}登记。"
        situation.say(rows, index, column, message, Severity.NOTE, words)
    return level


def _mapped(
    situation: Situation, rows: CleanBatch, index: int, mapping: _Mapping, standard: str, words: str | None
) -> int | None:
    if not words:
        situation.say(rows, index, BY_KEY["conclusion"], "这种评估标准要填评估结论，请按报告原样填写。")
        return None
    level = mapping.level(standard, words)
    if level is None and standard == Standard.MZT_039 and plain(words) in LEVELS:
        level = LEVEL_WORDS[plain(words)]
    if level is None:
        message = f"“{words[:20]}”在等级对照里没有对应的能力等级，写入后须逐人确认。"
        situation.say(rows, index, BY_KEY["conclusion"], message, Severity.NOTE, words)
    return level


def _two_assessors(situation: Situation, rows: CleanBatch) -> None:
    pairs = zip(rows.values["first_assessor"], rows.values["second_assessor"], strict=True)
    for index, (first, second) in enumerate(pairs):
        if first and first == second:
            message = "两名评估员不能是同一人，请填写实际参加评估的另一人。"
            situation.say(rows, index, BY_KEY["second_assessor"], message)


def _present_rows(unit: OrgUnit, as_of: dt.date) -> Iterator[dict]:
    for each in parts_of(Assessment.objects.valid_on(as_of), unit):
        level = LEVELS[each.level] if each.level is not None else ""
        yield who_is(each.elder) | {key: getattr(each, key) for key in PLAIN} | {
            "conclusion": level if each.standard == Standard.GBT_42195 else each.original
        }  # fmt: skip


PLAIN = (
    "standard",
    "reason",
    "assessed_on",
    "total",
    "valid_until",
    "first_assessor",
    "second_assessor",
    "agency",
    "note",
)
CASES = " ".join(f"WHEN {level} THEN '{name}'" for level, name in Ability.choices)
WORDS_OF_LEVEL = f"CASE assessment.level {CASES} END"
OUT_OF_LIFE = """
    SELECT s.row, CASE WHEN s.assessed_on < e.born_on THEN '评估日期早于出生日期，请核对。'
                       ELSE '评估日期晚于登记的死亡日期，请核对。' END
      FROM {stage} s JOIN subsidies_elder e ON e.id_number = s.id_number
       AND (s.assessed_on < e.born_on OR s.assessed_on > e.died_on)
      JOIN eldercare_orgunit u ON u.id = e.org_unit_id
      LEFT JOIN eldercare_orgunit r ON r.id = e.residence_unit_id
     WHERE u.path LIKE %(path)s || '%%' OR r.path LIKE %(path)s || '%%'"""

OTHER_WORDS = """
    SELECT s.row, '这次评估已登记，原结论是“' || a.original || '”，与本行不同；有误的请在网页上更正。'
      FROM {stage} s JOIN subsidies_elder e ON e.id_number = s.id_number
      JOIN subsidies_assessment a ON a.elder_id = e.id AND a.assessed_on = s.assessed_on
       AND a.standard = s.standard AND a.original <> s.original
      JOIN eldercare_orgunit u ON u.id = e.org_unit_id
      LEFT JOIN eldercare_orgunit r ON r.id = e.residence_unit_id
     WHERE u.path LIKE %(path)s || '%%' OR r.path LIKE %(path)s || '%%'"""

register(
    Ledger(
        key="assessments",
        position=22,
        label="能力评估台账",
        title="能力评估台账",
        row_name="评估",
        measure_word="次",
        columns=COLUMNS,
        derived={
            "name_key": "text",
            "level_number": "smallint",
            "level_mapped": "smallint",
            "original": "text",
            "valid_default": "date",
        },
        targets=(
            PERSON,
            Target(
                "assessment",
                Assessment,
                join="assessment.elder_id = elder.id AND assessment.assessed_on = s.assessed_on "
                "AND assessment.standard = s.standard",
                parents=("elder",),
                distinct=("elder.id", "s.assessed_on", "s.standard"),
                constants={
                    "elder_id": "elder.id",
                    "assessed_on": "s.assessed_on",
                    "standard": "s.standard",
                },
                fields=(
                    Field("original", "conclusion", source="original", keep=True, default="''"),
                    # Of an older scale a person may have decided otherwise since: the mapping is for new rows only.
                    Field(
                        "level",
                        "conclusion",
                        source="level_number",
                        keep=True,
                        default="s.level_mapped",
                        old=f"coalesce({WORDS_OF_LEVEL}, '')",
                        new="s.conclusion",
                    ),
                    Field("reason", "reason", keep=True, default="'first'"),
                    Field("total", "total", keep=True),
                    Field("valid_until", "valid_until", keep=True, default="s.valid_default"),
                    *(
                        Field(key, key, keep=True, default="''")
                        for key in ("first_assessor", "second_assessor", "agency", "note")
                    ),
                ),
            ),
        ),
        subject="assessment",
        unique=("s.id_number", "s.assessed_on", "s.standard"),
        unique_key="assessed_on",
        row_label="concat_ws(' ', s.name, s.assessed_on)",
        prepare=_prepare,
        checks=(*PERSON_CHECKS, Check("assessed_on", OUT_OF_LIFE), Check("conclusion", OTHER_WORDS)),
        units_touched=TOUCHED,
        present_rows=_present_rows,
        instructions=(
            "一行是一个人的一次评估；同一个人、同一天、同一标准只有一次。",
            "MZ/T 039、自理能力、护理等级的结论按报告原样保留，能力等级按本县的等级对照得出；对照不出的，写入后逐人确认。",
            "各项得分不在本表，需要的请在网页上录入评估表。",
        ),
        permission=Permission.EDIT_PEOPLE,
    )
)
