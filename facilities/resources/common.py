"""What the sheets of this app share: units, facilities by name, remarks of the rules as findings."""

import datetime as dt
import difflib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence

from django.db.models import Count, Q

from eldercare.excel.cleaning import CleanBatch
from eldercare.excel.columns import Choice, Column, Kind, Problem, Severity
from eldercare.excel.ledgers import Situation
from eldercare.identity import Checked, check_phone, name_key
from eldercare.identity import Severity as Weight
from eldercare.models import OrgUnit
from facilities.models import Bed, Facility
from facilities.rules.remarks import Remark


def choices(labels, **aliases: str) -> tuple[Choice, ...]:
    """Choices of a model's field; ``aliases``: code=other words with spaces between."""
    return tuple(
        Choice(str(code), str(label), tuple(aliases.get(str(code), "").split())) for code, label in labels
    )


def problem_of(check: Callable[[object], Checked]) -> Callable[[object], Problem | None]:
    """A check of eldercare.identity as a checker of a column: the worst thing it found."""

    def checker(value: object) -> Problem | None:
        found = check(value).findings
        if not found:
            return None
        worst = min(found, key=lambda each: each.severity is not Weight.ERROR)
        severity = Severity.ERROR if worst.severity is Weight.ERROR else Severity.WARNING
        return Problem(severity, worst.message)

    return checker


TOWNSHIP = Column(
    "township", "镇(街道)", aliases=("所属镇街", "所属镇(街道)", "镇街", "乡镇", "乡镇(街道)", "街道"), kind=Kind.TOWNSHIP,
    width=14, help="县级上传时必填；镇(街道)上传可以不填。",
)  # fmt: skip
VILLAGE = Column(
    "village",
    "村(社区)",
    aliases=("所属村社", "村社", "所在村(社区)", "村(居)委会", "社区(村)"),
    kind=Kind.VILLAGE,
    width=16,
)
MOBILE = "1[3-9][0-9]{9}"
is_mobile = re.compile(MOBILE).fullmatch


def phone_problem(value: object) -> Problem | None:
    return None if is_mobile(str(value)) else _phone_problem(value)


_phone_problem = problem_of(check_phone)
PHONE = Column(
    "phone", "联系电话", aliases=("电话", "手机", "手机号", "手机号码"), kind=Kind.CODE, width=16, digits=(11,),
    max_length=30, checker=phone_problem, sure=MOBILE,
)  # fmt: skip


class Units:
    """Which unit each row belongs to: the township in the row, else the uploader's own."""

    def __init__(self, situation: Situation) -> None:
        self.situation = situation
        self.ids = {code: unit.pk for code, unit in situation.units.items()}
        self.own = situation.unit.pk if situation.township else None

    def of(self, rows: CleanBatch) -> list[int | None]:
        """The unit that each row names, else the uploader's own; None where the township is in error."""
        found = [self.ids.get(code, self.own) if code else self.own for code in rows.values["township"]]
        wrong = {
            each.row for each in rows.findings if each.key == "township" and each.severity is Severity.ERROR
        }
        if not wrong:
            return found
        return [None if row in wrong else unit for row, unit in zip(rows.rows, found, strict=True)]

    def fill(self, rows: CleanBatch) -> None:
        """``org_unit_id`` of every row; a county's row must name its township."""
        wrong = {each.row for each in rows.findings if each.key == "township"}
        found = rows.values["org_unit_id"] = self.of(rows)
        for index, unit in enumerate(found):
            if unit is None and rows.rows[index] not in wrong:
                self.situation.say(rows, index, TOWNSHIP, "县级上传要写明每一行的镇(街道)。")

    def villages(self, rows: CleanBatch, key: str = "village") -> list[int | None]:
        return [self.ids.get(code) if code else None for code in rows.values[key]]


# While a slip waits, the county may give a facility to another township: its rows are that one's then.
MOVED = """
    SELECT s.row, '这家设施已划归其他镇(街道)，不能再由本次上传修改；请核对后重新上传。'
      FROM {stage} s JOIN facilities_facility f ON f.id = s.facility_id
     WHERE f.org_unit_id <> s.org_unit_id"""


class _Found(dict):
    """(name, unit) → id of the facility, or None. Many rows name few facilities."""

    def __init__(self, find: Callable[[str | None, int | None], int | None]) -> None:
        super().__init__()
        self.find = find

    def __missing__(self, named: tuple[str | None, int | None]) -> int | None:
        pk = self[named] = self.find(*named)
        return pk


