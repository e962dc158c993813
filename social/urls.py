"""The pages of films, talk and watching together."""

from django.urls import path

from social.views import films, reviews

app_name = "social"
urlpatterns = [
    path("films/<int:pk>/", films.film, name="film"),
    path("films/<int:pk>/rate/", reviews.rate, name="rate"),
    path("films/<int:pk>/comment/", reviews.comment, name="comment"),
    path("comments/<int:pk>/report/", reviews.report, name="report"),
]
