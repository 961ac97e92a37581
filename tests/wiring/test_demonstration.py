"""The demonstration: known accounts and invented patients, in a database of their own, on this machine alone."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import MiddlewareNotUsed
from django.core.management import CommandError, call_command
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from eligibility import demonstration as invented
from eligibility.models import Trial
from patients.models import Attestation, Delivery, Import, Patient
from patients.signals import record_changed
from trialscreen.institution.models import Account, Site
from trialscreen.institution.scope import use_sites
from trialscreen.wiring import demonstration, demonstration_imports, demonstration_messages
from trialscreen.wiring.environment import Environment
from trialscreen.wiring.middleware import demonstration_on_this_machine_alone

PASSWORD = "known to this test alone"


@pytest.mark.django_db
def test_preparing_twice_makes_everything_once() -> None:
    demonstration.prepare(PASSWORD)
    before = list(Account.objects.values_list("username", "password"))
    demonstration.prepare(PASSWORD)
    assert list(Account.objects.values_list("username", "password")) == before
    assert [name for name, _ in before] == sorted(post.username for post in demonstration.POSTS)
    assert Site.objects.count() == 7
    assert Trial.objects.get().number == demonstration.TRIAL
    assert all(account.roles.count() == 1 for account in Account.objects.all())


@pytest.mark.django_db
def test_another_password_replaces_the_first() -> None:
    demonstration.prepare(PASSWORD)
    demonstration.prepare("another one altogether")
    assert all(one.check_password("another one altogether") for one in Account.objects.all())


@pytest.mark.requirement(2)
@pytest.mark.django_db
def test_known_accounts_never_join_those_of_others() -> None:
    Account.objects.create_user("somebody", PASSWORD, name="Somebody")
    with pytest.raises(demonstration.NotTheDemonstrations):
        demonstration.prepare(PASSWORD)
    assert Account.objects.count() == 1
    assert not Site.objects.exists()


@pytest.mark.requirement(2)
@pytest.mark.django_db
def test_known_accounts_are_closed_when_it_is_none_any_more() -> None:
    demonstration.prepare(PASSWORD)
    own = Account.objects.create_user("somebody", PASSWORD, name="Somebody")
    assert demonstration.withdraw() == len(demonstration.POSTS)
    assert list(Account.objects.filter(is_active=True)) == [own]
    demonstration.prepare(PASSWORD)
    assert not Account.objects.filter(is_active=False).exists()


@pytest.mark.django_db
def test_a_patient_is_received_once_with_the_answers_given() -> None:
    demonstration.prepare(PASSWORD)
    key = demonstration.missing()[0]
    demonstration.receive(key)
    demonstration.receive(key)
    assert key not in demonstration.missing()
    site = Site.objects.get(code=invented.centre_of(key).code)
    with use_sites([site.pk]):
        assert Patient.objects.count() == Delivery.objects.count() == 1
        assert Attestation.objects.count() > 0
        assert set(Attestation.objects.values_list("trial", flat=True)) == {demonstration.TRIAL}


@pytest.mark.django_db
def test_one_transaction_tells_of_one_change(django_capture_on_commit_callbacks: Any) -> None:
    """However many answers come with a patient, a worker is asked once."""
    demonstration.prepare(PASSWORD)
    heard: list[object] = []

    def hear(*, patient_id: object, **_: object) -> None:
        heard.append(patient_id)

    record_changed.connect(hear)
    try:
        with django_capture_on_commit_callbacks(execute=True):
            demonstration.receive("meets-everything")
    finally:
        record_changed.disconnect(hear)
    assert len(heard) == 1


@pytest.mark.requirement(62)
@pytest.mark.django_db
def test_a_file_was_imported_and_two_of_its_rows_were_refused() -> None:
    demonstration.prepare(PASSWORD)
    demonstration_messages.send()
    assert demonstration_imports.send()
    assert not demonstration_imports.send()
    site = Site.objects.get(code=invented.CENTRES[0].code)
    with use_sites([site.pk]):
        held = Import.objects.get()
        assert held.state == Import.State.DONE
        assert (held.received, held.stored, held.unchanged, held.refused) == (4, 2, 0, 2)
        codes = [one.faults[0]["code"] for one in held.refusals.order_by("line")]
        assert codes == ["decimal-comma", "no-patient"]
        assert Patient.objects.count() == 1


def test_every_patient_lives_near_a_centre() -> None:
    codes = {invented.centre_of(one.key).code for one in invented.catalogue()}
    assert codes == {centre.code for centre in invented.CENTRES}


def test_nothing_is_seeded_where_it_is_no_demonstration(settings: Any) -> None:
    settings.DEMONSTRATION = False
    with pytest.raises(CommandError, match="no demonstration"):
        call_command("seed_demo")


def test_it_is_served_under_names_of_this_machine_alone() -> None:
    own, wide = Environment({}), Environment({})
    own.demand_loopback("ALLOWED_HOSTS", ["localhost", "127.0.0.1", "[::1]"])
    wide.demand_loopback("ALLOWED_HOSTS", ["localhost", "screening.example.org"])
    assert own.problems == []
    assert wide.problems == [
        "ALLOWED_HOSTS may name only 127.0.0.1, [::1], localhost while DEMONSTRATION is 1"
    ]


@pytest.mark.requirement(2)
def test_another_machine_is_refused(settings: Any) -> None:
    def page(request: HttpRequest) -> HttpResponse:
        return HttpResponse("a page")

    settings.DEMONSTRATION = True
    served = demonstration_on_this_machine_alone(page)
    here, there = ("127.0.0.1", "::1", ""), ("192.0.2.7", "10.0.0.1", "::ffff:192.0.2.7")
    ask = RequestFactory().get
    assert {served(ask("/api/v1/", REMOTE_ADDR=each)).status_code for each in here} == {200}
    assert {served(ask("/api/v1/", REMOTE_ADDR=each)).status_code for each in there} == {403}
    settings.DEMONSTRATION = False
    with pytest.raises(MiddlewareNotUsed):
        demonstration_on_this_machine_alone(page)
