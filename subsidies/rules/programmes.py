"""What the settings of a rule version mean, in sentences; and what is odd about its bands and shares.

The settings are those of ``RuleVersion`` and ``Band`` as plain values. docs/payment-rules.md is the definition.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import combinations, pairwise
from typing import Any

from eldercare.expressions import ExpressionError, Term, parse

OLDEST = 130  # years; an open end of a band

POPULATION = {
    "registered": "户籍在本县的人员",
    "resident": "在本县居住的人员（不论户籍）",
    "either": "户籍在本县，或者在本县居住的人员",
}
FACTS_DAY = {
    "month_end": "符合条件的当月起享受：各项情况按当月最后一天看，满龄、换档、类别变化都从当月算。",
    "previous_month_end": "符合条件的次月起享受：各项情况按上月最后一天看，满龄、换档、类别变化都从次月算，变化当月不补差。",
}
MONTH_OF = {0: "当月", 1: "次月"}
DEATH = {
    "paid": "死亡当月照发，次月停发。",
    "unpaid": "死亡当月起停发。",
    "by_day": "死亡当月按存活天数折算（死亡当日计入），次月停发。",
}
MOVING = {"paid": "迁出当月照发，次月停发。", "unpaid": "迁出当月起停发。"}
CERTIFICATION = {"monthly": "每月", "quarterly": "每季度", "half_yearly": "每半年", "yearly": "每年"}


@dataclass(frozen=True)
class BandRow:
    """One band, as its form or its row has it; lists are keys."""

    label: str
    amount: Decimal
    age_from: int | None = None
    age_to: int | None = None
    abilities: Collection[int] = ()
    economics: Collection[str] = ()
    livings: Collection[str] = ()
    condition: str = ""
    quantity: str = ""
    cap: Decimal | None = None
    hours: Decimal | None = None

    @property
    def ages(self) -> tuple[int, int]:
        return self.age_from or 0, OLDEST if self.age_to is None else self.age_to

    @property
    def is_by_age_only(self) -> bool:
        return not (self.abilities or self.economics or self.livings or self.condition)


@dataclass(frozen=True)
class Words:
    """Labels of what bands and conditions name."""

    facts: Mapping[str, str]
    abilities: Mapping[int, str] = field(default_factory=dict)
    economics: Mapping[str, str] = field(default_factory=dict)
    livings: Mapping[str, str] = field(default_factory=dict)

    @property
    def terms(self) -> dict[Term, str]:
        return {Term(None, name): label for name, label in self.facts.items()}


def condition_in_words(text: str, words: Words) -> str:
    """The condition with labels put in; as it was written if it cannot be read."""
    try:
        return parse(text, names=None, condition=True).pretty(words.terms)
    except ExpressionError:
        return text


def money(amount: Decimal) -> str:
    """Yuan without zeros that say nothing: 80, 82.5, 1,200."""
    text = f"{amount:,.4f}".rstrip("0")
    return text.rstrip(".")


# --- Sentences --------------------------------------------------------------------------------------------------


def sentences(
    version: Mapping[str, Any], words: Words, *, beneficiary: str = "elder"
) -> list[tuple[str, str]]:
    """(heading, sentence) for every rule of a version but its bands and shares."""
    found = []
    if beneficiary == "elder":
        found.append(("对象", f"{POPULATION[version['population']]}。"))
    found += [
        ("享受条件", f"{condition_in_words(version['eligibility'], words)}。"),
        ("条件从何时算", FACTS_DAY[version["facts_day"]]),
        ("起发", start_sentence(version)),
        ("补发", back_pay_sentence(version)),
    ]
    if beneficiary == "elder":
        found += [
            ("死亡", DEATH[version["death"]]),
            ("迁出", MOVING[version["moving_out"]]),
            ("生存认证", certification_sentence(version)),
        ]
    found.append(("发放月份", pay_months_sentence(version["pay_months"])))
    return found


def start_sentence(version: Mapping[str, Any]) -> str:
    if version["start"] == "eligible":
        return "从符合条件之月起发，与何时申请无关。"
    what = "申请" if version["start"] == "application" else "批准"
    return f"从{what}{MONTH_OF[version['start_offset']]}起发。"


def back_pay_sentence(version: Mapping[str, Any]) -> str:
    what = "批准" if version["start"] == "approval" else "申请"
    if version["start"] == "eligible" or version["back_pay"] == "eligible":
        return "补到符合条件之月（不早于政策起始月和本系统发放起始月）。"
    if version["back_pay"] == "this_year":
        return f"以前符合条件而没有发的，只补{what}当年的。"
    if version["back_pay"] == "months" and version["back_pay_months"]:
        return f"以前符合条件而没有发的，最多补 {version['back_pay_months']} 个月。"
    return "起发以前的月份不补。"


def certification_sentence(version: Mapping[str, Any]) -> str:
    if version["certification"] == "none":
        return "不要求生存认证。"
    resumed = version["resume_months"]
    after = f"恢复认证后最多补发 {resumed} 个月。" if resumed else "暂停期间的不补发。"
    return f"{CERTIFICATION[version['certification']]}认证一次，逾期暂停发放；{after}"


def pay_months_sentence(months: Sequence[int]) -> str:
    if not months:
        return "每月发放。"
    return f"每年只在 {'、'.join(str(each) for each in sorted(months))} 月发放。"


def who_fits(band: BandRow, words: Words) -> str:
    """80至89周岁，重度失能或完全失能，低保; 全部 for a band without any condition."""
    parts = [ages_in_words(band.age_from, band.age_to)]
    for keys, labels in (
        (band.abilities, words.abilities),
        (band.economics, words.economics),
        (band.livings, words.livings),
    ):
        parts.append("或".join(str(labels.get(each, each)) for each in keys))
    if band.condition:
        parts.append(condition_in_words(band.condition, words))
    return "，".join(filter(None, parts)) or "全部"


def ages_in_words(first: int | None, last: int | None) -> str:
    if first is not None and last is not None:
        return f"{first} 周岁" if first == last else f"{first}～{last} 周岁"
    if first is not None:
        return f"{first} 周岁及以上"
    return f"{last} 周岁及以下" if last is not None else ""


def what_is_paid(band: BandRow, words: Words) -> str:
    """每月 80 元; 每月 200 元 × 在用床位，最高 50,000 元; 每月服务 30 小时."""
    paid = f"每月 {money(band.amount)} 元"
    if band.quantity:
        paid += f" × {words.facts.get(band.quantity, band.quantity)}"
    if band.cap is not None:
        paid += f"，最高 {money(band.cap)} 元"
    if band.hours:
        paid += f"，服务 {money(band.hours)} 小时"
    return paid


# --- What is odd ------------------------------------------------------------------------------------------------


def band_warnings(bands: Sequence[BandRow]) -> list[str]:
    """Ages that no band covers between the first and the last, and bands of which one can never be reached.

    The first band that fits counts, so bands that overlap are no error: the clerk is asked to look.
    """
    if not bands:
        return ["还没有档次：没有档次就不发钱。"]
    return [*_gaps(bands), *_overlaps(bands)]


def _gaps(bands: Sequence[BandRow]) -> list[str]:
    by_age = [each for each in bands if each.age_from is not None or each.age_to is not None]
    if len(by_age) != len(bands):
        return []  # one of them takes every age
    covered = sorted(each.ages for each in by_age)
    found, reached = [], covered[0][1]
    for first, last in covered[1:]:
        if first > reached + 1:
            found.append(f"{ages_in_words(reached + 1, first - 1)}没有档次，这些人不发钱，请核对。")
        reached = max(reached, last)
    return found


def _overlaps(bands: Sequence[BandRow]) -> list[str]:
    found = []
    for one, other in combinations([each for each in bands if each.is_by_age_only], 2):
        first, last = max(one.ages[0], other.ages[0]), min(one.ages[1], other.ages[1])
        if first <= last:
            ages = ages_in_words(first, None if last == OLDEST else last) or "全部年龄"
            found.append(
                f"{ages}同时符合“{one.label}”和“{other.label}”，按排在前面的“{one.label}”发，请核对。"
            )
    return found


def shares_problem(percents: Iterable[Decimal]) -> str:
    """ "" if the shares add up to 100 % or there are none."""
    listed = list(percents)
    total = sum(listed, Decimal(0))
    if not listed or total == 100:
        return ""
    return f"资金分担合计为 {money(total)}%，应为 100%，请核对。"


def repeated(values: Iterable[Any]) -> Any | None:
    """The first value that stands twice, or None."""
    ordered = sorted(values)
    return next((one for one, other in pairwise(ordered) if one == other), None)
