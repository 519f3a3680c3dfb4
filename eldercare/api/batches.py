"""Bulk writing: rows as JSON or the same workbook become an upload like any other. It is read by a worker, shown
as a change slip, and written when that is agreed to; until then it is a dry run.
"""

import csv
import datetime as dt
import io
import uuid
from collections.abc import Mapping, Sequence

from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import QueryDict
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.datastructures import MultiValueDict
from django.utils.http import quote_etag
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from eldercare import import_actions
from eldercare.api.bodies import PortalJSONParser
from eldercare.api.endpoints import IF_MATCH_REQUIRED, endpoint, together
from eldercare.api.lists import Conditions, Filters, PlainChar, Since, paged, unit_of
from eldercare.api.preconditions import match
from eldercare.api.problems import Invalid
from eldercare.excel import batches
from eldercare.excel.ledgers import Ledger, defined_names, keys_hidden_from, ledger_of
from eldercare.excel.undoing import undo
from eldercare.forms_imports import UploadForm, ledgers_for
from eldercare.import_pages import EFFECTS, effects_of, line_views, slip_stamp
from eldercare.models import ImportBatch, ImportLine, User
from eldercare.permissions import Permission, requires
from eldercare.tasks import hint_imports

TAG = "批量写入"
# Which of them a batch needs, its ledger says.
UPLOADING = (Permission.EDIT_LEDGERS, Permission.EDIT_PEOPLE, Permission.ENTER_REPORTS)
MOST_ROWS = 5_000
FILENAME = "接口提交.csv"
UNEQUAL = "每一行的列须相同：第 {} 行与第 1 行不同。没有值的写 null。"


# --- What is sent and shown -------------------------------------------------------------------------------------


class BatchSerializer(serializers.ModelSerializer):
    org_unit = serializers.CharField(source="org_unit.code")
    state = serializers.CharField(source="get_status_display", help_text="状态的中文")
    created_by = serializers.CharField(source="created_by.full_name")
    effects = serializers.SerializerMethodField(help_text="写入后指标的变化")

    class Meta:
        model = ImportBatch
        fields = (
            "id", "ledger", "org_unit", "as_of", "filename", "status", "state", "message", "created_by",
            "created_at", "read_at", "applied_at", "undone_at", "progress", "total", "new", "changed",
            "unchanged", "missing", "warnings", "errors", "effects",
        )  # fmt: skip

    def get_effects(self, batch: ImportBatch) -> list[dict]:
        found = effects_of(batch, self.context["request"].user)
        return [*found.first, *found.more][: EFFECTS * 4]


class BatchFilters(Filters):
    ledger = PlainChar(help_text="台账代码")
    status = serializers.ChoiceField(choices=ImportBatch.Status.choices, required=False, help_text="状态")
    org_unit = PlainChar(max_length=20, help_text="单位代码，含下属单位")
    changed_since = Since()


class NewBatchSerializer(serializers.Serializer):
    """With ``rows`` as JSON, or as a form with ``file``."""

    ledger = serializers.CharField(max_length=40, help_text="台账代码，见 GET /ledgers/")
    org_unit = serializers.CharField(
        max_length=20, required=False, help_text="单位代码；不填为凭证所属的单位"
    )
    as_of = serializers.DateField(required=False, help_text="数据日期；月报数据为该月任意一天；不填为今天")
    rows = serializers.ListField(
        child=serializers.DictField(child=serializers.JSONField(allow_null=True)),
        max_length=MOST_ROWS,
        min_length=1,
        required=False,
        help_text="一行一个对象：列的代码 → 值。更多的行请传文件",
    )
    file = serializers.FileField(required=False, help_text="与页面上传相同的 .xlsx、.xls、.ods、.csv")


class ApplySerializer(serializers.Serializer):
    only_good = serializers.BooleanField(default=False, help_text="只写入没有错误的行")
    close_missing = serializers.BooleanField(default=False, help_text="停用表中没有的")
    reason = serializers.CharField(max_length=200, default="", allow_blank=True, help_text="有警告时必填")


class UndoSerializer(serializers.Serializer):
    reason = serializers.CharField(max_length=200, help_text="撤销的原因")
    leave_changed = serializers.BooleanField(default=False, help_text="之后又改过的行保留不动，撤销其余的")


class FindingSerializer(serializers.Serializer):
    word = serializers.CharField(help_text="错误、请核对、说明")
    place = serializers.CharField(help_text="单元格，如 C5")
    heading = serializers.CharField()
    message = serializers.CharField()
    value = serializers.CharField(help_text="所填的值，号码隐去")


class CellSerializer(serializers.Serializer):
    heading = serializers.CharField()
    old = serializers.CharField()
    new = serializers.CharField()


class LineSerializer(serializers.Serializer):
    row = serializers.IntegerField(source="line.row", help_text="第几行；第 1 行是表头")
    state = serializers.CharField(source="line.state")
    label = serializers.CharField(source="line.label")
    cells = CellSerializer(many=True)
    findings = FindingSerializer(many=True)


