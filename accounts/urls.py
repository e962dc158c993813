"""The account's own pages; signing up, logging in and passwords are allauth's."""

from django.urls import path

from accounts.views import account, setup

app_name = "accounts"
urlpatterns = [
    path("profile/", account.profile, name="profile"),
    path("everywhere/", account.everywhere, name="everywhere"),
    path("setup/", setup.setup, name="setup"),
]
