"""What a token of the API may do: a scope opens some of the permissions that its account's role has."""

from collections.abc import Collection
from enum import StrEnum

from eldercare.permissions import ROLE_PERMISSIONS, Permission, Role


class Scope(StrEnum):
    READ_INDICATORS = "indicators:read"
    READ_REPORTS = "reports:read"
    WRITE_REPORTS = "reports:write"
    REVIEW_REPORTS = "reports:review"
    READ_TASKS = "tasks:read"
    READ_LEDGERS = "ledgers:read"
    WRITE_LEDGERS = "ledgers:write"
    READ_PEOPLE = "people:read"
    WRITE_PEOPLE = "people:write"
    FULL_NUMBERS = "people:full"

    @property
    def label(self) -> str:
        return _WORDS[self]

    @property
    def permissions(self) -> frozenset[Permission]:
        return _PERMISSIONS[self]


_WORDS = {
    Scope.READ_INDICATORS: "读取单位、基础指标、规划指标及其数值",
    Scope.READ_REPORTS: "读取月报及其状态",
    Scope.WRITE_REPORTS: "填报、提交、撤回月报，批量写入月报数据",
    Scope.REVIEW_REPORTS: "退回、审核通过、撤销审核月报",
    Scope.READ_TASKS: "读取重点任务",
    Scope.READ_LEDGERS: "读取设施、床位、人员的数量和登记簿",
    Scope.WRITE_LEDGERS: "批量写入台账",
    Scope.READ_PEOPLE: "读取老年人档案（号码隐去）",
    Scope.WRITE_PEOPLE: "批量写入老年人档案",
    Scope.FULL_NUMBERS: "显示老年人的完整号码（逐人记入日志，计入每日上限）",
}
_PERMISSIONS: dict[Scope, frozenset[Permission]] = {
    Scope.READ_INDICATORS: frozenset({Permission.VIEW_INDICATORS}),
    Scope.READ_REPORTS: frozenset({Permission.VIEW_REPORTS}),
    Scope.WRITE_REPORTS: frozenset({Permission.VIEW_REPORTS, Permission.ENTER_REPORTS}),
    Scope.REVIEW_REPORTS: frozenset({Permission.VIEW_REPORTS, Permission.REVIEW_REPORTS}),
    Scope.READ_TASKS: frozenset({Permission.VIEW_TASKS}),
    Scope.READ_LEDGERS: frozenset({Permission.VIEW_LEDGERS}),
    Scope.WRITE_LEDGERS: frozenset({Permission.VIEW_LEDGERS, Permission.EDIT_LEDGERS}),
    Scope.READ_PEOPLE: frozenset({Permission.VIEW_PEOPLE}),
    Scope.WRITE_PEOPLE: frozenset({Permission.VIEW_PEOPLE, Permission.EDIT_PEOPLE}),
    Scope.FULL_NUMBERS: frozenset({Permission.VIEW_PEOPLE, Permission.REVEAL_NUMBERS}),
}

# Who writes the figures does not review them; two tokens in one hand are one writer.
WRITING = frozenset({Scope.WRITE_REPORTS, Scope.WRITE_LEDGERS, Scope.WRITE_PEOPLE})
REVIEWING = frozenset({Scope.REVIEW_REPORTS})

# From the role that may least; the account of another system gets the first that is enough.
SYSTEM_ROLES = (Role.LEADER, Role.COUNTY_REVIEWER, Role.COUNTY_CLERK)


def permissions_of(scopes: Collection[str]) -> frozenset[Permission]:
    """What the scopes open together; a word that is no scope (any more) opens nothing."""
    known = [Scope(each) for each in scopes if each in set(Scope)]
    return frozenset({Permission.SIGNED_IN}).union(*(each.permissions for each in known))


def scopes_of(role: str) -> list[Scope]:
    """Scopes that a person of the role may give to a token."""
    return [each for each in Scope if each.permissions <= ROLE_PERMISSIONS[role]]


def complement(scopes: Collection[str]) -> frozenset[Scope]:
    """What nobody may hold beside these scopes: reviewing beside writing, writing beside reviewing."""
    wanted = set(scopes)
    against_writers = REVIEWING if wanted & WRITING else frozenset()
    return against_writers | (WRITING if wanted & REVIEWING else frozenset())


def role_for(scopes: Collection[str]) -> Role | None:
    """The smallest role for another system; None when no single role has all of it."""
    wanted = permissions_of(scopes)
    return next((role for role in SYSTEM_ROLES if wanted <= ROLE_PERMISSIONS[role]), None)
