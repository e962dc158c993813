"""Fills an empty database for ``bench/orders.py`` and prints, as JSON, what there is to buy and who buys.

python -m bench.orders_house SHOWTIMES CUSTOMERS
"""

import json
import sys
from datetime import timedelta

import django
from django.utils import timezone

django.setup()

from accounts.models import User  # noqa: E402  models need Django set up first
from accounts.tokens import issue_tokens  # noqa: E402
from catalog.models import Movie  # noqa: E402
from ticketing.models import Showtime  # noqa: E402
from ticketing.venue.halls import add_hall  # noqa: E402

SEATS = 200


def main() -> None:
    """One film in one hall, as often as told, and customers with their tokens."""
    showtimes, customers = map(int, sys.argv[1:])
    now = timezone.now()
    movie = Movie.objects.create(title="沙丘2", duration=100, status=Movie.Status.RELEASED)
    hall = add_hall(name="3号厅", total_seats=SEATS, hall_type="standard", now=now)
    starts = [now + timedelta(days=1, hours=3 * number) for number in range(showtimes)]
    length, price = timedelta(minutes=100), 4500
    planned = Showtime.objects.bulk_create(
        Showtime(movie=movie, hall=hall, price=price, starts_at=start, ends_at=start + length, clears_at=start + length)
        for start in starts
    )
    people = User.objects.bulk_create(
        User(username=f"customer{number}", email=f"customer{number}@example.com", password="!")
        for number in range(customers)
    )
    found = {
        "showtimes": [showtime.pk for showtime in planned],
        "seats": [[seat.pk, seat.label] for seat in hall.seats.order_by("y", "x")],
        "customers": [[person.pk, issue_tokens(person).access] for person in people],
    }
    print(json.dumps(found))


if __name__ == "__main__":
    main()
