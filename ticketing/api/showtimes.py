"""Showtimes as v1 shows and takes them: there they are schedules."""

from rest_framework import serializers

from catalog.films import any_movie
from cinema.api.dialects import V1_DIALECT
from cinema.api.fields import Day, HouseTime, IdField, MoneyIn, MoneyOut, Text
from cinema.api.paging import PageQuery
from cinema.api.renaming import in_dialect
from ticketing.models import Hall, Showtime
from ticketing.venue.halls import any_hall
from ticketing.venue.models import MAX_PRESHOW_MINUTES

PRESHOW = "Minutes of advertising and trailers before the film. The hall's own unless given."


class ShowtimeFacts(serializers.Serializer):
    """A showtime to plan or, with what changes only, to change."""

    movie_id = IdField()
    hall_id = IdField()
    start_time = HouseTime()
    price = MoneyIn()
    format = serializers.ChoiceField(choices=Showtime.Format.choices, required=False)
    language_version = Text(max_length=50)
    preshow_minutes = serializers.IntegerField(
        min_value=0, max_value=MAX_PRESHOW_MINUTES, required=False, help_text=PRESHOW
    )


ScheduleIn = in_dialect(V1_DIALECT, ShowtimeFacts, name="ScheduleIn")


def facts_of(given: dict) -> dict:
    """What the domain takes: rows instead of ids. Raises MovieNotFound, HallNotFound."""
    facts = dict(given)
    if "movie_id" in facts:
        facts["movie"] = any_movie(movie_id=facts.pop("movie_id"))
    if "hall_id" in facts:
        facts["hall"] = any_hall(hall_id=facts.pop("hall_id"))
    if "start_time" in facts:
        facts["starts_at"] = facts.pop("start_time")
    return facts


class ScheduleOut(serializers.Serializer):
    """A showtime as staff lists it."""

    scheduleId = serializers.IntegerField(source="pk")
    movieId = serializers.IntegerField(source="movie_id")
    movieTitle = serializers.CharField(source="movie.title")
    hallId = serializers.IntegerField(source="hall_id")
    hallName = serializers.CharField(source="hall.name")
    startTime = HouseTime(source="starts_at")
    preshowMinutes = serializers.IntegerField(source="preshow_minutes", help_text=PRESHOW)
    filmStartTime = HouseTime(source="film_starts_at")
    endTime = HouseTime(source="ends_at")
    price = MoneyOut()
    format = serializers.ChoiceField(choices=Showtime.Format.choices)
    languageVersion = serializers.CharField(source="language_version")
    status = serializers.ChoiceField(choices=Showtime.Status.choices)


class OpenSchedule(ScheduleOut):
    """A showtime as customers see it."""

    movieTitleEn = serializers.CharField(source="movie.title_en")
    hallType = serializers.ChoiceField(source="hall.hall_type", choices=Hall.Type.choices)
    seatCount = serializers.IntegerField(source="seat_count")
    freeCount = serializers.IntegerField(source="free_count")
    onSale = serializers.SerializerMethodField()

    def get_onSale(self, showtime: Showtime) -> bool:
        """Whether seats can be bought now."""
        return showtime.is_on_sale(self.context["now"])


class NewSchedule(serializers.Serializer):
    """The id of a showtime that was planned."""

    scheduleId = serializers.IntegerField(source="pk")


class ScheduleQuery(PageQuery):
    """Which showtimes."""

    movieId = IdField(required=False)
    hallId = IdField(required=False)
    date = Day(required=False)


class ComingQuery(PageQuery):
    """Which showtimes of a film."""

    date = Day(required=False)
