"""The official report on the screen: a table of contents, and the tables of the figures folded by group.

What is shown is the document itself (official.py); only its tables are cut where the plan begins another group of
indicators. The files are made from the document and know nothing of this.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from eldercare.lists import Badge
from indicators.models import Indicator
from indicators.pages.display import LOOKS, MET_SO_FAR, NOT_REGISTERED, NOT_REVIEWED, OVERDUE
from indicators.pages.official import Attachment, Content, Table

LIGHT_COLUMNS = 7  # of a table whose last column is the light
COLOURS = {"met": "green", "on_course": "blue", "behind": "red", "not_reported": "orange"}
# As they are counted: good ones first. Reports that were sealed earlier have some lights under an older word.
MISSING = (NOT_REVIEWED, NOT_REGISTERED, "未报齐", "未报")
LIGHTS = (
    *(LOOKS[status] for status in ("met", "on_course")),
    MET_SO_FAR,
    replace(MET_SO_FAR, label="暂达标（未报齐）"),
    LOOKS["behind"],
    OVERDUE,
    LOOKS["not_reported"],
    *(replace(LOOKS["not_reported"], label=word) for word in MISSING),
    LOOKS["not_applicable"],
    LOOKS["not_judged"],
)


@dataclass
class Fold:
    """Some rows of a table, with how many have which light."""

    title: str
    table: Table
    lights: list[tuple[Badge, int]]

    @property
    def number(self) -> int:
        return len(self.table.rows)


@dataclass
class FoldedAttachment:
    key: str
    number: str
    title: str
    folds: list[Fold] = field(default_factory=list)

    @property
    def rows(self) -> int:
        return sum(fold.number for fold in self.folds)

    @property
    def lights(self) -> list[tuple[Badge, int]]:
        return lights_of(row for fold in self.folds for row in fold.table.rows if fold.lights)


def folded(content: Content, attachments: list[Attachment]) -> list[FoldedAttachment]:
    """One query: the groups of the indicators, which no sealed figure names."""
    codes = [each["code"] for each in content.figures["plans"]]
    rows = Indicator.objects.filter(plan__code__in=codes).values_list("plan__code", "number", "group")
    groups: dict[str, dict[str, str]] = {}
    for code, number, group in rows:
        groups.setdefault(code, {})[str(number)] = group
    plans = iter(
        each["code"]
        for each in content.figures["plans"]
        if each["headline"] or each["binding"] or each["soft"]
    )
    made = []
    for place, each in enumerate(attachments, 1):
        one = FoldedAttachment(f"attachment-{place}", each.number, each.title)
        own = groups.get(next(plans, ""), {})
        for table in each.tables:
            one.folds += _folds(table, own)
        made.append(one)
    return made


def _folds(table: Table, groups: dict[str, str]) -> Iterator[Fold]:
    if len(table.heads) != LIGHT_COLUMNS:
        yield Fold(table.caption or "合计", table, [])
        return
    parts: dict[str, list[list[str]]] = {}
    for row in table.rows:
        parts.setdefault(groups.get(row[0], ""), []).append(row)
    last = len(parts)
    for place, (group, rows) in enumerate(parts.items(), 1):
        title = f"{table.caption}：{group}" if len(parts) > 1 and group else table.caption
        note = table.note if place == last else ""
        yield Fold(title, replace(table, caption="", rows=rows, note=note), lights_of(rows))


def lights_of(rows: Iterator[list[str]] | list[list[str]]) -> list[tuple[Badge, int]]:
    counts = Counter(row[-1] for row in rows)
    known = [(Badge(look.label, COLOURS.get(look.status, "secondary")), look.label) for look in LIGHTS]
    return [(badge, counts[label]) for badge, label in known if counts[label]]
