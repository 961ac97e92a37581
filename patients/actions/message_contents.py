"""What a message says, done to the records: through the one door of deliveries, and the one of merges."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import NAMESPACE_URL, UUID, uuid5

from django.db import transaction

from patients import identity
from patients.actions.merging import Merging, NotMergeable, merge, told_of
from patients.actions.receive import FHIR_ID, Attribution, Receipt, receive_bundle
from patients.intake import strict_json
from patients.intake.as_fhir import as_bundle
from patients.intake.fhir import read_bundle
from patients.intake.hl7v2 import Content, Kind, PersonSaid, Remark, patient_resource
from patients.intake.hl7v2.faults import refuse
from patients.merged import hold, whole
from patients.models import (
    Delivery,
    Demographics,
    MessageSender,
    Patient,
    PatientIdentifier,
    ReceivedMessage,
    ReceivedResource,
)
from patients.models.messages import APPLIED
from patients.signals import MayNotMerge
from trialscreen.institution.models import Site

_TRIES = 5


@dataclass(frozen=True, slots=True)
class Circumstances:
    """Whose message it is and who has it applied."""

    site: Site
    sender: MessageSender
    by: Attribution
    message: ReceivedMessage

    @property
    def in_words(self) -> str:
        return f"{self.message.kind} {self.message.control_id} of {self.sender.name}"


class Led(NamedTuple):
    """What a message led to."""

    applied: bool
    patient: UUID | None = None
    delivery: int | None = None
    merge: int | None = None
    remarks: tuple[Remark, ...] = ()


class _Known(NamedTuple):
    """A patient, held, and who the source says that it is."""

    patient: Patient
    resource: dict[str, Any] | None
    url: str


class _SomebodyElseCame(Exception):
    """The patient was made by somebody else in this moment: it has to be looked at first."""


def apply(content: Content, around: Circumstances) -> Led:
    """Do what a message says.

    Raises:
        NotReadable: with the reasons for which it is not done.
        Refused: the delivery was.
    """
    if content.kind is Kind.MERGE:
        return _merged(content, around)
    for _ in range(_TRIES):
        try:
            with transaction.atomic():
                return _told(content, around)
        except _SomebodyElseCame:
            continue
    refuse("fault", "")


def _told(content: Content, around: Circumstances) -> Led:
    known = _known(content.person.identifiers, around, "PID[1]-3")
    remarks = list(content.remarks)
    if known is None and content.kind is Kind.PERSON:
        told = "Nobody is known here by these identifiers: nothing was to be updated."
        return Led(False, remarks=(*remarks, Remark("nobody", "PID[1]-3", told)))
    if known is None:
        person, url = patient_resource(content.person), _url(content.person)
    else:
        person, url = known.resource or patient_resource(content.person), known.url
        said = _compared(content.person, known.patient, around)
        if content.kind is Kind.PERSON:
            _not_overtaken(known.patient, around)
            person = patient_resource(content.person, known.resource)
        else:
            remarks += said
    subject = {"subject": {"reference": url}}
    receipt = _delivered(
        as_bundle(person, *(one | subject for one in content.results), url=url), around
    )
    if known is None and not receipt.created:
        raise _SomebodyElseCame
    if not receipt.changed:
        told = "Everything in the message is held already as it says."
        return Led(True, receipt.patient.pk, remarks=(*remarks, Remark("unchanged", "", told)))
    made = Delivery.objects.get(
        patient=receipt.patient, record_version=receipt.patient.record_version
    )
    return Led(True, receipt.patient.pk, made.pk, remarks=tuple(remarks))


def _delivered(bundle: dict[str, Any], around: Circumstances) -> Receipt:
    return receive_bundle(
        strict_json.write(bundle),
        site=around.site,
        source=around.sender.source,
        by=around.by,
        received_on=around.message.received_on,
    )


def _known(
    identifiers: Iterable[tuple[str, str]], around: Circumstances, place: str
) -> _Known | None:
    """Who goes by these identifiers, held until the end.

    Raises:
        NotReadable: they are those of two patients.
    """
    source = around.sender.source
    asked = set(identifiers)
    rows = PatientIdentifier.objects.filter(
        site=around.site, source=source, value__in=[value for _, value in asked]
    ).exclude(system=FHIR_ID)
    found = {one.patient_id for one in rows if (one.system, one.value) in asked}
    if not found:
        return None
    lead = next((one for one in found if len(found) == 1 or found <= set(whole(one))), None)
    if lead is None:
        refuse("two-patients", place, "The identifiers belong to two patients of this site.")
    patient = hold(lead)[lead]
    held = ReceivedResource.objects.filter(patient=patient, source=source, type="Patient")
    last = held.order_by("-id").first()
    if last is None:
        return _Known(patient, None, f"urn:uuid:{patient.pk}")
    resource = strict_json.parse(last.raw)
    assert isinstance(resource, dict)
    return _Known(patient, resource, last.full_url or f"urn:uuid:{patient.pk}")


def _compared(said: PersonSaid, patient: Patient, around: Circumstances) -> list[Remark]:
    """What PID says otherwise than the record; it changes nobody by itself.

    Raises:
        NotReadable: the dates of birth cannot both be right. Then it may be somebody else.
    """
    told = read_bundle(
        as_bundle(patient_resource(said), url=_url(said)),
        received_on=around.message.received_on,
        zone=around.site.zone,
    ).facts.person
    apart = identity.differences(told_of(patient), told)
    if identity.BIRTH in apart:
        detail = "The date of birth is another than that on record: is it the same person?"
        refuse("birth-date", "PID[1]-7", detail)
    words = {
        identity.SEX: (
            "PID[1]-8",
            "The sex is another than on record; a result message changes nobody.",
        ),
        identity.DECEASED: (
            "PID[1]-30",
            "Only one of message and record says that the person has died.",
        ),
    }
    remarks = [Remark("not-applied", *words[one]) for one in apart if one in words]
    current = Demographics.objects.get(patient=patient, superseded_version=None)
    if (
        said.family
        and current.family_name
        and said.family.casefold() != current.family_name.casefold()
    ):
        remarks.append(Remark("name", "PID[1]-5.1", "The family name is another than on record."))
    return remarks


def _not_overtaken(patient: Patient, around: Circumstances) -> None:
    """Raises `NotReadable` where a message that came later has been applied already."""
    later = ReceivedMessage.objects.filter(
        patient=patient, kind=Kind.PERSON.value, outcome=APPLIED, pk__gt=around.message.pk
    )
    if later.exists():
        refuse("overtaken", "EVN", "A later message has said since who the person is.")


def _merged(content: Content, around: Circumstances) -> Led:
    survivor = _known(content.person.identifiers, around, "PID[1]-3")
    merged = _known(content.prior, around, "MRG[1]-1")
    if merged is None:
        told = "Nobody is known here by the identifiers of MRG-1: there is nothing to merge."
        whom = survivor.patient.pk if survivor else None
        return Led(False, whom, remarks=(*content.remarks, Remark("nobody", "MRG[1]-1", told)))
    if survivor is None:
        refuse(
            "nobody",
            "PID[1]-3",
            "The record that shall remain is not known here by these identifiers.",
        )
    remarks = [*content.remarks, *_compared(content.person, survivor.patient, around)]
    said = Merging(
        survivor.patient.pk,
        merged.patient.pk,
        reason=f"The hospital says so: {around.in_words}"[:500],
        source_document=f"HL7 v2 {around.in_words}"[:300],
    )
    try:
        made = merge(said, site=around.site, by=around.by)
    except NotMergeable as fault:
        refuse("not-merged", "MRG[1]-1", fault.sentence)
    except MayNotMerge as refusal:
        refuse("not-merged", "MRG[1]-1", str(refusal.sentence))
    return Led(True, survivor.patient.pk, merge=made.pk, remarks=tuple(remarks))


def _url(said: PersonSaid) -> str:
    """Where a person's record stands of whom nothing is held yet: the same for the same identifier."""
    system, value = said.identifiers[0]
    return f"urn:uuid:{uuid5(NAMESPACE_URL, f'{system}|{value}')}"
