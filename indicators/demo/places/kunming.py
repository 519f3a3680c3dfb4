"""Kunming: fourteen districts, counties and cities and the zones beside them report to the city.

At the end of 2020 the place reproduces what the plan's first part tells; what comes later is invented. The two
years to the plan's end are there month by month, because growth from year to year is one of its indicators.
"""

from indicators.demo.places.shape import Each, Flow, Path, Place, Registered, months

COUNTIES = {
    "五华区": 114, "盘龙区": 99, "官渡区": 160, "西山区": 96, "东川区": 26, "呈贡区": 65, "晋宁区": 33, "富民县": 14,
    "宜良县": 38, "石林彝族自治县": 24, "嵩明县": 41, "禄劝彝族苗族自治县": 38, "寻甸回族彝族自治县": 46, "安宁市": 48,
}  # fmt: skip
ZONES = {
    "云南滇中新区": 6, "昆明高新技术产业开发区": 8, "昆明经济技术开发区": 14, "昆明滇池国家旅游度假区": 9,
    "昆明阳宗海风景名胜区": 5, "磨憨—磨丁经济合作区": 2,
}  # fmt: skip
# Divisions: streets, towns and townships, urban communities.
DIVISIONS = {
    "五华区": (10, 0, 88), "盘龙区": (12, 0, 80), "官渡区": (12, 0, 92), "西山区": (10, 0, 86), "东川区": (2, 7, 23),
    "呈贡区": (10, 0, 62), "晋宁区": (3, 5, 22), "富民县": (2, 5, 9), "宜良县": (3, 6, 18),
    "石林彝族自治县": (3, 4, 8), "嵩明县": (2, 3, 12), "禄劝彝族苗族自治县": (2, 15, 9),
    "寻甸回族彝族自治县": (3, 13, 12), "安宁市": (9, 0, 40),
}  # fmt: skip
FIRST, BASE, END = "2020-11", "2020-12", "2025-12"


def _divisions(position: int) -> Each:
    return Each({name: {FIRST: numbers[position]} for name, numbers in DIVISIONS.items()})


