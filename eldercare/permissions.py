"""Who may do what: a role is a stable key that grants a fixed set of permissions.

Every view names the permission it needs with :func:`requires`; ``PermissionMiddleware`` refuses a view that
names none, so a new page is closed until somebody decides who may open it.
"""

from collections.abc import Callable
from enum import StrEnum

from django.db.models import TextChoices


class Role(TextChoices):
    TOWNSHIP_CLERK = "township_clerk", "乡镇(街道)经办"
    DEPARTMENT_CLERK = "department_clerk", "部门联络员"
    COUNTY_CLERK = "county_clerk", "县级经办"
    COUNTY_REVIEWER = "county_reviewer", "县级审核"
    LEADER = "leader", "领导"
    ADMINISTRATOR = "administrator", "系统管理员"
    AUDITOR = "auditor", "审计员"


class Permission(StrEnum):
    SIGNED_IN = "signed_in"  # home page, own password, own notices, help
    VIEW_REPORTS = "view_reports"
    ENTER_REPORTS = "enter_reports"
    REVIEW_REPORTS = "review_reports"
    REMIND_UNITS = "remind_units"
    VIEW_INDICATORS = "view_indicators"
    VIEW_LEDGERS = "view_ledgers"
    EDIT_LEDGERS = "edit_ledgers"  # in the browser and by upload
    REVEAL_NUMBERS = "reveal_numbers"  # an identity or telephone number in full, with a reason
    VIEW_PEOPLE = "view_people"  # elders and what they receive, by name; numbers masked
    EDIT_PEOPLE = "edit_people"  # the register of elders, in the browser and by upload
    MERGE_PEOPLE = "merge_people"  # two records of one person made one
    CHECK_ENROLMENTS = "check_enrolments"  # apply, check and announce
    APPROVE_ENROLMENTS = "approve_enrolments"
    EDIT_PROGRAMMES = "edit_programmes"
    VIEW_PAYMENTS = "view_payments"  # batches and their totals
    PREPARE_PAYMENTS = "prepare_payments"
    APPROVE_PAYMENTS = "approve_payments"
    EDIT_PLANS = "edit_plans"
    CONFIRM_INDICATORS = "confirm_indicators"
    VIEW_TASKS = "view_tasks"
    REPORT_TASKS = "report_tasks"  # monthly progress of the unit's own tasks
    EDIT_TASKS = "edit_tasks"
    EVALUATE_TASKS = "evaluate_tasks"  # accept monthly progress; scores and opinions of a round of checks
    DEFINE_REGISTERS = "define_registers"  # columns and rules of a register; its rows need EDIT_LEDGERS
    PREPARE_OFFICIAL_REPORTS = "prepare_official_reports"
    SEAL_OFFICIAL_REPORTS = "seal_official_reports"
    PREPARE_CORRECTIONS = "prepare_corrections"
    APPROVE_CORRECTIONS = "approve_corrections"
    MANAGE_TOKENS = "manage_tokens"  # tokens of other systems; everybody manages their own
    MANAGE_ACCOUNTS = "manage_accounts"
    VIEW_LOG = "view_log"


_READING = frozenset(
    {
        Permission.SIGNED_IN,
        Permission.VIEW_REPORTS,
        Permission.VIEW_INDICATORS,
        Permission.VIEW_LEDGERS,
        Permission.VIEW_PAYMENTS,
        Permission.VIEW_TASKS,
    }
)
_LEDGERS = frozenset(
    {
        Permission.EDIT_LEDGERS,
        Permission.REVEAL_NUMBERS,
        Permission.VIEW_PEOPLE,
        Permission.EDIT_PEOPLE,
        Permission.CHECK_ENROLMENTS,
    }
)

ROLE_PERMISSIONS: dict[str, frozenset[Permission]] = {
    Role.TOWNSHIP_CLERK: _READING | _LEDGERS | {Permission.ENTER_REPORTS, Permission.REPORT_TASKS},
    Role.DEPARTMENT_CLERK: frozenset({Permission.SIGNED_IN, Permission.VIEW_TASKS, Permission.REPORT_TASKS}),
    Role.COUNTY_CLERK: _READING
    | _LEDGERS
    | {
        Permission.ENTER_REPORTS,
        Permission.REMIND_UNITS,
        Permission.EDIT_PLANS,
        Permission.CONFIRM_INDICATORS,
        Permission.MERGE_PEOPLE,
        Permission.APPROVE_ENROLMENTS,
        Permission.EDIT_PROGRAMMES,
        Permission.PREPARE_PAYMENTS,
        Permission.REPORT_TASKS,
        Permission.EDIT_TASKS,
        Permission.DEFINE_REGISTERS,
        Permission.PREPARE_OFFICIAL_REPORTS,
        Permission.PREPARE_CORRECTIONS,
    },
    Role.COUNTY_REVIEWER: _READING
    | {
        Permission.REVIEW_REPORTS,
        Permission.REMIND_UNITS,
        Permission.VIEW_PEOPLE,
        Permission.APPROVE_ENROLMENTS,
        Permission.APPROVE_PAYMENTS,
        Permission.EVALUATE_TASKS,
        Permission.SEAL_OFFICIAL_REPORTS,
        Permission.APPROVE_CORRECTIONS,
    },
    Role.LEADER: _READING,
    Role.ADMINISTRATOR: frozenset(
        {Permission.SIGNED_IN, Permission.MANAGE_ACCOUNTS, Permission.MANAGE_TOKENS}
    ),
    Role.AUDITOR: frozenset({Permission.SIGNED_IN, Permission.VIEW_LOG}),
}


def requires(permission: Permission, *instead: Permission) -> Callable[[Callable], Callable]:
    """Mark a view with the permission it needs, any of ``instead`` being enough too; ``PermissionMiddleware``
    enforces the mark.

    REST framework takes its views out of Django's sign-in check; the mark puts them back.
    """

    def mark(view: Callable) -> Callable:
        view.permission, view.instead = permission, instead
        view.login_required = True
        return view

    return mark
