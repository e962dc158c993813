"""Where people meet: a room for every film on show, and watch parties."""

import secrets
import time
from collections.abc import Callable
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from catalog.models import Movie
from cinema.errors import CinemaError, Conflict, InvalidInput, NotFound
from cinema.realtime import publish_on_commit, room_topic
from social import frames
from social.models import Party, Room
from social.playback import Timeline

TRIES = 20


class NoSuchRoom(NotFound):
    """There is no room of this name (any more)."""

    code = "no_such_room"
    message = _("There is no such room.")


class NoStream(Conflict):
    """A film can be watched together only where it has a stream."""

    code = "no_stream"
    message = _("This film cannot be streamed.")


class InvalidParty(InvalidInput):
    """An unknown word for who may control or whether to wait."""

    code = "invalid_party"
    message = _("Control is host or everyone; wait is off, short or all.")


class StaleTimeline(CinemaError):
    """The wish was made on an older state of the party than it has now."""

    code = "conflict"
    message = _("The party has moved on meanwhile.")
    http_status = 409


def sync_topic(room_key: str) -> str:
    """What those who watch together hear, apart from the talk."""
    return f"{room_topic(room_key)}.sync"


def room_of(*, key: str, now: datetime) -> Room:
    """The room by its public name; a film's is opened by whoever enters it first. Raises NoSuchRoom."""
    if not isinstance(key, str) or len(key) > 60 or not key.isascii() or not key.isprintable():
        raise NoSuchRoom
    room = Room.objects.select_related("movie", "party").filter(key=key).first()
    kind, _dash, rest = key.partition("-")
    if room is not None:
        if room.movie.status == Movie.Status.REMOVED:
            raise NoSuchRoom
        return room
    # Only the plain spelling of a number names a film: "movie-007" would be a second room for number 7.
    if kind != Room.Kind.MOVIE or not rest.isascii() or not rest.isdigit() or rest != str(int(rest)) or len(rest) > 18:
        raise NoSuchRoom
    movie = Movie.objects.on_show().filter(pk=int(rest)).first()
    if movie is None:
        raise NoSuchRoom
    return Room.objects.get_or_create(key=key, defaults={"kind": Room.Kind.MOVIE, "movie": movie, "created_at": now})[0]


@transaction.atomic
def start_party(*, host: User, movie: Movie, control: str = "host", wait: str = "short", now: datetime) -> Party:
    """Open a watch party for a film that has a stream. Raises NoStream, InvalidParty."""
    if control not in Party.Control.values or wait not in Party.Wait.values:
        raise InvalidParty
    if not movie.stream_url or movie.status == Movie.Status.REMOVED:
        raise NoStream
    code = secrets.token_hex(8)
    room = Room.objects.create(key=f"party-{code}", kind=Room.Kind.PARTY, movie=movie, created_at=now)
    start = Timeline(at=frames.milliseconds(now), length=movie.duration * 60.0)
    return Party.objects.create(room=room, code=code, host=host, control=control, wait=wait, timeline=start.as_json())


def party_by_code(*, code: str) -> Party:
    """The party of an invitation. Raises NoSuchRoom."""
    party = Party.objects.select_related("room__movie", "host").filter(code=code).first()
    if party is None or party.room.movie.status == Movie.Status.REMOVED:
        raise NoSuchRoom
    return party


def timeline_of(party: Party) -> Timeline:
    """The party's timeline as read with its row."""
    return Timeline.from_json(party.timeline)


def change_timeline(
    *, party_id: int, change: Callable[[Timeline, Party], Timeline], if_rev: int | None = None
) -> tuple[Party, Timeline]:
    """Replace the timeline by what ``change`` makes of it, and tell the room.

    Written only where ``rev`` is still what was read; whoever loses that race reads again and tries anew, so two
    processes can't fork the timeline. Raises StaleTimeline when ``if_rev`` is given and no longer true.
    """
    for _try in range(TRIES):
        party = Party.objects.select_related("room__movie").get(pk=party_id)
        line = timeline_of(party)
        if if_rev is not None and line.rev != if_rev:
            raise StaleTimeline(state=frames.state(party, line, party.room.key))
        changed = change(line, party)
        if changed == line or _replaced(party, line, changed):
            return party, changed
        time.sleep(0.002)
    raise StaleTimeline(state=frames.state(party, line, party.room.key))


@transaction.atomic
def _replaced(party: Party, line: Timeline, changed: Timeline) -> bool:
    won = Party.objects.filter(pk=party.pk, rev=line.rev).update(rev=changed.rev, timeline=changed.as_json())
    if not won:
        return False
    publish_on_commit(sync_topic(party.room.key), {"kind": "state", "line": changed.as_json()})
    return True
