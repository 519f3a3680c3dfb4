"""What the pages of an upload show: its change slip line by line, what it does to the figures, its history."""

import datetime as dt
import hashlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, NamedTuple

from django.core.paginator import Page, Paginator
from django.db import connection
from django.db.models import Count, Q, QuerySet
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from eldercare.excel.columns import Kind, Severity, column_letters
from eldercare.excel.ledgers import Ledger, all_ledgers, defined_names
from eldercare.lists import Badge, contains
from eldercare.models import ColumnMapping, ImportBatch, ImportLine, OrgUnit, User

PAGE_SIZE = 50
PRINTED = 2_000  # lines of a slip that is printed as a whole
CHIPS = 8  # values of a new row that are shown at once
EFFECTS = 12  # lines of effects that are shown at once

Status, State = ImportBatch.Status, ImportLine.State
COLOURS = {
    Status.READING: "blue",
    Status.UNMATCHED: "orange",
    Status.READY: "orange",
    Status.APPLYING: "blue",
    Status.APPLIED: "green",
    Status.UNDONE: "secondary",
    Status.DISCARDED: "secondary",
    Status.REFUSED: "red",
}
HAS_SLIP = (Status.READY, Status.APPLYING, Status.APPLIED, Status.UNDONE)


def state_of(batch: ImportBatch) -> Badge:
    return Badge(batch.get_status_display(), COLOURS[Status(batch.status)])


def label_of(key: str) -> str:
    """A ledger's name; batches of a ledger that is gone keep its key."""
    known = next((each.label for each in all_ledgers() if each.key == key), None)
    return known or (defined_names()[key].label if key in defined_names() else key)


def slip_stamp(batch: ImportBatch) -> str:
    """Another slip, another stamp: what a person agrees to is what was on the page."""
    counts = (batch.new, batch.changed, batch.missing, batch.errors, batch.warnings)
    facts = repr((batch.read_at, batch.message, counts))
    return hashlib.sha256(facts.encode()).hexdigest()[:16]


def earlier_upload(batch: ImportBatch, user: User) -> ImportBatch | None:
    """The last one of the same file to the same ledger of the same unit."""
    same = ImportBatch.objects.visible_to(user).filter(
        file__sha256=batch.file.sha256, ledger=batch.ledger, org_unit=batch.org_unit_id, pk__lt=batch.pk
    )
    return same.order_by("-pk").first()


def remembered_match(batch: ImportBatch) -> ColumnMapping | None:
    """The match by hand that the sheet was read with."""
    fingerprint = batch.layout.get("fingerprint")
    if not fingerprint:
        return None
    found = ColumnMapping.objects.filter(
        org_unit=batch.org_unit_id, ledger=batch.ledger, fingerprint=fingerprint
    )
    return found.select_related("saved_by").first()


# --- Lines ------------------------------------------------------------------------------------------------------


class Tab(NamedTuple):
    key: str
    label: str
    condition: Q
    always: bool = False  # shown with a zero too


TABS = (
    Tab("rows", "全部行", Q(row__gt=0), always=True),
    Tab("errors", "错误", Q(state=State.ERROR), always=True),
    Tab("warnings", "警告", Q(has_warning=True) & ~Q(state=State.ERROR), always=True),
    Tab("new", "新增", Q(state=State.NEW), always=True),
    Tab("changed", "变更", Q(state=State.CHANGED), always=True),
    Tab("notes", "不变，有说明", Q(state=State.UNCHANGED)),
    Tab("missing", "表中没有", Q(state=State.MISSING)),
    Tab("stale", "预览后又改过", Q(is_stale=True)),
)


@dataclass(frozen=True)
class TabLink:
    key: str
    label: str
    count: int
    is_current: bool


class Cell(NamedTuple):
    heading: str
    old: str
    new: str


class FindingView(NamedTuple):
    severity: Severity
    place: str
    heading: str
    message: str
    value: str

    @property
    def word(self) -> str:
        return {Severity.ERROR: "错误", Severity.WARNING: "请核对"}.get(self.severity, "说明")

    @property
    def colour(self) -> str:
        return {Severity.ERROR: "red", Severity.WARNING: "orange"}.get(self.severity, "secondary")


@dataclass(frozen=True)
class LineView:
    line: ImportLine
    state: Badge
    cells: list[Cell]
    findings: list[FindingView]
    url: str

    @property
    def first_cells(self) -> list[Cell]:
        return self.cells[:CHIPS]

    @property
    def more_cells(self) -> list[Cell]:
        return self.cells[CHIPS:]


