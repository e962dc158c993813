"""Who is asking, when a proxy stands in between."""

import pytest
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpResponse

from cinema.proxy import BelieveTheProxy


def asked_by(rf, **headers):
    seen = []

    def view(request):
        seen.append(request.META["REMOTE_ADDR"])
        return HttpResponse()

    BelieveTheProxy(view)(rf.get("/", headers=headers))
    return seen[0]


def test_the_proxy_is_believed_about_the_last_hop_only(rf, settings):
    settings.BEHIND_PROXY = True

    assert asked_by(rf, **{"X-Forwarded-For": "6.6.6.6, 198.51.100.7"}) == "198.51.100.7"


def test_without_the_header_the_connection_s_own_address_stands(rf, settings):
    settings.BEHIND_PROXY = True

    assert asked_by(rf) == "127.0.0.1"


def test_without_a_proxy_nobody_is_believed(rf, settings):
    settings.BEHIND_PROXY = False

    with pytest.raises(MiddlewareNotUsed):
        asked_by(rf)
