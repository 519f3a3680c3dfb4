"""Registers: their columns, and their rows. Rows are written through /batches/, as a ledger's are."""

from django.shortcuts import get_object_or_404
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from eldercare import audit
from eldercare.api.endpoints import endpoint
from eldercare.api.lists import Filters, PlainChar, Since, changed_since, paged, unit_of
from eldercare.models import AuditEvent
from eldercare.permissions import Permission, requires
from indicators.models import Register, RegisterColumn, RegisterRow
from indicators.pages.registers import columns_for, rows_of
from indicators.register_columns import shown

TAG = "登记簿"


class RegisterColumnSerializer(serializers.ModelSerializer):
    class Meta:
        model = RegisterColumn
        fields = ("key", "heading", "kind", "unit", "is_required", "is_key")


class RegisterSerializer(serializers.ModelSerializer):
    columns = RegisterColumnSerializer(many=True, source="shown_columns")

    class Meta:
        model = Register
        fields = ("code", "name", "field", "purpose", "row_name", "keeper", "is_retired", "columns")


class RegisterRowSerializer(serializers.Serializer):
    id = serializers.IntegerField(source="pk")
    org_unit = serializers.CharField(source="org_unit.code")
    values = serializers.SerializerMethodField(help_text="登记项目的代码 → 值；证件号码和电话隐去")

    def get_values(self, row: RegisterRow) -> dict[str, str | int | bool | None]:
        return {
            column.key: _plain(shown(column, getattr(row, column.slot))) for column in self.context["columns"]
        }


class RowFilters(Filters):
    org_unit = PlainChar(max_length=20, help_text="单位代码，含下属单位")
    changed_since = Since()


def _plain(value: object) -> str | int | bool | None:
    return value if value is None or isinstance(value, bool | int) else str(value)


@requires(Permission.VIEW_LEDGERS)
@endpoint("GET", summary="登记簿", tag=TAG, answer=RegisterSerializer, many=True, filters=Filters)
def register_list(request: Request) -> Response:
    chosen = Filters.of(request)
    is_for_people = request.user.may(Permission.VIEW_PEOPLE)

    def attach(found: list[Register]) -> None:
        columns: dict[int, list[RegisterColumn]] = {each.pk: [] for each in found}
        for column in RegisterColumn.objects.current().filter(register__in=columns):
            if is_for_people or not column.is_personal:
                columns[column.register_id].append(column)
        for each in found:
            each.shown_columns = columns[each.pk]

    return paged(request, Register.objects.all(), chosen, RegisterSerializer, attach=attach)


@requires(Permission.VIEW_LEDGERS)
@endpoint("GET", summary="登记簿的记录", tag=TAG, answer=RegisterRowSerializer, many=True, filters=RowFilters)
def register_row_list(request: Request, code: str) -> Response:
    register = get_object_or_404(Register, code=code)
    chosen, columns = RowFilters.of(request), columns_for(register, request.user)
    rows = rows_of(register, columns, request.user).select_related("org_unit", "village", "facility")
    if unit := unit_of(request.user, chosen.get("org_unit")):
        rows = rows.filter(org_unit__path__startswith=unit.path)
    rows = changed_since(rows, chosen.get("changed_since"))
    if any(column.is_personal for column in columns):
        audit.record(
            AuditEvent.Action.PERSON,
            by=request.user,
            subject=f"接口读取登记簿 {register.name}",
            request=request._request,
        )
    return paged(request, rows, chosen, RegisterRowSerializer, context={"columns": columns})
