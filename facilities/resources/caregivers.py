"""The sheet of staff (从业人员台账): one row per post, with the person and, if given, a certificate and a course."""

import datetime as dt
from collections.abc import Iterator

from eldercare.excel.cleaning import CleanBatch
from eldercare.excel.columns import Choice, Column, Kind, Severity
from eldercare.excel.ledgers import Check, Field, Ledger, Prepare, Situation, Target, register
from eldercare.identity import Sex, check_id_number, ordinary_id
from eldercare.models import OrgUnit
from facilities.models import Caregiver, Certificate, Employment, Facility, Training
from facilities.resources.common import (
    MOVED,
    PHONE,
    TOWNSHIP,
    Facilities,
    Units,
    choices,
    facility_names,
    tell,
)
from facilities.rules.remarks import Remark
from facilities.rules.staff import LEVELLED, OLDEST, YOUNGEST, check_post

ID_NUMBER = Column(
    "id_number", "证件号码", aliases=("身份证号", "身份证号码", "身份证", "公民身份号码", "证件号"), kind=Kind.CODE,
    required=True, width=22, max_length=30, help="按身份证号认人：号码一样就是同一个人。",
)  # fmt: skip
LEVELS = (
    Choice("5", "五级(初级工)", ("五级", "五级工", "初级", "初级工", "5级", "五级/初级工", "初级护理员")),
    Choice("4", "四级(中级工)", ("四级", "四级工", "中级", "中级工", "4级", "四级/中级工", "中级护理员")),
    Choice("3", "三级(高级工)", ("三级", "三级工", "高级", "高级工", "3级", "三级/高级工", "高级护理员")),
    Choice("2", "二级(技师)", ("二级", "技师", "2级", "二级/技师")),
    Choice("1", "一级(高级技师)", ("一级", "高级技师", "1级", "一级/高级技师")),
)
REGISTERED_ELSEWHERE = "此人已在其他镇(街道)登记；如确在本单位任职，请联系县级经办添加任职。"
USE_NEW = "此人已按 18 位身份证号登记，请改填 18 位号码。"
NO_WORDS = ("-", "—", "——", "/", "\\", "--", "－", "无")
COLUMNS: tuple[Column, ...] = (
    TOWNSHIP,
    Column("name", "姓名", aliases=("人员姓名", "护理员姓名", "员工姓名"), kind=Kind.NAME, required=True, width=12, max_length=40),
    ID_NUMBER,
    Column("id_reason", "证件说明", aliases=("证件号码说明",), width=18, max_length=100, help="校验不通过而确认无误的，写明依据。"),
    Column("sex", "性别", kind=Kind.CHOICE, width=8, choices=choices(Caregiver.Sex.choices, male="男性", female="女性"), help="不填的按身份证号。"),
    Column("born_on", "出生日期", aliases=("出生年月日", "生日"), kind=Kind.DATE, width=14, help="不填的按身份证号。"),
    PHONE,
    Column(
        "education", "学历", aliases=("文化程度", "最高学历"), kind=Kind.CHOICE, width=12, empty_words=NO_WORDS,
        choices=choices(Caregiver.Education.choices, primary="小学 文盲 小学以下", junior="初级中学", senior="高中 中专 职高 中职 技校", college="专科 高职", bachelor="本科 大学 大学本科 硕士 研究生"),
    ),
    Column("facility", "机构(设施)名称", aliases=("机构(设施)", "机构名称", "工作单位", "任职机构", "所在机构", "单位名称", "用人单位", "服务机构"), width=28, max_length=80, help="在村(社区)或社会组织服务的不填，另填工作场所。"),
    Column("workplace", "工作场所", kind=Kind.CHOICE, width=14, choices=choices(Employment.Workplace.choices, facility="机构 养老机构", community="社区 村 村社", organisation="社会组织服务 社工机构"), help="不填的为养老服务机构。"),
    Column(
        "role", "岗位", aliases=("岗位类型", "职务", "工种", "人员类别", "职业"), kind=Kind.CHOICE, required=True, width=14,
        choices=choices(
            Employment.Role.choices, caregiver="护理员 护工 养老护理 照护员 护理人员", social_worker="社工 社会工作者(社工)",
            doctor="医生 全科医生 执业医师", nurse="护师 护理师 注册护士", rehab_therapist="康复师 康复治疗师 康复医师 理疗师",
            rehab_nurse="康复护师", nutritionist="膳食营养师", fire="消防员 消防 消防设施操作员(消控)", manager="管理 院长 副院长 负责人 行政",
            assessor="评估 能力评估员", other="其他 后勤 厨师 保洁 门卫 工勤",
        ),
    ),
    Column("employed_from", "入职日期", aliases=("入职时间", "上岗日期", "上岗时间", "参加工作时间", "聘用日期"), kind=Kind.DATE, width=14, help="不填的，新增任职按数据日期起算。"),
    Column("employed_to", "离职日期", aliases=("离职时间", "离岗日期"), kind=Kind.DATE, width=14, help="当日起不再计数。"),
    Column(
        "certificate", "证书种类", aliases=("证书类别", "证书类型", "证书名称", "持证情况"), kind=Kind.CHOICE, width=18, empty_words=(*NO_WORDS, "无证", "未持证"),
        choices=choices(
            Certificate.Kind.choices, skill_level="职业技能等级 技能等级证书 养老护理员证 技能等级", qualification="职业资格证书 职业资格 养老护理员职业资格证书",
            social_work="社工证 社会工作师 助理社会工作师 社会工作者职业资格证书", licence="执业证书 执业医师证 护士执业证 专业技术证书", course="培训合格 上岗证 培训证书 结业证书",
        ),
    ),
    Column("level", "证书等级", aliases=("等级", "技能等级", "级别", "职业技能等级"), kind=Kind.CHOICE, choices=LEVELS, width=14, empty_words=(*NO_WORDS, "无等级", "未定级")),
    Column("certificate_number", "证书编号", aliases=("证书号", "证书号码"), kind=Kind.CODE, width=22, max_length=40),
    Column("issued_on", "发证日期", aliases=("发证时间", "取证日期", "取得日期"), kind=Kind.DATE, width=14),
    Column("expires_on", "证书有效期至", aliases=("有效期至", "有效期", "到期日期"), kind=Kind.DATE, width=14, empty_words=(*NO_WORDS, "长期", "永久")),
    Column("trained_on", "最近培训日期", aliases=("培训日期", "培训时间", "本年培训日期"), kind=Kind.DATE, width=14, empty_words=(*NO_WORDS, "未培训")),
    Column("training", "培训内容", aliases=("培训科目", "培训类别"), kind=Kind.CHOICE, width=14, choices=choices(Training.Subject.choices, skill="护理技能 技能 岗位技能", rehab_basics="康复知识 康复基础", rehab_skills="康复", safety="安全 消防 安全消防"), help="不填的为职业技能。"),
    Column("training_hours", "培训学时", aliases=("学时", "课时"), kind=Kind.INTEGER, unit="学时", minimum=0, maximum=1000, width=10),
)  # fmt: skip
BY_KEY = {column.key: column for column in COLUMNS}
CHECKED = (
    "id_number", "sex", "born_on", "employed_from", "employed_to", "certificate", "level", "certificate_number",
    "issued_on", "expires_on",
)  # fmt: skip
SEXES = {Sex.MALE: "male", Sex.FEMALE: "female"}
CERTIFICATE_OF_ROLE = {"caregiver": "skill_level", "social_worker": "social_work"}


