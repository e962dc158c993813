"""The seat-grid editor: what is drawn is what the hall becomes, or a sentence says why not."""

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from backoffice.grids import KINDS, Numbering, Shape, drawn, numbering_of, numbers_of, read_plan, shaped
from cinema.errors import CinemaError
from ticketing.models import Hall, Seat
from ticketing.venue.grids import SeatPlan

rows = st.lists(st.text(alphabet="ovcwm.OVCWM", min_size=1, max_size=12), min_size=1, max_size=8)


@given(rows)
def test_text_read_and_drawn_again_is_the_same_grid(lines):
    first = read_plan("\n".join(lines), numbering=Numbering.LEFT)

    again = read_plan(drawn(first), numbering=Numbering.KEEP, known=numbers_of(first))

    assert [(p.row_label, p.col_number, p.kind, p.is_available) for p in again] == [
        (p.row_label, p.col_number, p.kind, p.is_available) for p in first
    ]


@given(rows, st.sampled_from(Numbering))
def test_no_numbering_gives_two_seats_one_label(lines, numbering):
    plans = read_plan("\n".join(lines), numbering=numbering, known={"A|0": 2, "A|1": 1})

    assert len({(plan.row_label, plan.col_number) for plan in plans}) == len(plans)


@pytest.mark.parametrize(
    ("numbering", "numbers"),
    [
        (Numbering.LEFT, [1, 2, 3, 4]),
        (Numbering.RIGHT, [4, 3, 2, 1]),
        (Numbering.PLACES, [1, 2, 4, 5]),
        (Numbering.ODD_EVEN, [3, 1, 2, 4]),
    ],
)
def test_seats_are_numbered_the_way_that_was_chosen(numbering, numbers):
    plans = read_plan("A: oo.oo", numbering=numbering)

    assert [plan.col_number for plan in plans] == numbers
    assert numbering_of(plans) == numbering


def test_new_seats_between_kept_ones_get_free_numbers():
    plans = read_plan("A: ooo", numbering=Numbering.KEEP, known={"A|0": 2, "A|2": 1})

    assert [plan.col_number for plan in plans] == [2, 3, 1]


def test_letters_mean_kinds_and_capitals_not_for_sale():
    plans = read_plan("A: oVcWm", numbering=Numbering.LEFT)

    assert [(plan.kind, plan.is_available) for plan in plans] == [
        (KINDS["o"], True),
        (KINDS["v"], False),
        (KINDS["c"], True),
        (KINDS["w"], False),
        (KINDS["m"], True),
    ]


def test_empty_line_is_a_gangway():
    plans = read_plan("oo\n\noo", numbering=Numbering.LEFT)

    assert [(plan.row_label, plan.y) for plan in plans] == [("A", 0), ("A", 0), ("B", 2), ("B", 2)]


@pytest.mark.parametrize("text", ["A: oz", "A: " + "o" * 200, "\n".join(["o"] * 121)])
def test_nonsense_is_refused(text):
    with pytest.raises(CinemaError):
        read_plan(text, numbering=Numbering.LEFT)


@pytest.mark.parametrize("shape", Shape)
def test_shapes_have_as_many_seats_as_was_asked(shape):
    plans = read_plan(shaped(shape, rows=8, cols=14), numbering=Numbering.LEFT)

    assert (len({plan.y for plan in plans}), max(plan.col_number for plan in plans)) == (8, 14)


def sent(hall: Hall, plan: str, **facts) -> dict:
    """What the editor's form sends."""
    return {"version": hall.grid_version, "plan": plan, "numbering": "left", "focal_x": "", "focal_y": "", **facts}


def address(hall: Hall) -> str:
    """Where the editor is."""
    return reverse("admin:ticketing_hall_grid", args=[hall.pk])


def labels(hall: Hall) -> list[str]:
    """The hall's seats as printed."""
    return [seat.label for seat in hall.seats.present()]


def test_drawing_becomes_the_hall(hall, office):
    response = office.post(address(hall), sent(hall, "A: ow.o\n\nB: vvO", focal_x="1", focal_y="2"))

    hall.refresh_from_db()
    assert response.status_code == 302
    assert labels(hall) == ["A1", "A2", "A3", "B1", "B2", "B3"]
    assert (hall.seats.present().get(row_label="B", col_number=3).is_available, hall.focal_y) == (False, 2.0)


def test_second_of_two_managers_is_told_and_keeps_the_drawing(hall, office):
    office.post(address(hall), sent(hall, "A: oo"))

    response = office.post(address(hall), sent(hall, "A: ooooo"))

    assert response.status_code == 200
    assert response.context["form"]["plan"].value() == "A: ooooo"
    assert labels(hall) == ["A1", "A2"]


def test_sold_seat_does_not_vanish(hall, sell, office):
    sell("E10")

    response = office.post(address(hall), sent(hall, "A: oo"))

    assert "E10" in str(response.context["form"].non_field_errors())
    assert len(labels(hall)) == 50


def test_hall_with_sold_seats_keeps_its_numbers_unless_asked(hall, sell, office):
    before = office.get(address(hall)).context["form"]["numbering"].value()
    sell("A1")

    after = office.get(address(hall)).context["form"]["numbering"].value()

    assert (before, after) == ("left", "keep")


@pytest.mark.parametrize(
    "plan",
    ["A: oo\nA: oo", "\n".join("o" * 100 for _ in range(100)), "A: o?", ":" * 300, "ABCDEFGHIJKLM: oo"],
)
def test_bad_grids_are_refused_with_the_drawing_kept(plan, hall, office):
    response = office.post(address(hall), sent(hall, plan))

    assert response.status_code == 200
    assert response.context["form"].errors
    assert len(labels(hall)) == 50


def test_shape_and_copy_fill_the_drawing_without_saving(hall, office, now):
    other = Hall.objects.create(name="2")
    Seat.objects.create(hall=other, **vars(SeatPlan("Z", 1, 1, 0)))

    shape = office.get(address(hall), {"shape": "centre", "rows": 2, "cols": 4})
    copy = office.get(address(hall), {"copy": other.pk})

    assert shape.context["form"]["plan"].value() == "A: oo.oo\nB: oo.oo"
    assert copy.context["form"]["plan"].value() == "Z: o"
    assert len(labels(hall)) == 50


def test_clerk_does_not_draw(client, hall, customer):
    customer.is_staff = True
    customer.save()
    client.force_login(customer, backend="accounts.backends.OpenAccounts")

    assert client.get(address(hall)).status_code == 403
