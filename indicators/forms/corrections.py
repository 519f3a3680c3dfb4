"""What the forms of correction slips bring."""

import datetime as dt

from django import forms

from eldercare.forms import StyledFormMixin, refuse_id_number
from eldercare.lists import ListFilterForm, search_field
from eldercare.models import OrgUnit, User
from indicators.models import CorrectionSlip, MonthlyReport

TEXT_LENGTH = 300


class SlipForm(StyledFormMixin, forms.Form):
    """Reason and evidence. Both are read by whoever approves, and years later by an auditor."""

    reason = forms.CharField(
        label="更正原因",
        max_length=TEXT_LENGTH,
        validators=[refuse_id_number],
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="为什么公布的数不对，例如“第二季度新开办的照料中心漏登”。",
    )
    evidence = forms.CharField(
        label="依据",
        max_length=1000,
        validators=[refuse_id_number],
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="能查到什么：文号、名册、验收单、会议纪要等。",
    )


class StartForm(SlipForm):
    """Only months that have locked reports can be chosen: anything else is changed in the report itself."""

    month = forms.TypedChoiceField(label="更正月份", coerce=dt.date.fromisoformat)
    field_order = ("month", "reason", "evidence")

    def __init__(self, *args, county: OrgUnit, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        locked = (
            MonthlyReport.objects.filter(
                org_unit__path__startswith=county.path, status=MonthlyReport.Status.LOCKED
            )
            .order_by("-month")
            .values_list("month", flat=True)
            .distinct()
        )
        self.fields["month"].choices = [
            (month.isoformat(), f"{month.year}年{month.month}月") for month in locked
        ]


class OpinionForm(StyledFormMixin, forms.Form):
    opinion = forms.CharField(
        label="审批意见",
        max_length=TEXT_LENGTH,
        required=False,
        validators=[refuse_id_number],
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class SlipFilterForm(ListFilterForm):
    status = forms.ChoiceField(
        label="状态", required=False, choices=[("", "全部"), *CorrectionSlip.Status.choices]
    )
    month = forms.ChoiceField(label="更正月份", required=False)
    q = search_field("原因、依据")

    def __init__(self, *args, user: User, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        months = (
            CorrectionSlip.objects.visible_to(user)
            .order_by("-month")
            .values_list("month", flat=True)
            .distinct()
        )
        self.fields["month"].choices = [
            ("", "全部"),
            *((month.isoformat(), f"{month.year}年{month.month}月") for month in months),
        ]
