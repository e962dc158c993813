"""Publishing: never blocks its caller, never breaks a page or a sale.

In one process an event goes straight to the hubs of that process. With Redis a thread of this process sends what
was queued, in order, and tries again while Redis is away: so a short restart of Redis loses nothing, and a page
never waits for it.
"""

import json
from functools import partial

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction

from cinema.realtime.bus import over_redis
from cinema.realtime.hub import deliver_here


def publish_on_commit(topic: str, event: dict) -> None:
    """Tell ``topic`` of ``event`` once the transaction at hand has committed (at once where there is none)."""
    transaction.on_commit(partial(publish, topic, event), robust=True)


def publish(topic: str, event: dict) -> None:
    """Tell ``topic`` of ``event`` now, from any thread. Returns at once and raises nothing for a bus that is away."""
    body = json.dumps(event, cls=DjangoJSONEncoder, ensure_ascii=False, separators=(",", ":"))
    if settings.REDIS_URL:
        over_redis("Publisher").of_this_process().put(topic, body)
    else:
        deliver_here(topic, body)
