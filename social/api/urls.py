"""Addresses of ratings and comments."""

from django.urls import path

from social.api import booking, community, parties, v1

urlpatterns = [
    path("movie/rate", booking.BookingRatings.as_view({"post": "rate"})),
    path("admin/comment/view", booking.BookingComments.as_view({"get": "view"})),
    path("movies/<id:movie_id>/comments", community.CommunityComments.as_view({"get": "list", "post": "create"})),
    path("v1/movies/<id:movie_id>/comments", v1.V1Comments.as_view({"get": "list", "post": "create"})),
    path("v1/comments/<id:comment_id>", v1.V1Comments.as_view({"put": "update", "delete": "destroy"})),
    path("v1/movies/<id:movie_id>/rating", v1.V1Ratings.as_view({"get": "retrieve", "put": "update"})),
    path("v1/parties", parties.V1Parties.as_view({"post": "create"})),
    path("v1/parties/<slug:code>", parties.V1Parties.as_view({"get": "retrieve"})),
    path("v1/admin/comments", v1.V1CommentDesk.as_view({"get": "list"})),
    path("v1/admin/comments/<id:comment_id>", v1.V1CommentDesk.as_view({"put": "update"})),
]
