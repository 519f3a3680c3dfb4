"""What a file is, and whether it is worth opening: told from its outside in milliseconds.

Nothing is unpacked but the first bytes of each part. What cannot be seen from outside (a part that is larger than
it says, one cell at XFD1048576) is caught by the limits of the child process that reads the file.
"""

import re
import struct
import zipfile
import zlib
from collections.abc import Sequence
from enum import Enum
from itertools import pairwise
from pathlib import Path

from eldercare.errors import Refused
from eldercare.excel import ole
from eldercare.excel.limits import LIMITS, MB, Limits

PROLOG = 64 * 1024
SAVE_AS = "请用 WPS 或 Excel 打开，另存为 .xlsx 后再上传。"


class FileKind(Enum):
    XLSX = "xlsx"
    XLS = "xls"
    ODS = "ods"
    CSV = "csv"


class Hostile(Refused):
    """The file is not opened. The sentence says why and what to do."""


# First bytes → what it is.
NOT_TABLES = (
    (b"\x89PNG", "PNG 图片"),
    (b"\xff\xd8\xff", "JPG 图片"),
    (b"GIF8", "GIF 图片"),
    (b"BM", "BMP 图片"),
    (b"%PDF", "PDF 文件"),
    (b"Rar!", "RAR 压缩包"),
    (b"7z\xbc\xaf", "7z 压缩包"),
    (b"\x1f\x8b", "gz 压缩包"),
    (b"{\\rtf", "RTF 文档"),
    (b"MZ", "程序"),
    (b"SQLite", "数据库文件"),
)
TEXT_NAMES = (".csv", ".txt", ".tsv")


def preflight(path: Path | str, filename: str = "", *, limits: Limits = LIMITS) -> FileKind:
    """The kind of a file worth reading. Raises Hostile (a Refused) with one sentence otherwise.

    ``filename`` is the name that the user knows it by; the content decides, the name helps to explain.
    """
    path = Path(path)
    suffix = Path(filename or path.name).suffix.lower()
    size = path.stat().st_size
    if size == 0:
        raise Hostile("文件是空的（0 字节），请重新选择文件上传。")
    if size > limits.file_bytes:
        raise Hostile(
            f"文件有 {size / MB:.1f} MB，超过 {limits.file_bytes // MB} MB 的上限。"
            "请删去图片和无关的工作表，或按村（社区）分成几个文件上传。"
        )
    if suffix in (".xlsm", ".xltm", ".xlam", ".xlsb"):
        raise Hostile(f"{suffix} 文件可以带宏，不能上传。{SAVE_AS}")
    with path.open("rb") as file:
        head = file.read(PROLOG)
    if head.startswith(b"PK"):
        return _check_zip(path, size, limits)
    if head.startswith(ole.MAGIC):
        return _check_ole(path.read_bytes())
    return _check_text(head, suffix)


def _check_text(head: bytes, suffix: str) -> FileKind:
    for magic, what in NOT_TABLES:
        if head.startswith(magic) and (len(magic) > 2 or b"\x00" in head):  # "MZ" may begin a heading
            raise Hostile(
                f"这是 {what}，不是表格（只是改了文件名也不行）。请上传 .xlsx、.xls、.ods 或 .csv 文件。"
            )
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<!doctype html", b"<html", b"<table", b"<meta", b"<head", b"<style")):
        raise Hostile(f"这是网页格式的表格，只是名字像 Excel 文件。{SAVE_AS}")
    if start.startswith(b"<?xml") or start.startswith(b"<"):
        raise Hostile(f"这是 XML 格式的文件，不能直接读。{SAVE_AS}")
    utf16 = head.startswith((b"\xff\xfe", b"\xfe\xff"))
    if b"\x00" in head and not utf16:
        raise Hostile(f"这不是表格文件，或已损坏（含有二进制内容）。{SAVE_AS}")
    if suffix not in TEXT_NAMES:
        raise Hostile(
            f"文件名以 {suffix or '（无后缀）'} 结尾，内容却不是 Excel 表格，文件可能已损坏。{SAVE_AS}"
        )
    return FileKind.CSV


