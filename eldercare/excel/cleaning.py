"""From cells as they were typed to values of the columns' kinds, a batch at a time.

    cleaner = Cleaner(columns, positions={"name": 1, "beds": 4}, context=Context(places=PLACES, township="330424101"))
    batch = cleaner.clean(numbers, cells)       # numbers: rows as Excel counts; cells: one sequence per sheet column
    batch.values["beds"], batch.findings

A column is cleaned in one go: texts that were seen before are looked up, the few others pay for a call. No value
changes without a finding, except for what nobody sees (invisible and full-width characters, spaces around).
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from eldercare.excel.cells import dates, numbers, texts, words
from eldercare.excel.cells.flawed import Flawed, checked, note
from eldercare.excel.columns import Column, Finding, Kind, Severity

REMEMBERED = 20_000  # texts per column
EMPTY = "必填，不能空着。"
NUMBERS = (Kind.INTEGER, Kind.NUMBER, Kind.MONEY)


@dataclass(frozen=True)
class Context:
    places: words.Places | None = None
    township: str = ""  # code of the uploader's own: villages are looked up in it, rows of another are errors
    date1904: bool = False


@dataclass
class CleanBatch:
    rows: list[int]  # as Excel counts
    values: dict[str, list]  # by column key; None: empty, or an error
    findings: list[Finding] = field(default_factory=list)

    @property
    def rows_with_errors(self) -> set[int]:
        return {finding.row for finding in self.findings if finding.severity is Severity.ERROR}

    def records(self, keys: Sequence[str]) -> list[tuple]:
        return list(zip(*(self.values[key] for key in keys), strict=True))


class _Memory(dict):
    """What was typed → what it is read as. Only so much is kept: names and numbers hardly repeat."""

    def __init__(self, read: Callable[[object], object]) -> None:
        super().__init__({"": None, None: None})
        self.read = read

    def __missing__(self, value: object) -> object:
        result = self.read(value)
        if len(self) < REMEMBERED:
            self[value] = result
        return result


class _ByType(dict):
    """A memory for each type of cell: to one dictionary, True and 1.0 would be the same key."""

    def __init__(self, of_text: Callable, of_other: Callable) -> None:
        super().__init__({str: _Memory(of_text)})
        self.of_other = of_other

    def __missing__(self, kind: type) -> _Memory:
        memory = self[kind] = _Memory(self.of_other)
        return memory


class _Ordinary:
    """Texts that are read as they stand, told by a pattern; for nearly every batch one look tells it of them all."""

    def __init__(self, column: Column) -> None:
        pattern = column.sure or texts.ordinary(column)
        self.one = re.compile(pattern).fullmatch if pattern else None
        self.needs_check = bool(column.checker and not column.sure)
        self.lines = re.compile(f"(?:(?:{pattern})?\n)*+").fullmatch

    def all(self, values: Sequence[str]) -> bool:
        """Whether each is ordinary or empty."""
        if not self.one or self.needs_check:
            return False
        joined = "\n".join(values) + "\n"
        return joined.count("\n") == len(values) and self.lines(joined) is not None


class _ColumnCleaner:
    def __init__(self, column: Column, context: Context, times: int) -> None:
        self.column = column
        self.empty_words = frozenset(column.empty_words)
        self.of_text, self.of_other = _functions(column, context, times)
        self.memory = _ByType(self._text, self._other)
        self.ordinary = _Ordinary(column)

    def _text(self, text: str) -> object:
        if text.strip() in self.empty_words:
            return note(None, f"“{text.strip()}”按空白读取。")
        return self._check(self.of_text(text))

    def _other(self, value: object) -> object:
        return self._check(self.of_other(value))

    def _check(self, cleaned: object) -> object:
        checker = self.column.checker
        if checker is None or cleaned is None:
            return cleaned
        if isinstance(cleaned, Flawed):
            return (
                cleaned if cleaned.value is None else checked(cleaned.value, checker(cleaned.value), cleaned)
            )
        problem = checker(cleaned)
        return cleaned if problem is None else checked(cleaned, problem)

    def clean(self, values: Sequence[object]) -> list:
        kinds = set(map(type, values))
        memory = self.memory
        if kinds == {str}:
            known = memory[str]
            if self.ordinary.all(values):
                return [value or None for value in values] if "" in values else list(values)
            ordinary = self.ordinary.one
            if ordinary and self.ordinary.needs_check:
                check = self.column.checker
                return [
                    value if ordinary(value) and check(value) is None else known[value] for value in values
                ]
            if ordinary:
                return [value if ordinary(value) else known[value] for value in values]
            return list(map(known.__getitem__, values))
        if len(kinds) == 1:
            return list(map(memory[kinds.pop()].__getitem__, values))
        return [memory[type(value)][value] for value in values]


def _functions(column: Column, context: Context, times: int) -> tuple[Callable, Callable]:
    kind = column.kind
    if kind in NUMBERS:
        return (
            partial(numbers.clean_number, column=column, times=times),
            partial(numbers.number_of_other, column=column, times=times),
        )
    if kind in (Kind.DATE, Kind.MONTH):
        return (
            partial(dates.clean_date, column=column, date1904=context.date1904),
            partial(dates.date_of_other, column=column, date1904=context.date1904),
        )
    if kind is Kind.YESNO:
        return partial(words.clean_yes_no, column=column), partial(words.yes_no_of_other, column=column)
    if kind is Kind.CHOICE:
        return _choice_functions(column)
    if kind in (Kind.TOWNSHIP, Kind.VILLAGE):
        return str, partial(words.place_of_other, column=column)
    of_text, of_other = texts.cleaners(column)
    return partial(of_text, column=column), partial(of_other, column=column)


def _choice_functions(column: Column) -> tuple[Callable, Callable]:
    table = words.choice_table(column.choices)

    def of_text(text: str) -> object:
        key = words.word_key(text)
        if not key:
            return None
        return table[key] if key in table else words.unknown_choice(text, column.choices)

    def of_other(value: object) -> object:
        if isinstance(value, int | float) and not isinstance(value, bool):
            return (
                of_text(texts.number_text(value))
                if value == value
                else words.unknown_choice("", column.choices)
            )
        if isinstance(value, texts.CellError):
            return texts.cell_error(value)
        return words.unknown_choice(texts.as_typed(value), column.choices)

    return of_text, of_other


class Cleaner:
    """Cleans the batches of one sheet. ``positions``: column key → column of the sheet, from 0; the rest is empty."""

    def __init__(
        self,
        columns: Sequence[Column],
        *,
        positions: Mapping[str, int],
        context: Context | None = None,
        times: Mapping[str, int] | None = None,
    ) -> None:
        self.context = context or Context()
        self.columns = list(columns)
        self.positions = dict(positions)
        self.cleaners = {
            column.key: _ColumnCleaner(column, self.context, (times or {}).get(column.key, 1))
            for column in columns
        }
        self.places = {
            column.key: _Memory(partial(self._find_place, column))
            for column in columns
            if column.kind in (Kind.TOWNSHIP, Kind.VILLAGE)
        }
        if self.places and self.context.places is None:
            raise ValueError("Columns of places need places in the context.")

    def clean(
        self,
        rows: list[int],
        cells: Sequence[Sequence[object]],
        filled: Sequence[tuple[int, int, int]] = (),
    ) -> CleanBatch:
        """``filled``: (position in the batch, sheet column, row of the merged cell) of cells filled down."""
        batch = CleanBatch(rows, {})
        blank = [""] * len(rows)
        # Townships first: villages are looked up in them.
        for column in sorted(self.columns, key=lambda each: each.kind is not Kind.TOWNSHIP):
            index = self.positions.get(column.key, -1)
            raw = cells[index] if 0 <= index < len(cells) else blank
            values = self.cleaners[column.key].clean(raw)
            if column.kind in (Kind.TOWNSHIP, Kind.VILLAGE):
                values = self._find_places(column, values, batch)
            if column.required and None in values and index >= 0:
                values = [Flawed(None, Severity.ERROR, EMPTY) if value is None else value for value in values]
            if Flawed in set(map(type, values)):
                values = self._collect(column, index, values, raw, batch)
            batch.values[column.key] = values
        if filled:
            self._warn_of_filled(filled, batch)
        if len(batch.findings) > 1:
            batch.findings.sort(key=lambda finding: (finding.row, finding.column))
        return batch

    def _find_places(self, column: Column, typed: list, batch: CleanBatch) -> list:
        found = self.places[column.key].__getitem__
        if column.kind is Kind.TOWNSHIP:
            return [found((word, None)) for word in typed]
        named = next((batch.values[each.key] for each in self.columns if each.kind is Kind.TOWNSHIP), None)
        return list(map(found, zip(typed, named or [None] * len(typed), strict=True)))

    def _find_place(self, column: Column, named: tuple[object, str | None]) -> object:
        word, township = named
        if type(word) is not str:
            return word  # empty, or a finding already
        level = words.TOWNSHIP if column.kind is Kind.TOWNSHIP else words.VILLAGE
        own = self.context.township
        found = self.context.places.find(word, level, township or own)
        code = found.value if isinstance(found, Flawed) else found
        if level == words.TOWNSHIP and own and code and code != own:
            return words.own_township(code, own, self.context.places)
        return found

    def _collect(
        self, column: Column, index: int, values: list, raw: Sequence[object], batch: CleanBatch
    ) -> list:
        plain = []
        for position, value in enumerate(values):
            if type(value) is Flawed:
                typed = texts.as_typed(raw[position])[:200]
                batch.findings.append(
                    Finding(
                        batch.rows[position],
                        index,
                        column.key,
                        column.heading,
                        value.severity,
                        value.message,
                        typed,
                    )
                )
                value = value.value
                if value is None and column.required and batch.findings[-1].severity is not Severity.ERROR:
                    batch.findings[-1] = Finding(
                        batch.rows[position], index, column.key, column.heading, Severity.ERROR, EMPTY, typed
                    )
            plain.append(value)
        return plain

    def _warn_of_filled(self, filled: Sequence[tuple[int, int, int]], batch: CleanBatch) -> None:
        """One amount in a cell merged over two rows would be counted twice: that wants a person's eye."""
        by_index = {
            self.positions.get(column.key, -1): column for column in self.columns if column.kind in NUMBERS
        }
        for position, index, top in filled:
            column = by_index.get(index)
            value = batch.values[column.key][position] if column else None
            if value is not None:
                problem = numbers.fill_warning(value, top + 1)
                batch.findings.append(
                    Finding(
                        batch.rows[position], index, column.key, column.heading, problem.severity, problem.message,
                        texts.as_typed(value),
                    )
                )  # fmt: skip
