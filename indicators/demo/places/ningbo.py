"""Ningbo in 2021: ten districts, counties and cities and four zones report to the city month by month.

Nine of the fourteen reach the share of dementia beds that is judged place by place.
"""

from indicators.demo.places.shape import Each, Flow, Path, Place, Registered, months

SIZES = {
    "海曙区": 104, "江北区": 49, "镇海区": 51, "北仑区": 83, "鄞州区": 160, "奉化区": 57, "余姚市": 125, "慈溪市": 183,
    "宁海县": 70, "象山县": 57, "宁波杭州湾新区": 18, "大榭开发区": 3, "宁波国家高新区": 15, "东钱湖旅游度假区": 6,
}  # fmt: skip
EQUAL = dict.fromkeys(SIZES, 1)
PILOTS = ("海曙区", "江北区", "镇海区", "北仑区", "鄞州区")
RURAL = {"奉化区": 5, "余姚市": 8, "慈溪市": 10, "宁海县": 7, "象山县": 7, "鄞州区": 4, "海曙区": 3}
BASE, MIDDLE, END = "2020-12", "2021-06", "2021-12"

# Beds of public institutions: all, for dementia at the base, in the middle, at the end.
PUBLIC_BEDS = {
    "海曙区": (820, 31, 42, 58), "江北区": (610, 22, 38, 44), "镇海区": (560, 12, 26, 36), "北仑区": (740, 20, 36, 48),
    "鄞州区": (1260, 40, 70, 92), "奉化区": (690, 8, 20, 42), "余姚市": (1180, 26, 48, 60),
    "慈溪市": (1540, 44, 96, 110), "宁海县": (880, 12, 24, 40), "象山县": (760, 16, 30, 46),
    "宁波杭州湾新区": (160, 0, 6, 12), "大榭开发区": (60, 0, 0, 2), "宁波国家高新区": (120, 4, 6, 7),
    "东钱湖旅游度假区": (90, 0, 2, 4),
}  # fmt: skip