def _check_ole(data: bytes) -> FileKind:
    try:
        names = set(ole.CompoundFile(data).entries)
    except (ole.Damaged, struct.error):
        raise Hostile(f"文件不完整或已损坏，打不开。{SAVE_AS}") from None
    if names & {"EncryptedPackage", "EncryptionInfo"}:
        raise Hostile("工作簿加了打开密码。请在“文件—信息—保护工作簿”里取消密码，保存后再上传。")
    if names & {"_VBA_PROJECT_CUR", "_VBA_PROJECT", "VBA", "Macros"}:
        raise Hostile(f"工作簿里有宏，不能上传。{SAVE_AS}（选“Excel 工作簿”，宏会去掉）")
    if names & {"Workbook", "Book", "WORKBOOK", "BOOK"}:
        return FileKind.XLS
    what = "Word 文档" if "WordDocument" in names else "演示文稿" if "PowerPoint Document" in names else ""
    raise Hostile(f"这{'是 ' + what + '，' if what else ''}不是表格。请上传 .xlsx、.xls、.ods 或 .csv 文件。")


def _check_zip(path: Path, size: int, limits: Limits) -> FileKind:
    _check_directory(path, size, limits)
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
            _check_parts(parts, size, limits)
            kind = _kind_of(archive, {part.filename for part in parts})
            for part in parts:
                _check_prolog(archive, part)
            return kind
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError, ValueError):
        raise Hostile(
            f"文件不完整或已损坏（可能没有传完）。请重新上传；仍不行时，{SAVE_AS.removeprefix('请')}"
        ) from None


def _check_directory(path: Path, size: int, limits: Limits) -> None:
    """The ZIP's own count and size of its directory, before a reader loads 70,000 entries of it."""
    with path.open("rb") as file:
        file.seek(max(0, size - 65_557))
        tail = file.read()
    end = tail.rfind(b"PK\x05\x06")
    if end < 0 or len(tail) - end < 22:
        raise Hostile("文件不完整（可能没有传完，或被截断）。请重新上传；仍不行时，请重新导出或另存后再传。")
    count, directory_bytes = struct.unpack_from("<HI", tail, end + 10)
    if count > limits.parts or directory_bytes > limits.parts * 512:
        raise Hostile(f"文件里有 {count} 个以上的部件，不像一份台账。{SAVE_AS}")


def _check_parts(parts: Sequence[zipfile.ZipInfo], size: int, limits: Limits) -> None:
    if len(parts) > limits.parts:
        raise Hostile(f"文件里有 {len(parts)} 个部件，不像一份台账。{SAVE_AS}")
    names = [part.filename for part in parts]
    if len({name.lower() for name in names}) != len(names):
        raise Hostile(f"文件里有重名的部件，结构不正常。{SAVE_AS}")
    for name in names:
        if name.startswith("/") or "\\" in name or ":" in name or ".." in name.split("/") or "\x00" in name:
            raise Hostile(f"文件里有指向别处的部件名，结构不正常。{SAVE_AS}")
    if any(part.flag_bits & 0x1 for part in parts):
        raise Hostile("文件带有压缩密码，打不开。请取消密码，保存后再上传。")
    if any(part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for part in parts):
        raise Hostile(f"文件的压缩方式不是表格软件所用的。{SAVE_AS}")
    ordered = sorted(parts, key=lambda part: part.header_offset)
    for part, following in pairwise(ordered):
        if part.header_offset + 30 + part.compress_size > following.header_offset:
            raise Hostile(f"文件的部件互相重叠，是有意做成的压缩炸弹。{SAVE_AS}")
    unpacked = sum(part.file_size for part in parts)
    if unpacked > limits.unpacked_bytes or unpacked > max(limits.ratio_from, limits.ratio * size):
        raise Hostile(
            f"文件只有 {max(1, size // 1024)} KB，展开却有 {unpacked // MB} MB，不像一份台账。"
            "请删去表格以外的空行、空列和无关的工作表，另存为 .xlsx 后再上传。"
        )


