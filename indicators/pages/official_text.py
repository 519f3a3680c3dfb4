"""The text that the portal proposes for each section of the official report; a person edits it before it is sealed.

One line is one paragraph; a line that begins with （一） is a second-level heading.
"""

from collections.abc import Iterable

from eldercare.models import OrgUnit
from indicators.models import TaskMilestone, TaskState
from indicators.models.adoptions import LOWER_LEVELS
from indicators.pages.dashboard import Tally
from indicators.pages.lines import Line
from indicators.pages.official_figures import PlanFigures, Reading, Status, UnitRecord
from indicators.rules.official import Period, chinese_number, date_text
from indicators.task_duties import Standing

# Key → title, in the order of the document.
SECTIONS = {
    "overview": "总体情况",
    "tasks": "重点任务进展",
    "reporting": "报送情况",
    "problems": "存在问题",
    "next": "下步安排",
}
MOST_BEHIND = 20  # indicators that are described one by one; all stand in the table
MOST_DUE = 20  # tasks and indicators of the next period
TEXT_LENGTH = 200  # of a unit's words; the whole is on the task's page
ENDS = "。！？；…"


def proposals(reading: Reading) -> dict[str, str]:
    """The text of each section by its key."""
    makers = {
        "overview": _overview,
        "tasks": _tasks,
        "reporting": _reporting,
        "problems": _problems,
        "next": _next,
    }
    return {key: "\n".join(makers[key](reading)) for key in SECTIONS}


def _headed(reading: Reading, parts: Iterable[tuple[str, list[str]]]) -> list[str]:
    """Parts of several plans under headings of their own; of one plan without."""
    filled = [(title, lines) for title, lines in parts if lines]
    if len(reading.plans) < 2:
        return [line for _, lines in filled for line in lines]
    return [
        text
        for place, (title, lines) in enumerate(filled, 1)
        for text in (f"（{chinese_number(place)}）{title}", *lines)
    ]


# --- Overview ------------------------------------------------------------------------------------------------------


def _overview(reading: Reading) -> list[str]:
    if not reading.plans:
        return [f"{reading.period.text}没有执行中的规划。"]
    return _headed(
        reading, ((each.plan.short_title, _of_plan(each, reading.period)) for each in reading.plans)
    )


def _of_plan(each: PlanFigures, period: Period) -> list[str]:
    tally = each.board.tally
    counts = _counts(tally)
    rate = "" if tally.rate is None else f"，达标率{tally.rate:.1f}%（{tally.met}/{tally.judged}）"
    lines = [
        f"截至{period.end_text}，{_quoted(each.plan.title)}约束性指标共{tally.total}项，其中{counts}{rate}。"
    ]
    if not tally.total:
        lines = [f"截至{period.end_text}，{_quoted(each.plan.title)}没有判定约束性指标。"]
    if moved := _moved(each, period):
        lines.append(moved)
    soft = each.board.soft
    if soft.total:
        lines.append(f"软性目标{soft.total}项（不计入达标率），其中{_counts(soft)}。")
    return lines


def _counts(tally: Tally) -> str:
    parts = [f"{look.label}{count}项" for look, count in tally.parts if count]
    if tally.not_judged:
        parts.append(f"没有可判定目标{tally.not_judged}项")
    return "，".join(parts)


def _quoted(title: str) -> str:
    return title if title.startswith("《") else f"《{title}》"


def _moved(each: PlanFigures, period: Period) -> str:
    """What has reached its target since the period before, what has fallen behind, and what cannot be told yet."""
    won, lost, unknown = [], [], 0
    for line in each.board.counted:
        before = each.status_before(line)
        if line.status == Status.MET and before not in (Status.MET, None):
            won.append(line.indicator.name)
        if line.status == Status.BEHIND and before not in (Status.BEHIND, None):
            lost.append(line.indicator.name)
        if line.status == Status.NOT_REPORTED and before not in (Status.NOT_REPORTED, None):
            unknown += 1
    parts = []
    if won:
        parts.append(f"新达标{len(won)}项：{'、'.join(won)}")
    if lost:
        parts.append(f"新转为进度滞后{len(lost)}项：{'、'.join(lost)}")
    if unknown:
        parts.append(f"{unknown}项因本期月报未全部审核通过暂不判定，全部通过后可能变动")
    if not parts:
        return ""
    return f"{period.against.replace('较', '与')}相比，{'；'.join(parts)}。"


# --- Tasks ---------------------------------------------------------------------------------------------------------


def _tasks(reading: Reading) -> list[str]:
    if not reading.standings:
        return ["执行的规划没有列入重点任务。"]
    return _headed(reading, ((each.plan.short_title, _tasks_of(each, reading)) for each in reading.plans))


