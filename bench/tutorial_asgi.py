"""What most tutorials build, to be measured beside: every consumer in a group of the core Redis layer, no rows."""

import json
import os

from channels.generic.websocket import AsyncWebsocketConsumer
from django.conf import settings

settings.configure(
    CHANNEL_LAYERS={
        "default": {"BACKEND": "channels_redis.core.RedisChannelLayer", "CONFIG": {"hosts": [os.environ["REDIS_URL"]]}}
    }
)


class TutorialChat(AsyncWebsocketConsumer):
    """One window."""

    async def connect(self) -> None:
        """Join the group."""
        await self.channel_layer.group_add("room", self.channel_name)
        await self.accept()

    async def disconnect(self, code: int) -> None:
        """Leave it."""
        await self.channel_layer.group_discard("room", self.channel_name)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        """Pass a message on to the group."""
        frame = json.loads(text_data or "{}")
        if frame["type"] == "join":
            await self.send(text_data=json.dumps({"type": "joined"}))
            return
        event = {"type": "chat.message", "username": frame["username"], "content": frame["content"]}
        await self.channel_layer.group_send("room", event)

    async def chat_message(self, event: dict) -> None:
        """Send what the group was told."""
        frame = {"type": "message", "username": event["username"], "content": event["content"]}
        await self.send(text_data=json.dumps(frame))


application = TutorialChat.as_asgi()
