"""What the demo county looks like: for every metric a path of county totals and how the townships share it.

Paths name the value at the end of some months; between them values run straight. The values at 2020-12
reproduce table 1 and the facts of the plan's first part, those at 2021-12 the baselines of table 2.
"""

import datetime as dt
from dataclasses import dataclass
from fractions import Fraction

FIRST_MONTH = dt.date(2020, 12, 1)
ORGANISATIONS_FIRST_MONTH = dt.date(2015, 12, 1)
ORGANISATIONS_2015 = 12

COUNTY = "330424"
# In the order of every list of nine below.
TOWNSHIPS = (
    "330424001",  # 武原街道
    "330424002",  # 西塘桥街道
    "330424004",  # 秦山街道
    "330424005",  # 望海街道
    "330424101",  # 沈荡镇
    "330424102",  # 百步镇
    "330424103",  # 于城镇
    "330424105",  # 澉浦镇
    "330424106",  # 通元镇
)
COMMUNITIES = (17, 9, 8, 6, 1, 1, 1, 1, 1)
VILLAGES = (8, 4, 5, 4, 11, 10, 8, 13, 14)

ELDERS = (235, 100, 85, 90, 95, 95, 75, 85, 140)
BEDS = (1500, 420, 300, 520, 260, 480, 210, 240, 301)
RURAL = (10, 40, 60, 30, 120, 140, 90, 110, 130)
INSTITUTIONS = (6, 3, 2, 3, 2, 3, 2, 2, 2)

MONTHS = (
    "2020-12", "2021-12", "2022-12", "2023-12", "2024-12", "2025-12", "2026-12", "2028-12",
)  # fmt: skip


@dataclass(frozen=True)
class Stock:
    """County totals of a stock at the ends of ``MONTHS`` (the last one holds when fewer are given).

    ``within`` is the metric that no township may exceed; ``start`` the townships' first values, when they are
    to be exact; ``skill`` how much townships differ. ``events`` (month, township, size) come on top of the
    path. ``is_quarterly`` paths move at the ends of quarters only, as buildings do.
    """

    totals: tuple[int, ...]
    share: tuple[int, ...] = ELDERS
    within: str | None = None
    start: tuple[int, ...] | None = None
    skill: float = 0.0
    events: tuple[tuple[str, str, int], ...] = ()
    is_quarterly: bool = False


# A room each, all in institutions of 100 beds and more: month, township, rooms.
NEW_REHAB_ROOMS = (
    ("2021-10", "330424101", 1), ("2022-09", "330424102", 1), ("2023-04", "330424005", 1),
    ("2023-11", "330424103", 1), ("2024-08", "330424005", 1), ("2025-03", "330424001", 1),
    ("2025-09", "330424105", 1),
)  # fmt: skip

