"""Watch parties in /api/v1."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.request import Request

from catalog.films import movie_on_show
from cinema.addresses import absolute
from cinema.api.endpoints import V1ViewSet, endpoint
from cinema.api.fields import IdField
from social.models import Party
from social.rooms import party_by_code, start_party


class PartyIn(serializers.Serializer):
    """Which film, who may control it, and whether to wait for stragglers."""

    movieId = IdField()
    control = serializers.ChoiceField(choices=Party.Control.values, default=Party.Control.HOST)
    wait = serializers.ChoiceField(choices=Party.Wait.values, default=Party.Wait.SHORT)


class PartyOut(serializers.Serializer):
    """A party, and how to get there."""

    code = serializers.CharField()
    roomId = serializers.CharField(source="room.key")
    movieId = serializers.IntegerField(source="room.movie_id")
    hostId = serializers.IntegerField(source="host_id")
    control = serializers.CharField()
    wait = serializers.CharField()
    invitationUrl = serializers.SerializerMethodField()

    def get_invitationUrl(self, party: Party) -> str:
        """The link to send to friends."""
        return absolute(reverse("social:watch", args=[party.code]), self.context["request"])


class V1Parties(V1ViewSet):
    """Watch parties."""

    tag = "parties"

    @endpoint(says=_("Created."), takes=PartyIn, gives=PartyOut, refuses=(404, 409))
    def create(self, request: Request) -> Party:
        """Start a watch party for a film that has a stream."""
        movie = movie_on_show(movie_id=self.given["movieId"])
        rules = {"control": self.given["control"], "wait": self.given["wait"]}
        return start_party(host=request.user, movie=movie, now=self.now, **rules)

    @endpoint(says=_("Fetched."), gives=PartyOut)
    def retrieve(self, request: Request, code: str) -> Party:
        """Show the party of an invitation."""
        return party_by_code(code=code)
