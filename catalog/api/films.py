"""Films as the documents show and take them."""

from rest_framework import serializers

from catalog.films import Role
from catalog.models import Credit, Movie
from cinema.api.dialects import BOOKING, V1_DIALECT
from cinema.api.fields import AddressOut, Day, IdField, Text, WebAddress, Whole
from cinema.api.paging import PageQuery
from cinema.api.renaming import in_dialect

MAX_TMDB_ID = 2**31 - 1
MAX_NAMED = 500


class GenreFacts(Whole):
    """A genre of a film."""

    genre_id = IdField()


class RoleFacts(Whole):
    """A part in a film."""

    actor_id = IdField()
    role_name = Text(max_length=100, default="")


class MovieFacts(serializers.Serializer):
    """A film to add or, with what changes only, to update."""

    title = serializers.CharField(max_length=150)
    title_en = Text(max_length=150)
    original_title = Text(max_length=150)
    tmdb_id = serializers.IntegerField(min_value=1, max_value=MAX_TMDB_ID, required=False, allow_null=True)
    duration = serializers.IntegerField(min_value=1, max_value=1000)
    release_date = Day(required=False, allow_null=True)
    language = Text(max_length=50)
    country = Text(max_length=100)
    rating = Text(max_length=20)
    synopsis = Text(max_length=5000)
    synopsis_en = Text(max_length=5000)
    poster_url = WebAddress()
    backdrop_url = WebAddress()
    trailer_url = WebAddress()
    stream_url = WebAddress()
    status = serializers.ChoiceField(choices=Movie.Status.choices, required=False)
    genre_list = GenreFacts(many=True, required=False, max_length=MAX_NAMED)
    actor_list = RoleFacts(many=True, required=False, max_length=MAX_NAMED)


GenreRef = in_dialect(V1_DIALECT, GenreFacts, name="GenreRef")
RoleRef = in_dialect(V1_DIALECT, RoleFacts, name="RoleRef")
MovieIn = in_dialect(V1_DIALECT, MovieFacts, name="MovieIn")


def split_facts(given: dict) -> dict:
    """What ``save_movie`` takes: the film's own fields, the genres and the roles, where given."""
    facts = dict(given)
    genres, roles = facts.pop("genre_list", None), facts.pop("actor_list", None)
    return {
        "facts": facts,
        "genre_ids": None if genres is None else [genre["genre_id"] for genre in genres],
        "roles": None if roles is None else [Role(role["actor_id"], role["role_name"]) for role in roles],
    }


class GenreFields(serializers.Serializer):
    """A genre."""

    genre_id = serializers.IntegerField(source="pk")
    name = serializers.CharField()
    name_en = serializers.CharField()


class PersonFields(serializers.Serializer):
    """A person of the films."""

    actor_id = serializers.IntegerField(source="pk")
    name = serializers.CharField()
    name_en = serializers.CharField()
    avatar_url = AddressOut()


class CreditFields(serializers.Serializer):
    """Who did what in a film."""

    actor_id = serializers.IntegerField(source="person_id")
    name = serializers.CharField(source="person.name")
    name_en = serializers.CharField(source="person.name_en")
    avatar_url = AddressOut(source="person.avatar_url")
    job = serializers.ChoiceField(choices=Credit.Job.choices)
    role_name = serializers.CharField()


class MovieFields(serializers.Serializer):
    """A film with all there is to say about it."""

    movie_id = serializers.IntegerField(source="pk")
    title = serializers.CharField()
    title_en = serializers.CharField()
    original_title = serializers.CharField()
    tmdb_id = serializers.IntegerField(allow_null=True)
    duration = serializers.IntegerField()
    release_date = serializers.DateField(allow_null=True)
    language = serializers.CharField()
    country = serializers.CharField()
    rating = serializers.CharField()
    poster_url = AddressOut()
    backdrop_url = AddressOut()
    status = serializers.ChoiceField(choices=Movie.Status.choices)
    synopsis = serializers.CharField()
    synopsis_en = serializers.CharField()
    trailer_url = AddressOut()
    stream_url = AddressOut()
    genre_list = GenreFields(source="genres", many=True)
    actor_list = CreditFields(source="credits", many=True)


class LocalMovieFields(MovieFields):
    """A film in the language of whoever asks, for dialects that have one text where v1 has two."""

    title = serializers.CharField(source="local_title")
    synopsis = serializers.CharField(source="local_synopsis")
    genre_names = serializers.SerializerMethodField()
    actor_names = serializers.SerializerMethodField()

    def get_genre_names(self, movie: Movie) -> list[str]:
        """Names of the genres."""
        return [genre.local_name for genre in movie.genres.all()]

    def get_actor_names(self, movie: Movie) -> list[str]:
        """Names of the cast."""
        return [credit.person.local_name for credit in movie.credits.all() if credit.job == "actor"]


GenreOut = in_dialect(V1_DIALECT, GenreFields, name="GenreOut")
ActorOut = in_dialect(V1_DIALECT, PersonFields, name="ActorOut")
CreditOut = in_dialect(V1_DIALECT, CreditFields, name="CreditOut")
MovieOut = in_dialect(V1_DIALECT, MovieFields, name="MovieOut")
MovieRecord = in_dialect(
    V1_DIALECT,
    MovieFields,
    name="MovieRecord",
    says="A film in a list.",
    only=(
        *("movie_id", "title", "title_en", "original_title", "tmdb_id", "duration", "release_date", "language"),
        *("country", "rating", "poster_url", "backdrop_url", "status"),
    ),
)
BookingMovie = in_dialect(
    BOOKING,
    LocalMovieFields,
    name="BookingMovie",
    says="A film in the booking dialect.",
    only=(
        *("movie_id", "title", "original_title", "duration", "release_date", "language", "country", "rating"),
        *("synopsis", "poster_url", "backdrop_url", "status", "genre_names", "actor_names"),
    ),
    called={"genre_names": "genres", "actor_names": "actors"},
)


class MovieQuery(PageQuery):
    """Which films, for staff."""

    status = serializers.ChoiceField(choices=Movie.Status.choices, required=False)
    keyword = serializers.CharField(required=False, allow_blank=True, max_length=100)


class ShownQuery(PageQuery):
    """Which films on show."""

    status = serializers.ChoiceField(choices=["released", "upcoming"], required=False)
    keyword = serializers.CharField(required=False, allow_blank=True, max_length=100)
    genreId = IdField(required=False)


class GenreIn(serializers.Serializer):
    """A genre to add or update."""

    name = serializers.CharField(max_length=50)
    nameEn = Text(source="name_en", max_length=50)


class ActorIn(serializers.Serializer):
    """A person to add or update."""

    name = serializers.CharField(max_length=100)
    nameEn = Text(source="name_en", max_length=100)
    avatarUrl = WebAddress(source="avatar_url")
