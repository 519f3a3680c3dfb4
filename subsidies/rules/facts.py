"""The names that the conditions of a programme may use, and what they mean: docs/payment-rules.md, section 2."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from eldercare.expressions import Expression, Kind, Term, parse
from eldercare.expressions.errors import error_at
from eldercare.expressions.evaluation import Value, evaluate
from eldercare.expressions.nodes import Junction, Node, references

FactKind = Literal["number", "yes_no", "text"]


@dataclass(frozen=True)
class Fact:
    label: str  # as an office says it
    kind: FactKind
    unit: str = ""
    choices: tuple[tuple[str, str], ...] = ()  # of a text: stored value, label


TAG_FACTS = {
    "destitute_central": "特困(集中供养)",
    "destitute_scattered": "特困(分散供养)",
    "low_income": "低保",
    "low_income_edge": "低保边缘",
    "severe_disability": "重度残疾",
    "other_disability": "三四级智力(精神)残疾",
    "family_planning": "计划生育特殊家庭",
    "living_alone": "独居",
    "empty_nest": "空巢",
    "left_behind": "留守",
    "no_kin": "孤寡(三无)",
    "disabled": "失能",
    "dementia": "失智",
    "veteran": "优抚对象",
    "three_elders": "三老人员",
    "former_poor": "脱贫(监测)人口",
    "returned_overseas": "归侨",
    "model_worker": "劳模",
    "in_care_home": "入住养老机构",
    "in_hospital": "住院",
    "away": "外出",
    "long_term_care": "享受长护险待遇",
}

ELDER_FACTS: dict[str, Fact] = {
    "age": Fact("年龄", "number", "周岁"),
    "sex": Fact("性别", "text", choices=(("male", "男"), ("female", "女"))),
    "registered": Fact("户籍在本县", "yes_no"),
    "resident": Fact("常住本县", "yes_no"),
    "ability": Fact("能力等级", "number", "级(0完好、1轻度、2中度、3重度、4完全失能)"),
    "assessed": Fact("有有效的能力评估", "yes_no"),
    "destitute": Fact("特困", "yes_no"),
    "adaptation_cost": Fact("当月验收的适老化改造费用", "number", "元"),
    **{name: Fact(label, "yes_no") for name, label in TAG_FACTS.items()},
}

POST_FACTS: dict[str, Fact] = {
    "role": Fact("岗位", "text"),
    "employed": Fact("在岗", "yes_no"),
    "months_on_post": Fact("在岗月数", "number", "个月"),
    "skill_level": Fact("技能等级", "number", "级(一级最高)"),
    "education": Fact("学历", "text"),
    "attendance_days": Fact("当月出勤", "number", "天"),
    "training_hours": Fact("近12个月培训", "number", "学时"),
}

FACILITY_FACTS: dict[str, Fact] = {
    "kind": Fact("设施类别", "text"),
    "operation": Fact("运营方式", "text"),
    "institution": Fact("养老机构", "yes_no"),
    "open": Fact("在运营", "yes_no"),
    "beds": Fact("机构床位", "number", "张"),
    "nursing_beds": Fact("护理型床位", "number", "张"),
    "occupied_beds": Fact("入住床位", "number", "张"),
    "new_beds": Fact("当月新启用床位", "number", "张"),
    "star_rating": Fact("星级", "number", "星(0为未评)"),
}

FACTS: dict[str, dict[str, Fact]] = {
    "elder": ELDER_FACTS,
    "post": POST_FACTS,
    "facility": FACILITY_FACTS,
}

_KINDS = {"number": Kind.NUMBER, "yes_no": Kind.BOOLEAN, "text": Kind.TEXT}
_WORDS = {"number": "数字", "yes_no": "是或否", "text": "文字"}


def quantities(beneficiary: str) -> dict[str, Fact]:
    """What an amount may be multiplied by."""
    return {name: fact for name, fact in FACTS[beneficiary].items() if fact.kind == "number"}


@lru_cache(maxsize=512)
def condition(beneficiary: str, text: str) -> Expression:
    """The condition of a programme for elders, posts or facilities.

    Raises ExpressionError, with the place, for what cannot be read, an unknown name, or a name used as what it is not.
    """
    facts = FACTS[beneficiary]
    expression = parse(text, names=facts, condition=True)
    for reference in references(expression.node):
        fact = facts[reference.term.name]
        if reference.kind not in (_KINDS[fact.kind], Kind.ANY):
            name = reference.term.name
            place = text.find(name)
            reason = f"“{name}”（{fact.label}）是{_WORDS[fact.kind]}，这里要的是{reference.kind.value}"
            raise error_at(text, max(place, 0), max(place, 0) + len(name), reason)
    return expression


def telling(expression: Expression, values: Mapping[Term, Value]) -> list[str]:
    """The names that settle a condition, each once: of tests that are met if it is met, else of those that are not.

    What is simply not so (低保：否) tells nothing of why a condition is met, unless there is nothing else.
    """
    met = evaluate(expression.node, values) is True
    names = list(dict.fromkeys(_telling(expression.node, values, met=met)))
    said = [name for name in names if values.get(Term(None, name)) is not False]
    return (said or names) if met else names


def _telling(node: Node, values: Mapping[Term, Value], *, met: bool) -> list[str]:
    if not isinstance(node, Junction):
        return [reference.term.name for reference in references(node)]
    parts = [each for each in node.operands if (evaluate(each, values) is True) is met]
    return [name for each in parts for name in _telling(each, values, met=met)]