def _tasks_of(each: PlanFigures, reading: Reading) -> list[str]:
    standings = [one for one in reading.standings if one.task.plan_id == each.plan.pk]
    if not standings:
        return []
    counts = {state: sum(one.state == state for one in standings) for state in TaskState.values}
    words = "，".join(f"{TaskState(state).label}{count}项" for state, count in counts.items() if count)
    lines = [f"重点任务共{len(standings)}项，其中{words}。"]
    reported = [one for one in standings if reading.progress.get(one.task.pk)]
    if not reported:
        return [*lines, f"{reading.period.this}没有审核通过的任务进展。"]
    lines.append(f"{reading.period.this}有{len(reported)}项任务的进展已审核通过，主要情况如下：")
    lines += [f"{place}.{_task_words(one, reading)}" for place, one in enumerate(reported, 1)]
    return lines


def _task_words(standing: Standing, reading: Reading) -> str:
    rows, whole = reading.progress[standing.task.pk], reading.unit
    lower = LOWER_LEVELS.get(whole.level, ())
    percent = "" if standing.percent is None else f"总体进度{standing.percent}%，"
    head = f"{standing.task.name}（{percent}{standing.label}）。"
    townships = [row for row in rows if row.org_unit.pk != whole.pk and row.org_unit.level in lower]
    own = [row for row in rows if row not in townships]
    if len(townships) <= 2:
        own, townships = rows, []
    parts = [f"{_name(row.org_unit, whole)}：{_closed(row.text)}" for row in own if row.text.strip()]
    if townships:
        known = [row.percent for row in townships if row.percent is not None]
        mean = f"，平均进度{sum(known) // len(known)}%" if known else ""
        late = [row.org_unit.name for row in townships if row.state == TaskState.BEHIND]
        slow = f"，其中{'、'.join(late)}进度滞后" if late else ""
        parts.append(f"{len(townships)}个{_parts_word(whole)}报送进展{mean}{slow}。")
    return head + "".join(parts)


def _name(unit: OrgUnit, whole: OrgUnit) -> str:
    return f"{unit.name}本级" if unit.pk == whole.pk else unit.name


def _parts_word(unit: OrgUnit) -> str:
    return "县（市、区）" if unit.level == OrgUnit.Level.CITY else "镇（街道）"


def _closed(text: str) -> str:
    """A unit's words as one sentence that ends."""
    words = " ".join(text.split())
    if len(words) > TEXT_LENGTH:
        words = words[:TEXT_LENGTH].rstrip("，、；。 ") + "……"
    return words if words.endswith(tuple(ENDS)) else f"{words}。"


# --- Reporting -----------------------------------------------------------------------------------------------------


def _reporting(reading: Reading) -> list[str]:
    lines = []
    if reading.reports:
        lines.append(_record_words("月报数据", reading.reports, reading.period, unit="份"))
    if reading.duties:
        lines.append(_record_words("重点任务进展", reading.duties, reading.period, unit="项次"))
    return lines or [f"{reading.period.text}没有开启月报。"]


def _record_words(what: str, records: list[UnitRecord], period: Period, *, unit: str) -> str:
    owed = sum(each.owed for each in records)
    missing, late = sum(each.missing for each in records), sum(each.late for each in records)
    is_one_each = owed == len(records)  # a report a month: units and reports are the same number
    unit = "个" if is_one_each else unit
    whole = f"应报{owed}个单位" if is_one_each else f"应报单位{len(records)}个、{owed}{unit}"
    text = f"{what}{whole}，已报{owed - missing}{unit}"
    if missing == owed:
        return f"{text.rpartition('，')[0]}，均未报送。"
    if not missing and not late:
        return f"{text}，全部按时报送。"
    parts = [text]
    if missing:
        parts.append(f"尚未报送{missing}{unit}：{_names(records, 'missing', unit)}")
    if late:
        parts.append(f"逾期报送{late}{unit}：{_names(records, 'late', unit)}")
    return "；".join(parts) + "。"


def _names(records: list[UnitRecord], attribute: str, unit: str) -> str:
    named = [(each.name, getattr(each, attribute)) for each in records if getattr(each, attribute)]
    if unit == "个":
        return "、".join(name for name, _ in named)
    return "、".join(f"{name}（{number}{unit}）" for name, number in named)


# --- Problems ------------------------------------------------------------------------------------------------------


def _problems(reading: Reading) -> list[str]:
    lines = _headed(reading, ((each.plan.short_title, _behind(each)) for each in reading.plans))
    late = [one for one in reading.standings if one.state == TaskState.BEHIND or one.days_late]
    if late:
        names = "、".join(_behind_task(one) for one in late)
        lines.append(f"进度滞后和逾期未完成的重点任务{len(late)}项：{names}。")
    if reading.missing_units:
        lines.append(
            f"{'、'.join(reading.missing_units)}的月报尚未报送或尚未审核通过，有关指标按已审核通过的单位汇总，全部通过后会有变动。"
        )
    return lines or ["各项约束性指标和重点任务均按进度推进。"]


