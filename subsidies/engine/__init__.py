"""What each person is owed, in SQL over whole registers; the definition is docs/payment-rules.md.

    entitlements(programme, [month])        what everybody enrolled is owed for a month, and why
    candidates(programme, month)            who is not enrolled and would be owed something
    make(batch)                             the lines and findings of a payment batch

One statement per question, whatever the number of people.
"""

from subsidies.engine.batches import TERMS, Identity, behind, identity, make
from subsidies.engine.entitlements import Entitlement, candidates, entitlements
from subsidies.engine.gate import settle_lines

__all__ = [
    "TERMS",
    "Entitlement",
    "Identity",
    "behind",
    "candidates",
    "entitlements",
    "identity",
    "make",
    "settle_lines",
]
