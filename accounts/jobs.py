"""What is done for accounts beside the requests."""

from datetime import time

from django.utils.translation import gettext_lazy as _

from accounts.security_log import forget_old_events
from accounts.sessions import forget_old_sessions as forget
from cinema.jobs import Run, job


@job("forget_old_sessions", title=_("Erase sessions that ran out long ago"), daily_at=time(4, 45))
def forget_old_sessions(run: Run) -> None:
    """Keep what people may still want to look at, and no more."""
    forget(now=run.now())


@job("forget_old_security_events", title=_("Erase old rows of the security log"), daily_at=time(4, 50))
def forget_old_security_events(run: Run) -> None:
    """Keep the log for as long as the house says."""
    forget_old_events(now=run.now())
