"""Watch parties: making one from a film, and the page where it is watched."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from catalog.models import Movie
from cinema.addresses import absolute
from cinema.errors import CinemaError
from cinema.headers import playing
from social.models import Party
from social.rooms import NoSuchRoom, party_by_code, start_party

RATES = ("0.5", "0.75", "1", "1.25", "1.5", "2")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new_party(request: HttpRequest, pk: int) -> HttpResponse:
    """Start a party for a film that has a stream."""
    movie = get_object_or_404(Movie.objects.on_show().exclude(stream_url=""), pk=pk)
    context = {"movie": movie, "controls": Party.Control.choices, "waits": Party.Wait.choices}
    if request.method != "POST":
        return render(request, "social/party_new.html", context)
    rules = {name: request.POST[name] for name in ("control", "wait") if name in request.POST}
    try:
        party = start_party(host=request.user, movie=movie, now=timezone.now(), **rules)
    except CinemaError as refusal:
        return render(request, "social/party_new.html", context | {"refusal": refusal}, status=refusal.http_status)
    return redirect("social:watch", party.code)


@require_safe
def watch(request: HttpRequest, code: str) -> HttpResponse:
    """The party's page, for whoever has the link."""
    try:
        party = party_by_code(code=code)
    except NoSuchRoom:
        raise Http404 from None
    context = {
        "party": party,
        "movie": party.room.movie,
        "chat_room": party.room.key,
        "length": party.room.movie.duration * 60,
        "rates": RATES,
        "invitation": absolute(reverse("social:watch", args=[party.code]), request),
    }
    movie = party.room.movie
    return playing(movie.stream_url)(render)(request, "social/watch.html", context)
