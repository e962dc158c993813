"""The account's own pages; signing up, logging in and passwords are allauth's."""

from django.urls import path

from accounts import views

app_name = "accounts"
urlpatterns = [
    path("profile/", views.profile, name="profile"),
    path("everywhere/", views.everywhere, name="everywhere"),
]
