"""The export of a list of 20 columns, against XlsxWriter with the same values at hand, and a COPY to CSV."""

import tempfile
from pathlib import Path

import xlsxwriter
from django.db import connection
from django.db.models import F, QuerySet
from django.test import RequestFactory

from eldercare.excel.writing import Kind
from eldercare.lists import Column, ListFilterForm, Listing, list_page
from facilities.models import Employment, without_qualifications
from tests.bench import county, staff_sheet
from tests.bench.cases import Case, Figures, Measurement, Ratio

COLUMNS = (
    Column("code", "镇(街道)代码", "org_unit.code"),
    Column("unit", "镇(街道)", "org_unit.name"),
    Column("name", "姓名", "caregiver.name", width=12),
    Column("id_number", "证件号码", "caregiver.id_number", width=22),
    Column("sex", "性别", "caregiver.get_sex_display", width=8),
    Column("born_on", "出生日期", "caregiver.born_on", kind=Kind.DATE),
    Column("phone", "联系电话", "caregiver.phone", width=16),
    Column("education", "学历", "caregiver.get_education_display"),
    Column("facility", "机构(设施)名称", "facility.name", width=28),
    Column("kind", "机构类别", "facility.get_kind_display", width=18),
    Column("workplace", "工作场所", "get_workplace_display"),
    Column("role", "岗位", "get_role_display"),
    Column("employed_from", "入职日期", "employed_from", kind=Kind.DATE),
    Column("employed_to", "离职日期", "employed_to", kind=Kind.DATE),
    Column("level", "证书等级", "level", kind=Kind.INTEGER),
    Column("certificate_number", "证书编号", "certificate_number", width=22),
    Column("issued_on", "发证日期", "issued_on", kind=Kind.DATE),
    Column("expires_on", "证书有效期至", "expires_on", kind=Kind.DATE),
    Column("trained_on", "最近培训日期", "trained_on", kind=Kind.DATE),
    Column("hours", "培训学时", "hours", kind=Kind.INTEGER),
)
LIST = Listing("从业人员台账", COLUMNS, order=("org_unit__code",))
STATEMENT = """
    SELECT u.code, u.name, c.name, c.id_number, c.sex, c.born_on, c.phone, c.education, f.name, f.kind, e.workplace, e.role,
           e.employed_from, e.employed_to, k.level, k.number, k.issued_on, k.expires_on, t.held_on, t.hours
      FROM facilities_employment e
      JOIN eldercare_orgunit u ON u.id = e.org_unit_id
      JOIN facilities_caregiver c ON c.id = e.caregiver_id
      JOIN facilities_facility f ON f.id = e.facility_id
      LEFT JOIN facilities_certificate k ON k.caregiver_id = c.id
      LEFT JOIN facilities_training t ON t.caregiver_id = c.id
     ORDER BY u.code, e.id"""


def prepare(folder: Path, size: int) -> None:
    county.make_county()
    places = county.make_places(-(-size // staff_sheet.PEOPLE_PER_PLACE))
    county.fill_staff(list(range(size)), places)
    county.tidy()


def _posts() -> QuerySet:
    """Everybody here has one certificate and one course, so the joins to many keep the rows as they are."""
    posts = Employment.objects.select_related("caregiver", "org_unit", "facility")
    return without_qualifications(posts, "facility").annotate(  # as the page of the list does
        level=F("caregiver__certificates__level"),
        certificate_number=F("caregiver__certificates__number"),
        issued_on=F("caregiver__certificates__issued_on"),
        expires_on=F("caregiver__certificates__expires_on"),
        trained_on=F("caregiver__trainings__held_on"),
        hours=F("caregiver__trainings__hours"),
    )


def portal(folder: Path, size: int) -> Figures:
    figures = Figures()
    request = RequestFactory().get("/", {"export": "xlsx"})
    request.user = county.clerk()
    with figures.clock():
        posts = _posts()
        form = ListFilterForm(request.GET)
        answer = list_page(request, LIST, form=form, everything=posts, rows=posts, template="")
    figures.counts = {"kB": len(answer.content) // 1024}
    return figures


def writer_alone(folder: Path, size: int) -> Figures:
    posts = _posts().order_by("org_unit__code", "pk")
    figures, rows = Figures(), [[column.of(post) for column in COLUMNS] for post in posts]
    with tempfile.TemporaryDirectory() as scratch, figures.clock():
        path = Path(scratch) / "list.xlsx"
        with xlsxwriter.Workbook(path, {"constant_memory": True, "strings_to_urls": False}) as book:
            page = book.add_worksheet()
            day = book.add_format({"num_format": "yyyy-mm-dd"})
            page.write_row(0, 0, [column.heading for column in COLUMNS])
            for line, row in enumerate(rows, start=1):
                for position, (column, value) in enumerate(zip(COLUMNS, row, strict=True)):
                    if value is None:
                        continue
                    if column.kind is Kind.DATE:
                        page.write_datetime(line, position, value, day)
                    elif column.kind is Kind.INTEGER:
                        page.write_number(line, position, value)
                    else:
                        page.write_string(line, position, str(value))
    return figures


def to_csv(folder: Path, size: int) -> Figures:
    figures = Figures()
    whole = f"COPY ({STATEMENT}) TO STDOUT WITH (FORMAT csv, HEADER)"
    with (
        tempfile.TemporaryFile() as file,
        connection.cursor() as cursor,
        figures.clock(),
        cursor.copy(whole) as copy,
    ):
        for piece in copy:
            file.write(piece)
    return figures


CASE = Case(
    title="Export of a list: 20 columns, from the database to the file",
    what="rows",
    sizes=(100_000,),
    prepare=prepare,
    measurements=(
        Measurement("portal", portal),
        Measurement("XlsxWriter alone, values at hand", writer_alone),
        Measurement("COPY to CSV", to_csv),
    ),
    ratios=(Ratio("portal", "XlsxWriter alone, values at hand"), Ratio("portal", "COPY to CSV")),
)
