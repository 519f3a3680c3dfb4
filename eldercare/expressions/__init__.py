"""One small expression language for indicator formulas and for eligibility rules.

    nursing_beds / institution_beds * 100          sum_since_plan_start(adapted_homes)
    age >= 80 and registered                       economic in ("低保", "特困") and not in_care

Names, numbers, quoted texts, `+ - * /`, brackets, comparisons, `in`, `and or not`, and calls of the
functions that the caller allows, each on one name. Nothing is executed: the text becomes a tree of known
nodes, which is evaluated with Decimals (`evaluation`), compiled to SQL (`sql`) or written out for people
(`reading`). Full-width punctuation is read as what it stands for.

Numbers: `+ - *` are exact. In a chain of `*` and `/` all multiplications come before one division, whose
result is rounded half away from zero to QUOTIENT_PLACES decimals; a divisor that is bracketed
(`s / (b / 60)`) is worked out first. So `a / 3 * 3` is `a` and `a / b * 100` is what `Ratio.value` gives.
What is missing is unknown, and a quotient by 0 is unknown too.
"""

from .errors import ExpressionError
from .evaluation import QUOTIENT_PLACES
from .expression import Expression, Ratio, parse
from .nodes import Kind, Term
from .sql import sql_of
from .syntax import MAX_DEPTH, MAX_NODES
from .tokens import MAX_LENGTH

__all__ = [
    "MAX_DEPTH",
    "MAX_LENGTH",
    "MAX_NODES",
    "QUOTIENT_PLACES",
    "Expression",
    "ExpressionError",
    "Kind",
    "Ratio",
    "Term",
    "parse",
    "sql_of",
]
