"""Rating films and talking about them below their page."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Avg, Count
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from catalog.models import Movie
from cinema.errors import Conflict, InvalidInput, NotFound
from cinema.rate_limits import Caller, policy, take
from cinema.rate_limits.callers import NOBODY
from social.models import Comment, CommentReport, Rating
from social.models.reviews import COMMENT_LENGTH
from ticketing.models import Ticket

SCORES = range(1, 11)
SAME_WORDS = timedelta(minutes=10)  # within which the same words are the same comment


class InvalidScore(InvalidInput):
    """A score is a whole number from 1 to 10."""

    code = "invalid_score"
    message = _("A rating is a whole number from 1 to 10.")


class InvalidComment(InvalidInput):
    """A comment has between 1 and 2,000 characters."""

    code = "invalid_comment"
    message = _("A comment has between 1 and 2,000 characters.")


class CommentNotFound(NotFound):
    """No comment has this id."""

    code = "comment_not_found"
    message = _("There is no such comment.")


class OwnComment(Conflict):
    """Nobody reports themselves."""

    code = "own_comment"
    message = _("You cannot report your own comment.")


@dataclass(frozen=True)
class Verdict:
    """What a film's raters think: how many, the mean, and how many gave each score from 1 to 10."""

    count: int
    average: float | None
    distribution: dict[int, int]

    @property
    def bars(self) -> list[tuple[int, int, int]]:
        """Score, count and share in per cent, best first, for a page."""
        return [
            (score, n, round(100 * n / self.count) if self.count else 0)
            for score, n in reversed(self.distribution.items())
        ]


@transaction.atomic
def rate_movie(*, user: User, movie: Movie, score: int, now: datetime) -> Rating:
    """Give a film a score; a second one replaces the first. Raises InvalidScore."""
    if isinstance(score, bool) or not isinstance(score, int) or score not in SCORES:
        raise InvalidScore(field="rating")
    rating, _created = Rating.objects.update_or_create(
        user=user, movie=movie, defaults={"score": score, "rated_at": now}
    )
    return rating


def post_comment(
    *, user: User, movie: Movie, content: str, now: datetime, has_spoilers: bool = False, caller: Caller = NOBODY
) -> Comment:
    """Write below a film's page; the same words again within ten minutes are the comment that is there.

    ``caller`` is whom limits count. Raises InvalidComment, RateLimited.
    """
    text = _clean(content)
    take(policy.COMMENTS, caller)  # before the transaction, which should not wait for Redis
    with transaction.atomic():
        # One comment of a person at a time: a form sent twice at one moment is written once.
        User.objects.select_for_update(no_key=True).get(pk=user.pk)
        lately = Comment.objects.filter(user=user, movie=movie, content=text, created_at__gt=now - SAME_WORDS)
        return lately.first() or Comment.objects.create(
            user=user, movie=movie, content=text, has_spoilers=has_spoilers, created_at=now
        )


def edit_comment(*, user: User, comment_id: int, content: str, has_spoilers: bool | None, now: datetime) -> Comment:
    """Put one's own comment in other words; None leaves the mark for spoilers as it is.

    What a moderator has hidden stays hidden. Raises CommentNotFound for somebody else's, InvalidComment.
    """
    text, comment = _clean(content), _own_comment(user, comment_id)
    spoils = comment.has_spoilers if has_spoilers is None else has_spoilers
    if (text, spoils) != (comment.content, comment.has_spoilers):
        comment.content, comment.has_spoilers, comment.edited_at = text, spoils, now
        comment.save(update_fields=["content", "has_spoilers", "edited_at"])
    return comment


def delete_comment(*, user: User, comment_id: int) -> None:
    """Take one's own comment back, for good. Raises CommentNotFound for somebody else's."""
    _own_comment(user, comment_id).delete()


def _own_comment(user: User, comment_id: int) -> Comment:
    comment = Comment.objects.filter(pk=comment_id, user=user).select_related("movie", "user").first()
    if comment is None:
        raise CommentNotFound
    return comment


def _clean(content: object) -> str:
    """The words as they are kept. Raises InvalidComment."""
    if not isinstance(content, str) or not 0 < len(text := content.replace("\x00", "").strip()) <= COMMENT_LENGTH:
        raise InvalidComment(field="content")
    return text


def comment_by_id(*, comment_id: int) -> Comment:
    """Any comment, hidden or not; for staff. Raises CommentNotFound."""
    comment = Comment.objects.filter(pk=comment_id).first()
    if comment is None:
        raise CommentNotFound
    return comment


@transaction.atomic
def report_comment(*, user: User, comment: Comment, reason: str = "", now: datetime) -> CommentReport:
    """Complain about a comment; a second complaint of the same person changes nothing. Raises OwnComment."""
    if comment.user_id == user.pk:
        raise OwnComment
    report, _created = CommentReport.objects.get_or_create(
        comment=comment, user=user, defaults={"reason": reason.strip()[:200], "created_at": now}
    )
    return report


@transaction.atomic
def hide_comment(*, comment: Comment, by: User, now: datetime) -> Comment:
    """Take a comment off the page; complaints about it are settled thereby."""
    return _judge(comment=comment, hidden=True, by=by, now=now)


@transaction.atomic
def show_comment(*, comment: Comment, by: User, now: datetime) -> Comment:
    """Put a comment (back) on the page; complaints about it are settled thereby."""
    return _judge(comment=comment, hidden=False, by=by, now=now)


def verdict_on(*, movie: Movie) -> Verdict:
    """The film's ratings, counted and averaged in SQL."""
    by_score = dict(movie.ratings.order_by().values_list("score").annotate(n=Count("id")))
    average = movie.ratings.aggregate(mean=Avg("score"))["mean"]
    return Verdict(
        count=sum(by_score.values()),
        average=None if average is None else round(float(average), 1),
        distribution={score: by_score.get(score, 0) for score in SCORES},
    )


def who_has_seen(*, movie: Movie, user_ids: Iterable[int]) -> set[int]:
    """Those among ``user_ids`` who were admitted to a showing of this film with a ticket of their own."""
    return set(
        Ticket.objects.filter(
            status=Ticket.Status.USED, showtime__movie=movie, order__customer_id__in=set(user_ids)
        ).values_list("order__customer_id", flat=True)
    )


def _judge(*, comment: Comment, hidden: bool, by: User, now: datetime) -> Comment:
    comment.is_hidden, comment.hidden_by = hidden, by if hidden else None
    comment.save(update_fields=["is_hidden", "hidden_by"])
    comment.reports.filter(settled_at=None).update(settled_at=now)
    return comment
