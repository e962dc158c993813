"""Who is speaking in a room: an account under its own name, or a guest who can't pass for one."""

import unicodedata
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.db.models.functions import Lower

from accounts.models import User
from accounts.reserved_names import passes_for_staff
from social.models import Room

NAME_LENGTH = 50
MODERATE = "social.moderate_room"


@dataclass(frozen=True)
class GuestDevice:
    """What is known of a guest: the key of the browser or socket, the address (hashed), and since when it is known."""

    key: str
    place: str
    since: datetime


@dataclass(frozen=True)
class Speaker:
    """A person in a room. ``key`` is the account's ``u<id>``, or ``g…`` for a guest."""

    key: str
    name: str
    user_id: int | None = None
    role: str = "guest"
    device: GuestDevice | None = None

    @property
    def is_guest(self) -> bool:
        """Whether this is someone without an account."""
        return self.user_id is None

    @property
    def moderates(self) -> bool:
        """Whether they keep order in this room."""
        return self.role in {"host", "moderator"}


def member(*, user: User, room: Room) -> Speaker:
    """An account's speaker in a room: host of the party, moderator of the house, or plain member."""
    role = "moderator" if user.has_perm(MODERATE) else "member"
    if room.kind == Room.Kind.PARTY and room.party.host_id == user.pk:
        role = "host"
    return Speaker(key=f"u{user.pk}", name=user.username, user_id=user.pk, role=role)


def guest(*, device: GuestDevice, wished: object) -> Speaker:
    """A guest under the name they chose; one that an account owns, or that seems to be staff's, is marked."""
    name = readable_name(wished)
    marked = _is_owned(name) or passes_for_staff(name)
    return Speaker(key=device.key, name=f"{name} (guest)" if marked else name, device=device)


def readable_name(wished: object) -> str:
    """A name without what can't be seen, at most 50 characters; ``guest`` where nothing is left."""
    text = unicodedata.normalize("NFKC", wished) if isinstance(wished, str) else ""
    seen = "".join(char for char in text if unicodedata.category(char)[0] not in "CZ" or char == " ")
    return " ".join(seen.split())[:NAME_LENGTH].strip() or "guest"


def _is_owned(name: str) -> bool:
    # Lower is what the unique index is built with; SQLite's folds ASCII only, so the name as it is is asked for too.
    lowered = User.objects.alias(lowered=Lower("username"))
    return lowered.filter(Q(lowered__in={name.lower(), name.casefold()}) | Q(username=name)).exists()
