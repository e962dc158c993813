"""The account's own pages; signing up, logging in and passwords are allauth's."""

from django.urls import path

from accounts.views import account, setup

app_name = "accounts"
urlpatterns = [
    path("profile/", account.profile, name="profile"),
    path("everywhere/", account.everywhere, name="everywhere"),
    path("security/", account.security, name="security"),
    path("security/<uuid:session_id>/end/", account.end, name="end_session"),
    path("not-me/<str:token>/", account.not_me, name="not_me"),
    path("setup/", setup.setup, name="setup"),
]
