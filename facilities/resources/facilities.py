"""The sheet of facilities (设施台账): one row each, qualifications as yes or no on the day of the data."""

import datetime as dt
from collections.abc import Iterator
from functools import cached_property

from eldercare.excel.cleaning import CleanBatch
from eldercare.excel.columns import Choice, Column, Kind, Severity
from eldercare.excel.ledgers import Field, Ledger, Prepare, Situation, Target, register
from eldercare.identity import check_credit_code, name_key
from eldercare.models import OrgUnit
from facilities.models import QUALIFICATIONS, Facility, FacilityRating
from facilities.resources.common import PHONE, TOWNSHIP, VILLAGE, Facilities, Units, choices, problem_of, tell
from facilities.rules.facilities import check_facility

RATINGS = (
    *(Choice(f"star{n}", f"{'一二三四五'[n - 1]}星级", (f"{n}星", f"{n}星级", f"{'一二三四五'[n - 1]}星", f"{'一二三四五'[n - 1]}级")) for n in range(1, 6)),
    *(Choice(f"center{n}", f"{n}A级", (f"{n}A", "A" * n, "A" * n + "级")) for n in range(1, 6)),
)  # fmt: skip
FOOD = (
    Choice("3", "A级", ("A", "优秀", "大笑脸")),
    Choice("2", "B级", ("B", "良好", "平脸")),
    Choice("1", "C级", ("C", "一般")),
)
OTHER_NAMES = {
    "filed": ("备案", "是否备案", "已备案"),
    "incorporated": ("是否法人登记", "法人登记情况", "已法人登记"),
    "fire_accepted": ("消防验收", "消防审验", "消防合格", "消防验收合格", "消防验收(备案)是否合格"),
    "safety_standard": ("GB38600", "安全规范达标", "服务安全规范达标", "服务安全基本规范达标"),
    "quality_standard": ("GB/T35796", "质量规范达标", "服务质量规范达标", "服务质量基本规范达标"),
    "clinic": ("内设医疗", "是否内设医疗机构", "内设医务室"),
    "medical_contract": ("医养签约", "签约医疗机构", "是否签约", "医疗机构签约"),
    "joint_clinic": ("联合门诊", "设门诊室"),
    "dementia_zone": ("认知症专区", "认知障碍专区", "失智专区", "照护专区", "失能失智专区"),
    "rehab_room": ("康复室", "有无康复室"),
    "kitchen": ("食堂", "食品经营许可", "有无食堂"),
    "open_kitchen": ("明厨亮灶",),
    "home_link": ("家院互融",),
    "party_coverage": ("党建覆盖", "党组织覆盖", "党的组织覆盖"),
    "party_site": ("党建阵地",),
    "liability_insurance": ("责任险", "综合责任险", "责任保险", "是否投保"),
    "socially_run": ("社会化", "是否社会化运营"),
    "smart": ("智慧", "数字化养老院", "数字化", "智慧(数字化)养老院"),
    "demonstration": ("示范", "是否示范型"),
    "teaching_point": ("教学点", "老年大学教学点"),
    "standardised": ("标准化食堂", "标准化"),
}
KINDS = choices(
    Facility.Kind.choices,
    welfare_home="社会福利院 社会福利中心 城市福利院 县福利院",
    destitute_home="农村敬老院 特困供养服务设施 特困人员供养服务设施 农村中心敬老院 中心敬老院",
    apartment="老年公寓 养护院 养老院 护理院 养老公寓 颐养院",
    private_home="民办养老机构 民营养老院",
    disability_care="失能照护服务机构 失能老人照护机构",
    comprehensive_center="街道综合养老服务中心 综合养老服务中心 街道综合中心",
    home_care_center="居家养老服务中心 镇居家养老服务中心 街道居家养老服务中心 镇(街道)居家中心 居家中心",
    regional_center="农村区域性养老服务中心 区域性养老服务中心 区域性中心",
    community_care_center="照料中心 居家养老服务照料中心 村照料中心 社区照料中心 社区居家养老服务照料中心 村(社区)照料中心 居家养老服务站",
    day_care_center="日间照料 日间照料中心 日照中心 日间照料机构",
    mutual_aid_home="互助幸福院 幸福院 互助院 互助老人幸福院",
    urban_comprehensive_center="城市综合中心 城市综合养老服务中心",
    canteen="老年食堂 助餐点 幸福食堂 农村老年餐桌 食堂",
    health_care_union="康养联合体 康联体",
    teaching_point="老年大学教学点 教学点",
    device_platform="辅具平台 辅具服务平台 康复辅具平台",
    activity_site="老年活动室 老年活动中心 活动中心",
)
COLUMNS: tuple[Column, ...] = (
    Column("name", "机构(设施)名称", aliases=("名称", "机构名称", "设施名称", "单位名称", "养老机构名称", "中心名称", "照料中心名称"), required=True, width=30, max_length=80),
    TOWNSHIP,
    VILLAGE,
    Column("kind", "设施类别", aliases=("类别", "类型", "机构类型", "设施类型", "机构类别"), kind=Kind.CHOICE, choices=KINDS, width=26, help="新增的设施必填。"),
    Column(
        "operation", "运营方式", aliases=("运营模式", "经营方式", "公办/民办", "性质"), kind=Kind.CHOICE, width=18, help="新增的设施必填。",
        choices=choices(
            Facility.Operation.choices, public="公办 公建公营 政府运营", public_built_private_run="公建民营(委托运营) 公建国企运营",
            public_owned_private_run="公办民营(委托) 委托经营", non_profit="民非 民办非企业 民办非营利 民办非企业单位", for_profit="营利 民办营利性 营利性",
        ),
    ),
    Column("sponsor", "举办层级", aliases=("举办主体层级",), kind=Kind.CHOICE, choices=choices(Facility.Sponsor.choices, township="镇级 乡镇 街道 乡镇级", village="村级 社区 村", social="社会 民间", county="县(区)级 区级", municipal="地市级")),
    Column("setting", "城乡", aliases=("所处位置", "城/乡"), kind=Kind.CHOICE, choices=choices(Facility.Setting.choices, urban="城 城市 城镇", rural="乡 乡村 村")),
    Column("owner", "产权单位", aliases=("产权人", "产权方"), width=24, max_length=80),
    Column("operator", "运营单位", aliases=("运营方", "运营机构", "经营单位"), width=24, max_length=80),
    Column("credit_code", "统一社会信用代码", aliases=("信用代码", "社会信用代码", "机构代码"), kind=Kind.CODE, width=24, max_length=18, checker=problem_of(check_credit_code)),
    Column("address", "地址", aliases=("详细地址", "机构地址"), width=30, max_length=120),
    Column("contact", "联系人", aliases=("负责人", "院长"), kind=Kind.NAME, width=12, max_length=40),
    PHONE,
    Column("opened_on", "投入使用日期", aliases=("启用日期", "开办日期", "成立日期", "建成日期", "投用日期", "运营日期"), kind=Kind.DATE, width=14, help="不填的，新增设施按数据日期起算。"),
    Column("closed_on", "停办日期", aliases=("关停日期", "停用日期"), kind=Kind.DATE, width=14, help="当日起不再计数。"),
    Column("upgraded_on", "改造提升验收日期", aliases=("改造验收日期", "改造完成日期"), kind=Kind.DATE, width=16),
    Column("rating", "等级", aliases=("星级", "机构等级", "评定等级", "等级评定", "A级"), kind=Kind.CHOICE, choices=RATINGS, width=10, empty_words=("-", "—", "无", "未评", "未评定", "/")),
    Column("rated_on", "等级评定日期", aliases=("评定日期", "评级日期"), kind=Kind.DATE, width=14),
    Column("rated_until", "等级有效期至", aliases=("等级有效期",), kind=Kind.DATE, width=14),
    Column("food_grade", "食品安全等级", aliases=("食品等级", "食品安全量化等级"), kind=Kind.CHOICE, choices=FOOD, width=12),
    Column("food_graded_on", "食品等级评定日期", aliases=("食品评定日期",), kind=Kind.DATE, width=16),
    Column("rehab_room_count", "康复室间数", aliases=("康复室数",), kind=Kind.INTEGER, unit="间", minimum=0, maximum=200, width=10),
    *(
        Column(name, str(Facility._meta.get_field(name).verbose_name), aliases=OTHER_NAMES.get(name, ()), kind=Kind.YESNO, width=12,
               help="是或否；空着表示不改。由否变是的，从数据日期起算。")
        for name in QUALIFICATIONS
    ),
)  # fmt: skip
BY_KEY = {column.key: column for column in COLUMNS} | {"org_unit": TOWNSHIP}


