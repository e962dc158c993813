"""Jobs, who works on them, and what people decided about those that failed."""

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class JobQuerySet(models.QuerySet):
    """Questions about many jobs."""

    def open(self) -> "JobQuerySet":
        """Those that lead on by themselves: they wait or run."""
        return self.filter(due_at__isnull=False)

    def waiting(self) -> "JobQuerySet":
        """Those nobody is at."""
        return self.open().filter(state=Job.State.WAITING)

    def running(self) -> "JobQuerySet":
        """Those a worker has taken, whether it is still alive or not."""
        return self.open().filter(state=Job.State.RUNNING)

    def over(self) -> "JobQuerySet":
        """Those that nothing leads on by itself. (In these words the index of what is over can be used.)"""
        return self.filter(due_at__isnull=True)

    def failed(self) -> "JobQuerySet":
        """Dead ends that wait for a person's word."""
        return self.over().filter(state=Job.State.FAILED)

    def ended(self) -> "JobQuerySet":
        """Those that nobody has to do anything about."""
        return self.over().filter(state__in=[Job.State.DONE, Job.State.GIVEN_UP])

    def overdue(self, since: datetime) -> "JobQuerySet":
        """Those that should have been begun, or whose worker should have been heard of, before ``since``."""
        return self.filter(due_at__lt=since)

    def of(self, kind: str, key: str) -> "JobQuerySet":
        """The jobs of one kind and key, the newest first."""
        return self.filter(kind=kind, key=key).order_by("-pk")


class Job(models.Model):
    """One piece of work. ``due_at`` is the moment from which a worker may take it, and null once it is over.

    While it waits that is its time; while it runs, the end of its worker's lease. So one index finds both what is due
    and what a worker that died has left.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")
        GIVEN_UP = "given_up", _("Given up")

    kind = models.CharField(_("kind of work"), max_length=60)
    key = models.CharField(_("key"), max_length=120, blank=True)
    arguments = models.JSONField(_("arguments"), default=dict)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.WAITING)
    due_at = models.DateTimeField(_("due"), null=True)
    again_at = models.DateTimeField(null=True, editable=False)
    deadline_at = models.DateTimeField(_("deadline"), null=True)
    lease = models.CharField(max_length=32, blank=True, editable=False)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    lost = models.PositiveSmallIntegerField(_("workers lost"), default=0)
    progress_done = models.PositiveIntegerField(_("steps done"), default=0)
    progress_total = models.PositiveIntegerField(_("steps in all"), default=0)
    error = models.CharField(_("last error"), max_length=500, blank=True)
    enqueued_at = models.DateTimeField(_("enqueued"))
    started_at = models.DateTimeField(_("begun"), null=True)
    failing_since = models.DateTimeField(_("failing since"), null=True)
    finished_at = models.DateTimeField(_("ended"), null=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        verbose_name = _("job")
        verbose_name_plural = _("work under way")
        ordering = ["-id"]
        default_permissions = ()
        permissions = [
            ("view_job", _("Can view work under way")),
            ("decide_job", _("Can try jobs again or give them up")),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "running"], due_at__isnull=False)
                | Q(state__in=["done", "failed", "given_up"], due_at__isnull=True),
                name="job_is_due_while_open",
            ),
            models.UniqueConstraint(
                fields=["kind", "key"], condition=Q(key__gt="", due_at__isnull=False), name="one_open_job_per_key"
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(due_at__isnull=False), name="job_by_due"),
            models.Index(fields=["kind", "key", "id"], name="job_by_key"),
            models.Index(fields=["state", "finished_at"], condition=Q(due_at__isnull=True), name="job_by_end"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}".strip()

    @property
    def is_open(self) -> bool:
        """Whether it leads on by itself."""
        return self.due_at is not None


class JobDecision(models.Model):
    """What a person decided about a job that failed, and why. Who it was is kept by number and name."""

    class Kind(models.TextChoices):
        RETRIED = "retried", _("Tried again")
        GIVEN_UP = "given_up", _("Given up")

    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="decisions", verbose_name=_("job"))
    kind = models.CharField(_("decision"), max_length=10, choices=Kind)
    reason = models.CharField(_("reason"), max_length=300)
    error = models.CharField(_("last error"), max_length=500, blank=True)
    by_id = models.BigIntegerField()
    by_name = models.CharField(_("decided by"), max_length=150)
    at = models.DateTimeField(_("decided"))

    class Meta:
        verbose_name = _("decision about a job")
        verbose_name_plural = _("decisions about jobs")
        ordering = ["id"]
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.reason}"


class JobWorker(models.Model):
    """A process at work, heard of every few seconds."""

    id = models.UUIDField(primary_key=True, editable=False)
    name = models.CharField(_("process"), max_length=120)
    started_at = models.DateTimeField(_("begun"))
    seen_at = models.DateTimeField(_("last heard of"), db_index=True)

    class Meta:
        verbose_name = _("worker")
        verbose_name_plural = _("workers")
        ordering = ["started_at"]
        default_permissions = ()

    def __str__(self) -> str:
        return self.name
