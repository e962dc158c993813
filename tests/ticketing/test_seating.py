"""Good seats and single seats, held against brute force on random halls."""

from itertools import combinations, pairwise

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tests.effort import examples
from tests.factories import a_clerk, a_hall, a_showtime, an_order
from ticketing.models import Hall, Seat
from ticketing.sale.best_seats import NotEnoughSeats, OrphanSeat, best_available, refuse_orphans
from ticketing.venue.seating import ROW_WEIGHT, SPECIAL_KINDS, best_adjacent, leaves_orphan, new_singles

KINDS = {"o": "standard", "T": "standard", "x": "standard", "v": "vip", "w": "wheelchair"}
property_test = settings(max_examples=examples(150), deadline=None)


def drawn(plan):
    """The seats of a drawn hall and the ids that are free: ``o v w`` free, ``T`` taken, ``x`` blocked, ``_`` aisle."""
    seats, free = [], set()
    for y, row in enumerate(plan):
        for x, mark in enumerate(row):
            if mark != "_":
                seat = Seat(pk=len(seats) + 1, x=x, y=y, kind=KINDS[mark], is_available=mark != "x")
                seats.append(seat)
                if mark not in "Tx":
                    free.add(seat.pk)
    return seats, free


def halls(*, widest=7, rows=2, marks="ooooTx_vw"):
    """Small halls, drawn."""
    return st.lists(st.text(marks, min_size=1, max_size=widest), min_size=1, max_size=rows)


def adjacent(party):
    """Whether the seats are a run in one row."""
    places = sorted((seat.y, seat.x) for seat in party)
    return all(left == (right[0], right[1] - 1) for left, right in pairwise(places))


def parties_in(seats, chosen):
    """Into how many runs of neighbours the chosen ordinary seats fall."""
    places = {(seat.y, seat.x) for seat in seats if seat.pk in chosen and seat.kind not in SPECIAL_KINDS}
    return sum((y, x - 1) not in places for y, x in places)


def lonely(seats, free, *, at_aisle_too):
    """Free ordinary seats without a free neighbour, straight from the words of the rule."""
    ordinary = {(seat.y, seat.x): seat.pk for seat in seats if seat.kind not in SPECIAL_KINDS}
    found = set()
    for (y, x), pk in ordinary.items():
        sides = [ordinary.get((y, x - 1)), ordinary.get((y, x + 1))]
        if pk in free and not any(side in free for side in sides) and (at_aisle_too or None not in sides):
            found.add(pk)
    return found


@property_test
@given(plan=halls(), data=st.data(), strict=st.booleans())
def test_new_singles_are_those_that_were_not_single_before(plan, data, strict):
    seats, free = drawn(plan)
    chosen = data.draw(st.sets(st.sampled_from(sorted(free)))) if free else set()

    found = new_singles(seats=seats, free=free, chosen=chosen, at_aisle_too=strict)

    before, after = lonely(seats, free, at_aisle_too=strict), lonely(seats, free - chosen, at_aisle_too=strict)
    assert found == after - before


@property_test
@given(plan=halls(widest=6), data=st.data(), strict=st.booleans())
def test_the_rule_refuses_exactly_what_could_be_avoided(plan, data, strict):
    seats, free = drawn(plan)
    ordinary = sorted(seat.pk for seat in seats if seat.pk in free and seat.kind not in SPECIAL_KINDS)
    assume(ordinary)
    chosen = data.draw(st.sets(st.sampled_from(ordinary), min_size=1, max_size=4))

    refused = leaves_orphan(seats=seats, free=free, chosen=chosen, at_aisle_too=strict)

    makes_one = bool(new_singles(seats=seats, free=free, chosen=chosen, at_aisle_too=strict))
    avoidable = any(
        parties_in(seats, other) <= parties_in(seats, chosen)
        and not new_singles(seats=seats, free=free, chosen=set(other), at_aisle_too=strict)
        for other in combinations(ordinary, len(chosen))
    )
    assert refused == (makes_one and avoidable)


@property_test
@given(plan=halls(widest=6), strict=st.booleans())
def test_of_every_number_of_free_seats_some_choice_is_allowed(plan, strict):
    seats, free = drawn(plan)
    ordinary = sorted(seat.pk for seat in seats if seat.pk in free and seat.kind not in SPECIAL_KINDS)

    for count in range(1, min(len(ordinary), 6) + 1):
        assert any(
            not leaves_orphan(seats=seats, free=free, chosen=set(chosen), at_aisle_too=strict)
            for chosen in combinations(ordinary, count)
        )


