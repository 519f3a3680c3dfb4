"""Public notices: the list, putting one up, its page to print, closing it."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from eldercare.errors import Refused
from eldercare.lists import ListFilterForm, list_page
from eldercare.models import OrgUnit, User
from eldercare.permissions import Permission, requires
from facilities.forms.facilities import townships_of
from subsidies.actions import notices as actions
from subsidies.forms.notices import NoticeForm
from subsidies.models import Programme, PublicNotice
from subsidies.pages.enrolments import place_of
from subsidies.pages.matching import bands_of
from subsidies.pages.notices import (
    days_of,
    filter_notices,
    is_shown,
    notice_badge,
    notice_lines,
    notice_listing,
    notice_rows,
    waiting_for_notice,
    waiting_groups,
)


class NoticeFilterForm(ListFilterForm):
    STATES = (("open", "未办结"), ("due", "期满待办结"), ("closed", "已办结"), ("all", "全部"))

    programme = forms.ModelChoiceField(
        label="补贴项目", required=False, queryset=Programme.objects.none(), empty_label="全部项目"
    )
    unit = forms.ModelChoiceField(
        label="镇(街道)",
        required=False,
        queryset=OrgUnit.objects.none(),
        to_field_name="code",
        empty_label="全部镇(街道)",
    )
    state = forms.ChoiceField(label="状态", required=False, choices=STATES, initial="all")

    def __init__(self, *args, by: User, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["programme"].queryset = Programme.objects.visible_to(by)
        if by.is_township:
            del self.fields["unit"]
        else:
            self.fields["unit"].queryset = townships_of(by)


@never_cache
@require_safe
@requires(Permission.VIEW_PEOPLE)
def notice_list(request: HttpRequest) -> HttpResponse:
    form = NoticeFilterForm(request.GET, by=request.user)
    today = timezone.localdate()
    everything = PublicNotice.objects.visible_to(request.user)
    may_publish = request.user.may(Permission.CHECK_ENROLMENTS)
    return list_page(
        request,
        notice_listing(today),
        form=form,
        everything=everything,
        rows=notice_rows(filter_notices(everything, form.chosen(), today)),
        template="public_notices/list.html",
        context={"groups": waiting_groups(request.user), "may_publish": may_publish},
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.CHECK_ENROLMENTS)
def notice_create(request: HttpRequest, programme: int, unit: str) -> HttpResponse:
    """The checked applicants of a township, all of them ticked."""
    found = get_object_or_404(Programme.objects.visible_to(request.user), pk=programme)
    township = get_object_or_404(OrgUnit.objects.visible_to(request.user), code=unit)
    rows = waiting_for_notice(request.user, found, township)
    ticked = (
        set(request.POST.getlist("enrolment")) if request.method == "POST" else {str(row.pk) for row in rows}
    )
    form = NoticeForm(request.POST if request.method == "POST" else None, programme=found)
    if form.is_valid():
        try:
            notice = actions.publish(
                programme=found,
                org_unit=township,
                enrolments=[row for row in rows if str(row.pk) in ticked],
                by=request.user,
                **form.cleaned_data,
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "已公示。请打印张贴，期满后在这里办结。")
            return redirect("public-notice-detail", notice.pk)
    bands = bands_of(rows, timezone.localdate().replace(day=1))
    context = {
        "programme": found,
        "unit": township,
        "form": form,
        "rows": [(row, place_of(row), bands.get(row.pk), str(row.pk) in ticked) for row in rows],
    }
    return render(request, "public_notices/create.html", context)


def find(request: HttpRequest, pk: int) -> PublicNotice:
    rows = PublicNotice.objects.visible_to(request.user).select_related(
        "programme", "org_unit", "published_by"
    )
    return get_object_or_404(rows, pk=pk)


@never_cache
@require_safe
@requires(Permission.VIEW_PEOPLE)
def notice_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """After its last day the names are gone (410) for everybody but the county."""
    notice = find(request, pk)
    today = timezone.localdate()
    shown = is_shown(notice, request.user, today)
    context = {
        "notice": notice,
        "badge": notice_badge(notice, today),
        "lines": notice_lines(notice) if shown else None,
        "days": days_of(notice),
        "is_over": notice.ends_on < today,
        "may_close": request.user.may(Permission.CHECK_ENROLMENTS),
    }
    return render(request, "public_notices/detail.html", context, status=200 if shown else 410)


@require_POST
@requires(Permission.CHECK_ENROLMENTS)
def notice_close(request: HttpRequest, pk: int) -> HttpResponse:
    notice = find(request, pk)
    try:
        number = actions.close_notice(notice=notice, by=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("public-notice-detail", pk)
    messages.success(request, f"公示已办结，{number} 人报县级审批。")
    return redirect("public-notice-list")
