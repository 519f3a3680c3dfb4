"""What the registers of this app count; see eldercare/ledger_metrics.py."""

from indicators.metrics import registers

__all__ = ["registers"]
