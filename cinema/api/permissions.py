"""Who may come in: what an endpoint's terms say."""

from typing import Any

from django.contrib.auth.models import AnonymousUser
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

ANYONE, SIGNED_IN, STAFF = "anyone", "signed in", "staff"


class KeepsTerms(BasePermission):
    """Lets in whom the endpoint's terms let in."""

    def has_permission(self, request: Request, view: Any) -> bool:
        """Whether the caller may come in; a wrong method is let through, to be told so."""
        terms = getattr(view, "terms", None)
        if terms is None or terms.needs == ANYONE:
            return True
        user = request.user
        if isinstance(user, AnonymousUser) or not user.is_authenticated:
            return False
        if terms.needs == SIGNED_IN:
            return True
        return user.is_staff and (terms.needs == STAFF or user.has_perm(terms.needs))