@property_test
@given(
    plan=halls(widest=9, rows=4),
    count=st.integers(1, 5),
    focus=st.tuples(st.floats(-2, 10), st.floats(-2, 5)),
)
def test_the_best_party_is_the_nearest_of_all(plan, count, focus):
    seats, free = drawn(plan)

    def distance(party):
        return sum((seat.x - focus[0]) ** 2 + (ROW_WEIGHT * (seat.y - focus[1])) ** 2 for seat in party)

    party = best_adjacent(seats=seats, free=free, count=count, focus=focus)

    able = [seat for seat in seats if seat.pk in free]
    runs = [
        run for seat in able if len(run := [o for o in able if o.y == seat.y and 0 <= o.x - seat.x < count]) == count
    ]
    if not runs:
        assert party is None
    else:
        assert adjacent(party)
        assert {seat.pk for seat in party} <= free
        assert distance(party) == pytest.approx(min(map(distance, runs)))


def laid(plan, now, rule):
    """The drawn hall as a real one with its taken seats sold under the counter, and its showtime."""
    hall = a_hall(plan=[row.replace("T", "o") for row in plan], orphan_rule=rule)
    showtime = a_showtime(hall=hall, now=now)
    taken = [(y, x + 1) for y, row in enumerate(plan) for x, mark in enumerate(row) if mark == "T"]
    ids = [seat.pk for seat in hall.seats.all() if (seat.y, seat.x) in taken]
    for seat_id in ids:
        an_order(showtime=showtime, seats=[seat_id], customer=None, now=now, channel="counter", clerk=CLERKS[0])
    return showtime


CLERKS: list = []


@pytest.mark.parametrize("rule", Hall.OrphanRule.values)
@settings(max_examples=examples(40), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(plan=halls(widest=8, rows=3, marks="ooooTx_v"), count=st.integers(1, 5))
def test_what_is_offered_as_best_is_never_refused(db_for_examples, now, rule, plan, count):
    with db_for_examples() as clerk:
        CLERKS[:] = [clerk]
        showtime = laid(plan, now, rule)
        try:
            party = best_available(showtime=showtime, count=count, now=now)
        except NotEnoughSeats:
            return
        refuse_orphans(showtime=showtime, chosen=party, now=now)
        assert adjacent(party)
        assert an_order(showtime=showtime, seats=[seat.pk for seat in party], now=now).labels


def test_the_best_seats_keep_the_rule_of_the_hall_where_a_single_cannot_be_avoided(now, db):
    hall = a_hall(rows=1, cols=4, orphan_rule=Hall.OrphanRule.AISLE, focal_x=1, focal_y=0)
    showtime = a_showtime(now=now, hall=hall)
    an_order(now=now, showtime=showtime, seats=["A4"], customer=None, channel="counter", clerk=a_clerk())

    party = best_available(showtime=showtime, count=2, now=now)

    assert [seat.label for seat in party] == ["A2", "A3"]
    assert an_order(now=now, showtime=showtime, seats=party_ids(party)).labels == ["A2", "A3"]


def party_ids(party):
    """The ids of the seats."""
    return [seat.pk for seat in party]


def test_wheelchair_places_are_kept_unless_asked_for(now, db):
    showtime = a_showtime(now=now, hall=a_hall(plan=["oww"]))

    assert [seat.label for seat in best_available(showtime=showtime, count=1, now=now)] == ["A1"]
    assert len(best_available(showtime=showtime, count=2, now=now, kinds={"wheelchair"})) == 2
    with pytest.raises(NotEnoughSeats):
        best_available(showtime=showtime, count=2, now=now)


@pytest.mark.parametrize("count", [0, -1, 4, 10**6])
def test_a_number_nobody_can_seat_is_refused(now, db, count):
    showtime = a_showtime(now=now, hall=a_hall(rows=2, cols=3))

    with pytest.raises(NotEnoughSeats):
        best_available(showtime=showtime, count=count, now=now)


def test_the_focal_point_of_the_hall_decides(now, db):
    hall = a_hall(rows=5, cols=9)
    showtime = a_showtime(now=now, hall=hall)
    middle = best_available(showtime=showtime, count=3, now=now)
    Hall.objects.update(focal_x=9, focal_y=0)
    showtime.refresh_from_db()

    corner = best_available(showtime=showtime, count=3, now=now)

    assert [seat.label for seat in middle] == ["D4", "D5", "D6"]
    assert [seat.label for seat in corner] == ["A7", "A8", "A9"]


def test_a_single_at_the_aisle_is_allowed_by_the_milder_rule(now, db):
    showtime = a_showtime(now=now, hall=a_hall(rows=1, cols=6, orphan_rule=Hall.OrphanRule.AISLE))
    a1, a2, a3 = showtime.hall.seats.all()[:3]

    refuse_orphans(showtime=showtime, chosen=[a2, a3], now=now)
    an_order(now=now, showtime=showtime, seats=["A1"])
    with pytest.raises(OrphanSeat):
        refuse_orphans(showtime=showtime, chosen=[a3], now=now)
    assert a1.label == "A1"
