"""Forms of uploads: the file, the headings matched by hand, what is asked before writing and before an undo."""

import datetime as dt
import uuid
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from eldercare.errors import Refused
from eldercare.excel.ledgers import Ledger, all_ledgers, defined_names, ledger_of
from eldercare.excel.limits import LIMITS, MB
from eldercare.excel.preflight import preflight
from eldercare.excel.scratch import scratch
from eldercare.forms import StyledFormMixin
from eldercare.lists import ListFilterForm, search_field
from eldercare.models import ImportBatch, OrgUnit, User

ACCEPTED = ".xlsx,.xls,.ods,.csv"
EARLIEST = dt.date(2000, 1, 1)
OPEN = "open"
STATES = [("", "全部状态"), (OPEN, "待处理"), *ImportBatch.Status.choices]


def units_for_uploads(user: User):
    """Whose rows may be in one file: a township's, or for the county also those of all."""
    levels = [OrgUnit.Level.COUNTY, OrgUnit.Level.TOWNSHIP, OrgUnit.Level.REPORTING]
    visible = OrgUnit.objects.visible_to(user).as_of(timezone.localdate())
    return visible.filter(level__in=levels).order_by("code")


def ledgers_for(user: User, wanted: str = "") -> list[Ledger]:
    """What the account may upload; of the many that the county has defined itself only the one that is wanted."""
    found = [ledger_of(wanted)] if wanted in defined_names() else []
    return [each for each in (*found, *all_ledgers()) if user.may(each.permission)]


class UnitChoice(forms.ModelChoiceField):
    def label_from_instance(self, unit: OrgUnit) -> str:
        return f"{unit.name}（全县）" if unit.level == OrgUnit.Level.COUNTY else unit.name


class UploadForm(StyledFormMixin, forms.Form):
    """``content`` is the file once the form is valid. ``token`` makes two clicks one upload."""

    ledger = forms.ChoiceField(
        label="台账", widget=forms.RadioSelect, error_messages={"required": "请选择要上传哪一种台账。"}
    )
    unit = UnitChoice(label="单位", queryset=OrgUnit.objects.none(), empty_label=None, to_field_name="code")
    as_of = forms.DateField(
        label="数据日期",
        help_text="表中的“是/否”从这一天起算，没填启用日期的新增行也从这一天起算。",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    file = forms.FileField(
        label="Excel 文件",
        widget=forms.FileInput(attrs={"accept": ACCEPTED, "data-limit": LIMITS.file_bytes}),
        error_messages={
            "required": "请选择要上传的文件。",
            "empty": "文件是空的，里面没有内容。请核对是不是选错了文件，或数据没有保存。",
            "missing": "请选择要上传的文件。",
        },
    )
    token = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user, self.content = user, b""
        self.ledgers = ledgers_for(user, self["ledger"].value() or "")
        self.fields["ledger"].choices = [(each.key, each.label) for each in self.ledgers]
        self.fields[
            "file"
        ].help_text = f"可传 .xlsx、.xls、.ods、.csv，不超过 {LIMITS.file_bytes // MB} MB、{LIMITS.rows // 10_000} 万行。"
        if user.is_township:
            del self.fields["unit"]
        else:
            self.fields["unit"].queryset = units_for_uploads(user)

    def renew(self) -> None:
        """Another token: what is sent next is another upload."""
        self.data = self.data.copy()
        self.data["token"] = str(uuid.uuid4())

    @property
    def org_unit(self) -> OrgUnit:
        return self.cleaned_data.get("unit") or self.user.org_unit

    def clean_ledger(self) -> Ledger:
        return ledger_of(self.cleaned_data["ledger"])

    def clean_as_of(self) -> dt.date:
        day = self.cleaned_data["as_of"]
        if day > timezone.localdate():
            raise ValidationError("数据日期不能晚于今天。")
        if day < EARLIEST:
            raise ValidationError(f"数据日期不能早于 {EARLIEST}。")
        return day

    def clean_file(self) -> Any:
        """What can be told from outside is told at once: too large, another kind of file, a password, macros."""
        file = self.cleaned_data["file"]
        if file.size > LIMITS.file_bytes:
            raise ValidationError(
                f"文件有 {file.size / MB:.1f} MB，超过了 {LIMITS.file_bytes // MB} MB。"
                "请删去图片和无关的工作表，或分成几个文件。"
            )
        self.content = file.read()
        with scratch() as folder:
            path = folder / "upload"
            path.write_bytes(self.content)
            try:
                preflight(path, file.name)
            except Refused as refusal:
                raise ValidationError(str(refusal)) from None
        return file


class ImportFilterForm(ListFilterForm):
    ledger = forms.ChoiceField(label="台账", required=False)
    state = forms.ChoiceField(label="状态", required=False, choices=STATES)
    unit = forms.ModelChoiceField(
        label="单位",
        required=False,
        queryset=OrgUnit.objects.none(),
        to_field_name="code",
        empty_label="全部单位",
    )
    q = search_field("文件名")

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["ledger"].choices = [
            ("", "全部台账"),
            *((each.key, each.label) for each in all_ledgers()),
            *((key, f"登记簿：{named.label}") for key, named in defined_names().items()),
        ]
        if user.is_township:
            del self.fields["unit"]
        else:
            self.fields["unit"].queryset = units_for_uploads(user)


class ApplyForm(StyledFormMixin, forms.Form):
    """``seen`` says which slip was looked at."""

    seen = forms.CharField(required=False, widget=forms.HiddenInput)
    only_good = forms.BooleanField(label="只写入没有错误的行", required=False)
    close_missing = forms.BooleanField(label="停用表中没有的", required=False)
    reason = forms.CharField(
        label="警告说明",
        required=False,
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 2, "placeholder": "如：已与机构核对，老证号码无误"}),
    )


