"""Forms of home adaptations and family beds."""

from typing import Any

from django import forms
from django.db.models import Q
from django.utils import timezone

from eldercare.forms import StyledFormMixin, refuse_id_number
from eldercare.lists import ListFilterForm, search_field
from eldercare.models import User
from facilities.forms.beds import FacilityChoice
from facilities.forms.checked import LedgerForm, date_field
from facilities.forms.staff import units_of
from facilities.models import Facility
from subsidies.actions import adaptations, family_beds
from subsidies.models import Adaptation, Elder, FamilyBed
from subsidies.pages.adaptations import STATE_TABS
from subsidies.pages.family_beds import STATES
from subsidies.rules.adaptations import ADAPTATION, FAMILY_BED, Step, day_problem, missing


class PlainForm(LedgerForm):
    """Without remarks to confirm."""

    @staticmethod
    def check(data: Any) -> list:
        return []


class AdaptationFilterForm(ListFilterForm):
    state = forms.ChoiceField(label="状态", required=False, choices=[("", "全部"), *STATE_TABS])
    unit = forms.ModelChoiceField(
        label="镇(街道)", required=False, queryset=None, to_field_name="code", empty_label="全部"
    )
    round = forms.CharField(label="批次", required=False, max_length=40)
    since = date_field("验收日期起", required=False)
    until = date_field("止", required=False)
    q = search_field("姓名、施工单位")

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = units_of(user)
        if user.is_township:
            del self.fields["unit"]


class AdaptationForm(PlainForm):
    """A household put on the list; applied for at once when a day of application is given."""

    class Meta:
        model = Adaptation
        fields = adaptations.BASE

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["needed_from"].initial = timezone.localdate
        self.fields["applied_on"].help_text = "已经申请的填写；没有申请的留空，列为“应改未申请”"

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        today = timezone.localdate()
        needed, applied = data.get("needed_from"), data.get("applied_on")
        if needed and needed > today:
            self.add_error("needed_from", "日期还没有到，请核对。")
        if needed and applied and (applied < needed or applied > today):
            self.add_error("applied_on", "申请日期应在核定应改日期到今天之间，请核对。")
        return data


class AdaptationEditForm(PlainForm):
    class Meta:
        model = Adaptation
        fields = adaptations.EDITABLE

    def clean_needed_from(self):
        day, accepted = self.cleaned_data["needed_from"], self.instance.accepted_on
        if accepted and day > accepted:
            raise forms.ValidationError(f"核定日期不能晚于验收日期（{accepted}）。")
        return day


class StepForm(PlainForm):
    """The day of a step and what it says; a subclass names the table."""

    day = date_field("日期", initial=timezone.localdate)
    steps: tuple[Step, ...]
    begins: str

    def __init__(self, *args: Any, step: Step, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.step = step
        self.fields["day"].label = f"{step.name}日期"
        for name in set(self._meta.fields) - set(step.fields):
            del self.fields[name]
        for name in step.required:
            self.fields[name].required = True

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        day = data.get("day")
        if day:
            problem = day_problem(
                self.steps, self.step, day, self.instance, begins=self.begins, today=timezone.localdate()
            )
            if problem:
                self.add_error("day", problem)
        for name in missing(self.step, data):
            if name not in self.errors:
                self.add_error(name, "此项必填。")
        cost, subsidy = data.get("cost"), data.get("subsidy")
        if cost is not None and subsidy is not None and subsidy > cost:
            self.add_error("subsidy", "补贴不能多于改造费用，请核对。")
        return data


class AdaptationStepForm(StepForm):
    steps, begins = ADAPTATION, "needed_from"

    class Meta:
        model = Adaptation
        fields = ("assessor", "contractor", "accepted_by", "items", "cost", "subsidy")


class ReasonForm(StyledFormMixin, forms.Form):
    reason = forms.CharField(label="原因", max_length=100, validators=[refuse_id_number])


class DatedReasonForm(ReasonForm):
    day = date_field("日期", initial=timezone.localdate)
    field_order = ("day", "reason")


# --- Family beds ------------------------------------------------------------------------------------------------


class FamilyBedFilterForm(ListFilterForm):
    state = forms.ChoiceField(label="状态", required=False, initial="open", choices=STATES)
    facility = FacilityChoice(
        label="签约机构", required=False, queryset=Facility.objects.none(), empty_label="全部"
    )
    q = search_field("姓名、机构")

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["facility"].of(user)


class FamilyBedForm(PlainForm):
    """An application: with which facility."""

    facility = FacilityChoice(label="签约机构", queryset=Facility.objects.none(), empty_label="请选择")

    class Meta:
        model = FamilyBed
        fields = ("facility", "applied_on", "adaptation", "services")

    def __init__(self, *args: Any, user: User, elder: Elder, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        today = timezone.localdate()
        self.fields["applied_on"].initial = today
        self.fields["facility"].of(user)
        open_ones = self.fields["facility"].queryset.filter(Q(closed_on=None) | Q(closed_on__gt=today))
        self.fields["facility"].queryset = open_ones
        _offer_adaptations(self, elder)


class FamilyBedEditForm(PlainForm):
    class Meta:
        model = FamilyBed
        fields = family_beds.EDITABLE

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer_adaptations(self, self.instance.elder)


def _offer_adaptations(form: forms.Form, elder: Elder) -> None:
    field = form.fields["adaptation"]
    field.queryset = Adaptation.objects.filter(elder=elder)
    field.label_from_instance = lambda row: f"{row.round}（{row.state.label}）"
    field.empty_label = "没有"


class FamilyBedStepForm(StepForm):
    steps, begins = FAMILY_BED, "applied_on"

    class Meta:
        model = FamilyBed
        fields = ("equipment", "services", "monthly_fee", "subsidy")