def _prepare(situation: Situation) -> Prepare:
    units = Units(situation)
    existing = Facilities(situation, BY_KEY["name"])
    beds = existing.bed_counts()
    grades = _Grades(existing)
    codes = {unit.pk: code for code, unit in situation.units.items()}
    present = situation.present
    checked = [
        key for key in ("village", "credit_code", "rehab_room_count", *QUALIFICATIONS) if key in present
    ]
    keys = ["kind", "operation", "sponsor", "setting", "opened_on", "closed_on", *checked]

    def prepare(rows: CleanBatch) -> None:
        units.fill(rows)
        values = rows.values
        values["village_id"] = units.villages(rows)
        values["name_key"] = [name_key(name) if name else None for name in values["name"]]
        values["facility_id"] = [
            existing.by_unit.get(unit, {}).get(key) if key else None
            for unit, key in zip(values["org_unit_id"], values["name_key"], strict=True)
        ]
        _ratings(situation, rows, grades)
        wrong_codes = {each.row for each in rows.findings if each.key == "credit_code"}
        for index in range(len(rows.rows)):
            row = {key: values[key][index] for key in keys}
            if rows.rows[index] in wrong_codes:
                del row["credit_code"]  # it is there, only wrong
            row["org_unit"] = codes.get(values["org_unit_id"][index])
            pk = values["facility_id"][index]
            if pk is not None:
                row["institutional_beds"] = beds.get(pk, 0)
                row["kind"] = row["kind"] or existing.all[pk].kind
            else:
                _needed_for_new(situation, rows, index)
            tell(situation, rows, index, check_facility(row, today=situation.as_of), BY_KEY)
            if pk is not None:
                _other_code(situation, rows, index, existing.all[pk])

    return prepare