class UndoForm(StyledFormMixin, forms.Form):
    reason = forms.CharField(
        label="撤销原因",
        max_length=200,
        widget=forms.TextInput(
            attrs={"autofocus": True, "autocomplete": "off", "placeholder": "如：传错了月份的表"}
        ),
        error_messages={"required": "请写明撤销的原因。"},
    )
    leave_changed = forms.BooleanField(label="保留这些行，撤销其余的", required=False)


class MatchForm(StyledFormMixin, forms.Form):
    """One select per heading of a sheet: which column of the ledger it is, or none."""

    sheet = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, ledger: Ledger, candidate: dict, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.ledger, self.candidate = ledger, candidate
        self.headings: dict[str, dict] = {}  # field of the form → heading of the sheet
        choices = [
            ("", "不读这一列"),
            *((each.key, f"{each.heading}{'（必填）' if each.required else ''}") for each in ledger.columns),
        ]
        known = set()
        for number, heading in enumerate(candidate["headings"]):
            if heading["text"] in known:
                continue  # two columns of the same name cannot be told apart by it
            known.add(heading["text"])
            name = f"h{number}"
            self.headings[name] = heading
            self.fields[name] = forms.ChoiceField(
                label=heading["text"],
                required=False,
                choices=choices,
                initial=heading["field"] or heading["suggestion"],
                widget=forms.Select(attrs={"class": "form-select", "aria-label": f"“{heading['text']}”对应"}),
            )

    def rows(self) -> list[tuple[dict, forms.BoundField]]:
        return [(heading, self[name]) for name, heading in self.headings.items()]

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        chosen = [data[name] for name in self.headings if data.get(name)]
        for column in self.ledger.columns:
            if chosen.count(column.key) > 1:
                self.add_error(None, f"“{column.heading}”对应了 {chosen.count(column.key)} 列，请只留一列。")
        missing = [each.heading for each in self.ledger.columns if each.required and each.key not in chosen]
        if missing:
            names = "、".join(f"“{name}”" for name in missing)
            self.add_error(None, f"必填的 {names} 还没有对应的列。表里没有这一列的，请在表中补上后重新上传。")
        return data

    def mapping(self) -> dict[str, str]:
        """Heading → column; nothing when all is as it would be read anyway."""
        chosen = {heading["text"]: self.cleaned_data[name] for name, heading in self.headings.items()}
        as_read = {heading["text"]: heading["field"] for heading in self.headings.values()}
        return {} if chosen == as_read else chosen
