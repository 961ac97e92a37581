"""Several requests in one Bundle: a transaction, all or none of them, and a batch, each by itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from django.db import transaction
from django.http import Http404
from rest_framework.exceptions import APIException

from patients.api.fhir.asked import Asked
from patients.api.fhir.conditions import lock
from patients.api.fhir.delivering import Kept, Piece, deliver
from patients.api.fhir.doors import uuid_or_none, weak
from patients.api.fhir.exchanging import Done, Exchange, done
from patients.api.fhir.refusals import FhirRefusal
from patients.api.fhir.rendered import moment, subject_keys
from patients.api.outcomes import outcome
from patients.intake.fhir.references import identifiers
from patients.intake.problems import Refused, operation_outcome
from patients.models import Patient

Json = dict[str, Any]
Reads = Callable[[Asked], Json]
"""Answers a GET as an entry of a response."""
WORDS: Mapping[int, str] = {
    200: "200 OK",
    201: "201 Created",
    204: "204 No Content",
    400: "400 Bad Request",
    403: "403 Forbidden",
    404: "404 Not Found",
    405: "405 Method Not Allowed",
    409: "409 Conflict",
    410: "410 Gone",
    412: "412 Precondition Failed",
    413: "413 Content Too Large",
    422: "422 Unprocessable Content",
    428: "428 Precondition Required",
}


class Step(NamedTuple):
    """One write of a transaction, ready to be delivered."""

    asked: Asked
    piece: Piece


def transact(asked: Sequence[Asked], exchange: Exchange, reads: Reads) -> list[Json]:
    """Do everything that is asked, in the order of FHIR; raises, with a place, where anything cannot be done.

    Raises:
        FhirRefusal, Refused
    """
    answers: dict[int, Json] = {}
    lock(exchange.sending, (one.kind for one in asked if one.if_none_exist is not None))
    for one in asked:
        if one.if_none_exist is not None and (there := exchange.matched(one)) is not None:
            exchange.stands_for(one, there)
            answers[one.position] = told(exchange.found(there))
    for one in asked:
        if one.method == "DELETE":
            answers[one.position] = told(exchange.delete(one))
    writes = [
        one for one in asked if one.method in ("", "POST", "PUT") and one.position not in answers
    ]
    exchange.settle(writes)
    steps = [Step(one, exchange.step(one)) for one in writes]
    if steps:
        kept = deliver(
            [step.piece for step in steps],
            exchange.sending,
            whole=True,
            names=exchange.names,
            patient=_patient(steps, exchange),
        )
        for step in steps:
            exchange.check_spoken(step.asked, kept[step.asked.position])
            exchange.check_new(step.asked, kept[step.asked.position])
        answers |= {position: of_kept(one) for position, one in kept.items()}
    for one in asked:
        if one.method == "GET":
            answers[one.position] = reads(one)
    return [answers[one.position] for one in asked]


def _patient(steps: Sequence[Step], exchange: Exchange) -> Patient | None:
    """Whose records these are, where no Patient is among them. Raises FhirRefusal."""
    if any(step.asked.kind == "Patient" for step in steps):
        return None
    found: Patient | None = None
    for step in steps:
        assert step.asked.resource is not None
        if not any(key in step.asked.resource for key in subject_keys(step.asked.kind)):
            continue
        whose = exchange.whose(step.asked, step.piece.place)
        if found is not None and whose is not None and whose.pk != found.pk:
            said = "The records are of more than one patient."
            raise FhirRefusal(422, said, code="business-rule", expression=step.piece.place)
        found = whose or found
    if found is None:
        said = "No Patient is in the Bundle, and no record says whose it is."
        raise FhirRefusal(422, said, code="required", expression="Bundle.entry")
    return found


def batch(asked: Sequence[Asked | FhirRefusal], exchange: Exchange, reads: Reads) -> list[Json]:
    """Do what can be done, each by itself; records sent with their Patient are taken together with it."""
    answers: dict[int, Json] = {
        position: refused_entry(one)
        for position, one in enumerate(asked)
        if isinstance(one, FhirRefusal)
    }
    understood = [one for one in asked if isinstance(one, Asked)]
    for group in _groups(understood):
        answers |= _together(group, exchange)
    for method in ("DELETE", "POST", "PUT", "", "GET"):
        for one in understood:
            if one.method == method and one.position not in answers:
                answers[one.position] = _alone(one, exchange, reads)
    return [answers[position] for position in range(len(asked))]


def is_delivery(asked: Sequence[Asked | FhirRefusal]) -> bool:
    """Whether a batch is what one system says of one patient: taken as such, with a foreign record refused whole."""
    every = [one for one in asked if isinstance(one, Asked)]
    if len(every) < len(asked) or not all(one.plain and not _is_ours(one) for one in every):
        return False
    return sum(one.kind == "Patient" for one in every) == 1


def _groups(asked: Iterable[Asked]) -> Iterable[list[Asked]]:
    """Every Patient with the records of the batch that say they are theirs."""
    plain = [one for one in asked if one.plain and not _is_ours(one)]
    people = [one for one in plain if one.kind == "Patient"]
    for person in people:
        names = _names_of(person)
        theirs = [one for one in plain if one.kind != "Patient" and _names_in(one) & names]
        if len(people) == 1:
            theirs += [one for one in plain if one.kind != "Patient" and not _names_in(one)]
        yield sorted([person, *theirs], key=lambda one: one.position)


def _is_ours(asked: Asked) -> bool:
    return asked.method == "PUT" and uuid_or_none(asked.ident) is not None


def _names_of(person: Asked) -> set[object]:
    assert person.resource is not None
    found: set[object] = set(identifiers(person.resource))
    found |= {person.full_url} if person.full_url else set()
    ident = person.resource.get("id")
    return found | ({f"Patient/{ident}"} if isinstance(ident, str) else set())


def _names_in(asked: Asked) -> set[object]:
    assert asked.resource is not None
    found: set[object] = set()
    for key in subject_keys(asked.kind):
        subject = asked.resource.get(key)
        if isinstance(subject, dict):
            reference = subject.get("reference")
            found |= {reference} if isinstance(reference, str) else set()
            found.update(identifiers(subject))
    return found


def _together(group: Sequence[Asked], exchange: Exchange) -> dict[int, Json]:
    def do() -> dict[int, Json]:
        exchange.settle(group)
        pieces = [exchange.piece(one) for one in group]
        kept = deliver(pieces, exchange.sending, whole=False, names=exchange.names)
        for one in group:
            exchange.check_new(one, kept[one.position])
        return {position: of_kept(one) for position, one in kept.items()}

    try:
        with transaction.atomic():
            return do()
    except (FhirRefusal, Refused) as refusal:
        return {one.position: refused_entry(refusal) for one in group}


def _alone(asked: Asked, exchange: Exchange, reads: Reads) -> Json:
    try:
        with transaction.atomic():
            if asked.method == "GET":
                return reads(asked)
            if asked.method == "DELETE":
                return told(exchange.delete(asked))
            if asked.method == "PUT":
                return told(exchange.update(asked))
            return told(exchange.create(asked))
    except (APIException, Http404, Refused) as refusal:
        return refused_entry(refusal)


def told(what: Done) -> Json:
    """A response entry."""
    said: Json = {"status": WORDS[what.status]}
    if what.version is not None and what.stamp is not None:
        said |= located(what)
    return {"response": said}


def located(what: Done) -> Json:
    assert what.version is not None
    assert what.stamp is not None
    at = f"{what.version.type}/{what.version.record}/_history/{what.stamp.version_id}"
    return {
        "location": at,
        "etag": weak(what.stamp.version_id),
        "lastModified": moment(what.stamp.at),
    }


def of_kept(kept: Kept) -> Json:
    """The response to a resource that was kept; what could not be read says so, and decides nothing."""
    said: Json = {"status": WORDS[201 if kept.is_new else 200]}
    if kept.unread:
        said = {"status": WORDS[422], "outcome": outcome(422, kept.unread)}
    if kept.version is not None:
        said |= located(done(kept))
    return {"response": said}


def refused_entry(refusal: Exception) -> Json:
    if isinstance(refusal, Refused):
        return {"response": {"status": WORDS[422], "outcome": operation_outcome(refusal)}}
    status = getattr(refusal, "status_code", 404)
    usual = outcome(status, "")["issue"][0]["code"]
    if isinstance(refusal, FhirRefusal):
        said = refusal.outcome(usual)
    else:
        said = outcome(status, "There is nothing at this address." if status == 404 else "Refused.")
    return {"response": {"status": WORDS.get(status, str(status)), "outcome": said}}
