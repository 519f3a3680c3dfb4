"""One person at work, and in which order people are trained or let go."""

from dataclasses import dataclass, field

from facilities.demo.sites import Site
from facilities.models import Caregiver, Certificate, Employment, Facility

Role = Employment.Role


@dataclass(eq=False)
class Worker:
    """A person at work, and what counts of them."""

    person: Caregiver
    post: Employment
    site: Site | None = None  # none for a community's social worker
    is_new: bool = False  # hired this month, the work not yet settled
    levels: set[int] = field(default_factory=set)
    has_basics: bool = False
    has_skills: bool = False
    trained_in: int = 0  # the last year in which a course ended

    @property
    def role(self) -> str:
        return self.post.role

    @property
    def is_rural(self) -> bool:
        return self.site is not None and self.site.facility.setting == Facility.Setting.RURAL


def loss(worker: Worker) -> tuple:
    """What would be lost if they left, least first."""
    return (worker.role != Role.OTHER, worker.role == Role.CAREGIVER, len(worker.levels), worker.has_basics)


def urgency(worker: Worker) -> tuple:
    caregiver = worker.role == Role.CAREGIVER
    return (not (is_senior(worker) and not worker.has_skills), not (caregiver and not worker.has_basics))


def is_senior(worker: Worker) -> bool:
    return bool(worker.levels) and min(worker.levels) <= Certificate.SENIOR
