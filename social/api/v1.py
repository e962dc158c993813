"""Comments and ratings in /api/v1."""

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request

from catalog.films import movie_on_show
from cinema.api.endpoints import ANYONE, V1ViewSet, endpoint
from cinema.api.paging import PageQuery
from cinema.rate_limits import caller_of
from social.api.comments import (
    CommentsQuery,
    HideIn,
    RatingOut,
    ScoreIn,
    V1Comment,
    V1CommentIn,
    V1ModeratedComment,
    comments_of,
)
from social.models import Comment
from social.reviews import (
    Verdict,
    comment_by_id,
    delete_comment,
    edit_comment,
    hide_comment,
    post_comment,
    rate_movie,
    show_comment,
    verdict_on,
)


class V1Comments(V1ViewSet):
    """Comments on a film."""

    tag = "comments"

    @endpoint(says=_("Fetched."), asks=PageQuery, gives=V1Comment, paged=True, needs=ANYONE)
    def list(self, request: Request, movie_id: int) -> QuerySet[Comment]:
        """List a film's comments, oldest first."""
        return comments_of(movie_on_show(movie_id=movie_id).pk)

    @endpoint(says=_("Commented."), takes=V1CommentIn, gives=V1Comment)
    def create(self, request: Request, movie_id: int) -> Comment:
        """Comment on a film; the same words again within ten minutes are the comment that is there."""
        return post_comment(
            user=request.user,
            movie=movie_on_show(movie_id=movie_id),
            content=self.given["content"],
            has_spoilers=self.given.get("hasSpoilers", False),
            caller=caller_of(request),
            now=self.now,
        )

    @endpoint(says=_("Updated."), takes=V1CommentIn, gives=V1Comment)
    def update(self, request: Request, comment_id: int) -> Comment:
        """Put one's own comment in other words."""
        return edit_comment(
            user=request.user,
            comment_id=comment_id,
            content=self.given["content"],
            has_spoilers=self.given.get("hasSpoilers"),
            now=self.now,
        )

    @endpoint(says=_("Deleted."))
    def destroy(self, request: Request, comment_id: int) -> None:
        """Take one's own comment back."""
        delete_comment(user=request.user, comment_id=comment_id)


class V1Ratings(V1ViewSet):
    """Ratings of a film."""

    tag = "comments"

    @endpoint(says=_("Fetched."), gives=RatingOut, needs=ANYONE)
    def retrieve(self, request: Request, movie_id: int) -> Verdict:
        """Show what a film's raters think."""
        return verdict_on(movie=movie_on_show(movie_id=movie_id))

    @endpoint(says=_("Rated."), takes=ScoreIn, gives=RatingOut)
    def update(self, request: Request, movie_id: int) -> Verdict:
        """Rate a film from 1 to 10; a second rating replaces the first."""
        movie = movie_on_show(movie_id=movie_id)
        rate_movie(user=request.user, movie=movie, score=self.given["rating"], now=self.now)
        return verdict_on(movie=movie)


class V1CommentDesk(V1ViewSet):
    """Comments, for staff."""

    tag = "comments, for staff"

    @endpoint(says=_("Fetched."), asks=CommentsQuery, gives=V1ModeratedComment, paged=True, needs="social.view_comment")
    def list(self, request: Request) -> QuerySet[Comment]:
        """List comments, newest first, the hidden ones too."""
        comments = Comment.objects.select_related("user").order_by("-id")
        return comments.filter(movie=self.asked["movieId"]) if "movieId" in self.asked else comments

    @endpoint(says=_("Updated."), takes=HideIn, needs="social.moderate_comment")
    def update(self, request: Request, comment_id: int) -> None:
        """Hide a comment or show it again."""
        judge = hide_comment if self.given["isHidden"] else show_comment
        judge(comment=comment_by_id(comment_id=comment_id), by=request.user, now=self.now)
