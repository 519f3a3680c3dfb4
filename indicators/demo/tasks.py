"""Key tasks of the demo county: who is responsible, a year of progress, a round, supervision, bulletins. Invented."""

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal

import pgtrigger
from django.utils import timezone

from eldercare import evidence
from eldercare.models import OrgUnit, User
from eldercare.permissions import Role
from indicators.demo.county import COUNTY, TOWNSHIPS
from indicators.models import (
    EvaluationRound,
    RoundItem,
    Supervision,
    SupervisionReply,
    Task,
    TaskBulletin,
    TaskEvidence,
    TaskProgress,
    TaskState,
    TaskUnit,
)
from indicators.pages.task_months import bulletin_lines, load_units
from indicators.rules.months import add_months, month_of, months_between
from indicators.task_duties import report_due_on

Status = TaskProgress.Status
PLAN = "haiyan"
MONTHS = 12
# Tasks in which the townships take part, and those that a department shares.
OF_TOWNSHIPS = (4, 6, 7, 9, 13, 39)
OF_DEPARTMENTS = {
    "县卫生健康局": (22, 23, 24, 26, 42),
    "县人力资源和社会保障局": (27, 28, 41),
    "县医疗保障局": (22,),
    "县残疾人联合会": (6, 25),
}
# What is not finished: number of the task → percent that the slowest of its units has come to.
UNFINISHED = {
    4: 95, 6: 82, 7: 88, 9: 76, 13: 91, 16: 88, 19: 40, 24: 86, 25: 65, 26: 72, 28: 93, 30: 70, 36: 85, 41: 90, 43: 55,
    44: 60, 47: 92, 48: 80,
}  # fmt: skip
CANCELLED, POSTPONED = 17, (43, 48)
LATE_UNIT, RETURNED_UNIT = (
    "330424103",
    "330424005",
)  # 于城镇 is late as a rule; 望海街道 has one task returned
PHASES = (
    (45, "制定“{name}”年度计划，明确责任分工和时间节点，已开展摸底。"),
    (65, "召开推进会 {a} 次，走访 {b} 个点位，梳理问题 {b} 个并逐项落实责任人。"),
    (85, "按计划推进，完成阶段任务 {b} 项；存在问题：部分点位改造手续办理较慢，已协调解决 {a} 个。"),
    (99, "主体工作基本完成，正在整理台账和验收资料，下月组织自查。"),
    (100, "各项举措均已落实并通过自查，转入日常管理。"),
)
PROOF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
)


def write_tasks(users: dict[str, User], through: dt.date, today: dt.date) -> dict[str, int]:
    """A year of progress up to the month ``through``; nothing where the tasks are not loaded or have progress."""
    tasks = list(Task.objects.filter(plan__code=PLAN).select_related("plan__org_unit"))
    if not tasks or TaskProgress.objects.filter(task__plan__code=PLAN).exists():
        return {}
    writer = _Writer(users, tasks, through, today)
    writer.share_out()
    counts = {"任务进展": writer.write_progress(), "佐证材料": writer.write_evidence()}
    writer.decide_states()
    writer.write_round()
    writer.write_supervisions()
    writer.write_bulletin()
    return counts


