"""The scale of GB/T 42195-2022: bands, aggravations, sentences, periods of validity."""

import datetime as dt
import random

import pytest

from subsidies.rules import assessments as rules
from subsidies.rules.assessments import Aggravation, doubts, explain, judge, level_of, valid_until

FULL = [item.full for item in rules.ITEMS]


def scores(total: int) -> list[int]:
    """26 scores that add up to ``total``, the first items full."""
    left, found = total, []
    for most in FULL:
        found.append(min(left, most))
        left -= found[-1]
    assert left == 0
    return found


def test_the_standard_has_26_items_in_four_groups_that_add_up_to_90():
    assert [(group.name, len(group.items), group.full) for group in rules.GROUPS] == [
        ("自理能力", 8, 32),
        ("基础运动能力", 4, 15),
        ("精神状态", 9, 28),
        ("感知觉与社会参与", 5, 15),
    ]
    assert (len(rules.ITEMS), sum(FULL), rules.FULL) == (26, 90, 90)
    assert rules.subtotals(FULL) == [32, 15, 28, 15]


@pytest.mark.parametrize(
    ("total", "level"),
    [(90, 0), (89, 1), (66, 1), (65, 2), (46, 2), (45, 3), (30, 3), (29, 4), (0, 4)],
)
def test_the_bands_change_where_the_standard_says(total, level):
    assert level_of(total) == level
    assert judge(scores(total)) == (total, level, level, ())


@pytest.mark.parametrize("total", [-1, 91])
def test_a_total_beyond_the_scale_is_refused(total):
    with pytest.raises(ValueError, match="total"):
        level_of(total)


@pytest.mark.parametrize("items", [FULL[:-1], [*FULL[:-1], 5], [-1, *FULL[1:]]])
def test_scores_that_the_standard_does_not_know_are_refused(items):
    with pytest.raises(ValueError, match="26 items"):
        judge(items)


def test_a_point_more_never_makes_the_level_worse():
    chance = random.Random(42195)  # noqa: S311 - chance for a test
    for _ in range(300):
        facts = {
            "is_comatose": chance.random() < 0.2,
            "has_dementia": chance.random() < 0.5,
            "risk_events": chance.randrange(5),
            "rules": Aggravation(
                chance.choice([3, 4]), chance.randrange(4), chance.randrange(1, 4), chance.randrange(4)
            ),
        }
        items = [chance.randint(0, most) for most in FULL]
        better = [chance.randint(score, most) for score, most in zip(items, FULL, strict=True)]
        worse, improved = judge(items, **facts), judge(better, **facts)
        assert improved.level <= worse.level
        assert worse.preliminary <= worse.level <= 4


def test_no_circumstance_makes_a_level_better():
    chance = random.Random(7)  # noqa: S311 - chance for a test
    for _ in range(300):
        items = [chance.randint(0, most) for most in FULL]
        settings = Aggravation(
            chance.choice([3, 4]), chance.randrange(4), chance.randrange(1, 4), chance.randrange(4)
        )
        events = chance.randrange(4)
        plain = judge(items, risk_events=events, rules=settings).level
        for more in ({"is_comatose": True}, {"has_dementia": True}):
            assert judge(items, risk_events=events, rules=settings, **more).level >= plain
        assert judge(items, risk_events=events + 1, rules=settings).level >= plain


@pytest.mark.parametrize(
    ("total", "facts", "level"),
    [
        (90, {"has_dementia": True}, 1),
        (70, {"risk_events": 2}, 2),
        (70, {"risk_events": 1}, 1),
        (70, {"has_dementia": True, "risk_events": 3}, 3),
        (35, {"has_dementia": True, "risk_events": 3}, 4),
        (10, {"has_dementia": True, "risk_events": 9}, 4),
        (90, {"is_comatose": True}, 4),
    ],
)
def test_what_makes_a_level_worse(total, facts, level):
    assert judge(scores(total), **facts).level == level


def test_the_county_decides_what_makes_a_level_worse():
    lenient = Aggravation(coma_level=3, dementia_steps=0, risk_event_limit=3, risk_steps=2)
    assert judge(scores(90), is_comatose=True, rules=lenient).level == 3
    assert judge(scores(20), is_comatose=True, rules=lenient).level == 4
    assert judge(scores(70), has_dementia=True, risk_events=2, rules=lenient).level == 1
    assert judge(scores(70), has_dementia=True, risk_events=3, rules=lenient).level == 3


def test_the_sentence_tells_points_band_and_what_made_it_worse():
    assert explain(judge(scores(90))) == "总分 90 分，属能力完好（90 分），没有加重情形，评定为能力完好。"
    assert (
        explain(judge(scores(70), has_dementia=True, risk_events=2))
        == "总分 70 分，属轻度失能（66～89 分）；有痴呆或精神行为障碍诊断，加重 1 级；"
        "近30天照护风险事件 2 次，加重 1 级，评定为重度失能。"
    )
    assert "直接评为完全失能" in explain(judge(scores(88), is_comatose=True, has_dementia=True))
    assert "已是最重一级" in explain(judge(scores(5), has_dementia=True))


@pytest.mark.parametrize(
    ("day", "months", "last"),
    [
        (dt.date(2025, 6, 10), 24, dt.date(2027, 6, 9)),
        (dt.date(2025, 1, 1), 12, dt.date(2025, 12, 31)),
        (dt.date(2024, 2, 29), 12, dt.date(2025, 2, 28)),
        (dt.date(2025, 8, 31), 6, dt.date(2026, 2, 28)),
        (dt.date(2025, 6, 10), 0, None),
    ],
)
def test_how_long_a_result_holds(day, months, last):
    assert valid_until(day, months) == last


def remarks(check=rules.check_scored, **row) -> list[tuple[str, bool]]:
    facts = {"today": dt.date(2026, 5, 1), "assessed_on": dt.date(2026, 4, 1), "born_on": dt.date(1940, 1, 1)}
    return [(each.key, each.is_error) for each in check(facts | row)]


def test_what_is_wrong_with_an_assessment():
    assert remarks(first_assessor="甲", second_assessor="乙") == []
    assert remarks(first_assessor="沈 芳", second_assessor="沈芳") == [("second_assessor", True)]
    assert remarks(assessed_on=dt.date(2026, 5, 2)) == [("assessed_on", True)]
    assert remarks(assessed_on=dt.date(1939, 5, 2)) == [("assessed_on", True)]
    assert remarks(died_on=dt.date(2026, 3, 31)) == [("assessed_on", True)]
    assert remarks(died_on=dt.date(2026, 4, 1)) == []
    assert remarks(valid_until=dt.date(2026, 3, 31)) == [("valid_until", True)]
    assert remarks(level=3, previous_level=1) == [("level", False)]
    assert remarks(level=2, previous_level=1) == []


def test_where_tags_and_assessment_disagree():
    def kinds(level, has_dementia, is_disabled, is_demented):
        found = doubts(
            level=level, has_dementia=has_dementia, is_disabled=is_disabled, is_demented=is_demented
        )
        return [each.kind for each in found]

    assert kinds(2, False, True, False) == []
    assert kinds(0, False, False, False) == []
    assert kinds(0, False, True, False) == ["disabled"]
    assert kinds(1, False, False, False) == ["disabled"]
    assert kinds(2, True, True, False) == ["dementia"]
    assert kinds(2, False, True, True) == ["dementia"]
    assert kinds(None, None, True, True) == []
