"""The official report as a document: the same structure for the page, the .docx and the .xlsx; and its lists."""

import datetime as dt
import hashlib
import json
from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from eldercare.excel.writing import Kind
from eldercare.lists import Badge, Column, Listing, contains
from indicators.models import CorrectionSlip, OfficialReport
from indicators.pages.display import month_text
from indicators.pages.official_figures import Reading, as_json, read
from indicators.pages.official_text import SECTIONS, proposals, tight
from indicators.rules.official import Paragraph, Period, chinese_number, date_text, paragraphs

Kinds = OfficialReport.Kind
COLOURS = {OfficialReport.Status.DRAFT: "blue", OfficialReport.Status.SEALED: "green"}


def badge(report: OfficialReport) -> Badge:
    return Badge(report.get_status_display(), COLOURS[OfficialReport.Status(report.status)])


REPORTS = Listing(
    "工作进展月报",
    (
        Column(
            "title",
            "标题",
            "title",
            order=("title",),
            link=lambda report: reverse("official-report", args=[report.pk]),
            width=44,
        ),
        Column("month", "截至月份", lambda report: month_text(report.month), order=("month",), css="nowrap"),
        Column("kind", "种类", "get_kind_display", order=("kind",), css="nowrap"),
        Column("plan", "规划", lambda report: report.plan.short_title if report.plan else "全部", width=20),
        Column("revision", "版次", lambda report: f"第 {report.revision} 版", css="nowrap"),
        Column("number", "文号", "document_number", css="nowrap", width=20),
        Column("created", "起草人", "created_by.full_name", css="nowrap"),
        Column("sealed", "定稿人", "sealed_by.full_name", css="nowrap"),
        Column("sealed_at", "定稿时间", "sealed_at", order=("sealed_at",), kind=Kind.DATETIME),
        Column("status", "状态", badge, order=("status",)),
    ),
    order=("-month", "kind", "-revision"),
    unit="份",
)


def filter_reports(reports: QuerySet, chosen: dict[str, Any]) -> QuerySet:
    reports = reports.select_related("created_by", "sealed_by", "plan").defer("sections", "figures")
    if kind := chosen.get("kind"):
        reports = reports.filter(kind=kind)
    if status := chosen.get("status"):
        reports = reports.filter(status=status)
    if year := chosen.get("year"):
        reports = reports.filter(month__year=year)
    if text := chosen.get("q"):
        reports = reports.filter(contains(text, "title", "document_number"))
    return reports


def period_of(report: OfficialReport) -> Period:
    return Period(report.kind, report.month)


def corrections_since(report: OfficialReport) -> list[CorrectionSlip]:
    """Slips approved after the report was sealed that move one of its months, or its figures from an earlier one."""
    if not report.is_sealed:
        return []
    period = period_of(report)
    slips = CorrectionSlip.objects.filter(
        status=CorrectionSlip.Status.APPROVED,
        org_unit=report.org_unit,
        decided_at__gt=report.sealed_at,
        month__lte=report.month,
    ).order_by("decided_at")
    moved = {"unit": report.org_unit.code, "month": f"{report.month:%Y-%m}"}
    return [
        slip
        for slip in slips
        if slip.month >= period.first
        or any(all(row.get(key) == value for key, value in moved.items()) for row in slip.effect)
    ]


# --- The document --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Head:
    text: str
    width: int  # millimetres of the 156 that the page has


@dataclass
class Table:
    caption: str
    heads: list[Head]
    rows: list[list[str]]
    note: str = ""


@dataclass
class Section:
    key: str
    number: str
    title: str
    paragraphs: list[Paragraph]
    tables: list[Table] = field(default_factory=list)


@dataclass
class Attachment:
    number: str  # 附件 or 附件1
    title: str
    tables: list[Table]


@dataclass
class Document:
    title: str
    document_number: str
    addressee: str
    opening: str
    sections: list[Section]
    attachments: list[Attachment]
    signatory: str
    date: str


@dataclass
class Content:
    """What a report says now: frozen if it is sealed, else read anew."""

    report: OfficialReport
    figures: dict[str, Any]
    proposals: dict[str, str] = field(default_factory=dict)  # of a draft

    @property
    def texts(self) -> dict[str, str]:
        return {each["key"]: each["text"] for each in self.report.sections}

    @property
    def outdated(self) -> list[str]:
        """Sections whose proposal is another one by now: figures or progress came in since."""
        was = {each["key"]: each["proposal"] for each in self.report.sections}
        return [key for key, text in self.proposals.items() if was.get(key) != text]

    @property
    def missing(self) -> list[str]:
        return self.figures["missing"]

    @property
    def stamp(self) -> str:
        """Changes with whatever a reader would see changed; who seals names the one that was read."""
        report = self.report
        seen = (
            self.figures,
            report.sections,
            report.title,
            report.document_number,
            report.addressee,
            report.signatory,
            str(report.signed_on or ""),
        )
        return hashlib.sha256(json.dumps(seen, ensure_ascii=False).encode()).hexdigest()[:24]

    @property
    def document(self) -> Document:
        report, period = self.report, period_of(self.report)
        sections = [
            Section(key, f"{chinese_number(place)}、", title, paragraphs(self.texts.get(key, "")))
            for place, (key, title) in enumerate(SECTIONS.items(), 1)
        ]
        sections[0].tables = _main_tables(self.figures, period)
        return Document(
            title=report.title,
            document_number=report.document_number,
            addressee=report.addressee,
            opening=f"现将{report.org_unit.name}{period.text}养老服务工作进展情况报告如下：",
            sections=sections,
            attachments=_attachments(self.figures, period),
            signatory=report.signatory,
            date=date_text(report.signed_on or timezone.localdate()),
        )


