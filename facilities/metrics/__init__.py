"""What the ledgers of facilities, beds and caregivers count for the monthly report."""

from facilities.metrics import beds, facilities, institutions, places, staff

__all__ = ["beds", "facilities", "institutions", "places", "staff"]
