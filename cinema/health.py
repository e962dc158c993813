"""Is it up, and can it work? Asked by load balancers and by whoever looks after the house."""

import logging
from collections.abc import Callable

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.db import connection
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from cinema.jobs.health import workers_alive

logger = logging.getLogger(__name__)


def ask_database() -> None:
    """Raises whatever the database driver raises when it does not answer."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        cursor.fetchone()


def ask_channel_layer() -> None:
    """Send to a group nobody listens to: it reaches the layer and leaves nothing behind there."""
    layer = get_channel_layer()
    if layer is None:
        raise RuntimeError("no channel layer is configured")
    async_to_sync(layer.group_send)("readyz", {"type": "nothing"})


def answers(part: str, ask: Callable[[], None]) -> bool:
    """Whether one part answers. The reason why not goes to the log, never to the caller."""
    try:
        ask()
    except Exception:
        logger.exception("readyz: the %s does not answer", part)
        return False
    return True


@require_safe
@never_cache
def healthz(request: HttpRequest) -> JsonResponse:
    """The process is up. Touches nothing else, so that a slow database never gets a healthy process killed."""
    return JsonResponse({"status": "ok"})


@require_safe
@never_cache
def readyz(request: HttpRequest) -> JsonResponse:
    """Database and channel layer answer: 200; else 503 with the name of the part that does not.

    ``work`` says whether anybody does what waits behind the pages. Seats are sold all the same while nobody does, so no
    web server is taken out of service for it.
    """
    parts = {
        "database": answers("database", ask_database),
        "channel_layer": answers("channel layer", ask_channel_layer),
    }
    ready = all(parts.values())
    told = {name: "ok" if fine else "failing" for name, fine in parts.items()}
    told["work"] = say_who_works() if parts["database"] else "unknown"
    return JsonResponse({"status": "ok" if ready else "failing", **told}, status=200 if ready else 503)


def say_who_works() -> str:
    """``ok``, or ``nobody`` when no worker has been heard of for a while."""
    return "ok" if workers_alive(now=timezone.now()) else "nobody"
