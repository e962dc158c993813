"""News for open pages: what a domain function publishes once its change is true, and who hears it.

A domain module needs three things of this package: a topic, ``publish_on_commit`` and nothing else. The sockets
need the hub.
"""

from cinema.realtime.bus import BusLost, bus_answers
from cinema.realtime.hub import Hub, Listener
from cinema.realtime.publishing import publish, publish_on_commit
from cinema.realtime.topics import room_topic, showtime_topic, user_topic

__all__ = [
    "BusLost",
    "Hub",
    "Listener",
    "bus_answers",
    "publish",
    "publish_on_commit",
    "room_topic",
    "showtime_topic",
    "user_topic",
]
