"""The sheets that are uploaded: their columns, and what they are written to."""

from facilities.resources import beds, caregivers, facilities

__all__ = ["beds", "caregivers", "facilities"]
