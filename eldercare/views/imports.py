"""Uploads: choose a file, watch it being read, look at the change slip, write it, take it back."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from eldercare.models import ImportBatch
from eldercare.permissions import Permission, requires


@require_safe
@requires(Permission.VIEW_LEDGERS)
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    batch = get_object_or_404(ImportBatch.objects.visible_to(request.user), pk=pk)
    return HttpResponse(batch.filename)
