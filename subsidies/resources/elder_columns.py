"""The columns of the register's sheet (老年人台账)."""

from eldercare.excel.columns import Choice, Column, Kind
from facilities.resources.common import choices, phone_problem
from subsidies.models import Elder, ElderTag
from subsidies.resources.common import ID_ALIASES, NAME

DESTITUTE = Column(
    "destitute", "特困供养", aliases=("特困", "特困人员", "特困类别"), kind=Kind.CHOICE, width=12,
    choices=(
        Choice("central", "集中", ("集中供养", "特困集中", "集中特困")),
        Choice("scattered", "分散", ("分散供养", "特困分散", "分散特困")),
        Choice("no", "否", ("不是", "非特困", "×", "0")),
    ),
    help="集中、分散或否；空着表示不改。",
)  # fmt: skip
# Kind of tag → its other headings.
TAGS: dict[str, tuple[str, ...]] = {
    ElderTag.Kind.LOW_INCOME: ("低保对象", "低保户", "是否低保", "最低生活保障"),
    ElderTag.Kind.LOW_INCOME_EDGE: ("低边", "是否低保边缘", "低收入"),
    ElderTag.Kind.SEVERE_DISABILITY: ("重残", "重度残疾人", "是否重残"),
    ElderTag.Kind.LIVING_ALONE: ("是否独居", "独居老人"),
    ElderTag.Kind.EMPTY_NEST: ("是否空巢", "空巢老人"),
    ElderTag.Kind.LEFT_BEHIND: ("是否留守", "留守老人"),
    ElderTag.Kind.DISABLED: ("是否失能", "失能老人"),
    ElderTag.Kind.DEMENTIA: ("是否失智", "失智老人"),
    ElderTag.Kind.FAMILY_PLANNING: ("计生特殊", "计生特殊家庭", "失独"),
    ElderTag.Kind.VETERAN: ("优抚", "是否优抚"),
    ElderTag.Kind.THREE_ELDERS: ("三老", "“三老”人员"),
    ElderTag.Kind.NO_KIN: ("孤寡", "三无", "孤寡老人"),
    ElderTag.Kind.IN_CARE_HOME: ("是否入住机构", "入住机构"),
}
COLUMNS: tuple[Column, ...] = (
    NAME,
    Column("id_kind", "证件种类", aliases=("证件类型", "证件类别"), kind=Kind.CHOICE, width=14, choices=choices([each for each in Elder.IdKind.choices if each[0] != "none"], resident="身份证 居民身份证(18位)", hkmo="港澳台证件 港澳居民来往内地通行证 台湾居民来往大陆通行证 港澳台居民居住证", foreign="护照"), help="不填的为居民身份证。没有证件的在网页上逐人登记。"),
    Column("id_number", "证件号码", aliases=ID_ALIASES, kind=Kind.CODE, required=True, width=22, max_length=30, help="按证件号码认人：号码一样就是同一个人。"),
    Column("id_reason", "证件说明", aliases=("证件号码说明",), width=18, max_length=100, help="校验不通过而确认无误的，写明依据。"),
    Column("sex", "性别", kind=Kind.CHOICE, width=8, choices=choices(Elder.Sex.choices, male="男性", female="女性"), help="不填的按身份证号。"),
    Column("born_on", "出生日期", aliases=("出生年月日", "生日", "出生年月"), kind=Kind.DATE, width=14, coarsest="day", help="不填的按身份证号。"),
    Column("township", "户籍镇(街道)", aliases=("镇(街道)", "管理镇(街道)", "户籍镇街", "镇街", "所属镇街", "所属镇(街道)", "乡镇", "乡镇(街道)", "街道", "户籍乡镇"), kind=Kind.TOWNSHIP, width=14, help="负责档案和发放的镇(街道)；县级上传时必填。"),
    Column("village", "户籍村(社区)", aliases=("村(社区)", "户籍村社", "村社", "所属村社", "村(居)委会", "户籍村", "户籍社区", "社区(村)"), kind=Kind.VILLAGE, width=16),
    Column("registered", "本县户籍", aliases=("是否本县户籍", "户籍在本县"), kind=Kind.YESNO, width=10, help="新增的人不填的，为是。迁入、迁出在网页上登记。"),
    Column("moved_in_on", "户籍迁入日期", aliases=("迁入日期", "迁入时间", "户籍迁入时间"), kind=Kind.DATE, width=14, help="出生起户籍一直在本县的不填。"),
    Column("registered_address", "户籍地址", aliases=("户口地址", "户籍所在地", "户口所在地"), width=28, max_length=120),
    Column("residence", "居住镇(街道)", aliases=("居住镇街", "居住地镇街", "现居住镇(街道)", "现居住镇街", "常住镇(街道)"), width=14, max_length=40, help="镇(街道)名称；住在县外的写“县外”。新增的人不填的，同户籍。"),
    Column("residence_village", "居住村(社区)", aliases=("居住村社", "现居住村(社区)", "现居住村社", "常住村(社区)"), width=16, max_length=40),
    Column("address", "居住地址", aliases=("现居住地", "现居住地址", "现住址", "详细地址", "家庭住址", "住址", "居住地", "地址"), width=28, max_length=120),
    Column("phone", "联系电话", aliases=("电话", "手机", "手机号", "手机号码", "本人电话"), kind=Kind.CODE, width=16, digits=(11,), max_length=30, checker=phone_problem),
    Column("contact_name", "紧急联系人", aliases=("联系人", "紧急联系人姓名", "监护人", "家属姓名"), kind=Kind.NAME, width=12, max_length=40),
    Column("contact_relation", "与老人关系", aliases=("关系", "联系人关系", "与本人关系"), width=12, max_length=20),
    Column("contact_phone", "紧急联系电话", aliases=("紧急电话", "紧急联系人电话", "联系人电话", "家属电话"), kind=Kind.CODE, width=16, digits=(11,), max_length=30, checker=phone_problem),
    Column("died_on", "死亡日期", aliases=("死亡时间", "去世日期", "去世时间"), kind=Kind.DATE, width=14, coarsest="day"),
    Column("death_source", "死亡获知途径", aliases=("获知途径", "死亡来源"), kind=Kind.CHOICE, width=14, choices=choices(Elder.Source.choices, village="村社上报 村上报 社区上报", police="公安", funeral="殡葬 火化 殡葬比对", health="卫健", family="家属", certification="认证", visit="探访"), help="不填的为村(社区)上报。"),
    DESTITUTE,
    *(Column(kind, str(ElderTag.Kind(kind).label), aliases=aliases, kind=Kind.YESNO, width=10, help="是或否，按数据日期；空着表示不改。起止日期另用“人员类别”台账。") for kind, aliases in TAGS.items()),
    Column("note", "备注", aliases=("说明",), width=20, max_length=200),
)  # fmt: skip
BY_KEY = {column.key: column for column in COLUMNS}
