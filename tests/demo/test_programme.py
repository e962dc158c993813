"""The demo programme as data: true, complete, and drawn."""

import re
from datetime import date, timedelta
from pathlib import Path
from xml.etree import ElementTree
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings

from cinema.demo.film import GENRES, Film
from cinema.demo.house import HALLS
from cinema.demo.programme import FILMS
from cinema.demo.timetable import DUNE, day_plan

ZONE = ZoneInfo("Asia/Shanghai")
SHANGHAI_DAYS = [date(2026, 1, 1) + timedelta(days=offset) for offset in range(60)]
DURATIONS = {film.slug: film.duration for film in FILMS if not film.upcoming}
PICTURES = [url for film in FILMS for url in (film.poster_url, film.backdrop_url)]


def picture(url: str) -> Path:
    return Path(settings.BASE_DIR) / url.removeprefix("/")


def by_slug(film: Film) -> str:
    return film.slug


def test_every_film_has_its_own_slug_title_and_number():
    numbers = [film.tmdb_id for film in FILMS if film.tmdb_id]

    assert len({film.slug for film in FILMS}) == len(FILMS)
    assert len({film.title for film in FILMS}) == len(FILMS)
    assert len(set(numbers)) == len(numbers)


def test_a_name_is_always_written_in_the_same_way():
    names = [who for film in FILMS for who in (*film.directors, *film.writers, *(part.actor for part in film.cast))]

    assert len({name.en for name in names}) == len(set(names))


@pytest.mark.parametrize("film", FILMS, ids=by_slug)
def test_a_film_is_told_in_both_languages(film: Film):
    sentences = len(re.findall(r"[。！？]", film.synopsis)), len(re.findall(r"[.?!](?= |$)", film.synopsis_en))

    assert sentences >= ((1, 2) if film.slug == DUNE else (2, 2))
    assert set(film.genres) <= set(GENRES)
    assert film.directors


def test_dune_stands_as_the_documents_print_it():
    (dune,) = (film for film in FILMS if film.slug == DUNE)

    assert (dune.title, dune.original_title, dune.tmdb_id, dune.duration) == ("沙丘2", "Dune: Part Two", 438631, 166)
    assert (dune.release_date, dune.language, dune.country, dune.rating) == (
        date(2024, 3, 1),
        "English",
        "United States",
        "PG-13",
    )
    assert dune.synopsis == "保罗·厄崔迪与弗雷曼人联手，向背叛他家族的人复仇。"


@pytest.mark.parametrize("url", PICTURES)
def test_a_picture_is_small_well_formed_and_needs_nothing_from_elsewhere(url: str):
    drawing = picture(url).read_text(encoding="utf-8")
    root = ElementTree.fromstring(drawing)
    outside = drawing.replace('xmlns="http://www.w3.org/2000/svg"', "")

    assert len(drawing.encode()) < 25_000
    assert root.attrib["viewBox"] == ("0 0 600 900" if "/posters/" in url else "0 0 1600 900")
    assert re.findall(r"https?:|<script|<image|<style|\son\w+=|url\((?!#)", outside) == []


def test_no_picture_is_without_its_film():
    drawn = {
        f"/{path.relative_to(settings.BASE_DIR)}"
        for folder in ("posters", "backdrops")
        for path in (Path(settings.BASE_DIR) / "static" / "demo" / folder).iterdir()
    }

    assert drawn == set(PICTURES)


@pytest.mark.parametrize("hall", HALLS)
def test_a_hall_never_shows_two_films_at_once(hall: str):
    for day in SHANGHAI_DAYS:
        between = HALLS[hall].preshow + HALLS[hall].turnaround
        plan = list(day_plan(hall=hall, day=day, durations=DURATIONS, between=between))
        clear = [film.starts_at + timedelta(minutes=DURATIONS[film.slug] + between) for film in plan]

        assert all(ready <= following.starts_at for ready, following in zip(clear, plan[1:], strict=False))


def test_dune_plays_every_evening_in_the_largest_hall():
    for day in SHANGHAI_DAYS:
        plan = day_plan(hall="imax", day=day, durations=DURATIONS, between=20)

        assert [film.slug for film in plan if 18 <= film.starts_at.astimezone(ZONE).hour < 21] == [DUNE]


def test_the_halls_have_the_seats_they_promise():
    assert {house.name: len(house.grid) for house in HALLS.values()} == {"1号厅": 120, "IMAX厅": 260, "VIP厅": 60}