STOCKS: dict[str, Stock] = {
    # --- Population
    "registered_population": Stock((383_020, 383_300, 383_500, 383_400, 383_100, 382_700, 382_200, 381_000)),
    "registered_elders_60": Stock(
        (105_752, 108_400, 111_500, 114_800, 118_100, 121_300, 124_200, 129_500),
        within="registered_population",
    ),
    "registered_elders_80": Stock(
        (14_561, 14_900, 15_300, 15_800, 16_350, 16_900, 17_500, 18_700),
        within="registered_elders_60",
        skill=0.05,
    ),
    "resident_elders_65_health": Stock((80_200, 82_900, 85_800, 88_700, 91_600, 94_400, 97_000, 102_000)),
    "destitute_wishing_central_care": Stock((268, 262, 259, 255, 250, 246, 243, 240), share=RURAL),
    "destitute_wishing_in_central_care": Stock(
        (260, 256, 256, 254, 250, 246, 243, 240), within="destitute_wishing_central_care"
    ),
    # --- Institutions and facilities
    "care_institutions": Stock((25, 25, 26, 26, 27, 27, 27), share=INSTITUTIONS, start=INSTITUTIONS),
    "public_institutions": Stock(
        (5,), share=(1, 0, 0, 0, 1, 0, 1, 1, 1), start=(1, 0, 0, 0, 1, 0, 1, 1, 1), within="care_institutions"
    ),
    "publicly_built_privately_run_institutions": Stock(
        (3, 3, 4, 4, 5),
        share=(3, 0, 0, 0, 2, 0, 1, 1, 2),
        start=(1, 0, 0, 0, 1, 0, 0, 0, 1),
        within="public_institutions",
    ),
    "standards_compliant_institutions": Stock((11, 14, 18, 22, 25, 26, 27), within="care_institutions"),
    "institutions_with_dementia_zone": Stock((6, 7, 10, 13, 15, 17, 19, 20), within="care_institutions"),
    # Fewer would not do: 2 institutions with 260 beds cannot both have less than 100.
    "institutions_100_beds_up": Stock(
        (13,),
        start=(4, 1, 1, 1, 1, 2, 1, 1, 1),
        within="care_institutions",
        events=(("2022-06", "330424005", 1), ("2024-06", "330424005", 1)),
    ),
    "institutions_100_beds_up_with_rehab_room": Stock(
        (8,), start=(3, 1, 1, 1, 0, 1, 0, 0, 1), within="institutions_100_beds_up", events=NEW_REHAB_ROOMS
    ),
    "rehab_rooms": Stock((9,), start=(3, 1, 1, 1, 1, 1, 0, 0, 1), events=NEW_REHAB_ROOMS),
    "institutions_with_party_coverage": Stock((18, 19, 22, 24, 26, 27), within="care_institutions"),
    "four_star_institutions": Stock(
        (1, 1, 1, 2, 2),
        share=(1, 0, 0, 0, 0, 2, 0, 0, 0),
        start=(0, 0, 0, 0, 0, 1, 0, 0, 0),
        within="care_institutions",
    ),
    "four_star_institutions_with_rehab_nurse": Stock((1, 1, 1, 1, 2), within="four_star_institutions"),
    "five_star_institutions": Stock(
        (0, 0, 0, 0, 1), share=(1, 0, 0, 0, 0, 0, 0, 0, 0), within="care_institutions"
    ),
    "five_star_institutions_with_rehab_doctor": Stock((0, 0, 0, 0, 1), within="five_star_institutions"),
    "public_institutions_with_joint_clinic": Stock((2, 2, 3, 3, 4, 5), within="public_institutions"),
    "destitute_care_homes": Stock((4,), share=(0, 0, 0, 0, 1, 0, 1, 1, 1), start=(0, 0, 0, 0, 1, 0, 1, 1, 1)),
    "destitute_care_homes_upgraded": Stock((0, 0, 1, 2, 3, 4), within="destitute_care_homes"),
    "townships_with_home_care_center": Stock((9,), share=(1,) * 9, within="townships"),
    "home_care_centers_5a": Stock((1, 1, 2, 3, 4, 5, 6), within="townships_with_home_care_center"),
    "demonstration_home_care_centers": Stock((9,), share=(1,) * 9, within="townships_with_home_care_center"),
    "community_care_centers": Stock(
        (98, 100, 101, 102, 103, 104, 106),
        share=(18, 9, 10, 8, 11, 10, 8, 11, 13),
        start=(18, 9, 10, 8, 11, 10, 8, 11, 13),
    ),
    "villages_covered_by_care_center": Stock(
        (122,), share=tuple(c + v for c, v in zip(COMMUNITIES, VILLAGES, strict=True))
    ),
    "community_care_centers_socially_run": Stock(
        (70, 80, 87, 92, 96, 99, 102, 106), within="community_care_centers", skill=0.06
    ),
    "community_care_centers_with_medical": Stock(
        (98, 100, 101, 102, 103, 104, 106), within="community_care_centers"
    ),
    "smart_care_institutions": Stock((0, 0, 1, 2, 3, 4, 5), within="care_institutions"),
    "elder_education_institutions": Stock((118, 119, 121, 121, 123, 125, 127, 131)),
    "township_health_centers": Stock((9,), share=(1,) * 9, start=(1,) * 9),
    "township_health_centers_with_hospice": Stock((2, 2, 3, 5, 6, 7, 8, 9), within="township_health_centers"),
    # --- Beds
    "institution_beds": Stock(
        (4_231, 4_333, 4_380, 4_440, 4_500, 4_540, 4_570),
        share=BEDS,
        start=BEDS,
        is_quarterly=True,
        events=(("2022-06", "330424005", 160),),
    ),
    "nursing_beds": Stock(
        (2_115, 2_384, 2_450, 2_570, 2_680, 2_775, 2_850),
        share=BEDS,
        within="institution_beds",
        skill=0.12,
        is_quarterly=True,
        events=(("2022-06", "330424005", 110),),
    ),
    "dementia_beds": Stock((84, 95, 130, 165, 200, 233, 252, 262), within="institution_beds", skill=0.25),
    "home_care_beds": Stock((24, 42, 85, 132, 188, 235, 262, 300), skill=0.2),
    "day_care_beds": Stock((492, 495, 505, 515, 520, 524, 532)),
    "mutual_aid_beds": Stock((0,)),
    "medical_care_institution_beds": Stock(
        (4_336, 4_440, 4_490, 4_560, 4_630, 4_690, 4_730),
        share=BEDS,
        is_quarterly=True,
        events=(("2022-06", "330424005", 160),),
    ),
    # --- Staff
    "care_staff": Stock((760, 790, 850, 895, 940, 980, 1_010, 1_050), share=BEDS),
    "caregivers": Stock((402, 420, 455, 480, 502, 520, 536, 560), within="care_staff"),
    "certified_caregivers": Stock((190, 217, 246, 274, 303, 333, 352, 380), within="caregivers", skill=0.08),
    "senior_caregivers": Stock((56, 63, 71, 79, 87, 96, 102, 112), within="certified_caregivers", skill=0.1),
    "caregivers_with_rehab_basics": Stock((160, 200, 285, 365, 430, 484, 520, 556), within="caregivers"),
    "senior_caregivers_with_rehab_skills": Stock(
        (34, 40, 50, 62, 78, 96, 102, 112), within="senior_caregivers"
    ),
    "elder_social_workers": Stock((204, 217, 230, 246, 266, 286, 308, 332), skill=0.15),
    "institution_social_workers": Stock((12, 13, 15, 18, 21, 24, 25, 27), within="elder_social_workers"),
    "rural_care_staff": Stock((268, 276, 290, 302, 312, 322, 330), share=RURAL, within="care_staff"),
    # --- Services
    "service_subsidy_recipients": Stock(
        (3_173, 3_270, 3_390, 3_500, 3_620, 3_740, 3_830, 4_000), within="registered_elders_60"
    ),
    "home_adaptations_needed": Stock(
        (780, 784, 786, 788, 790, 792, 796), share=RURAL
    ),  # those done among them
    "accident_insured_elders": Stock(
        (102_050, 105_300, 109_300, 113_200, 116_900, 120_570, 123_700, 129_000),
        within="registered_elders_60",
    ),
    "elder_learners": Stock((15_010, 16_100, 18_000, 20_300, 22_900, 25_700, 28_000, 30_500), skill=0.1),
    "elder_learning_resources": Stock((460, 510, 560, 620, 690, 770, 850, 930)),
    "elder_learning_groups": Stock((310, 330, 355, 372, 391, 410, 428, 450)),
    "health_managed_elders_65": Stock(
        (52_900, 55_300, 58_300, 61_600, 65_000, 69_400, 71_800, 76_000),
        within="resident_elders_65_health",
        skill=0.03,
    ),
    # --- Residential areas; none of the plan period yet in 2020
    "new_residential_areas": Stock((0, 4, 8, 13, 17, 21, 24, 28)),
    "new_residential_areas_four_sync": Stock((0, 4, 8, 12, 16, 20, 23, 27), within="new_residential_areas"),
    "existing_residential_areas": Stock((196,)),
    "existing_residential_areas_compliant": Stock(
        (118, 120, 126, 131, 135, 139, 141), within="existing_residential_areas"
    ),
    "existing_residential_areas_below_standard": Stock((24,), within="existing_residential_areas"),
    "existing_residential_areas_rectified": Stock(
        (0, 3, 9, 14, 18, 22, 23, 24), within="existing_residential_areas_below_standard"
    ),
}