def _prepare(situation: Situation) -> Prepare:
    units = Units(situation)
    known = Facilities(situation, BY_KEY["facility"])
    # A sheet without the column of reasons shows the doubt at the number itself.
    columns = BY_KEY if "id_reason" in situation.present else BY_KEY | {"id_reason": ID_NUMBER}

    def prepare(rows: CleanBatch) -> None:
        known.fill(rows, units)
        values = rows.values
        _workplaces(situation, rows)
        _certificates(rows)
        values["training"] = [subject or "skill" for subject in values["training"]]
        values["level_number"] = [int(level) if level else None for level in values["level"]]
        places = map(known.all.get, values["facility_id"])
        today, born_on, sex = situation.as_of, values["born_on"], values["sex"]
        wrong = {(each.row, each.key) for each in rows.findings if each.severity is Severity.ERROR}
        for index, (place, *record) in enumerate(zip(places, *(values[key] for key in CHECKED), strict=True)):
            if known_by_number := _unremarkable(record, place, today):
                born_on[index], sex[index] = known_by_number
                continue
            row = dict(zip(CHECKED, record, strict=True))
            row |= {"level": values["level_number"][index], "id_reason": values["id_reason"][index]}
            if place is not None:
                row["facility_opened_on"], row["facility_closed_on"] = place.opened_on, place.closed_on
            if remarks := check_post(row, today=today):
                tell(situation, rows, index, _not_said_yet(remarks, rows.rows[index], wrong), columns)
            _from_number(values, index, row["id_number"])

        _old_numbers(situation, rows)

    return prepare


