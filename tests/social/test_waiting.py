"""How long a party waits for its members, in virtual time: each has a budget, and so has the party."""

from social import playback
from social.playback import Timeline
from social.waiting import BUDGET_MS, PARTY_BUDGET_MS, WINDOW_MS

PLAYING = Timeline(playing=True, at=0, started=True)


def stalls(line: Timeline, *, now: int, key: str = "s1", member: str = "g1", policy: str = "all") -> Timeline:
    return playback.stalled(line, now=now, key=key, name="guest", policy=policy, member=member)


def stood_still(*, step: int, members: list[str], policy: str = "all") -> float:
    """Everybody named stalls whenever they may and is ready again a step later: for how long the film stood still."""
    line = PLAYING
    for now in range(step, WINDOW_MS, step):
        line = playback.tick(line, now=now, lead=300)
        for member in members:
            if any(one.key == member for one in line.waiting):
                line = playback.caught_up(line, now=now, key=member, lead=300)
            else:
                line = stalls(line, now=now, key=member, member=member, policy=policy)
    return WINDOW_MS - line.position_at(WINDOW_MS) * 1000


def test_a_guest_who_alternates_buffering_and_playing_stops_the_film_for_fifteen_seconds_in_ten_minutes():
    for step in (50, 250, 2_000, 20_000):
        assert stood_still(step=step, members=["g1"]) <= BUDGET_MS + step


def test_one_person_who_is_ten_guests_stops_the_film_for_a_minute_at_most():
    assert stood_still(step=500, members=[f"g{number}" for number in range(10)]) <= PARTY_BUDGET_MS + 500


def test_two_windows_of_one_member_spend_one_budget():
    line = stalls(PLAYING, now=0, key="one")
    line = playback.caught_up(line, now=10_000, key="one", lead=300)
    line = stalls(line, now=20_000, key="two")

    assert [one.until - one.since for one in line.waiting] == [BUDGET_MS - 10_300]


def test_another_member_still_has_all_of_their_budget():
    line = playback.tick(stalls(PLAYING, now=0), now=15_000, lead=300)

    assert stalls(line, now=30_000) == line
    assert [one.until for one in stalls(line, now=30_000, key="s2", member="g2").waiting] == [45_000]


def test_the_budget_is_whole_again_after_ten_minutes():
    line = playback.tick(stalls(PLAYING, now=0), now=15_000, lead=300)

    assert stalls(line, now=15_300 + WINDOW_MS - 1) == line
    assert stalls(line, now=15_300 + WINDOW_MS).waiting[0].until == 15_300 + WINDOW_MS + BUDGET_MS


def test_who_never_gets_ready_is_not_waited_for_at_every_start():
    line = playback.pause(playback.tick(stalls(PLAYING, now=0), now=15_000, lead=300), now=20_000, by="ann")

    line = playback.play(line, now=30_000, by="ann", lead=300, policy="all", loading=(("s1", "guest", "g1"),))

    assert (line.playing, line.waiting) == (True, ())


def test_the_first_load_costs_nobody_s_budget():
    line = playback.play(Timeline(), now=0, by="ann", lead=300, policy="all", loading=(("s1", "guest", "g1"),))
    line = playback.caught_up(line, now=50_000, key="s1", lead=300)

    assert stalls(line, now=60_000).waiting[0].until == 60_000 + BUDGET_MS


def test_going_on_without_somebody_starts_the_film_and_waits_for_them_no_more():
    waiting = stalls(PLAYING, now=5_000)

    line = playback.go_on(waiting, now=6_000, by="ann", lead=300)

    assert (line.playing, line.position, line.at, line.by, line.waiting) == (True, 5.0, 6_300, "ann", ())
    assert stalls(line, now=60_000) == line
    assert stalls(line, now=60_000, key="s2", member="g2").playing is False
    assert playback.go_on(line, now=70_000, by="ann", lead=300) == line


def test_the_budget_survives_the_database():
    line = playback.tick(stalls(PLAYING, now=0), now=15_000, lead=300)

    assert Timeline.from_json(line.as_json()) == line
