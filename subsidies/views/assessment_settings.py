"""The county's settings for assessments, and the table of what older results mean."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from eldercare.errors import Conflict, Refused
from eldercare.permissions import Permission, requires
from subsidies.actions import assessments as actions
from subsidies.forms.assessments import AssessmentSettingsForm, MappingForm
from subsidies.models import LevelMapping


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.EDIT_PROGRAMMES)
def settings_page(request: HttpRequest) -> HttpResponse:
    county = request.user.org_unit
    settings = actions.settings_for(county)
    form = AssessmentSettingsForm(request.POST or None, instance=settings)
    table = MappingForm(request.POST or None, mappings=list(LevelMapping.objects.all()))
    stamp = request.POST.get("seen") or actions.settings_stamp(county)
    if request.method == "POST" and all([form.is_valid(), table.is_valid()]):
        try:
            actions.save_settings(
                county=county,
                values=form.cleaned_data,
                levels=table.levels,
                new=table.new,
                removed=table.removed,
                seen=stamp,
                by=request.user,
            )
        except Conflict as conflict:
            stamp = actions.settings_stamp(county)
            form.add_error(None, str(conflict))
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "已保存评估设置和等级对照。已登记的评估不变，以后登记的按新设置。")
            return redirect("assessment-settings")
    return render(request, "assessments/settings.html", {"form": form, "table": table, "stamp": stamp})
