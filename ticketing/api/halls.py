"""Halls as admin-api.md shows and takes them."""

from rest_framework import serializers

from cinema.api.fields import HouseTime
from cinema.api.paging import PageQuery
from ticketing.models import Hall
from ticketing.venue.grids import MAX_SEATS
from ticketing.venue.models import MAX_PRESHOW_MINUTES

PRESHOW = "Minutes of advertising and trailers before the film; 0 unless set. New schedules take it over."


class HallIn(serializers.Serializer):
    """A hall to add or, with what changes only, to update."""

    hallName = serializers.CharField(source="name", max_length=50)
    totalSeats = serializers.IntegerField(source="total_seats", min_value=0, max_value=MAX_SEATS)
    hallType = serializers.ChoiceField(source="hall_type", choices=Hall.Type.choices)
    status = serializers.ChoiceField(choices=Hall.Status.choices, required=False)
    preshowMinutes = serializers.IntegerField(
        source="preshow_minutes", min_value=0, max_value=MAX_PRESHOW_MINUTES, required=False, help_text=PRESHOW
    )


class HallOut(serializers.Serializer):
    """A hall."""

    hallId = serializers.IntegerField(source="pk")
    hallName = serializers.CharField(source="name")
    totalSeats = serializers.IntegerField(source="seat_count")
    hallType = serializers.ChoiceField(source="hall_type", choices=Hall.Type.choices)
    status = serializers.ChoiceField(choices=Hall.Status.choices)
    preshowMinutes = serializers.IntegerField(source="preshow_minutes", help_text=PRESHOW)
    createdAt = HouseTime(source="created_at")


class NewHall(serializers.Serializer):
    """The id of a hall that was added."""

    hallId = serializers.IntegerField(source="pk")


class HallQuery(PageQuery):
    """Which halls."""

    status = serializers.ChoiceField(choices=Hall.Status.choices, required=False)


class SeatIn(serializers.Serializer):
    """A seat of the grid; a column number left out is an aisle."""

    rowLabel = serializers.CharField(max_length=10)
    colNumber = serializers.IntegerField(min_value=1, max_value=999)
    isAvailable = serializers.BooleanField(default=True)


class SeatsIn(serializers.Serializer):
    """The whole grid."""

    seats = SeatIn(many=True, max_length=MAX_SEATS)