def _not_said_yet(remarks: list[Remark], row: int, wrong: set[tuple[int, str]]) -> list[Remark]:
    """Without what follows only from a cell that could not be read: its own error says enough."""
    if not wrong:
        return remarks
    no_kind = (row, "certificate") in wrong
    return [
        each for each in remarks if (row, each.key) not in wrong and not (no_kind and each.key == "level")
    ]


def _old_numbers(situation: Situation, rows: CleanBatch) -> None:
    """Whoever is registered under the number of 18 characters is not registered again under that of 15 digits."""
    numbers = enumerate(rows.values["id_number"])
    became = {index: check_id_number(each).upgrades for index, each in numbers if each and len(each) == 15}
    if not became:
        return
    wanted = [number for upgrades in became.values() for number in upgrades]
    known = {each.id_number.reveal(): each.pk for each in Caregiver.objects.filter(id_number__in=wanted)}
    own = Employment.objects.filter(org_unit__path__startswith=situation.unit.path)
    here = set(own.filter(caregiver__in=known.values()).values_list("caregiver", flat=True))
    for index, upgrades in became.items():
        for pk in [known[number] for number in upgrades if number in known][:1]:
            words = USE_NEW if pk in here else REGISTERED_ELSEWHERE
            situation.say(rows, index, ID_NUMBER, words)


def _unremarkable(record: tuple, place: Facility | None, today: dt.date) -> tuple[dt.date, str] | None:
    """Birth date and sex of a row about which ``check_post`` surely has nothing to say: the way of nearly all."""
    number, sex, born, begins, ends, kind, level, number_of, issued, expires = record
    found = ordinary_id(number, today) if number else None
    if found is None or (born and born != found[0]) or (sex and sex != SEXES[found[1]]) or ends is not None:
        return None
    born = found[0]
    if begins is not None:
        if begins > today or not YOUNGEST <= begins.year - born.year - 1 < OLDEST:
            return None
        if place is not None and (begins < place.opened_on or place.closed_on is not None):
            return None
    if kind is None:
        return None if level or number_of or issued or expires else (born, SEXES[found[1]])
    if issued is None or not born < issued <= today or (expires is not None and expires < issued):
        return None
    if bool(level) != (kind in LEVELLED):
        return None
    return born, SEXES[found[1]]


