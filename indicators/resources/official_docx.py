"""The official report as .docx in the layout of GB/T 9704-2012, as far as it concerns a report without red head and seal.

A4, text area 156 × 225 mm: 22 lines of 28 characters of size 3 (16 pt) 仿宋. The fonts are named as offices name
them; where a machine lacks one, the font table says which to take instead. A seal, if any, is put on by hand.
"""

import io

import docx
from docx.document import Document as Word
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_BREAK
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.section import Section as WordSection
from docx.shared import Mm, Pt
from docx.table import _Cell as Cell
from docx.text.paragraph import Paragraph as WordParagraph

from indicators.pages.official import Content, Table
from indicators.rules.official import Paragraph, signature_indents, title_lines

FANG, KAI, HEI, TITLE, SONG = "仿宋_GB2312", "楷体_GB2312", "黑体", "方正小标宋简体", "宋体"
INSTEAD = {
    FANG: "仿宋,FangSong,STFangsong",
    KAI: "楷体,KaiTi,STKaiti",
    TITLE: "华文中宋,STZhongsong,宋体",
    HEI: "SimHei,STHeiti",
    SONG: "SimSun,STSong",
}
SIZE_2, SIZE_3, SIZE_4, SIZE_5 = 44, 32, 28, 21  # half-points: 22, 16, 14 and 10.5 pt
LINE = 579  # twips: 225 mm / 22 lines
TABLE_LINE = 280
CHARACTER = 315  # twips from one character of size 3 to the next
CLOSER = -5  # twips: 28 characters of 16 pt on 156 mm stand a little closer; a grid would do it in Word alone
EXACT = f'<w:spacing w:before="0" w:after="0" w:line="{LINE}" w:lineRule="exact"/>'
TIGHT = f'<w:spacing w:before="30" w:after="30" w:line="{TABLE_LINE}" w:lineRule="exact"/>'
INDENT = f'<w:ind w:firstLineChars="200" w:firstLine="{2 * CHARACTER}"/>'
# Style → (paragraph properties, font, size). The order of the properties is the schema's.
STYLES = {
    "公文标题": (f'<w:keepNext/>{EXACT}<w:jc w:val="center"/><w:outlineLvl w:val="0"/>', TITLE, SIZE_2),
    "公文文号": (f'{EXACT}<w:jc w:val="center"/>', FANG, SIZE_3),
    "公文主送": (EXACT, FANG, SIZE_3),
    "公文正文": (f'{EXACT}{INDENT}<w:jc w:val="both"/>', FANG, SIZE_3),
    "公文一级标题": (f'<w:keepNext/>{EXACT}{INDENT}<w:outlineLvl w:val="1"/>', HEI, SIZE_3),
    "公文附件标识": (f"<w:keepNext/>{EXACT}", HEI, SIZE_3),
    "公文落款": (f'<w:keepLines/>{EXACT}<w:jc w:val="right"/>', FANG, SIZE_3),
    "公文表题": (
        '<w:keepNext/><w:spacing w:before="120" w:after="60" w:line="400" w:lineRule="exact"/><w:jc w:val="center"/>',
        HEI,
        SIZE_4,
    ),
    "公文表头": (f'<w:keepNext/><w:snapToGrid w:val="0"/>{TIGHT}<w:jc w:val="center"/>', HEI, SIZE_5),
    "公文表文": (f'<w:snapToGrid w:val="0"/>{TIGHT}', FANG, SIZE_5),
    "公文表注": (f'<w:snapToGrid w:val="0"/>{TIGHT}<w:jc w:val="both"/>', FANG, SIZE_5),
    "公文页码": ('<w:spacing w:before="0" w:after="0"/>', SONG, SIZE_4),
}


def write(content: Content) -> bytes:
    """The document of a report, drafted or sealed."""
    document = content.document
    word = docx.Document()
    _prepare(word, content)
    _set_page(word.sections[0])
    _add_title(word, document.title)
    if document.document_number:
        _add(word, "公文文号", document.document_number)
    _add(word, "公文正文", "")
    if document.addressee:
        _add(word, "公文主送", f"{document.addressee.rstrip('：:')}：")
    _add(word, "公文正文", document.opening)
    for section in document.sections:
        _add(word, "公文一级标题", f"{section.number}{section.title}")
        for paragraph in section.paragraphs:
            _add_text(word, paragraph)
        for table in section.tables:
            _add_table(word, table)
    # The signature never stands on a page without text.
    word.paragraphs[-1].paragraph_format.keep_with_next = True
    _list_attachments(word, [each.title for each in document.attachments])
    _sign(word, document.signatory, document.date)
    for attachment in document.attachments:
        mark = _add(word, "公文附件标识", attachment.number)
        mark.paragraph_format.page_break_before = True
        _add(word, "公文正文", "")
        _add_title(word, attachment.title)
        for table in attachment.tables:
            _add_table(word, table)
    file = io.BytesIO()
    word.save(file)
    return file.getvalue()


