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
from cinema.errors import CinemaError, InvalidInput
from cinema.headers import playing
from cinema.pages import only_post
from cinema.rate_limits import caller_of
from cinema.site.film import film_context, keep_draft
from social.models import Comment
from social.models.reviews import COMMENT_LENGTH
from social.reviews import delete_comment, edit_comment, post_comment, rate_movie, report_comment


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
            post_comment(
                user=request.user,
                movie=movie,
                content=content,
                has_spoilers=_has_spoilers(request),
                caller=caller_of(request),
                now=now,
            )
    except CinemaError as refusal:
        return _film_page(request, movie, refusal, draft=content)
    keep_draft(request, movie, "")
    return redirect(_address(movie))


@login_required
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Put one's own comment in other words; nobody else's is found here."""
    found = get_object_or_404(Comment.objects.filter(user=request.user).select_related("movie"), pk=pk)
    if request.method != "POST":
        return _edit_page(request, found, found.content, spoils=found.has_spoilers)
    content, spoils = _draft(request), _has_spoilers(request)
    try:
        edit_comment(user=request.user, comment_id=pk, content=content, has_spoilers=spoils, now=timezone.now())
    except InvalidInput as refusal:
        return _edit_page(request, found, content, spoils=spoils, refusal=refusal)
    return _back_to(found.movie)


@only_post("site:edit_comment")
@login_required
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Take one's own comment back; nobody else's is found here."""
    found = get_object_or_404(Comment.objects.filter(user=request.user).select_related("movie"), pk=pk)
    delete_comment(user=request.user, comment_id=pk)
    messages.success(request, _("Your comment is deleted."))
    return _back_to(found.movie)


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


def _back_to(movie: Movie) -> HttpResponse:
    """The film's page, or the home page where the film isn't on show any more."""
    on_show = Movie.objects.on_show().filter(pk=movie.pk).exists()
    return redirect(_address(movie) if on_show else "site:home")


def _edit_page(
    request: HttpRequest, comment: Comment, content: str, *, spoils: bool, refusal: CinemaError | None = None
) -> HttpResponse:
    context = {
        "comment": comment,
        "draft": content,
        "has_spoilers": spoils,
        "refusal": refusal,
        "comment_length": COMMENT_LENGTH,
    }
    return render(request, "site/comment.html", context, status=refusal.http_status if refusal else 200)


def _has_spoilers(request: HttpRequest) -> bool:
    return request.POST.get("has_spoilers") == "on"


def _draft(request: HttpRequest) -> str:
    return request.POST.get("content", "").replace("\r\n", "\n")


def _score(request: HttpRequest) -> int:
    text = request.POST.get("score", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 2 else 0


def _film_page(request: HttpRequest, movie: Movie, refusal: CinemaError, draft: str = "") -> HttpResponse:
    known = film_context(request, movie)
    chosen = _score(request) or known["my_score"]
    context = known | {
        "review_refusal": refusal,
        "draft": draft,
        "draft_has_spoilers": _has_spoilers(request),
        "my_score": chosen,
    }
    return playing(movie.trailer_url)(render)(request, "site/film.html", context, status=refusal.http_status)
