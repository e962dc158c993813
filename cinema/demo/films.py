"""Entering the demo programme into the catalogue."""

from collections.abc import Iterable

from django.contrib.staticfiles import finders
from django.utils import timezone

from catalog.films import Role, save_movie
from catalog.models import Credit, Genre, Movie, Person
from cinema.demo.film import GENRES, Film
from cinema.demo.programme import FILMS

STREAM = "demo/stream/master.m3u8"


def enter_films() -> dict[str, Movie]:
    """Write every film with its genres and people; answers them by slug."""
    genres = {name: Genre.objects.get_or_create(name=name, defaults={"name_en": en})[0] for name, en in GENRES.items()}
    people = _people(FILMS)
    return {film.slug: _enter(film, genres, people) for film in FILMS}


def known_films() -> dict[str, Movie]:
    """The films of the demo programme that are still shown, by slug."""
    by_poster = {film.poster_url: film.slug for film in FILMS}
    released = Movie.objects.released().filter(poster_url__in=by_poster)
    return {by_poster[movie.poster_url]: movie for movie in released}


def _enter(film: Film, genres: dict[str, Genre], people: dict[str, Person]) -> Movie:
    roles = [
        *(Role(people[who.en].pk, job=Credit.Job.DIRECTOR) for who in film.directors),
        *(Role(people[who.en].pk, job=Credit.Job.WRITER) for who in film.writers),
        *(Role(people[part.actor.en].pk, part.role) for part in film.cast),
    ]
    plain = ("title", "title_en", "original_title", "tmdb_id", "duration", "release_date", "language", "country")
    facts = {name: getattr(film, name) for name in (*plain, "rating", "synopsis", "synopsis_en")}
    facts |= {"poster_url": film.poster_url, "backdrop_url": film.backdrop_url}
    facts["stream_url"] = f"/static/{STREAM}" if film.streams and finders.find(STREAM) else ""
    facts["status"] = Movie.Status.UPCOMING if film.upcoming else Movie.Status.RELEASED
    genre_ids = [genres[name].pk for name in film.genres]
    return save_movie(movie=Movie(), now=timezone.now(), facts=facts, genre_ids=genre_ids, roles=roles)


def _people(films: Iterable[Film]) -> dict[str, Person]:
    names = {
        who.en: who for film in films for who in (*film.directors, *film.writers, *(part.actor for part in film.cast))
    }
    known = {person.name_en: person for person in Person.objects.filter(name_en__in=names)}
    new = [Person(name=who.zh, name_en=who.en) for who in names.values() if who.en not in known]
    return known | {person.name_en: person for person in Person.objects.bulk_create(new)}