class LineFilters(Filters):
    state = serializers.ChoiceField(choices=ImportLine.State.choices, required=False, help_text="行的状态")


class ColumnSerializer(serializers.Serializer):
    key = serializers.CharField(help_text="rows 里用的代码")
    heading = serializers.CharField(help_text="表头")
    kind = serializers.CharField(source="kind.value")
    required = serializers.BooleanField()
    unit = serializers.CharField()
    choices = serializers.SerializerMethodField(help_text="可选的值")
    help = serializers.CharField()

    def get_choices(self, column) -> list[str]:
        return [each.label for each in column.choices]


class LedgerSerializer(serializers.Serializer):
    key = serializers.CharField()
    label = serializers.CharField()
    takes_month = serializers.BooleanField(help_text="按月的表：as_of 为该月任意一天")
    columns = ColumnSerializer(many=True)


# --- Which batches ----------------------------------------------------------------------------------------------


def _visible(user: User):
    keys = {each.key for each in ledgers_for(user)}
    if user.may(Permission.EDIT_LEDGERS):
        keys |= defined_names().keys()
    keys -= set(keys_hidden_from(user))
    rows = ImportBatch.objects.visible_to(user).filter(ledger__in=keys)
    return rows.select_related("org_unit", "created_by").defer("layout", "mapping", "undo_left")


def _answer(request: Request, batch: ImportBatch, status: int = 200) -> Response:
    address = request.build_absolute_uri(reverse("api-batch", args=[batch.pk]))
    data = BatchSerializer(batch, context={"request": request}).data
    return Response(data, status=status, headers={"ETag": _tag(batch), "Location": address})


def _tag(batch: ImportBatch) -> str:
    return quote_etag(f"{batch.status}-{slip_stamp(batch)}")


def _still_visible(request: Request, answer: object, pk: int | None = None) -> None:
    """Before an answer is given again; a refusal of ``batch_create`` is about no batch."""
    found = pk or (answer.get("id") if isinstance(answer, dict) else None)
    if found:
        get_object_or_404(_visible(request.user), pk=found)


# --- Addresses --------------------------------------------------------------------------------------------------


class LedgerFilters(Conditions):
    ledger = PlainChar(help_text="只要这一种；登记簿写作 register:代码，只在这样查询时给出")


@requires(*UPLOADING)
@endpoint(
    "GET",
    summary="可写入的台账及其列",
    tag=TAG,
    answer=LedgerSerializer(many=True),
    filters=LedgerFilters,
)
def ledger_list(request: Request) -> Response:
    wanted = LedgerFilters.of(request).get("ledger", "")
    found = ledgers_for(request.user, wanted)
    if wanted:
        found = [each for each in found if each.key == wanted]
    return Response(LedgerSerializer(found, many=True).data)


@endpoint("GET", summary="批次列表", tag=TAG, answer=BatchSerializer, many=True, filters=BatchFilters)
def batch_list(request: Request) -> Response:
    rows, chosen = _visible(request.user), BatchFilters.of(request)
    if unit := unit_of(request.user, chosen.get("org_unit")):
        rows = rows.filter(org_unit__path__startswith=unit.path)
    for name in ("ledger", "status"):
        if name in chosen:
            rows = rows.filter(**{name: chosen[name]})
    if since := chosen.get("changed_since"):
        rows = rows.filter(read_at__gte=since)
    return paged(request, rows, chosen, BatchSerializer)


@endpoint(
    "POST",
    summary="提交一批数据",
    description="先试算：读完后状态为 ready，此时台账没有变化；查看变更单后再写入、或放弃。",
    tag=TAG,
    body={"application/json": NewBatchSerializer, "multipart/form-data": NewBatchSerializer},
    answer=BatchSerializer,
    status=202,
    parsers=(PortalJSONParser, MultiPartParser),
    still_visible=_still_visible,
)
def batch_create(request: Request) -> Response:
    body = NewBatchSerializer(data=request.data)
    body.is_valid(raise_exception=True)
    sent = body.validated_data
    ledgers = ledgers_for(request.user, sent["ledger"])
    ledger = next((each for each in ledgers if each.key == sent["ledger"]), None)
    if ledger is None:
        names = "、".join(each.key for each in ledgers)
        raise Invalid({"ledger": [f"没有可写入的台账“{sent['ledger'][:40]}”，可写入的有：{names}。"]})
    form = _upload_form(request.user, ledger, sent)
    if not form.is_valid():
        names = {"unit": "org_unit"}
        raise Invalid({names.get(name, name): list(texts) for name, texts in form.errors.items()})
    batch = batches.take_in(
        ledger=ledger,
        content=form.content,
        filename=form.cleaned_data["file"].name,
        org_unit=form.org_unit,
        as_of=form.cleaned_data["as_of"],
        by=request.user,
        token=form.cleaned_data["token"],
    )
    hint_imports()
    return _answer(request, batch, 202)


