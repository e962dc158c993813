"""Work under way: who sees it, what it says, and what people decide about it."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cinema.jobs import GiveUp, Job
from cinema.jobs.decisions import JobNotOpenToDecision, JobUnderWayAgain, ReasonMissing, give_up, retry
from cinema.jobs.enqueuing import enqueue
from cinema.jobs.models import JobWorker
from tests.backoffice.staff import browser_of
from tests.factories import a_clerk
from tests.jobs.conftest import new_kind  # noqa: F401
from tests.working import do_jobs

pytestmark = pytest.mark.django_db
PAGE = "/en/admin/work/"
NOW = timezone.now()
CLERK = {"by_id": 1, "by_name": "Mei"}


def refuse(run):
    raise GiveUp("the bank knows no such charge")


@pytest.fixture
def failed(new_kind) -> Job:  # noqa: F811
    """A job that is a dead end."""
    kind = new_kind(refuse, title="Pay a refund out")
    enqueue(kind, key="17", run_at=NOW)
    do_jobs(kind, at=NOW)
    return Job.objects.get()


def may(*codenames):
    clerk = a_clerk()
    clerk.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    return browser_of(clerk)


def decide(browser, job: Job, act: str, reason: str = "The bank is back"):
    return browser.post(reverse("admin:work_decide", args=[job.pk]), {"act": act, "reason": reason}, follow=True)


def test_what_failed_stands_there_with_its_reason_and_since_when(failed, office):
    page = office.get(PAGE).content.decode()

    assert "Pay a refund out" in page
    assert "the bank knows no such charge" in page
    assert timezone.localtime(NOW).strftime("%m-%d %H:%M:%S") in page
    assert "Nobody works" in page


def test_tried_again_it_starts_anew_and_who_did_so_is_kept(failed, office):
    answer = decide(office, failed, "retry")

    failed.refresh_from_db()
    decision = failed.decisions.get()
    assert (failed.state, failed.attempts, answer.status_code) == ("waiting", 0, 200)
    assert (decision.kind, decision.reason, decision.error) == (
        "retried",
        "The bank is back",
        "the bank knows no such charge",
    )
    assert decision.by_name == answer.wsgi_request.user.display_name
    assert "The bank is back" in office.get(f"{PAGE}?tab=waiting").content.decode()


def test_given_up_it_is_over_and_kept_with_the_reason(failed, office):
    decide(office, failed, "give_up", "Paid in cash")

    failed.refresh_from_db()
    assert (failed.state, failed.decisions.get().kind) == ("given_up", "given_up")
    assert "Paid in cash" in office.get(f"{PAGE}?tab=over").content.decode()


def test_without_a_reason_nothing_is_decided(failed, office):
    decide(office, failed, "retry", "  ")

    failed.refresh_from_db()
    assert (failed.state, failed.decisions.count()) == ("failed", 0)


def test_who_may_only_look_decides_nothing(failed):
    browser = may("view_job")

    assert decide(browser, failed, "retry").status_code == 403
    page = browser.get(PAGE)
    assert (page.status_code, "Try again" in page.content.decode()) == (200, False)
    assert Job.objects.get().state == "failed"


def test_others_see_nothing(failed, client):
    assert may().get(PAGE).status_code == 403
    assert client.get(PAGE).status_code == 302
    assert decide(may(), failed, "retry").status_code == 403


def test_the_page_costs_the_same_for_one_job_and_for_three(new_kind, office):  # noqa: F811
    kind, counts = new_kind(refuse), []
    for keys in ("a", "bc"):
        for key in keys:
            enqueue(kind, key=key, run_at=NOW)
        do_jobs(kind, at=NOW)
        with CaptureQueriesContext(connection) as queries:
            office.get(PAGE)
        counts.append(len(queries))

    assert counts[0] == counts[1]


@pytest.mark.parametrize("tab", ["failed", "running", "waiting", "over"])
@pytest.mark.parametrize("prefix", ["", "/en"])
def test_every_tab_opens_with_a_job_in_it(failed, office, prefix, tab):
    other = {"state": tab, "due_at": NOW} if tab in {"running", "waiting"} else {"state": "done", "due_at": None}
    Job.objects.create(
        kind="gone_kind", enqueued_at=NOW, started_at=NOW, finished_at=NOW, progress_done=3, progress_total=8, **other
    )

    page = office.get(f"{prefix}/admin/work/?tab={tab}")

    assert (page.status_code, len(page.context["page"].object_list)) == (200, 1)


def test_the_same_work_is_not_begun_twice_by_trying_again(failed, new_kind):  # noqa: F811
    enqueue(failed.kind, key=failed.key)

    with pytest.raises(JobUnderWayAgain):
        retry(job_id=failed.pk, reason="once more", now=NOW, **CLERK)

    assert failed.decisions.count() == 0


def test_what_runs_is_not_decided_about(failed):
    Job.objects.update(state="running", due_at=NOW)

    for decision in (retry, give_up):
        with pytest.raises(JobNotOpenToDecision):
            decision(job_id=failed.pk, reason="enough", now=NOW, **CLERK)
    with pytest.raises(ReasonMissing):
        retry(job_id=failed.pk, reason="", now=NOW, **CLERK)


def test_giving_up_what_waits_is_followed_by_what_follows_a_failure(new_kind):  # noqa: F811
    told = []
    kind = new_kind(refuse, on_failure=lambda job: told.append(job.state))
    job_id = enqueue(kind, run_at=NOW)

    give_up(job_id=job_id, reason="wrong customer", now=NOW, **CLERK)

    assert (told, Job.objects.get().state) == (["given_up"], "given_up")


def test_the_dashboard_says_when_something_failed_is_late_or_nobody_works(failed, office):
    Job.objects.create(kind="x", enqueued_at=NOW, due_at=NOW - timedelta(minutes=6))
    alone = office.get("/en/admin/").content.decode()
    JobWorker.objects.create(id=uuid4(), name="here:1", started_at=NOW, seen_at=timezone.now())
    worked_on = office.get("/en/admin/").content.decode()

    assert ("Nobody works:" in alone, "1 job has failed" in alone, "1 job is late" in alone) == (True, True, True)
    assert "Nobody works:" not in worked_on
    assert "1 job has failed" not in may("view_letter").get("/en/admin/").content.decode()
