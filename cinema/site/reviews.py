"""Rating a film, writing below it, and complaining about what others wrote: plain forms on the film's page."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from catalog.models import Movie
from cinema.errors import CinemaError
from cinema.headers import playing
from cinema.pages import only_post
from cinema.rate_limits import caller_of
from cinema.site.film import film_context, keep_draft
from social.models import Comment
from social.reviews import post_comment, rate_movie, report_comment


@only_post("site:film")
@login_required
def rate(request: HttpRequest, pk: int) -> HttpResponse:
    """Give the film a score from 1 to 10."""
    movie = _movie(pk)
    draft = _draft(request)
    try:
        rate_movie(user=request.user, movie=movie, score=_score(request), now=timezone.now())
    except CinemaError as refusal:
        return _film_page(request, movie, refusal, draft=draft)
    # What has been written in the same form but not published yet is there again on the next page.
    keep_draft(request, movie, draft)
    messages.success(request, _("Your rating counts. Thank you!"))
    return redirect(_address(movie))


@only_post("site:film")
@login_required
def comment(request: HttpRequest, pk: int) -> HttpResponse:
    """Write below the film; the score chosen in the same form counts with it, both or neither."""
    movie, content, now = _movie(pk), _draft(request), timezone.now()
    try:
        with transaction.atomic():
            if request.POST.get("score"):
                rate_movie(user=request.user, movie=movie, score=_score(request), now=now)
            post_comment(user=request.user, movie=movie, content=content, caller=caller_of(request), now=now)
    except CinemaError as refusal:
        return _film_page(request, movie, refusal, draft=content)
    keep_draft(request, movie, "")
    return redirect(_address(movie))


@login_required
@require_POST
def report(request: HttpRequest, pk: int) -> HttpResponse:
    """Tell the moderators of a comment that should not stand."""
    visible = Comment.objects.visible().filter(movie__in=Movie.objects.on_show())
    found = get_object_or_404(visible.select_related("movie"), pk=pk)
    try:
        report_comment(user=request.user, comment=found, reason=request.POST.get("reason", ""), now=timezone.now())
    except CinemaError as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, _("Thank you. A moderator will look at it."))
    return redirect(_address(found.movie))


def _movie(pk: int) -> Movie:
    return get_object_or_404(Movie.objects.on_show().with_cast(), pk=pk)


def _address(movie: Movie) -> str:
    return reverse("site:film", args=[movie.pk]) + "#reviews"


def _draft(request: HttpRequest) -> str:
    return request.POST.get("content", "").replace("\r\n", "\n")


def _score(request: HttpRequest) -> int:
    text = request.POST.get("score", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 2 else 0


def _film_page(request: HttpRequest, movie: Movie, refusal: CinemaError, draft: str = "") -> HttpResponse:
    known = film_context(request, movie)
    chosen = _score(request) or known["my_score"]
    context = known | {"review_refusal": refusal, "draft": draft, "my_score": chosen}
    return playing(movie.trailer_url)(render)(request, "site/film.html", context, status=refusal.http_status)
