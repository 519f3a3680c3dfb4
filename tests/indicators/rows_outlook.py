"""Who reaches the standings and the what-if of a plan; who sees one unit only has nothing to export."""

from tests.indicators.rows_reports import PLANS
from tests.outsider import READERS, TOWNSHIPS, Row, Target

ROWS = {
    "plan-standings": Row(READERS, targets=PLANS),
    "plan-standings-export": Row(
        READERS, targets=(Target(PLANS[0].arguments, hidden_from=TOWNSHIPS), PLANS[1])
    ),
    "plan-what-if": Row(READERS, targets=PLANS),
}
