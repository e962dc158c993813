"""Who may come in: what an endpoint's terms say."""

from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.utils.translation import gettext_lazy as _
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from cinema.errors import Forbidden

ANYONE, SIGNED_IN, STAFF = "anyone", "signed in", "staff"


class SecondFactorWanted(Forbidden):
    """Staff who came by their password alone, where the house wants more."""

    code = "second_factor_required"
    message = _("Staff need a second factor here: please log in with a one-time code as well (otp).")


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
        if user.is_staff and not user.has_staff_rights:
            raise SecondFactorWanted
        return user.is_staff and (terms.needs == STAFF or user.has_perm(terms.needs))