# --- Fonts, styles, page -------------------------------------------------------------------------------------------


def _fonts(name: str) -> str:
    """All four, for a font named for Latin letters alone leaves the characters as they were."""
    return (
        f'<w:rFonts w:hint="eastAsia" w:ascii="{name}" w:eastAsia="{name}" w:hAnsi="{name}" w:cs="{name}"/>'
    )


def _look(name: str, size: int) -> str:
    closer = f'<w:spacing w:val="{CLOSER}"/>' if size == SIZE_3 else '<w:spacing w:val="0"/>'
    sizes = f'<w:sz w:val="{size}"/><w:szCs w:val="{size}"/>'
    return f'{_fonts(name)}<w:b w:val="0"/><w:color w:val="000000"/>{closer}{sizes}'


def _prepare(word: Word, content: Content) -> None:
    report = content.report
    properties = word.core_properties
    properties.title, properties.author = report.title, report.signatory
    properties.last_modified_by = properties.comments = properties.keywords = ""
    properties.created = properties.modified = report.sealed_at or report.edited_at
    word.settings.odd_and_even_pages_header_footer = True
    styles = word.styles.element
    defaults = styles.find(f"{qn('w:docDefaults')}/{qn('w:rPrDefault')}/{qn('w:rPr')}")
    for child in list(defaults):
        defaults.remove(child)
    for xml in (_fonts(FANG), '<w:lang w:val="en-US" w:eastAsia="zh-CN" w:bidi="ar-SA"/>'):
        defaults.append(parse_xml(xml.replace("/>", f" {nsdecls('w')}/>")))
    normal = word.styles["Normal"].element
    for tag in ("w:pPr", "w:rPr"):
        for old in normal.findall(qn(tag)):
            normal.remove(old)
    spacing = '<w:widowControl w:val="0"/><w:autoSpaceDE w:val="0"/><w:autoSpaceDN w:val="0"/>'
    normal.append(parse_xml(f"<w:pPr {nsdecls('w')}>{spacing}{EXACT}</w:pPr>"))
    normal.append(parse_xml(f"<w:rPr {nsdecls('w')}>{_look(FANG, SIZE_3)}</w:rPr>"))
    for place, (name, (paragraph, font, size)) in enumerate(STYLES.items(), 1):
        styles.append(
            parse_xml(
                f'<w:style {nsdecls("w")} w:type="paragraph" w:customStyle="1" w:styleId="Gongwen{place}">'
                f'<w:name w:val="{name}"/><w:basedOn w:val="Normal"/><w:qFormat/>'
                f"<w:pPr>{paragraph}</w:pPr><w:rPr>{_look(font, size)}</w:rPr></w:style>"
            )
        )
    _name_fonts(word)


def _name_fonts(word: Word) -> None:
    table = next(each.target_part for each in word.part.rels.values() if each.reltype.endswith("/fontTable"))
    fonts = "".join(
        f'<w:font w:name="{name}"><w:altName w:val="{others}"/><w:charset w:val="86"/></w:font>'
        for name, others in INSTEAD.items()
    )
    xml = f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><w:fonts {nsdecls("w")}>{fonts}</w:fonts>'
    table._blob = xml.encode()  # python-docx keeps this part as bytes and has no way to write it


def _set_page(section: WordSection) -> None:
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    section.header_distance, section.footer_distance = Mm(15), Mm(25)
    for old in section._sectPr.findall(qn("w:docGrid")):
        section._sectPr.remove(old)
    section._sectPr.append(parse_xml(f'<w:docGrid {nsdecls("w")} w:type="lines" w:linePitch="{LINE}"/>'))
    # On the outer side of the sheet, one character from the edge: right on odd pages, left on even ones.
    _number_pages(section.footer.paragraphs[0], WD_ALIGN_PARAGRAPH.RIGHT)
    _number_pages(section.even_page_footer.paragraphs[0], WD_ALIGN_PARAGRAPH.LEFT)


