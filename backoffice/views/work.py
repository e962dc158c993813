"""Work under way: what waits, runs and failed, since when and why; try it again or give it up."""

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from backoffice.acting import attempt
from backoffice.views.desk import for_staff, work_page
from cinema.jobs import Job, decisions
from cinema.jobs.health import work_health
from cinema.jobs.models import JobWorker
from cinema.jobs.registry import title_of

JOBS_PER_PAGE = 50
TABS = {
    "failed": _("Failed"),
    "running": _("Running"),
    "waiting": _("Waiting"),
    "over": _("Ended"),
}


@for_staff("cinema.view_job")
@require_safe
def work(request: HttpRequest) -> HttpResponse:
    """The jobs of one tab; unasked those that failed, or where none has, those that run and wait."""
    now = timezone.now()
    health = work_health(now=now)
    tab = request.GET.get("tab", "")
    if tab not in TABS:
        tab = "failed" if health.failed else "waiting"
    page = Paginator(_jobs(tab), JOBS_PER_PAGE).get_page(request.GET.get("page"))
    for job in page.object_list:
        job.title = title_of(job.kind)
    counts = {"failed": health.failed, "running": health.running, "waiting": Job.objects.waiting().count()}
    context = {
        "now": now,
        "health": health,
        "workers": JobWorker.objects.all()[:20],
        "tabs": [(key, name, counts.get(key)) for key, name in TABS.items()],
        "tab": tab,
        "page": page,
        "may_decide": request.user.has_perm("cinema.decide_job"),
    }
    return work_page(request, "backoffice/jobs/jobs.html", context, tool="work")


@for_staff("cinema.decide_job")
@require_POST
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """One job: again, or never more."""
    gives_up = request.POST.get("act") == "give_up"
    decision = decisions.give_up if gives_up else decisions.retry
    words = _("The job was given up.") if gives_up else _("The job is tried again.")
    by = {"by_id": request.user.pk, "by_name": request.user.display_name}
    reason = request.POST.get("reason", "")
    attempt(request, lambda: decision(job_id=pk, reason=reason, now=timezone.now(), **by), words)
    tab = request.POST.get("tab", "")
    return redirect(f"{reverse('admin:work')}?tab={tab}" if tab in TABS else "admin:work")


def _jobs(tab: str) -> QuerySet[Job]:
    jobs = Job.objects.prefetch_related("decisions")
    if tab == "failed":
        return jobs.failed().order_by("-finished_at", "-pk")
    if tab == "running":
        return jobs.running().order_by("started_at", "pk")
    if tab == "waiting":
        return jobs.waiting().order_by("due_at", "pk")
    return jobs.ended().order_by("-finished_at", "-pk")
