"""Hidden rows, errors and uncalculated formulas of an .xlsx sheet; which cell lies far out."""

import posixpath
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

from defusedxml import ElementTree

from eldercare.excel.columns import column_index
from eldercare.excel.facts import BookFacts, Broken, Facts, TooMuch
from eldercare.excel.limits import MB, Limits

BLOCK = 4 * MB
LONGEST_ROW = 64 * MB
SMALL_PART = 8 * MB
TRUE = ("1", "true")

ROW = re.compile(rb"<(?:\w+:)?row\b([^>]*)>")
CELL = re.compile(rb"<(?:\w+:)?c\b([^>]*?)(?:/>|>(.*?)</(?:\w+:)?c>)", re.DOTALL)
REFERENCE = re.compile(rb"""\br=["']([A-Z]{1,3})?(\d{1,7})["']""")
HIDDEN = re.compile(rb"""\bhidden=["'](?:1|true)["']""")
TYPE = re.compile(rb"""\bt=["'](\w+)["']""")
FORMULA = re.compile(rb"<(?:\w+:)?f\b")
VALUE = re.compile(rb"<(?:\w+:)?v\b[^>]*>([^<]+)<")
VALUED = re.compile(
    rb"""<(?:\w+:)?c\b[^>]*?\br=["']([A-Z]{1,3})(\d{1,7})["'][^>/]*>(?=<(?:\w+:)?(?:v|is|f)\b)"""
)
UNCALCULATED = (b"</f></", b"</f><v></v>", b"</f><v/>", b"/></c>")


def sheet_parts(path: Path) -> tuple[list[str], BookFacts]:
    """The part of each sheet in the workbook's order, and the workbook's date system."""
    with zipfile.ZipFile(path) as archive:
        book = _parse(archive, "xl/workbook.xml")
        targets = {
            each.get("Id"): each.get("Target", "")
            for each in _parse(archive, "xl/_rels/workbook.xml.rels")
            if each.get("TargetMode") != "External"
        }
    parts, date1904 = [], False
    for element in book.iter():
        name = element.tag.rpartition("}")[2]
        if name == "workbookPr":
            date1904 = element.get("date1904", "").lower() in TRUE
        elif name == "sheet":
            link = next((value for key, value in element.items() if key.endswith("}id")), "")
            target = targets.get(link, "")
            inside = target[1:] if target.startswith("/") else posixpath.normpath(f"xl/{target}")
            parts.append(inside)
    return parts, BookFacts(date1904=date1904)


def _parse(archive: zipfile.ZipFile, name: str):
    with archive.open(name) as file:
        data = file.read(SMALL_PART + 1)
    if len(data) > SMALL_PART:
        raise TooMuch
    return ElementTree.fromstring(data, forbid_dtd=True)


def sheet_facts(path: Path, part: str, limits: Limits) -> Facts:
    facts = Facts()
    seen = -1  # the last row, counted from 0; rows may go without their number
    usual = None
    for block in _blocks(path, part, limits):
        if usual is None:
            usual = _written_as_usual(block)
        if usual and not _tells(block):
            continue
        seen = _read_block(block, seen, facts)
    return facts


def _written_as_usual(block: bytes) -> bool:
    """Rows have numbers, names no prefix, attributes double quotes: the literal marks can be relied on."""
    first = ROW.search(block)
    return bool(
        first
        and REFERENCE.search(first.group(1))
        and first.group().startswith(b"<row")
        and b"='" not in block
    )


def _tells(block: bytes) -> bool:
    if b"hidden=" in block or b't="e"' in block:
        return True
    return b"<f" in block and any(mark in block for mark in UNCALCULATED)


def _blocks(path: Path, part: str, limits: Limits) -> Iterator[bytes]:
    """The sheet's XML in pieces that end with a row. Counts what is really unpacked."""
    total, rest = 0, b""
    with zipfile.ZipFile(path) as archive, archive.open(part) as file:
        while chunk := file.read(BLOCK):
            total += len(chunk)
            if total > limits.unpacked_bytes or len(rest) > LONGEST_ROW:
                raise TooMuch
            chunk = rest + chunk
            end = max(chunk.rfind(b"</row>") + 6, chunk.rfind(b":row>") + 5)
            if end < 6:
                rest = chunk
                continue
            yield chunk[:end]
            rest = chunk[end:]
    yield rest


def _read_block(block: bytes, seen: int, facts: Facts) -> int:
    rows = list(ROW.finditer(block))
    for position, match in enumerate(rows):
        attributes = match.group(1)
        number = REFERENCE.search(attributes)
        seen = int(number.group(2)) - 1 if number else seen + 1
        if HIDDEN.search(attributes):
            facts.add_hidden(seen)
        end = rows[position + 1].start() if position + 1 < len(rows) else len(block)
        body = block[match.end() : end]
        if b"<f" in body or b":f" in body or b't="e"' in body or b"t='e'" in body:
            _read_cells(body, seen, facts)
    return seen


def _read_cells(body: bytes, row: int, facts: Facts) -> None:
    column = -1
    for cell in CELL.finditer(body):
        attributes, inside = cell.groups()
        reference = REFERENCE.search(attributes)
        column = column_index(reference.group(1).decode()) if reference and reference.group(1) else column + 1
        kind = TYPE.search(attributes)
        kind = kind.group(1) if kind else b""
        value = VALUE.search(inside or b"")
        if kind == b"e":
            facts.add_error(
                row, column, value.group(1).decode("utf-8", "replace")[:20] if value else "#VALUE!"
            )
        elif inside and not value and kind != b"str" and FORMULA.search(inside):
            facts.add_error(row, column, "")


def farthest(path: Path, part: str, limits: Limits) -> tuple[str, str]:
    """The cells with a value that lie lowest and rightmost, e.g. ("A1048576", "XFD3"). Slow: asked after a failure."""
    lowest, rightmost = (0, ""), (-1, "")
    for block in _blocks(path, part, limits):
        for match in VALUED.finditer(block):
            letters, digits = match.groups()
            row, name = int(digits), f"{letters.decode()}{digits.decode()}"
            if row > lowest[0]:
                lowest = row, name
            if len(letters) > 1 or rightmost[0] < 26:
                column = column_index(letters.decode())
                if column > rightmost[0]:
                    rightmost = column, name
    return lowest[1], rightmost[1]


def check_part(path: Path, part: str) -> None:
    with zipfile.ZipFile(path) as archive:
        if part not in archive.namelist():
            raise Broken