class Facilities:
    """Facilities that the uploader may see, by the name in a row."""

    def __init__(self, situation: Situation, column: Column) -> None:
        self.situation, self.column = situation, column
        visible = Facility.objects.visible_to(situation.user).filter(
            org_unit__path__startswith=situation.unit.path
        )
        # Without the two dozen columns of qualifications: a county may have thousands of facilities.
        visible = visible.only(
            "pk", "name", "name_key", "kind", "credit_code", "org_unit_id", "opened_on", "closed_on"
        )
        self.all = {each.pk: each for each in visible}
        self.by_unit: dict[int, dict[str, int]] = {}
        self.by_name: dict[str, list[int]] = {}
        for each in self.all.values():
            self.by_unit.setdefault(each.org_unit_id, {})[each.name_key] = each.pk
            self.by_name.setdefault(each.name_key, []).append(each.pk)
        self.found = _Found(self._find)
        self.hints: dict[str, str] = {}

    def fill(self, rows: CleanBatch, units: Units) -> None:
        """``facility_id`` and ``org_unit_id`` of every row that names a facility; what is not found is an error."""
        ids, names = units.of(rows), rows.values[self.column.key]
        found = list(map(self.found.__getitem__, zip(names, ids, strict=True)))
        if None in found:
            for index, pk in enumerate(found):
                if pk is None and (name := names[index]):
                    words = self._unknown(name, ids[index])
                    self.situation.say(rows, index, self.column, words, value=name)
        rows.values["facility_id"] = found
        rows.values["org_unit_id"] = [
            self.all[pk].org_unit_id if pk else unit for pk, unit in zip(found, ids, strict=True)
        ]

    def _find(self, name: str | None, unit: int | None) -> int | None:
        if not name:
            return None
        key = name_key(name)
        if unit is not None:
            return self.by_unit.get(unit, {}).get(key)
        found = self.by_name.get(key, ())
        return found[0] if len(found) == 1 else None

    def _unknown(self, name: str, unit: int | None) -> str:
        if unit is None and len(self.by_name.get(name_key(name), ())) > 1:
            return "几个镇(街道)都有这个名称的设施，请在“镇(街道)”列写明是哪一个。"
        if name not in self.hints:
            names = [each.name for each in self.all.values() if unit in (None, each.org_unit_id)]
            near = difflib.get_close_matches(name, names, 1, 0.6)
            self.hints[name] = f"是不是“{near[0]}”？" if near else "请先在设施台账里登记，或核对名称。"
        return f"本单位的设施台账里没有“{name[:40]}”。{self.hints[name]}"

    def bed_counts(self) -> dict[int, int]:
        """Institutional beds in use, by facility."""
        in_use = Bed.objects.in_use_on(self.situation.as_of).filter(
            facility__in=self.all, kind=Bed.Kind.INSTITUTIONAL
        )
        return dict(in_use.order_by().values_list("facility").annotate(number=Count("pk")))


def tell(
    situation: Situation,
    rows: CleanBatch,
    index: int,
    remarks: Iterable[Remark],
    columns: Mapping[str, Column],
) -> None:
    """Remarks of the rules as findings, once per column and message."""
    for remark in remarks:
        column = columns.get(remark.key)
        if column is None:
            column = Column(remark.key, "")
        situation.say(
            rows, index, column, remark.message, Severity.ERROR if remark.is_error else Severity.WARNING
        )


def records(rows: CleanBatch, keys: Sequence[str]) -> Iterable[dict]:
    """The batch's rows as mappings of the given columns."""
    for values in zip(*(rows.values[key] for key in keys), strict=True):
        yield dict(zip(keys, values, strict=True))


def facility_names(unit: OrgUnit, as_of: dt.date) -> dict[str, list[str]]:
    """The facilities of a unit that are not closed, for the drop-down of its template."""
    open_then = Q(closed_on=None) | Q(closed_on__gt=as_of)
    names = Facility.objects.filter(sheet_units(unit)).filter(open_then).order_by("name")
    return {"facility": list(dict.fromkeys(names.values_list("name", flat=True)))}


def sheet_units(unit: OrgUnit) -> Q:
    return Q(org_unit__path__startswith=unit.path)
