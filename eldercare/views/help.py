"""How to do the month, one screen for each role."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from eldercare.permissions import Permission, Role, requires

TOPICS = (
    *((role.value, role.label, f"help/_{role.value}.html") for role in Role),
    ("api", "数据接口", "help/_api.html"),
)


@require_safe
@requires(Permission.SIGNED_IN)
def help_page(request: HttpRequest) -> HttpResponse:
    """The reader's own role first chosen; the others are a click away."""
    wanted = request.GET.get("role", request.user.role)
    topic = next((each for each in TOPICS if each[0] == wanted), TOPICS[0])
    return render(request, "help.html", {"topics": TOPICS, "topic": topic})