def _needed_for_new(situation: Situation, rows: CleanBatch, index: int) -> None:
    for key in ("kind", "operation"):
        if rows.values[key][index] is not None:
            continue
        if not any(each.row == rows.rows[index] and each.key == key for each in rows.findings):
            situation.say(
                rows, index, BY_KEY[key], f"台账里还没有这家设施，新增的要填{BY_KEY[key].heading}。"
            )


def _other_code(situation: Situation, rows: CleanBatch, index: int, facility: Facility) -> None:
    code = rows.values["credit_code"][index]
    if code and facility.credit_code and code != facility.credit_code:
        situation.say(
            rows,
            index,
            BY_KEY["credit_code"],
            "与台账里这家设施的统一社会信用代码不同，请核对是不是两家机构。",
            Severity.WARNING,
        )


class _Grades:
    """The latest grades in the ledger, read once a row has a grade without its date."""

    def __init__(self, existing: Facilities) -> None:
        self.existing = existing

    @cached_property
    def _latest(self) -> dict[tuple[int, bool], str]:
        found = FacilityRating.objects.filter(facility__in=self.existing.all).order_by("issued_on", "id")
        return {
            (each.facility_id, each.scheme == FacilityRating.Scheme.FOOD): f"{each.scheme}{each.level}"
            for each in found
        }

    def same(self, situation: Situation, rows: CleanBatch, index: int, key: str, grade: str) -> bool:
        """The ledger has this grade with its date already: then the row says nothing new."""
        pk, is_food = rows.values["facility_id"][index], key == "food_grade"
        if pk is None or self._latest.get((pk, is_food)) != (f"food{grade}" if is_food else grade):
            return False
        words = "与台账里的等级相同，没有写评定日期，等级不改。"
        situation.say(rows, index, BY_KEY[key], words, Severity.NOTE)
        return True


def _ratings(situation: Situation, rows: CleanBatch, grades: _Grades) -> None:
    """A grade counts from its date on, so it has to have one."""
    values = rows.values
    scheme, level = [], []
    for index, (rating, day) in enumerate(zip(values["rating"], values["rated_on"], strict=True)):
        if rating and day is None:
            if grades.same(situation, rows, index, "rating", rating):
                rating = None
            else:
                situation.say(rows, index, BY_KEY["rated_on"], "填了等级，就要填等级评定日期。")
        scheme.append(rating[:-1] if rating else None)
        level.append(int(rating[-1]) if rating else None)
    values["rating_scheme"], values["rating_level"] = scheme, level
    for index, (grade, day) in enumerate(zip(values["food_grade"], values["food_graded_on"], strict=True)):
        if grade and day is None and not grades.same(situation, rows, index, "food_grade", grade):
            situation.say(rows, index, BY_KEY["food_graded_on"], "填了食品安全等级，就要填食品等级评定日期。")
    values["food_level"] = [int(grade) if grade else None for grade in values["food_grade"]]


