"""The pages of films, talk and watching together."""

from django.urls import path

from social.views import films, reviews, watch

app_name = "social"
urlpatterns = [
    path("films/<int:pk>/", films.film, name="film"),
    path("films/<int:pk>/rate/", reviews.rate, name="rate"),
    path("films/<int:pk>/comment/", reviews.comment, name="comment"),
    path("films/<int:pk>/party/", watch.new_party, name="new_party"),
    path("watch/<slug:code>/", watch.watch, name="watch"),
    path("comments/<int:pk>/report/", reviews.report, name="report"),
]
