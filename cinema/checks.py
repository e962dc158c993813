"""What ``manage.py check --deploy`` says of the house beyond what Django says."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Warning


def mail_leaves_the_house(**about: Any) -> list[CheckMessage]:
    """Customers are told by mail what happens to their orders, so mail should not stay in a folder."""
    if settings.EMAIL_BACKEND != "cinema.mail.KeptMail":
        return []
    hint = "Set EMAIL_HOST and EMAIL_FROM, and SITE_URL if the links in letters should begin with another name."
    return [Warning("Mail is kept in a folder and reaches nobody.", hint=hint, id="cinema.W001")]
