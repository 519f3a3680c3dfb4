"""The files of the official report: layout, fonts, figures; opened by LibreOffice and held against the dashboard."""

import io
import re
import shutil
import subprocess
import zipfile
from xml.etree import ElementTree

import pytest
import python_calamine
import time_machine
from django.core.management import CommandError, call_command

from indicators.models import OfficialReport
from indicators.pages import official
from indicators.resources import official_docx
from tests.indicators.conftest import text_of
from tests.indicators.official_world import APRIL, MARCH, MAY, NOW, County

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


@pytest.fixture
def county(cast):
    with time_machine.travel(NOW, tick=True):
        yield County(cast)


@pytest.fixture
def clerk(county, enter):
    return enter(county.cast.county_clerk)


def parts_of(content: bytes) -> dict[str, ElementTree.Element]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = [name for name in archive.namelist() if name.startswith("word/") and name.endswith(".xml")]
        return {name.removeprefix("word/"): ElementTree.fromstring(archive.read(name)) for name in names}  # noqa: S314


def test_the_document_has_the_layout_of_the_standard(county):
    """GB/T 9704-2012: A4, margins 37, 35, 28 and 26 mm; 1 mm is 56.7 twips."""
    parts = parts_of(official_docx.write(official.load(county.start())))
    page = parts["document.xml"].find(f".//{W}sectPr")
    margins = page.find(f"{W}pgMar")
    found = {side: int(margins.get(f"{W}{side}")) for side in ("top", "bottom", "left", "right")}
    for side, millimetres in {"top": 37, "bottom": 35, "left": 28, "right": 26}.items():
        assert abs(found[side] - millimetres * 1440 / 25.4) < 1
    size = page.find(f"{W}pgSz")
    assert abs(int(size.get(f"{W}w")) - 210 * 1440 / 25.4) < 1
    # 22 lines on the 225 mm between the margins.
    assert int(page.find(f"{W}docGrid").get(f"{W}linePitch")) == int(225 * 1440 / 25.4 / 22)
    assert parts["settings.xml"].find(f"{W}evenAndOddHeaders") is not None
    looks = {}
    for style in parts["styles.xml"].iter(f"{W}style"):
        fonts = style.find(f"{W}rPr/{W}rFonts")
        if style.find(f"{W}name").get(f"{W}val").startswith("公文"):
            names = {fonts.get(f"{W}{script}") for script in ("ascii", "hAnsi", "eastAsia")}
            looks[style.find(f"{W}name").get(f"{W}val")] = (
                names,
                int(style.find(f"{W}rPr/{W}sz").get(f"{W}val")) / 2,
            )
    assert looks["公文标题"] == ({"方正小标宋简体"}, 22)
    assert looks["公文正文"] == ({"仿宋_GB2312"}, 16)
    assert looks["公文一级标题"] == ({"黑体"}, 16)
    assert looks["公文页码"] == ({"宋体"}, 14)
    instead = {
        font.get(f"{W}name"): font.find(f"{W}altName").get(f"{W}val")
        for font in parts["fontTable.xml"].iter(f"{W}font")
    }
    assert instead["仿宋_GB2312"].startswith("仿宋")


def test_rows_of_tables_stay_whole_and_headings_repeat(county):
    body = parts_of(official_docx.write(official.load(county.start())))["document.xml"]
    tables = list(body.iter(f"{W}tbl"))
    assert len(tables) == 4  # in the text; headline, other and soft in the attachment
    for table in tables:
        rows = table.findall(f"{W}tr")
        assert all(row.find(f"{W}trPr/{W}cantSplit") is not None for row in rows)
        repeated = [row.find(f"{W}trPr/{W}tblHeader") is not None for row in rows]
        assert repeated == [True] + [False] * (len(rows) - 1)


def test_second_level_headings_are_in_kaiti(county):
    report = county.start()
    report.sections[3]["text"] = "（一）床位不足。正在协调。"
    body = parts_of(official_docx.write(official.load(report)))["document.xml"]
    fonts = {
        run.findtext(f"{W}t"): run.find(f"{W}rPr/{W}rFonts").get(f"{W}eastAsia")
        for run in body.iter(f"{W}r")
        if run.find(f"{W}rPr/{W}rFonts") is not None
    }
    assert fonts == {"（一）床位不足。": "楷体_GB2312"}


