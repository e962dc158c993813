"""How the REST API knows who is asking: ``Authorization: Bearer <token>``, in every dialect."""

from django.utils import timezone
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.request import Request

from accounts.models import User
from accounts.tokens import BadToken, Bearer, bearer_of


class TokenAuthentication(BaseAuthentication):
    """Answers the token's owner; a header that is no valid token is refused, never taken for a guest."""

    def authenticate(self, request: Request) -> tuple[User, Bearer] | None:
        """The user and the bearer, or None when no token was sent. Raises BadToken."""
        words = get_authorization_header(request).split()
        if not words or words[0].lower() != b"bearer":
            return None
        if len(words) != 2:
            raise BadToken
        try:
            token = words[1].decode("ascii")
        except UnicodeDecodeError:
            raise BadToken from None
        bearer = bearer_of(token, now=timezone.now())
        return bearer.user, bearer

    def authenticate_header(self, request: Request) -> str:
        """What a 401 tells the client to send."""
        return "Bearer"