FIGURES = {
    # --- Population
    "registered_elders_60": Path({BASE: 1_562_000, END: 1_607_000}),
    "registered_elders_80": Path({BASE: 238_400, END: 245_300}, within="registered_elders_60", skill=0.06),
    "resident_population": Path({BASE: 9_404_283, END: 9_544_000}),
    "resident_elders_60": Path({BASE: 1_702_000, END: 1_748_000}, within="resident_population", skill=0.08),
    # --- Institutions
    "care_institutions": Path({BASE: 271, END: 282}),
    "institutions_with_party_coverage": Path({BASE: 198, END: 276}, within="care_institutions"),
    "institutions_with_party_site": Path({BASE: 121, MIDDLE: 203, END: 282}, within="care_institutions"),
    "rated_institutions": Path({BASE: 162, END: 214}, within="care_institutions"),
    "institutions_two_star_up": Path({BASE: 118, MIDDLE: 142, END: 164}, within="rated_institutions"),
    "county_public_institutions": Each(
        {name: {BASE: 3 if size > 100 else 2 if size > 40 else 1} for name, size in SIZES.items()}
    ),
    "county_public_institutions_three_star_up": Path(
        {BASE: 11, MIDDLE: 14, END: 18}, within="county_public_institutions"
    ),
    "municipal_public_institutions": Each({}),
    "municipal_public_institutions_three_star_up": Each({}),
    "municipal_and_county_public_institutions": Each(
        {name: {BASE: 3 if size > 100 else 2 if size > 40 else 1} for name, size in SIZES.items()}
    ),
    "municipal_and_county_public_institutions_with_dementia_zone": Path(
        {BASE: 10, MIDDLE: 16, END: 25}, within="municipal_and_county_public_institutions"
    ),
    "institutions_100_beds_up": Path({BASE: 148, END: 156}, within="care_institutions"),
    "institutions_100_beds_up_with_rehab_room": Path(
        {BASE: 83, MIDDLE: 104, END: 129}, within="institutions_100_beds_up"
    ),
    "urban_institutions": Path({BASE: 134, END: 139}, within="care_institutions"),
    "urban_institutions_with_home_link": Path({BASE: 62, MIDDLE: 89, END: 114}, within="urban_institutions"),
    "rural_institutions": Path(
        {BASE: 137, END: 143}, within="care_institutions", beside="urban_institutions"
    ),
    "rural_institutions_with_home_link": Path({BASE: 29, MIDDLE: 44, END: 54}, within="rural_institutions"),
    "institutions_with_kitchen": Path({BASE: 241, END: 252}, within="care_institutions"),
    "institutions_with_open_kitchen": Path(
        {BASE: 139, MIDDLE: 178, END: 216}, within="institutions_with_kitchen"
    ),
    "institutions_food_grade_ab": Path(
        {BASE: 188, MIDDLE: 209, END: 224}, within="institutions_with_kitchen"
    ),
    "institutions_with_liability_insurance": Path({BASE: 246, END: 280}, within="care_institutions"),
    "destitute_care_homes": Path({BASE: 44}, share=RURAL),
    "destitute_care_homes_upgraded": Path({BASE: 19, MIDDLE: 31, END: 44}, within="destitute_care_homes"),
    # --- Home care and what is near
    "home_care_centers": Path({BASE: 156}),
    "home_care_centers_with_teaching_point": Path(
        {BASE: 92, MIDDLE: 124, END: 156}, within="home_care_centers"
    ),
    "home_care_centers_5a": Path({BASE: 6, MIDDLE: 9, END: 17}, within="home_care_centers"),
    "demonstration_home_care_centers": Path({BASE: 41, MIDDLE: 52, END: 66}, within="home_care_centers"),
    "elder_canteens": Path({BASE: 412, END: 548}),
    "standard_elder_canteens": Path({BASE: 96, MIDDLE: 148, END: 203}, within="elder_canteens"),
    "health_care_unions": Path({BASE: 28, MIDDLE: 44, END: 60}),
    "industry_education_institutions": Path({BASE: 2, MIDDLE: 6, END: 13}, share=EQUAL),
    "nursing_master_studios": Path({BASE: 1, "2021-09": 1, "2021-10": 2}, share={"鄞州区": 2, "慈溪市": 1}),
    "social_work_studios": Path({BASE: 12, MIDDLE: 25, END: 40}, share=EQUAL),
    # --- Beds
    "institution_beds": Path({BASE: 57_300, END: 59_100}),
    "nursing_beds": Path({BASE: 29_800, MIDDLE: 31_900, END: 34_050}, within="institution_beds", skill=0.1),
    "public_institution_beds": Each({name: {BASE: row[0]} for name, row in PUBLIC_BEDS.items()}),
    "public_dementia_beds": Each(
        {name: {BASE: row[1], "2021-05": row[2], "2021-11": row[3]} for name, row in PUBLIC_BEDS.items()}
    ),
    "dementia_beds": Path({BASE: 902, MIDDLE: 1_096, END: 1_322}, within="institution_beds"),
    "home_care_beds": Path({BASE: 110, MIDDLE: 342, END: 688}, share={name: SIZES[name] for name in PILOTS}),
    # --- Staff and training
    "caregivers": Path({BASE: 5_420, END: 5_910}),
    "certified_caregivers": Path({BASE: 2_680, MIDDLE: 2_860, END: 3_098}, within="caregivers", skill=0.08),
    "caregiver_trainings": Flow({2021: 2_210}, at_once={BASE: 120}),
    "caregiver_skill_certifications": Flow({2021: 742}, at_once={BASE: 60}),
    "social_worker_trainings": Flow({2021: 96}, share=EQUAL),
    "institution_managers_trained": Flow({2021: 84}, share=EQUAL),
    # --- Services
    "weekly_visits_due": Flow({2020: 12 * 84_000, 2021: 12 * 85_200}),
    "weekly_visits_done": Flow(
        part_of="weekly_visits_due", rates={BASE: 93.4, MIDDLE: 97.2, END: 99.2}, skill=0.012
    ),
    "registered_elders_80_with_home_service": Path(
        {BASE: 176_300, MIDDLE: 204_800, END: 223_100}, within="registered_elders_80", skill=0.04
    ),
    "daily_meal_users": Path({BASE: 21_800, MIDDLE: 26_400, END: 31_250}),
    "family_carers_trained": Flow({2021: 8_460}, at_once={BASE: 310}),
    "family_carer_trainings": Flow({2021: 11_900}, at_once={BASE: 420}),
    "home_adaptations": Flow({2021: 3_712}, at_once={BASE: 260}),
    "accident_insured_elders": Path({BASE: 1_204_000, END: 1_391_000}, within="registered_elders_60"),
    # --- Communities and places
    "existing_residential_areas": Path({BASE: 1_940}),
    "existing_residential_areas_below_standard": Path({BASE: 386}, within="existing_residential_areas"),
    "existing_residential_areas_rectified": Path(
        {BASE: 71, END: 208}, within="existing_residential_areas_below_standard"
    ),
    "dementia_friendly_communities": Path({BASE: 3, MIDDLE: 7, END: 14}, share=EQUAL),
    "demonstration_age_friendly_communities": Path({BASE: 5, MIDDLE: 9, END: 16}, share=EQUAL),
    "age_livable_villages": Path({BASE: 0, MIDDLE: 2, END: 9}, share=RURAL),
    "checkin_places_due": Path({BASE: 1_180, END: 1_214}),
    "checkin_places_done": Path({BASE: 960, MIDDLE: 1_125, END: 1_214}, within="checkin_places_due"),
    "monthly_reports_due": Each({name: {BASE: 1} for name in SIZES}),
    "monthly_reports_on_time": Each(
        {name: {BASE: 1} for name in SIZES}
        | {
            "大榭开发区": {BASE: 1, MIDDLE: 0, "2021-07": 1},
            "象山县": {BASE: 1, MIDDLE: 0, "2021-07": 1, "2021-09": 0, "2021-10": 1},
        }
    ),
}

