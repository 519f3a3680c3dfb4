"""The people who work in a township's elder care, month by month: hired, moved, certified, trained.

Each figure that is wanted only grows, but for what a calendar year counts anew; who leaves is replaced.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field

from facilities.demo.buildings import Town
from facilities.demo.days import day_between, dice
from facilities.demo.names import People, phone
from facilities.demo.sites import Site
from facilities.demo.workers import Worker, is_senior, loss, urgency
from facilities.models import Caregiver, Certificate, Employment, Facility, Training

Role, Workplace = Employment.Role, Employment.Workplace
Subject = Training.Subject

# What those do who are no caregivers, in turn; each facility has a manager first.
OTHER_ROLES = (
    Role.NURSE, Role.OTHER, Role.OTHER, Role.DOCTOR, Role.OTHER, Role.FIRE, Role.OTHER, Role.OTHER,
    Role.NURSE, Role.OTHER, Role.OTHER, Role.NUTRITIONIST, Role.OTHER, Role.FIRE, Role.OTHER,
)  # fmt: skip
LICENSED = {Role.NURSE, Role.DOCTOR}
COURSES = {
    Subject.SKILL: "养老护理员职业技能培训班", Subject.SAFETY: "消防与安全生产培训班",
    Subject.REHAB_BASICS: "基本康复知识培训班", Subject.REHAB_SKILLS: "康复技能提升班",
    Subject.MANAGEMENT: "养老机构管理人员培训班", Subject.OTHER: "养老服务政策与礼仪培训班",
}  # fmt: skip
REHABILITATION = (Subject.REHAB_BASICS, Subject.REHAB_SKILLS)
FIRST_HIRED, BEFORE = dt.date(2014, 3, 1), dt.date(2020, 11, 30)


@dataclass
class Team:
    """All who work in one township."""

    town: Town
    people: People
    numbers: Callable[[], int]
    persons: list[Caregiver] = field(default_factory=list)
    posts: list[Employment] = field(default_factory=list)
    certificates: list[Certificate] = field(default_factory=list)
    trainings: list[Training] = field(default_factory=list)
    workers: list[Worker] = field(default_factory=list)  # at facilities, now
    community: list[Worker] = field(default_factory=list)
    count: int = 0

    def work(self) -> None:
        for month in range(len(self.town.months)):
            self.month = month
            self._follow_to_new_operator()
            self._staff_new_homes()
            self._turn_over()
            self._hire()
            self._lose_trained()
            self._fill_roles()
            self._certify()
            self._train()
        self._moonlight()

    # --- Helpers --------------------------------------------------------------------------------------------

    def _wanted(self, code: str) -> int:
        return self.town.wanted[code][self.month]

    def _early(self, *key: object) -> dt.date:
        return self.town.months.early(self.month, self.town.unit.code, "staff", *key)

    def _late(self, *key: object) -> dt.date:
        return self.town.months.late(self.month, self.town.unit.code, "staff", *key)

    def _next(self) -> int:
        self.count += 1
        return self.count

    def _person(self) -> Caregiver:
        drawn, number = self.people.draw(), self.numbers()
        person = Caregiver(
            name=drawn.name,
            id_number=drawn.id_number,
            sex="male" if drawn.is_man else "female",
            born_on=drawn.born_on,
            phone=phone(number),
            education=("junior", "senior", "junior", "college", "senior", "primary", "bachelor")[number % 7],
        )
        self.persons.append(person)
        return person

    def _post(self, person: Caregiver, site: Site | None, role: str, day: dt.date) -> Employment:
        if site is None:
            place = Workplace.COMMUNITY if self.count % 8 else Workplace.ORGANISATION
        else:
            place = Workplace.FACILITY
        post = Employment(
            caregiver=person,
            org_unit=self.town.unit,
            workplace=place,
            facility=site.at(self.month) if site else None,
            role=role,
            employed_from=day,
        )
        self.posts.append(post)
        return post

    def _new_worker(self, site: Site | None, role: str, day: dt.date) -> Worker:
        self._next()
        person = self._person()
        worker = Worker(person, self._post(person, site, role, day), site, is_new=True)
        (self.workers if site else self.community).append(worker)
        return worker

    def _change(self, worker: Worker, *, site: Site | None = None, role: str = "") -> None:
        """Another place or another work: the old post ends the day the new one begins."""
        site, role = site or worker.site, role or worker.role
        day = max(self._early("change", worker.person.id_number), site.at(self.month).opened_on)
        if worker.is_new or day <= worker.post.employed_from:
            worker.post.role, worker.post.facility = role, site.at(self.month)
        else:
            worker.post.employed_to = day
            worker.post = self._post(worker.person, site, role, day)
        worker.site = site

    def _replace(self, worker: Worker) -> Worker:
        """Somebody leaves, another comes on the same day."""
        day = self._early("leave", worker.person.id_number)
        worker.post.employed_to = max(day, worker.post.employed_from)
        self.workers.remove(worker)
        return self._new_worker(worker.site, worker.role, worker.post.employed_to)

    # --- Coming and going -----------------------------------------------------------------------------------

    def _follow_to_new_operator(self) -> None:
        if self.month not in self.town.handed_over:
            return
        old, new, day = self.town.handed_over[self.month]
        for worker in self.workers:
            if worker.post.facility is old:
                worker.post.employed_to = day
                post = self._post(worker.person, worker.site, worker.role, day)
                post.facility = new
                worker.post = post

    def _staff_new_homes(self) -> None:
        """A new institution begins with people from the largest one of the township."""
        for site in self.town.opened.get(self.month, ()):
            there = [w for w in self.workers if w.site is self.town.homes[0]]
            others = [w for w in there if w.role == Role.OTHER][:2]
            helpers = [w for w in there if w.role == Role.CAREGIVER][-3:]
            for worker in others + helpers:
                self._change(worker, site=site)

    def _turn_over(self) -> None:
        """At New Year a few leave who hold nothing that counts, before the year's training has begun."""
        if self.town.months[self.month].month != 1:
            return
        plain = [
            w
            for w in self.workers
            if w.role in (Role.OTHER, Role.CAREGIVER) and not (w.levels or w.has_basics or w.has_skills)
        ]
        generator = dice("turnover", self.town.unit.code, self.month)
        for worker in generator.sample(plain, min(len(plain), len(self.workers) // 25)):
            self._replace(worker).is_new = False

    def _hire(self) -> None:
        staff, rural = self._wanted("care_staff"), self._wanted("rural_care_staff")
        pools = ((True, rural), (False, staff - rural))
        self._move_between_pools(dict(pools))
        for is_rural, wanted in pools:
            missing = wanted - sum(w.is_rural == is_rural for w in self.workers)
            for _ in range(missing):
                site = self._neediest(is_rural)
                day = max(self._early("hire", self._next()), site.at(self.month).opened_on)
                if self.month == 0:
                    first = max(FIRST_HIRED, site.at(self.month).opened_on)
                    day = day_between(first, BEFORE, dice("hired", self.town.unit.code, self.count))
                self._new_worker(site, "", day)

    def _move_between_pools(self, wanted: dict[bool, int]) -> None:
        """From the town into the villages when fewer are wanted there; trained ones if fewer of these are."""
        for is_rural, aim in wanted.items():
            surplus = sum(w.is_rural == is_rural for w in self.workers) - aim
            for _ in range(surplus):
                there = [w for w in self.workers if w.is_rural == is_rural and w.role != Role.SOCIAL_WORKER]
                there.sort(key=lambda w: (w.role != Role.OTHER, w.trained_in))
                self._change(there[0], site=self._neediest(not is_rural))

    def _neediest(self, is_rural: bool) -> Site:
        """Where fewest work for its size."""
        month_end = self._late("open")
        sites = [*self.town.homes, self.town.hub, *self.town.centers]
        there = [
            site
            for site in sites
            if (site.facility.setting == Facility.Setting.RURAL) == is_rural
            and site.at(self.month).opened_on <= month_end
        ]
        at = {id(site): 0 for site in there}
        for worker in self.workers:
            if id(worker.site) in at:
                at[id(worker.site)] += 1
        return min(there, key=lambda site: (at[id(site)] + 1) / self._size(site))

    def _size(self, site: Site) -> int:
        if site.home:
            return max(len(site.ward), 20)
        return 30 if site is self.town.hub else 3

    # --- Work -----------------------------------------------------------------------------------------------

    def _fill_roles(self) -> None:
        self._social_workers()
        missing = self._wanted("caregivers") - self._count(Role.CAREGIVER)
        fresh = [w for w in self.workers if w.is_new and not w.role]
        others = [w for w in self.workers if not w.is_new and w.role == Role.OTHER]
        for worker in [*self._spread(fresh), *others][:missing]:
            self._change(worker, role=Role.CAREGIVER)
        self._rehabilitation()
        for worker in self.workers:
            if worker.is_new and not worker.role:
                managed = any(w.role == Role.MANAGER for w in self.workers if w.site is worker.site)
                role = OTHER_ROLES[self._next() % len(OTHER_ROLES)] if managed else Role.MANAGER
                worker.post.role = role
                if role in LICENSED:
                    self._certificate(worker, Certificate.Kind.LICENCE, worker.post.employed_from)
        for worker in (*self.workers, *self.community):
            worker.is_new = False

    def _count(self, role: str) -> int:
        return sum(worker.role == role for worker in self.workers)

    def _spread(self, fresh: list[Worker]) -> list[Worker]:
        """Two of each facility's three newcomers first, then the rest."""
        seen: dict[int, int] = {}
        first, rest = [], []
        for worker in fresh:
            place = seen[id(worker.site)] = seen.get(id(worker.site), -1) + 1
            (rest if place % 3 == 0 else first).append(worker)
        return first + rest

    def _social_workers(self) -> None:
        inside = self._wanted("institution_social_workers")
        for _ in range(inside - self._count(Role.SOCIAL_WORKER)):
            at = [w for w in self.workers if w.site.home and (w.role == Role.OTHER or not w.role)]
            if not at:
                raise ValueError(f"{self.town.unit}: nobody in an institution can become a social worker")
            have = {id(w.site) for w in self.workers if w.role == Role.SOCIAL_WORKER}
            worker = min(at, key=lambda w: (id(w.site) in have, not w.is_new))
            self._change(worker, role=Role.SOCIAL_WORKER)
            self._certificate(worker, Certificate.Kind.SOCIAL_WORK, worker.post.employed_from)
        missing = self._wanted("elder_social_workers") - inside - len(self.community)
        for _ in range(missing):
            day = self._early("community", self._next())
            if self.month == 0:
                day = day_between(
                    dt.date(2016, 1, 1), BEFORE, dice("community", self.town.unit.code, self.count)
                )
            worker = self._new_worker(None, Role.SOCIAL_WORKER, day)
            self._certificate(worker, Certificate.Kind.SOCIAL_WORK, day)
        for _ in range(-missing):
            self.community[-1].post.employed_to = self._early("left", len(self.community))
            self.community.pop()

    def _rehabilitation(self) -> None:
        """The nurse of a four-star and the therapist of a five-star institution."""
        for stars, role, code in (
            (4, Role.REHAB_NURSE, "four_star_institutions_with_rehab_nurse"),
            (5, Role.REHAB_THERAPIST, "five_star_institutions_with_rehab_doctor"),
        ):
            sites = [site for site in self.town.homes if site.home.stars == stars]
            for site in sites[: self._wanted(code)]:
                there = [w for w in self.workers if w.site is site]
                if not any(w.role == role for w in there):
                    worker = next(w for w in there if w.role == Role.OTHER or not w.role)
                    self._change(worker, role=role)
                    self._certificate(worker, Certificate.Kind.LICENCE, worker.post.employed_from)

    # --- Certificates ---------------------------------------------------------------------------------------

    def _certificate(self, worker: Worker, kind: str, day: dt.date, level: int | None = None) -> None:
        self.certificates.append(
            Certificate(
                caregiver=worker.person,
                kind=kind,
                level=level,
                number=f"演{day:%Y}{self.numbers():06d}",
                issued_on=day,
            )
        )

    def _certify(self) -> None:
        caregivers = [w for w in self.workers if w.role == Role.CAREGIVER]
        certified = [w for w in caregivers if w.levels]
        plain = [w for w in caregivers if not w.levels]
        plain.sort(key=lambda w: w.trained_in == 0)
        for worker in self._mixed(plain, self._wanted("certified_caregivers") - len(certified)):
            level = 5 if self._next() % 3 else 4
            self._skill(worker, level)
            certified.append(worker)
        seniors = sum(min(w.levels) <= Certificate.SENIOR for w in certified)
        juniors = [w for w in certified if min(w.levels) > Certificate.SENIOR]
        for worker in self._mixed(juniors, self._wanted("senior_caregivers") - seniors):
            self._skill(worker, 2 if self._next() % 7 == 0 else 3)

    def _mixed(self, workers: list[Worker], count: int) -> list[Worker]:
        """Spread over the list, so that no facility gets all."""
        if count <= 0:
            return []
        step = max(len(workers) // count, 1)
        chosen = workers[::step][:count]
        return chosen + [w for w in workers if w not in chosen][: count - len(chosen)]

    def _skill(self, worker: Worker, level: int) -> None:
        hired = worker.post.employed_from
        day = max(self._late("certificate", level, worker.person.id_number), hired)
        kind = Certificate.Kind.SKILL_LEVEL
        if self.month == 0:
            low = dt.date(2018, 6, 1) if level <= Certificate.SENIOR else dt.date(2015, 6, 1)
            day = day_between(
                low, low.replace(year=low.year + 2), dice("level", level, worker.person.id_number)
            )
            kind = Certificate.Kind.QUALIFICATION if day.year < 2018 else kind
            hired = min(hired, day)
        self._certificate(worker, kind, day, level)
        worker.levels.add(level)

    # --- Training -------------------------------------------------------------------------------------------

    def _trained_wanted(self) -> tuple[tuple[bool, int], ...]:
        rural = self._wanted("rural_care_staff_trained")
        return (True, rural), (False, self._wanted("care_staff_trained") - rural)

    def _lose_trained(self) -> None:
        """Where fewer are to be trained than have been, somebody trained leaves."""
        year = self.town.months[self.month].year
        for is_rural, wanted in self._trained_wanted():
            done = [w for w in self.workers if w.is_rural == is_rural and w.trained_in == year]
            for worker in sorted(done, key=loss)[: max(len(done) - wanted, 0)]:
                self._replace(worker).is_new = False

    def _train(self) -> None:
        year = self.town.months[self.month].year
        for is_rural, wanted in self._trained_wanted():
            pool = [w for w in self.workers if w.is_rural == is_rural]
            done = [w for w in pool if w.trained_in == year]
            # Those first who will need a course on rehabilitation: it has to fall into a year with training.
            waiting = sorted((w for w in pool if w.trained_in != year), key=urgency)
            for worker in waiting[: max(wanted - len(done), 0)]:
                self._course(worker, self._usual_subject(worker))
        caregivers = [w for w in self.workers if w.role == Role.CAREGIVER]
        caregivers.sort(key=lambda w: not is_senior(w))
        self._special("caregivers_with_rehab_basics", "has_basics", Subject.REHAB_BASICS, caregivers, year)
        # Whoever has the skills has the basics too: only they go on.
        seniors = [w for w in caregivers if is_senior(w) and w.has_basics]
        self._special(
            "senior_caregivers_with_rehab_skills", "has_skills", Subject.REHAB_SKILLS, seniors, year
        )

    def _special(self, code: str, flag: str, subject: str, of: list[Worker], year: int) -> None:
        missing = self._wanted(code) - sum(getattr(w, flag) for w in of)
        ready = [w for w in of if not getattr(w, flag) and w.trained_in == year]
        if not 0 <= missing <= len(ready):
            raise ValueError(
                f"{self.town.unit} {self.town.months[self.month]:%Y-%m} {code}: {missing} of {len(ready)}"
            )
        for worker in ready[:missing]:
            setattr(worker, flag, True)
            self._course(worker, subject)

    def _usual_subject(self, worker: Worker) -> str:
        if worker.role == Role.CAREGIVER:
            return Subject.SKILL
        if worker.role == Role.MANAGER:
            return Subject.MANAGEMENT
        return Subject.SAFETY if self._next() % 2 else Subject.OTHER

    def _course(self, worker: Worker, subject: str) -> None:
        day = max(self._late("course", subject, worker.is_rural), worker.post.employed_from)
        month = self.town.months[self.month]
        hired = worker.post.employed_from
        if self.month == 0 and subject in REHABILITATION:
            day = day_between(max(hired, dt.date(2018, 4, 1)), BEFORE, dice(subject, worker.person.id_number))
        elif self.month == 0:
            day = max(dt.date(2020, 5 + self._next() % 7, 20), hired)
        worker.trained_in = month.year
        self.trainings.append(
            Training(
                caregiver=worker.person,
                subject=subject,
                title=f"{day.year}年{COURSES[subject]}",
                held_on=day,
                hours=24 if subject in REHABILITATION else 8 + 8 * (day.day % 3),
            )
        )

    def _moonlight(self) -> None:
        """A few nurses also work in a second institution of the township: counted once."""
        for worker in [w for w in self.workers if w.role == Role.NURSE][:2]:
            others = [
                site
                for site in self.town.homes
                if site is not worker.site and site.facility.setting == worker.site.facility.setting
            ]
            if others:
                site = others[0]
                day = max(worker.post.employed_from, site.facility.opened_on)
                self._post(worker.person, site, worker.role, day)
