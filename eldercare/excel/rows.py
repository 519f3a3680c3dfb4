"""Which rows under the headings are rows of the table: blank lines, totals, notes and signatures are none."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from eldercare.excel.cells.texts import as_typed, squeezed
from eldercare.excel.columns import Column
from eldercare.excel.layout import Layout, heading_key

TOTALS = re.compile(r"^.{0,12}(?:合计|小计|总计|共计|累计)(?:[(（].{0,6}[)）])?[:：]?(?:\d[\d,.]*.{0,3})?$")
NOTES = re.compile(
    r"^\(?(?:注|备注|说明|附注|附|填表说明|填报说明|注意事项|制表|制表人|制表日期|填表|填表人|填报人|填表日期|填报日期|填报单位|审核|审核人|复核"
    r"|复核人|负责人|单位负责人|单位领导|主管|分管领导|领导|经办|经办人|经手人|联系人|联系电话|电话|日期|时间|盖章|公章|签字|签名|单位盖章"
    r"|以下空白|以下无正文|筛选条件)\)?(?:[(（].{0,8}[)）])?(?:[:：].*|\d{0,2}[.、].*)?$",
    re.DOTALL,
)
# Never what a row begins with, even where the only required column stands.
SIGNED = re.compile(
    "(?:注|筛选条件|(?:单位)?负责人|(?:填表|填报|制表|审核|复核|经办)(?:人|日期|单位)?)[:：]"
).match
LONGEST_TOTAL = 16
LONGEST_LONE = 20
LEADING = 4  # columns in which the word 合计 stands


@dataclass(frozen=True, slots=True)
class Skipped:
    row: int  # as Excel counts
    reason: str  # 合计行, 说明, 重复的表头
    text: str


class RowFilter:
    """Tells rows of the table from the rest, batch by batch; what is skipped is kept to be shown."""

    def __init__(self, layout: Layout, columns: Sequence[Column] = ()) -> None:
        self.layout = layout
        self.required = [
            layout.fields[each.key] for each in columns if each.required and each.key in layout.fields
        ]
        self.mapped = sorted(layout.fields.values())
        self.headings = {
            heading.index: heading_key(heading.text.rpartition("/")[2]) for heading in layout.headings
        }
        self.texts = {heading.text.rpartition("/")[2] for heading in layout.headings}
        self.skipped: list[Skipped] = []
        self.blank = 0

    def keep(self, first: int, columns: Sequence[Sequence[object]]) -> Sequence[int]:
        """Positions in the batch that are rows of the table. ``first``: the batch's first row, from 0."""
        if not columns or not columns[0]:
            return []
        count = len(columns[0])
        few = len(columns) - max(
            3, len(self.mapped) // 3
        )  # with so many empty cells it may be no row of the table
        looked_at = self._suspects(columns)
        if sum("" in values for values in columns) >= few:
            looked_at |= {
                position for position, row in enumerate(zip(*columns, strict=True)) if row.count("") >= few
            }
        start = max(0, self.layout.first_data - first)
        if not looked_at and not start:
            return range(count)
        rows = list(zip(*columns, strict=True))
        kept = []
        for position in range(start, count):
            reason = self._reason(rows[position]) if position in looked_at else ""
            if reason == "":
                kept.append(position)
            elif reason == "空行":
                self.blank += 1
            else:
                text = " ".join(as_typed(value) for value in rows[position] if value != "")[:200]
                self.skipped.append(Skipped(first + position + 1, reason, text))
        return kept

    def _suspects(self, columns: Sequence[Sequence[object]]) -> set[int]:
        """Rows that may be totals or headings again, by the words in their first cells."""
        suspects = set()
        for values in columns[:LEADING]:
            kinds = set(map(type, values))
            if str not in kinds:
                continue
            words = "\n".join(
                values if len(kinds) == 1 else [value for value in values if type(value) is str]
            )
            if "计" not in words and not any(text in words for text in self.texts if text):
                continue  # as nearly always, and told at once
            odd = {
                value
                for value in set(values)
                if type(value) is str
                and (("计" in value and len(value) <= LONGEST_TOTAL) or value in self.texts)
            }
            if odd:
                suspects.update(position for position, value in enumerate(values) if value in odd)
        return suspects

    def _reason(self, row: Sequence[object]) -> str:
        leading = next((value for value in row[:LEADING] if type(value) is str and value), "")
        if leading:
            if "计" in leading and len(leading) <= LONGEST_TOTAL and TOTALS.match(squeezed(leading)):
                return "合计行"
            if leading in self.texts and self._repeats_headings(row):
                return "重复的表头"
        return self._reason_of_sparse(row)

    def _reason_of_sparse(self, row: Sequence[object]) -> str:
        if len(row) - row.count("") > max(3, len(self.mapped) // 3):
            return ""
        texts = [squeezed(value) if isinstance(value, str) else value for value in row]
        given = [text for text in texts if text != ""]
        if not given:
            return "空行"
        words = [text for text in given if isinstance(text, str)]
        if self.required and all(index < len(texts) and texts[index] != "" for index in self.required):
            return "说明" if words == given and SIGNED(words[0]) else ""
        if words and len(words) == len(given):
            if TOTALS.match(words[0]):
                return "合计行"
            first = next(index for index, text in enumerate(texts) if text != "")
            own = self.headings.get(first, "")
            if NOTES.match(words[0]) and heading_key(words[0]) != own:
                return "说明"
            if (
                len(words) == 1
                and len(self.required) > 1
                and (len(words[0]) > LONGEST_LONE or "。" in words[0])
            ):
                return "说明"  # a sentence by itself under the table
        if not any(texts[index] != "" for index in self.mapped if index < len(texts)):
            # A serial number that was filled in ahead, or a word beside the table.
            return "空行" if not words else "说明"
        return ""

    def _repeats_headings(self, row: Sequence[object]) -> bool:
        given = {
            index: heading_key(value) for index, value in enumerate(row) if isinstance(value, str) and value
        }
        same = sum(1 for index, key in given.items() if self.headings.get(index) == key)
        return same >= 2 and same * 2 > len(given)
