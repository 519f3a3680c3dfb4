"""Ledgers of facilities, beds and the people who work there."""

from facilities.models.beds import Bed, Stay, WaitingEntry
from facilities.models.facilities import (
    QUALIFICATIONS,
    Facility,
    FacilityRating,
    FacilityVillage,
    without_qualifications,
)
from facilities.models.staff import Attendance, Caregiver, Certificate, Employment, Training

__all__ = [
    "QUALIFICATIONS",
    "Attendance",
    "Bed",
    "Caregiver",
    "Certificate",
    "Employment",
    "Facility",
    "FacilityRating",
    "FacilityVillage",
    "Stay",
    "Training",
    "WaitingEntry",
    "without_qualifications",
]
