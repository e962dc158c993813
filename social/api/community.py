"""community-api.md: comments."""

from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request

from catalog.films import movie_on_show
from cinema.api.endpoints import ANYONE, SIGNED_IN, CommunityViewSet, endpoint
from cinema.api.paging import OptionalPage, page_or_newest
from cinema.rate_limits import caller_of
from social.api.comments import GREAT, CommentIn, CommunityComment, comments_of
from social.models import Comment
from social.reviews import post_comment


class CommunityComments(CommunityViewSet):
    """Comments on a film."""

    tag = "comments"

    @endpoint(
        asks=OptionalPage,
        gives=CommunityComment,
        many=True,
        key="comments",
        needs=ANYONE,
        sample={"comments": [GREAT]},
    )
    def list(self, request: Request, movie_id: int) -> "list[Comment]":
        """List a film's comments, oldest first: the newest 500, or a page where `page` or `limit` is given."""
        comments = comments_of(movie_on_show(movie_id=movie_id).pk)
        return page_or_newest(comments, self.asked, newest_first=False)

    @endpoint(says=_("Commented."), takes=CommentIn, needs=SIGNED_IN, sample_body={"content": "Great movie!"})
    def create(self, request: Request, movie_id: int) -> None:
        """Comment on a film."""
        movie = movie_on_show(movie_id=movie_id)
        post_comment(
            user=request.user, movie=movie, content=self.given["content"], caller=caller_of(request), now=self.now
        )
