"""Small lists of key tasks for tests, and files as people upload them."""

import datetime as dt
import io
import zipfile

from eldercare.models import OrgUnit, User
from indicators.models import Plan, Task, TaskProgress, TaskUnit

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def make_task(plan: Plan, *units: OrgUnit, lead: OrgUnit | None = None, **fields) -> Task:
    number = plan.tasks.count() + 1
    defaults = {
        "code": f"{plan.code}-T{number}",
        "number": number,
        "name": f"任务{number}",
        "quote": "原文",
        "section": "三(一)1",
    }
    task = Task.objects.create(plan=plan, **(defaults | fields))
    if lead:
        TaskUnit.objects.create(task=task, role="lead", org_unit=lead)
    for unit in units:
        TaskUnit.objects.create(task=task, role="responsible", org_unit=unit)
    return task


def make_progress(
    task: Task,
    unit: OrgUnit,
    month: dt.date,
    *,
    by: User,
    percent: int = 50,
    status: str = "accepted",
    **fields,
) -> TaskProgress:
    """Past the steps that the actions take; reviewed by nobody."""
    defaults = {
        "text": f"{month.month} 月进展",
        "state": "done" if percent == 100 else "on_course",
        "entered_by": by,
        "submitted_by": None if status == "draft" else by,
    }
    return TaskProgress.objects.create(
        task=task, org_unit=unit, month=month, percent=percent, status=status, **(defaults | fields)
    )


def office_file(main: str, *more: str, types: bytes = b"<Types/>") -> bytes:
    """A Word or Excel file as far as its outside goes."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("[Content_Types].xml", types)
        for name in (main, *more):
            archive.writestr(name, b"<x/>")
    return file.getvalue()
