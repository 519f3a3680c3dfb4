"""The filter of the people whom a change of rules moves."""

import datetime as dt
from typing import Any

from django import forms

from eldercare.lists import search_field
from subsidies.forms.batches import UnitFilterForm
from subsidies.models import ReplayLine, RuleReplay
from subsidies.pages.replays import moved_programmes


class ReplayFilterForm(UnitFilterForm):
    programme = forms.TypedChoiceField(label="补贴项目", required=False, coerce=int)
    month = forms.TypedChoiceField(
        label="月份",
        required=False,
        coerce=lambda text: dt.datetime.strptime(text, "%Y-%m").date(),
        empty_value=None,
    )
    change = forms.ChoiceField(
        label="变化", required=False, choices=[("", "全部"), *ReplayLine.Change.choices]
    )
    q = search_field("姓名")

    def __init__(self, *args: Any, replay: RuleReplay, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        months = [(f"{each:%Y-%m}", f"{each.year}年{each.month}月") for each in reversed(replay.months)]
        self.fields["month"].choices = [("", "全部"), *months]
        programmes = moved_programmes(replay)
        self.fields["programme"].choices = [("", "全部"), *programmes]
        if len(programmes) < 2:
            self.fields["programme"].widget = forms.HiddenInput()