def _workplaces(situation: Situation, rows: CleanBatch) -> None:
    values = rows.values
    values["workplace"] = [place or "facility" for place in values["workplace"]]
    for index, (place, name) in enumerate(zip(values["workplace"], values["facility"], strict=True)):
        if place == "facility" and not name:
            situation.say(
                rows,
                index,
                BY_KEY["facility"],
                "在养老服务机构任职的要写机构名称；在村(社区)服务的请填工作场所。",
            )
        elif place != "facility" and name:
            situation.say(
                rows,
                index,
                BY_KEY["workplace"],
                "写了机构名称，工作场所却不是养老服务机构，请改其中一个。",
                value=place,
            )
    unit = values["org_unit_id"]
    told = {each.row for each in rows.findings if each.key in ("township", "facility")}
    for index, pk in enumerate(unit):
        if pk is None and rows.rows[index] not in told:
            situation.say(rows, index, TOWNSHIP, "看不出是哪个镇(街道)的：请填机构名称，或写明镇(街道)。")


def _certificates(rows: CleanBatch) -> None:
    """A level or a date without the kind of certificate means the one that goes with the post."""
    values = rows.values
    values["certificate"] = [
        kind or (CERTIFICATE_OF_ROLE.get(role) if level or issued else None)
        for kind, role, level, issued in zip(
            values["certificate"], values["role"], values["level"], values["issued_on"], strict=True
        )
    ]


def _from_number(values: dict, index: int, number: str | None) -> None:
    """Birth date and sex as the number says them, where the sheet is silent."""
    if not number or (values["born_on"][index] and values["sex"][index]):
        return
    checked = check_id_number(number)
    values["born_on"][index] = values["born_on"][index] or checked.birth_date
    values["sex"][index] = values["sex"][index] or SEXES.get(checked.sex)


def _present_rows(unit: OrgUnit, as_of: dt.date) -> Iterator[dict]:
    posts = Employment.objects.filter(org_unit__path__startswith=unit.path).on(as_of)
    for each in posts.select_related("caregiver", "facility", "org_unit").prefetch_related(
        "caregiver__certificates"
    ):
        person = each.caregiver
        row = {key: getattr(person, key) for key in ("name", "sex", "born_on", "education", "id_reason")}
        row |= {key: getattr(each, key) for key in ("workplace", "role", "employed_from", "employed_to")}
        row |= {
            "id_number": person.id_number.reveal(),
            "phone": person.phone.reveal() if person.phone else "",
            "township": each.org_unit.code,
            "facility": each.facility.name if each.facility else "",
        }
        for certificate in list(person.certificates.all())[:1]:
            row |= {
                "certificate": certificate.kind,
                "level": str(certificate.level) if certificate.level else None,
                "certificate_number": certificate.number,
                "issued_on": certificate.issued_on,
                "expires_on": certificate.expires_on,
            }
        yield row


