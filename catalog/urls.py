"""The catalogue's pages."""

from django.urls import path

from catalog import views

app_name = "catalog"
urlpatterns = [path("films/", views.films, name="films")]
