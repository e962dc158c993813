"""The house's own say in allauth's flows."""

import logging
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.email_verification import add_email_verification_sent_message
from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import resolve_url
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.credentials import change_password
from accounts.email_addresses import AddressTaken, confirm_email
from accounts.mailing import house_name, sender
from accounts.models import User
from accounts.session_store import SessionStore
from accounts.signup import checked_username
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

    def get_logout_redirect_url(self, request: HttpRequest) -> str:
        """The home page in the language in which the reader logged out."""
        return resolve_url(super().get_logout_redirect_url(request))

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Failed log-ins are counted in ``accounts.attempts``, for every door and not by address alone."""

    def is_reauthentication_required(self, *, app: str, **flow: Any) -> bool:
        """Whether to ask for the password once more: not of somebody who logged in a moment ago."""
        store = self.request.session
        session = store.account_session if isinstance(store, SessionStore) else None
        fresh = timedelta(minutes=settings.STEP_UP_MINUTES)
        return session is None or timezone.now() - session.authenticated_at > fresh

    def confirm_email(self, request: HttpRequest, email_address: EmailAddress) -> bool:
        """Whoever opened the link reads the mailbox. Answers whether the address is theirs now."""
        try:
            confirm_email(address=email_address, now=timezone.now())
        except AddressTaken as refusal:
            messages.error(request, str(refusal))
            return False
        told = {"email": email_address.email}
        self.add_message(request, messages.SUCCESS, "account/messages/email_confirmed.txt", told)
        return True

    def should_send_confirmation_mail(self, request: HttpRequest, email_address: EmailAddress, signup: bool) -> bool:
        """An address that is another account's already is told so instead; the page says the same either way."""
        others = EmailAddress.objects.exclude(user=email_address.user).filter(email=email_address.email, verified=True)
        if signup and others.exists():
            self.send_account_already_exists_mail(email_address.email)
            add_email_verification_sent_message(request, email_address.email, signup)
            return False
        return True

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
        """A new password ends every other session, and every token."""
        store = self.request.session
        here = store.session_id if isinstance(store, SessionStore) else None
        user.password = change_password(user=user, password=password, but=here).password
