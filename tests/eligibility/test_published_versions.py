"""A protocol that has changed cannot be shipped, migrated or run under the version it had."""

from __future__ import annotations

import json
import logging
from dataclasses import replace

import pytest
from django.core.checks import run_checks
from django.core.management import CommandError, call_command

from eligibility import checks, demonstration, protocols, tasks
from eligibility.actions import NotPublished, VersionTaken, publish
from eligibility.models import ProtocolVersion
from eligibility.rules.protocol import Protocol
from tests.eligibility.stored import ON, PROTOCOL, make_site, received
from trialscreen.institution.scope import use_sites

CHANGED = replace(PROTOCOL, title=PROTOCOL.title + "!")


@pytest.fixture
def changed(monkeypatch: pytest.MonkeyPatch) -> Protocol:
    """The protocol as it would be after an edit that forgot its version."""
    monkeypatch.setitem(protocols._BY_TRIAL, PROTOCOL.trial, CHANGED)
    return CHANGED


@pytest.mark.requirement(78)
def test_what_is_written_here_is_what_its_version_was_shipped_with() -> None:
    """Red after an edit of the protocol? Its version needs a new name, and `published.json` a new line."""
    shipped = json.loads(checks.PUBLISHED.read_text(encoding="utf-8"))
    for trial in protocols.trials():
        protocol = protocols.get(trial)
        assert shipped[trial][protocol.version] == protocol.digest(), (
            "the protocol has changed: give it a new version, add that with its digest to published.json"
        )
    assert checks.versions_are_published() == []


def test_an_edit_without_a_version_fails_the_check(changed: Protocol) -> None:
    (fault,) = checks.versions_are_published()
    assert fault.id == "eligibility.E002"
    assert PROTOCOL.version in fault.msg
    assert changed.digest() in (fault.hint or "")
    assert fault in run_checks()


def test_a_version_that_is_not_listed_fails_the_check(monkeypatch: pytest.MonkeyPatch) -> None:
    later = replace(PROTOCOL, version="2027-01-01.1")
    monkeypatch.setitem(protocols._BY_TRIAL, PROTOCOL.trial, later)
    (fault,) = checks.versions_are_published()
    assert fault.id == "eligibility.E001"


def test_a_line_of_the_list_is_never_changed() -> None:
    """Versions that were shipped, as they were shipped: compared with a copy, so that editing one is seen."""
    assert json.loads(checks.PUBLISHED.read_text(encoding="utf-8"))[PROTOCOL.trial][
        "2016-11-28.1"
    ] == ("sha256:5d83164f2301e15ac3d3d72eb75cbd5363acf923e93fad7701144d7acb6a435b")


@pytest.mark.django_db
def test_the_database_knows_the_version_by_another_wording(changed: Protocol) -> None:
    assert checks.versions_agree_with_the_database(["default"]) == []
    with pytest.MonkeyPatch.context() as before:
        before.setitem(protocols._BY_TRIAL, PROTOCOL.trial, PROTOCOL)
        publish(PROTOCOL)
        assert checks.versions_agree_with_the_database(["default"]) == []
    (fault,) = checks.versions_agree_with_the_database(["default"])
    assert fault.id == "eligibility.E003"
    with pytest.raises(CommandError, match="filed in the database with another wording"):
        call_command("check", databases=["default"])


@pytest.mark.requirement(78)
@pytest.mark.django_db
def test_publishing_again_changes_nothing_and_another_wording_is_refused() -> None:
    first = publish(PROTOCOL)
    assert publish(PROTOCOL) == first
    with pytest.raises(VersionTaken, match=r"version 2016-11-28\.1 is published with another"):
        publish(CHANGED)
    with pytest.raises(NotPublished, match="is submitted, reviewed and published first"):
        publish(replace(CHANGED, version="2027-01-01.1"))
    assert ProtocolVersion.objects.count() == 1


@pytest.mark.django_db
def test_a_worker_says_it_once_and_fails_no_task(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    publish(PROTOCOL)
    monkeypatch.setattr(tasks, "today_at", lambda _: ON)
    monkeypatch.setitem(protocols._BY_TRIAL, PROTOCOL.trial, CHANGED)
    site = make_site()
    with use_sites([site.pk]):
        keys = ("meets-everything", "seventeen", "local-codes")
        patients = [received(demonstration.bundle(key, on=ON), site) for key in keys]
    with caplog.at_level(logging.WARNING):
        assert tasks.assess_overtaken() == 0
        assert [one.getMessage() for one in caplog.records] == [
            "protocol has changed and kept its version: nobody is assessed"
        ]
        assert caplog.records[0].exc_info is None
        assert tasks.assess_patient(str(patients[0]), site.pk) == "up to date"
