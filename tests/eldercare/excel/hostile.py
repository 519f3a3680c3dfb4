"""Files that nobody should send, each made on the spot: (name, filename, how to write it, words of the refusal)."""

import hashlib
import io
import struct
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

from tests.eldercare.excel.samples import PROLOG, text_cell, worksheet, write_zip, xlsx_parts

MB = 1024 * 1024
GOOD_ROWS = "<row r='1'>" + text_cell("A1", "机构名称") + "</row>"
GOOD_SHEET = worksheet(GOOD_ROWS)
LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))


def noise(count: int) -> bytes:
    return hashlib.shake_128(b"noise").digest(count)


def good_parts(**changes: str | bytes) -> dict[str, str | bytes]:
    return xlsx_parts(GOOD_SHEET) | {
        name.replace("__", "/").replace("_dot_", "."): part for name, part in changes.items()
    }


def with_parts(parts: dict[str, str | bytes]) -> Callable[[Path], None]:
    return lambda path: write_zip(path, parts)


def with_sheet(sheet: str) -> Callable[[Path], None]:
    return lambda path: write_zip(path, xlsx_parts(sheet))


def with_bytes(data: bytes) -> Callable[[Path], None]:
    return lambda path: path.write_bytes(data)


def zip_bytes(parts: dict[str, str | bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return file.getvalue()


def overlapping_bomb(path: Path) -> None:
    """About 50 KB; the directory names the same 50 MB part twenty times over, 1 GB together."""
    packed = zlib.compressobj(9, zlib.DEFLATED, -15)
    body = packed.compress(b" " * (50 * MB)) + packed.flush()
    check = zlib.crc32(b" " * (50 * MB))
    name = b"xl/worksheets/sheet1.xml"
    local = (
        struct.pack("<4s5H3I2H", b"PK\x03\x04", 20, 0, 8, 0, 33, check, len(body), 50 * MB, len(name), 0)
        + name
    )
    directory = b""
    for number in range(20):
        other = b"xl/worksheets/sheet%d.xml" % (number + 10)
        directory += struct.pack(
            "<4s6H3I5H2I",
            b"PK\x01\x02",
            20,
            20,
            0,
            8,
            0,
            33,
            check,
            len(body),
            50 * MB,
            len(other),
            0,
            0,
            0,
            0,
            0,
            0,
        )
        directory += other
    end = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, 20, 20, len(directory), len(local) + len(body), 0)
    path.write_bytes(local + body + directory + end)


def lying_bomb(path: Path) -> None:
    """The directory says 1 KB where 600 MB come out."""
    sheet = worksheet(GOOD_ROWS).encode().replace(b"</sheetData>", b" " * (600 * MB) + b"</sheetData>")
    data = bytearray(zip_bytes(xlsx_parts("") | {"xl/worksheets/sheet1.xml": sheet}))
    size = struct.pack("<I", len(sheet))
    assert data.count(size) == 2
    path.write_bytes(bytes(data).replace(size, struct.pack("<I", 1000)))


def many_entries(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(70_000):
            archive.writestr(f"xl/{number}", b"")


def nested_zip(path: Path) -> None:
    data = b" " * (20 * MB)
    for level in range(4):
        data = zip_bytes({f"{level}.zip": data})
    path.write_bytes(data)


def one_far_cell(reference: str) -> Callable[[Path], None]:
    row = reference.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    return with_sheet(worksheet(GOOD_ROWS + f'<row r="{row}">{text_cell(reference, "x")}</row>'))


def wide_sheet(path: Path) -> None:
    cells = "".join(f"<c><v>{number}</v></c>" for number in range(16_384))
    write_zip(path, xlsx_parts(worksheet(f'<row r="1">{cells}</row>')))


def tall_sheet(path: Path) -> None:
    rows = "".join(
        f'<row r="{number}"><c r="A{number}"><v>{number}</v></c></row>' for number in range(1, 200_100)
    )
    write_zip(path, xlsx_parts(worksheet(rows)))


def many_sheets(path: Path) -> None:
    parts = xlsx_parts(GOOD_SHEET)
    sheets = "".join(f'<sheet name="表{n}" sheetId="{n}" r:id="rId1"/>' for n in range(1, 300))
    book = str(parts["xl/workbook.xml"])
    start, end = book.index("<sheets>") + 8, book.index("</sheets>")
    write_zip(path, parts | {"xl/workbook.xml": book[:start] + sheets + book[end:]})


def giant_strings(path: Path) -> None:
    """One shared string of 390 MB; a picture that does not pack keeps the ratio ordinary."""
    strings = b"<sst><si><t>" + b"a" * (390 * MB) + b"</t></si></sst>"
    picture = noise(4 * MB)
    write_zip(path, good_parts(xl__sharedStrings_dot_xml=strings, xl__media__image1_dot_png=picture))


def ods_parts(content: str, **more: str) -> dict[str, str | bytes]:
    body = (
        '<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
        ' xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"'
        ' xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet>'
        f'<table:table table:name="表">{content}</table:table></office:spreadsheet></office:body></office:document-content>'
    )
    manifest = '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'
    return {
        "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
        "content.xml": PROLOG + body,
        "META-INF/manifest.xml": PROLOG + manifest,
    } | more


ODS_WALL = (
    '<table:table-row table:number-rows-repeated="1048576"><table:table-cell office:value-type="float" office:value="1"'
    ' table:number-columns-repeated="16384"><text:p>1</text:p></table:table-cell></table:table-row>'
)


# --- compound files: .xls and encrypted workbooks --------------------------------------------------


def compound_file(streams: dict[str, bytes], *, loop: bool = False) -> bytes:
    """The least that is one: a header, a FAT of one sector, a directory, streams of at least 4096 bytes."""
    size = 512
    entries = [("Root Entry", 5, 0xFFFFFFFE, 0)]
    sectors: list[bytes] = []
    fat: dict[int, int] = {}
    directory_sectors = (len(streams) + 1 + 3) // 4
    following = 1 + directory_sectors
    for name, content in streams.items():
        content = content.ljust(4096, b"\x00")
        count = -(-len(content) // size)
        entries.append((name, 2, following, len(content)))
        for number in range(following, following + count):
            fat[number] = number + 1
        fat[following + count - 1] = following if loop else 0xFFFFFFFE
        sectors.append(content.ljust(count * size, b"\x00"))
        following += count
    for number in range(1, 1 + directory_sectors):
        fat[number] = number + 1 if number < directory_sectors else 0xFFFFFFFE
    fat[0] = 0xFFFFFFFD
    table = b"".join(struct.pack("<I", fat.get(number, 0xFFFFFFFF)) for number in range(128))
    listing = b""
    for name, kind, first, length in entries:
        raw = name.encode("utf-16-le")
        entry = raw.ljust(64, b"\x00") + struct.pack("<HBB", len(raw) + 2, kind, 1) + b"\xff" * 12
        listing += entry.ljust(116, b"\x00") + struct.pack("<III", first, length, 0)
    header = (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
        + b"\x00" * 16
        + struct.pack("<5H", 0x3E, 3, 0xFFFE, 9, 6)
        + b"\x00" * 10
    )
    header += struct.pack("<IIIIIIIII", 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0, 0)[:32]
    header += struct.pack("<109I", 0, *[0xFFFFFFFF] * 108)
    return header + table + listing.ljust(directory_sectors * size, b"\x00") + b"".join(sectors)


def biff(*records: tuple[int, bytes]) -> bytes:
    return b"".join(struct.pack("<HH", number, len(content)) + content for number, content in records)


BIFF_START = (0x809, struct.pack("<HHHHII", 0x600, 5, 0, 0, 0, 0))
BIFF_END = (10, b"")

Case = tuple[str, str, Callable[[Path], object], str]

CASES: tuple[Case, ...] = (
    ("zip bomb of 50 KB and 1 GB", "a.xlsx", overlapping_bomb, "压缩炸弹"),
    ("zip bomb that lies about its size", "a.xlsx", lying_bomb, "损坏"),
    ("part of 300 MB", "a.xlsx", with_parts(good_parts(xl__styles_dot_xml=b"<a>" + b" " * (300 * MB))), "展开却有 300 MB"),
    ("nested zips", "a.xlsx", nested_zip, "压缩包"),
    ("70,000 entries", "a.xlsx", many_entries, "部件"),
    ("gigantic shared strings", "a.xlsx", giant_strings, "^读这个文件要的内存太多"),
    ("billion laughs", "a.xlsx", with_parts(good_parts(xl__worksheets__sheet1_dot_xml=f"<?xml version='1.0'?><!DOCTYPE w [<!ENTITY l0 'ha'>{LAUGHS}]>{GOOD_SHEET}")), "实体"),
    ("external entity", "a.xlsx", with_parts(good_parts(xl__workbook_dot_xml="<!DOCTYPE w [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><workbook>&x;</workbook>")), "实体"),
    ("document type behind a comment", "a.xlsx", with_parts(good_parts(xl__sharedStrings_dot_xml=f"<!--{'x' * 9000}--><!DOCTYPE w><sst/>")), "实体"),
    ("document type behind a very long comment", "a.xlsx", with_parts(good_parts(xl__sharedStrings_dot_xml=f"<!--{'x' * 90000}--><!DOCTYPE w><sst/>")), "实体|结构"),
    ("document type in UTF-16", "a.xlsx", with_parts(good_parts(xl__sharedStrings_dot_xml="<!DOCTYPE w [<!ENTITY a 'b'>]><sst/>".encode("utf-16"))), "结构"),
    ("macros", "a.xlsx", with_parts(good_parts(xl__vbaProject_dot_bin=b"macro")), "宏"),
    ("macro workbook by its name", "a.xlsm", with_sheet(GOOD_SHEET), "宏"),
    ("macro content type", "a.xlsx", with_parts(good_parts() | {"[Content_Types].xml": PROLOG + "<Types><Override ContentType='application/vnd.ms-excel.sheet.macroEnabled.main+xml'/></Types>"}), "宏"),
    ("macro sheet", "a.xlsx", with_parts(good_parts(xl__macrosheets__sheet1_dot_xml="<x/>")), "宏"),
    ("external links", "a.xlsx", with_parts(good_parts(xl__externalLinks__externalLink1_dot_xml="<x/>")), "断开链接"),
    ("data connections", "a.xlsx", with_parts(good_parts(xl__connections_dot_xml="<x/>")), "连接"),
    ("16,384 columns", "a.xlsx", wide_sheet, "XFD"),
    ("cell XFD1048576", "a.xlsx", one_far_cell("XFD1048576"), "XFD1048576"),
    ("cell AMJ900000", "a.xlsx", one_far_cell("AMJ900000"), "AMJ900000"),
    ("cell A1048576", "a.xlsx", one_far_cell("A1048576"), "1048576"),
    ("200,100 rows", "a.xlsx", tall_sheet, "200000 行"),
    ("300 sheets", "a.xlsx", many_sheets, "工作表"),
    ("PNG renamed", "a.xlsx", with_bytes(b"\x89PNG\r\n\x1a\n" + b"\x00" * 500), "图片"),
    ("PDF renamed", "a.xls", with_bytes(b"%PDF-1.7\n..."), "PDF"),
    ("program renamed", "a.csv", with_bytes(b"MZ\x90\x00\x03\x00\x00\x00"), "程序"),
    ("Word document renamed", "a.xlsx", with_parts({"[Content_Types].xml": "<Types/>", "word/document.xml": "<w/>"}), "Word"),
    ("RAR renamed", "a.xlsx", with_bytes(b"Rar!\x1a\x07\x00" + b"\x01" * 100), "RAR"),
    ("web page named .xls", "a.xls", with_bytes("<html><table><tr><td>机构名称</td></tr></table></html>".encode()), "网页"),
    ("text named .xlsx", "a.xlsx", with_bytes("机构名称,床位\n".encode()), "不是 Excel"),
    ("binary workbook", "a.xlsx", with_parts({"[Content_Types].xml": "<Types/>", "xl/workbook.bin": b"x"}), "xlsb"),
    ("plain archive", "a.xlsx", with_parts({"readme.txt": "x"}), "压缩包"),
    ("empty file", "a.xlsx", with_bytes(b""), "空"),
    ("truncated workbook", "a.xlsx", with_bytes(zip_bytes(xlsx_parts(GOOD_SHEET))[:700]), "不完整"),
    ("cut in the middle, directory intact", "a.xlsx", with_bytes((lambda data: data[:40] + b"\x00" * 400 + data[440:])(zip_bytes(xlsx_parts(GOOD_SHEET)))), "损坏|不完整"),
    ("part that climbs out", "a.xlsx", with_parts(good_parts() | {"../../../etc/cron.d/x": "x"}), "指向别处"),
    ("absolute part", "a.xlsx", with_parts(good_parts() | {"/etc/passwd": "x"}), "指向别处"),
    ("part of a Windows path", "a.xlsx", with_parts(good_parts() | {"C:x": "x"}), "指向别处"),
    ("part twice in other case", "a.xlsx", with_parts(good_parts() | {"XL/workbook.xml": "<x/>"}), "重名"),
    ("bzip2 inside", "a.xlsx", lambda path: write_zip(path, good_parts(), method=zipfile.ZIP_BZIP2), "压缩方式"),
    ("sheet that is missing", "a.xlsx", with_parts({k: v for k, v in good_parts().items() if "sheet1" not in k}), "损坏"),
    ("shared string that is missing", "a.xlsx", with_sheet(worksheet("<row r='1'><c r='A1' t='s'><v>9</v></c></row>")), "损坏"),
    ("XML a million levels deep", "a.xlsx", with_parts(good_parts(xl__workbook_dot_xml="<a>" * 1_000_000)), "损坏|内存"),
    ("XML that ends early", "a.xlsx", with_sheet(GOOD_SHEET[:-30]), "损坏|没有"),
    ("nothing inside", "a.xlsx", with_sheet(worksheet("")), "没有内容"),
    ("encrypted workbook", "a.xlsx", with_bytes(compound_file({"EncryptionInfo": b"x", "EncryptedPackage": b"y"})), "密码"),
    ("Word document of old", "a.xls", with_bytes(compound_file({"WordDocument": b"x"})), "Word"),
    ("macros in .xls", "a.xls", with_bytes(compound_file({"Workbook": biff(BIFF_START, BIFF_END), "_VBA_PROJECT_CUR": b"x"})), "宏"),
    ("password in .xls", "a.xls", with_bytes(compound_file({"Workbook": biff(BIFF_START, (0x2F, b"\x00" * 6), BIFF_END)})), "密码"),
    ("links to files in .xls", "a.xls", with_bytes(compound_file({"Workbook": biff(BIFF_START, (0x1AE, b"\x01\x00\x08\x00\x00a.xls"), BIFF_END)})), "链接"),
    ("sectors in a ring", "a.xls", with_bytes(compound_file({"Workbook": biff(BIFF_START, BIFF_END)}, loop=True)), "损坏"),
    ("compound file cut off", "a.xls", with_bytes(compound_file({"Workbook": b"x"})[:600]), "损坏"),
    ("noise in .xls", "a.xls", with_bytes(compound_file({"Workbook": noise(6000)})), "损坏|没有内容"),
    ("wall of cells in .ods", "a.ods", with_parts(ods_parts(ODS_WALL)), "内存|上限|损坏"),
    ("encrypted .ods", "a.ods", with_parts(ods_parts("") | {"META-INF/manifest.xml": "<m><encryption-data/></m>"}), "密码"),
    ("macros in .ods", "a.ods", with_parts(ods_parts("") | {"Basic/Standard/Module1.xml": "<x/>"}), "宏"),
    ("document type in .ods", "a.ods", with_parts(ods_parts("") | {"content.xml": "<!DOCTYPE x [<!ENTITY a 'b'>]><x>&a;</x>"}), "实体"),
    ("links to files in .ods", "a.ods", with_parts(ods_parts("<table:table-source/>")), "链接"),
    ("NULs in .csv", "a.csv", with_bytes("机构名称,床位\n沈荡\x00镇,5\n".encode()), "二进制"),
    ("NULs far down in .csv", "a.csv", with_bytes("机构名称,床位\n".encode() + b"abc,5\n" * 20_000 + b"a\x00b,5\n"), "二进制"),
    (".csv of one 100 MB line", "a.csv", with_bytes(b"a" * (100 * MB)), "上限"),
    (".csv of one 20 MB cell", "a.csv", with_bytes(b'"' + b"a" * (20 * MB)), "引号"),
    (".csv of 200,001 rows", "a.csv", with_bytes(b"a,b\n" * 200_001), "200000 行"),
    (".csv of 10,000 columns", "a.csv", with_bytes(b"a," * 10_000), "列"),
    (".csv in no encoding", "a.csv", with_bytes("机构名称".encode() * 5 + b"\xff\xff\xff\x80\n"), "乱码|编码"),
    (".csv in damaged UTF-8", "a.csv", with_bytes("机构名称,床位总数\n沈荡镇敬老院,6".encode() + b"\xe6\x95" + b"0\n"), "乱码"),
)  # fmt: skip

# Those that would take gigabytes if they were let; measured one by one.
HUNGRY = frozenset((
    "zip bomb of 50 KB and 1 GB", "zip bomb that lies about its size", "part of 300 MB", "70,000 entries",
    "gigantic shared strings", "billion laughs", "16,384 columns", "cell XFD1048576", "cell AMJ900000", "200,100 rows",
    "XML a million levels deep", "wall of cells in .ods", ".csv of one 100 MB line", ".csv of one 20 MB cell",
))  # fmt: skip
