"""Keys of requests are forgotten in time, one is answered at a time; no client passes for a source of ours."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import ProgrammingError, connection, transaction
from django.utils import timezone
from oauth2_provider.models import Application

from patients.actions import repeats
from patients.actions.repeats import Answer, KeyReused, answer_once, purge_keys, purge_old_keys
from patients.models import IdempotencyKey
from tests.api.stored.conftest import make_site
from trialscreen.institution.models import Site
from trialscreen.institution.scope import use_sites
from trialscreen.wiring.celery import app
from trialscreen.wiring.tasks import purge_idempotency_keys

pytestmark = pytest.mark.django_db


@pytest.fixture
def site() -> Site:
    return make_site("toronto")


@pytest.fixture
def key(site: Site) -> Callable[..., None]:
    """Makes keys of some age; rows cannot be edited, so the clock is set back instead."""

    def make(*names: str, days: float, of: Site | None = None) -> None:
        at = of or site
        with use_sites([at.pk]), connection.cursor() as cursor:
            for name in names:
                cursor.execute(
                    "INSERT INTO patients_idempotencykey"
                    " (site_id, asker, key, request, status, headers, body, created_at)"
                    " VALUES (%s, 'client:ehr', %s, 'x', 201, '{}', '', %s)",
                    [at.pk, name, timezone.now() - timedelta(days=days)],
                )

    return make


def left(site: Site) -> set[str]:
    with use_sites([site.pk]):
        return set(IdempotencyKey.objects.values_list("key", flat=True))


def test_old_keys_are_forgotten_and_young_ones_kept(site: Site, key: Callable[..., None]) -> None:
    other = make_site("montreal")
    key("old", "older", days=8)
    key("old", days=30, of=other)
    key("young", days=6.9)
    assert purge_old_keys(now=timezone.now()) == 3
    assert (left(site), left(other)) == ({"young"}, set())
    assert purge_idempotency_keys.run() == 0


def test_so_many_at_a_time_and_the_oldest_first(site: Site, key: Callable[..., None]) -> None:
    for number in range(7):
        key(f"k{number}", days=10 + number)
    assert purge_keys(site, before=timezone.now(), most=3) == 3
    assert left(site) == {"k0", "k1", "k2", "k3"}


def test_a_run_ends_however_many_there_are(
    site: Site, key: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    key(*(f"k{number}" for number in range(9)), days=10)
    real = purge_keys

    def two(site: Site, *, before: datetime, most: int = 2) -> int:
        return real(site, before=before, most=2)

    monkeypatch.setattr(repeats, "BATCH", 2)
    monkeypatch.setattr(repeats, "ROUNDS", 3)
    monkeypatch.setattr(repeats, "purge_keys", two)
    assert purge_old_keys(now=timezone.now()) == 6
    assert len(left(site)) == 3


def test_not_even_the_purge_takes_a_key_of_today(site: Site, key: Callable[..., None]) -> None:
    key("of today", days=0.9)
    assert purge_keys(site, before=timezone.now() + timedelta(days=99)) == 0
    with use_sites([site.pk]), pytest.raises(ProgrammingError), transaction.atomic():
        IdempotencyKey.objects.all().delete()


def test_it_runs_by_itself() -> None:
    tasks = {one["task"] for one in app.conf.beat_schedule.values()}
    assert purge_idempotency_keys.name in tasks


def test_a_key_stands_for_one_request(site: Site) -> None:
    def act() -> Answer:
        return Answer(201, "done", {})

    with use_sites([site.pk]):
        first = answer_once(site=site, asker="client:ehr", key="k", request="a", act=act)
        again = answer_once(site=site, asker="client:ehr", key="k", request="a", act=act)
        assert (first, again) == ((act(), False), (act(), True))
        with pytest.raises(KeyReused):
            answer_once(site=site, asker="client:ehr", key="k", request="b", act=act)


def client(client_id: str) -> Application:
    return Application(
        name="x",
        client_id=client_id,
        client_type=Application.CLIENT_CONFIDENTIAL,
        authorization_grant_type=Application.GRANT_CLIENT_CREDENTIALS,
    )


@pytest.mark.parametrize(
    "name", ["rest", "upload", "import", "demonstration", " REST ", "Upload", "", " ", "x" * 101]
)
def test_no_client_passes_for_a_source_of_ours(name: str) -> None:
    with pytest.raises(ValidationError) as refused:
        client(name).save()
    assert "client_id" in refused.value.message_dict
    with pytest.raises(ValidationError) as refused:
        client(name).full_clean()
    assert "client_id" in refused.value.message_dict


def test_any_other_name_will_do() -> None:
    made = client("restaurant")
    made.save()
    made.full_clean()
