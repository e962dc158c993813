"""The API's own addresses: its description, its browsable page, and every address that isn't one. Included last."""

from django.urls import path, re_path
from drf_spectacular.views import SpectacularJSONAPIView, SpectacularSwaggerSplitView
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from cinema.api.dialects import BOOKING, COMMUNITY, V1_DIALECT
from cinema.api.endpoints import DialectViewSet


class UnknownPath(DialectViewSet):
    """Answers whatever the method: there is nothing here."""

    authentication_classes: list = []
    schema = None

    def initial(self, request: Request, *args: object, **kwargs: object) -> None:
        """Refuse before the method is looked at. Raises NotFound."""
        super().initial(request, *args, **kwargs)
        raise NotFound

    def list(self, request: Request) -> Response:
        """Never reached."""
        raise NotFound


class UnknownBookingPath(UnknownPath):
    """Elsewhere below ``/api/``."""

    dialect = BOOKING


class UnknownCommunityPath(UnknownPath):
    """Below what only the community dialect has, such as a film whose id is no number."""

    dialect = COMMUNITY


class UnknownV1Path(UnknownPath):
    """Below ``/api/v1/``."""

    dialect = V1_DIALECT


class Schema(SpectacularJSONAPIView):
    """The OpenAPI document."""

    authentication_classes: list = []
    permission_classes: list = []
    dialect = BOOKING
    schema = None


class Docs(SpectacularSwaggerSplitView):
    """The document, browsable, from files of this site only."""

    authentication_classes: list = []
    permission_classes: list = []
    dialect = BOOKING
    schema = None


urlpatterns = [
    path("schema", Schema.as_view(), name="api-schema"),
    path("docs", Docs.as_view(url_name="api-schema"), name="api-docs"),
    re_path(r"^v1(?:/.*)?$", UnknownV1Path.as_view({"get": "list"})),
    re_path(r"^(?:movies|register|login)(?:/.*)?$", UnknownCommunityPath.as_view({"get": "list"})),
    re_path(r"^.*$", UnknownBookingPath.as_view({"get": "list"})),
]
