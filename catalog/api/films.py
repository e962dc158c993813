"""Films as v1 shows and takes them."""

from rest_framework import serializers

from catalog.films import Role
from catalog.models import Credit, Movie
from cinema.api.dialects import V1_DIALECT
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


class MovieRecord(serializers.Serializer):
    """A film in a list."""

    movieId = serializers.IntegerField(source="pk")
    title = serializers.CharField()
    titleEn = serializers.CharField(source="title_en")
    originalTitle = serializers.CharField(source="original_title")
    tmdbId = serializers.IntegerField(source="tmdb_id", allow_null=True)
    duration = serializers.IntegerField()
    releaseDate = serializers.DateField(source="release_date", allow_null=True)
    language = serializers.CharField()
    country = serializers.CharField()
    rating = serializers.CharField()
    posterUrl = AddressOut(source="poster_url")
    backdropUrl = AddressOut(source="backdrop_url")
    status = serializers.ChoiceField(choices=Movie.Status.choices)


class GenreOut(serializers.Serializer):
    """A genre."""

    genreId = serializers.IntegerField(source="pk")
    name = serializers.CharField()
    nameEn = serializers.CharField(source="name_en")


class ActorOut(serializers.Serializer):
    """A person of the films."""

    actorId = serializers.IntegerField(source="pk")
    name = serializers.CharField()
    nameEn = serializers.CharField(source="name_en")
    avatarUrl = AddressOut(source="avatar_url")


class CreditOut(serializers.Serializer):
    """Who did what in a film."""

    actorId = serializers.IntegerField(source="person_id")
    name = serializers.CharField(source="person.name")
    nameEn = serializers.CharField(source="person.name_en")
    avatarUrl = AddressOut(source="person.avatar_url")
    job = serializers.ChoiceField(choices=Credit.Job.choices)
    roleName = serializers.CharField(source="role_name")


class MovieOut(MovieRecord):
    """A film with all there is to say about it."""

    synopsis = serializers.CharField()
    synopsisEn = serializers.CharField(source="synopsis_en")
    trailerUrl = AddressOut(source="trailer_url")
    streamUrl = AddressOut(source="stream_url")
    genreList = GenreOut(source="genres", many=True)
    actorList = CreditOut(source="credits", many=True)


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