def _upload_form(user: User, ledger: Ledger, sent: Mapping) -> UploadForm:
    """The form of the page, filled in: its rules are the rules here."""
    if ("rows" in sent) == ("file" in sent):
        raise Invalid({"rows": ["请用 rows 或 file 之一提交数据。"]})
    file = sent.get("file") or SimpleUploadedFile(FILENAME, as_csv(ledger, sent["rows"]))
    unit = sent.get("org_unit") or user.org_unit.code
    if user.is_township and unit != user.org_unit.code:
        raise Invalid({"org_unit": ["只能写入本单位的台账。"]})
    day = sent.get("as_of") or timezone.localdate()
    if ledger.takes_month:
        day = min(day, timezone.localdate()) if _same_month(day) else day
    data = QueryDict(mutable=True)
    data.update({"ledger": ledger.key, "unit": unit, "as_of": day.isoformat(), "token": str(uuid.uuid4())})
    return UploadForm(data, MultiValueDict({"file": [file]}), user=user)


def _same_month(day: dt.date) -> bool:
    return (day.year, day.month) == timezone.localdate().timetuple()[:2]


def as_csv(ledger: Ledger, rows: Sequence[Mapping[str, object]]) -> bytes:
    """The rows as the sheet that a person would have uploaded; texts stay texts. Raises Invalid."""
    keys = list(rows[0])
    unknown = [each for each in keys if each not in ledger.by_key]
    if unknown:
        raise Invalid({"rows": [f"{ledger.label}没有“{unknown[0][:40]}”这一列，列的代码见 GET /ledgers/。"]})
    if not keys:
        raise Invalid({"rows": ["第 1 行是空的。"]})
    text = io.StringIO()
    writer = csv.writer(text)
    missing = [each.key for each in ledger.columns if each.required and each.key not in keys]
    columns = [ledger.by_key[key] for key in (*keys, *missing)]
    writer.writerow([each.heading for each in columns])
    for number, row in enumerate(rows, 1):
        if row.keys() != rows[0].keys():
            raise Invalid({"rows": [UNEQUAL.format(number)]})
        writer.writerow([_cell(row.get(each.key), number, each.key) for each in columns])
    return text.getvalue().encode("utf-8-sig")


def _cell(value: object, row: int, key: str) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, int | str):
        return str(value)
    if isinstance(value, float):
        return f"{value:f}".rstrip("0").rstrip(".") if abs(value) < 1e15 else str(value)
    raise Invalid({f"rows.{row}.{key}": ["须为文字、数、真假或 null。"]})


batch_collection = requires(*UPLOADING)(together(get=batch_list, post=batch_create))


@requires(*UPLOADING)
@endpoint("GET", summary="一个批次", tag=TAG, answer=BatchSerializer)
def batch(request: Request, pk: int) -> Response:
    return _answer(request, get_object_or_404(_visible(request.user), pk=pk))


@requires(*UPLOADING)
@endpoint("GET", summary="变更单的行", tag=TAG, answer=LineSerializer, many=True, filters=LineFilters)
def batch_lines(request: Request, pk: int) -> Response:
    found = get_object_or_404(_visible(request.user), pk=pk)
    chosen = LineFilters.of(request)
    rows = found.lines.all()  # they know their batch
    if state := chosen.get("state"):
        rows = rows.filter(state=state)
    page = paged(request, rows, chosen, _Keys)
    lines = page.data["results"]
    page.data["results"] = LineSerializer(line_views(lines, ledger_of(found.ledger)), many=True).data
    return page


class _Keys(serializers.Serializer):
    """The rows of a page as they are."""

    def to_representation(self, instance: ImportLine) -> ImportLine:
        return instance


@requires(*UPLOADING)
@endpoint(
    "POST",
    summary="写入",
    tag=TAG,
    body=ApplySerializer,
    answer=BatchSerializer,
    status=202,
    headers=(IF_MATCH_REQUIRED,),
    problems=(428,),
    still_visible=_still_visible,
)
def batch_apply(request: Request, pk: int) -> Response:
    found = get_object_or_404(_visible(request.user), pk=pk)
    body = ApplySerializer(data=request.data)
    body.is_valid(raise_exception=True)
    match(request, _tag(found), required=True)
    done = import_actions.agree(found, by=request.user, seen=slip_stamp(found), **body.validated_data)
    hint_imports()
    return _answer(request, done, 202)


@requires(*UPLOADING)
@endpoint("POST", summary="放弃", tag=TAG, answer=BatchSerializer, still_visible=_still_visible)
def batch_discard(request: Request, pk: int) -> Response:
    found = get_object_or_404(_visible(request.user), pk=pk)
    batches.discard(found, by=request.user)
    found.refresh_from_db()
    return _answer(request, found)


@requires(*UPLOADING)
@endpoint(
    "POST",
    summary="撤销已写入的批次",
    tag=TAG,
    body=UndoSerializer,
    answer=BatchSerializer,
    still_visible=_still_visible,
)
def batch_undo(request: Request, pk: int) -> Response:
    found = get_object_or_404(_visible(request.user), pk=pk)
    body = UndoSerializer(data=request.data)
    body.is_valid(raise_exception=True)
    undo(found, by=request.user, **body.validated_data)
    found.refresh_from_db()
    return _answer(request, found)
