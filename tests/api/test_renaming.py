"""One serializer a thing: what a dialect renames on the wire the domain still gets under its own names."""

import pytest
from rest_framework import serializers

from catalog.api.films import MovieFacts, MovieIn
from cinema.api.dialects import BOOKING, V1_DIALECT
from cinema.api.renaming import in_dialect
from ticketing.api.seats import BookingSeat, V1Seat


class Inner(serializers.Serializer):
    """Something within."""

    row_label = serializers.CharField(max_length=2)


class Outer(serializers.Serializer):
    """Something with all kinds of fields."""

    poster_url = serializers.CharField()
    title = serializers.CharField()
    seat_count = serializers.IntegerField(source="count", required=False)
    is_on_sale = serializers.SerializerMethodField()
    old_rows = Inner(many=True, required=False, max_length=1)
    one_row = Inner(required=False)

    def get_is_on_sale(self, thing: dict) -> bool:
        """Whether it is."""
        return thing["count"] > 1


V1Outer = in_dialect(V1_DIALECT, Outer, name="V1Outer")
GIVEN = {"posterUrl": "p", "title": "t", "seatCount": 3, "oldRows": [{"rowLabel": "A"}], "oneRow": {"rowLabel": "B"}}


def test_fields_are_renamed_in_their_order_and_within_too():
    assert list(V1Outer().fields) == ["posterUrl", "title", "seatCount", "isOnSale", "oldRows", "oneRow"]
    assert list(V1Outer().fields["oldRows"].child.fields) == ["rowLabel"]
    assert list(in_dialect(BOOKING, Outer, name="B")().fields["one_row"].fields) == ["row"]


def test_what_is_validated_has_the_domains_names():
    taken = V1Outer(data=GIVEN)

    assert taken.is_valid()
    assert taken.validated_data == {
        "poster_url": "p",
        "title": "t",
        "count": 3,
        "old_rows": [{"row_label": "A"}],
        "one_row": {"row_label": "B"},
    }


def test_what_is_shown_has_the_dialects():
    shown = {
        "poster_url": "p",
        "title": "t",
        "count": 3,
        "old_rows": [{"row_label": "A"}],
        "one_row": {"row_label": "B"},
    }

    assert V1Outer(shown).data == {**GIVEN, "isOnSale": True}


@pytest.mark.parametrize(
    ("changed", "errors"),
    [
        ({"oneRow": {"rowLabel": "ABC"}}, ["oneRow"]),
        ({"oldRows": [{"rowLabel": "A"}, {"rowLabel": "B"}]}, ["oldRows"]),
        ({"posterUrl": None}, ["posterUrl"]),
        ({"poster_url": "p", "posterUrl": ""}, ["posterUrl"]),
    ],
)
def test_limits_hold_and_complaints_name_the_wires_fields(changed, errors):
    taken = V1Outer(data={**GIVEN, **changed})

    assert not taken.is_valid()
    assert list(taken.errors) == errors


def test_some_fields_in_an_order_of_their_own():
    made = in_dialect(V1_DIALECT, Outer, name="Few", says="A few.", only=("title", "poster_url"))

    assert (made.__doc__, list(made().fields)) == ("A few.", ["title", "posterUrl"])


def test_a_dialect_may_have_a_name_of_its_own_for_a_field_of_one_thing():
    made = in_dialect(V1_DIALECT, Outer, name="Named", only=("poster_url", "is_on_sale"), called={"is_on_sale": "open"})

    assert dict(made({"poster_url": "p", "count": 2}).data) == {"posterUrl": "p", "open": True}


def test_a_list_within_can_be_taken_into_several_dialects():
    class Listed(serializers.Serializer):
        names = serializers.ListField(source="called", child=serializers.CharField())

    in_v1, in_booking = (in_dialect(one, Listed, name="Listed") for one in (V1_DIALECT, BOOKING))

    assert in_v1({"called": ["a"]}).data == in_booking({"called": ["a"]}).data == {"names": ["a"]}


def test_a_film_and_a_seat_are_one_thing_in_two_dialects():
    assert [V1_DIALECT.field(name) for name in MovieFacts().fields] == list(MovieIn().fields)
    assert list(BookingSeat().fields) == ["seat_id", "row", "col", "label", "status", "price"]
    assert list(V1Seat().fields)[:3] == ["seatId", "rowLabel", "colNumber"]
