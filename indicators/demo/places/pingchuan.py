"""Pingchuan, whose document is redacted: four streets and seven towns and townships, 2020 to the end of 2022.

The figures at the end of 2020 are those that the document prints, as far as they agree with each other.
"""

from indicators.demo.places.shape import Each, Flow, Path, Place, Registered, months

SIZES = {
    "长征街道": 26, "电力路街道": 30, "红会路街道": 18, "兴平路街道": 28, "王家山镇": 24, "水泉镇": 22, "共和镇": 15,
    "宝积镇": 16, "黄峤镇": 14, "种田乡": 7, "复兴乡": 6,
}  # fmt: skip
STREETS = ("长征街道", "电力路街道", "红会路街道", "兴平路街道")
RURAL = ("王家山镇", "水泉镇", "共和镇", "宝积镇", "黄峤镇", "种田乡", "复兴乡")
COMMUNITIES = (8, 9, 5, 8)
VILLAGES = (10, 12, 7, 9, 9, 8, 6)
BASE, FIRST, END = "2020-12", "2021-12", "2022-12"


def _each(names: tuple[str, ...], values: tuple[int, ...]) -> Each:
    return Each({name: {BASE: value} for name, value in zip(names, values, strict=True)})


FIGURES = {
    "streets": _each(STREETS, (1,) * 4),
    "rural_townships": _each(RURAL, (1,) * 7),
    "urban_communities": _each(STREETS, COMMUNITIES),
    "administrative_villages": _each(RURAL, VILLAGES),
    # --- Population
    "registered_population": Path({BASE: 206_315, END: 205_600}),
    "registered_elders_60": Path({BASE: 38_954, END: 40_610}, within="registered_population"),
    "resident_population": Path({BASE: 190_132, END: 189_400}),
    "resident_elders_65_health": Path({BASE: 26_480, END: 27_950}),
    "health_managed_elders_65": Path(
        {BASE: 21_184, END: 23_310}, within="resident_elders_65_health", skill=0.03
    ),
    "service_subsidy_eligible_elders": Path({BASE: 3_120, END: 3_260}, within="registered_elders_60"),
    "service_subsidy_recipients": Path({BASE: 2_808, END: 3_090}, within="service_subsidy_eligible_elders"),
    # --- Institutions and facilities
    "care_institutions": Each(
        {"长征街道": {BASE: 1}, "电力路街道": {BASE: 1}, "王家山镇": {BASE: 1}, "水泉镇": {BASE: 1}}
    ),
    "rural_mutual_aid_homes": _each(RURAL, VILLAGES),
    "villages_covered_by_mutual_aid_home": _each(RURAL, VILLAGES),
    "mutual_aid_homes_upgraded": Flow({2021: 9, 2022: 12}, share=dict.fromkeys(RURAL, 1)),
    "community_day_care_centers": Path(
        {BASE: 22, END: 24}, share=dict(zip(STREETS, COMMUNITIES, strict=True))
    ),
    "day_care_centers_upgraded": Flow({2021: 5, 2022: 1}, share=dict.fromkeys(STREETS, 1)),
    "urban_comprehensive_centers": _each(STREETS, (1,) * 4),
    "community_facilities_with_medical_contract": Path(
        {BASE: 6, FIRST: 8, END: 11}, share=dict.fromkeys(STREETS, 1)
    ),
    "villages_covered_by_care_center": Each(
        {name: {BASE: count} for name, count in zip(RURAL, VILLAGES, strict=True)}
        | {name: {BASE: count - 2} for name, count in zip(STREETS, COMMUNITIES, strict=True)}
    ),
    # What the plan asks of eight of them, by the end of 2021 or of 2022.
    "township_centers_built_or_rebuilt": Each(
        {
            name: {BASE: 0, when: 1, after: 0}
            for name, when, after in (
                ("长征街道", "2021-06", "2021-07"),
                ("电力路街道", "2021-06", "2021-07"),
                ("红会路街道", "2021-12", "2022-01"),
                ("兴平路街道", "2021-12", "2022-01"),
                ("水泉镇", "2021-12", "2022-01"),
                ("共和镇", "2022-06", "2022-07"),
                ("王家山镇", "2022-06", "2022-07"),
                ("黄峤镇", "2022-12", "2023-01"),
            )
        }
    ),
    "townships": Each({name: {BASE: 1} for name in SIZES}),
    "townships_with_home_care_center": Each(
        {"长征街道": {BASE: 1}, "电力路街道": {BASE: 1}, "宝积镇": {"2022-06": 1}, "种田乡": {"2022-12": 1}}
    ),
    # --- Beds
    "institution_beds": Each(
        {"长征街道": {BASE: 120}, "电力路街道": {BASE: 152}, "王家山镇": {BASE: 80}, "水泉镇": {BASE: 70}}
    ),
    "nursing_beds": Path({BASE: 211, END: 236}, within="institution_beds"),
    "day_care_beds": Path({BASE: 200, END: 224}, share=dict(zip(STREETS, COMMUNITIES, strict=True))),
    "mutual_aid_beds": Path({BASE: 610, END: 640}, share=dict(zip(RURAL, VILLAGES, strict=True))),
    "home_care_beds": Path({BASE: 0, END: 35}, share=dict.fromkeys(STREETS, 1)),
    # --- Staff, checks, housing
    "caregivers": Path(
        {BASE: 88, END: 97}, share={"长征街道": 30, "电力路街道": 36, "王家山镇": 14, "水泉镇": 12}
    ),
    "caregivers_trained": Path({BASE: 88, END: 97}, within="caregivers"),
    "free_health_checks_65": Flow({2021: 26_400, 2022: 28_600}, at_once={BASE: 24_900}),
    "new_residential_areas": Path({BASE: 2, END: 6}, share=dict.fromkeys(STREETS, 1)),
    "new_residential_areas_four_sync": Path({BASE: 1, FIRST: 3, END: 6}, within="new_residential_areas"),
}

