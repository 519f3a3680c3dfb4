"""The states of a monthly report and the steps between them: the one table of what is allowed."""

from dataclasses import dataclass

from eldercare.permissions import Permission

DRAFT, SUBMITTED, RETURNED, APPROVED, LOCKED = "draft", "submitted", "returned", "approved", "locked"


@dataclass(frozen=True)
class Transition:
    """A step: from which states, to which, who may take it (``None``: only the system) and what it is called."""

    label: str
    sources: frozenset[str]
    target: str
    permission: Permission | None


TRANSITIONS: dict[str, Transition] = {
    "submit": Transition("提交", frozenset({DRAFT, RETURNED}), SUBMITTED, Permission.ENTER_REPORTS),
    "withdraw": Transition("撤回", frozenset({SUBMITTED}), DRAFT, Permission.ENTER_REPORTS),
    # A report that had been returned goes back to being returned: its remarks still stand.
    "withdraw_returned": Transition("撤回", frozenset({SUBMITTED}), RETURNED, Permission.ENTER_REPORTS),
    "return": Transition("退回", frozenset({SUBMITTED}), RETURNED, Permission.REVIEW_REPORTS),
    "approve": Transition("审核通过", frozenset({SUBMITTED}), APPROVED, Permission.REVIEW_REPORTS),
    "reopen": Transition("撤销审核", frozenset({APPROVED}), RETURNED, Permission.REVIEW_REPORTS),
    "lock": Transition("锁定", frozenset({APPROVED}), LOCKED, None),
}
