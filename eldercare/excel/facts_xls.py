"""Hidden rows, errors, the date system and what must be refused of an .xls workbook (BIFF8)."""

import struct
from collections.abc import Iterator

from eldercare.excel import ole
from eldercare.excel.facts import BookFacts, Facts

FORMULA, EOF, DATE1904, FILEPASS, SHEET, SUPBOOK, ROW, BOOLERR = 6, 10, 0x22, 0x2F, 0x85, 0x1AE, 0x208, 0x205
ERRORS = {0: "#NULL!", 7: "#DIV/0!", 15: "#VALUE!", 23: "#REF!", 29: "#NAME?", 36: "#NUM!", 42: "#N/A"}


def workbook_stream(data: bytes) -> bytes:
    book = ole.CompoundFile(data)
    name = next((name for name in ("Workbook", "WORKBOOK", "Book", "BOOK") if name in book.entries), "")
    if not name:
        raise ole.Damaged
    return book.stream(name)


def _records(stream: bytes, start: int = 0) -> Iterator[tuple[int, int, int]]:
    """Number, start of the content, length; up to the end of the substream."""
    end = len(stream) - 4
    while start <= end:
        number, length = struct.unpack_from("<HH", stream, start)
        yield number, start + 4, length
        if number == EOF:
            return
        start += 4 + length


def book_facts(stream: bytes) -> tuple[list[int], BookFacts]:
    """Where each sheet begins, and what the workbook says of itself."""
    offsets, date1904, refusal = [], False, ""
    for number, start, length in _records(stream):
        if number == FILEPASS:
            refusal = "工作簿加了打开密码。请取消密码，保存后再上传。"
            break
        if number == DATE1904 and length >= 2:
            date1904 = stream[start] == 1
        elif number == SHEET and length >= 6:
            offsets.append(struct.unpack_from("<I", stream, start)[0])
        elif number == SUPBOOK and length > 4:
            refusal = (
                "工作簿里有指向其他文件的链接。请在“数据—编辑链接”里断开链接（数值会保留），保存后再上传。"
            )
    return offsets, BookFacts(date1904=date1904, refusal=refusal)


def sheet_facts(stream: bytes, offset: int) -> Facts:
    facts = Facts()
    for number, start, length in _records(stream, offset):
        if number == ROW and length >= 16:
            if stream[start + 12] & 0x20:
                facts.add_hidden(struct.unpack_from("<H", stream, start)[0])
        elif number == BOOLERR and length >= 8:
            if stream[start + 7]:
                row, column = struct.unpack_from("<HH", stream, start)
                facts.add_error(row, column, ERRORS.get(stream[start + 6], "#VALUE!"))
        elif (
            number == FORMULA
            and length >= 14
            and stream[start + 12 : start + 14] == b"\xff\xff"
            and stream[start + 6] == 2
        ):
            row, column = struct.unpack_from("<HH", stream, start)
            facts.add_error(row, column, ERRORS.get(stream[start + 8], "#VALUE!"))
    return facts
