"""The party's timeline in virtual time: any interleaving ends with everyone agreeing."""

import random
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from social import playback
from social.playback import Timeline
from tests.effort import examples

MEMBERS = ["u1", "u2", "g3"]


def test_the_position_moves_with_the_clock_and_stops_at_the_end():
    line = Timeline(playing=True, position=10.0, rate=2.0, at=1_000, length=15.0)

    assert [line.position_at(now) for now in (0, 1_000, 2_000, 9_000)] == [10.0, 10.0, 12.0, 15.0]


def test_a_start_is_set_ahead_and_a_second_wish_to_play_changes_nothing():
    line = playback.play(Timeline(), now=5_000, by="ann", lead=300)

    assert (line.rev, line.playing, line.at) == (1, True, 5_300)
    assert playback.play(line, now=9_000, by="bob", lead=300) == line


def test_a_pause_holds_the_film_where_it_is():
    line = playback.pause(Timeline(playing=True, position=3.0, at=1_000), now=3_500, by="ann")

    assert (line.playing, line.position, line.at, line.rev) == (False, 5.5, 3_500, 1)


def test_a_change_of_rate_moves_nobody():
    before = Timeline(playing=True, position=3.0, at=1_000)
    after = playback.set_rate(before, now=3_000, by="ann", rate=2.0)

    assert after.position_at(3_000) == before.position_at(3_000)
    assert after.position_at(4_000) == 7.0


def test_a_change_of_rate_before_a_start_to_come_keeps_the_start():
    line = playback.set_rate(Timeline(playing=True, position=3.0, at=2_000), now=1_000, by="ann", rate=2.0)

    assert (line.position, line.at) == (3.0, 2_000)


def test_a_straggler_stops_the_film_which_goes_on_once_they_are_ready():
    playing = Timeline(playing=True, position=0.0, at=0, started=True)

    waiting = playback.stalled(playing, now=2_000, key="u2", name="bob", policy="all")
    going_on = playback.caught_up(waiting, now=4_000, key="u2", lead=300)

    assert (waiting.playing, waiting.position, [one.name for one in waiting.waiting]) == (False, 2.0, ["bob"])
    assert (going_on.playing, going_on.position, going_on.at, going_on.waiting) == (True, 2.0, 4_300, ())


def test_nobody_is_waited_for_longer_than_fifteen_seconds():
    playing = Timeline(playing=True, at=0, started=True)
    waiting = playback.stalled(playing, now=2_000, key="u2", name="bob", policy="all")

    assert playback.tick(waiting, now=16_999, lead=300) == waiting
    assert playback.tick(waiting, now=17_000, lead=300).playing is True


def test_the_first_start_waits_a_minute_for_those_who_load():
    line = playback.play(Timeline(), now=0, by="ann", lead=300, policy="all", loading=(("u2", "bob", "u2"),))

    assert playback.tick(line, now=59_999, lead=300).playing is False
    assert playback.tick(line, now=60_000, lead=300).playing is True


def test_a_party_that_waits_for_nobody_is_not_stopped():
    playing = Timeline(playing=True, at=0)

    assert playback.stalled(playing, now=1_000, key="u2", name="bob", policy="off") == playing
    assert (
        playback.play(Timeline(), now=0, by="a", lead=300, policy="off", loading=(("u2", "bob", "u2"),)).playing is True
    )


def test_the_control_passes_on_ten_seconds_after_the_host_went_and_comes_back_with_them():
    gone = playback.host_is(Timeline(host_came=True), present=False, now=1_000, heir="u2")
    too_early = playback.host_is(gone, present=False, now=10_999, heir="u2")
    passed = playback.host_is(gone, present=False, now=11_000, heir="u2")
    back = playback.host_is(passed, present=True, now=12_000, heir="u2")

    assert (gone.controller, too_early, passed.controller) == ("", gone, "u2")
    assert (back.controller, back.host_gone_at) == ("", None)


def test_the_lead_covers_slow_lines_within_bounds():
    assert [playback.lead_ms(trips) for trips in ([], [10.0], [200.0] * 3, [5_000.0])] == [300, 300, 550, 2000]


def test_a_film_that_proves_shorter_ends_there_and_plays_anew_from_the_start():
    playing = Timeline(playing=True, position=0.0, at=0, length=6000.0)

    early = playback.set_length(playing, now=60_000, length=120.0)
    late = playback.set_length(playing, now=150_000, length=120.0)

    assert (early.playing, early.length, early.position_at(60_000)) == (True, 120.0, 60.0)
    assert (late.playing, late.position, late.reason) == (False, 120.0, "ended")
    assert playback.set_length(early, now=0, length=120.2) == early
    assert playback.play(late, now=160_000, by="ann", lead=300).position == 0.0


