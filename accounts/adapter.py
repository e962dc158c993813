"""The house's own say in allauth's flows."""

import logging
from types import SimpleNamespace
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.mailing import house_name, sender
from accounts.models import User
from accounts.page_sessions import announce_log_out
from accounts.profile import change_password
from accounts.signup import checked_username, what_is_taken
from cinema.addresses import from_outside, path_of
from cinema.errors import CinemaError

logger = logging.getLogger(__name__)


class HouseAdapter(DefaultAccountAdapter):
    """Keeps the banned outside whichever way they log in (password, passkey, code); keeps our rules for accounts."""

    def pre_login(self, request: HttpRequest, user: User, **flow: Any) -> HttpResponse | None:
        """The page a banned person is shown instead of being logged in."""
        if user.is_banned(timezone.now()):
            return self.respond_user_inactive(request, user)
        return super().pre_login(request, user, **flow)

    def logout(self, request: HttpRequest) -> None:
        """End the session, then the sockets that were opened by it."""
        user_id, session_key = request.user.pk, request.session.session_key
        super().logout(request)
        if user_id and session_key:
            announce_log_out(user_id=user_id, session_key=session_key)

    def save_user(self, request: HttpRequest, user: User, form: Any, commit: bool = True) -> User:
        """The house writes to people in the language in which they signed up. Raises UsernameTaken, EmailTaken."""
        user.language = get_language() or settings.LANGUAGE_CODE
        try:
            with transaction.atomic():
                return super().save_user(request, user, form, commit)
        except IntegrityError as refusal:
            # Somebody else, or the same button pressed twice, was quicker by a moment.
            raise what_is_taken(refusal) from None

    def clean_username(self, username: str, shallow: bool = False) -> str:
        """Our rules for usernames beside allauth's. Raises ValidationError."""
        try:
            return super().clean_username(checked_username(username), shallow=shallow)
        except CinemaError as refusal:
            raise ValidationError(str(refusal)) from None

    def format_email_subject(self, subject: str) -> str:
        """The subject as it is: whom the mail is from, its sender says."""
        return subject

    def get_from_email(self) -> str:
        """The house by its name."""
        return sender(house_name())

    def send_mail(self, template_prefix: str, email: str, context: dict) -> None:
        """Mail about an account, in the house's name. A mail server that is away stops nobody; the page says so.

        Its links lead to the site whatever ``Host`` the request named: a stranger who asks for somebody's new password
        must not have the key sent by way of a port or name of their choice.
        """
        site = SimpleNamespace(name=house_name(), domain=settings.SITE_URL)
        links = {name: from_outside(path_of(link)) for name, link in context.items() if name.endswith("_url")}
        try:
            super().send_mail(template_prefix, email, {**context, **links, "current_site": site})
        except OSError as fault:
            logger.warning("%s could not be mailed: %s", template_prefix, fault)
            if self.request is not None:
                messages.error(self.request, _("The e-mail could not be sent just now. Please try again later."))

    def set_password(self, user: User, password: str) -> None:
        """A new password ends every other session and token."""
        if user.pk is None:
            super().set_password(user, password)
            return
        user.password = change_password(user=user, password=password).password
