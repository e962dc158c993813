"""Films and showtimes as search engines read them (schema.org, JSON-LD)."""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.urls import reverse

from catalog.models import Movie
from cinema.addresses import from_outside, is_own_path
from cinema.clock import local
from cinema.money import to_major
from cinema.pages import house_name
from social.reviews import Verdict
from ticketing.models import Showtime

CONTEXT = "https://schema.org"


def film_data(movie: Movie, showtimes: Iterable[Showtime], verdict: Verdict) -> list[dict[str, Any]]:
    """The film, and each showtime on the page as an event one can buy a ticket for."""
    address = from_outside(reverse("site:film", args=[movie.pk]))
    film: dict[str, Any] = {
        "@context": CONTEXT,
        "@type": "Movie",
        "@id": address,
        "url": address,
        "name": movie.local_title,
        "duration": f"PT{movie.duration}M",
    }
    if movie.poster_url:
        film["image"] = from_outside(movie.poster_url) if is_own_path(movie.poster_url) else movie.poster_url
    if movie.local_synopsis:
        film["description"] = movie.local_synopsis
    if movie.release_date:
        film["datePublished"] = movie.release_date.isoformat()
    if verdict.count:
        film["aggregateRating"] = {
            "@type": "AggregateRating",
            "ratingValue": round(verdict.average or 0, 1),
            "ratingCount": verdict.count,
            "bestRating": 10,
            "worstRating": 1,
        }
    return [film, *(_event(showtime, movie, address) for showtime in showtimes)]


def _event(showtime: Showtime, movie: Movie, film_address: str) -> dict[str, Any]:
    available = "InStock" if showtime.free_count > 0 else "SoldOut"
    return {
        "@context": CONTEXT,
        "@type": "ScreeningEvent",
        "name": movie.local_title,
        "startDate": local(showtime.starts_at).isoformat(),
        "endDate": local(showtime.ends_at).isoformat(),
        "videoFormat": showtime.get_format_display(),
        "location": {"@type": "MovieTheater", "name": house_name(), "url": settings.SITE_URL},
        "workPresented": {"@type": "Movie", "@id": film_address, "name": movie.local_title},
        "offers": {
            "@type": "Offer",
            "price": str(to_major(showtime.price, showtime.currency)),
            "priceCurrency": showtime.currency,
            "availability": f"{CONTEXT}/{available}",
            "url": from_outside(reverse("ticketing:seats", args=[showtime.pk])),
        },
    }
