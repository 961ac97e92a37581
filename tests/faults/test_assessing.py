"""Whatever becomes of the messages and of the workers, one sweep leaves what assessing everything anew gives.

`INTERRUPTIONS=n` asks for another number of them than the usual 300, `SEED=n` for others.
"""

from __future__ import annotations

import os
import random
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, date, datetime, timedelta
from typing import Any
from unittest import mock
from uuid import UUID

import pytest
from django.db import OperationalError
from django.utils import timezone

from eligibility import demonstration, tasks
from eligibility.actions import assessing
from patients.actions import Attribution, receive_bundle, record_attestation
from patients.models import Patient
from patients.signals import record_changed
from tests.faults.anew import PROTOCOL, assert_as_anew
from trialscreen.institution.models import Site
from trialscreen.institution.scope import use_sites

START = datetime(2026, 11, 25, 15, 0, tzinfo=UTC)
INTERRUPTIONS = int(os.environ.get("INTERRUPTIONS", "300"))
SEED = int(os.environ.get("SEED", "20261125"))
BETWEEN_SWEEPS = 25
ZONES = {"montreal": "America/Montreal", "vancouver": "America/Vancouver"}
STORIES = [one.key for one in demonstration.catalogue() if one.expects.status != "ineligible"][:6]

pytestmark = pytest.mark.django_db
Message = tuple[str, int]
Committing = Callable[..., Any]


class Killed(BaseException):
    """The worker is gone in the middle of its work; its transaction with it."""


class Hospital:
    """Two sites whose records change, messages on their way, and a clock."""

    def __init__(self, chance: random.Random, committing: Committing) -> None:
        self.chance = chance
        self.committing = committing
        self.now = START
        self.messages: list[Message] = []
        self.happened: Counter[str] = Counter()
        self.sites = [
            Site.objects.create(
                code=code, name=code, city=code, time_zone=zone, opened_on=date(2026, 1, 1)
            )
            for code, zone in ZONES.items()
        ]
        self.patients: list[tuple[UUID, Site]] = []
        for number, key in enumerate(STORIES):
            site = self.sites[number % 2]
            self.patients.append((self.receive(key, site, START.date()), site))

    def hear(self, *, patient_id: UUID, site_id: int, **_: Any) -> None:
        self.messages.append((str(patient_id), site_id))

    def receive(self, key: str, site: Site, on: date) -> UUID:
        """A delivery dated as of `on`: on another day, other results."""
        with self.committing(execute=True), use_sites([site.pk]):
            receipt = receive_bundle(
                demonstration.to_json(demonstration.bundle(key, on=on)),
                site=site,
                source="ehr",
                by=Attribution(),
                received_on=tasks.today_at(site),
            )
        return receipt.patient.pk

    # -- what happens ----------------------------------------------------------------------------

    def change(self) -> None:
        number = self.chance.randrange(len(self.patients))
        patient, site = self.patients[number]
        if self.chance.random() < 0.8:
            self.state(patient, site)
        else:
            self.receive(STORIES[number], site, START.date() - timedelta(self.chance.randrange(20)))

    def state(self, patient: UUID, site: Site) -> None:
        with self.committing(execute=True), use_sites([site.pk]):
            record_attestation(
                patient=Patient.objects.get(pk=patient),
                trial=PROTOCOL.trial,
                criterion="informed-consent",
                wording_digest="sha256:any",
                answer=self.chance.choice(["met", "not_met"]),
                stated_on=tasks.today_at(site),
                by=None,
                by_name="Dr Invented",
            )

    def time_passes(self) -> None:
        """Hours, over a midnight at one site and not yet at the other, or days."""
        self.now += timedelta(hours=self.chance.choice([3, 15, 24, 24 * 9]))

    def lose(self) -> None:
        """On the way, or with a worker that was killed as it was handed over."""
        self.messages.pop(self.chance.randrange(len(self.messages)))

    def repeat(self) -> None:
        self.messages += [self.chance.choice(self.messages)] * self.chance.randint(1, 4)

    def mix(self) -> None:
        self.chance.shuffle(self.messages)

    def deliver(self) -> None:
        tasks.assess_patient(*self.messages.pop(0))

    def deliver_and_forget_to_acknowledge(self) -> None:
        tasks.assess_patient(*self.messages[0])

    def kill_over_a_message(self) -> None:
        message = self.messages.pop(0)
        with suppress(Killed), self.killed_somewhere():
            tasks.assess_patient(*message)
        if self.chance.random() < 0.5:
            self.messages.append(message)

    def kill_over_a_sweep(self) -> None:
        with suppress(Killed), self.killed_somewhere():
            tasks.assess_overtaken()

    def move_on_during_an_assessment(self) -> None:
        """The record that was read is not the last one any more when its assessment is filed."""
        patient, site = self.chance.choice(self.patients)

        def late(*args: Any, **options: Any) -> Any:
            self.state(patient, site)
            return case_of(*args, **options)

        case_of = assessing.case_of
        with mock.patch.object(assessing, "case_of", late):
            tasks.assess_patient(str(patient), site.pk)

    def lose_the_database_at_one_site(self) -> None:
        broken = self.chance.choice(self.sites).pk
        assess = assessing.assess

        def failing(patient: UUID, **options: Any) -> Any:
            if Patient.objects.get(pk=patient).site_id == broken:
                raise OperationalError
            return assess(patient, **options)

        with mock.patch.object(tasks, "assess", failing):
            tasks.assess_overtaken()

    @contextmanager
    def killed_somewhere(self) -> Iterator[None]:
        """Before the record is read, after, or when the assessment and what follows from it are not committed yet."""
        after = self.chance.randrange(3)
        name = self.chance.choice(["take", "case_of", "follow", "assess"])
        where = tasks if name == "assess" else assessing
        kept = getattr(where, name)
        calls = 0

        def dying(*args: Any, **options: Any) -> Any:
            nonlocal calls
            result = kept(*args, **options)
            calls += 1
            if calls > after:
                raise Killed
            return result

        with mock.patch.object(where, name, dying):
            yield

    def interrupt(self) -> None:
        """One of all that may go wrong."""
        self.change()
        ways = [
            self.lose,
            self.repeat,
            self.mix,
            self.deliver,
            self.deliver_and_forget_to_acknowledge,
            self.kill_over_a_message,
            self.kill_over_a_sweep,
            self.move_on_during_an_assessment,
            self.lose_the_database_at_one_site,
            self.time_passes,
        ]
        if not self.messages:
            self.change()
        way = self.chance.choice(ways if self.messages else ways[-4:])
        self.happened[way.__name__] += 1
        way()

    def check(self) -> None:
        assert_as_anew(self.patients)


