"""Files that prove something (佐证材料): what they really are, kept encrypted, given back only as a download.

The content decides, never the name: a web page called .pdf is refused. A file is never opened here, only looked at
from outside; whoever downloads it gets it as an attachment that no browser will show as a page of the portal.
"""

import hashlib
import io
import lzma
import struct
import unicodedata
import zipfile
import zlib
from pathlib import PurePath
from typing import Any

from django.db.models import Manager
from django.http import HttpResponse
from django.utils.http import content_disposition_header

from eldercare.encryption_keys import key_ring
from eldercare.errors import Refused
from eldercare.excel.batches import FILE_CONTEXT
from eldercare.identity import holds_id_number
from eldercare.models import ImportFile, User

MB = 1024 * 1024
LARGEST = 10 * MB
MOST_PARTS = 5000
MOST_UNPACKED = 200 * MB
# Kind → content type. Nothing that a browser would run, nothing that may carry a macro.
CONTENT_TYPES = {
    "pdf": "application/pdf",
    "jpg": "image/jpeg",
    "png": "image/png",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "ofd": "application/ofd",
}
SUFFIXES = {"jpeg": "jpg"}
ACCEPT = ".pdf,.ofd,.jpg,.jpeg,.png,.docx,.xlsx"
ALLOWED = "可以上传 PDF、OFD、JPG、PNG、Word（.docx）、Excel（.xlsx）文件"
# What the reader of ZIP files raises for a file that is cut, scrambled or locked.
DAMAGED = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, OSError, RuntimeError, EOFError, ValueError,
)  # fmt: skip
MAIN_PARTS = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml", "ofd": "ofd.xml"}
# What an active PDF holds; inside compressed streams it is not seen, and readers ask before they act on it.
PDF_ACTIONS = (b"/JavaScript", b"/Launch", b"/EmbeddedFile", b"/RichMedia")


def kind_of(filename: str, content: bytes) -> str:
    """What the file is: a key of ``CONTENT_TYPES``. Raises ``Refused`` with a sentence that names the file."""
    name = shown_name(filename)
    check_size(name, len(content))
    if holds_id_number(name):
        raise Refused("文件名里有身份证号，会显示在页面和日志里。请改名后再上传。")
    kind = _by_content(name, content)
    suffix = PurePath(name).suffix.lower().lstrip(".")
    if SUFFIXES.get(suffix, suffix) != kind:
        raise Refused(
            f"“{name}”的内容是 {kind.upper()}，与后缀不符。请把文件名后缀改为 .{kind} 后再上传，不要随意改后缀。"
        )
    return kind


def check_size(filename: str, size: int) -> None:
    """Before the content is read into memory. Raises ``Refused``."""
    name = shown_name(filename)
    if not size:
        raise Refused(f"“{name}”是空文件（0 字节），请核对后重新选择。")
    if size > LARGEST:
        raise Refused(
            f"“{name}”有 {size / MB:.1f} MB，超过 {LARGEST // MB} MB 的上限，请压缩图片或分成几个文件。"
        )


def _by_content(name: str, content: bytes) -> str:
    if content.startswith(b"%PDF-"):
        if any(word in content for word in PDF_ACTIONS):
            raise Refused(f"“{name}”这份 PDF 带有脚本或内嵌文件，不能上传。请重新打印或导出为普通 PDF。")
        if b"%%EOF" not in content[-2048:]:
            raise Refused(f"“{name}”不完整，PDF 没有结尾，请重新导出后再上传。")
        return "pdf"
    if content.startswith(b"\xff\xd8\xff"):
        return "jpg"
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if content.startswith(b"PK\x03\x04"):
        return _in_zip(name, content)
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        raise Refused(f"“{name}”是旧格式的 Office 文件，可以带宏，不能上传。请另存为 .docx 或 .xlsx。")
    head = content[:2048].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if head.startswith(b"<") and b"<svg" in head:
        raise Refused(f"“{name}”是 SVG 图形，可以带脚本，不能上传。请转成 PNG 或 PDF。")
    if head.startswith(b"<"):
        raise Refused(f"“{name}”其实是网页（只是改了文件名），不能上传。请打印为 PDF 后再上传。")
    raise Refused(f"“{name}”不是可以上传的类型。{ALLOWED}。")


