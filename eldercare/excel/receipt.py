"""原表回执: the user's own workbook given back, wrong cells coloured and explained, a column 错误说明 at the right.

    receipt = write_receipt(path, out, table=table, findings=findings)
    receipt.original, receipt.message

An .xlsx keeps its formats, widths, formulas and other sheets. The other formats, and an .xlsx that is too large to be
edited, come back as an .xlsx copy with the values, and the message says so. Uploaded again, the added column is
recognised and left out. The work is done by a child process: it opens the stranger's file once more.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from eldercare.errors import Refused
from eldercare.excel.arms_length import Child
from eldercare.excel.columns import Finding, Severity, column_letters
from eldercare.excel.layout import RECEIPT_HEADING
from eldercare.excel.limits import LIMITS, Limits
from eldercare.excel.preflight import FileKind
from eldercare.excel.reading import Table
from eldercare.excel.scratch import scratch

EDITABLE_CELLS = 700_000  # openpyxl holds some 400 bytes per cell
COPY = "您上传的是 .{} 文件，不能保留原来的格式：回执是内容相同的 .xlsx 副本，请在副本上改正后上传。"
LARGE = "原表太大，回执是内容相同的 .xlsx 副本（不含格式和公式），请在副本上改正，或直接改原表后上传。"
UNEDITABLE = "原表的格式不能照原样写回：回执是内容相同的 .xlsx 副本（不含格式和公式），请在副本上改正，或直接改原表后上传。"
ORIGINAL = "回执是您上传的原表：有问题的单元格已标色并加了批注，最右边一列是“错误说明”。改正后原样上传即可。"
DRAWINGS = "表中的图形、图片可能没有保留。"

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Receipt:
    original: bool  # False: a copy with the values
    message: str


def write_receipt(
    path: Path | str,
    out: Path | str,
    *,
    table: Table,
    findings: Sequence[Finding],
    limits: Limits = LIMITS,
) -> Receipt:
    """Writes ``out`` (.xlsx). Notes are left out: only errors and warnings want a person's hand."""
    kind, sheet = table.upload.kind, table.sheet
    job = {
        "sheet": sheet.number,
        "name": sheet.name,
        "heading": table.layout.first_heading,
        "column": table.layout.receipt if table.layout.receipt >= 0 else sheet.columns,
        "last": sheet.rows,
        "cells": [
            [each.row - 1, each.column, int(each.severity), each.message]
            for each in findings
            if each.severity >= Severity.WARNING and each.column >= 0
        ],
        "texts": [[row - 1, text] for row, text in _texts(findings).items()],
    }
    large = sum(each.rows * each.columns for each in table.upload.sheets) > EDITABLE_CELLS
    if kind is FileKind.XLSX and not large:
        try:
            drawings = _run(path, kind, out, job | {"mode": "original"}, limits)
            return Receipt(True, ORIGINAL + (DRAWINGS if drawings else ""))
        except Refused as error:
            logger.info("The receipt becomes a copy: %s", error)
    _run(path, kind, out, job | {"mode": "copy"}, limits)
    message = COPY.format(kind.value) if kind is not FileKind.XLSX else LARGE if large else UNEDITABLE
    return Receipt(False, message)


def _texts(findings: Sequence[Finding]) -> dict[int, str]:
    """Row → what the column 错误说明 says, in the order of the columns."""
    texts: dict[int, list[str]] = {}
    for each in sorted(findings, key=lambda each: (each.row, each.column)):
        if each.severity >= Severity.WARNING:
            word = "错误" if each.severity is Severity.ERROR else "请核对"
            where = f"{column_letters(each.column)}列" if each.column >= 0 else ""
            texts.setdefault(each.row, []).append(f"【{word}】{where}“{each.heading}”：{each.message}")
    return {row: "\n".join(lines)[:5_000] for row, lines in texts.items()}


def _run(path: Path | str, kind: FileKind, out: Path | str, job: dict, limits: Limits) -> bool:
    """Whether the workbook has drawings."""
    with scratch() as folder:
        made = folder / "receipt.xlsx"
        with Child(path, kind.value, task="receipt", limits=limits, scratch=folder) as child:
            child.tell(job | {"out": str(made), "column_heading": RECEIPT_HEADING})
            _, drawings = child.frame()
        Path(out).write_bytes(made.read_bytes())
    return drawings