def test_the_workbook_has_the_same_figures_as_numbers(county, clerk):
    report = county.start()
    content = clerk.get(f"/official/{report.pk}/files/xlsx/").content
    sheet = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0)
    rows = [row for row in sheet.to_python() if row[0] in ("主要指标", "约束性指标", "软性目标")]
    found = {row[2]: (row[5], row[7], row[8], row[10]) for row in rows}
    assert found["护理床位占比"] == (52, 52, 2, "已达标")
    assert found["改造户数"][:3] == (100, 20, 5)
    assert found["争取床位"][:3] == (300, 200, 0)


def program(name: str) -> str:
    path = shutil.which(name)
    if path is None:
        pytest.fail(
            f"The official report is opened with {name}: run `make test`, or apt-get install "
            "libreoffice-writer libreoffice-calc poppler-utils."
        )
    return path


def squeezed(text: str) -> str:
    return re.sub(r"\s", "", text)


def ink(page: bytes) -> tuple[int, int, list[bytes]]:
    """Width, height and rows of a grey picture (PGM), one byte a point."""
    _, size, _, points = page.split(b"\n", 3)
    width, height = map(int, size.split())
    return width, height, [points[row * width : (row + 1) * width] for row in range(height)]


def test_libreoffice_shows_what_the_dashboard_shows(county, clerk, tmp_path):
    """Three months, opened by one LibreOffice; its pages as text are held against the dashboard, as pictures against
    the margins. The shares: 100, 104 of 200 and 48 of 100."""
    shares = {MARCH: "50.0%", APRIL: "52.0%", MAY: "48.0%"}
    for month in shares:
        report = county.start(month)
        content = clerk.get(f"/official/{report.pk}/files/docx/").content
        (tmp_path / f"{month:%m}.docx").write_bytes(content)
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    names = [str(tmp_path / f"{month:%m}.docx") for month in shares]
    convert = [
        program("lowriter"),
        profile,
        "--headless",
        "--convert-to",
        "pdf",
        "--outdir",
        str(tmp_path),
        *names,
    ]
    subprocess.run(convert, check=True, capture_output=True, timeout=240)
    for month, share in shares.items():
        pdf = str(tmp_path / f"{month:%m}.pdf")
        run = subprocess.run([program("pdftotext"), "-layout", pdf, "-"], check=True, capture_output=True)
        printed = squeezed(run.stdout.decode())
        dashboard = text_of(clerk.get(f"/dashboard/?month={month:%Y-%m}"))
        assert share in dashboard
        # With a second line in its cell the figure stands a little above the others of its row.
        assert (share if month == MAY else f"护理床位占比≥52%{share}") in printed
        assert f"海盐县2026年{month.month}月养老服务工作进展月报" in printed
        rate = re.search(r"<strong>([\d.]+)<small>%", dashboard)[1]
        assert f"达标率{rate}%" in printed
        assert ("1/2已审核" in printed) == (month == MAY)
        assert "—1—" in printed
        assert "附件" in printed
    picture = [program("pdftoppm"), "-r", "50", "-gray", "-f", "1", "-l", "1", str(tmp_path / "04.pdf")]
    width, height, rows = ink(subprocess.run(picture, check=True, capture_output=True).stdout)
    # A stop may hang over the edge.
    left, right, top = width * 27 // 210, width * 188 // 210, height * 36 // 297
    assert all(min(row[:left]) > 200 and min(row[right:]) > 200 for row in rows)
    assert all(min(row) > 200 for row in rows[:top])
    assert sum(point < 100 for row in rows for point in row) > 500


def test_the_command_writes_the_file_and_keeps_nothing(county, tmp_path, capsys):
    target = tmp_path / "april.docx"
    call_command("official_report", "2026-04", "--plan", "plan", "--out", str(target))
    assert "海盐县2026年4月养老服务工作进展月报" in capsys.readouterr().out
    assert "护理床位占比" in "".join(parts_of(target.read_bytes())["document.xml"].itertext())
    assert not OfficialReport.objects.exists()
    with pytest.raises(CommandError, match="6月或12月"):
        call_command("official_report", "2026-04", "--kind", "half_year", "--out", str(target))
