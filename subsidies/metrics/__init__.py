"""What the register of elders, the payments and the care at home count for the monthly report."""

from subsidies.metrics import adaptations, elders, payments, visits

__all__ = ["adaptations", "elders", "payments", "visits"]