def test_what_is_no_position():
    answers = [
        playback.is_position(v, 100.0) for v in (0, 1.5, 100, 100.1, -0.1, float("nan"), float("inf"), True, "1")
    ]

    assert answers == [True, True, True, False, False, False, False, False, False]


def test_a_timeline_survives_the_database():
    line = playback.stalled(Timeline(playing=True, at=5), now=90, key="u2", name="bob", policy="all")

    assert Timeline.from_json(line.as_json()) == line


ACTS = ["play", "pause", "seek", "rate", "stalled", "caught_up", "leave", "tick", "host", "length", "go_on"]
steps = st.lists(
    st.tuples(
        st.sampled_from(ACTS),
        st.sampled_from(MEMBERS),
        st.floats(0, 120),
        st.integers(0, 20_000),
    ),
    max_size=40,
)


def apply(line: Timeline, what: str, who: str, value: float, now: int) -> Timeline:
    """One step of a random history."""
    match what:
        case "play":
            return playback.play(
                line, now=now, by=who, lead=300, policy="all", loading=((who, who, who),) if value > 60 else ()
            )
        case "pause":
            return playback.pause(line, now=now, by=who)
        case "seek":
            return playback.seek(line, now=now, by=who, position=value, lead=300)
        case "rate":
            return playback.set_rate(line, now=now, by=who, rate=0.5 + value / 80)
        case "stalled":
            return playback.stalled(line, now=now, key=who, name=who, policy="all")
        case "caught_up" | "leave":
            return playback.caught_up(line, now=now, key=who, lead=300)
        case "length":
            return playback.set_length(line, now=now, length=50.0 + value / 3)
        case "go_on":
            return playback.go_on(line, now=now, by=who, lead=300)
        case "tick":
            return playback.tick(line, now=now, lead=300)
    return playback.host_is(line, present=value > 60, now=now, heir=who)


@settings(max_examples=examples(300), deadline=None)
@given(steps)
def test_any_history_keeps_the_timeline_sound(history):
    line, now = Timeline(length=100.0), 0
    for what, who, value, later in history:
        now += later
        before, line = line, apply(line, what, who, value, now)
        assert line.rev == before.rev + (line != before)
        assert 0 <= line.position <= line.position_at(now + 10_000) <= 100.0
        assert not (line.playing and (line.waiting or line.resume))
        assert bool(line.waiting) <= line.resume
    end = playback.tick(playback.tick(line, now=now + 60_000, lead=300), now=now + 60_000 + 10**6, lead=300)
    assert (end.resume, end.waiting, end.playing) == (False, (), False)


class Follower:
    """A client: it keeps the newest state it has seen, and asks again when a beat names a newer one."""

    def __init__(self) -> None:
        self.line = Timeline(length=100.0)

    def hears(self, state: Timeline) -> None:
        if state.rev > self.line.rev:
            self.line = state

    def hears_beat(self, rev: int, server: Timeline) -> None:
        if rev > self.line.rev:
            self.hears(server)


@settings(max_examples=examples(300), deadline=None)
@given(steps, st.integers(0, 2**32))
def test_followers_agree_after_lost_doubled_and_reordered_frames(history, seed):
    chance = random.Random(seed)
    server, now, followers, in_flight = Timeline(length=100.0), 0, [Follower() for _ in range(3)], []
    for what, who, value, later in history:
        now += later
        server = apply(server, what, who, value, now)
        for follower in followers:
            in_flight += [(follower, server)] * chance.choice([0, 1, 1, 2])
        chance.shuffle(in_flight)
        for follower, state in in_flight[: chance.randint(0, 4)]:
            follower.hears(state)
    for follower in followers:
        follower.hears_beat(server.rev, server)
    for follower, state in in_flight:
        follower.hears(state)

    assert [follower.line for follower in followers] == [server] * 3


@settings(max_examples=examples(200), deadline=None)
@given(steps, st.integers(0, 2**32))
def test_two_writers_with_compare_and_set_never_fork_the_timeline(history, seed):
    chance = random.Random(seed)
    stored, seen, now, written = Timeline(length=100.0), {}, 0, [0]
    for what, who, value, later in history:
        now += later
        writer = chance.choice("AB")
        base = seen.get(writer, stored) if chance.random() < 0.5 else stored
        wish = apply(base, what, who, value, now)
        if wish.rev != base.rev and base.rev == stored.rev:
            stored = wish
            written.append(stored.rev)
        seen[writer] = stored

    assert written == list(range(len(written)))
    assert replace(stored) == stored
