"""Facilities and beds of a township, month by month, so that counting them gives the figures that are wanted."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from eldercare.identity import name_key
from eldercare.models import OrgUnit
from eldercare.spells import Spells
from facilities.demo import names, plan
from facilities.demo.days import Months, day_between, dice
from facilities.demo.sites import Site, hash_of, village_label
from facilities.demo.wards import Ward, share_beds
from facilities.models import QUALIFICATIONS, Bed, Facility, FacilityRating, FacilityVillage

Kind, Operation, Sponsor, Setting = Facility.Kind, Facility.Operation, Facility.Sponsor, Facility.Setting
Scheme = FacilityRating.Scheme
Wanted = Mapping[str, list[int]]  # metric code → figure per month

# What every institution has had since it opened; the metrics of the plan do not ask for it.
FROM_THE_START = (
    "filed", "incorporated", "fire_accepted", "medical_contract", "kitchen", "open_kitchen",
    "liability_insurance",
)  # fmt: skip
# Metric → qualifications of institutions that begin together.
INSTITUTION_FLAGS = {
    "standards_compliant_institutions": ("safety_standard", "quality_standard"),
    "institutions_with_dementia_zone": ("dementia_zone",),
    "institutions_with_party_coverage": ("party_coverage", "party_site"),
    "smart_care_institutions": ("smart",),
}
FOUNDED = dt.date(2020, 11, 20)  # what is there in the first month has begun by then


@dataclass
class Town:
    """A township's facilities while they grow."""

    unit: OrgUnit
    villages: list[OrgUnit]
    wanted: Wanted
    months: Months
    numbers: Callable[[], int]  # runs through the county: for codes and telephones
    facilities: list[Facility] = field(default_factory=list)
    ratings: dict[int, list[tuple[FacilityRating.Scheme, int, dt.date]]] = field(default_factory=dict)
    coverage: dict[str, list[FacilityVillage]] = field(default_factory=dict)
    homes: list[Site] = field(default_factory=list)
    centers: list[Site] = field(default_factory=list)
    hub: Site | None = None
    family: Ward | None = None
    handed_over: dict[int, tuple[Facility, Facility, dt.date]] = field(default_factory=dict)  # by month
    moved: list[tuple[Bed, Bed]] = field(default_factory=list)
    opened: dict[int, list[Site]] = field(default_factory=dict)  # institutions, by month

    def grow(self) -> None:
        self._found()
        for month in range(len(self.months)):
            self._hand_over(month)
            self._open_homes(month)
            self._open_centers(month)
            self._share_beds(month)
            self._bring_attributes(month)
            self._qualify(month)
            self._rate(month)
            self._join_union(month)
        for site in self.centers:
            if site.facility.socially_run:
                site.facility.operation = Operation.PUBLIC_BUILT_PRIVATE_RUN
                site.facility.operator = f"{self.unit.name}为老服务社"

    # --- Making facilities ----------------------------------------------------------------------------------

    def _facility(
        self, name: str, kind: str, opened: dt.date, registry: str = "", **more: object
    ) -> Facility:
        number = self.numbers()
        facility = Facility(
            org_unit=self.unit,
            name=name,
            name_key=name_key(name),
            kind=kind,
            opened_on=opened,
            **({"operation": Operation.PUBLIC, "sponsor": Sponsor.TOWNSHIP} | more),
        )
        facility.contact = dice("contact", number).choice(names.SURNAMES) + "主任"
        facility.phone = names.phone(number)
        village = facility.village and village_label(facility.village, self.unit)
        facility.address = f"{self.unit.name}{village or ''}"
        facility.credit_code = names.credit_code(number, registry) if registry else ""
        self.facilities.append(facility)
        return facility

    def _home(self, home: plan.Home, opened: dt.date) -> Site:
        public = home.operation in Facility.PUBLIC_OPERATIONS
        company = home.operation == Operation.FOR_PROFIT
        sponsor = Sponsor.COUNTY if home.kind == Kind.WELFARE_HOME else Sponsor.TOWNSHIP
        village = self._village_of(home)
        facility = self._facility(
            home.name,
            home.kind,
            opened,
            "public" if public else "company" if company else "social",
            operation=home.operation,
            sponsor=sponsor if public else Sponsor.SOCIAL,
            setting=Setting.RURAL if home.is_rural else Setting.URBAN,
            village=village,
            owner=f"{self.unit.name}{'人民政府' if self.unit.name[-1] == '镇' else '办事处'}"
            if public
            else "",
            operator="" if home.operation == Operation.PUBLIC else f"{home.name}运营管理单位",
        )
        for qualification in FROM_THE_START:
            setattr(facility, qualification, Spells.since(opened))
        if home.beds >= 150:
            facility.clinic = Spells.since(max(opened, dt.date(2016, 5, 1)))
        site = Site(facility, home, Ward(facility))
        self.homes.append(site)
        return site

    def _village_of(self, home: plan.Home) -> OrgUnit:
        """The one it is named after, or else any of its kind."""
        suiting = [each for each in self.villages if each.name.endswith("村委会") == home.is_rural]
        named = [each for each in suiting if home.name[:2] in each.name]
        return (named or suiting)[0 if named else len(home.name) % len(suiting)]

    def _found(self) -> None:
        generator = dice("found", self.unit.code)
        for home in plan.HOMES[self.unit.code]:
            if not home.is_new:
                month, day = generator.randint(1, 12), generator.randint(1, 28)
                self._home(home, dt.date(home.opened, month, day))
        community = next(each for each in self.villages if not each.name.endswith("村委会"))
        hub = self._facility(
            f"{self.unit.name}居家养老服务中心",
            Kind.HOME_CARE_CENTER,
            dt.date(2016, 9, 28),
            "public",
            setting=Setting.URBAN,
            village=community,
        )
        hub.demonstration = Spells.since(dt.date(2019, 12, 10))
        self.hub = Site(hub)
        self._more_places(community)

    def _more_places(self, community: OrgUnit) -> None:
        """Places that no wanted figure counts: a canteen or two, a teaching point, an activity room."""
        rural = self.villages[-1]
        label = village_label(rural, self.unit)
        later = dt.timedelta(days=dice("canteen", self.unit.code).randint(0, 300))
        canteen = self._facility(
            f"{label}老年食堂",
            Kind.CANTEEN,
            dt.date(2021, 4, 1) + later,
            village=rural,
            sponsor=Sponsor.VILLAGE,
        )
        canteen.standardised = Spells.since(dt.date(2022, 11, 1))
        self._facility(
            f"{village_label(community, self.unit)}助餐点", Kind.CANTEEN, dt.date(2023, 1, 10) + later,
            village=community, sponsor=Sponsor.VILLAGE,
        )  # fmt: skip
        self._facility(f"{self.unit.name}老年学校教学点", Kind.TEACHING_POINT, dt.date(2018, 3, 1))
        self._facility(f"{self.unit.name}老年活动中心", Kind.ACTIVITY_SITE, dt.date(2014, 10, 1))

    # --- Institutions ---------------------------------------------------------------------------------------

    def _hand_over(self, month: int) -> None:
        """A public home that a private operator takes over is a new facility: the old one closes that day."""
        entrusted = [s for s in self.homes if s.facility.operation == Operation.PUBLIC_BUILT_PRIVATE_RUN]
        if self.wanted["publicly_built_privately_run_institutions"][month] == len(entrusted):
            return
        site = next(site for site in self.homes if site.facility.operation == Operation.PUBLIC)
        day, old = self.months.early(month, self.unit.code, "hand over"), site.facility
        new = self._facility(
            f"{self.unit.name}康养中心",
            old.kind,
            day,
            "social",
            operation=Operation.PUBLIC_BUILT_PRIVATE_RUN,
            sponsor=old.sponsor,
            setting=old.setting,
            village=old.village,
            owner=old.owner,
            operator=f"{self.unit.name}康养服务中心",
        )
        old.closed_on = day
        new.upgraded_on, new.rehab_room_count = old.upgraded_on, old.rehab_room_count
        for qualification in QUALIFICATIONS:
            if getattr(old, qualification).on(day):
                setattr(new, qualification, Spells.since(day))
                setattr(old, qualification, getattr(old, qualification).ended(day))
        site.facility, site.former = new, (old, month)
        self.moved += site.ward.move_to(new, day)
        self.handed_over[month] = (old, new, day)
        if site.stars:
            self._award(new, Scheme.STAR, site.stars, day)

    def _open_homes(self, month: int) -> None:
        missing = self.wanted["care_institutions"][month] - len(self.homes)
        planned = [home for home in plan.HOMES[self.unit.code] if home.is_new]
        for home in planned[len(planned) - missing :] if missing else ():
            site = self._home(home, self.months.early(month, home.name))
            self.opened.setdefault(month, []).append(site)

    def _share_beds(self, month: int) -> None:
        big = self.wanted["institutions_100_beds_up"][month]
        weights = [
            site.home.later if place < big and site.home.later else site.home.beds
            for place, site in enumerate(self.homes)
        ]
        held = [len(site.ward) for site in self.homes]
        total = self.wanted["institution_beds"][month]
        if month == 0:
            held = [site.home.beds for site in self.homes]
        opening = tuple(place for place, site in enumerate(self.homes) if not held[place])
        day = self.months.early(month, self.unit.code, "beds")
        aims = share_beds(held, total, big, weights, opening)
        for site, aim in zip(self.homes, aims, strict=True):
            if month == 0:
                self._first_beds(site, aim)
            elif aim < len(site.ward):
                site.ward.retire(len(site.ward) - aim, day)
            else:
                site.ward.add(aim - len(site.ward), max(day, site.facility.opened_on))
        self._bring_beds(month, "day_care_beds", [site.ward for site in self.centers])
        self._bring_beds(month, "home_care_beds", [self._family_ward()])

    def _first_beds(self, site: Site, count: int) -> None:
        """Four fifths since the opening, the rest since an extension."""
        extended = day_between(
            site.facility.opened_on, dt.date(2020, 6, 1), dice("extension", site.facility.name)
        )
        site.ward.add(count * 4 // 5, site.facility.opened_on)
        site.ward.add(count - count * 4 // 5, extended)

    def _family_ward(self) -> Ward:
        if self.family is None:
            self.family = Ward(self.hub.facility, Bed.Kind.FAMILY)
        return self.family

    def _bring_beds(self, month: int, code: str, wards: list[Ward]) -> None:
        for _ in range(self.wanted[code][month] - sum(map(len, wards))):
            ward = min(wards, key=len)
            early = self.months.early(month, code, ward.facility.name, len(ward))
            if month == 0:
                early = FOUNDED - dt.timedelta(days=dice(code, ward.facility.name, len(ward)).randint(0, 400))
            ward.add(1, max(early, ward.facility.opened_on))

    # --- Attributes of beds ---------------------------------------------------------------------------------

    def _bring_attributes(self, month: int) -> None:
        wards = [site.ward for site in self.homes]
        zones = [site.ward for site in self.homes if site.facility.dementia_zone] or wards[:1]
        self._grant(month, "nursing", "nursing_beds", wards, wards)
        self._grant(month, "dementia", "dementia_beds", zones, wards)
        everywhere = [*wards, *(site.ward for site in self.centers)]
        self._grant(month, "medical", "medical_care_institution_beds", wards, everywhere)

    def _grant(self, month: int, attribute: str, code: str, first: list[Ward], wards: list[Ward]) -> None:
        """To beds of the wards that have the least of it: of ``first``, then of all."""
        missing = self.wanted[code][month] - sum(ward.held(attribute) for ward in wards)
        if missing < 0:
            raise ValueError(f"{self.unit} {self.months[month]:%Y-%m} {code}: {-missing} too many")
        late = self.months.late(month, self.unit.code, attribute)

        def begin(bed: Bed) -> dt.date:
            if month:
                return late
            return max(bed.in_use_from, dt.date(2015 + hash_of(bed) % 5, 4, 1))

        for _ in range(missing):
            room = [ward for ward in first if ward.free[attribute]]
            room = room or [ward for ward in wards if ward.free[attribute]]
            min(room, key=lambda ward: ward.share(attribute)).grant(attribute, begin)

    # --- Qualifications and grades --------------------------------------------------------------------------

    def _qualify(self, month: int) -> None:
        sites = [site.facility for site in self.homes]
        for code, flags in INSTITUTION_FLAGS.items():
            self._begin(month, code, flags, sites)
        public = [facility for facility in sites if facility.operation in Facility.PUBLIC_OPERATIONS]
        self._begin(month, "public_institutions_with_joint_clinic", ("joint_clinic",), public)
        self._rehab_rooms(month, sites)
        self._upgrade(month, [each for each in sites if each.kind == Kind.DESTITUTE_HOME])
        centers = [site.facility for site in self.centers]
        self._begin(month, "community_care_centers_socially_run", ("socially_run",), centers)

    def _begin(
        self,
        month: int,
        code: str,
        flags: tuple[str, ...],
        candidates: list[Facility],
        wanted: int | None = None,
    ) -> None:
        wanted = self.wanted[code][month] if wanted is None else wanted
        without = [each for each in candidates if not getattr(each, flags[0])]
        missing = wanted - (len(candidates) - len(without))
        if not 0 <= missing <= len(without):
            raise ValueError(f"{self.unit} {self.months[month]:%Y-%m} {code}: cannot reach {wanted}")
        for facility in without[:missing]:
            day = self.months.late(month, facility.name, code)
            if month == 0:
                since = max(facility.opened_on, dt.date(2018, 1, 1))
                day = day_between(since, FOUNDED, dice(code, facility.name))
            for flag in flags:
                setattr(facility, flag, Spells.since(day))

    def _rehab_rooms(self, month: int, sites: list[Facility]) -> None:
        code, big = "institutions_100_beds_up_with_rehab_room", self.wanted["institutions_100_beds_up"][month]
        among_big = self.wanted[code][month]
        self._begin(month, code, ("rehab_room",), sites[:big])
        self._begin(
            month, "rehab_rooms", ("rehab_room",), sites[big:], self.wanted["rehab_rooms"][month] - among_big
        )

    def _upgrade(self, month: int, homes: list[Facility]) -> None:
        done = sum(home.upgraded_on is not None for home in homes)
        for home in homes[done : self.wanted["destitute_care_homes_upgraded"][month]]:
            home.upgraded_on = self.months.late(month, home.name, "upgraded")

    def _rate(self, month: int) -> None:
        for stars, code in ((5, "five_star_institutions"), (4, "four_star_institutions")):
            missing = self.wanted[code][month] - sum(site.stars == stars for site in self.homes)
            for site in [s for s in self.homes if s.home.stars == stars and s.stars < stars][:missing]:
                day = self.months.late(month, site.facility.name, stars)
                self._star(site, stars, day if month else dt.date(2019, 11, 18))
        for site in self.homes:
            if not site.stars and site.home.stars < 5:
                since = dt.date(2019, 11, 18) if month == 0 else self.months.late(month, site.home.name)
                self._star(site, min(site.home.stars, 3), max(since, site.facility.opened_on))
            elif not site.stars:
                self._star(site, 3, dt.date(2019, 11, 18))
        has_five = (Scheme.CENTER, 5) in {
            rating[:2] for rating in self.ratings.get(id(self.hub.facility), ())
        }
        if month == 0:
            level = 3 + dice("hub", self.unit.code).randint(0, 1)
            self._award(self.hub.facility, Scheme.CENTER, level, dt.date(2018, 12, 20))
        if self.wanted["home_care_centers_5a"][month] and not has_five:
            day = self.months.late(month, self.unit.code, "5A") if month else dt.date(2020, 10, 20)
            self._award(self.hub.facility, Scheme.CENTER, 5, day)

    def _star(self, site: Site, stars: int, day: dt.date) -> None:
        site.stars = stars
        self._award(site.facility, Scheme.STAR, stars, day)

    def _award(self, facility: Facility, scheme: FacilityRating.Scheme, level: int, day: dt.date) -> None:
        self.ratings.setdefault(id(facility), []).append((scheme, level, day))

    # --- Care centres and unions ----------------------------------------------------------------------------

    def _open_centers(self, month: int) -> None:
        while len(self.centers) < self.wanted["community_care_centers"][month]:
            village = self.villages[len(self.centers)]
            opened = self.months.early(month, village.code)
            if month == 0:
                opened = day_between(dt.date(2013, 3, 1), dt.date(2019, 6, 30), dice("center", village.code))
            label = village_label(village, self.unit)
            facility = self._facility(
                f"{label}居家养老服务照料中心",
                Kind.COMMUNITY_CARE_CENTER,
                opened,
                village=village,
                sponsor=Sponsor.VILLAGE,
                setting=Setting.RURAL if label.endswith("村") else Setting.URBAN,
                owner=village.name,
            )
            facility.medical_contract = Spells.since(opened)
            self.centers.append(Site(facility, ward=Ward(facility, Bed.Kind.DAY_CARE)))
            self._cover(facility, village, opened)
        if month == 0:
            for place, village in enumerate(self.villages[len(self.centers) :]):
                neighbour = self.centers[place % len(self.centers)].facility
                self._cover(neighbour, village, max(neighbour.opened_on, dt.date(2019, 1, 1)))

    def _cover(self, facility: Facility, village: OrgUnit, day: dt.date) -> None:
        """From ``day`` on; whoever covered the village before no longer does."""
        rows = self.coverage.setdefault(village.code, [])
        for row in rows:
            row.covered = row.covered.ended(day)
        rows.append(FacilityVillage(facility=facility, village=village, covered=Spells.since(day)))

    def _join_union(self, month: int) -> None:
        if self.wanted["health_care_unions"][month] and not any(
            each.kind == Kind.HEALTH_CARE_UNION for each in self.facilities
        ):
            day = self.months.early(month, self.unit.code, "union")
            self._facility(f"{self.unit.name}康养联合体", Kind.HEALTH_CARE_UNION, day)
