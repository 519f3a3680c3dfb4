"""The sheet of kinds of persons (人员类别): one row says that a kind held from one day to another."""

import datetime as dt
from collections.abc import Iterator

from django.db import connection

from eldercare.excel.cleaning import CleanBatch
from eldercare.excel.columns import Column, Kind
from eldercare.excel.ledgers import Field, Ledger, Prepare, Situation, Target, ledger_of, register
from eldercare.excel.staging import Stage
from eldercare.models import ImportBatch, OrgUnit
from eldercare.permissions import Permission
from eldercare.spells import ONE_DAY
from facilities.resources.common import choices
from subsidies.models import Elder, ElderTag
from subsidies.resources.common import (
    ID_NUMBER,
    NAME,
    PERSON,
    PERSON_CHECKS,
    TOUCHED,
    add_name_keys,
    filled,
    not_in_future,
    parts_of,
    who_is,
)
from subsidies.resources.elder_columns import TAGS

OTHER_NAMES = {str(kind): " ".join(names) for kind, names in TAGS.items()} | {
    "destitute_central": "集中特困 特困集中 特困集中供养 城乡特困集中",
    "destitute_scattered": "分散特困 特困分散 特困分散供养 城乡特困分散",
    "other_disability": "三四级智力残疾 三四级精神残疾",
    "former_poor": "脱贫人口 监测对象 建档立卡 脱贫户",
    "long_term_care": "长护险 长期护理保险",
    "in_hospital": "住院中",
    "away": "外出务工 外出居住",
}
COLUMNS: tuple[Column, ...] = (
    NAME,
    ID_NUMBER,
    Column("kind", "类别", aliases=("人员类别", "对象类别", "标签", "享受类别"), kind=Kind.CHOICE, required=True, width=20, choices=choices(ElderTag.Kind.choices, **OTHER_NAMES)),
    Column("started_on", "起始日期", aliases=("开始日期", "起始时间", "批准日期", "认定日期"), kind=Kind.DATE, required=True, width=14),
    Column("ended_on", "截止日期", aliases=("结束日期", "终止日期", "最后一天", "截止时间"), kind=Kind.DATE, width=14, coarsest="day", empty_words=("-", "—", "——", "/", "--", "至今", "长期"), help="最后一天，当日仍有效；至今有效的不填。"),
    Column("source", "来源", aliases=("数据来源", "依据"), width=24, max_length=80, help="如：2026年3月低保台账、入户核查。"),
)  # fmt: skip
BY_KEY = {column.key: column for column in COLUMNS}

# The period of the row is added; a period that it overlaps ends where the row ends; others stay.
PERIOD = "daterange(s.started_on, s.until)"
RESULT = """((SELECT coalesce(range_agg(CASE WHEN had && [period] THEN had * daterange(NULL, s.until) ELSE had END),
                                 '{}'::datemultirange) FROM unnest([held]) had) + datemultirange([period]))"""


def _result(held: str) -> str:
    return filled(RESULT, period=PERIOD, held=held)


def _prepare(situation: Situation) -> Prepare:
    def prepare(rows: CleanBatch) -> None:
        add_name_keys(rows)
        values = rows.values
        uploaded = f"{situation.as_of.year}年{situation.as_of.month}月上传"
        values["source_now"] = [each or uploaded for each in values["source"]]
        values["until"] = [each and each + ONE_DAY for each in values["ended_on"]]
        for index, (begins, ends) in enumerate(zip(values["started_on"], values["ended_on"], strict=True)):
            if begins and ends and ends < begins:
                values["until"][index] = None  # no range of the database
                situation.say(rows, index, BY_KEY["ended_on"], "截止日期早于起始日期，请核对。", value=ends)
        not_in_future(situation, rows, BY_KEY["started_on"])

    return prepare


def _add_periods(batch: ImportBatch) -> None:
    """To the kinds that a person had before: one row each, whatever its periods. The engine made the others."""
    if batch.status != ImportBatch.Status.APPLIED:
        return
    table = Stage(batch, ledger_of(batch.ledger)).table
    with connection.cursor() as cursor:
        cursor.execute(
            f"""UPDATE subsidies_eldertag t SET held = {_result("t.held")}, source = coalesce(s.source, t.source)
                  FROM {table} s JOIN subsidies_elder e ON e.id_number = s.id_number
                 WHERE NOT s.bad AND t.elder_id = e.id AND t.kind = s.kind
                   AND t.held <> {_result("t.held")}"""  # noqa: S608 - names of the engine's own
        )


def _present_rows(unit: OrgUnit, as_of: dt.date) -> Iterator[dict]:
    for each in parts_of(ElderTag.objects.filter(held__on=as_of), unit):
        spell = next(
            spell
            for spell in each.held
            if spell.first <= as_of and (spell.until is None or as_of < spell.until)
        )
        yield who_is(each.elder) | {
            "kind": each.kind,
            "started_on": spell.first,
            "ended_on": spell.last,
            "source": each.source,
        }


NEWCOMER = Target(
    "newcomer",  # a person without this kind so far: only for these a row is made
    Elder,
    join="""newcomer.id_number = s.id_number AND NOT EXISTS (
        SELECT 1 FROM subsidies_eldertag had WHERE had.elder_id = newcomer.id AND had.kind = s.kind)""",
    when="newcomer.id IS NOT NULL",
    distinct=("s.id_number",),
    constants={"id_number": "s.id_number"},
    fields=(),
)
TAG = Target(
    "tag",
    ElderTag,
    # A row whose period stands already says nothing; any other is a new period.
    join=f"tag.elder_id = elder.id AND tag.kind = s.kind AND tag.held = {_result('tag.held')}",
    parents=("elder", "newcomer"),
    distinct=("newcomer.id", "s.kind"),
    constants={
        "elder_id": "newcomer.id",
        "kind": "s.kind",
        "held": f"datemultirange({PERIOD})",
        "source": "s.source_now",
    },
    fields=(
        Field("kind", "kind", keep=True),  # the same by the join: for the slip
        Field("source", "source", keep=True, default="s.source_now"),
    ),
)

register(
    Ledger(
        key="elder_tags",
        position=21,
        label="人员类别台账",
        title="人员类别台账",
        row_name="类别起止",
        measure_word="条",
        columns=COLUMNS,
        derived={"name_key": "text", "until": "date", "source_now": "text"},
        targets=(PERSON, NEWCOMER, TAG),
        subject="tag",
        unique=("s.id_number", "s.kind"),
        unique_key="kind",
        row_label="concat_ws(' ', s.name, s.started_on || '至' || coalesce(s.ended_on::text, '今'))",
        prepare=_prepare,
        checks=PERSON_CHECKS,
        units_touched=TOUCHED,
        present_rows=_present_rows,
        instructions=(
            "一行是一个人的一种类别的一段时间；同一个人有几种类别的写几行。",
            "写了截止日期的，包含它的那一段到这一天为止；不相连的其他各段不受影响。",
            "一个人同一种类别先后有几段的，分几次上传。",
        ),
        permission=Permission.EDIT_PEOPLE,
        written=_add_periods,
    )
)
