"""Reading the workbook of a plan, at arm's length like every upload, into a document; with all that is wrong in it."""

import datetime as dt
import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from eldercare.errors import Refused
from eldercare.excel.columns import Column, Severity, column_letters
from eldercare.excel.reading import NoTable, Upload, open_upload
from eldercare.expressions import ExpressionError
from eldercare.models import OrgUnit
from indicators.models import Indicator, Metric, Plan
from indicators.plan_documents import INDICATOR_FIELDS, PLAN_FIELDS, Row, bases_text, targets_text
from indicators.resources import plan_sheet as sheet
from indicators.resources.plan_findings import NumberedRows, Problem, Reading
from indicators.rules.formulas import FUNCTION_LABELS
from indicators.rules.plan_texts import (
    PlanTextError,
    number_text,
    read_bases,
    read_day,
    read_targets,
    with_codes,
)
from indicators.specs import Catalogue

MOST = 1_000  # indicators of one plan
DONE = "task_done_flag"  # what is registered for a yes or no


def read_plan(
    path: Path, filename: str, *, current: Callable[[str], Row | None], fresh: Callable[[], str]
) -> Reading:
    """The document in the file. ``current`` gives the plan of a code as it is, ``fresh`` a code for a new one.

    Raises ``Refused`` for a file that is no such workbook.
    """
    with open_upload(path, filename) as upload:
        reading = Reading({})
        reader = _Reader(reading)
        code, facts = reader.facts(upload)
        code = code or fresh()
        before = current(code)
        reading.document = {"code": code, "plan": reader.plan(facts, before)}
        end = reading.document["plan"]["ends_on"]
        reader.details(upload)
        reader.end = dt.date.fromisoformat(end) if end else dt.date(2100, 12, 31)
        known = {each["number"]: each for each in before["indicators"]} if before else {}
        reading.document["indicators"] = reader.entries(upload, known)
    return reading


def read_entry(
    values: Row, *, columns: Sequence[Column], end: dt.date, before: Row | None = None
) -> tuple[Row, list[Problem]]:
    """One indicator from a form: ``values`` as cells of the sheet; the place of a problem is the column's key."""
    reader = _Reader(Reading({}))
    reader.end = end
    reader.units = set(OrgUnit.objects.values_list("code", flat=True))
    cells = {key: None if value == "" else value for key, value in values.items()}
    entry = reader.entry(cells, {column.key: column.key for column in columns}, before)
    return entry, reader.reading.problems


def in_codes(formula: str) -> str:
    """The formula with codes for the names of metrics. Raises ``PlanTextError`` for a name that is none."""
    return with_codes(formula, metric_names())


