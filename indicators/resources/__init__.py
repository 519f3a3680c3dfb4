"""Workbooks of reports, plans and figures: what is written, and the sheet of monthly figures that is read."""

from indicators.resources import figures, registers

__all__ = ["figures", "registers"]
