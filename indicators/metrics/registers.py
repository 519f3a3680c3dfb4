"""Figures counted from registers: sources of ledger metrics, made from the definitions in the database."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from functools import partial

from django.db.models import BooleanField, Case, F, Q, Value, When
from django.db.models import Expression as DjangoExpression
from django.db.models.functions import Coalesce

from eldercare import ledger_metrics
from eldercare.excel.ledgers import Named
from eldercare.expressions import Expression, Term, parse
from eldercare.expressions import Kind as Used
from eldercare.expressions.errors import error_at
from eldercare.expressions.nodes import references
from eldercare.ledger_metrics import LedgerMetric, Period, Source
from eldercare.remembered import Remembered
from indicators.models import Metric, Register, RegisterColumn, RegisterMetric, RegisterRow
from indicators.register_columns import list_columns, related_of
from indicators.rules.registers import CONFIDENTIAL, NUMERIC, Kind

FAMILY = "register"
AT_COUNTY = {Metric.Reporter.COUNTY: "within", Metric.Reporter.BOTH: "own"}  # else none: the townships report
# What a condition may ask: dates are counted by, several choices and encrypted numbers cannot be compared.
NAMED = frozenset(Kind) - CONFIDENTIAL - {Kind.DATE, Kind.SEVERAL, Kind.VILLAGE, Kind.FACILITY}


USED_AS = {Kind.YESNO: Used.BOOLEAN} | dict.fromkeys(NUMERIC, Used.NUMBER)  # else as a text


def read_condition(text: str, named: Mapping[str, RegisterColumn]) -> Expression:
    """``named`` from ``names_in_conditions``. Raises ExpressionError with the place and a sentence."""
    expression = parse(text, names=named.keys(), condition=True)
    for reference in references(expression.node):
        column = named[reference.term.name]
        wanted = USED_AS.get(column.type, Used.TEXT)
        if reference.kind is not wanted:
            start = max(text.find(column.key), 0)
            reason = f"“{column.heading}”是{wanted.value}，要这样写：{expected_types(column)}"
            raise error_at(text, start, start + len(column.key), reason)
    return expression


def names_in_conditions(columns: Iterable[RegisterColumn]) -> dict[str, RegisterColumn]:
    return {column.key: column for column in columns if column.type in NAMED}


def compiled(text: str, columns: Iterable[RegisterColumn]) -> Q:
    """The condition over rows. A choice is compared by its label, and yes or no that was left empty is no."""
    named = names_in_conditions(columns)
    expression = read_condition(text, named)
    return Q(expression.as_django(partial(_value, named)))


def _value(named: Mapping[str, RegisterColumn], term: Term) -> DjangoExpression:
    column = named[term.name]
    if column.type is Kind.YESNO:
        return Coalesce(F(column.slot), Value(False), output_field=BooleanField())
    if column.type is Kind.CHOICE:
        renamed = [(code, label) for code, label in column.labels.items() if code != label]
        whens = [When(**{column.slot: code}, then=Value(label)) for code, label in renamed]
        return Case(*whens, default=F(column.slot)) if whens else F(column.slot)
    return F(column.slot)


def expected_types(column: RegisterColumn) -> str:
    """How a column is written in a condition, for the help beside it."""
    if column.type is Kind.CHOICE and column.choices:
        return f'{column.key} == "{column.choices[0]["label"]}"'
    if column.type is Kind.YESNO:
        return column.key
    return f"{column.key} > 0" if column.type in NUMERIC else f'{column.key} == "…"'


@ledger_metrics.defined.read_by
def sources() -> tuple[Source, ...]:
    """One per register that has a metric; two statements."""
    by_register = defaultdict(list)
    found = RegisterMetric.objects.select_related("register", "metric", "column", "from_column", "to_column")
    for each in found.order_by("register__position", "register__code", "metric__position"):
        by_register[each.register].append(each)
    columns = defaultdict(list)
    for column in RegisterColumn.objects.filter(register__in=by_register).order_by("position", "id"):
        columns[column.register_id].append(column)
    return tuple(_source(metrics, columns[register.pk]) for register, metrics in by_register.items())


def source_key(code: str) -> str:
    """Of the register's ledger, in figures and in uploads."""
    return f"{FAMILY}:{code}"


names: Remembered[Mapping[str, Named]] = Remembered({})


@names.read_by
def read_names() -> dict[str, Named]:
    people = set(Register.objects.of_people().values_list("pk", flat=True))
    found = Register.objects.only("pk", "code", "name")
    return {source_key(each.code): Named(each.name, each.pk in people) for each in found}


def forget() -> None:
    """A definition was changed."""
    ledger_metrics.defined.forget()
    names.forget()


def _source(metrics: list[RegisterMetric], columns: list[RegisterColumn]) -> Source:
    register = metrics[0].register
    days = {each.from_column.slot for each in metrics}
    current = [column for column in columns if not column.is_retired]
    return Source(
        key=source_key(register.code),
        label=register.name,
        ledger=source_key(register.code),
        rows=partial(_rows, register.pk),
        unit="org_unit",
        metrics=tuple(_metric(each, columns) for each in metrics),
        columns=list_columns(current),
        related=related_of(current),
        kept_from=days.pop() if len(days) == 1 else "",
        kept_where=(("register_id", register.pk),),
    )


def _rows(register: int, period: Period):
    return RegisterRow.objects.filter(register_id=register)


def _metric(each: RegisterMetric, columns: list[RegisterColumn]) -> LedgerMetric:
    what = each.column.attribute if each.column else ""
    return LedgerMetric(
        each.metric.code,
        condition_of(each, columns),
        distinct=what if each.aggregate == RegisterMetric.Aggregate.DISTINCT else "",
        total=what if each.aggregate == RegisterMetric.Aggregate.SUM else "",
        at_county=AT_COUNTY.get(each.metric.reporter, "none"),
    )


def condition_of(each: RegisterMetric, columns: Iterable[RegisterColumn]) -> Callable[[Period], Q]:
    asked = compiled(each.condition, columns) if each.condition else Q()
    if each.aggregate == RegisterMetric.Aggregate.DISTINCT and each.column.slot.startswith("text_"):
        asked &= ~Q(**{each.column.slot: ""})
    day = each.from_column.slot
    end = each.to_column.slot if each.to_column else ""

    def condition(period: Period) -> Q:
        if not each.metric.is_stock:
            return Q(**{f"{day}__range": (period.first, period.last)}) & asked
        begun = Q(**{f"{day}__lte": period.last})
        if end:
            begun &= Q(**{end: None}) | Q(**{f"{end}__gt": period.last})
        return begun & asked

    return condition