class _Reader:
    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.end = dt.date(2100, 12, 31)
        self.targets: dict[tuple[int, str], Row] = {}
        self.baselines: dict[tuple[int, int, str], list[Row]] = {}
        self.catalogue = Catalogue()
        self.names = metric_names()
        self.units = set()

    def say(self, place: str, heading: str, message: str, value: object = "") -> None:
        self.reading.problems.append(Problem(place, heading, message, str(value)[:80]))

    # --- rows of a sheet -----------------------------------------------------------------------------------

    def rows(
        self, upload: Upload, name: str, columns: Sequence[Column]
    ) -> Iterator[tuple[int, Row, dict[str, str]]]:
        """Row number, values of the columns that are there, and where each stands."""
        try:
            table = upload.find_table(columns, sheet=name)
        except NoTable as error:
            raise Refused(f"工作表“{name}”：{error}") from error
        fields = table.layout.fields
        keys = [fields[each.key] for each in columns if each.required]
        table.filter = NumberedRows(table.layout.first_data, keys)
        letters = {each.key: column_letters(fields[each.key]) for each in columns if each.key in fields}
        present = [each.key for each in columns if each.key in fields]
        try:
            for batch in table.read():
                for finding in batch.findings:
                    self._finding(name, finding)
                for at, row in enumerate(batch.rows):
                    places = {key: f"{name}!{letters[key]}{row}" for key in present}
                    yield row, {key: batch.values[key][at] for key in present}, places
        except Refused as refusal:
            if name in (sheet.PLAN, sheet.ENTRIES):
                raise Refused(f"工作表“{name}”：{refusal}") from refusal

    def _finding(self, name: str, finding) -> None:
        said = Problem(f"{name}!{finding.place}", finding.heading, finding.message, finding.value[:80])
        if finding.severity is Severity.ERROR:
            self.reading.problems.append(said)
        elif "是日期" not in finding.message:  # a date in a text column is what is wanted here
            self.reading.notes.append(said)

    # --- the plan itself -----------------------------------------------------------------------------------

    def facts(self, upload: Upload) -> tuple[str, dict[str, tuple[str, str]]]:
        """The code, and text and place of each item that is named."""
        for wanted in (sheet.PLAN, sheet.ENTRIES):
            if not any(each.name == wanted for each in upload.sheets):
                raise Refused(f"文件里没有工作表“{wanted}”，请用“下载模板”得到的工作簿填写。")
        keys = {label: key for key, label in sheet.LABELS.items()}
        found = {}
        for row, values, places in self.rows(upload, sheet.PLAN, sheet.PLAN_COLUMNS):
            label = (values["item"] or "").rstrip("*＊ ")
            if label not in keys:
                self.say(places["item"], "项目", f"没有“{label[:20]}”这一项（第 {row} 行），请删去。")
                continue
            found[keys[label]] = ((values.get("content") or "").strip(), places.get("content", ""))
        return found.pop("code", ("", ""))[0].lower(), found

    def plan(self, found: dict[str, tuple[str, str]], before: Row | None) -> Row:
        """All fields: from the file, what it leaves out from the plan as it is, or the default."""
        result = {}
        for key in PLAN_FIELDS:
            model_field = Plan._meta.get_field(key)
            text, place = found.get(key, ("", f"工作表“{sheet.PLAN}”"))
            if key not in found and before:
                result[key] = before["plan"][key]
            elif text:
                result[key] = self._fact(key, text, place)
            else:
                result[key] = model_field.get_default() if model_field.has_default() else None
                if result[key] is None and not model_field.null:
                    result[key] = ""
            if key in ("title", "short_title", "starts_on", "ends_on") and not result[key]:
                self.say(place, sheet.LABELS[key], "必填，不能空着。")
        if result["starts_on"] and result["ends_on"] and result["ends_on"] <= result["starts_on"]:
            self.say(
                found["ends_on"][1] if "ends_on" in found else "",
                "规划期止",
                "要晚于规划期起。",
                result["ends_on"],
            )
        return result

    def _fact(self, key: str, text: str, place: str) -> object:
        model_field = Plan._meta.get_field(key)
        label = sheet.LABELS[key]
        if key in ("published_on", "starts_on", "ends_on"):
            return self._day(text, place, label, is_start=key == "starts_on")
        if key == "upstream":
            return [each.strip() for each in text.split("|") if each.strip()]
        if key == "printed_sums":
            return self._json(text, place, label, {"whole": int, "parts": list})
        if key == "weekend_rule":
            codes = {label: code for code, label in Plan.WeekendRule.choices} | {
                c: c for c in Plan.WeekendRule.values
            }
            if text not in codes:
                self.say(place, label, "请填“不顺延”或“遇周末顺延至周一”。", text)
            return codes.get(text, Plan.WeekendRule.KEEP)
        if key in ("base_year", "report_day", "lock_after_days"):
            low, high = {"base_year": (1990, 2100), "report_day": (1, 28)}.get(key, (0, 365))
            number = text.removesuffix("年").removesuffix("日")
            if number.isascii() and number.isdigit() and len(number) < 6 and low <= int(number) <= high:
                return int(number)
            self.say(place, label, f"请填 {low} 到 {high} 的整数。", text)
            return None if model_field.null else model_field.get_default()
        if len(text) > model_field.max_length:
            self.say(place, label, f"有 {len(text)} 个字，超过 {model_field.max_length} 个字的上限。", text)
        return text

    def _day(self, text: str, place: str, heading: str, *, is_start: bool = False) -> str | None:
        try:
            return read_day(text, is_start=is_start).isoformat()
        except PlanTextError as error:
            self.say(place, heading, str(error), text)
            return None

    def _json(self, text: str, place: str, heading: str, parts: dict[str, type]) -> list:
        try:
            value = json.loads(text)
        except (ValueError, RecursionError):
            value = None
        is_whole = isinstance(value, list) and all(
            isinstance(each, dict)
            and each.keys() == parts.keys()
            and all(isinstance(each[name], kind) for name, kind in parts.items())
            for each in value
        )
        if not is_whole:
            self.say(place, heading, "这一格是导出的格式，请不要改动，或清空。", text)
            return []
        return value

    # --- details -------------------------------------------------------------------------------------------

    def details(self, upload: Upload) -> None:
        names = {each.name for each in upload.sheets if not each.empty}
        if sheet.TARGETS in names:
            for _, values, places in self.rows(upload, sheet.TARGETS, sheet.TARGET_COLUMNS):
                due = self._day(values["due_on"] or "", places["due_on"], "期限")
                other = values.get("other_due_on")
                self.targets[values["number"], due or ""] = {
                    "is_due_inferred": bool(values.get("is_due_inferred")),
                    "is_interim": bool(values.get("is_interim")),
                    "quote": (values.get("quote") or "")[:200],
                    "other_due_on": self._day(other, places["other_due_on"], "另一处写的期限")
                    if other
                    else None,
                    "other_due_note": (values.get("other_due_note") or "")[:100],
                }
        if sheet.BASELINES in names:
            for _, values, places in self.rows(upload, sheet.BASELINES, sheet.BASELINE_COLUMNS):
                effective = values.get("effective_on")
                key = (values["number"], values["year"], values["value"])
                self.baselines.setdefault(key, []).append({
                    "kind": (values.get("kind") or "")[:40],
                    "printed_label": (values.get("printed_label") or "")[:40],
                    "note": (values.get("note") or "")[:200],
                    "is_path_start": bool(values.get("is_path_start")),
                    "effective_on": self._day(effective, places["effective_on"], "视为何时的数值") if effective else None,
                })  # fmt: skip

    # --- indicators ----------------------------------------------------------------------------------------

    def entries(self, upload: Upload, known: dict[int, Row]) -> list[Row]:
        entries, seen = [], {}
        self.units = set(OrgUnit.objects.values_list("code", flat=True))
        for row, values, places in self.rows(upload, sheet.ENTRIES, sheet.COLUMNS):
            number, name = values["number"], values["name"]
            if name and name.startswith(sheet.EXAMPLE):
                self.reading.examples += 1
                continue
            if number is None or not name:
                continue  # said already: required
            if number in seen:
                self.say(
                    places["number"],
                    "序号",
                    f"序号 {number} 与第 {seen[number]} 行重复，一个序号只能有一条指标。",
                )
                continue
            seen[number] = row
            entries.append(self.entry(values, places, known.get(number)))
            if len(entries) > MOST:
                raise Refused(f"指标超过 {MOST} 条，不像一个规划，请核对文件。")
        if not entries:
            self.say(f"工作表“{sheet.ENTRIES}”", "指标", "没有一条指标（示例行不算），请填写后再上传。")
        return sorted(entries, key=lambda each: each["number"])

    def entry(self, values: Row, places: dict[str, str], before: Row | None) -> Row:
        """All fields of one indicator: what the file has a column for from there, else as it is, else the default."""
        result = {key: self._value(key, values, places, before) for key in INDICATOR_FIELDS}
        result["formula"] = self._formula(result["formula"], places)
        if not result["formula"] and not before and _is_yes_or_no(result) and DONE in self.catalogue.codes:
            result["formula"] = DONE
        self._fill_in(result)
        if "targets" in places or "target_value" in places:
            result["targets"] = self._targets(values, places, result, before)
        else:
            result["targets"] = before["targets"] if before else []
        if not values.get("comparator") and not before and result["targets"]:
            result["comparator"] = result["targets"][-1]["comparator"]
        result["baselines"] = (
            self._baselines(values, places, result["number"], before)
            if "baselines" in places
            else (before["baselines"] if before else [])
        )
        return result

    def _value(self, key: str, values: Row, places: dict[str, str], before: Row | None) -> object:
        value = values.get(key)
        if key not in places:
            return before[key] if before else _default(key)
        if key in ("document_code", "value_type", "comparator", "is_active") and value is None and before:
            return before[key]
        if key == "only_units":
            codes = [each for each in (value or "").replace(",", "、").replace(" ", "、").split("、") if each]
            if unknown := [each for each in codes if each not in self.units]:
                self.say(places[key], "只限单位", f"没有代码为 {'、'.join(unknown)} 的单位。", value)
            return codes
        if key == "restated":
            return [each for each in (value or "").split("|") if each]
        if key == "alternatives":
            return self._json(value, places[key], "其他口径", {"formula": str, "note": str}) if value else []
        if key in ("judged_per", "judged_where") and value:
            return self._metric(value, places[key])
        if key == "decimals" and value is not None and value > 4:
            self.say(places[key], "显示小数位", "小数位最多 4 位。", value)
        if value == sheet.TOTAL:
            return ""
        return _default(key) if value is None else value

    def _metric(self, text: str, place: str) -> str:
        codes = [text] if text in self.catalogue.codes else self.names.get(text, [])
        if len(codes) != 1:
            self.say(place, "判定方式", f"没有叫“{text[:30]}”的基础指标，请填它的代码。", text)
        return codes[0] if codes else ""

    def _formula(self, text: str, places: dict[str, str]) -> str:
        if not text or "formula" not in places:
            return text
        try:
            written = with_codes(text, self.names)
            self.catalogue.formula(written)
        except (PlanTextError, ExpressionError) as error:
            at = getattr(error, "position", None)
            where = f"公式第 {at + 1} 个字起：" if at is not None and text.isascii() else ""
            self.say(places["formula"], "公式", f"{where}{error}", text)
            return text
        return written

    def _fill_in(self, result: Row) -> None:
        is_registered = result["input_source"] == Indicator.InputSource.REGISTERED
        if not result["value_kind"]:
            ratio = "/" in result["formula"]
            result["value_kind"] = "confirmation" if is_registered else "ratio" if ratio else "quantity"
        kind = result["value_kind"]
        result["unit"] = result["unit"] or {"confirmation": "是/否", "ratio": "%"}.get(kind, "个")
        result["group"] = result["group"] or "主要指标"
        result["role"] = result["role"] or "target"
        result["comparator"] = result["comparator"] or ">="
        result["value_type"] = result["value_type"] or {"confirmation": "boolean", "ratio": "percent"}.get(
            kind, "count"
        )

    def _targets(self, values: Row, places: dict[str, str], result: Row, before: Row | None) -> list[Row]:
        text, single = values.get("targets") or "", values.get("target_value") or ""
        place = places.get("targets" if text else "target_value", places.get("targets", ""))
        if text and single:
            self.say(place, "目标", "“目标”和“目标值”只填一处。", text)
            return []
        if single:
            due = values.get("target_due")
            text = f"{single}（{due}）" if due else single
        if before and text == targets_text(before["targets"]):
            return (
                before["targets"]
                if not self.targets
                else self._detailed(before["targets"], result["number"], before)
            )
        try:
            read = read_targets(text, comparator=result["comparator"], end=self.end)
        except PlanTextError as error:
            self.say(place, "目标", str(error), text)
            return []
        rows = [
            {"value": None if each.value is None else number_text(each.value), "comparator": each.comparator, "due_on": each.due_on.isoformat()}
            for each in read
        ]  # fmt: skip
        return self._detailed(rows, result["number"], before)

    def _detailed(self, rows: list[Row], number: int, before: Row | None) -> list[Row]:
        """With what the short text leaves out: from the sheet of details, else as it is, else nothing."""
        held = {each["due_on"]: each for each in before["targets"]} if before else {}
        nothing = {
            "is_due_inferred": False,
            "is_interim": False,
            "quote": "",
            "other_due_on": None,
            "other_due_note": "",
        }
        return [
            nothing | held.get(each["due_on"], {}) | self.targets.get((number, each["due_on"]), {}) |
            {key: each[key] for key in ("value", "comparator", "due_on")}
            for each in rows
        ]  # fmt: skip

    def _baselines(self, values: Row, places: dict[str, str], number: int, before: Row | None) -> list[Row]:
        text = values.get("baselines") or ""
        if before and text == bases_text(before["baselines"]) and not self.baselines:
            return before["baselines"]
        try:
            read = read_bases(text)
        except PlanTextError as error:
            self.say(places["baselines"], "基期值", str(error), text)
            return []
        held: dict[tuple[int, str], list[Row]] = {}
        for each in before["baselines"] if before else ():
            held.setdefault((each["year"], each["value"]), []).append(each)
        rows = []
        for year, value in read:
            shown = number_text(value)
            given = self.baselines.get((number, year, shown)) or held.get((year, shown))
            rest = given.pop(0) if given else _plain_base(year)
            rows.append(rest | {"year": year, "value": shown})
        return rows


def _is_yes_or_no(entry: Row) -> bool:
    is_registered = entry["input_source"] == Indicator.InputSource.REGISTERED
    return is_registered and entry["value_kind"] in ("", Indicator.ValueKind.CONFIRMATION)


def _plain_base(year: int) -> Row:
    """A figure that only the short text names: the printed start of the path, at the end of its year."""
    return {
        "kind": "基期值",
        "printed_label": "",
        "note": "",
        "is_path_start": True,
        "effective_on": f"{year}-12-31",
    }


def _default(key: str) -> object:
    model_field = Indicator._meta.get_field(key)
    if key in ("role", "value_kind", "comparator", "unit", "group", "value_type"):
        return ""
    return model_field.get_default() if model_field.has_default() else (None if model_field.null else "")


def metric_names() -> dict[str, list[str]]:
    """Whatever a metric or a function may be called in a formula, with its codes."""
    names: dict[str, list[str]] = {}
    for code, name, number in Metric.objects.values_list("code", "name", "catalogue_code"):
        for each in {name, number} - {code}:
            names.setdefault(each, []).append(code)
    return names | {label: [code] for code, label in FUNCTION_LABELS.items()}