def _present_rows(unit: OrgUnit, as_of: dt.date) -> Iterator[dict]:
    rows = Facility.objects.filter(org_unit__path__startswith=unit.path).open_on(as_of)
    for each in rows.select_related("org_unit", "village").prefetch_related("ratings"):
        row = {key: getattr(each, key) for key in BY_KEY if key in PLAIN}
        row |= {name: getattr(each, name).on(as_of) for name in QUALIFICATIONS}
        row |= {"township": each.org_unit.code, "village": each.village.code if each.village else None}
        row["phone"] = each.phone.reveal() if each.phone else ""
        for rating in reversed(each.ratings.all()):
            if rating.scheme == FacilityRating.Scheme.FOOD:
                row |= {"food_grade": str(rating.level), "food_graded_on": rating.issued_on}
            else:
                row |= {
                    "rating": f"{rating.scheme}{rating.level}",
                    "rated_on": rating.issued_on,
                    "rated_until": rating.expires_on,
                }
        yield row


PLAIN = frozenset(
    {
        "name", "kind", "operation", "sponsor", "setting", "owner", "operator", "credit_code", "address", "contact",
        "opened_on", "closed_on", "upgraded_on", "rehab_room_count",
    }
)  # fmt: skip

NEEDED = ("name", "kind", "operation")
DEFAULTS = {"opened_on": "%(as_of)s", "rehab_room_count": "1"}
FACILITY = Target(
    "facility",
    Facility,
    join="facility.org_unit_id = s.org_unit_id AND facility.name_key = s.name_key",
    distinct=("s.org_unit_id", "s.name_key"),
    constants={"org_unit_id": "s.org_unit_id", "name_key": "s.name_key"},
    fields=(
        *(
            Field(key, key, keep=key in NEEDED, default=DEFAULTS.get(key, ""))
            for key in [column.key for column in COLUMNS if column.key in PLAIN]
        ),
        Field("phone", "phone"),
        Field(
            "village_id",
            "village",
            source="village_id",
            keep=True,
            old="(SELECT u.name FROM eldercare_orgunit u WHERE u.id = facility.village_id)",
            new="(SELECT u.name FROM eldercare_orgunit u WHERE u.id = s.village_id)",
        ),
        *(Field(name, name) for name in QUALIFICATIONS),
    ),
)


def _rating(name: str, scheme: str, level: str, day: str, until: str, key: str, label: str) -> Target:
    return Target(
        name,
        FacilityRating,
        join=f"{name}.facility_id = facility.id AND {name}.scheme = {scheme} AND {name}.issued_on = {day}",
        when=f"{level} IS NOT NULL AND {day} IS NOT NULL",
        parents=("facility",),
        distinct=("facility.id", day),
        constants={"facility_id": "facility.id", "scheme": scheme, "issued_on": day},
        fields=(
            Field(
                "level",
                key,
                source=level.removeprefix("s."),
                keep=True,
                new=label,
                old=f"CASE {name}.scheme WHEN 'food' THEN {name}.level::text ELSE {name}.scheme || {name}.level END",
            ),
            *([Field("expires_on", until)] if until else []),
        ),
    )


register(
    Ledger(
        key="facilities",
        position=1,
        label="设施台账",
        title="设施台账",
        row_name="设施",
        measure_word="家",
        columns=COLUMNS,
        derived={
            "org_unit_id": "bigint",
            "village_id": "bigint",
            "name_key": "text",
            "facility_id": "bigint",
            "rating_scheme": "text",
            "rating_level": "smallint",
            "food_level": "smallint",
        },
        targets=(
            FACILITY,
            _rating(
                "rating",
                "s.rating_scheme",
                "s.rating_level",
                "s.rated_on",
                "rated_until",
                "rating",
                "s.rating",
            ),
            _rating("food", "'food'", "s.food_level", "s.food_graded_on", "", "food_grade", "s.food_grade"),
        ),
        subject="facility",
        unique=("s.org_unit_id", "s.name_key"),
        unique_key="name",
        row_label="s.name",
        prepare=_prepare,
        missing="""
            SELECT f.id, f.name FROM facilities_facility f
             WHERE f.opened_on <= %(as_of)s AND (f.closed_on IS NULL OR f.closed_on > %(as_of)s)
               AND (f.org_unit_id, f.kind) IN (SELECT org_unit_id, kind FROM {stage})
               AND NOT EXISTS (SELECT 1 FROM {stage} s
                                WHERE s.org_unit_id = f.org_unit_id AND s.name_key = f.name_key)
             ORDER BY f.name, f.id""",
        closes="closed_on",
        units_touched="SELECT DISTINCT org_unit_id FROM {stage} WHERE org_unit_id IS NOT NULL",
        present_rows=_present_rows,
        instructions=(
            "按名称在本镇(街道)内认设施：名称一样就是同一家。改名请在网页的设施页面上办理。",
            "备案、消防、签约等列填“是”或“否”，按上传时选的数据日期起算；空着表示不改。",
        ),
        link="facility-detail",
    )
)
