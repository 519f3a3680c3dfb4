"""The account into which the money of a post or of a facility goes."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from eldercare.errors import Refused
from eldercare.permissions import Permission, requires
from subsidies.actions import payees as actions
from subsidies.forms.payees import HolderPayeeForm
from subsidies.views.enrolments import find


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.EDIT_PEOPLE)
def set_payee(request: HttpRequest, pk: int) -> HttpResponse:
    enrolment = find(request, pk)
    if enrolment.elder_id:
        return redirect("payee-create", enrolment.elder_id)
    form = HolderPayeeForm(request.POST or None, holder_name=enrolment.holder_name)
    if form.is_valid():
        try:
            actions.set_payee(enrolment=enrolment, values=form.cleaned_data, by=request.user)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "收款账户已登记，以后的发放用这个账户。")
            return redirect("enrolment-detail", pk)
    context = {"enrolment": enrolment, "form": form, "in_use": actions.payee_in_use(enrolment)}
    return render(request, "enrolments/payee.html", context)
