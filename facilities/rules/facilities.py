"""What must and what should be true of a facility; the same for the form and for an upload."""

import datetime as dt
from collections.abc import Callable, Mapping

from eldercare.identity import check_credit_code
from facilities.rules.remarks import Remark

INSTITUTIONS = frozenset({"welfare_home", "destitute_home", "apartment", "private_home", "disability_care"})
SMALLEST_INSTITUTION = 10  # beds; 养老机构管理办法（民政部令第66号）
PUBLIC = frozenset({"public", "public_built_private_run", "public_owned_private_run"})
OF_THE_COUNTY = frozenset({"health_care_union", "device_platform", "teaching_point"})
RURAL_KINDS = {"regional_center": "农村区域性养老服务中心", "mutual_aid_home": "农村互助幸福院"}
URBAN_KINDS = {"urban_comprehensive_center": "城市综合性养老服务中心"}
OF_A_VILLAGE = {
    "community_care_center": "村(社区)居家养老服务照料中心",
    "mutual_aid_home": "农村互助幸福院",
}
COUNTY_CODE_LENGTH = 6
TOWNSHIP_CODE_LENGTH = 9
EARLIEST = dt.date(1949, 10, 1)

# By the first two characters of the credit code: with which 运营方式 it does not go together. Entrusted
# facilities (公建民营, 公办民营) carry the owner's or the operator's code, so nothing is said about them.
DISAGREEING = {
    "12": frozenset({"non_profit", "for_profit"}),
    "51": frozenset({"public", "for_profit"}),
    "52": frozenset({"public", "for_profit"}),
    "91": frozenset({"public", "non_profit"}),
    "92": frozenset({"public", "non_profit"}),
}
OPERATIONS = {"public": "公办公营", "non_profit": "民办非营利(民非)", "for_profit": "民办营利"}

Row = Mapping[str, object]


def check_facility(row: Row, *, today: dt.date | None = None) -> list[Remark]:
    """What is wrong (errors) or odd (warnings) about a facility.

    ``row`` has the names of the model's fields: dates as date, choices as their codes, ``org_unit`` and
    ``village`` as codes of the divisions, qualifications as anything true or false for today, and
    ``institutional_beds`` (int). What is missing is not checked; without ``today`` nothing is in the future.
    """
    remarks: list[Remark] = []
    for check in CHECKS:
        check(row, remarks)
    opened = row.get("opened_on")
    if today is not None and opened is not None and opened > today:
        remarks.append(_warning("opened_on", "投入使用日期还没有到，到那一天才计数。"))
    return remarks


def _error(key: str, message: str) -> Remark:
    return Remark(key, message, True)


def _warning(key: str, message: str) -> Remark:
    return Remark(key, message, False)


def _dates(row: Row, remarks: list[Remark]) -> None:
    opened, closed = row.get("opened_on"), row.get("closed_on")
    if opened is None:
        return
    if closed is not None and closed < opened:
        remarks.append(_error("closed_on", "停办日期早于投入使用日期，请核对两个日期。"))
    if opened < EARLIEST:
        remarks.append(_warning("opened_on", "投入使用日期早于 1949 年 10 月，请核对年份。"))


def _beds(row: Row, remarks: list[Remark]) -> None:
    beds = row.get("institutional_beds")
    if beds is not None and beds < SMALLEST_INSTITUTION and row.get("kind") in INSTITUTIONS:
        remarks.append(
            _warning(
                "kind",
                f"养老机构应有 {SMALLEST_INSTITUTION} 张以上机构床位，现登记 {beds} 张。"
                "请补登床位，或者改为照料中心、互助等设施类别。",
            )
        )


def _credit_code(row: Row, remarks: list[Remark]) -> None:
    code = row.get("credit_code")
    if not code:
        if "credit_code" in row and row.get("incorporated"):
            remarks.append(_warning("credit_code", "已登记为法人，请补填统一社会信用代码。"))
        return
    checked = check_credit_code(code)
    for finding in checked.errors:
        remarks.append(_error("credit_code", finding.message))
    operation = row.get("operation")
    if not checked.errors and operation in DISAGREEING.get(checked.value[:2], ()):
        remarks.append(
            _warning(
                "operation",
                f"统一社会信用代码以 {checked.value[:2]} 开头（{checked.kind}），"
                f"与运营方式“{OPERATIONS[operation]}”不符，请核对。",
            )
        )


def _operation(row: Row, remarks: list[Remark]) -> None:
    operation = row.get("operation")
    if not operation:
        return
    if row.get("kind") == "private_home" and operation == "public":
        remarks.append(_warning("operation", "设施类别是民办养老院，运营方式却是公办公营，请核对。"))
    if row.get("sponsor") == "social" and operation in PUBLIC:
        remarks.append(_warning("sponsor", "公办的设施，举办层级不应是社会力量，请核对。"))
    if row.get("joint_clinic") and operation not in PUBLIC:
        remarks.append(
            _warning("joint_clinic", "“与医疗机构联合设门诊室”只统计公办机构，此设施不是公办，请核对。")
        )


def _place(row: Row, remarks: list[Remark]) -> None:
    kind, unit, village, setting = (row.get(key) for key in ("kind", "org_unit", "village", "setting"))
    if unit and len(unit) == COUNTY_CODE_LENGTH and kind and kind not in OF_THE_COUNTY:
        remarks.append(
            _error(
                "org_unit",
                "这类设施要写明所在的镇(街道)；只有康养联合体、辅具平台和老年大学教学点可以登记在县级。",
            )
        )
    if unit and village and len(unit) == TOWNSHIP_CODE_LENGTH and not village.startswith(unit):
        remarks.append(_error("village", "这个村(社区)不属于所填的镇(街道)，请改其中一个。"))
    if "village" in row and not village and kind in OF_A_VILLAGE:
        remarks.append(_warning("village", f"{OF_A_VILLAGE[kind]}请写明所在的村(社区)。"))
    if setting == "urban" and kind in RURAL_KINDS:
        remarks.append(_warning("setting", f"{RURAL_KINDS[kind]}在农村，城乡却填了城区，请核对。"))
    if setting == "rural" and kind in URBAN_KINDS:
        remarks.append(_warning("setting", f"{URBAN_KINDS[kind]}在城区，城乡却填了农村，请核对。"))


def _rooms(row: Row, remarks: list[Remark]) -> None:
    if row.get("open_kitchen") and "kitchen" in row and not row["kitchen"]:
        remarks.append(_warning("open_kitchen", "有阳光厨房而没有食堂，请核对是否漏填“设食堂”。"))
    count = row.get("rehab_room_count")
    if count is None or "rehab_room" not in row:
        return
    if count > 1 and not row["rehab_room"]:
        remarks.append(_warning("rehab_room", f"填了康复室 {count} 间，却没有“设康复室”，请核对。"))
    if count == 0 and row["rehab_room"]:
        remarks.append(_warning("rehab_room_count", "设有康复室，间数却是 0，请核对。"))


CHECKS: tuple[Callable[[Row, list[Remark]], None], ...] = (
    _dates,
    _beds,
    _credit_code,
    _operation,
    _place,
    _rooms,
)
