"""HTTP and websockets in one process, for development, the demo and the `/ws/` workers of production."""

import os

from channels.routing import ProtocolTypeRouter, URLRouter
from django.core.asgi import get_asgi_application
from django.urls import re_path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cinema.settings")
http = get_asgi_application()

# Models can be imported only once Django is set up.
from accounts.views.setup import SocketsOnceClaimed  # noqa: E402
from social.consumers import ChatSocket, SyncSocket  # noqa: E402
from ticketing.consumers import SeatsSocket  # noqa: E402


async def no_such_socket(scope: dict, receive, send) -> None:
    """Refuse the upgrade on any other path."""
    await receive()
    await send({"type": "websocket.close"})


sockets = URLRouter(
    [
        re_path(r"^ws/chat/?$", ChatSocket.as_asgi()),
        re_path(r"^ws/sync/?$", SyncSocket.as_asgi()),
        re_path(r"^ws/seats/?$", SeatsSocket.as_asgi()),
        re_path(r"", no_such_socket),
    ]
)
application = ProtocolTypeRouter({"http": http, "websocket": SocketsOnceClaimed(sockets)})