def load(report: OfficialReport) -> Content:
    if report.is_sealed:
        return Content(report, report.figures)
    reading = read(report.org_unit, period_of(report), report.plan)
    return Content(report, as_json(reading), proposals(reading))


def sections_of(reading: Reading) -> list[dict[str, str]]:
    """As a new report begins: every section as proposed."""
    return [{"key": key, "text": text, "proposal": text} for key, text in proposals(reading).items()]


def _heads(period: Period) -> list[Head]:
    return [
        Head("序号", 10),
        Head("指标", 41),
        Head("目标", 21),
        Head(period.value_heading, 21),
        Head(period.against, 14 if len(period.against) < 4 else 17),
        Head("与目标相差", 28 if len(period.against) < 4 else 25),
        Head("状态", 21),
    ]


def _table(caption: str, rows: list[dict[str, Any]], period: Period, note: str = "") -> Table:
    return Table(caption, _heads(period), [_cells(row) for row in rows], note)


def _cells(row: dict[str, Any]) -> list[str]:
    value = row["value_text"]
    more = [text for text in (row["units_text"], row["reported_text"]) if text and text != value]
    return [
        str(row["number"]),
        row["name"],
        tight(row["target_text"]) or "—",
        "\n".join(tight(text) for text in (value, *more)),
        row["change_text"],
        tight(row["distance_text"]) or "—",
        row["light"],
    ]


def _main_tables(figures: dict[str, Any], period: Period) -> list[Table]:
    """The headline indicators of each plan, in the text itself."""
    filled = [each for each in figures["plans"] if each["headline"]]
    tables = []
    for place, each in enumerate(filled, 1):
        number = f"表{place} " if len(filled) > 1 else ""
        title = f"{each['short_title']}主要指标完成情况"
        tables.append(_table(f"{number}{title}", each["headline"], period))
    return tables


def _attachments(figures: dict[str, Any], period: Period) -> list[Attachment]:
    found: list[tuple[str, list[Table]]] = []
    for each in figures["plans"]:
        tables = []
        if each["headline"]:
            tables.append(_table("主要指标", each["headline"], period))
        if each["binding"]:
            tables.append(_table("其他约束性指标", each["binding"], period))
        if each["soft"]:
            tables.append(_table("软性目标（不计入达标率）", each["soft"], period))
        if tables:
            tables[-1].note = _note(each, period)
            found.append((f"{each['short_title']}指标完成情况表", tables))
    if figures["flows"]:
        heads = [Head("序号", 12), Head("项目", 84), Head("计量单位", 20), Head("合计", 24), Head("月数", 16)]
        rows = [
            [str(place), each["name"], each["unit"], f"{_grouped(each['value'])}", str(each["months"])]
            for place, each in enumerate(figures["flows"], 1)
        ]
        found.append((f"{period.text}工作量合计表", [Table("", heads, rows, "注：月数为有数据的月份数。")]))
    several = len(found) > 1
    return [
        Attachment(f"附件{place if several else ''}", title, tables)
        for place, (title, tables) in enumerate(found, 1)
    ]


def _grouped(number: str) -> str:
    whole, point, rest = number.partition(".")
    return f"{int(whole):,}{point}{rest}"


def _note(each: dict[str, Any], period: Period) -> str:
    parts = [f"“{period.against}”按指标的计量单位，比率类为百分点；“—”为没有可比的数"]
    rows = (*each["headline"], *each["binding"], *each["soft"])
    for word in sorted({row["reported_text"].partition(" ")[2] for row in rows} - {""}):
        parts.append(f"“n/m {word}”为应报m个单位中n个的月报已审核通过")
    if each["facts"]:
        parts.append(f"另有现状、前期完成和预测数{each['facts']}项不判定，未列入")
    return f"注：{'；'.join(parts)}。"


def as_of_text(figures: dict[str, Any]) -> str:
    if not figures["as_of"]:
        return ""
    return f"{timezone.localtime(dt.datetime.fromisoformat(figures['as_of'])):%Y-%m-%d %H:%M}"
