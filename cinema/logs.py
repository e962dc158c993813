"""What is written to the log: lines for people or JSON for programs, with the request it belongs to and no secret."""

import json
import logging
import re
from datetime import UTC, datetime

from cinema.origin import current_origin

# Whatever a message quotes by mistake: addresses of people, tokens, codes and what is called by the name of a secret.
EMAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+")
TOKEN = re.compile(r"\beyJ[\w-]{5,}\.[\w-]{5,}\.[\w-]*")
NAMED = re.compile(
    r"(?i)(password\d?|passwd|secret|token|otp|code|api_?key|authorization|cookie|sessionid)"
    r"(['\"]?\s*[:=]\s*['\"]?)(?:bearer\s+)?[^\s'\"&,;}]+"
)
LINK = re.compile(r"(/(?:not-me|confirm-email|password/reset/key|bank|tickets|watch)/)[^/\s?'\"]+")
PHONE = re.compile(r"\+\d{8,15}\b")
URL_PASSWORD = re.compile(r"(\w+://[^\s/:@]*):[^\s/@]+@")
HIDDEN = "[…]"


def without_secrets(text: str) -> str:
    """The text with what is nobody's business left out."""
    text = URL_PASSWORD.sub(rf"\1:{HIDDEN}@", text)
    text = TOKEN.sub(HIDDEN, text)
    text = NAMED.sub(rf"\1\2{HIDDEN}", text)
    text = LINK.sub(rf"\1{HIDDEN}", text)
    return PHONE.sub(HIDDEN, EMAIL.sub(HIDDEN, text))


class Lines(logging.Formatter):
    """A line each, for people."""

    def format(self, record: logging.LogRecord) -> str:
        """The line, and the traceback below it."""
        return without_secrets(super().format(record))


class Json(logging.Formatter):
    """An object each, for programs: time, level, logger, message, and where what happened came from."""

    def format(self, record: logging.LogRecord) -> str:
        """One line of JSON."""
        origin = current_origin()
        told = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": without_secrets(record.getMessage()),
            "door": origin.door,
            "request_id": origin.request_id,
            **getattr(record, "facts", {}),
        }
        if record.exc_info:
            told["traceback"] = without_secrets(self.formatException(record.exc_info))
        return json.dumps(told, ensure_ascii=False, default=str)
