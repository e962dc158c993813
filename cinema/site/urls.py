"""Where the pages of several rooms are."""

from django.urls import path

from cinema.site import film, home, machines, reviews

app_name = "site"
urlpatterns = [
    path("", home.home, name="home"),
    path("manifest.webmanifest", machines.manifest, name="manifest"),
    path("offline/", machines.offline, name="offline"),
    path("films/<int:pk>/", film.film, name="film"),
    path("films/<int:pk>/rate/", reviews.rate, name="rate"),
    path("films/<int:pk>/comment/", reviews.comment, name="comment"),
    path("comments/<int:pk>/report/", reviews.report, name="report"),
]