def _in_zip(name: str, content: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
            types = _content_types(archive)
    except DAMAGED:
        raise Refused(f"“{name}”不完整或已损坏，打不开。请重新保存后再上传。") from None
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
        raise Refused(f"“{name}”展开后过大，不像一份正常的文件。请另存后再上传。")
    names = {part.filename.lower() for part in parts}
    kind = next((kind for kind, part in MAIN_PARTS.items() if part in names), "")
    if not kind:
        raise Refused(f"“{name}”是压缩包，不能上传。请解压后逐个上传里面的文件。")
    if b"macroenabled" in types or any(
        each.endswith(("vbaproject.bin", "vbadata.xml")) or "/macrosheets/" in each for each in names
    ):
        raise Refused(f"“{name}”带有宏，不能上传。请另存为不带宏的 .{kind} 文件。")
    if any("/embeddings/" in each or "/activex/" in each for each in names):
        raise Refused(f"“{name}”里嵌有其他文件或控件，不能上传。请删去嵌入的对象，或导出为 PDF。")
    return kind


def _content_types(archive: zipfile.ZipFile) -> bytes:
    try:
        with archive.open("[Content_Types].xml") as part:
            return part.read(2 * MB).lower()
    except KeyError:
        return b""


def shown_name(filename: str) -> str:
    """The last part of a name without what cannot be seen; long names keep their suffix."""
    name = PurePath(filename.replace("\\", "/")).name
    name = "".join(each for each in name if unicodedata.category(each)[0] != "C").strip() or "未命名"
    stem, dot, suffix = name.rpartition(".")
    return name if len(name) <= 120 else f"{stem[:110]}{dot}{suffix[:8]}"


def keep(content: bytes) -> ImportFile:
    """Store a file as uploads are stored: encrypted, and found by the change of keys (manage.py rotate_keys)."""
    return ImportFile.objects.create(
        sha256=hashlib.sha256(content).hexdigest(),
        size=len(content),
        content=key_ring().encrypt_bytes(content, FILE_CONTEXT),
    )


def attach(pieces: Manager, *, filename: str, content: bytes, most: int, by: User) -> Any:
    """A further piece among ``pieces`` (of a record that the caller has locked). The same file twice is kept once.

    Raises ``Refused`` for a file that is not taken, and for more than ``most`` of them.
    """
    kind = kind_of(filename, content)
    known = pieces.select_related("file").defer("file__content")
    if same := known.filter(file__sha256=hashlib.sha256(content).hexdigest()).first():
        return same
    if pieces.count() >= most:
        raise Refused(f"最多 {most} 个材料，请合并后再上传。")
    return pieces.create(filename=shown_name(filename), kind=kind, file=keep(content), uploaded_by=by)


def detach(piece: Any) -> None:
    """Delete a piece of evidence with its file."""
    file = piece.file
    piece.delete()
    file.delete()


def download(file: ImportFile, *, filename: str, kind: str) -> HttpResponse:
    return attachment(content_of(file), filename=filename, kind=kind)


def content_of(file: ImportFile) -> bytes:
    return key_ring().decrypt_bytes(bytes(file.content), FILE_CONTEXT)


def attachment(content: bytes, *, filename: str, kind: str) -> HttpResponse:
    """A file as a download and nothing else; ``kind`` is a key of ``CONTENT_TYPES``."""
    headers = {
        "Content-Disposition": content_disposition_header(as_attachment=True, filename=filename),
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; sandbox",
    }
    return HttpResponse(
        content, content_type=CONTENT_TYPES.get(kind, "application/octet-stream"), headers=headers
    )
