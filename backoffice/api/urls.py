"""Addresses of the figures."""

from django.urls import path

from backoffice.api.figures import V1Figures

urlpatterns = [
    path("v1/admin/dashboard", V1Figures.as_view({"get": "dashboard"})),
    path("v1/admin/statistics/box-office", V1Figures.as_view({"get": "box_office"})),
]
