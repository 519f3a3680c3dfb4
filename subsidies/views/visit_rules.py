"""Rules of how often whom to visit."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from eldercare.errors import Refused
from eldercare.permissions import Permission, requires
from facilities.views.editing import edited
from subsidies.actions import visit_rules as actions
from subsidies.forms.visits import VisitRuleForm
from subsidies.models import VisitRule


@never_cache
@require_safe
@requires(Permission.VIEW_PEOPLE)
def rule_list(request: HttpRequest) -> HttpResponse:
    rules = VisitRule.objects.visible_to(request.user)
    context = {
        "rules": rules,
        "today": timezone.localdate(),
        "may_edit": request.user.may(Permission.EDIT_PROGRAMMES),
    }
    return render(request, "care/rules.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.EDIT_PROGRAMMES)
def create(request: HttpRequest) -> HttpResponse:
    form = VisitRuleForm(request.POST or None)
    if form.is_valid():
        try:
            rule = actions.create_rule(fields=form.changes(), by=request.user)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"已新增：{rule}。")
            return redirect("visit-rule-list")
    return render(request, "care/rule_form.html", {"form": form})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.EDIT_PROGRAMMES)
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    rule = _rule(request, pk)
    form = VisitRuleForm(request.POST or None, instance=rule)
    return edited(
        request,
        form,
        save=lambda data: actions.edit_rule(
            rule=rule, changes=form.changes(), seen=data["seen"], by=request.user
        ),
        again=lambda: _rule(request, pk),
        done="visit-rule-edit",
        template="care/rule_form.html",
        context={"rule": rule},
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.EDIT_PROGRAMMES)
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    rule = _rule(request, pk)
    if request.method == "POST":
        try:
            actions.remove_rule(rule=rule, by=request.user)
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, "已删除。")
        return redirect("visit-rule-list")
    return render(request, "care/rule_remove.html", {"rule": rule})


def _rule(request: HttpRequest, pk: int) -> VisitRule:
    return get_object_or_404(VisitRule.objects.visible_to(request.user), pk=pk)