def _kind_of(archive: zipfile.ZipFile, names: set[str]) -> FileKind:
    lower = {name.lower() for name in names}
    if "mimetype" in lower and "content.xml" in lower:
        return _check_ods(archive, lower)
    if "xl/workbook.bin" in lower:
        raise Hostile(f"这是二进制工作簿（.xlsb），不能直接读。{SAVE_AS}")
    if "[content_types].xml" not in lower:
        raise Hostile("这是压缩包，不是表格。请先解压，再上传里面的表格文件。")
    if "xl/workbook.xml" not in names:
        what = (
            "Word 文档"
            if "word/document.xml" in lower
            else "演示文稿"
            if "ppt/presentation.xml" in lower
            else ""
        )
        raise Hostile(
            f"这{'是 ' + what + '，' if what else ''}不是表格。请上传 .xlsx、.xls、.ods 或 .csv 文件。"
        )
    types = _read(archive, "[Content_Types].xml", 2 * MB).lower()
    if (
        b"macroenabled" in types
        or b"vbaproject" in types
        or any(name.endswith("vbaproject.bin") for name in lower)
    ):
        raise Hostile(
            f"工作簿里有宏，不能上传（改成 .xlsx 的名字也不行）。{SAVE_AS}（选“Excel 工作簿”，宏会去掉）"
        )
    if any(name.startswith("xl/macrosheets/") for name in lower):
        raise Hostile(f"工作簿里有宏表，不能上传。{SAVE_AS}")
    if any(name.startswith("xl/externallinks/") for name in lower):
        raise Hostile(
            "工作簿里有指向其他文件的链接。请在“数据—编辑链接”里断开链接（数值会保留），保存后再上传。"
        )
    if "xl/connections.xml" in lower:
        raise Hostile("工作簿里有外部数据连接。请在“数据—查询和连接”里删除连接（数值会保留），保存后再上传。")
    return FileKind.XLSX


def _check_ods(archive: zipfile.ZipFile, lower: set[str]) -> FileKind:
    mime = _read(archive, "mimetype", 200).strip()
    if not mime.startswith(b"application/vnd.oasis.opendocument.spreadsheet"):
        raise Hostile("这是 OpenDocument 文档，不是表格。请上传 .xlsx、.xls、.ods 或 .csv 文件。")
    if "meta-inf/manifest.xml" in lower and b"encryption-data" in _read(
        archive, "META-INF/manifest.xml", 2 * MB
    ):
        raise Hostile("表格加了打开密码。请取消密码，保存后再上传。")
    if any(name.startswith(("basic/", "scripts/")) for name in lower):
        raise Hostile(f"表格里有宏，不能上传。{SAVE_AS}")
    return FileKind.ODS


def _read(archive: zipfile.ZipFile, name: str, most: int) -> bytes:
    try:
        with archive.open(name) as file:
            return file.read(most)
    except KeyError:
        return b""


MARKUP = re.compile(rb"\s*(?:<\?.*?\?>|<!--.*?-->)", re.DOTALL)


def _check_prolog(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    """No part declares a document type: entities are declared there, and nowhere else."""
    if not part.filename.lower().endswith((".xml", ".rels", ".vml", ".rdf")) or part.file_size == 0:
        return
    with archive.open(part) as file:
        head = file.read(PROLOG).removeprefix(b"\xef\xbb\xbf")
    position = 0
    while match := MARKUP.match(head, position):
        position = match.end()
    rest = head[position:].lstrip()
    if rest.startswith(b"<!"):
        raise Hostile(f"文件的 XML 里声明了文档类型或实体，表格软件不会这样写。{SAVE_AS}")
    if not re.match(rb"<[A-Za-z_]", rest):
        raise Hostile(f"文件的部件 {part.filename[:60]} 结构不正常。{SAVE_AS}")
