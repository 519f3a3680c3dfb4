"""Huancui in 2022: nine streets and towns on the way to a demonstration district, at each stage of its scheme."""

from indicators.demo.places.shape import Each, Path, Place, months

SIZES = {
    "环翠楼街道": 62, "鲸园街道": 71, "竹岛街道": 96, "孙家疃街道": 34, "嵩山街道": 48, "张村镇": 66, "羊亭镇": 31,
    "温泉镇": 28, "桥头镇": 22,
}  # fmt: skip
STREETS = ("环翠楼街道", "鲸园街道", "竹岛街道", "孙家疃街道", "嵩山街道")
TOWNS = ("张村镇", "羊亭镇", "温泉镇", "桥头镇")
BASE, END = "2022-03", "2022-11"

FIGURES = {
    "townships": Each({name: {BASE: 1} for name in SIZES}),
    "streets": Each({name: {BASE: 1} for name in STREETS}),
    "rural_townships": Each({name: {BASE: 1} for name in TOWNS}),
    "streets_with_comprehensive_center": Each(
        {
            "环翠楼街道": {BASE: 1},
            "鲸园街道": {BASE: 1},
            "竹岛街道": {"2022-06": 1},
            "孙家疃街道": {"2022-08": 1},
            "嵩山街道": {"2022-11": 1},
        }
    ),
    "rural_townships_with_regional_center": Each(
        {"张村镇": {BASE: 1}, "羊亭镇": {"2022-08": 1}, "温泉镇": {"2022-10": 1}}
    ),
    "registered_elders_60": Path({BASE: 118_200, END: 120_100}),
    "destitute_elders": Path({BASE: 214, END: 208}, within="registered_elders_60"),
    "destitute_elders_in_care": Path({BASE: 118, END: 127}, within="destitute_elders"),
    "destitute_unable_self_care": Path({BASE: 61, END: 58}),
    "destitute_unable_self_care_in_care": Path(
        {BASE: 32, "2022-08": 35, END: 38}, within="destitute_unable_self_care"
    ),
    "care_institutions": Path({BASE: 31, END: 32}),
    "filed_institutions": Path({BASE: 29, END: 32}, within="care_institutions"),
    "fire_accepted_institutions": Path({BASE: 27, "2022-10": 31, END: 32}, within="care_institutions"),
    "standards_compliant_institutions": Path({BASE: 22, END: 30}, within="care_institutions"),
    "institutions_with_clinic": Path({BASE: 11, END: 12}, within="care_institutions"),
    "institutions_contracted_no_clinic": Path(
        {BASE: 17, END: 20}, within="care_institutions", beside="institutions_with_clinic"
    ),
    "care_staff": Path({BASE: 642, END: 668}),
    "care_staff_trained": Path({BASE: 210, "2022-08": 498, END: 668}, within="care_staff"),
    "institution_technical_staff": Path({BASE: 148, END: 153}, within="care_staff"),
    "institution_technical_staff_certified": Path(
        {BASE: 139, END: 151}, within="institution_technical_staff"
    ),
    "new_residential_areas": Path({BASE: 3, END: 7}),
    "new_residential_areas_compliant": Path({BASE: 3, END: 7}, within="new_residential_areas"),
    "existing_residential_areas": Path({BASE: 218}),
    "existing_residential_areas_compliant": Path(
        {BASE: 171, END: 202}, within="existing_residential_areas", skill=0.1
    ),
}

CONFIRMED = {
    12: "2022-05-20", 13: "2022-06-17", 14: "2022-04-12", 15: "2022-04-08", 17: "2022-09-16", 18: "2022-07-29",
    19: "2022-08-19", 20: "2022-06-30", 21: "2022-05-31", 22: "2022-09-08", 23: "2022-07-14", 24: "2022-10-21",
    25: "2022-09-27", 29: "2022-04-25", 30: "2022-08-11", 31: "2022-10-14", 32: "2022-04-08", 34: "2022-03-31",
    36: "2022-06-10", 37: "2022-05-06", 39: "2022-06-17", 40: "2022-10-08", 41: "2022-07-05", 43: "2022-09-02",
    46: "2022-08-26", 48: "2022-06-30", 49: "2022-10-18", 50: "2022-10-28",
}  # fmt: skip

PLACE = Place(
    plan="huancui",
    seat="371002",
    months=months("2022-03", "2022-06", "2022-08:2022-11"),
    sizes=SIZES,
    figures=FIGURES,
    confirmed=CONFIRMED,
)
