"""Who reaches the pages on which a plan is built: the county's clerk, for plans of the own place."""

from tests.indicators.rows_plans import OTHERS_PLAN
from tests.indicators.rows_reports import CLERK, PLANS
from tests.outsider import EVERYBODY, Row, Target

OWN = (PLANS[0], Target(OTHERS_PLAN.arguments, hidden_from=EVERYBODY))
ENTRIES = tuple(
    Target(lambda world, each=each: each.arguments(world) | {"number": 1}, hidden_from=each.hidden_from)
    for each in OWN
)
FORM = ("GET", "POST")

ROWS = {
    "plan-build": Row(CLERK, FORM),
    "plan-build-template": Row(CLERK),
    "plan-build-apply": Row(CLERK, ("POST",)),
    "plan-new": Row(CLERK, FORM),
    "plan-workbook": Row(CLERK, targets=OWN),
    "plan-facts": Row(CLERK, FORM, targets=OWN),
    "plan-contents": Row(CLERK, targets=OWN),
    "plan-indicator-add": Row(CLERK, FORM, targets=OWN),
    "plan-indicator-check": Row(CLERK, FORM, targets=OWN),
    "plan-indicator-move": Row(CLERK, ("POST",), targets=ENTRIES),
    "plan-delete": Row(CLERK, ("POST",), targets=OWN),
}
