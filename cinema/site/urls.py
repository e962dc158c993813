"""Where the pages of several rooms are."""

from django.urls import path

from cinema.site import film, home, machines, privacy, reviews, texts

app_name = "site"
urlpatterns = [
    path("", home.home, name="home"),
    path("manifest.webmanifest", machines.manifest, name="manifest"),
    path("offline/", machines.offline, name="offline"),
    path("privacy/", texts.privacy, name="privacy"),
    path("terms/", texts.terms, name="terms"),
    path("account/data/", privacy.personal_data, name="personal_data"),
    path("account/data/export/", privacy.export, name="export_data"),
    path("account/data/erase/", privacy.erase, name="erase_account"),
    path("films/<int:pk>/", film.film, name="film"),
    path("films/<int:pk>/rate/", reviews.rate, name="rate"),
    path("films/<int:pk>/comment/", reviews.comment, name="comment"),
    path("comments/<int:pk>/edit/", reviews.edit, name="edit_comment"),
    path("comments/<int:pk>/delete/", reviews.delete, name="delete_comment"),
    path("comments/<int:pk>/report/", reviews.report, name="report"),
]
