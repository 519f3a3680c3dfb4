"""Files that prove something: what is taken, and what is refused in a sentence that names the file."""

import pytest

from eldercare import evidence
from eldercare.errors import Refused
from tests.indicators.task_world import PDF, office_file

MACRO = b'<Override ContentType="application/vnd.ms-excel.sheet.macroEnabled.main+xml"/>'
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 40
OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("验收单.pdf", PDF, "pdf"),
        ("现场.JPG", b"\xff\xd8\xff\xe0" + b"\0" * 40, "jpg"),
        ("现场.jpeg", b"\xff\xd8\xff\xe0" + b"\0" * 40, "jpg"),
        ("截图.png", PNG, "png"),
        ("方案.docx", office_file("word/document.xml"), "docx"),
        ("台账.xlsx", office_file("xl/workbook.xml"), "xlsx"),
        ("公文.ofd", office_file("OFD.xml"), "ofd"),
    ],
)
def test_what_offices_use_is_taken(name, content, kind):
    assert evidence.kind_of(name, content) == kind


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("空.pdf", b"", "空文件"),
        ("页面.pdf", b"<!DOCTYPE html><html><script>alert(1)</script></html>", "其实是网页"),
        ("页面.pdf", b"\xef\xbb\xbf  <HTML>", "其实是网页"),
        ("图.svg", b'<?xml version="1.0"?><svg onload="alert(1)"/>', "SVG"),
        ("图.png", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "SVG"),
        ("大.pdf", b"%PDF-1.4" + b"\0" * evidence.LARGEST, "超过 10 MB"),
        ("宏.xlsx", office_file("xl/workbook.xml", types=MACRO), "带有宏"),
        ("宏.xlsx", office_file("xl/workbook.xml", "xl/vbaProject.bin"), "带有宏"),
        ("宏.docx", office_file("word/document.xml", "word/vbaProject.bin"), "带有宏"),
        ("嵌入.docx", office_file("word/document.xml", "word/embeddings/a.bin"), "嵌有其他文件"),
        ("旧.doc", OLD_OFFICE, "另存为"),
        ("脚本.pdf", b"%PDF-1.4 /OpenAction /JavaScript (app.alert(1)) %%EOF", "带有脚本"),
        ("半截.pdf", b"%PDF-1.4 half", "不完整"),
        ("压缩.zip", office_file("a.txt"), "压缩包"),
        ("坏.xlsx", b"PK\x03\x04 broken", "已损坏"),
        ("程序.pdf", b"MZ\x90\x00", "不是可以上传的类型"),
        ("图片.pdf", PNG, "与后缀不符"),
    ],
)
def test_what_may_do_harm_is_refused_by_name(name, content, words):
    with pytest.raises(Refused, match=words) as refusal:
        evidence.kind_of(name, content)
    assert name in str(refusal.value)
    assert str(refusal.value).endswith("。")


def test_a_name_is_shown_without_its_folders_and_hidden_signs():
    assert evidence.shown_name("C:\\Users\\a\\验收\u202e单.pdf") == "验收单.pdf"
    assert evidence.shown_name("../../etc/passwd") == "passwd"
    assert evidence.shown_name("长" * 300 + ".pdf") == "长" * 110 + ".pdf"


@pytest.mark.django_db
def test_a_kept_file_is_encrypted_and_comes_back_only_as_a_download():
    file = evidence.keep(PDF)
    assert b"%PDF" not in bytes(file.content)
    answer = evidence.download(file, filename="验收单.pdf", kind="pdf")
    assert answer.content == PDF
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Type"] == "application/pdf"
