"""booking-api.md: rating films, and their comments for staff."""

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request

from catalog.films import any_movie, movie_on_show
from cinema.api.endpoints import BookingViewSet, endpoint
from social.api.comments import BookingComment, RateMovie, WhichMovie
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
        asks=WhichMovie,
        gives=BookingComment,
        many=True,
        key="comments",
        needs="social.view_comment",
        refuses=(404,),
    )
    def view(self, request: Request) -> QuerySet[Comment]:
        """List a film's comments, the hidden ones too."""
        movie = any_movie(movie_id=self.asked["movie_id"])
        return Comment.objects.filter(movie=movie).select_related("user").order_by("created_at", "id")