@pytest.fixture
def hospital(
    django_capture_on_commit_callbacks: Committing, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Hospital]:
    holder: list[Hospital] = []
    monkeypatch.setattr(timezone, "now", lambda: holder[0].now if holder else START)
    made = Hospital(random.Random(SEED), django_capture_on_commit_callbacks)
    holder.append(made)
    record_changed.connect(made.hear)
    yield made
    record_changed.disconnect(made.hear)


def test_after_any_interruptions_one_sweep_leaves_what_assessing_anew_gives(
    hospital: Hospital,
) -> None:
    for number in range(1, INTERRUPTIONS + 1):
        hospital.interrupt()
        if number % BETWEEN_SWEEPS == 0:
            tasks.assess_overtaken()
            hospital.check()
            assert tasks.assess_overtaken() == 0, "a second sweep finds nothing left"
    assert len(hospital.happened) == 10, hospital.happened


def test_messages_alone_do_it_too(hospital: Hospital) -> None:
    """Without a sweep, when each arrives: once or more, in any order."""
    tasks.assess_overtaken()
    for _ in range(20):
        hospital.change()
    hospital.repeat()
    hospital.mix()
    while hospital.messages:
        hospital.deliver()
    hospital.check()
    assert tasks.assess_overtaken() == 0


def test_a_patient_who_cannot_be_assessed_keeps_nobody_else_waiting(hospital: Hospital) -> None:
    hopeless = hospital.patients[0][0]
    assess = assessing.assess

    def failing(patient: UUID, **options: Any) -> Any:
        if patient == hopeless:
            raise ValueError
        return assess(patient, **options)

    with mock.patch.object(tasks, "assess", failing), mock.patch.object(tasks, "BATCH", 2):
        assert tasks.assess_overtaken() == len(hospital.patients) - 1
    assert tasks.assess_overtaken() == 1


def test_a_message_about_nobody_is_taken_and_forgotten(hospital: Hospital) -> None:
    patient, site = hospital.patients[0]
    other = next(each for each in hospital.sites if each.pk != site.pk)
    assert tasks.assess_patient(str(UUID(int=1)), site.pk) == "no such patient"
    assert tasks.assess_patient(str(patient), other.pk) == "no such patient"
    assert tasks.assess_patient(str(patient), site.pk) == "assessed"
    assert tasks.assess_patient(str(patient), site.pk) == "up to date"


def test_nobody_is_forgotten_past_the_horizon(hospital: Hospital) -> None:
    """Nothing was foreseen to change within 180 days; what comes after was never looked at."""
    tasks.assess_overtaken()
    hospital.now += timedelta(days=181)
    assert tasks.assess_overtaken() == len(hospital.patients)
    hospital.check()


def test_a_write_stands_when_nobody_can_be_asked(
    hospital: Hospital, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    settings.BROKER_URL = "redis+socket:///there-is-nothing-here.sock"
    with mock.patch.object(tasks.assess_patient, "apply_async", side_effect=OSError):
        hospital.state(*hospital.patients[0])
    assert [record.message for record in caplog.records] == ["assessment not asked for"]
    with use_sites([hospital.patients[0][1].pk]):
        assert Patient.objects.get(pk=hospital.patients[0][0]).record_version == 2
