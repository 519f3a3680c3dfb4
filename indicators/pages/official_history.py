"""What happened to an official report, in words."""

from collections.abc import Iterator
from typing import Any

from eldercare.history import Part, Step, history_of
from eldercare.models import User
from indicators.models import OfficialReport
from indicators.pages.official_text import SECTIONS

FIELDS = {
    "title": "标题",
    "document_number": "文号",
    "addressee": "主送单位",
    "signatory": "署名",
    "signed_on": "成文日期",
}


def steps_of(report: OfficialReport, user: User) -> list[Step]:
    return history_of(Part(OfficialReport, is_subject=True, says=_words, pgh_obj_id=report.pk), user=user)


def _words(before: Any, event: Any) -> Iterator[str]:
    if before is None:
        yield f"起草第 {event.revision} 版"
        return
    if event.status != before.status:
        yield "定稿，数据和文件自此不变"
        return
    for name, label in FIELDS.items():
        old, new = getattr(before, name), getattr(event, name)
        if old != new:
            yield f"{label}：{old or '（空）'} → {new or '（空）'}"
    was = {each["key"]: each for each in before.sections}
    for each in event.sections:
        old = was.get(each["key"], {})
        if each["proposal"] != old.get("proposal") and each["text"] == each["proposal"]:
            yield f"重新生成“{SECTIONS.get(each['key'], each['key'])}”"
        elif each["text"] != old.get("text"):
            yield f"修改“{SECTIONS.get(each['key'], each['key'])}”"
