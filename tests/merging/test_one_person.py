"""Two records of one person: together they answer as one, and come apart as if nothing had been."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from eligibility.overtaken import is_overtaken
from patients.actions import record_attestation
from patients.actions.merging import Merging, NotInForce, NotMergeable, SeenAnother, merge
from patients.actions.reasons import NoReason
from patients.actions.withdrawing import withdraw
from patients.models import CLINICAL, Patient, PatientMerge
from tests.merging.halves import (
    KEYS,
    ON,
    PROTOCOL,
    REGISTER,
    Bundle,
    answer_of,
    halves_of,
    joined,
    named,
    parted,
    sent,
    whole_of,
)
from trialscreen.institution.models import Site
from trialscreen.institution.scope import use_sites

pytestmark = pytest.mark.django_db
EVERYTHING = "meets-everything"


@pytest.fixture
def site(db: None) -> Iterator[Site]:
    held = Site.objects.create(
        code="toronto", name="Odette", city="Toronto", time_zone="America/Toronto", opened_on=ON
    )
    with use_sites([held.pk]):
        yield held


def rows_of(patient: Patient) -> set[tuple[str, str, int]]:
    """What is current of a patient, and since when."""
    return {
        (table.__name__, row.digest, row.since_version)
        for table in CLINICAL
        for row in table.objects.filter(patient=patient, superseded_version=None)
    }


def current(patient: Patient) -> Patient:
    return Patient.objects.get(pk=patient.pk)


def two(site: Site, key: str = EVERYTHING, seed: int = 1) -> tuple[Patient, Patient]:
    one, other = halves_of(whole_of(key), seed)
    return sent(one, site).patient, sent(other, site).patient


@pytest.mark.parametrize("key", KEYS[:: max(1, len(KEYS) // 6)])
def test_both_halves_together_answer_as_the_whole_and_come_apart_exactly(
    site: Site, key: str
) -> None:
    bundle = whole_of(key)
    whole = sent(named(bundle, "one"), site, "elsewhere").patient
    for seed in (1, 2):
        one, other = (sent(half, site, f"ehr {seed}").patient for half in halves_of(bundle, seed))
        before = [(answer_of(each), rows_of(each)) for each in (one, other)]
        made = joined(one, other, site)
        assert answer_of(one) == answer_of(whole)
        parted(made, site, timezone.now())
        assert [(answer_of(each), rows_of(each)) for each in (one, other)] == before


@pytest.mark.parametrize("key", KEYS[:: max(1, len(KEYS) // 3)])
def test_what_arrives_in_between_is_told_of_both_and_stays_with_whom_it_named(
    site: Site, key: str
) -> None:
    """Two pairs who are sent the same; one of the pairs is recorded as one person for a while."""
    answers = []
    for source, once in (("ehr", True), ("control", False)):
        one_half, other_half = halves_of(whole_of(key), 3)
        one = sent(first_part(one_half), site, source).patient
        other = sent(first_part(other_half), site, source).patient
        made = joined(one, other, site) if once else None
        assert sent(one_half, site, source).patient == one
        assert sent(other_half, site, source).patient == other
        if made is not None:
            whole = sent(named(whole_of(key), "one"), site, "elsewhere").patient
            assert answer_of(one) == answer_of(whole)
            parted(made, site, timezone.now())
        answers.append([answer_of(one), answer_of(other)])
    assert answers[0] == answers[1]


def first_part(bundle: Bundle) -> Bundle:
    """What was sent first: less than half of it."""
    people = [one for one in bundle["entry"] if one["resource"]["resourceType"] == "Patient"]
    others = [one for one in bundle["entry"] if one not in people]
    return {**bundle, "entry": [*people, *others[: len(others) // 3]]}


def state(patient: Patient, criterion: str, answer: str) -> None:
    record_attestation(
        patient=patient,
        trial=PROTOCOL.trial,
        criterion=criterion,
        wording_digest="sha256:0",
        answer=answer,
        stated_on=ON,
        by=None,
        by_name="Ines",
    )


def test_what_was_stated_of_the_merged_counts_while_they_are_one(site: Site) -> None:
    one, other = two(site)
    state(other, "no-cardiac-arrhythmia", "not_met")
    before = answer_of(one), answer_of(other)
    assert before[0] != before[1]
    made = joined(one, other, site)
    assert "Ines" in answer_of(one)
    parted(made, site, timezone.now())
    assert (answer_of(one), answer_of(other)) == before


def test_a_record_that_is_withdrawn_stays_with_whom_it_was_sent_of(site: Site) -> None:
    one, other = two(site)
    made = joined(one, other, site)
    theirs = next(
        row
        for table in CLINICAL[:-1]
        for row in table.objects.filter(patient=other, superseded_version=None)
    )
    withdraw(
        patient=one,
        site=site,
        source=theirs.source,
        ref=theirs.ref,
        reason="entered-in-error",
        note="",
        by=REGISTER,
    )
    kept = type(theirs).objects.filter(ref=theirs.ref, superseded_version=None)
    assert not kept.filter(patient__in=(one, other)).exists()
    parted(made, site, timezone.now())
    assert not kept.filter(patient__in=(one, other)).exists()
    assert not one.set_asides.exists()
    assert other.set_asides.exists()


def test_the_merged_is_assessed_no_more_until_they_come_apart(site: Site) -> None:
    one, other = two(site)
    made = joined(one, other, site)
    digest = PROTOCOL.digest()
    assert not is_overtaken(other.pk, digest=digest, day=ON)
    assert is_overtaken(one.pk, digest=digest, day=ON)
    parted(made, site, timezone.now())
    assert is_overtaken(other.pk, digest=digest, day=ON)


def test_every_change_of_either_is_another_version_of_the_survivor(site: Site) -> None:
    one, other = two(site)
    before = current(one).record_version
    made = joined(one, other, site)
    assert current(one).record_version == before + 1
    state(other, "no-cardiac-arrhythmia", "met")
    assert current(one).record_version == before + 2
    parted(made, site, timezone.now())
    assert current(one).record_version == before + 3


def test_who_may_not_be_one(site: Site) -> None:
    one, other = two(site)
    third = sent(named(whole_of(EVERYTHING), "third"), site, "lab").patient
    elsewhere = Site.objects.create(
        code="montreal", name="M", city="M", time_zone="America/Toronto", opened_on=ON
    )
    with pytest.raises(NotMergeable, match="itself"):
        joined(one, one, site)
    with pytest.raises(NoReason):
        merge(Merging(one.pk, other.pk, " . "), site=site, by=REGISTER)
    with pytest.raises(Patient.DoesNotExist):
        merge(Merging(one.pk, other.pk, "the same"), site=elsewhere, by=REGISTER)
    with pytest.raises(SeenAnother):
        merge(Merging(one.pk, other.pk, "yes", seen={other.pk: 99}), site=site, by=REGISTER)
    made = joined(one, other, site)
    with pytest.raises(NotMergeable, match="already"):
        joined(one, other, site)
    with pytest.raises(NotMergeable, match="as another record"):
        joined(third, other, site)
    with pytest.raises(NotMergeable, match="into that one"):
        joined(other, third, site)
    with pytest.raises(NotMergeable, match="into that one"):
        joined(other, one, site)
    parted(made, site, timezone.now())
    with pytest.raises(NotInForce):
        parted(made, site, timezone.now())


def test_the_database_keeps_a_patient_from_being_two_others(site: Site) -> None:
    one, other = two(site)
    third = sent(named(whole_of(EVERYTHING), "third"), site, "lab").patient
    said: dict[str, Any] = {"site": site, "client": "x", "reason": "x"}
    said |= {"survivor_version": 2, "merged_version": 2}
    PatientMerge.objects.create(survivor=one, merged=other, **said)
    for survivor, merged in ((third, other), (third, third)):
        with pytest.raises(IntegrityError), transaction.atomic():
            PatientMerge.objects.create(survivor=survivor, merged=merged, **said)


def test_one_after_the_other_and_back(site: Site) -> None:
    """A into B, B into C: C is told of all; B comes apart with A."""
    a, b = two(site)
    c = sent(named(whole_of("meets-everything"), "third"), site, "lab").patient
    before = [(answer_of(each), rows_of(each)) for each in (a, b, c)]
    first = joined(b, a, site)
    together = answer_of(b), rows_of(b)
    second = joined(c, b, site)
    parted(second, site, timezone.now())
    assert (answer_of(b), rows_of(b)) == together
    parted(first, site, timezone.now())
    assert [(answer_of(each), rows_of(each)) for each in (a, b, c)] == before
