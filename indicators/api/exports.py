"""All values of indicators that are asked for, in one stream: CSV, JSON, or ADX for DHIS2.

ADX is the aggregate data exchange of IHE (Quality, Research and Public Health): groups of one unit and one period
that hold data values. Periods are ISO 8601 intervals of a month; an indicator without a value is left out.
"""

import csv
from collections.abc import Iterable, Iterator
from itertools import groupby
from xml.sax.saxutils import quoteattr

from django.db.models import QuerySet
from django.http import Http404, StreamingHttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request

from eldercare import audit
from eldercare.api.csv_cells import plain_cell
from eldercare.api.endpoints import endpoint
from eldercare.models import AuditEvent
from eldercare.permissions import Permission, requires
from indicators.api.plans import TAG, IndicatorValueFilters, IndicatorValueSerializer, values_for
from indicators.models import IndicatorValue

CHUNK = 1_000
ADX = "urn:ihe:qrph:adx:2015"
KINDS = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "adx": "application/xml; charset=utf-8",
}


@requires(Permission.VIEW_INDICATORS)
@endpoint(
    "GET",
    summary="导出规划指标的数值",
    description="kind 为 csv、json 或 adx（DHIS2 的 ADX XML）。整批导出，不分页。",
    tag=TAG,
    answer=str,
    media="text/plain",
    filters=IndicatorValueFilters,
)
def indicator_value_export(request: Request, kind: str) -> StreamingHttpResponse:
    if kind not in KINDS:
        raise Http404
    chosen = IndicatorValueFilters.of(request)
    rows = values_for(request.user, chosen).order_by(
        "indicator__plan__code", "org_unit__code", "month", "indicator__number"
    )
    write = {"csv": as_csv, "json": as_json, "adx": as_adx}[kind]
    audit.record(
        AuditEvent.Action.EXPORT,
        by=request.user,
        subject=f"规划指标数值（接口 {kind}）",
        request=request,
        conditions="；".join(f"{name}={value}" for name, value in request.query_params.items()),
    )
    answer = StreamingHttpResponse(write(rows), content_type=KINDS[kind])
    ending = "xml" if kind == "adx" else kind
    answer["Content-Disposition"] = content_disposition_header(True, f"indicator-values.{ending}")
    return answer


def _rows(values: QuerySet[IndicatorValue]) -> Iterator[dict]:
    serializer = IndicatorValueSerializer()
    for each in values.iterator(chunk_size=CHUNK):
        yield serializer.to_representation(each)


class _Line:
    """A file that hands each line on."""

    def write(self, text: str) -> str:
        return text


def as_csv(values: QuerySet[IndicatorValue]) -> Iterator[str]:
    writer = csv.writer(_Line())
    names = list(IndicatorValueSerializer().fields)
    yield "\ufeff" + writer.writerow(names)
    for row in _rows(values):
        yield writer.writerow([plain_cell(row[name]) for name in names])


def as_json(values: QuerySet[IndicatorValue]) -> Iterator[bytes]:
    yield b'{"results": ['
    renderer, comma = JSONRenderer(), b"\n"
    for row in _rows(values):
        yield comma + renderer.render(row)
        comma = b",\n"
    yield b"\n]}\n"


def as_adx(values: QuerySet[IndicatorValue]) -> Iterator[str]:
    now = timezone.now().isoformat(timespec="seconds")
    yield f'<?xml version="1.0" encoding="UTF-8"?>\n<adx xmlns="{ADX}" exported="{now}">\n'
    for (plan, unit, month), group in groupby(_rows(values), key=_group):
        found = [row for row in group if row["value"] is not None]
        if found:
            yield "".join(_adx_group(plan, unit, month, found))
    yield "</adx>\n"


def _group(row: dict) -> tuple[str, str, str]:
    return row["plan"], row["org_unit"], row["month"]


def _adx_group(plan: str, unit: str, month: str, rows: Iterable[dict]) -> Iterator[str]:
    period = quoteattr(f"{month}-01/P1M")
    yield f"  <group orgUnit={quoteattr(unit)} period={period} dataSet={quoteattr(plan)}>\n"
    for row in rows:
        element, value = quoteattr(row["indicator"]), quoteattr(row["value"])
        yield f"    <dataValue dataElement={element} value={value}/>\n"
    yield "  </group>\n"
