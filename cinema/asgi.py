"""HTTP and websockets in one process, for development, the demo and the `/ws/` workers of production."""

import os

from channels.routing import ProtocolTypeRouter
from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cinema.settings")
http = get_asgi_application()

application = ProtocolTypeRouter({"http": http})
