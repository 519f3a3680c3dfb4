"""One troublesome sheet, written by several programs, has to be read alike. See ``troubles.py`` and files/README.md."""

import datetime as dt

import openpyxl
import pytest
import xlsxwriter

from eldercare.errors import Refused
from eldercare.excel.reading import open_upload
from tests.eldercare.excel import troubles
from tests.eldercare.excel.files.make import all_troubles
from tests.eldercare.excel.samples import FILES, read
from tests.eldercare.excel.troubles import CASES, HIDDEN, LETTERS, places


def by_openpyxl(path):
    all_troubles().save(path)


def by_xlsxwriter(path):
    book = xlsxwriter.Workbook(path, {"default_date_format": "yyyy-mm-dd", "strings_to_numbers": False})
    page = book.add_worksheet("六月")
    moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
    for number, row in enumerate(troubles.rows()):
        for column, value in enumerate(row):
            if isinstance(value, str):
                page.write_string(number, column, value)
            elif isinstance(value, dt.datetime):
                page.write_datetime(number, column, value, moment)
            else:
                page.write(number, column, value)
    for area in troubles.MERGED:
        first = area.partition(":")[0]
        title = troubles.HEADINGS[int(first[1:]) - 3][ord(first[0]) - ord("A")]
        page.merge_range(area, title)
    page.set_row(HIDDEN - 1, None, None, {"hidden": True})
    book.close()


WRITERS = {"openpyxl.xlsx": by_openpyxl, "xlsxwriter.xlsx": by_xlsxwriter}
PROGRAMS = ["troubles.xlsx", "troubles.xls", "troubles.ods", *WRITERS]


@pytest.fixture(scope="module")
def readings(tmp_path_factory):
    """By program; each file is read once."""
    done = {}

    def reading(name):
        if name not in done:
            path = FILES / name
            if name in WRITERS:
                path = tmp_path_factory.mktemp("written") / name
                WRITERS[name](path)
            done[name] = read(path)
        return done[name]

    return reading


@pytest.mark.parametrize("program", PROGRAMS)
def test_every_cell_is_read_as_it_was_meant(program, readings):
    reading = readings(program)
    wrong = []
    for row, case in zip(places(), CASES, strict=True):
        value = reading[case.key][reading.rows.index(row)]
        found = [each for each in reading.findings if (each.row, each.key) == (row, case.key)]
        said = [(each.severity, case.word in each.message) for each in found]
        if value != case.value or said != ([(case.severity, True)] if case.severity else []):
            wrong.append((row, case, value, found))
    assert wrong == []


@pytest.mark.parametrize("program", PROGRAMS)
def test_nothing_is_said_about_the_other_cells(program, readings):
    expected = {(row, case.key) for row, case in zip(places(), CASES, strict=True) if case.severity}
    found = {(each.row, each.key) for each in readings(program).findings}
    assert found == expected
    for each in readings(program).findings:
        assert each.place == f"{LETTERS[each.key]}{each.row}"


@pytest.mark.parametrize("program", PROGRAMS)
def test_rows_that_are_no_data_are_left_out_with_the_reason(program, readings):
    reading = readings(program)
    assert reading.rows == places()
    assert reading.table.hidden_rows == [HIDDEN]
    last = places()[-1]
    middle = places()[len(CASES) // 2] - 2
    assert [(each.row, each.reason) for each in reading.table.skipped] == [
        (middle, "合计行"),
        (last + 1, "合计行"),
        (last + 2, "合计行"),
        (last + 3, "说明"),
        (last + 4, "说明"),
    ]


@pytest.mark.parametrize("program", PROGRAMS)
def test_three_rows_of_merged_headings_are_understood(program, readings):
    table = readings(program).table
    letters = {key: chr(ord("A") + place) for key, place in table.layout.fields.items()}
    assert letters == LETTERS
    assert (table.layout.first_heading, table.layout.first_data) == (2, 5)
    assert table.layout.above[0] == "2026年6月养老机构台账"


@pytest.mark.parametrize("name", ["linked.xlsx", "linked.xls", "linked.ods"])
def test_links_to_other_files_are_refused(name):
    with pytest.raises(Refused, match="链接") as refusal, open_upload(FILES / name):
        pass
    assert str(refusal.value).endswith("。")
    assert "other" not in str(refusal.value)


@pytest.mark.parametrize("name", ["locked.xlsx", "locked.xls", "locked.ods"])
def test_workbooks_with_a_password_are_refused(name):
    with (
        pytest.raises(Refused, match=r"加了打开密码。请.*取消密码，保存后再上传。$"),
        open_upload(FILES / name),
    ):
        pass


def values_or_sentence(path) -> tuple[dict | None, str]:
    try:
        return read(path).values, ""
    except Refused as refusal:
        return None, str(refusal)


@pytest.mark.parametrize("name", ["ledger.xlsx", "ledger.ods", "ledger.xls"])
def test_a_workbook_cut_off_anywhere_is_refused_or_read_whole(name, tmp_path):
    """As an upload that broke off leaves it; the last bytes of a file may be padding."""
    data = (FILES / name).read_bytes()
    whole = read(FILES / name).values
    for part in range(1, 20):
        path = tmp_path / name
        path.write_bytes(data[: len(data) * part // 20])
        values, sentence = values_or_sentence(path)
        assert values == whole or (values is None and sentence.endswith(("。", "）"))), (part, sentence)


def test_the_committed_workbook_holds_every_case():
    """It was not made from an older table. LibreOffice writes a truth value as a formula."""
    page = openpyxl.load_workbook(FILES / "troubles.xlsx").active
    for row, case in zip(places(), CASES, strict=True):
        held = page[f"{LETTERS[case.key]}{row}"].value
        if type(case.typed) is dt.date:
            held = held.date()
        held = {"=TRUE()": True, "=FALSE()": False, None: ""}.get(held, held)
        assert held == (float(f"{case.typed:.15g}") if isinstance(case.typed, float | int) else case.typed), (
            case
        )
