"""Who was shut out doesn't come anew from the same address, and who was there before goes on as they were."""

from datetime import timedelta

import pytest

from social.chat import post_message
from social.moderation import Target, ban, lift, mute
from social.newcomers import LogInHere, guest_in, is_newcomer
from social.rooms import room_of
from social.speakers import GuestDevice, member
from tests.factories import an_administrator

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@pytest.fixture
def room(movie, now):
    return room_of(key=f"movie-{movie.pk}", now=now)


@pytest.fixture
def come(room, now):
    """A guest of an address, whose browser is known for so many minutes at ``now``; less than none: it comes later."""

    def coming(name, minutes, *, place="home"):
        device = GuestDevice(f"g{name}", place, now - minutes * MINUTE)
        return guest_in(room=room, device=device, wished=name, now=now + MINUTE)

    return coming


@pytest.fixture
def shut_out(room, now):
    """Mutes or bans a guest at ``now``."""
    chief = an_administrator()

    def shutting(speaker, measure=ban, **facts):
        target = Target(speaker.key, speaker.name, speaker.device.place)
        measure(room=room, target=target, by=chief, now=now, **facts)
        return target, chief

    return shutting


@pytest.mark.parametrize("measure", [mute, ban])
def test_whoever_comes_anew_from_there_reads_and_is_not_named_and_does_not_speak(measure, room, come, shut_out, now):
    shut_out(come("nuisance", 5), measure)

    anew = come("nuisance again", -1)

    assert anew.name == "guest"
    with pytest.raises(LogInHere):
        post_message(room=room, speaker=anew, content="me again", now=now + 2 * MINUTE)


def test_the_family_that_was_there_before_and_people_elsewhere_speak(room, come, shut_out, now):
    mother, child = come("mother", 60), come("child", 1)
    shut_out(come("nuisance", 5))

    said = [
        post_message(room=room, speaker=one, content="hello", now=now + 2 * MINUTE)[0].author_name
        for one in (mother, child, come("neighbour", -1, place="next door"))
    ]

    assert said == ["mother", "child", "neighbour"]


def test_whoever_logs_in_there_speaks(room, ann, come, shut_out, now):
    shut_out(come("nuisance", 5))

    row, _is_retry = post_message(room=room, speaker=member(user=ann, room=room), content="hello", now=now)

    assert row.author_name == "ann"


def test_it_ends_with_the_measure_and_after_a_day_and_holds_in_this_room_only(movie, room, come, shut_out, now):
    target, chief = shut_out(come("nuisance", 5))
    timed = come("other", -1)
    elsewhere = room_of(key=f"movie-{movie.pk}", now=now)
    elsewhere.pk += 1

    holds = [
        is_newcomer(room=room, speaker=timed, now=now + 23 * 60 * MINUTE),
        is_newcomer(room=room, speaker=timed, now=now + 25 * 60 * MINUTE),
        is_newcomer(room=elsewhere, speaker=timed, now=now + MINUTE),
    ]
    lift(room=room, target=target, kind="ban", by=chief, now=now + MINUTE)
    holds.append(is_newcomer(room=room, speaker=timed, now=now + 2 * MINUTE))

    assert holds == [True, False, False, False]


def test_a_timed_mute_holds_for_newcomers_no_longer_than_itself(room, come, shut_out, now):
    shut_out(come("nuisance", 5), mute, until=now + 5 * MINUTE)
    anew = come("anew", -1)

    assert [is_newcomer(room=room, speaker=anew, now=now + minutes * MINUTE) for minutes in (4, 6)] == [True, False]


def test_cookies_laid_in_beforehand_help_twice_and_no_more(room, come, shut_out, now):
    laid_in = [come(f"spare {number}", 60) for number in range(4)]
    speak = []

    for spare in laid_in:
        speak.append(not is_newcomer(room=room, speaker=spare, now=now + MINUTE))
        shut_out(spare)

    assert speak == [True, True, True, False]
