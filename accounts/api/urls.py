"""Addresses of the people's side of the API."""

from django.urls import path, register_converter

from accounts.api import booking, community, letters, sessions, staff, v1
from cinema.api.converters import IdConverter

register_converter(IdConverter, "id")

urlpatterns = [
    path("user/register", booking.BookingDoor.as_view({"post": "register"})),
    path("user/login", booking.BookingDoor.as_view({"post": "login"})),
    path("user/update", booking.BookingUser.as_view({"post": "update"})),
    path("register", community.CommunityDoor.as_view({"post": "register"})),
    path("login", community.CommunityDoor.as_view({"post": "login"})),
    path("user", community.CommunityMe.as_view({"get": "retrieve", "put": "update"})),
    path("v1/auth/admin/login", staff.V1StaffDoor.as_view({"post": "login"})),
    path("v1/auth/admin/register", staff.V1Administrators.as_view({"post": "register"}), name="admin-register"),
    path("v1/auth/register", v1.V1Door.as_view({"post": "register"})),
    path("v1/auth/login", v1.V1Door.as_view({"post": "login"})),
    path("v1/auth/refresh", v1.V1Door.as_view({"post": "refresh"})),
    path("v1/auth/logout", v1.V1Session.as_view({"post": "logout"})),
    path("v1/users/me", v1.V1Me.as_view({"get": "retrieve", "put": "update"})),
    path("v1/users/me/password", v1.V1Me.as_view({"put": "password"})),
    path("v1/users/me/messages", letters.V1Messages.as_view({"get": "list"})),
    path("v1/users/me/messages/<id:message_id>/read", letters.V1Messages.as_view({"put": "read"})),
    path("v1/users/me/sessions", sessions.V1Sessions.as_view({"get": "list"})),
    path("v1/users/me/sessions/<uuid:session_id>", sessions.V1Sessions.as_view({"delete": "end"})),
    path("v1/admin/users", staff.V1Users.as_view({"get": "list"})),
    path("v1/admin/users/<id:user_id>/ban", staff.V1Users.as_view({"put": "ban"})),
    path("v1/admin/users/<id:user_id>/unban", staff.V1Users.as_view({"put": "unban"})),
]