PERSON = Target(
    "caregiver",
    Caregiver,
    join="caregiver.id_number = s.id_number",
    distinct=("s.id_number",),
    constants={"id_number": "s.id_number"},
    fields=(
        Field("name", "name"),
        Field("id_reason", "id_reason", keep=True, default="''"),
        Field("sex", "sex", source="sex", keep=True, default="''"),
        Field("born_on", "born_on", source="born_on", keep=True),
        Field("phone", "phone", keep=True, default="''"),
        Field("education", "education", keep=True, default="''"),
    ),
)
POST = Target(
    "post",
    Employment,
    # The last post there. Said without a subquery of s, so that it is one hash join.
    join="""post.caregiver_id = caregiver.id AND post.org_unit_id = s.org_unit_id
        AND post.workplace = s.workplace AND post.facility_id IS NOT DISTINCT FROM s.facility_id
        AND NOT EXISTS (
            SELECT 1 FROM facilities_employment later
             WHERE later.caregiver_id = post.caregiver_id AND later.org_unit_id = post.org_unit_id
               AND later.workplace = post.workplace AND later.facility_id IS NOT DISTINCT FROM post.facility_id
               AND (later.employed_from, later.id) > (post.employed_from, post.id))
        AND NOT (post.employed_to IS NOT NULL AND COALESCE(s.employed_from >= post.employed_to, false))""",
    parents=("caregiver",),
    distinct=("caregiver.id", "s.org_unit_id", "s.workplace", "s.facility_id"),
    constants={
        "caregiver_id": "caregiver.id",
        "org_unit_id": "s.org_unit_id",
        "workplace": "s.workplace",
        "facility_id": "s.facility_id",
    },
    fields=(
        Field("role", "role"),
        Field("employed_from", "employed_from", default="%(as_of)s"),
        Field("employed_to", "employed_to"),
    ),
)
CERTIFICATE = Target(
    "certificate",
    Certificate,
    join="certificate.caregiver_id = caregiver.id AND certificate.kind = s.certificate AND certificate.issued_on = s.issued_on",
    when="s.certificate IS NOT NULL AND s.issued_on IS NOT NULL",
    parents=("caregiver",),
    distinct=("caregiver.id", "s.certificate", "s.issued_on"),
    constants={"caregiver_id": "caregiver.id", "kind": "s.certificate", "issued_on": "s.issued_on"},
    fields=(
        Field(
            "level", "level", source="level_number", keep=True, new="s.level", old="certificate.level::text"
        ),
        Field("number", "certificate_number", keep=True, default="''"),
        Field("expires_on", "expires_on", keep=True),
    ),
)
TRAINING = Target(
    "training",
    Training,
    join="training.caregiver_id = caregiver.id AND training.subject = s.training AND training.held_on = s.trained_on",
    when="s.trained_on IS NOT NULL",
    parents=("caregiver",),
    distinct=("caregiver.id", "s.training", "s.trained_on"),
    constants={"caregiver_id": "caregiver.id", "subject": "s.training", "held_on": "s.trained_on"},
    fields=(Field("hours", "training_hours", default="8"),),
)

# Said without any detail of the other place: a township learns only that it must ask.
ELSEWHERE = """
    SELECT s.row, 'REGISTERED_ELSEWHERE'
      FROM {stage} s JOIN facilities_caregiver c ON c.id_number = s.id_number
     WHERE NOT EXISTS (SELECT 1 FROM facilities_employment e JOIN eldercare_orgunit u ON u.id = e.org_unit_id
                        WHERE e.caregiver_id = c.id AND u.path LIKE %(path)s || '%%')
       AND EXISTS (SELECT 1 FROM facilities_employment e WHERE e.caregiver_id = c.id)""".replace(
    "REGISTERED_ELSEWHERE", REGISTERED_ELSEWHERE
)
SHARED = """
    SELECT s.row, '此人在其他镇(街道)另有任职，姓名、性别、出生日期请由县级经办修改。'
      FROM {stage} s JOIN facilities_caregiver c ON c.id_number = s.id_number
     WHERE (s.name <> c.name OR s.sex <> c.sex OR s.born_on <> c.born_on)
       AND EXISTS (SELECT 1 FROM facilities_employment e JOIN eldercare_orgunit u ON u.id = e.org_unit_id
                    WHERE e.caregiver_id = c.id AND u.path NOT LIKE %(path)s || '%%')
       AND EXISTS (SELECT 1 FROM facilities_employment e JOIN eldercare_orgunit u ON u.id = e.org_unit_id
                    WHERE e.caregiver_id = c.id AND u.path LIKE %(path)s || '%%')"""
TWO_NAMES = """
    SELECT s.row, '与第 ' || string_agg(o.row::text, '、' ORDER BY o.row) || ' 行证件号码相同，姓名却不同，请核对是哪一个。'
      FROM {stage} s JOIN {stage} o ON o.id_number = s.id_number AND o.row <> s.row AND o.name <> s.name
     GROUP BY s.row"""
