"""Forms of programmes and of how they go together."""

import datetime as dt
import re
from typing import Any, ClassVar

from django import forms

from eldercare.forms import StyledFormMixin
from eldercare.lists import ListFilterForm, search_field
from eldercare.models import User
from facilities.forms.checked import LedgerForm
from subsidies.models import Exclusion, Programme

MONTH = re.compile(r"^\s*(\d{4})\s*[-./年]\s*(\d{1,2})\s*月?\s*$")
FIRST_YEAR, LAST_YEAR = 2000, 2100


class MonthInput(forms.DateInput):
    input_type = "month"

    def __init__(self, attrs: dict | None = None) -> None:
        super().__init__(attrs={"placeholder": "2026-01"} | (attrs or {}), format="%Y-%m")


class MonthField(forms.Field):
    """A month as its first day; written as 2026-01, and as people write it where the browser has no picker."""

    widget = MonthInput

    def prepare_value(self, value: Any) -> Any:
        return value.strftime("%Y-%m") if isinstance(value, dt.date) else value

    def to_python(self, value: Any) -> dt.date | None:
        if value in self.empty_values:
            return None
        if isinstance(value, dt.date):
            return value.replace(day=1)
        found = MONTH.match(str(value))
        year, month = (int(found[1]), int(found[2])) if found else (0, 0)
        if not (FIRST_YEAR <= year <= LAST_YEAR and 1 <= month <= 12):
            raise forms.ValidationError("月份请按 2026-01 的样式填写。", code="invalid")
        return dt.date(year, month, 1)

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return self.prepare_value(initial) != self.prepare_value(self.to_python(data))
        except forms.ValidationError:
            return True


class ProgrammeFilterForm(ListFilterForm):
    STATES = (("open", "未终止"), ("ended", "已终止"), ("all", "全部"))

    q = search_field("名称、代码、文号")
    kind = forms.ChoiceField(
        label="种类", required=False, choices=[("", "全部种类"), *Programme.Kind.choices]
    )
    state = forms.ChoiceField(label="状态", required=False, choices=STATES, initial="open")


class ProgrammeForm(LedgerForm):
    starts_on = MonthField(label="政策起始月", help_text="以前的月份不发。")
    ends_on = MonthField(label="政策终止月", required=False, help_text="当月仍发；没有终止的不填。")
    portal_from = MonthField(
        label="本系统发放起始月", help_text="以前的月份在别处发放，不在本系统补发、追缴。"
    )

    class Meta:
        model = Programme
        fields = (
            "name",
            "code",
            "kind",
            "beneficiary",
            "starts_on",
            "ends_on",
            "portal_from",
            "notice_days",
            "outlier_factor",
            "offsets_recoveries",
            "is_example",
            "note",
        )
        help_texts: ClassVar = {
            "code": "小写字母、数字和横线，如 old-age；命令行和接口用。",
            "notice_days": "周六、周日不算；遇节假日在公示时推后截止日期。",
            "outlier_factor": "一次应发超过本人上次或全批中位数的多少倍时，发放前提示核对。",
            "is_example": "标准是示例的勾上；按本县文件改好后去掉。",
        }

    @staticmethod
    def check(data: dict) -> list:
        return []

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        starts, ends, portal = data.get("starts_on"), data.get("ends_on"), data.get("portal_from")
        if starts and ends and ends < starts:
            self.add_error("ends_on", "终止月早于起始月，请核对。")
        if starts and portal and portal < starts:
            self.add_error("portal_from", "早于政策起始月，请核对。")
        if "notice_days" in data and data["notice_days"] is not None and data["notice_days"] > 60:
            self.add_error("notice_days", "公示最多 60 个工作日，请核对。")
        return data


class ExclusionForm(StyledFormMixin, forms.ModelForm):
    effective_from = MonthField(label="执行起始月")
    effective_to = MonthField(label="执行终止月", required=False, help_text="当月仍执行；没有终止的不填。")

    class Meta:
        model = Exclusion
        fields = ("yielding", "prevailing", "relation", "effective_from", "effective_to", "document_number")
        help_texts: ClassVar = {
            "yielding": "两项都符合时让一步的项目。",
            "prevailing": "两项都符合时优先的项目。",
        }

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Two posts or facilities of one holder are not compared: only an elder is one person in two programmes.
        elders = Programme.objects.visible_to(by).filter(beneficiary=Programme.Beneficiary.ELDER)
        for name in ("yielding", "prevailing"):
            self.fields[name].queryset = elders
            self.fields[name].empty_label = "请选择项目"
        self.fields["relation"].choices = [("", "请选择"), *Exclusion.Relation.choices]

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if data.get("yielding") and data.get("yielding") == data.get("prevailing"):
            self.add_error("prevailing", "两个项目不能相同。")
        first, last = data.get("effective_from"), data.get("effective_to")
        if first and last and last < first:
            self.add_error("effective_to", "终止月早于起始月，请核对。")
        return data

    def _post_clean(self) -> None:
        """The action writes, and puts constraints into words."""

    def result(self) -> Exclusion:
        for name in self._meta.fields:
            setattr(self.instance, name, self.cleaned_data[name])
        return self.instance


class TryForm(StyledFormMixin, forms.Form):
    month = MonthField(label="月份")
