"""``/ws/chat`` and ``/ws/sync``."""

from social.consumers.chat import ChatSocket
from social.consumers.sync import SyncSocket

__all__ = ["ChatSocket", "SyncSocket"]
