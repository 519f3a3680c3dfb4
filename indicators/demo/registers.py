"""What the demo county has confirmed or counted for single indicators, with invented evidence.

About two thirds of the yes/no indicators are confirmed; the others are open on purpose.
"""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

FLAG = "task_done_flag"
MARK = "【演示】"


@dataclass(frozen=True)
class Entry:
    """One registration: indicator number of the plan, metric, day, quantity, evidence."""

    number: int
    metric: str
    happened_on: dt.date
    quantity: Decimal
    evidence: str


# Indicator number: day, evidence.
_CONFIRMED = {
    44: ("2022-09-28", "基本养老服务清单印发并在政府网站公布，列明服务项目和对象"),
    45: ("2021-11-16", "老年人能力综合评估办法印发，评估结论各项补贴通用"),
    46: ("2023-05-30", "需求管理和服务平台上线，通过项目验收"),
    47: ("2023-12-12", "与物价部门会商纪要，明确标准与物价联动的办法"),
    48: ("2021-09-24", "独居、空巢、留守老年人巡访制度印发"),
    50: ("2022-12-20", "养老服务设施布局专项规划经批复"),
    52: ("2023-03-15", "公办养老机构入住轮候办法印发并公示轮候名单"),
    55: ("2023-08-18", "县级康复辅具展示租赁平台开放，有验收单"),
    57: ("2022-06-30", "智慧养老服务平台竣工验收报告"),
    58: ("2021-12-17", "联席会议纪要，确定部门联动监管分工"),
    59: ("2022-11-08", "监管结果运用办法印发"),
    60: ("2023-06-20", "失信联合惩戒实施细则印发"),
    61: ("2022-10-12", "三级办学网络名单公布"),
    62: ("2024-11-28", "县老年活动中心(老年大学)竣工验收备案"),
    65: ("2023-01-10", "标准调整通知：高龄津贴、长寿保健金提高，无下调项"),
    66: ("2022-07-15", "岗位津贴标准调整通知，各档均提高"),
    82: ("2020-12-15", "消防专项验收汇总，重大隐患全部销号"),
    84: ("2024-09-09", "应急救护培训基地揭牌，师资名单备案"),
    85: ("2025-04-22", "三方供需对接会纪要，形成季度对接安排"),
    89: ("2023-11-02", "与卫健部门联合印发老年健康服务体系实施意见"),
    90: ("2022-03-22", "规划任务分解表和考核办法印发"),
    95: ("2023-09-26", "特色照料中心首批名单公布"),
    101: ("2025-06-18", "老年公寓一期二期改造工程竣工验收"),
    102: ("2023-10-19", "助餐服务网络实施方案印发，点位图公布"),
    105: ("2022-04-26", "养老服务补贴与长护险衔接口径会商纪要"),
    106: ("2023-03-01", "老年优待办法修订，扩大到常住老年人"),
    109: ("2023-12-28", "强制性标准执行情况专项检查报告"),
    111: ("2022-05-20", "扶持政策清单与投资指南首次公布"),
    112: ("2022-09-06", "满意度与需求调研报告"),
    113: ("2021-10-14", "护理员技能竞赛通报"),
    115: ("2022-08-24", "护理人员分级培训方案印发"),
    116: ("2022-01-20", "入职奖补实施办法印发"),
    117: ("2024-04-18", "康复护士培养计划首批学员名单"),
    119: ("2022-09-01", "与职业院校签订合作协议，专业开始招生"),
    124: ("2022-12-30", "向人大、政协通报规划实施情况的报告"),
    125: ("2021-06-11", "“双随机、一公开”检查事项清单和抽查计划"),
    126: ("2021-08-05", "政府购买养老服务目录和操作规程印发"),
    127: ("2023-09-20", "规划中期评估报告"),
    131: ("2021-07-20", "医疗机构老年人绿色通道设置情况汇总"),
    132: ("2024-05-21", "公益辅具配置项目启动，首批名单公示"),
}

# Indicator number, metric, day, quantity, evidence.
_COUNTED = [
    (72, "care_institutions", "2020-12-31", 1, "年末机构台账：社会化运营1家"),
    (76, "destitute_care_homes", "2020-11-30", 4, "消防改造验收单4份"),
    (103, "care_institutions", "2022-09-30", 2, "普惠型机构认定表2份"),
    (103, "care_institutions", "2024-05-31", 4, "普惠型机构认定表累计4份"),
    (122, "task_item_count", "2023-07-01", 1, "党建工作品牌命名通知"),
    (122, "task_item_count", "2025-06-30", 3, "党建工作品牌命名通知，累计3个"),
]

_ANALYSIS, _ANALYSIS_METRIC = 64, "task_occurrences"
_FIRST_ANALYSIS = dt.date(2021, 12, 28)


def entries(until: dt.date) -> list[Entry]:
    """Everything registered up to ``until``, that day included, in the order of the days."""
    rows = [
        Entry(number, FLAG, dt.date.fromisoformat(day), Decimal(1), MARK + text)
        for number, (day, text) in _CONFIRMED.items()
    ]
    rows += [
        Entry(number, metric, dt.date.fromisoformat(day), Decimal(count), MARK + text)
        for number, metric, day, count, text in _COUNTED
    ]
    days = [_FIRST_ANALYSIS, *(dt.date(year, 3, 20) for year in range(2023, until.year + 1))]
    days.append(dt.date(2022, 12, 20))
    rows += [
        Entry(_ANALYSIS, _ANALYSIS_METRIC, day, Decimal(1), f"{MARK}规划实施情况年度分析报告({day:%Y年%m月})")
        for day in days
    ]
    return sorted(
        (row for row in rows if row.happened_on <= until), key=lambda row: (row.happened_on, row.number)
    )
