"""booking-api.md: rating films, and their comments for staff."""

from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request

from catalog.films import any_movie, movie_on_show
from cinema.api.endpoints import BookingViewSet, endpoint
from cinema.api.paging import page_or_newest
from social.api.comments import BookingComment, CommentsOfMovie, RateMovie
from social.models import Comment
from social.reviews import rate_movie


class BookingRatings(BookingViewSet):
    """Ratings."""

    tag = "movies"

    @endpoint(says=_("Rated."), takes=RateMovie, refuses=(404,), sample_body={"movie_id": 1, "rating": 9})
    def rate(self, request: Request) -> None:
        """Rate a film from 1 to 10; a second rating replaces the first."""
        movie = movie_on_show(movie_id=self.given["movie_id"])
        rate_movie(user=request.user, movie=movie, score=self.given["rating"], now=self.now)


class BookingComments(BookingViewSet):
    """Comments, for staff."""

    tag = "staff"

    @endpoint(
        says=_("Fetched."),
        asks=CommentsOfMovie,
        gives=BookingComment,
        many=True,
        key="comments",
        needs="social.view_comment",
        refuses=(404,),
    )
    def view(self, request: Request) -> list[Comment]:
        """List a film's comments, the hidden ones too: the newest 500, or a page where one is asked for."""
        movie = any_movie(movie_id=self.asked["movie_id"])
        comments = Comment.objects.filter(movie=movie).select_related("user").order_by("created_at", "id")
        return page_or_newest(comments, self.asked, newest_first=False)