def _behind_task(standing: Standing) -> str:
    if standing.days_late:
        return f"{standing.task.name}（已逾期，进度{standing.percent or 0}%）"
    return f"{standing.task.name}（进度{standing.percent or 0}%）"


def _behind(each: PlanFigures) -> list[str]:
    numeric, registered = each.board.behind_numeric, each.board.behind_tasks
    lines = []
    if numeric:
        lines.append(f"进度滞后的数量指标{len(numeric)}项：")
        lines += [f"{place}.{_gap_words(line)}" for place, line in enumerate(numeric[:MOST_BEHIND], 1)]
    if len(numeric) > MOST_BEHIND:
        lines.append(f"其余{len(numeric) - MOST_BEHIND}项见附件。")
    if registered:
        names = "、".join(line.indicator.name for line in registered)
        lines.append(f"尚未落实的制度机制{len(registered)}项：{names}。")
    return lines


def _gap_words(line: Line) -> str:
    """“养老机构护理型床位占比：目标≥60%，完成55.6%，差4.4个百分点；新增…”."""
    parts = [f"目标{line.target_text}，完成{line.units_text or line.value_text}"]
    if line.distance_text:
        parts[0] += f"，{line.distance_text}"
    if line.will_be_met:
        parts.append("其余单位数据齐后即可达标")
    elif line.gap_text:
        parts.append(f"达标{'' if line.gap_text.startswith('还差') else '需'}{line.gap_text}")
    return f"{line.indicator.name}：{tight('；'.join(parts))}。"


def tight(text: str) -> str:
    """Without the blanks that the pages put between a number and its unit: a document has none."""
    return text.replace(" ", "")


# --- Next ----------------------------------------------------------------------------------------------------------


def _next(reading: Reading) -> list[str]:
    period = reading.period
    due = _due_tasks(reading) + _due_indicators(reading)
    lines = []
    if due:
        lines.append(f"{period.next_text}到期的任务和指标{len(due)}项：")
        lines += [f"{place}.{each}。" for place, each in enumerate(due[:MOST_DUE], 1)]
    if len(due) > MOST_DUE:
        lines.append(f"其余{len(due) - MOST_DUE}项按各规划和任务清单的期限推进。")
    if registered := sum(1 for line in _due_lines(reading) if line.indicator.is_confirmation):
        lines.append(f"{period.next_text}到期、尚未落实的制度机制{registered}项，由牵头单位按期出台。")
    if not lines:
        lines.append(f"{period.next_text}没有到期的重点任务和指标。")
    overdue = [one for one in reading.standings if one.days_late]
    if overdue:
        lines.append(f"对已过期限仍未完成的{len(overdue)}项重点任务，由责任单位逐项明确完成时间，按月通报。")
    behind = sum(len(each.board.behind) for each in reading.plans)
    if behind:
        lines.append(f"对进度滞后的{behind}项指标逐项分解缺口，落实到{_parts_word(reading.unit)}和责任部门。")
    return lines


def _due_lines(reading: Reading) -> list[Line]:
    """Indicators not yet met whose target falls due in the next period."""
    first, last = reading.period.next_first, reading.period.next_end
    return [
        line
        for figures in reading.plans
        for line in figures.board.counted
        if line.goal and first <= line.goal.due_on <= last and line.status != Status.MET
    ]


def _due_indicators(reading: Reading) -> list[str]:
    return [
        f"{line.indicator.name}：{date_text(line.goal.due_on)}前达到{tight(line.target_text)}"
        f"（目前{tight(line.units_text or line.value_text)}）"
        for line in _due_lines(reading)
        if line.target_text and not line.indicator.is_confirmation
    ]


def _due_tasks(reading: Reading) -> list[str]:
    first, last = reading.period.next_first, reading.period.next_end
    found = []
    for one in reading.standings:
        if one.state in (TaskState.DONE, TaskState.CANCELLED):
            continue
        task = one.task
        milestones: Iterable[TaskMilestone] = task.milestones.all()
        found += [
            (part.due_on, f"{task.name}：{date_text(part.due_on)}前{part.what}")
            for part in milestones
            if part.done_on is None and first <= part.due_on <= last
        ]
        if first <= task.due_on <= last:
            found.append(
                (task.due_on, f"{task.name}：{date_text(task.due_on)}前全部完成（进度{one.percent or 0}%）")
            )
    return [text for _, text in sorted(found)]