# The same in every month.
FIXED: dict[str, tuple[int, ...]] = {
    "townships": (1,) * 9,
    "urban_communities": COMMUNITIES,
    "administrative_villages": VILLAGES,
}

# Health care unions: the month in which a township got its own.
UNIONS = {
    "330424102": "2021-09", "330424005": "2022-11", "330424001": "2023-06", "330424106": "2024-05",
    "330424101": "2025-03", "330424002": "2026-04",
}  # fmt: skip
UNION_METRICS = ("health_care_unions", "units_covered_by_health_care_union")

# Staff trained this year, as a share of the staff: counted anew each January.
TRAINED_BY_MONTH = (10, 19, 28, 37, 46, 55, 63, 71, 79, 87, 94, 100)  # percent of what the year reaches
TRAINED_IN_YEAR = {2020: 88, 2021: 90, 2022: 93, 2023: 96, 2024: 98}  # percent; 100 later
TRAINED = {"care_staff_trained": "care_staff", "rural_care_staff_trained": "rural_care_staff"}

# Visits: people to be visited (a path like a stock's) and the share that is, in percent.
VISITS = {
    "weekly": (Stock((5_120, 5_210, 5_340, 5_480, 5_600, 5_720, 5_810, 5_950)),
               (66, 74, 84, 92, 96, 99, 99.4)),
    "monthly": (Stock((2_900, 2_950, 3_010, 3_060, 3_120, 3_170, 3_210, 3_280)),
                (52, 60, 75, 86, 93, 97.8, 98.4)),
}  # fmt: skip
# What the plan prints is met to the digit; other months have their luck.
EXACT_MONTHS = ("2020-12", "2021-12")
# Months in which fewer visits were possible: share of the usual.
VISIT_DIPS = {"2022-12": Fraction(62, 100), "2023-01": Fraction(85, 100)}

