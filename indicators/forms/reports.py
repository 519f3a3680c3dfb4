"""What the forms of the monthly report bring: cells, remarks, notes. They validate; the actions write."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict

from eldercare.forms import StyledFormMixin, without_invisible
from indicators.actions.figures import FigureChange
from indicators.pages.report_rows import TypedCell

REASON_LENGTH = 200
REMARK_LENGTH = 300
SEEN = re.compile(r"[0-9]{0,16}(\.[0-9]{0,4})?")


def seen_problem(seen: str | None) -> str:
    """``seen`` is written by our own page; anything but a plain figure comes from a broken or a forged one."""
    if seen is None or SEEN.fullmatch(seen):
        return ""
    return "页面内容不完整，请刷新页面后重新填写这一项。"


def reason_problem(reason: str) -> str:
    if len(reason) > REASON_LENGTH:
        return f"说明最多 {REASON_LENGTH} 字，现在有 {len(reason)} 字，请精简。"
    return "说明中有无法保存的字符，请重新输入。" if "\0" in reason else ""


@dataclass
class TypedCells:
    """The cells of the entry form: what to save, what cannot be saved, and every text as it was typed."""

    changes: list[FigureChange] = field(default_factory=list)
    texts: dict[str, TypedCell] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)


def read_cells(data: QueryDict, codes: Iterable[str]) -> TypedCells:
    """Read ``value-<code>``, ``seen-<code>``, ``reason-<code>`` and ``was-<code>`` (the reason as it was shown).

    A cell whose texts are those that were shown is left out: nobody touched it.
    """
    cells = TypedCells()
    for code in codes:
        value, seen = data.get(f"value-{code}"), data.get(f"seen-{code}")
        if value is None:
            continue
        reason = without_invisible(data.get(f"reason-{code}", "")).strip()
        reason_was = data.get(f"was-{code}", "")
        if value.strip() == (seen or "") and reason == reason_was:
            continue
        cells.texts[code] = TypedCell(value, seen, reason)
        problem = seen_problem(seen) or reason_problem(reason)
        if problem:
            cells.errors[code] = problem
        else:
            cells.changes.append(FigureChange(code, value, seen=seen, reason=reason))
    return cells


class NoteForm(StyledFormMixin, forms.Form):
    """A general note on a return; required where an approval is undone."""

    note = forms.CharField(
        label="总的意见",
        max_length=REMARK_LENGTH,
        required=False,
        error_messages={"max_length": f"意见最多 {REMARK_LENGTH} 字，现在有 %(show_value)s 字，请精简。"},
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class ReturnForm:
    """Remarks on single figures (``comment-<code>``) and a general note."""

    def __init__(self, data: QueryDict, codes: Iterable[str]) -> None:
        self.note = without_invisible(data.get("note", ""))
        texts = {code: without_invisible(data.get(f"comment-{code}", "")).strip() for code in codes}
        self.remarks = {code: text for code, text in texts.items() if text}

    def problem(self, names: dict[str, str]) -> str:
        """The first thing that is wrong, as a sentence; empty when all is well."""
        form = NoteForm({"note": self.note})
        if not form.is_valid():
            return " ".join(form.errors["note"])
        for code, text in self.remarks.items():
            try:
                NoteForm.base_fields["note"].clean(text)
            except ValidationError as error:
                return f"{names[code]}：{' '.join(error.messages)}"
        return ""
