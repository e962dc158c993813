"""The error family. The concrete class stands beside the function that raises it; this imports nothing of ours."""


class CinemaError(Exception):
    """A refusal by the domain, told in a sentence and never a fault.

    ``code`` is for programs, ``message`` for people (a lazily translated text), ``http_status`` for the web.
    """

    code = "refused"
    message: object = ""
    http_status = 400

    def __init__(self, message: object = None, **details: object) -> None:
        self.message = self.message if message is None else message
        self.details = details
        super().__init__(str(self.message))

    def __str__(self) -> str:
        return str(self.message)


class InvalidInput(CinemaError):
    """What was asked for makes no sense; ``details['field']`` names the culprit where there is one."""

    code = "invalid"
    http_status = 400


class Forbidden(CinemaError):
    """The caller is known but may not do this."""

    code = "forbidden"
    http_status = 403


class NotFound(CinemaError):
    """There is no such thing, or it is not the caller's to see."""

    code = "not_found"
    http_status = 404


class Conflict(CinemaError):
    """It can't be done in the state things are in now."""

    code = "conflict"
    http_status = 409


class TooManyRequests(CinemaError):
    """Too many tries at something that is limited; ``details['wait']`` says for how many seconds."""

    code = "too_many_requests"
    http_status = 429
