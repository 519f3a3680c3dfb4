"""The demo's accounts: invented people, one per role and one clerk per township of the demo county, a few elsewhere.

They exist so that a fresh installation can be tried at once. None of the names belongs to a real person,
and a county that goes live disables the accounts; ``User.is_demo`` marks them.
"""

from typing import TypedDict

from eldercare.permissions import Role

COUNTY_CODE = "330424"
COUNTY_NAME = "海盐县"
# Known to everybody on purpose: it opens invented data only.
DEMO_PASSWORD = "Demo-Haiyan-2025"  # noqa: S105


class Account(TypedDict):
    username: str
    password: str
    role: str
    role_label: str
    full_name: str
    org_code: str


def _account(username: str, role: Role, full_name: str, org_code: str = COUNTY_CODE) -> Account:
    return Account(
        username=username,
        password=DEMO_PASSWORD,
        role=role.value,
        role_label=str(role.label),
        full_name=full_name,
        org_code=org_code,
    )


# The first of each role is the one to try first: this township's report of the running month is returned.
ACCOUNTS: list[Account] = [
    _account("wanghai", Role.TOWNSHIP_CLERK, "徐念安", "330424005"),
    _account("wuyuan", Role.TOWNSHIP_CLERK, "沈晓棠", "330424001"),
    _account("xitangqiao", Role.TOWNSHIP_CLERK, "周立帆", "330424002"),
    _account("qinshan", Role.TOWNSHIP_CLERK, "陆文澜", "330424004"),
    _account("shendang", Role.TOWNSHIP_CLERK, "顾云舟", "330424101"),
    _account("baibu", Role.TOWNSHIP_CLERK, "朱若溪", "330424102"),
    _account("yucheng", Role.TOWNSHIP_CLERK, "吴嘉禾", "330424103"),
    _account("ganpu", Role.TOWNSHIP_CLERK, "陈望舒", "330424105"),
    _account("tongyuan", Role.TOWNSHIP_CLERK, "钱知远", "330424106"),
    _account("weijian", Role.DEPARTMENT_CLERK, "何静远", "330424D07"),
    _account("renshe", Role.DEPARTMENT_CLERK, "孙以宁", "330424D04"),
    _account("yibao", Role.DEPARTMENT_CLERK, "郑若谷", "330424D09"),
    _account("canlian", Role.DEPARTMENT_CLERK, "方知行", "330424D10"),
    _account("xianji", Role.COUNTY_CLERK, "张映雪", COUNTY_CODE),
    _account("shenhe", Role.COUNTY_REVIEWER, "李怀谷", COUNTY_CODE),
    _account("lingdao", Role.LEADER, "王守拙", COUNTY_CODE),
    _account("guanli", Role.ADMINISTRATOR, "马行简", COUNTY_CODE),
    _account("shenji", Role.AUDITOR, "冯鉴清", COUNTY_CODE),
]

# The other places of the demo; “one per role” is there for the city of Ningbo, with a clerk of one of its districts.
PLACE_ACCOUNTS: list[Account] = [
    _account("ningbo", Role.COUNTY_CLERK, "俞清扬", "330200"),
    _account("ningbo-shenhe", Role.COUNTY_REVIEWER, "郑思齐", "330200"),
    _account("ningbo-lingdao", Role.LEADER, "董维岳", "330200"),
    _account("ningbo-guanli", Role.ADMINISTRATOR, "傅景行", "330200"),
    _account("ningbo-shenji", Role.AUDITOR, "竺明远", "330200"),
    _account("haishu", Role.COUNTY_CLERK, "戴溪桥", "330203"),
    _account("kunming", Role.COUNTY_CLERK, "段云生", "530100"),
    _account("kunming-shenhe", Role.COUNTY_REVIEWER, "普朝晖", "530100"),
    _account("kunming-lingdao", Role.LEADER, "杨望山", "530100"),
    _account("huancui", Role.COUNTY_CLERK, "丛海宁", "371002"),
    _account("huancui-shenhe", Role.COUNTY_REVIEWER, "毕书言", "371002"),
    _account("huancui-lingdao", Role.LEADER, "于澄之", "371002"),
    _account("pingchuan", Role.COUNTY_CLERK, "魏长河", "620403"),
    _account("pingchuan-shenhe", Role.COUNTY_REVIEWER, "滕远山", "620403"),
    _account("pingchuan-lingdao", Role.LEADER, "强思源", "620403"),
]


def is_demo_database() -> bool:
    """True while at least one demo account exists: the interface then says that all figures are invented."""
    from eldercare.models import User

    return User.objects.filter(is_demo=True).exists()
