"""The sheets that are uploaded: the register of elders and what is kept about each."""

from subsidies.resources import (
    assessments,
    certifications,
    elders,
    enrolments,
    listed_persons,
    payees,
    tags,
    visits,
)

__all__ = [
    "assessments",
    "certifications",
    "elders",
    "enrolments",
    "listed_persons",
    "payees",
    "tags",
    "visits",
]