def _rural(last: dict[str, int]) -> Each:
    """Regional centres in the country: half of them by the middle of the plan."""
    return Each({name: {"2022-12": count // 2, "2024-06": count} for name, count in last.items()})


RURAL_SHARE = {name: numbers[1] for name, numbers in DIVISIONS.items() if numbers[1]}

FIGURES = {
    "streets": _divisions(0),
    "rural_townships": _divisions(1),
    "urban_communities": _divisions(2),
    "subordinate_counties": Each({name: {FIRST: 1} for name in (*COUNTIES, *ZONES)}),
    # --- Population: the census of November 2020, then invented
    "resident_population": Path({BASE: 8_460_088, END: 8_700_000}),
    "resident_elders_60": Path({BASE: 1_218_253, END: 1_420_000}, within="resident_population", skill=0.08),
    "resident_elders_65": Path({BASE: 887_463, END: 1_020_000}, within="resident_elders_60", skill=0.03),
    "registered_elders_60": Path({BASE: 1_105_400, END: 1_241_000}),
    "resident_elders_65_health": Path({BASE: 861_000, END: 985_000}),
    "health_records_elders_65": Path(
        {BASE: 706_900, END: 886_000}, within="resident_elders_65_health", skill=0.04
    ),
    "health_managed_elders_65": Path(
        {BASE: 612_500, END: 709_000}, within="resident_elders_65_health", skill=0.05
    ),
    "destitute_unable_self_care": Path({BASE: 2_460, END: 2_310}, share={**COUNTIES}),
    "destitute_unable_self_care_in_care": Path(
        {BASE: 1_180, "2023-12": 1_310, END: 1_452}, within="destitute_unable_self_care", skill=0.12
    ),
    "destitute_wishing_central_care": Path({BASE: 1_930, END: 1_790}, share={**COUNTIES}),
    "destitute_wishing_in_central_care": Path(
        {BASE: 1_812, "2023-12": 1_790, END: 1_790}, within="destitute_wishing_central_care"
    ),
    # --- Institutions and facilities
    "care_institutions": Path({BASE: 117, END: 142}),
    "institutions_with_clinic": Path({BASE: 34, END: 52}, within="care_institutions"),
    "institutions_contracted_no_clinic": Path(
        {BASE: 78, "2024-12": 88, END: 89}, within="care_institutions", beside="institutions_with_clinic"
    ),
    "institutions_with_medical_contract": Path({BASE: 115, END: 141}, within="care_institutions"),
    "quality_standard_compliant_institutions": Path({BASE: 111, END: 139}, within="care_institutions"),
    "standards_compliant_institutions": Path({BASE: 71, END: 127}, within="care_institutions"),
    "rated_institutions": Path({BASE: 45, END: 88}, within="care_institutions"),
    "destitute_care_homes": Path({BASE: 38}, share=dict(RURAL_SHARE.items())),
    "destitute_care_homes_incorporated": Path({BASE: 21, END: 38}, within="destitute_care_homes"),
    "destitute_care_homes_upgraded": Path({BASE: 6, END: 31}, within="destitute_care_homes"),
    "streets_with_comprehensive_center": Path(
        {BASE: 12, "2023-12": 51, END: 76}, within="streets", skill=0.2
    ),
    "rural_townships_with_regional_center": Path({BASE: 3, "2023-12": 24, END: 36}, within="rural_townships"),
    "rural_regional_centers": _rural(
        {
            "东川区": 3,
            "晋宁区": 2,
            "富民县": 2,
            "宜良县": 3,
            "石林彝族自治县": 2,
            "嵩明县": 1,
            "禄劝彝族苗族自治县": 4,
            "寻甸回族彝族自治县": 3,
        }
    ),
    "communities_covered_by_day_care": Path(
        {BASE: 241, "2023-12": 411, END: 499}, within="urban_communities"
    ),
    "community_care_centers": Path({BASE: 364, END: 702}),
    "elder_activity_facilities": Path({BASE: 976, END: 1_188}),
    "elder_canteens": Path(
        {BASE: 128, "2021-12": 171, "2022-12": 223, "2023-12": 281, "2024-12": 334, END: 381}
    ),
    "health_care_unions": Path({BASE: 4, END: 22}),
    "disability_care_institutions": Each(
        {
            **{name: {"2023-06": 1} for name in ("五华区", "盘龙区", "官渡区", "西山区", "安宁市", "宜良县")},
            **{name: {"2025-06": 1} for name in ("东川区", "呈贡区", "晋宁区", "石林彝族自治县", "嵩明县")},
            "昆明经济技术开发区": {"2025-09": 1},
        }
    ),
    "assessment_institutions": Path({BASE: 3, END: 17}),
    # --- Beds
    "institution_beds": Path({BASE: 21_640, END: 26_300}),
    "nursing_beds": Path({BASE: 8_510, "2023-12": 12_150, END: 14_260}, within="institution_beds", skill=0.1),
    "day_care_beds": Path({BASE: 4_280, END: 6_010}),
    "mutual_aid_beds": Path({BASE: 1_782, END: 2_240}, share=RURAL_SHARE),
    "home_care_beds": Path({BASE: 160, "2023-12": 2_480, END: 4_640}),
    "disability_care_beds": Each(
        {
            "五华区": {"2023-06": 180},
            "盘龙区": {"2023-06": 150},
            "官渡区": {"2023-06": 200},
            "西山区": {"2023-06": 160},
            "安宁市": {"2023-06": 120},
            "宜良县": {"2023-06": 100},
            "东川区": {"2025-06": 90},
            "呈贡区": {"2025-06": 120},
            "晋宁区": {"2025-06": 90},
            "石林彝族自治县": {"2025-06": 80},
            "嵩明县": {"2025-06": 80},
            "昆明经济技术开发区": {"2025-09": 60},
        }
    ),
    "disability_care_nursing_beds": Each(
        {
            "五华区": {"2023-06": 138},
            "盘龙区": {"2023-06": 112},
            "官渡区": {"2023-06": 139},
            "西山区": {"2023-06": 118},
            "安宁市": {"2023-06": 84},
            "宜良县": {"2023-06": 66},
            "东川区": {"2025-06": 66},
            "呈贡区": {"2025-06": 92},
            "晋宁区": {"2025-06": 63},
            "石林彝族自治县": {"2025-06": 60},
            "嵩明县": {"2025-06": 58},
            "昆明经济技术开发区": {"2025-09": 44},
        }
    ),
    # --- Staff
    "elder_social_workers": Path({BASE: 720, END: 1_640}),
    "institution_social_workers": Path({BASE: 96, END: 281}, within="elder_social_workers"),
    "community_elder_social_workers": Path(
        {BASE: 402, END: 1_187}, within="elder_social_workers", beside="institution_social_workers"
    ),
    "caregiver_trainings": Flow(
        {2021: 1_120, 2022: 960, 2023: 1_340, 2024: 1_500, 2025: 1_620}, at_once={"2020-12": 5_230}
    ),
    # --- Services, homes, money
    "monthly_visits_due": Flow(dict.fromkeys(range(2020, 2026), 12 * 18600)),
    "monthly_visits_done": Flow(
        part_of="monthly_visits_due", rates={BASE: 74, "2023-12": 93, "2024-12": 98.1, END: 99.6}, skill=0.02
    ),
    "new_residential_areas": Path({BASE: 22, END: 148}),
    "new_residential_areas_compliant": Path(
        {BASE: 17, "2023-12": 88, END: 141}, within="new_residential_areas"
    ),
    "existing_residential_areas": Path({BASE: 2_860}),
    "existing_residential_areas_compliant": Path(
        {BASE: 1_310, END: 2_215}, within="existing_residential_areas", skill=0.1
    ),
    "fiscal_input_for_elder_care": Flow(
        {2020: 21_400, 2021: 23_100, 2022: 24_250, 2023: 26_080, 2024: 27_900, 2025: 29_150},
        decimals=2,
        skill=0.15,
    ),
}

# What the city itself reports: its own institutions' training and money; the rest is the districts'.
OWN = {
    "caregiver_trainings": Flow(dict.fromkeys(range(2021, 2026), 240)),
    "fiscal_input_for_elder_care": Flow(
        {2020: 6_200, 2021: 6_500, 2022: 6_900, 2023: 7_150, 2024: 7_600, 2025: 7_900}, decimals=2
    ),
    "health_care_unions": Path({BASE: 0, "2024-12": 1}),
    "assessment_institutions": Path({BASE: 1, END: 2}),
}

REGISTERED = (
    Registered(35, "destitute_care_homes", "2020-12-31", 30, "年末机构台账：农村敬老院30所"),
    Registered(36, "care_institutions", "2020-12-31", 11, "年末机构台账：城市公办养老福利机构11所"),
    Registered(37, "care_institutions", "2020-12-31", 76, "年末机构台账：社会力量举办76所"),
    Registered(45, "task_item_count", "2020-12-31", 15, "教育部门名册：开设护理专业院校15所"),
    Registered(82, "home_adaptations", "2022-11-30", 412, "适老化改造验收汇总，第一批"),
    Registered(82, "home_adaptations", "2024-10-31", 655, "适老化改造验收汇总，第二批"),
    *(
        Registered(74, "task_done_flag", day, 1, "县级照护机构失能照护单元验收单", unit=name)
        for name, day in {
            "五华区": "2023-06-20", "盘龙区": "2023-06-28", "官渡区": "2023-08-15", "西山区": "2023-09-11",
            "安宁市": "2023-11-30", "宜良县": "2024-05-17", "东川区": "2025-07-02", "呈贡区": "2025-07-22",
        }.items()
    ),
)  # fmt: skip

CONFIRMED = {
    3: "2022-06-30", 9: "2022-09-15", 11: "2024-04-26", 21: "2023-12-20", 22: "2022-12-28", 24: "2023-03-31",
    25: "2021-11-30", 26: "2022-05-18", 27: "2021-10-12", 28: "2022-08-31", 30: "2023-07-14", 32: "2021-12-24",
    53: "2024-12-19", 54: "2022-11-30", 55: "2023-10-20", 57: "2022-03-25", 58: "2024-06-28", 59: "2025-05-16",
    60: "2023-09-27", 63: "2024-11-08", 65: "2021-12-31", 68: "2022-10-10", 69: "2023-04-18", 72: "2021-09-30",
    75: "2023-12-28", 78: "2022-01-20", 79: "2023-06-16", 83: "2020-12-31", 84: "2025-10-15",
}  # fmt: skip

PLACE = Place(
    plan="kunming",
    seat="530100",
    months=months("2020-11", "2020-12", "2021-12", "2022-12", "2023-12", "2024-01:2025-12"),
    sizes={**COUNTIES, **ZONES},
    figures=FIGURES,
    own=OWN,
    registered=REGISTERED,
    confirmed=CONFIRMED,
)
