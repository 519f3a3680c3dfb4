"""The sheet of beds (床位台账): one row per bed."""

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterator

from eldercare.excel.cleaning import CleanBatch
from eldercare.excel.columns import Column, Kind, Severity
from eldercare.excel.ledgers import Check, Field, Ledger, Prepare, Situation, Target, register
from eldercare.models import OrgUnit
from facilities.models import Bed
from facilities.resources.common import MOVED, TOWNSHIP, Facilities, Units, choices, facility_names, tell
from facilities.rules.beds import check_bed

COLUMNS: tuple[Column, ...] = (
    TOWNSHIP,
    Column("facility", "机构(设施)名称", aliases=("机构(设施)", "机构名称", "养老机构", "设施名称", "单位名称", "所属机构", "服务机构"), required=True, width=28, max_length=80),
    Column("room", "房间", aliases=("房间号", "房号", "楼层房间"), width=12, max_length=30),
    Column("number", "床号", aliases=("床位号", "床位编号", "编号"), required=True, width=10, max_length=30),
    Column(
        "kind", "床位类型", aliases=("类型", "床位类别"), kind=Kind.CHOICE, width=14, help="不填的，新增床位按机构床位。",
        choices=choices(
            Bed.Kind.choices, institutional="全托床位 全托 养老床位 普通床位 普通", day_care="日托 日间照料床位 休息床位",
            mutual_aid="互助 互助院床位 幸福院床位", family="家庭床位 家庭照护床位 家庭养老照护床位",
        ),
    ),
    Column("nursing", "护理型", aliases=("是否护理型", "护理型床位", "护理床位"), kind=Kind.YESNO, width=10),
    Column("dementia", "认知障碍照护", aliases=("认知症床位", "认知障碍床位", "是否认知障碍照护"), kind=Kind.YESNO, width=12),
    Column("medical", "医养结合", aliases=("医养床位", "是否医养结合"), kind=Kind.YESNO, width=10),
    Column("out_of_service", "暂停使用", aliases=("停用中", "是否停用", "暂停"), kind=Kind.YESNO, width=10),
    Column("in_use_from", "启用日期", aliases=("投用日期", "投入使用日期"), kind=Kind.DATE, width=14, help="不填的，新增床位按数据日期起算。"),
    Column("in_use_to", "停用日期", aliases=("撤销日期", "注销日期"), kind=Kind.DATE, width=14, help="当日起不再计数。"),
    Column("note", "备注", aliases=("说明",), width=20, max_length=100),
)  # fmt: skip
BY_KEY = {column.key: column for column in COLUMNS}
CHECKED = ("kind", "in_use_from", "in_use_to", "nursing", "dementia")
HYPHENS = frozenset("-—–~～至")
SPAN = re.compile("([1-9][0-9]{0,2})[-—–~～至]{1,2}([1-9][0-9]{0,2})").fullmatch


def _prepare(situation: Situation) -> Prepare:
    units = Units(situation)
    known = Facilities(situation, BY_KEY["facility"])
    kinds: dict = {pk: each.kind for pk, each in known.all.items()}
    said: dict[tuple, list] = {}  # few combinations, many beds

    def prepare(rows: CleanBatch) -> None:
        known.fill(rows, units)
        values = rows.values
        values["room"] = [room or "" for room in values["room"]]
        places = [kinds.get(pk) for pk in values["facility_id"]]
        for index, combination in enumerate(zip(*(values[key] for key in CHECKED), places, strict=True)):
            remarks = said.get(combination)
            if remarks is None:
                row = dict(zip((*CHECKED, "facility_kind"), combination, strict=True))
                remarks = said[combination] = check_bed(row, today=situation.as_of)
            if remarks:
                tell(situation, rows, index, remarks, BY_KEY)
        _several_in_one(situation, rows)

    return prepare


