"""admin-api.md: dashboard and box office."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.request import Request

from backoffice.figures import BoxOffice, Dashboard, box_office, dashboard
from cinema.api.endpoints import V1ViewSet, endpoint
from cinema.api.fields import Day, MoneyOut, PercentOut

MAX_RANGE_DAYS = 366 * 10
NEEDS = "ticketing.view_reports"
DASHBOARD = {
    "totalUsers": 1000,
    "totalMovies": 50,
    "totalOrders": 2000,
    "totalRevenue": 90000.00,
    "todayRevenue": 1500.00,
    "topMovies": [{"movieId": 1, "title": "沙丘2", "boxOffice": 30000.00, "salesCount": 667}],
}
BOX_OFFICE = {
    "totalBoxOffice": 90000.00,
    "dailyBoxOffice": [{"date": "2024-12-01", "revenue": 1500.00, "salesCount": 34}],
    "movieBoxOffice": [{"movieId": 1, "title": "沙丘2", "revenue": 30000.00, "percentage": 33.33}],
}


class TopMovie(serializers.Serializer):
    """A film among the best sold."""

    movieId = serializers.IntegerField(source="movie.pk")
    title = serializers.CharField(source="movie.title")
    boxOffice = MoneyOut(source="revenue")
    salesCount = serializers.IntegerField(source="sales_count")


class DashboardOut(serializers.Serializer):
    """The house at a glance."""

    totalUsers = serializers.IntegerField(source="total_users")
    totalMovies = serializers.IntegerField(source="total_movies")
    totalOrders = serializers.IntegerField(source="total_orders")
    totalRevenue = MoneyOut(source="total_revenue")
    todayRevenue = MoneyOut(source="today_revenue")
    topMovies = TopMovie(source="top_movies", many=True)


class RangeQuery(serializers.Serializer):
    """From which day to which, both included."""

    startDate = Day()
    endDate = Day()

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Both days in order, and no more of them than anyone reads."""
        if attrs["startDate"] > attrs["endDate"]:
            raise serializers.ValidationError({"endDate": [_("The range of dates is reversed.")]})
        if (attrs["endDate"] - attrs["startDate"]).days >= MAX_RANGE_DAYS:
            raise serializers.ValidationError({"endDate": [_("The range of dates is too long.")]})
        return attrs


class DayOut(serializers.Serializer):
    """A day's takings."""

    date = serializers.DateField()
    revenue = MoneyOut()
    salesCount = serializers.IntegerField(source="sales_count")


class MovieTakings(serializers.Serializer):
    """A film's takings and its share."""

    movieId = serializers.IntegerField(source="movie.pk")
    title = serializers.CharField(source="movie.title")
    revenue = MoneyOut()
    salesCount = serializers.IntegerField(source="sales_count")
    percentage = PercentOut()


class BoxOfficeOut(serializers.Serializer):
    """A range's takings."""

    totalBoxOffice = MoneyOut(source="total")
    dailyBoxOffice = DayOut(source="days", many=True)
    movieBoxOffice = MovieTakings(source="movies", many=True)


class V1Figures(V1ViewSet):
    """Figures."""

    tag = "figures"

    @endpoint(says=_("Fetched."), gives=DashboardOut, needs=NEEDS, sample=DASHBOARD)
    def dashboard(self, request: Request) -> Dashboard:
        """Show the house at a glance."""
        return dashboard(self.now)

    @endpoint(says=_("Fetched."), asks=RangeQuery, gives=BoxOfficeOut, needs=NEEDS, sample=BOX_OFFICE)
    def box_office(self, request: Request) -> BoxOffice:
        """Show the takings of a range of days."""
        return box_office(self.asked["startDate"], self.asked["endDate"])