@dataclass
class Slip:
    """The lines of one page, and how many there are of each kind."""

    tabs: list[TabLink]
    tab: str
    q: str
    page: Page
    lines: list[LineView]
    is_whole: bool  # all lines at once, for printing
    cut: int = 0  # lines that were left out of it
    counts: dict[str, int] = field(default_factory=dict)

    @property
    def numbers(self) -> list[int | str]:
        if self.page.paginator.num_pages == 1:
            return []
        return list(self.page.paginator.get_elided_page_range(self.page.number, on_each_side=2, on_ends=1))


LINE_COLOURS = {
    State.NEW: "green",
    State.CHANGED: "blue",
    State.UNCHANGED: "secondary",
    State.MISSING: "orange",
    State.ERROR: "red",
}


def load_slip(batch: ImportBatch, ledger: Ledger, query: Mapping[str, str]) -> Slip:
    """A fixed number of statements, however many lines there are."""
    lines = batch.lines.all()  # they know their batch
    counts = lines.order_by().aggregate(**{tab.key: Count("pk", filter=tab.condition) for tab in TABS})
    default = "errors" if counts["errors"] and batch.status == Status.READY else "rows"
    keys = [tab.key for tab in TABS]
    key = query.get("tab", "")
    key = key if key in keys else default
    text = query.get("q", "").strip().replace("\0", "")[:60]
    found = _found(lines.filter(next(tab for tab in TABS if tab.key == key).condition), text)
    number = found.count() if text else counts[key]
    is_whole = query.get("print") == "1"
    paginator = Paginator(found.order_by("row", "id"), PRINTED if is_whole else PAGE_SIZE)
    paginator.count = number  # known: not counted again
    page = paginator.get_page(1 if is_whole else query.get("page"))
    views = line_views(list(page.object_list), ledger)
    tabs = [
        TabLink(tab.key, tab.label, counts[tab.key], tab.key == key)
        for tab in TABS
        if tab.always or counts[tab.key] or tab.key == key
    ]
    cut = max(0, number - PRINTED) if is_whole else 0
    return Slip(tabs, key, text, page, views, is_whole, cut, counts)


def _found(lines: QuerySet, text: str) -> QuerySet:
    """By words of the name; a number alone is also the number of a row."""
    condition = contains(text, "label")
    if text.isascii() and text.isdigit() and len(text) < 8:
        condition |= Q(row=int(text))
    return lines.filter(condition)


def line_views(lines: list[ImportLine], ledger: Ledger) -> list[LineView]:
    show = _Values(ledger, lines)
    return [
        LineView(
            line,
            Badge(line.get_state_display(), LINE_COLOURS[State(line.state)]),
            show.cells(line),
            [_finding(line, each) for each in line.findings],
            _url(ledger, line),
        )
        for line in lines
    ]


def _finding(line: ImportLine, stored: dict) -> FindingView:
    column = stored["column"]
    place = f"{column_letters(column)}{line.row}" if column >= 0 else ""
    return FindingView(
        Severity(stored["severity"]), place, stored["heading"], stored["message"], stored["value"]
    )


def _url(ledger: Ledger, line: ImportLine) -> str:
    is_gone = line.state == State.NEW and line.batch.status == ImportBatch.Status.UNDONE
    if not ledger.link or line.target_id is None or is_gone:
        return ""
    try:
        return reverse(ledger.link, args=[line.target_id])
    except NoReverseMatch:
        return ""


class _Values:
    """Stored values as a person reads them: labels of choices, 是/否, names of units, masked numbers."""

    def __init__(self, ledger: Ledger, lines: list[ImportLine]) -> None:
        self.ledger = ledger
        self.choices = {
            column.key: {choice.code: choice.label for choice in column.choices} for column in ledger.columns
        }
        places = [column.key for column in ledger.columns if column.kind in (Kind.TOWNSHIP, Kind.VILLAGE)]
        codes = {
            str(values.get(key) or "") for line in lines for values in (line.old, line.new) for key in places
        }
        codes = {code for code in codes if code.isascii() and code.isdigit()}
        named = OrgUnit.objects.filter(code__in=codes) if codes else ()
        self.units = {unit.code: unit.name for unit in named}

    def cells(self, line: ImportLine) -> list[Cell]:
        keys = [column.key for column in self.ledger.columns]
        keys += sorted((line.old.keys() | line.new.keys()) - set(keys))
        return [
            Cell(self._heading(key), self._text(key, line.old.get(key)), self._text(key, line.new.get(key)))
            for key in keys
            if key in line.old or line.new.get(key) not in (None, "")
        ]

    def _heading(self, key: str) -> str:
        return self.ledger.by_key[key].heading if key in self.ledger.by_key else key

    def _text(self, key: str, value: Any) -> str:
        if value is None or value == "":
            return ""
        if secret := self.ledger.confidential.get(key):
            return str(secret.from_db_value(value, None, None))
        if isinstance(value, bool):
            return "是" if value else "否"
        column = self.ledger.by_key.get(key)
        if column is None:
            return str(value)
        if column.kind is Kind.MONTH:
            return str(value)[:7]
        if column.kind in (Kind.TOWNSHIP, Kind.VILLAGE):
            return self.units.get(str(value), str(value))
        if isinstance(value, int | float):
            value = _number(value)
        text = self.choices[key].get(str(value), str(value))
        return f"{text} {column.unit}" if column.unit else text


