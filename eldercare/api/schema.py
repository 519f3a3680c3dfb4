"""The description of the API: an OpenAPI document, and the page that shows it and lets one try it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.renderers import OpenApiJsonRenderer
from drf_spectacular.views import SpectacularAPIView

from eldercare.api.endpoints import PerOwner, TokenOrSession
from eldercare.permissions import Permission, requires

PREFIX = "/api/v1/"


def only_the_api(endpoints: list[tuple]) -> list[tuple]:
    """Without the saving of single cells, which belongs to a page."""
    return [each for each in endpoints if each[0].startswith(PREFIX) and not each[0].endswith("/schema/")]


class TokenScheme(OpenApiAuthenticationExtension):
    """How drf-spectacular describes our way of asking who it is."""

    target_class = "eldercare.api.endpoints.TokenOrSession"
    name = ("token", "session")

    def get_security_definition(self, auto_schema) -> list[dict]:
        return [
            {"type": "http", "scheme": "bearer", "description": "接口凭证，放在 Authorization 请求头里。"},
            {"type": "apiKey", "in": "cookie", "name": "sessionid", "description": "在浏览器里登录之后。"},
        ]

    def get_security_requirement(self, auto_schema) -> list[dict]:
        return [{"token": []}, {"session": []}]


schema = requires(Permission.SIGNED_IN)(
    SpectacularAPIView.as_view(
        authentication_classes=[TokenOrSession],
        renderer_classes=[OpenApiJsonRenderer],
        throttle_classes=[PerOwner],  # describing everything takes a while
        permission_classes=[],  # the mark decides, as everywhere
    )
)


@require_safe
@requires(Permission.SIGNED_IN)
def docs(request: HttpRequest) -> HttpResponse:
    return render(request, "api/docs.html", {"schema_url": reverse("api-schema")})
