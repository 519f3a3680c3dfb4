"""Lists of other offices for comparison, as they were uploaded."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from eldercare.lists import list_page
from eldercare.permissions import Permission, requires
from subsidies.forms.batches import ListedFilterForm
from subsidies.models import ListedPerson
from subsidies.pages.listed_persons import LISTED, filter_listed


@never_cache
@require_safe
@requires(Permission.PREPARE_PAYMENTS)
def listed_person_list(request: HttpRequest) -> HttpResponse:
    form = ListedFilterForm(request.GET)
    everything = ListedPerson.objects.visible_to(request.user)
    return list_page(
        request,
        LISTED,
        form=form,
        everything=everything,
        rows=filter_listed(everything, form.chosen()),
        template="payments/listed_persons.html",
    )
