"""Rooms and the guarding of a party's timeline."""

from dataclasses import replace

import pytest

from social.models import Restriction, Room
from social.moderation import CannotTouchModerator, NotAModerator, Target, ban, kick, lift, mute, set_slow_mode
from social.playback import seek
from social.rooms import NoStream, NoSuchRoom, StaleTimeline, change_timeline, room_of, start_party, timeline_of
from social.speakers import GuestDevice, guest, member, readable_name
from tests.factories import a_movie, an_administrator


def moved(to: float):
    """A wish to be elsewhere in the film."""
    return lambda line, party: seek(line, now=1, by="ann", position=to, lead=0)


def test_a_film_s_room_is_opened_once_by_whoever_comes_first(movie, now):
    first = room_of(key=f"movie-{movie.pk}", now=now)

    assert room_of(key=f"movie-{movie.pk}", now=now) == first
    assert Room.objects.count() == 1


@pytest.mark.parametrize(
    "key", ["movie-01", "movie-", "movie--1", "movie-１", "hall-1", "party-x", "", "movie-99999999"]
)
def test_only_the_plain_spelling_of_a_film_on_show_is_a_room(db, now, key):
    with pytest.raises(NoSuchRoom):
        room_of(key=key, now=now)


def test_a_party_needs_a_stream(ann, now):
    with pytest.raises(NoStream):
        start_party(host=ann, movie=a_movie(), now=now)


def test_every_change_raises_the_revision_by_one_and_no_change_leaves_it(ann, movie, now):
    party = start_party(host=ann, movie=movie, now=now)

    change_timeline(party_id=party.pk, change=moved(5))
    change_timeline(party_id=party.pk, change=lambda line, party: line)
    change_timeline(party_id=party.pk, change=moved(9))

    party.refresh_from_db()
    assert (party.rev, timeline_of(party).rev, timeline_of(party).position) == (2, 2, 9)


def test_a_writer_who_was_overtaken_starts_from_what_is_true_now(ann, movie, now):
    party = start_party(host=ann, movie=movie, now=now)
    seen = []

    def overtaken(line, party):
        seen.append(line.rev)
        if len(seen) == 1:
            change_timeline(party_id=party.pk, change=moved(5))
        return replace(line, rev=line.rev + 1, by=f"after {line.position}")

    _party, line = change_timeline(party_id=party.pk, change=overtaken)

    assert seen == [0, 1]
    assert (line.rev, line.by) == (2, "after 5")


def test_a_wish_on_an_older_revision_is_refused(ann, movie, now):
    party = start_party(host=ann, movie=movie, now=now)
    change_timeline(party_id=party.pk, change=moved(5))

    with pytest.raises(StaleTimeline) as refused:
        change_timeline(party_id=party.pk, change=moved(9), if_rev=0)

    assert refused.value.details["state"]["position"] == 5


def test_a_party_s_host_keeps_order_there_and_nowhere_else(ann, bob, movie, now):
    party = start_party(host=ann, movie=movie, now=now)
    public = room_of(key=f"movie-{movie.pk}", now=now)

    mute(room=party.room, target=Target(f"u{bob.pk}", "bob"), by=ann, now=now)

    assert member(user=ann, room=party.room).role == "host"
    assert Restriction.objects.standing(now).count() == 1
    with pytest.raises(NotAModerator):
        mute(room=public, target=Target(f"u{bob.pk}", "bob"), by=ann, now=now)


@pytest.mark.parametrize("measure", [mute, ban, kick])
def test_moderators_can_t_be_muted_or_sent_out_and_strangers_can_do_neither(ann, bob, movie, now, measure):
    room, chief = room_of(key=f"movie-{movie.pk}", now=now), an_administrator()

    with pytest.raises(CannotTouchModerator):
        measure(room=room, target=Target(f"u{chief.pk}", "chief"), by=an_administrator(), now=now)
    with pytest.raises(NotAModerator):
        measure(room=room, target=Target(f"u{bob.pk}", "bob"), by=ann, now=now)
    with pytest.raises(NotAModerator):
        set_slow_mode(room=room, seconds=5, by=ann)


def test_a_lifted_restriction_stays_on_record(ann, movie, now):
    room, chief = room_of(key=f"movie-{movie.pk}", now=now), an_administrator()
    ban(room=room, target=Target(f"u{ann.pk}", "ann"), by=chief, now=now, reason="spam")

    lifted = lift(room=room, target=Target(f"u{ann.pk}", "ann"), kind="ban", by=chief, now=now)

    assert (lifted, Restriction.objects.count(), Restriction.objects.standing(now).count()) == (1, 1, 0)


@pytest.mark.parametrize(
    ("wished", "name"),
    [
        ("  a   b ", "a b"),
        ("\u202eevil", "evil"),
        ("", "guest"),
        (None, "guest"),
        ("x" * 60, "x" * 50),
        ("\uff21", "A"),
    ],
)
def test_what_can_t_be_seen_is_no_part_of_a_name(wished, name):
    assert readable_name(wished) == name


def test_a_guest_with_an_account_s_name_is_marked(ann, now):
    assert [guest(device=GuestDevice("g1", "p1", now), wished=name).name for name in ("Ann", "Anna")] == [
        "Ann (guest)",
        "Anna",
    ]
