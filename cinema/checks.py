"""What ``manage.py check --deploy`` says of the house beyond what Django says; ``run.py serve`` asks the same.

Errors stop ``serve``: each would let strangers in or give tickets away. Where one is meant, in a rehearsal, its id goes
into ``SILENCED_CHECKS``.
"""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning

SHORTEST_KEY, FEWEST_CHARACTERS = 32, 10


def mail_leaves_the_house(**about: Any) -> list[CheckMessage]:
    """Customers are told by mail what happens to their orders, so mail should not stay in a folder."""
    if settings.EMAIL_BACKEND != "cinema.mail.KeptMail":
        return []
    hint = "Set EMAIL_HOST and EMAIL_FROM, and SITE_URL if the links in letters should begin with another name."
    return [Warning("Mail is kept in a folder and reaches nobody.", hint=hint, id="cinema.W001")]


def secret_key_is_long(**about: Any) -> list[CheckMessage]:
    """Whoever guesses the key logs in as anybody."""
    if len(settings.SECRET_KEY) >= SHORTEST_KEY and len(set(settings.SECRET_KEY)) >= FEWEST_CHARACTERS:
        return []
    hint = 'Set it to what this prints: python3 -c "import secrets; print(secrets.token_urlsafe(50))"'
    return [Error("SECRET_KEY is so short or plain that it can be guessed.", hint=hint, id="cinema.E001")]


def journal_key_is_long(**about: Any) -> list[CheckMessage]:
    """Whoever knows the key can write the books anew; without one nothing is sealed at all."""
    hint = 'Set it to what this prints, and keep a copy: python3 -c "import secrets; print(secrets.token_urlsafe(50))"'
    if not settings.JOURNAL_KEY:
        return [Error("JOURNAL_KEY is not set: sales are written down and not sealed.", hint=hint, id="cinema.E004")]
    if settings.JOURNAL_KEY == settings.SECRET_KEY:
        return [Error("JOURNAL_KEY is the SECRET_KEY: it needs one of its own.", hint=hint, id="cinema.E004")]
    if len(settings.JOURNAL_KEY) >= SHORTEST_KEY and len(set(settings.JOURNAL_KEY)) >= FEWEST_CHARACTERS:
        return []
    return [Error("JOURNAL_KEY is so short or plain that it can be guessed.", hint=hint, id="cinema.E004")]


def is_no_demo(**about: Any) -> list[CheckMessage]:
    """The demo has log-ins that everybody knows, and a bank that takes no money."""
    if not settings.DEMO:
        return []
    hint = "Set DEMO=off, or leave it out."
    return [
        Error("DEMO is on: its passwords stand in the README, an administrator's too.", hint=hint, id="cinema.E002")
    ]


def payments_are_real(**about: Any) -> list[CheckMessage]:
    """The sandbox says "paid" to whoever asks."""
    if "sandbox" not in settings.PAYMENT_PROVIDERS:
        return []
    hint = "Take sandbox out of PAYMENT_PROVIDERS. For a rehearsal set SILENCED_CHECKS=cinema.E003."
    return [
        Error("The sandbox is a way to pay: everybody gets tickets for nothing.", hint=hint, id="cinema.E003"),
    ]


def administrators_need_a_code(**about: Any) -> list[CheckMessage]:
    """Without a code the house belongs to whoever calls first."""
    if not settings.OPEN_ADMIN_REGISTER:
        return []
    hint = (
        "Set OPEN_ADMIN_REGISTER=off, or leave it out, and register with the code that `manage.py setup_code` prints."
    )
    return [
        Warning("OPEN_ADMIN_REGISTER is on: the first to call owns the house.", hint=hint, id="cinema.W002"),
    ]


def providers_can_call_back(**about: Any) -> list[CheckMessage]:
    """Real providers tell the house over https, at its own address, what was paid; else it has to ask."""
    if settings.SITE_URL.startswith("https://") or not set(settings.PAYMENT_PROVIDERS) - {"sandbox"}:
        return []
    hint = "Set SITE_URL to the address that customers open, https://cinema.example."
    return [
        Warning("SITE_URL is not https: payment providers won't call back there.", hint=hint, id="cinema.W003"),
    ]


CHECKS = (
    mail_leaves_the_house, secret_key_is_long, journal_key_is_long, is_no_demo, payments_are_real,
    administrators_need_a_code, providers_can_call_back,
)  # fmt: skip
