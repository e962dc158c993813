"""Comments and ratings as the documents show and take them."""

from typing import Any

from rest_framework import serializers

from cinema.api.dialects import BOOKING, COMMUNITY, V1_DIALECT
from cinema.api.fields import HouseTime, IdField, UtcTime
from cinema.api.paging import OptionalPage, PageQuery
from cinema.api.renaming import in_dialect
from social.models import Comment
from social.models.reviews import COMMENT_LENGTH

GREAT = {"id": 1, "user_id": 1, "username": "user1", "content": "Great movie!", "created_at": "2024-08-15T12:34:56Z"}


class WholeNumber(serializers.IntegerField):
    """A whole number; a number with a fraction of nothing (``8.0``) is one too."""

    def to_internal_value(self, data: Any) -> int:
        """The number. Raises ValidationError."""
        if isinstance(data, bool):
            self.fail("invalid")
        return super().to_internal_value(data)


class RateMovie(serializers.Serializer):
    """A film and a mark for it."""

    movie_id = IdField()
    rating = WholeNumber(min_value=1, max_value=10)


class ScoreIn(serializers.Serializer):
    """A mark."""

    rating = WholeNumber(min_value=1, max_value=10)


class RatingOut(serializers.Serializer):
    """What a film's raters think."""

    average = serializers.FloatField(allow_null=True)
    count = serializers.IntegerField()


class CommentIn(serializers.Serializer):
    """What to say."""

    content = serializers.CharField(max_length=COMMENT_LENGTH)


class V1CommentIn(CommentIn):
    """What to say, and whether it gives the story away."""

    hasSpoilers = serializers.BooleanField(required=False)


class CommentsOfMovie(OptionalPage):
    """Of which film, and which page."""

    movie_id = IdField()


class CommentOut(serializers.Serializer):
    """A comment."""

    comment_id = serializers.IntegerField(source="pk")
    movie_id = serializers.IntegerField()
    user_id = serializers.IntegerField()
    username = serializers.CharField(source="user.username")
    content = serializers.CharField()
    created_at = HouseTime()
    is_hidden = serializers.BooleanField()
    has_spoilers = serializers.BooleanField()
    edited_at = HouseTime(allow_null=True)


DOCUMENTED = ("comment_id", "movie_id", "user_id", "username", "content", "created_at")
SEEN_BY_ALL = (*DOCUMENTED, "has_spoilers", "edited_at")
BookingComment = in_dialect(
    BOOKING,
    CommentOut,
    name="BookingComment",
    says="A comment in the booking dialect.",
    only=(*DOCUMENTED, "is_hidden"),
)
_InCommunity: Any = in_dialect(
    COMMUNITY,
    CommentOut,
    name="CommunityComment",
    only=("comment_id", "user_id", "username", "content"),
    called={"comment_id": "id"},
)
V1Comment = in_dialect(V1_DIALECT, CommentOut, name="V1Comment", says="A comment in v1.", only=SEEN_BY_ALL)
V1ModeratedComment = in_dialect(V1_DIALECT, CommentOut, name="V1ModeratedComment", says="A comment as staff sees it.")


class CommunityComment(_InCommunity):
    """A comment in the community dialect."""

    created_at = UtcTime()


class CommentsQuery(PageQuery):
    """Which comments."""

    movieId = IdField(required=False)


class HideIn(serializers.Serializer):
    """Whether it shall be hidden."""

    isHidden = serializers.BooleanField()


def comments_of(movie_id: int) -> Any:
    """A film's visible comments with their authors, oldest first."""
    return Comment.objects.visible().filter(movie_id=movie_id).select_related("user")
