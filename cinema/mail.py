"""Where mail goes while no mail server is set up: a folder, a file a message. The log names no more than it must."""

import logging
import os
import uuid
from collections.abc import Sequence
from pathlib import Path

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

logger = logging.getLogger(__name__)


class KeptMail(BaseEmailBackend):
    """Writes each message to ``EMAIL_FILE_PATH`` as an .eml file that mail programs open.

    Only the file holds what is secret in a message, such as ticket codes and links for a new password, and only its
    owner may read it.
    """

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Keep them all."""
        folder = Path(settings.EMAIL_FILE_PATH)
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for message in email_messages:
            content = message.message().as_bytes()
            file = folder / f"{uuid.uuid4().hex}.eml"
            with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as opened:
                opened.write(content)
            logger.info("Mail for %s: %s (kept in %s)", ", ".join(message.recipients()), message.subject, file)
        return len(email_messages)
