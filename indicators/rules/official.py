"""The official report: its periods, and how its text is numbered and laid out (GB/T 9704-2012). Pure functions."""

import datetime as dt
import re
from dataclasses import dataclass
from decimal import Decimal

from indicators.rules.months import add_months, month_end

MONTH, HALF_YEAR, YEAR = "month", "half_year", "year"
LENGTHS = {MONTH: 1, HALF_YEAR: 6, YEAR: 12}  # months
NAMES = {MONTH: "月报", HALF_YEAR: "报告", YEAR: "报告"}
TITLE_WIDTH = 20  # characters of size 2 on 156 mm
SUBJECT = "养老服务"
_DIGITS = "〇一二三四五六七八九"
_SECOND = re.compile(r"（[一二三四五六七八九十]+）")
LONGEST_HEADING = 40  # characters; a longer line is a paragraph that begins with its heading


@dataclass(frozen=True)
class Period:
    """What a report looks back on; ``last`` is the month whose figures it shows."""

    kind: str
    last: dt.date

    @property
    def first(self) -> dt.date:
        return add_months(self.last, 1 - LENGTHS[self.kind])

    @property
    def before(self) -> dt.date:
        """The last month of the period before: what changes are taken against."""
        return add_months(self.first, -1)

    @property
    def next_first(self) -> dt.date:
        return add_months(self.last, 1)

    @property
    def next_end(self) -> dt.date:
        """The last day of the next period of the same length."""
        return month_end(add_months(self.last, LENGTHS[self.kind]))

    @property
    def text(self) -> str:
        if self.kind == MONTH:
            return f"{self.last.year}年{self.last.month}月"
        if self.kind == YEAR:
            return f"{self.last.year}年度"
        return f"{self.last.year}年{'上' if self.last.month == 6 else '下'}半年"

    @property
    def this(self) -> str:
        """How the period calls itself: 本月, 上半年, 全年."""
        if self.kind == MONTH:
            return "本月"
        return "全年" if self.kind == YEAR else f"{'上' if self.last.month == 6 else '下'}半年"

    @property
    def against(self) -> str:
        """Heading of the column of changes."""
        if self.kind == MONTH:
            return "较上月"
        return "较6月末" if self.kind == HALF_YEAR and self.last.month == 12 else "较上年末"

    @property
    def value_heading(self) -> str:
        return "本月" if self.kind == MONTH else "期末"

    @property
    def next_text(self) -> str:
        if self.kind == MONTH:
            return "下月"
        return "下半年" if self.kind == HALF_YEAR and self.last.month == 6 else f"{self.last.year + 1}年"

    @property
    def end_text(self) -> str:
        return f"{self.last.year}年{self.last.month}月底"


def title_of(unit: str, period: Period) -> str:
    return f"{unit}{period.text}养老服务工作进展{NAMES[period.kind]}"


def title_lines(title: str) -> list[str]:
    """A title that is too long for a line, broken before its subject, else in the middle: no single character below."""
    if width_of(title) <= TITLE_WIDTH:
        return [title]
    at = title.find(SUBJECT)
    if at <= 0 or width_of(title[:at]) > TITLE_WIDTH or width_of(title[at:]) > TITLE_WIDTH:
        at = (len(title) + 1) // 2
    return [title[:at], title[at:]]


def ends_a_period(kind: str, month: dt.date) -> bool:
    return month.month % LENGTHS[kind] == 0


def chinese_number(number: int) -> str:
    """1 to 99 as in headings: 一, 十, 十一, 二十."""
    tens, ones = divmod(number, 10)
    head = ("" if tens == 1 else _DIGITS[tens]) + "十" if tens else ""
    return head + (_DIGITS[ones] if ones else "")


@dataclass(frozen=True)
class Paragraph:
    """One paragraph of the text; ``head`` is set in 楷体: the part of a second-level heading."""

    head: str
    text: str


def paragraphs(text: str) -> list[Paragraph]:
    """The lines of a text as paragraphs, empty ones left out.

    A line that begins with （一） is a heading, or begins with one that ends at the first 。
    """
    found = []
    for line in text.splitlines():
        words = line.strip()
        if not words:
            continue
        if not _SECOND.match(words):
            found.append(Paragraph("", words))
            continue
        head, stop, rest = words.partition("。")
        if len(words) <= LONGEST_HEADING and not rest:
            found.append(Paragraph(words, ""))
        else:
            found.append(Paragraph(head + stop, rest) if stop and rest else Paragraph("", words))
    return found


def width_of(text: str) -> Decimal:
    """In characters of full width: digits, Latin letters and blanks take half."""
    return sum((Decimal("0.5") if ord(each) < 256 else Decimal(1) for each in text), Decimal(0))


def signature_indents(signatory: str, date: str) -> tuple[Decimal, Decimal]:
    """How far signatory and date stand from the right edge, in characters.

    The date stands off four characters, the signatory centred above it; a longer signatory stands off two, and the
    date is centred below it.
    """
    difference = (width_of(date) - width_of(signatory)) / 2
    signed, dated = Decimal(4) + difference, Decimal(4)
    if signed < 2:
        signed, dated = Decimal(2), Decimal(2) - difference
    return signed, dated


def date_text(day: dt.date) -> str:
    """Without leading zeros, as GB/T 9704 has it."""
    return f"{day.year}年{day.month}月{day.day}日"
