"""The demo county's programmes from ``fixtures/programmes/*.json``.

Format, UTF-8 JSON: ``org_unit`` (code of a county), ``programmes`` (fields of ``Programme``, found again by ``code``;
each with ``versions``, those with ``bands`` in their order and funding ``shares``) and ``exclusions`` (``yielding`` and
``prevailing`` by code). Fields that are left out have the model's default; decimals are written as text. Every
programme is marked as an example: a county puts its own document and rates in before it pays.
"""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import models, transaction

from eldercare.models import OrgUnit
from subsidies.models import Band, Exclusion, FundingShare, Programme, RuleVersion

Row = dict[str, Any]


class Loaded(NamedTuple):
    label: str
    inserted: int
    updated: int
    kept: int


@transaction.atomic
def load_programmes(document: Row) -> list[Loaded]:
    """Insert the programmes and exclusions that are missing.

    A programme that exists is left as it is, with all its versions, whatever the file says: money is paid by it.
    """
    county = OrgUnit.objects.get(code=document["org_unit"])
    known = {programme.code: programme for programme in Programme.objects.filter(org_unit=county)}
    missing = [row for row in document["programmes"] if row["code"] not in known]
    for row in missing:
        known[row["code"]] = _insert(county, row)
    inserted = 0
    for row in document["exclusions"]:
        inserted += _insert_exclusion(row, known, {each["code"] for each in missing})
    return [
        Loaded("补贴项目", len(missing), 0, len(document["programmes"]) - len(missing)),
        Loaded("项目衔接", inserted, 0, len(document["exclusions"]) - inserted),
    ]


def _insert(county: OrgUnit, row: Row) -> Programme:
    programme = Programme.objects.create(
        org_unit=county, is_example=True, **_typed(Programme, row, without=["versions"])
    )
    for each in row["versions"]:
        version = RuleVersion.objects.create(
            programme=programme, **_typed(RuleVersion, each, without=["bands", "shares"])
        )
        Band.objects.bulk_create(
            Band(version=version, position=position, **_typed(Band, band))
            for position, band in enumerate(each["bands"], 1)
        )
        FundingShare.objects.bulk_create(
            FundingShare(version=version, **_typed(FundingShare, share)) for share in each["shares"]
        )
    return programme


def _insert_exclusion(row: Row, known: dict[str, Programme], new: set[str]) -> bool:
    """Only between programmes of which one is new: what the county took back stays away."""
    if not new & {row["yielding"], row["prevailing"]}:
        return False
    values = _typed(Exclusion, row, without=["yielding", "prevailing"])
    _, inserted = Exclusion.objects.get_or_create(
        yielding=known[row["yielding"]],
        prevailing=known[row["prevailing"]],
        effective_from=values.pop("effective_from"),
        defaults=values,
    )
    return inserted


def _typed(model: type[models.Model], row: Row, without: Sequence[str] = ()) -> Row:
    return {name: _value(model, name, value) for name, value in row.items() if name not in without}


def _value(model: type[models.Model], name: str, value: Any) -> Any:
    field = model._meta.get_field(name)
    if isinstance(field, models.DateField) and value:
        return dt.date.fromisoformat(value)
    if isinstance(field, models.DecimalField) and value is not None:
        return Decimal(value)
    return value
