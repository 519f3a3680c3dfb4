"""Text tables: .csv and tab-separated .txt, in UTF-8, UTF-16 with a mark, or GB18030 (GBK, GB2312)."""

import codecs
import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path

from eldercare.excel.limits import Limits

SAMPLE = 64 * 1024
BROKEN_SHARE = 0.2  # broken sequences among the multi-byte ones, up to which a text is a damaged UTF-8


class Unreadable(Exception):
    """The sentence says why."""


def read_text(path: Path) -> str:
    data = path.read_bytes()
    for mark, encoding in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if data.startswith(mark):
            return _decode(data, encoding)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        if _mostly_utf8(data):
            raise Unreadable(
                "文本里有乱码（大部分是 UTF-8 编码，个别字节损坏）。请用 WPS 或 Excel 打开核对，另存为 .xlsx 后再上传。"
            ) from None
    return _decode(data, "gb18030")


def _decode(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        raise Unreadable(
            "看不出文本的编码（不是 UTF-8，也不是 GBK）。请用 WPS 或 Excel 打开，另存为 .xlsx 后再上传。"
        ) from None


def _mostly_utf8(data: bytes) -> bool:
    """GB18030 would decode a damaged UTF-8 text into other Chinese characters without complaint."""
    text = data.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    good = len(re.findall("[\u4e00-\u9fff\u3000-\u303f\uff00-\uffef]", text))
    return good > 0 and broken <= max(1, good * BROKEN_SHARE)


def delimiter_of(text: str) -> str:
    """The separator that the first lines agree on."""
    lines = [line for line in text[:SAMPLE].splitlines()[:20] if line.strip()]
    counts = {mark: [line.count(mark) for line in lines] for mark in (",", "\t", ";", "|")}
    return max(counts, key=lambda mark: sum(1 for count in counts[mark] if count) * 1000 + sum(counts[mark]))


def rows(path: Path, limits: Limits) -> Iterator[list[str]]:
    text = read_text(path)
    if "\x00" in text:
        raise Unreadable(
            "文件里有二进制内容，不是文本表格，或已损坏。请用 WPS 或 Excel 打开，另存为 .xlsx 后再上传。"
        )
    csv.field_size_limit(limits.cell_characters)
    number = 0
    try:
        for number, row in enumerate(
            csv.reader(io.StringIO(text, newline=""), delimiter=delimiter_of(text)), 1
        ):
            if number > limits.rows:
                raise Unreadable(f"表格超过 {limits.rows} 行。请按村（社区）分成几个文件上传。")
            if len(row) > limits.columns:
                raise Unreadable(
                    f"第 {number} 行有 {len(row)} 列，超过 {limits.columns} 列的上限，可能是分隔符或引号有误。"
                )
            yield row
    except csv.Error:
        raise Unreadable(
            f"第 {number + 1} 行有一格超过 {limits.cell_characters} 个字，可能是引号没有成对。请改正后再上传。"
        ) from None
