"""Fills an empty database for ``bench/acts.py`` and prints, as JSON, what there is to buy and who buys.

python -m bench.acts_house SHOWTIMES CUSTOMERS
"""

import json
import sys
from datetime import datetime, timedelta

import django
from django.utils import timezone

django.setup()

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY  # noqa: E402
from django.db import transaction  # noqa: E402  models and sessions need Django set up first

from accounts.models import Session, User  # noqa: E402
from accounts.session_store import SessionStore  # noqa: E402
from accounts.sessions import begin_session  # noqa: E402
from accounts.tokens import tokens_of  # noqa: E402
from catalog.models import Genre, Movie  # noqa: E402
from cinema.days import add_days, day_of, midnight  # noqa: E402
from social.models import Rating  # noqa: E402
from ticketing.models import Hall, PriceCard, PriceRule, Showtime  # noqa: E402
from ticketing.venue.grids import SeatPlan  # noqa: E402
from ticketing.venue.halls import add_hall, lay_grid  # noqa: E402

FILMS, HALLS, DAYS, RATERS = 12, 8, 3, 100
ROWS, COLUMNS, AISLE = 15, 21, 11  # 300 seats
ON_SALE_IN = timedelta(days=20)  # so far away that no programme page shows them
SESSION_KINDS = (Session.Kind.API, Session.Kind.PAGE)


@transaction.atomic
def main() -> None:
    """A house with a programme, a hall of 300 seats whose showtimes are sold out of, and people with their log-ins."""
    showtimes, customers = map(int, sys.argv[1:])
    now = timezone.now()
    owner = User.objects.create_superuser(username="owner", email="owner@example.com", password=None)
    people = User.objects.bulk_create(
        User(username=f"customer{number}", email=f"customer{number}@example.com", password="!")
        for number in range(customers)
    )
    hall, card = large_hall(now), price_card()
    films = programme(people, card, now)
    planned = Showtime.objects.bulk_create(
        one_showtime(films[0], hall, card, now + ON_SALE_IN + timedelta(hours=3 * number))
        for number in range(showtimes)
    )
    found = {
        "film": films[0].pk,
        "showtimes": [showtime.pk for showtime in planned],
        "seats": [[seat.pk, seat.label] for seat in hall.seats.order_by("y", "x") if seat.is_available],
        "customers": [log_ins(person, now) for person in people],
        "bare_customer": owner.pk,
    }
    print(json.dumps(found))


def large_hall(now: datetime) -> Hall:
    """Three hundred seats, an aisle down the middle, two rows of VIP."""
    hall = add_hall(name="1号厅", total_seats=8, hall_type="imax", now=now)
    plans = [
        SeatPlan(chr(65 + y), x if x < AISLE else x - 1, x=x, y=y + 1, kind="vip" if y in (8, 9) else "standard")
        for y in range(ROWS)
        for x in range(1, COLUMNS + 1)
        if x != AISLE
    ]
    lay_grid(hall=hall, grid=plans, now=now)
    return hall


def price_card() -> PriceCard:
    """A surcharge and three reductions."""
    card = PriceCard.objects.create(name="平日")
    PriceRule.objects.create(card=card, seat_kind="vip", amount=2000)
    for price_type, amount in (("child", -1500), ("student", -1000), ("senior", -1000)):
        PriceRule.objects.create(card=card, price_type=price_type, amount=amount)
    return card


def programme(people: list[User], card: PriceCard, now: datetime) -> list[Movie]:
    """Twelve films in eight halls, forty showtimes a day."""
    genres = Genre.objects.bulk_create(Genre(name=name, name_en=name) for name in ("科幻", "剧情", "喜剧"))
    films = [
        Movie.objects.create(
            title=f"影片{number}",
            title_en=f"Film {number}",
            duration=100,
            status=Movie.Status.RELEASED,
            poster_url=f"https://pictures.example/{number}.jpg",
            synopsis="一部影片的故事。" * 20,
        )
        for number in range(FILMS)
    ]
    for number, film in enumerate(films):
        film.genres.add(genres[number % 3], genres[(number + 1) % 3])
    Rating.objects.bulk_create(
        Rating(user=person, movie=film, score=1 + (person.pk + film.pk) % 10, rated_at=now)
        for person in people[:RATERS]
        for film in films
    )
    halls = [
        add_hall(name=f"{2 + number}号厅", total_seats=120, hall_type="standard", now=now) for number in range(HALLS)
    ]
    begins = [
        midnight(add_days(day_of(now), day)) + timedelta(hours=hour)
        for day in range(1, DAYS + 1)
        for hour in (10, 13, 16, 19, 22)
    ]
    Showtime.objects.bulk_create(
        one_showtime(films[(at + number) % FILMS], hall, card, start)
        for at, start in enumerate(begins)
        for number, hall in enumerate(halls)
    )
    return films


def one_showtime(movie: Movie, hall: Hall, card: PriceCard, start: datetime) -> Showtime:
    """A showtime of a hundred minutes."""
    end = start + timedelta(minutes=movie.duration)
    times = {"starts_at": start, "ends_at": end, "clears_at": end}
    return Showtime(movie=movie, hall=hall, price=4500, price_card=card, **times)


def log_ins(person: User, now: datetime) -> tuple[str, str]:
    """An access token and the key of a cookie's session, as logging in gives them."""
    by_api, on_page = (begin_session(user=person, kind=kind, factors=["pwd"], now=now) for kind in SESSION_KINDS)
    store = SessionStore()
    store[SESSION_KEY] = str(person.pk)
    store[BACKEND_SESSION_KEY] = "accounts.backends.OpenAccounts"
    store[HASH_SESSION_KEY] = person.get_session_auth_hash()
    store.bind(on_page)
    store.create()
    return tokens_of(by_api, person).access, str(store.session_key)


if __name__ == "__main__":
    main()