def _several_in_one(situation: Situation, rows: CleanBatch) -> None:
    """1-20 makes twenty beds on the page, but one in a sheet. Where 1-1, 1-2 and 1-3 stand together, it is a number."""
    values = rows.values
    if HYPHENS.isdisjoint("".join(filter(None, values["number"]))):
        return
    spans = {
        index: span for index, number in enumerate(values["number"]) if number and (span := SPAN(number))
    }
    room = {
        index: (values["facility_id"][index], values["room"][index], span[1]) for index, span in spans.items()
    }
    times = Counter(room.values())
    for index, span in spans.items():
        first, last = int(span[1]), int(span[2])
        if first < last and times[room[index]] == 1:
            words = f"如果是从 {first} 到 {last} 的 {last - first + 1} 张床，请一行写一张。"
            number = BY_KEY["number"]
            situation.say(
                rows, index, number, f"“{span[0]}”按一张床的床号读取；{words}", Severity.WARNING, span[0]
            )


OCCUPIED = """EXISTS (SELECT 1 FROM facilities_stay y WHERE y.bed_id = {}.id AND y.moved_in_on <= %(as_of)s
                          AND (y.moved_out_on IS NULL OR y.moved_out_on > %(as_of)s))"""


def _present_rows(unit: OrgUnit, as_of: dt.date) -> Iterator[dict]:
    beds = Bed.objects.filter(facility__org_unit__path__startswith=unit.path, in_use_from__lte=as_of)
    for each in beds.exclude(in_use_to__lte=as_of).select_related("facility__org_unit"):
        yield {
            "township": each.facility.org_unit.code,
            "facility": each.facility.name,
            "room": each.room,
            "number": each.number,
            "kind": each.kind,
            "nursing": each.nursing.on(as_of),
            "dementia": each.dementia.on(as_of),
            "medical": each.medical.on(as_of),
            "out_of_service": each.out_of_service.on(as_of),
            "in_use_from": each.in_use_from,
            "in_use_to": each.in_use_to,
            "note": each.note,
        }


register(
    Ledger(
        key="beds",
        position=2,
        label="床位台账",
        title="床位台账",
        row_name="床位",
        measure_word="张",
        columns=COLUMNS,
        derived={"org_unit_id": "bigint", "facility_id": "bigint"},
        targets=(
            Target(
                "bed",
                Bed,
                join="bed.facility_id = s.facility_id AND bed.room = s.room AND bed.number = s.number",
                distinct=("s.facility_id", "s.room", "s.number"),
                constants={"facility_id": "s.facility_id", "room": "s.room", "number": "s.number"},
                fields=(
                    Field("kind", "kind", keep=True, default="'institutional'"),
                    Field("nursing", "nursing"),
                    Field("dementia", "dementia"),
                    Field("medical", "medical"),
                    Field("out_of_service", "out_of_service"),
                    Field("in_use_from", "in_use_from", default="%(as_of)s"),
                    Field("in_use_to", "in_use_to"),
                    Field("note", "note"),
                ),
            ),
        ),
        subject="bed",
        unique=("s.facility_id", "s.room", "s.number"),
        unique_key="number",
        row_label="concat_ws(' ', s.facility, nullif(s.room, ''), s.number)",
        prepare=_prepare,
        checks=(Check("facility", MOVED),),
        missing="""
            SELECT b.id, concat_ws(' ', f.name, nullif(b.room, ''), b.number,
                                   CASE WHEN {occupied} THEN '（有人入住，不停用）' END)
              FROM facilities_bed b JOIN facilities_facility f ON f.id = b.facility_id
             WHERE b.in_use_from <= %(as_of)s AND (b.in_use_to IS NULL OR b.in_use_to > %(as_of)s)
               AND b.facility_id IN (SELECT facility_id FROM {stage})
               AND NOT EXISTS (SELECT 1 FROM {stage} s WHERE s.facility_id = b.facility_id
                                  AND s.room = b.room AND s.number = b.number)
             ORDER BY f.name, b.room, b.number, b.id""".replace("{occupied}", OCCUPIED.format("b")),
        stays_open=OCCUPIED.format("t"),
        closes="in_use_to",
        units_touched="SELECT DISTINCT org_unit_id FROM {stage} WHERE org_unit_id IS NOT NULL",
        present_rows=_present_rows,
        lists=facility_names,
        instructions=(
            "按机构、房间、床号认床位：三项一样就是同一张床。",
            "护理型、认知障碍照护、医养结合可以重叠；填“是”或“否”，空着表示不改。",
            "家庭养老床位的机构填签约服务的机构，床号可以填协议编号。",
        ),
        link="bed-detail",
    )
)
