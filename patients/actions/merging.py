"""Two patients of one site recorded as one person, and the taking back of that (docs/decisions/merging.md).

Nothing that was received is moved or rewritten: the survivor's facts are read from what was received of both, and the
merged patient keeps everything of theirs, so that the two come apart again as if nothing had been.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db import transaction

from patients import identity
from patients.actions.carrying import carry_up, renew
from patients.actions.derive import derive_facts
from patients.actions.reasons import NoReason, in_words
from patients.actions.receive import Attribution
from patients.actions.restoring import derive_as_never_merged
from patients.actions.telling import tell_of_change
from patients.codec import decode
from patients.facts import Person
from patients.merged import above, hold, whole
from patients.models import (
    Demographics,
    MergeReversal,
    Patient,
    PatientMerge,
    ReceivedResource,
)
from patients.signals import before_merging
from trialscreen.institution.models import Site
from trialscreen.institution.trail.acting import because

SAY_HOW = (
    "The two records disagree about who the person is. "
    "Say in words how it was made sure that they are one person."
)


class NotMergeable(Exception):
    """Why two records are not recorded as one person, in one sentence, and the field that it concerns."""

    def __init__(self, code: str, sentence: str, field: str = "merged") -> None:
        super().__init__(sentence)
        self.code, self.sentence, self.field = code, sentence, field


class NotInForce(Exception):
    """The merge was taken back already."""


class SeenAnother(Exception):
    """One of the records has changed since the two were compared."""


class Merging(NamedTuple):
    """What is said of two records."""

    survivor: UUID
    merged: UUID
    reason: str
    confirmation: str = ""
    source_document: str = ""
    seen: Mapping[UUID, int] = {}
    """The versions that were compared, of those of which it is known."""


def merge(said: Merging, *, site: Site, by: Attribution) -> PatientMerge:
    """Record that two patients of a site are one person: from now on the survivor's record is read from both.

    Raises:
        Patient.DoesNotExist: one of them is none of this site.
        NoReason: nobody said why.
        NotMergeable: with the sentence.
        SeenAnother: a record has changed since.
        MayNotMerge: something is under way that has to end first.
    """
    why = in_words(said.reason)
    with transaction.atomic(), because(why):
        survivor, merged = _held(said, site)
        _may_be_one(survivor, merged)
        before_merging.send(sender=Patient, survivor=survivor, merged=merged)
        apart = identity.differences(told_of(survivor), told_of(merged))
        made = PatientMerge.objects.create(
            site=site,
            survivor=survivor,
            merged=merged,
            client=by.client,
            by=by.person,
            reason=why,
            source_document=said.source_document.strip(),
            differences=apart,
            confirmation=_confirmed(said.confirmation, apart),
            names_apart=_names_apart(survivor, merged),
            survivor_version=survivor.record_version + 1,
            merged_version=merged.record_version + 1,
        )
        renew(merged, site)
        renew(survivor, site)
    return made


def reverse_merge(
    merge: PatientMerge, *, reason: str, site: Site, by: Attribution, at: datetime
) -> None:
    """Take a merge back: both records say again what they would say if it had never been made.

    Raises:
        NoReason: nobody said why.
        NotInForce: it was taken back already.
    """
    why = in_words(reason)
    with transaction.atomic(), because(why):
        held = hold(merge.survivor_id, merge.merged_id)
        survivor, merged = held[merge.survivor_id], held[merge.merged_id]
        if not PatientMerge.objects.filter(pk=merge.pk, reversed_at=None).update(reversed_at=at):
            raise NotInForce
        for one in (survivor, merged):
            one.record_version += 1
            one.save(update_fields=["record_version"])
        MergeReversal.objects.create(
            site=site,
            patient=survivor,
            merge=merge,
            at=at,
            client=by.client,
            by=by.person,
            reason=why,
            survivor_version=survivor.record_version,
            merged_version=merged.record_version,
        )
        derive_facts(merged, site)
        derive_as_never_merged(survivor, merge, site)
        for one in (survivor, merged):
            tell_of_change(one)
        carry_up(survivor, site)


def told_of(patient: Patient) -> Person:
    """Who a patient is said to be."""
    row = Demographics.objects.get(patient=patient, superseded_version=None)
    person = decode(row.fact)
    assert isinstance(person, Person)
    return person


def _held(said: Merging, site: Site) -> tuple[Patient, Patient]:
    if said.survivor == said.merged:
        raise NotMergeable("itself", "A record cannot be merged with itself: name another one.")
    held = hold(said.survivor, said.merged)
    pair = []
    for one in (said.survivor, said.merged):
        if one not in held or held[one].site_id != site.pk:
            raise Patient.DoesNotExist
        if said.seen.get(one, held[one].record_version) != held[one].record_version:
            raise SeenAnother
        pair.append(held[one])
    return pair[0], pair[1]


def _may_be_one(survivor: Patient, merged: Patient) -> None:
    """Only who stands for themselves is merged or merged into, so that nobody is ever recorded as themselves."""
    into = above(merged.pk)
    if into:
        already = into[0] == survivor.pk
        sentence = (
            "It is recorded as the same person as this record already."
            if already
            else "It is recorded as the same person as another record: reverse that first."
        )
        raise NotMergeable("merged-already", sentence)
    if above(survivor.pk):
        raise NotMergeable(
            "not-a-survivor",
            "This record is itself recorded as the same person as another: merge into that one.",
        )


def _confirmed(said: str, apart: list[str]) -> str:
    if not apart:
        return said.strip()
    try:
        return in_words(said)
    except NoReason:
        raise NotMergeable("they-disagree", SAY_HOW, "confirmation") from None


def _names_apart(survivor: Patient, merged: Patient) -> list[str]:
    """Sources that call a record of one patient by the name of a different record of the other.

    A FHIR server names each of its records once, so what one source sends of both is read as one. Where the same name
    stood for two different records before anybody said that they are one person, names of that source hold within a
    patient.
    """
    mine, theirs = (_named(whole(one.pk)) for one in (survivor, merged))
    shared = mine.keys() & theirs.keys()
    return sorted(
        {source for source, name in shared if not mine[source, name] & theirs[source, name]}
    )


def _named(patients: list[UUID]) -> dict[tuple[str, str], set[str]]:
    """By source and name, the records of these patients that are called so: by content, or by what their address is."""
    found: dict[tuple[str, str], set[str]] = {}
    rows = ReceivedResource.objects.filter(patient__in=patients).exclude(type="Patient")
    for source, key, url, digest in rows.values_list("source", "key", "full_url", "digest"):
        found.setdefault((source, key), set()).add(digest)
        if url and url != key:
            found.setdefault((source, url), set()).add(key)
    return found