# Flows that townships report: what a year brings, and its months' weights.
WORKING_YEAR = (3, 2, 7, 9, 10, 11, 9, 8, 11, 12, 11, 7)
TOWNSHIP_FLOWS = {
    "home_adaptations": {2021: 60, 2022: 95, 2023: 120, 2024: 125, 2025: 112, 2026: 44},
    "family_carer_trainings": {2020: 60, 2021: 90, 2022: 120, 2023: 140, 2024: 150, 2025: 140, 2026: 128},
}
# Booked at once in the first month: what the plan's first part reports for 2016-2020.
FIRST_MONTH_FLOWS = {"home_adaptations": 100, "caregiver_skill_certifications": 160}

# --- The county's own report
COUNTY_STOCKS: dict[str, tuple[int, ...]] = {
    "subordinate_counties": (1,),
    "nursing_master_studios": (0, 0, 0, 1, 1, 1, 2),
    "elder_service_organizations": (21, 22, 24, 25, 27, 29, 30),
    "medical_institutions_in_scope": (14,),
    "age_friendly_medical_institutions": (4, 5, 8, 10, 12, 14),
    "caregivers_on_post_allowance": (19, 24, 33, 41, 52, 60, 66),
}
COUNTY_FLOWS = {
    "caregiver_skill_certifications": {2021: 48, 2022: 60, 2023: 70, 2024: 75, 2025: 80, 2026: 66},
    "caregivers_trained_and_certified": {
        2020: 36,
        2021: 40,
        2022: 52,
        2023: 60,
        2024: 66,
        2025: 68,
        2026: 54,
    },
}
EXAM_MONTHS = (0, 0, 0, 3, 0, 4, 0, 0, 4, 0, 3, 1)
# 万元 a year, and the share of the lottery fund that goes to elder care in percent.
LOTTERY_FUND = {2020: 600, 2021: 620, 2022: 655, 2023: 690, 2024: 720, 2025: 745, 2026: 760}
LOTTERY_SHARE = {2020: 52, 2021: 53, 2022: 57, 2023: 58, 2024: 60, 2025: 61, 2026: 60}
FISCAL_INPUT = {2020: 6_500, 2021: 6_820, 2022: 7_350, 2023: 7_710, 2024: 8_290, 2025: 8_840, 2026: 9_150}
MONEY_YEAR = (6, 5, 8, 8, 8, 9, 8, 8, 9, 9, 10, 12)

# Why a figure moved further than usual, where the county knows.
REASONS = {
    ("2020-12", "home_adaptations"): "“十三五”首批改造户数，按规划文本在本月一次补记。",
    ("2020-12", "caregiver_skill_certifications"): "“十三五”职业技能鉴定人数，按规划文本在本月一次补记。",
    ("2022-06", "institution_beds"): "望海街道新建康养中心本月投入使用。",
    ("2022-06", "nursing_beds"): "望海街道新建康养中心本月投入使用。",
    ("2022-06", "medical_care_institution_beds"): "望海街道新建康养中心本月投入使用。",
    ("2022-06", "institutions_100_beds_up"): "望海街道新建康养中心本月投入使用。",
    ("2022-12", "weekly_visits_done"): "防疫转段期间入户受限，部分改为电话问候，不计入探访。",
    ("2022-12", "monthly_visits_done"): "防疫转段期间入户受限，部分改为电话问候，不计入探访。",
    ("2023-01", "weekly_visits_done"): "入户探访陆续恢复。",
    ("2023-01", "monthly_visits_done"): "入户探访陆续恢复。",
    ("2023-02", "weekly_visits_done"): "入户探访恢复正常。",
    ("2023-02", "monthly_visits_done"): "入户探访恢复正常。",
}
USUAL_REASONS = {
    "home_adaptations": "本批改造集中验收。",
    "family_carer_trainings": "本月集中开班。",
    "caregiver_skill_certifications": "本季度统一组织认定。",
    "caregivers_trained_and_certified": "本季度统一组织认定。",
}
ANY_REASON = "本月集中核实台账，已与经办核对。"