TWO_POSTS = """
    SELECT s.row, '此人在本表另有任职：' || string_agg('第 ' || o.row || ' 行 ' || coalesce(o.facility, '村(社区)'), '、' ORDER BY o.row)
                  || '。全县按 1 人计数。'
      FROM {stage} s JOIN {stage} o ON o.id_number = s.id_number AND o.row <> s.row
     GROUP BY s.row"""
ALSO_THERE = """
    SELECT s.row, '此人还在' || string_agg(DISTINCT u.name || coalesce('“' || f.name || '”', ''), '、') || '任职，全县按 1 人计数。'
      FROM {stage} s
      JOIN facilities_caregiver c ON c.id_number = s.id_number
      JOIN facilities_employment e ON e.caregiver_id = c.id AND (e.employed_to IS NULL OR e.employed_to > %(as_of)s)
       AND (e.org_unit_id, e.facility_id) IS DISTINCT FROM (s.org_unit_id, s.facility_id)
      JOIN eldercare_orgunit u ON u.id = e.org_unit_id AND u.path LIKE %(path)s || '%%'
      LEFT JOIN facilities_facility f ON f.id = e.facility_id
     WHERE NOT EXISTS (SELECT 1 FROM {stage} o WHERE o.id_number = s.id_number AND o.row <> s.row
                          AND o.facility_id IS NOT DISTINCT FROM e.facility_id)
     GROUP BY s.row"""

register(
    Ledger(
        key="caregivers",
        position=3,
        label="从业人员台账",
        title="从业人员台账",
        row_name="任职",
        measure_word="条",
        columns=COLUMNS,
        derived={"org_unit_id": "bigint", "facility_id": "bigint", "level_number": "smallint"},
        targets=(PERSON, POST, CERTIFICATE, TRAINING),
        subject="post",
        unique=("s.id_number", "s.org_unit_id", "s.workplace", "coalesce(s.facility_id, 0)"),
        unique_key="id_number",
        row_label="concat_ws(' ', s.name, s.facility)",
        prepare=_prepare,
        checks=(
            Check("facility", MOVED),
            Check("id_number", ELSEWHERE),
            Check("name", SHARED),
            Check("name", TWO_NAMES, within=("id_number",)),
            Check("id_number", TWO_POSTS, Severity.NOTE, within=("id_number",)),
            Check("id_number", ALSO_THERE, Severity.NOTE),
        ),
        missing="""
            SELECT e.id, concat_ws(' ', c.name, f.name)
              FROM facilities_employment e
              JOIN facilities_caregiver c ON c.id = e.caregiver_id
              JOIN facilities_facility f ON f.id = e.facility_id
             WHERE e.employed_from <= %(as_of)s AND (e.employed_to IS NULL OR e.employed_to > %(as_of)s)
               AND e.facility_id IN (SELECT facility_id FROM {stage})
               AND NOT EXISTS (SELECT 1 FROM {stage} s
                                WHERE s.id_number = c.id_number AND s.facility_id = e.facility_id)
             ORDER BY f.name, c.name, e.id""",
        closes="employed_to",
        # A person counts once, so all posts of a person; and where they work may be judged by who works there.
        touches={
            "staff": """
                SELECT e.id FROM facilities_employment e JOIN facilities_caregiver c ON c.id = e.caregiver_id
                 WHERE c.id_number IN (SELECT id_number FROM {dif})""",
            "institutions": "SELECT facility_id FROM {dif} WHERE facility_id IS NOT NULL",
        },
        units_touched="SELECT DISTINCT org_unit_id FROM {stage} WHERE org_unit_id IS NOT NULL",
        present_rows=_present_rows,
        lists=facility_names,
        instructions=(
            "一行是一个人的一个岗位；在两家机构任职的写两行，全县按一个人计数。",
            "按证件号码认人，按机构认任职。证件号码列请保持文本格式。",
            "证书、培训各写最近的一条；以前的记录仍保留。",
        ),
    )
)