OWN = {
    "municipal_public_institutions": Path({BASE: 10}),
    "municipal_public_institutions_three_star_up": Path({BASE: 7, MIDDLE: 8, END: 9}),
    "municipal_and_county_public_institutions": Path({BASE: 10}),
    "municipal_and_county_public_institutions_with_dementia_zone": Path({BASE: 5, MIDDLE: 8, END: 10}),
    "caregiver_trainings": Flow({2021: 360}),
    "caregiver_skill_certifications": Flow({2021: 48}),
    "institution_managers_trained": Flow({2021: 36}),
    "social_worker_trainings": Flow({2021: 24}),
}

REGISTERED = (
    Registered(5, "home_adaptations_needed", "2021-01-20", 1_286, "“三老”人员家庭摸底名册"),
    Registered(5, "home_adaptations", "2021-04-30", 740, "适老化改造验收汇总，第一批"),
    Registered(5, "home_adaptations", "2021-06-25", 546, "适老化改造验收汇总，第二批"),
    Registered(36, "smartphone_training_units", "2021-09-30", 12, "智能手机培训场次登记：养老机构12家"),
    Registered(37, "smartphone_training_units", "2021-06-30", 64, "智能手机培训场次登记：服务站64个"),
    Registered(37, "smartphone_training_units", "2021-11-30", 41, "智能手机培训场次登记：服务站41个"),
    Registered(38, "smartphone_training_units", "2021-11-30", 149, "智能手机培训场次登记：服务中心149个"),
    Registered(42, "training_bases", "2020-12-31", 2, "市级培训基地名单：2个"),
    Registered(42, "training_bases", "2021-10-15", 5, "市级培训基地名单：5个"),
    Registered(67, "task_units_due", "2021-03-31", 6, "各区编制任务表：6个区"),
    Registered(67, "task_units_done", "2021-11-18", 5, "实施方案报备：5个区"),
    Registered(68, "task_units_due", "2021-03-31", 4, "县(市)编制任务表：4个县(市)"),
    Registered(68, "task_units_done", "2021-12-10", 4, "控制性详规批复：4个县(市)"),
    *(
        Registered(82, "task_item_count", "2021-04-15", 1, "联络员名单", unit=name)
        for name in SIZES
        if name not in ("大榭开发区",)
    ),
)

CONFIRMED = {
    1: "2021-09-30", 3: "2021-12-24", 33: "2021-07-30", 34: "2021-08-20", 35: "2021-11-12", 41: "2021-06-18",
    50: "2021-05-31", 53: "2021-03-30", 55: "2021-10-28", 56: "2021-11-26", 57: "2021-08-31", 58: "2021-09-17",
    59: "2021-10-14", 60: "2021-11-05", 61: "2021-05-21", 64: "2021-10-20", 66: "2021-12-17", 69: "2021-07-15",
    70: "2021-09-08", 73: "2021-06-10", 74: "2021-10-29", 76: "2021-12-02", 77: "2021-12-15", 79: "2021-04-28",
    80: "2021-12-20", 81: "2021-10-14", 84: "2021-11-22",
}  # fmt: skip

PLACE = Place(
    plan="ningbo",
    seat="330200",
    months=months("2020-12:2021-12"),
    sizes=SIZES,
    figures=FIGURES,
    own=OWN,
    registered=REGISTERED,
    confirmed=CONFIRMED,
)
