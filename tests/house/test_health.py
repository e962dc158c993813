"""`/healthz` and `/readyz`."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import OperationalError
from django.utils import timezone

from cinema import health
from cinema.jobs.models import JobWorker


def test_healthz_asks_nobody(client):
    response = client.get("/healthz")

    assert response.status_code == 200
    assert response.json() == {"status": "ok"}
    assert "no-store" in response.headers["Cache-Control"]


@pytest.mark.django_db
def test_readyz_says_that_every_part_answers(client):
    response = client.get("/readyz")

    assert response.status_code == 200
    assert response.json() == {"status": "ok", "database": "ok", "channel_layer": "ok", "work": "nobody"}


@pytest.mark.django_db
def test_readyz_says_whether_anybody_works(client):
    worker = JobWorker.objects.create(id=uuid4(), name="here:1", started_at=timezone.now(), seen_at=timezone.now())
    at_work = client.get("/readyz").json()["work"]
    JobWorker.objects.filter(pk=worker.pk).update(seen_at=timezone.now() - timedelta(seconds=31))

    assert (at_work, client.get("/readyz").json()["work"]) == ("ok", "nobody")


@pytest.mark.django_db
def test_readyz_costs_two_queries(client, django_assert_num_queries):
    with django_assert_num_queries(2):
        client.get("/readyz")


def test_readyz_names_the_database_that_does_not_answer_and_tells_no_secret(client, monkeypatch):
    def refuse() -> None:
        raise OperationalError("password authentication failed for user ada")

    monkeypatch.setattr(health, "ask_database", refuse)

    response = client.get("/readyz")

    assert response.status_code == 503
    assert response.json() == {
        "status": "failing",
        "database": "failing",
        "channel_layer": "ok",
        "work": "unknown",
    }


@pytest.mark.django_db
def test_readyz_names_the_channel_layer_that_does_not_answer(client, settings):
    settings.CHANNEL_LAYERS = {
        "default": {
            "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
            "CONFIG": {"hosts": ["redis://127.0.0.1:1/0"]},
        }
    }

    response = client.get("/readyz")

    assert response.status_code == 503
    assert response.json() == {
        "status": "failing",
        "database": "ok",
        "channel_layer": "failing",
        "work": "nobody",
    }


@pytest.mark.parametrize("address", ["/healthz", "/readyz"])
def test_neither_is_for_writing(client, address):
    assert client.post(address).status_code == 405


def test_a_real_server_loses_and_regains_its_readiness_with_redis(serve, redis_server):
    server = serve(REDIS_URL=redis_server.url)
    whole = server.get("/readyz")

    redis_server.stop()
    without = server.get("/readyz")
    alive = server.get("/healthz")
    redis_server.start()
    again = server.get("/readyz")

    assert (whole, without, alive, again) == (200, 503, 200, 200)
