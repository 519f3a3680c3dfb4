"""A person's statement: what was paid, when, for which month, under which document, and why this amount."""

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Q

from eldercare.expressions import ExpressionError
from eldercare.lists import Badge
from subsidies.models import Batch, Elder, PaymentLine, Programme, Recovery
from subsidies.pages.batches_lists import LINE_COLOURS
from subsidies.rules.facts import FACTS, Fact, condition, quantities

LineState = PaymentLine.State


@dataclass(frozen=True)
class Reason:
    """The rule with the person's values put in."""

    document: str
    rule: str  # 年龄 ≥ 80 且 低保
    values: list[str]  # 年龄 83 周岁
    band: str
    sum: str  # 50.00 × 3
    others: list[str]


@dataclass(frozen=True)
class Entry:
    line: PaymentLine
    state: Badge
    reason: Reason | None
    is_counted: bool  # in the totals


@dataclass
class Year:
    year: int
    entries: list[Entry] = field(default_factory=list)
    paid: Decimal = Decimal(0)
    on_the_way: Decimal = Decimal(0)
    claimed: Decimal = Decimal(0)


def statement_of(elder: Elder) -> list[Year]:
    """By year of the batch, the latest first. What is still being checked does not stand here."""
    lines = (
        PaymentLine.objects.filter(
            Q(elder=elder) | Q(elder__merged_into=elder), batch__state__in=Batch.SETTLED
        )
        .select_related("batch__programme", "enrolment__programme", "version", "band", "recovery")
        .order_by("-batch__month", "-batch__sequence", "-for_month", "kind")
    )
    programmes = {each.pk: each.name for each in Programme.objects.only("name")}
    years: dict[int, Year] = {}
    for line in lines:
        year = years.setdefault(line.month.year, Year(line.month.year))
        entry = entry_of(line, programmes)
        year.entries.append(entry)
        if line.state in PaymentLine.DEAD:
            continue
        if line.kind == PaymentLine.Kind.RECOVERY:
            year.claimed -= line.amount
        elif line.state == LineState.PAID:
            year.paid += line.amount
        else:
            year.on_the_way += line.amount
    return list(years.values())


def entry_of(line: PaymentLine, programmes: dict[int, str]) -> Entry:
    claim = line.kind == PaymentLine.Kind.RECOVERY and line.state not in PaymentLine.DEAD
    state = Badge("应追缴", "orange") if claim else Badge(line.get_state_display(), LINE_COLOURS[line.state])
    return Entry(line, state, reason_of(line, programmes), line.state not in PaymentLine.DEAD)


def reason_of(line: PaymentLine, programmes: dict[int, str]) -> Reason | None:
    version, band = line.version, line.band
    if version is None:
        return None
    beneficiary = line.enrolment.programme.beneficiary
    known = FACTS[beneficiary]
    facts = {name: value for name, value in line.facts.items() if name in known}
    return Reason(
        document=f"{version.document_number}（{version.effective_from:%Y-%m} 起执行）",
        rule=in_words(beneficiary, version.eligibility),
        values=[value_in_words(known[name], value) for name, value in facts.items()],
        band=band.label if band else "",
        sum=_sum(line, known),
        others=[*_others(line.facts, programmes), *_why_claimed(line)],
    )


def in_words(beneficiary: str, text: str) -> str:
    """A condition with the names in Chinese; as it is where it can no longer be read."""
    try:
        expression = condition(beneficiary, text)
    except ExpressionError:
        return text
    return expression.pretty({term: FACTS[beneficiary][term.name].label for term in expression.terms})


def value_in_words(fact: Fact, value: Any) -> str:
    if value is None:
        return f"{fact.label}：未知"
    if fact.kind == "yes_no":
        return f"{fact.label}：{'是' if value else '否'}"
    if fact.choices:
        return f"{fact.label}：{dict(fact.choices).get(value, value)}"
    return f"{fact.label}：{value}{fact.unit.partition('(')[0]}"


def _sum(line: PaymentLine, known: dict[str, Fact]) -> str:
    """How the band's amount becomes the line's; empty where they are the same."""
    band = line.band
    if band is None or not band.quantity:
        return ""
    fact = known.get(band.quantity) or quantities(line.enrolment.programme.beneficiary).get(band.quantity)
    value = line.facts.get(band.quantity)
    cap = f"，最高 {band.cap:,.2f} 元" if band.cap is not None else ""
    return f"{band.amount.normalize():f} 元 × {value}{fact.unit if fact else ''}{cap}"


def _others(facts: dict[str, Any], programmes: dict[int, str]) -> list[str]:
    """Other programmes that played a part: what each would pay alone."""
    found = []
    if gross := facts.get("gross"):
        found.append(f"单独计算 {Decimal(gross):,.2f} 元")
    for pk, amount in (facts.get("others") or {}).items():
        name = programmes.get(int(pk), "其他项目")
        found.append(f"同时符合“{name}”，该项目 {Decimal(amount):,.2f} 元，按项目衔接规则处理")
    return found


def _why_claimed(line: PaymentLine) -> list[str]:
    claim = line.recovery if line.kind == PaymentLine.Kind.RECOVERY else None
    return [f"多发原因：{claim.reason}"] if claim and claim.reason else []


def recoveries_of(elder: Elder) -> list[Recovery]:
    own = Q(enrolment__elder=elder) | Q(enrolment__elder__merged_into=elder)
    return list(Recovery.objects.filter(own).select_related("batch__programme", "enrolment__programme"))


def covered(years: list[Year]) -> tuple[dt.date, dt.date] | None:
    months = [entry.line.month for year in years for entry in year.entries]
    return (min(months), max(months)) if months else None
