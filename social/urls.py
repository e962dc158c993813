"""The pages of films, talk and watching together."""

from django.urls import path

from social.views import films

app_name = "social"
urlpatterns = [
    path("films/<int:pk>/", films.film, name="film"),
]
