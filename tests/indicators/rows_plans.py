"""Who reaches the pages of adopting and checking plans."""

from tests.indicators.rows_reports import CLERK, PLANS
from tests.outsider import EVERYBODY, READERS, Row, Target

OTHERS_PLAN = Target(lambda world: {"code": "neighbour"})

ROWS = {
    "plan-check": Row(READERS, targets=PLANS),
    "plan-adoptions": Row(CLERK),
    # Any plan may be adopted, a published document hides from nobody; what is adopted elsewhere cannot be ended.
    "plan-adopt": Row(CLERK, ("POST",), targets=(PLANS[0], OTHERS_PLAN)),
    "plan-adoption-end": Row(
        CLERK, ("POST",), targets=(PLANS[0], Target(OTHERS_PLAN.arguments, hidden_from=EVERYBODY))
    ),
}