class _Writer:
    def __init__(self, users: dict[str, User], tasks: list[Task], through: dt.date, today: dt.date) -> None:
        self.tasks, self.through, self.today = {task.number: task for task in tasks}, through, today
        self.plan = tasks[0].plan
        self.months = list(months_between(add_months(through, 1 - MONTHS), through))
        self.reviewer = next(user for user in users.values() if user.role == Role.COUNTY_REVIEWER)
        reporters = (Role.TOWNSHIP_CLERK, Role.COUNTY_CLERK, Role.DEPARTMENT_CLERK)
        self.clerks = {user.org_unit_id: user for user in users.values() if user.role in reporters}
        self.units = {unit.code: unit for unit in OrgUnit.objects.within(self.plan.org_unit)}
        self.county_clerk = self.clerks[self.units[COUNTY].pk]
        self.rows: list[TaskProgress] = []

    def share_out(self) -> None:
        """As a county clerk would: the townships and departments that the document does not name."""
        by_name = {unit.name: unit for unit in self.units.values()}
        wanted = [
            (number, self.units[code]) for number in OF_TOWNSHIPS for code in TOWNSHIPS if code in self.units
        ]
        for name, numbers in OF_DEPARTMENTS.items():
            wanted += [(number, by_name[name]) for number in numbers if name in by_name]
        known = set(TaskUnit.objects.filter(task__plan=self.plan).values_list("task__number", "org_unit"))
        TaskUnit.objects.bulk_create(
            TaskUnit(
                task=self.tasks[number],
                role=TaskUnit.Role.RESPONSIBLE,
                org_unit=unit,
                confirmed_by=self.county_clerk,
                confirmed_at=timezone.now(),
            )
            for number, unit in wanted
            if number in self.tasks and (number, unit.pk) not in known
        )

    # --- Progress -----------------------------------------------------------------------------------------------

    def write_progress(self) -> int:
        parts = TaskUnit.objects.filter(task__plan=self.plan, org_unit__in=list(self.clerks))
        pairs = sorted(set(parts.values_list("task__number", "org_unit__code")))
        self.rows = [row for number, code in pairs for row in self._months_of(self.tasks[number], code)]
        # Without history rows: nobody typed these.
        with pgtrigger.ignore("indicators.TaskProgress:insert_insert"):
            TaskProgress.objects.bulk_create(self.rows, batch_size=500)
        return len(self.rows)

    def _months_of(self, task: Task, code: str) -> Iterator[TaskProgress]:
        """Up to the month in which the unit's part was finished."""
        luck = (task.number * 7 + int(code[-2:], 36) * 5) % 12
        goal = UNFINISHED.get(task.number)
        if goal is not None and code not in (COUNTY, LATE_UNIT, RETURNED_UNIT) and luck > 7:
            goal = None  # some units are done with what others are not
        finish = MONTHS + 2 if goal is not None else luck
        start = 30 + luck * 4
        for index, month in enumerate(self.months):
            if index > finish:
                return
            if goal is not None:
                percent = start + (goal - start) * index // (MONTHS - 1) if goal > start else goal
            else:
                percent = start + (100 - start) * index // finish if finish else 100
            row = self._row(task, code, month, percent, luck + index)
            if row is not None:
                yield row

    def _row(self, task: Task, code: str, month: dt.date, percent: int, luck: int) -> TaskProgress | None:
        due = report_due_on(self.plan, month)
        is_running = month == month_of(self.today)
        is_late = code == LATE_UNIT and month.month % 3 != 0 and not is_running
        status = self._status(task, code, is_running)
        if status is None:
            return None
        handed_in = status != Status.DRAFT
        day = due + dt.timedelta(days=2 + luck % 3) if is_late else due - dt.timedelta(days=1 + luck % 6)
        moment = self._moment(min(day, self.today), 9 + luck % 8)
        clerk = self.clerks[self.units[code].pk]
        is_judged = status in (Status.ACCEPTED, Status.RETURNED)
        return TaskProgress(
            task=task,
            org_unit=self.units[code],
            month=month,
            text=_text(task, percent, luck),
            percent=percent,
            state=TaskState.DONE if percent == 100 else _own_view(task, percent),
            status=status,
            entered_by=clerk,
            entered_at=moment,
            submitted_by=clerk if handed_in else None,
            submitted_at=moment if handed_in else None,
            first_submitted_at=moment if handed_in else None,
            is_late=is_late and handed_in,
            reviewed_by=self.reviewer if is_judged else None,
            reviewed_at=moment + dt.timedelta(hours=20) if is_judged else None,
            review_note="请补充本月完成的户数和验收时间，并附验收单。" if status == Status.RETURNED else "",
        )

    def _status(self, task: Task, code: str, is_running: bool) -> str | None:
        """The running month: 于城镇 has nothing yet, 望海街道 one returned task, others at various stages."""
        if not is_running:
            return Status.ACCEPTED
        if code == LATE_UNIT:
            return None
        if code == RETURNED_UNIT:
            return Status.RETURNED if task.number == OF_TOWNSHIPS[1] else Status.SUBMITTED
        if code == COUNTY:
            return Status.DRAFT if task.number % 3 else None
        return (Status.ACCEPTED, Status.SUBMITTED, Status.ACCEPTED, Status.DRAFT)[int(code[-2:], 36) % 4]

    def _moment(self, day: dt.date, hour: int) -> dt.datetime:
        return timezone.make_aware(dt.datetime.combine(day, dt.time(hour, 17 + day.day)))

    def write_evidence(self) -> int:
        wanted = [row for row in self.rows if row.org_unit.code in TOWNSHIPS and row.percent == 100][:6]
        for row in wanted:
            TaskEvidence.objects.create(
                progress=row,
                filename=f"{row.org_unit.name}{row.task.name[:12]}验收单.pdf",
                kind="pdf",
                file=evidence.keep(PROOF),
                uploaded_by=row.entered_by,
                uploaded_at=row.entered_at,
            )
        return len(wanted)

    # --- What the county decides --------------------------------------------------------------------------------

    def decide_states(self) -> None:
        until = f"{self.today.year}年底"
        decided = [(CANCELLED, TaskState.CANCELLED, "与县域合作事项合并办理，不再单列。")]
        decided += [
            (number, TaskState.ON_COURSE, f"经县政府专题会议研究，完成时限延至{until}。")
            for number in POSTPONED
        ]
        for number, state, reason in decided:
            if number in self.tasks:
                Task.objects.filter(pk=self.tasks[number].pk).update(
                    state_set=state,
                    state_reason=reason,
                    state_set_by=self.county_clerk,
                    state_set_at=self._moment(self.months[0] + dt.timedelta(days=9), 10),
                )

    def write_round(self) -> None:
        """The last June or December that is over, with all scores, closed."""
        month = next(each for each in reversed(self.months[:-1]) if each.month in (6, 12))
        closed = self._moment(min(add_months(month, 1) + dt.timedelta(days=14), self.today), 16)
        made = EvaluationRound.objects.create(
            plan=self.plan,
            kind=EvaluationRound.Kind.HALF_YEAR,
            month=month,
            note="对照任务清单逐项自查，佐证材料以月度进展所附为准。",
            opened_by=self.reviewer,
            opened_at=self._moment(month + dt.timedelta(days=24), 9),
            closed_by=self.reviewer,
            closed_at=closed,
        )
        parts = TaskUnit.objects.filter(task__plan=self.plan, org_unit__in=list(self.clerks))
        parts = parts.exclude(task__number=CANCELLED).select_related("task", "org_unit")
        seen = {(part.task_id, part.org_unit_id): part for part in parts}
        RoundItem.objects.bulk_create(self._item(made, part) for part in seen.values())

    def _item(self, made: EvaluationRound, part: TaskUnit) -> RoundItem:
        luck = (part.task.number * 5 + int(part.org_unit.code[-2:], 36) * 3) % 13
        own, checked = Decimal(99 - luck), Decimal(97 - luck) - Decimal(luck % 4) / 2
        return RoundItem(
            round=made,
            task=part.task,
            org_unit=part.org_unit,
            self_score=own,
            self_note="按计划完成。" if luck < 9 else "个别点位进度偏慢。",
            self_by=self.clerks[part.org_unit_id],
            score=checked,
            opinion="资料齐全。"
            if luck < 6
            else "进度尚可，台账需完善。"
            if luck < 10
            else "进度偏慢，限期整改。",
            checked_by=self.reviewer,
        )

    def write_supervisions(self) -> None:
        """One that waits for an answer, one that is settled."""
        issued = self.today - dt.timedelta(days=6)
        first = self._supervise(
            6, RETURNED_UNIT, issued, 1, "适老化改造尚有 3 户未验收，请说明原因和完成时间。"
        )
        if first:
            first.status = Supervision.Status.ISSUED
            first.save(update_fields=["status"])
        earlier = self.today - dt.timedelta(days=48)
        second = self._supervise(
            9, LATE_UNIT, earlier, 2, "居家养老服务中心提升改造进度滞后，请于期限内报送整改计划。"
        )
        if second is None:
            return
        SupervisionReply.objects.create(
            supervision=second,
            text="已与施工单位重新排定工期，增派人手，争取下月中旬完工。",
            by=self.clerks[second.org_unit_id],
            at=self._moment(earlier + dt.timedelta(days=5), 15),
        )
        second.status, second.closed_by = Supervision.Status.CLOSED, self.county_clerk
        second.closed_at, second.closing_note = (
            self._moment(earlier + dt.timedelta(days=20), 11),
            "整改到位，予以销号。",
        )
        second.save()

    def _supervise(
        self, number: int, code: str, day: dt.date, serial: int, demand: str
    ) -> Supervision | None:
        if number not in self.tasks or code not in self.units:
            return None
        return Supervision.objects.create(
            task=self.tasks[number],
            org_unit=self.units[code],
            year=day.year,
            serial=serial,
            demand=demand,
            reply_due_on=day + dt.timedelta(days=10),
            issued_by=self.county_clerk,
            issued_at=self._moment(day, 10),
        )

    def write_bulletin(self) -> None:
        month = self.months[-2]
        lines = bulletin_lines(load_units(self.reviewer, month))
        if lines:
            TaskBulletin.objects.create(
                org_unit=self.plan.org_unit,
                month=month,
                lines=lines,
                text="各单位按要求报送了任务进展。请未完成任务的单位倒排工期，按月销号。",
                issued_by=self.reviewer,
                issued_at=self._moment(add_months(month, 1), 10),
            )


def _text(task: Task, percent: int, luck: int) -> str:
    words = next(text for limit, text in PHASES if percent <= limit)
    return words.format(name=task.name, a=1 + luck % 3, b=2 + luck % 5)


def _own_view(task: Task, percent: int) -> str:
    return TaskState.BEHIND if UNFINISHED.get(task.number, 100) < 80 and percent > 50 else TaskState.ON_COURSE