def _number(value: float) -> str:
    """Without the zeros that a column keeps behind the point, and never as 1E+6."""
    text = f"{Decimal(str(value)):,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


# --- Around the lines ---------------------------------------------------------------------------------------------


def wrong_cells(batch: ImportBatch) -> tuple[int, int]:
    """Cells with an error, and cells with a warning: what the receipt colours."""
    counts: Counter[int] = Counter()
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT (f ->> 'severity')::int, count(*)
                 FROM eldercare_importline line, jsonb_array_elements(line.findings) f
                WHERE line.batch_id = %s GROUP BY 1""",
            [batch.pk],
        )
        counts.update(dict(cursor.fetchall()))
    return counts[Severity.ERROR], counts[Severity.WARNING]


@dataclass(frozen=True)
class Effects:
    """What writing does to the month: indicators, and figures of metrics."""

    first: list[dict]
    more: list[dict]

    def __bool__(self) -> bool:
        return bool(self.first)


def effects_of(batch: ImportBatch, user: User) -> Effects:
    """Indicators first: they are what people ask about. An upload that the county made for a township was
    counted for the county too; the township sees its own. What is the same once rounded says nothing."""
    names = {each["unit"] for each in batch.effects}
    seen = set(OrgUnit.objects.visible_to(user).filter(name__in=names).values_list("name", flat=True))
    ordered = sorted(
        (each for each in batch.effects if each["unit"] in seen and each["before"] != each["after"]),
        key=lambda each: "indicator" not in each,
    )
    return Effects(ordered[:EFFECTS], ordered[EFFECTS:])


def candidate_number(batch: ImportBatch, wanted: object) -> int:
    """Which sheet to match: the one that was asked for, else the one with the most known headings."""
    candidates = batch.layout.get("candidates", [])
    text = str(wanted or "")
    if text.isascii() and text.isdigit() and int(text[:6]) < len(candidates):
        return int(text[:6])
    known = [sum(bool(each["field"]) for each in candidate["headings"]) for candidate in candidates]
    return known.index(max(known)) if known else 0


class Step(NamedTuple):
    at: dt.datetime
    what: str
    by: str


def steps_of(batch: ImportBatch) -> list[Step]:
    """What happened to the upload, in order."""
    steps = [Step(batch.created_at, "上传", batch.created_by.full_name)]
    if batch.read_at:
        steps.append(Step(batch.read_at, "读取完成", ""))
    if batch.applied_at and batch.applied_by:
        steps.append(Step(batch.applied_at, "写入台账", batch.applied_by.full_name))
    if batch.undone_at and batch.undone_by:
        steps.append(Step(batch.undone_at, "撤销", batch.undone_by.full_name))
    return steps


def is_waiting_long(batch: ImportBatch) -> bool:
    """Nobody has begun with it for a while: the background service may be at rest."""
    asked = batch.created_at if batch.status == Status.READING else None
    return bool(asked) and not batch.attempts and timezone.now() - asked > dt.timedelta(seconds=60)


def closing_word(ledger: Ledger) -> str:
    """What becomes of a row that is closed, as the ledger's own column says it: 停用, 停办, 离职."""
    heading = next((each.heading for each in ledger.columns if each.key == ledger.closes), "")
    return heading.removesuffix("日期") or "停用"


def may_close(batch: ImportBatch, ledger: Ledger) -> bool:
    """Rows that are no longer in the file; while rows are wrong nobody knows which these are."""
    return bool(batch.missing and ledger.closes and not batch.errors)


def nothing_to_write(batch: ImportBatch) -> bool:
    return not batch.new and not batch.changed
