"""Who is in a room, over all processes: each tells the others whom it has, and forgets a process that fell silent."""

import asyncio
import time
import uuid

from cinema.realtime import publish
from cinema.realtime.feed import Feed
from cinema.realtime.socket import Socket
from social.moderation import Target
from social.speakers import Speaker

REPEAT_SECONDS = 15
FORGET_SECONDS = 40
GATHER_SECONDS = 0.25  # a crowd coming in is told about in a few frames, not one for each
SHOWN = 100
SHOWN_OF_EACH = ("user_id", "username", "role", "guest", "guest_id")

THIS_PROCESS = uuid.uuid4().hex


class Elsewhere:
    """Whom another process last said it has."""

    def __init__(self, members: list[dict], count: int) -> None:
        self.members, self.count, self.heard_at = members, count, time.monotonic()


class RoomFeed(Feed):
    """A feed whose members are people: it gathers who is here and tells full clients."""

    def __init__(self, hub, key: str) -> None:
        super().__init__(hub, key)
        self.name = f"{THIS_PROCESS}-{uuid.uuid4().hex[:8]}"
        self.elsewhere: dict[str, Elsewhere] = {}
        self.changed = asyncio.Event()
        self.told: tuple | None = None

    async def start(self) -> None:
        """Ask the others whom they have, and keep telling them whom we have."""
        publish(self.topic, {"kind": "who", "process": self.name})
        self.spawn(self._keep_telling())

    def heard_presence(self, event: dict) -> None:
        """Another process speaks of its members, or asks for ours."""
        if event["process"] == self.name:
            return
        if event["kind"] == "here":
            if event["members"]:
                self.elsewhere[event["process"]] = Elsewhere(event["members"], event["count"])
            else:
                self.elsewhere.pop(event["process"], None)
        self.told = None if event["kind"] == "who" else self.told
        self.changed.set()

    def people(self) -> list[dict]:
        """Everyone known to be here, those of other processes included."""
        here = [self.about(socket) for socket in self.members if self.speaker_of(socket) is not None]
        return here + [member for other in self.elsewhere.values() for member in other.members]

    def presence(self) -> dict:
        """The ``presence`` frame: how many people are here, and the first hundred of them."""
        people, seen, users = self.people(), set(), []
        for person in people:
            # Two windows of one account, or of one guest's browser, are one person.
            who = person["user_id"] or person["guest_id"]
            if who not in seen:
                seen.add(who)
                users.append({key: person[key] for key in SHOWN_OF_EACH if key in person})
        beyond = sum(other.count - len(other.members) for other in self.elsewhere.values())
        return {
            "type": "presence",
            "room_id": self.key,
            "op": "set",
            "count": len(users) + beyond,
            "users": users[:SHOWN],
        }

    def about(self, socket: Socket) -> dict:
        """What other processes are told of a member."""
        speaker = self.members[socket]["speaker"]
        return {
            "socket": self.members[socket]["id"],
            "user_id": speaker.user_id,
            "username": speaker.name,
            "role": speaker.role,
            "guest": speaker.is_guest,
            **({"guest_id": speaker.key, "place": speaker.device.place} if speaker.device else {}),
        }

    def guests(self) -> dict[str, Target]:
        """The guests who are here, by the id that moderators know each by."""
        here = [person for person in self.people() if person["guest"]]
        return {one["guest_id"]: Target(one["guest_id"], one["username"], one["place"]) for one in here}

    def speaker_of(self, socket: Socket) -> Speaker | None:
        """Who a member is, once it has joined."""
        return self.members[socket].get("speaker")

    def send_out(self, event: dict) -> None:
        """A moderator sent someone out: their sockets leave."""
        for socket in list(self.members):
            speaker = self.speaker_of(socket)
            if speaker is not None and speaker.key == event["key"]:
                asyncio.ensure_future(socket.sent_out(self.key, event["code"]))  # noqa: RUF006 - it ends itself

    def member_left(self, socket: Socket) -> None:
        """One fewer."""
        self.changed.set()
        if not self.members:
            publish(self.topic, {"kind": "here", "process": self.name, "members": [], "count": 0})

    async def _keep_telling(self) -> None:
        while True:
            try:
                await asyncio.wait_for(self.changed.wait(), REPEAT_SECONDS)
                await asyncio.sleep(GATHER_SECONDS)
            except TimeoutError:
                self.told = None
            self.changed.clear()
            stale = time.monotonic() - FORGET_SECONDS
            self.elsewhere = {name: other for name, other in self.elsewhere.items() if other.heard_at > stale}
            self._tell_others()
            self.presence_changed()

    def _tell_others(self) -> None:
        members = [self.about(socket) for socket in self.members if self.speaker_of(socket) is not None]
        told = tuple(tuple(member.items()) for member in members)
        if told != self.told:
            self.told = told
            publish(
                self.topic,
                {"kind": "here", "process": self.name, "members": members[:SHOWN], "count": len(members)},
            )

    def presence_changed(self) -> None:
        """Whoever is here may have changed: tell full clients."""
        frame = self.presence()
        if frame != getattr(self, "last_presence", None):
            self.last_presence = frame
            self.tell(frame, full_only=True)
