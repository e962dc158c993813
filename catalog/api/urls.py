"""Addresses of the films' side of the API."""

from django.urls import path

from catalog.api import booking, community, staff, v1

EDIT = {"put": "update", "delete": "destroy"}

urlpatterns = [
    path("movie/search", booking.BookingMovies.as_view({"get": "search"})),
    path("admin/movie/manage", booking.BookingMovieDesk.as_view({"post": "manage"})),
    path("movies", community.CommunityMovies.as_view({"get": "list"})),
    path("movies/<id:movie_id>", community.CommunityMovies.as_view({"get": "retrieve"})),
    path("v1/movies", v1.V1Movies.as_view({"get": "list"})),
    path("v1/movies/<id:movie_id>", v1.V1Movies.as_view({"get": "retrieve"})),
    path("v1/genres", v1.V1Genres.as_view({"get": "list"})),
    path("v1/actors", v1.V1Actors.as_view({"get": "list"})),
    path("v1/admin/movies", staff.V1MovieDesk.as_view({"get": "list", "post": "create"})),
    path("v1/admin/movies/<id:movie_id>", staff.V1MovieDesk.as_view({"get": "retrieve", **EDIT})),
    path("v1/admin/genres", staff.V1GenreDesk.as_view({"get": "list", "post": "create"})),
    path("v1/admin/genres/<id:genre_id>", staff.V1GenreDesk.as_view(EDIT)),
    path("v1/admin/actors", staff.V1ActorDesk.as_view({"get": "list", "post": "create"})),
    path("v1/admin/actors/<id:actor_id>", staff.V1ActorDesk.as_view(EDIT)),
]