def _number_pages(paragraph: WordParagraph, side: WD_ALIGN_PARAGRAPH) -> None:
    paragraph.style = "公文页码"
    paragraph.alignment = side
    if side == WD_ALIGN_PARAGRAPH.RIGHT:
        paragraph.paragraph_format.right_indent = Pt(14)
    else:
        paragraph.paragraph_format.left_indent = Pt(14)
    paragraph.add_run("— ")
    for kind, text in (("begin", ""), ("", " PAGE "), ("separate", ""), (None, "1"), ("end", "")):
        run = paragraph.add_run(text if kind is None else "")
        if kind:
            mark = OxmlElement("w:fldChar")
            mark.set(qn("w:fldCharType"), kind)
            run._r.append(mark)
        elif kind == "":
            code = OxmlElement("w:instrText")
            code.set(qn("xml:space"), "preserve")
            code.text = text
            run._r.append(code)
    paragraph.add_run(" —")


# --- Text ----------------------------------------------------------------------------------------------------------


def _add(word: Word, style: str, text: str) -> WordParagraph:
    return word.add_paragraph(text, style=style)


def _add_title(word: Word, title: str) -> None:
    first, *others = title_lines(title)
    run = _add(word, "公文标题", first).runs[0]
    for other in others:
        run.add_break(WD_BREAK.LINE)
        run.add_text(other)


def _add_text(word: Word, paragraph: Paragraph) -> None:
    added = word.add_paragraph(style="公文正文")
    if paragraph.head:
        run = added.add_run(paragraph.head)
        run._r.get_or_add_rPr().append(parse_xml(_fonts(KAI).replace("/>", f" {nsdecls('w')}/>")))
        added.paragraph_format.keep_with_next = not paragraph.text
    if paragraph.text:
        added.add_run(paragraph.text)


def _list_attachments(word: Word, titles: list[str]) -> None:
    """One line below the text, two characters in; several are numbered and stand one below the other."""
    if not titles:
        return
    _add(word, "公文正文", "").paragraph_format.keep_with_next = True
    for place, title in enumerate(titles, 1):
        number = f"{place}．" if len(titles) > 1 else ""
        line = _add(word, "公文主送", f"附件：{number}{title}" if place == 1 else f"{number}{title}")
        step = 4 if len(titles) > 1 else 3
        hanging = step if place == 1 else step - 3
        line.paragraph_format.keep_with_next = True
        line.paragraph_format.left_indent = Pt(16 * (2 + step))
        line.paragraph_format.first_line_indent = Pt(-16 * hanging)


def _sign(word: Word, signatory: str, date: str) -> None:
    _add(word, "公文正文", "").paragraph_format.keep_with_next = True
    signed, dated = signature_indents(signatory, date)
    for text, indent in ((signatory, signed), (date, dated)):
        line = _add(word, "公文落款", text)
        line.paragraph_format.right_indent = Pt(float(indent * 16))
        line.paragraph_format.keep_with_next = text == signatory


# --- Tables --------------------------------------------------------------------------------------------------------


def _add_table(word: Word, table: Table) -> None:
    if table.caption:
        _add(word, "公文表题", table.caption)
    made = word.add_table(rows=0, cols=len(table.heads))
    made.style = "Table Grid"
    made.autofit = False
    made.alignment = WD_TABLE_ALIGNMENT.CENTER
    # The schema wants the margins of the cells before the look.
    made._tbl.tblPr.find(qn("w:tblLook")).addprevious(
        parse_xml(
            f'<w:tblCellMar {nsdecls("w")}><w:left w:w="57" w:type="dxa"/><w:right w:w="57" w:type="dxa"/></w:tblCellMar>'
        )
    )
    for column, head in zip(made.columns, table.heads, strict=True):
        column.width = Mm(head.width)
    top = _add_row(made, table)
    top._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
    for cell, head in zip(top.cells, table.heads, strict=True):
        _fill(cell, head.text, "公文表头", WD_ALIGN_PARAGRAPH.CENTER)
    for texts in table.rows:
        row = _add_row(made, table)
        for cell, head, text in zip(row.cells, table.heads, texts, strict=True):
            is_words = head.width >= 40
            side = WD_ALIGN_PARAGRAPH.LEFT if is_words else WD_ALIGN_PARAGRAPH.CENTER
            _fill(cell, text, "公文表文", side)
    if table.note:
        _add(word, "公文表注", table.note)


def _add_row(made, table: Table):
    """A row that stays on one page."""
    row = made.add_row()
    row._tr.get_or_add_trPr().insert(0, OxmlElement("w:cantSplit"))
    for cell, head in zip(row.cells, table.heads, strict=True):
        cell.width = Mm(head.width)
        cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
    return row


def _fill(cell: Cell, text: str, style: str, side: WD_ALIGN_PARAGRAPH) -> None:
    paragraph = cell.paragraphs[0]
    paragraph.style = style
    paragraph.alignment = side
    first, *others = text.split("\n")
    run = paragraph.add_run(first)
    for other in others:
        run.add_break(WD_BREAK.LINE)
        run.add_text(other)
