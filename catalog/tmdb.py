"""Bringing films over from The Movie Database: a client for the two things we ask it, and the import."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import httpx
from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from catalog.films import Role, save_movie
from catalog.models import Credit, Genre, Movie, Person
from cinema.errors import CinemaError, Conflict, NotFound

HOME = "https://api.themoviedb.org/3"
PICTURES = "https://image.tmdb.org/t/p"
PATIENCE = httpx.Timeout(8, connect=4)
MAX_ACTORS = 12
WRITING = {"Writer", "Screenplay", "Author"}


class TmdbOff(Conflict):
    """The house has no key."""

    code = "tmdb_off"
    message = _("Set TMDB_API_KEY to import films from TMDb.")


class TmdbUnavailable(CinemaError):
    """TMDb didn't answer, or not as it should."""

    code = "tmdb_unavailable"
    message = _("TMDb does not answer just now. Please try again later.")
    http_status = 503


class TmdbNotFound(NotFound):
    """TMDb knows no such film."""

    code = "tmdb_not_found"
    message = _("TMDb knows no film with this number.")


class TmdbIncomplete(Conflict):
    """A film without a length can't be planned."""

    code = "tmdb_incomplete"
    message = _("TMDb does not know the length of this film yet.")


@dataclass(frozen=True)
class Found:
    """A film as the search lists it."""

    tmdb_id: int
    title: str
    original_title: str
    year: str
    poster_url: str


def find_films(*, words: str) -> list[Found]:
    """Films TMDb finds for a title, or the one with this number. Raises TmdbOff, TmdbUnavailable."""
    if words.strip().isascii() and words.strip().isdigit():
        try:
            return [_found(_ask(f"/movie/{int(words)}", language="zh-CN"))]
        except TmdbNotFound:
            return []
    answer = _ask("/search/movie", query=words.strip(), language="zh-CN", include_adult="false")
    return [_found(row) for row in answer.get("results", [])]


def import_film(*, tmdb_id: int, now: datetime) -> Movie:
    """Take a film over with genres, cast and makers; one that was imported before is brought up to date.

    A film's status and streams stay the house's own. Raises TmdbOff, TmdbUnavailable, TmdbNotFound, TmdbIncomplete,
    InvalidInput.
    """
    chinese = _ask(f"/movie/{tmdb_id}", language="zh-CN", append_to_response="credits,release_dates")
    english = _ask(f"/movie/{tmdb_id}", language="en-US", append_to_response="credits")
    if not chinese.get("runtime"):
        raise TmdbIncomplete
    with transaction.atomic():
        known = Movie.objects.select_for_update(no_key=True).filter(tmdb_id=tmdb_id).first()
        genres = _genres(chinese, english)
        roles = _roles(chinese.get("credits", {}), _names(english.get("credits", {})))
        return save_movie(
            movie=known or Movie(tmdb_id=tmdb_id),
            now=now,
            facts=_facts(chinese, english),
            genre_ids=genres,
            roles=roles,
        )


def _ask(path: str, **query: str) -> dict:
    key = settings.TMDB_API_KEY
    if not key:
        raise TmdbOff
    # The short key goes by query, the read token by header: TMDb takes each only there.
    is_token = key.startswith("eyJ")
    headers = {"Accept": "application/json"} | ({"Authorization": f"Bearer {key}"} if is_token else {})
    try:
        answer = httpx.get(
            HOME + path, params=query if is_token else {**query, "api_key": key}, headers=headers, timeout=PATIENCE
        )
        if answer.status_code == httpx.codes.NOT_FOUND:
            raise TmdbNotFound
        answer.raise_for_status()
        found = answer.json()
    except (httpx.HTTPError, ValueError):
        # The address is not told on: it has the key in it.
        raise TmdbUnavailable from None
    if not isinstance(found, dict):
        raise TmdbUnavailable
    return found


def _found(row: dict) -> Found:
    return Found(
        tmdb_id=row["id"],
        title=row.get("title") or row.get("original_title") or "",
        original_title=row.get("original_title") or "",
        year=(row.get("release_date") or "")[:4],
        poster_url=_picture(row.get("poster_path"), "w185"),
    )


def _facts(chinese: dict, english: dict) -> dict[str, Any]:
    return {
        "title": (chinese.get("title") or chinese["original_title"])[:150],
        "title_en": (english.get("title") or "")[:150],
        "original_title": (chinese.get("original_title") or "")[:150],
        "duration": chinese["runtime"],
        "release_date": _day(chinese.get("release_date")),
        "language": _first(chinese.get("spoken_languages"), "name")[:50],
        "country": _first(chinese.get("production_countries"), "name")[:100],
        "rating": _rating(chinese.get("release_dates", {}))[:20],
        "synopsis": (chinese.get("overview") or "")[:5000],
        "synopsis_en": (english.get("overview") or "")[:5000],
        "poster_url": _picture(chinese.get("poster_path"), "w500"),
        "backdrop_url": _picture(chinese.get("backdrop_path"), "w1280"),
    }


def _genres(chinese: dict, english: dict) -> list[int]:
    names = {row["id"]: row["name"] for row in english.get("genres", [])}
    ids = []
    for row in chinese.get("genres", []):
        known = {"name_en": names.get(row["id"], "")[:50]}
        genre, _created = Genre.objects.get_or_create(name=row["name"][:50], defaults=known)
        ids.append(genre.pk)
    return ids


def _roles(credits: dict, english: dict[int, str]) -> list[Role]:
    actors = sorted(credits.get("cast", []), key=lambda row: row.get("order", 0))[:MAX_ACTORS]
    roles = [Role(_person(row, english), (row.get("character") or "")[:100]) for row in actors]
    for row in credits.get("crew", []):
        if row.get("job") == "Director":
            roles.append(Role(_person(row, english), job=Credit.Job.DIRECTOR))
        elif row.get("job") in WRITING:
            roles.append(Role(_person(row, english), job=Credit.Job.WRITER))
    return roles


def _person(row: dict, english: dict[int, str]) -> int:
    known = {
        "name": row["name"][:100],
        "name_en": english.get(row["id"], "")[:100],
        "avatar_url": _picture(row.get("profile_path"), "w185"),
    }
    person, _created = Person.objects.get_or_create(tmdb_id=row["id"], defaults=known)
    return person.pk


def _names(credits: dict) -> dict[int, str]:
    return {row["id"]: row["name"] for row in [*credits.get("cast", []), *credits.get("crew", [])]}


def _rating(releases: dict) -> str:
    by_country = {row["iso_3166_1"]: row["release_dates"] for row in releases.get("results", [])}
    marks = [one.get("certification", "") for one in by_country.get("US", [])]
    return next((mark for mark in marks if mark), "")


def _picture(path: str | None, size: str) -> str:
    return f"{PICTURES}/{size}{path}" if path else ""


def _first(rows: list[dict] | None, name: str) -> str:
    return (rows[0].get(name) or "") if rows else ""


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None
