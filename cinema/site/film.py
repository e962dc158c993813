"""A film's page: the film, its showtimes, and what people say about it."""

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from catalog.models import Credit, Movie
from cinema.addresses import from_outside, is_own_path
from cinema.changes import version
from cinema.days import add_days, day_of
from cinema.headers import playing
from cinema.site.home import chosen_day
from cinema.site.programme import days_with_showtimes, film_on_show, showtimes_of, verdict_of
from cinema.site.structured import film_data
from social.models import Rating
from social.models.reviews import COMMENT_LENGTH
from social.reviews import SCORES, who_has_seen

COMMENTS_PER_PAGE = 20
DRAFT = "comment_draft"
PLAYABLE = (".mp4", ".webm", ".ogv")


@require_safe
def film(request: HttpRequest, pk: int) -> HttpResponse:
    """A film on show; one that was taken down is not to be found."""
    movie = film_on_show(version(), pk)
    if movie is None:
        raise Http404
    return playing(movie.trailer_url)(render)(request, "site/film.html", film_context(request, movie))


def film_context(request: HttpRequest, movie: Movie) -> dict:
    """What the film's page shows, also when a rating or a comment was refused."""
    state, now = version(), timezone.now()
    days = days_with_showtimes(state, now, movie_id=movie.pk)
    day = chosen_day(request.GET.get("date", ""), days)
    credits = list(movie.credits.all())
    on_day = showtimes_of(state, movie, day, now) if day else []
    verdict = verdict_of(state, movie)
    picture = movie.backdrop_url or movie.poster_url
    return {
        "movie": movie,
        "chat_room": f"movie-{movie.pk}",
        "directors": [one for one in credits if one.job == Credit.Job.DIRECTOR],
        "writers": [one for one in credits if one.job == Credit.Job.WRITER],
        "cast": [one for one in credits if one.job == Credit.Job.ACTOR],
        "plays_trailer": movie.trailer_url.lower().endswith(PLAYABLE),
        "days": days,
        "day": day,
        "today": day_of(now),
        "tomorrow": add_days(day_of(now), 1),
        "verdict": verdict,
        "structured": film_data(movie, on_day, verdict),
        "picture": from_outside(picture) if is_own_path(picture) else picture,
        "scores": SCORES,
        "comment_length": COMMENT_LENGTH,
        **_talk(request, movie),
        "showtimes": on_day,
    }


def _talk(request: HttpRequest, movie: Movie) -> dict:
    comments = movie.comments.visible().select_related("user").order_by("-created_at", "-id")
    page = Paginator(comments, COMMENTS_PER_PAGE).get_page(request.GET.get("page"))
    writers = {comment.user_id for comment in page}
    seen = who_has_seen(movie=movie, user_ids=writers) if writers else set()
    scores = dict(Rating.objects.filter(movie=movie, user__in=writers).values_list("user", "score")) if writers else {}
    for comment in page:
        comment.has_seen = comment.user_id in seen
        comment.score = scores.get(comment.user_id)
    mine = Rating.objects.filter(movie=movie, user=request.user).first() if request.user.is_authenticated else None
    return {"comments": page, "my_score": mine.score if mine else None, "draft": _kept_draft(request, movie)}


def keep_draft(request: HttpRequest, movie: Movie, content: str) -> None:
    """Keep what has been written below this film for the form's next showing; an empty one forgets it."""
    if content.strip():
        request.session[DRAFT] = {"movie": movie.pk, "content": content[: COMMENT_LENGTH * 2]}
    else:
        request.session.pop(DRAFT, None)


def _kept_draft(request: HttpRequest, movie: Movie) -> str:
    if not request.user.is_authenticated:
        return ""
    kept = request.session.get(DRAFT)
    return kept["content"] if kept and kept["movie"] == movie.pk else ""