OWN = {
    "pension_insurance_eligible": Path({BASE: 142_300, END: 143_600}),
    "pension_insurance_enrolled": Path({BASE: 135_185, END: 139_900}),
    "medical_insurance_eligible": Path({BASE: 196_400, END: 195_900}),
    "medical_insurance_enrolled": Path({BASE: 189_300, END: 190_200}),
    "lottery_welfare_fund": Flow({2021: 312, 2022: 330}, at_once={BASE: 300}, decimals=2),
    "lottery_welfare_fund_for_elder_care": Flow({2021: 204, 2022: 237.6}, at_once={BASE: 180}, decimals=2),
}

REGISTERED = (
    Registered(13, "registered_population", "2020-12-31", 70_400, "公安户籍年报：农业人口"),
    Registered(14, "registered_population", "2020-12-31", 133_275, "公安户籍年报：非农业人口"),
    Registered(23, "institution_beds", "2020-12-31", 120, "机构台账：公办福利院1家"),
    Registered(24, "institution_beds", "2020-12-31", 150, "机构台账：乡镇敬老院2家"),
    Registered(25, "institution_beds", "2020-12-31", 152, "机构台账：老年养护院与残疾人托养中心1家"),
    Registered(31, "task_item_count", "2022-06-28", 1, "区级养老服务中心竣工验收"),
    Registered(36, "project_investment", "2021-10-20", 22.5, "资金拨付通知，第一批"),
    Registered(36, "project_investment", "2022-07-15", 23.5, "资金拨付通知，第二批"),
    Registered(46, "periodic_care_services_due", "2021-12-31", 1_208, "分散特困供养照料协议：打扫卫生"),
    Registered(46, "periodic_care_services_done", "2021-12-31", 1_190, "照料服务记录：打扫卫生"),
    Registered(46, "periodic_care_services_due", "2022-12-30", 1_180, "分散特困供养照料协议：打扫卫生"),
    Registered(46, "periodic_care_services_done", "2022-12-30", 1_180, "照料服务记录：打扫卫生"),
    Registered(47, "periodic_care_services_due", "2021-12-31", 604, "分散特困供养照料协议：洗衣"),
    Registered(47, "periodic_care_services_done", "2021-12-31", 560, "照料服务记录：洗衣"),
    Registered(47, "periodic_care_services_due", "2022-12-30", 590, "分散特困供养照料协议：洗衣"),
    Registered(47, "periodic_care_services_done", "2022-12-30", 573, "照料服务记录：洗衣"),
    Registered(48, "periodic_care_services_due", "2021-12-31", 302, "分散特困供养照料协议：理发"),
    Registered(48, "periodic_care_services_done", "2021-12-31", 302, "照料服务记录：理发"),
    Registered(48, "periodic_care_services_due", "2022-12-30", 295, "分散特困供养照料协议：理发"),
    Registered(48, "periodic_care_services_done", "2022-12-30", 295, "照料服务记录：理发"),
    Registered(51, "task_occurrences", "2021-06-29", 1, "年中检查评估通报"),
    Registered(51, "task_occurrences", "2021-12-22", 1, "年末检查评估通报"),
    Registered(51, "task_occurrences", "2022-06-24", 1, "年中检查评估通报"),
    Registered(54, "task_units_due", "2021-01-20", 11, "乡镇街道名录：11个"),
    Registered(54, "task_units_done", "2021-11-30", 9, "协调议事机构成立文件：9个"),
    Registered(81, "task_units_due", "2021-03-10", 18, "任务分工表：责任单位18个"),
    Registered(81, "task_units_done", "2021-05-28", 18, "实施方案报备：18个单位"),
    Registered(83, "home_adaptations", "2022-09-30", 126, "居家适老化改造验收汇总"),
)

CONFIRMED = {
    39: "2021-11-26", 40: "2022-05-13", 41: "2021-05-24", 49: "2022-08-18", 50: "2021-03-02", 52: "2021-03-16",
    53: "2021-04-09", 55: "2022-10-20", 56: "2022-06-17", 63: "2021-06-11", 70: "2022-11-08", 71: "2022-12-15",
    73: "2022-07-28", 74: "2021-08-27", 75: "2021-12-10", 77: "2022-04-22", 79: "2021-02-25", 80: "2021-03-30",
    84: "2021-09-15", 87: "2022-09-02", 88: "2022-03-18", 89: "2022-05-27",
}  # fmt: skip

PLACE = Place(
    plan="pingchuan",
    seat="620403",
    months=months("2020-12:2022-12"),
    sizes=SIZES,
    figures=FIGURES,
    own=OWN,
    registered=REGISTERED,
    confirmed=CONFIRMED,
)
