"""Creating, updating and withdrawing records over FHIR: each through the actions that everybody goes through."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from uuid import uuid4

from django.utils import timezone
from rest_framework.exceptions import NotFound

from patients.actions.withdrawing import AlreadyWithdrawn, NotWithdrawn, reinstate, withdraw
from patients.api.fhir.asked import Asked, pairs_of
from patients.api.fhir.conditions import lock, searched
from patients.api.fhir.delivering import Kept, Piece, Sending, deliver
from patients.api.fhir.doors import tags, uuid_or_none, weak
from patients.api.fhir.records import speaking, stamps, withdrawals
from patients.api.fhir.refusals import FhirRefusal, not_supported
from patients.api.fhir.registry import KINDS, Kind
from patients.api.fhir.rendered import Stamp, references, subject_keys
from patients.api.fhir.revising import NAMELESS, as_version_of
from patients.merged import hold
from patients.models import FhirVersion, Patient
from patients.signals import MayNotSetAside

Resource = dict[str, Any]
NOT_YOURS = "This record was sent by another source. Correct it there, or with a reason through /api/v1/patients/."


class Done(NamedTuple):
    """What came of one request."""

    status: int
    version: FhirVersion | None = None
    stamp: Stamp | None = None


@dataclass
class Exchange:
    """Requests of one asker at one site, within one transaction."""

    sending: Sending
    names: dict[str, str] = field(default_factory=dict)
    """References to what is held already, by those that stand for it in a Bundle."""
    updated: dict[int, FhirVersion] = field(default_factory=dict)
    """What entries of a transaction update, by their positions."""

    def held(self, asked: Asked) -> FhirVersion:
        """The record at an address, with its patient held until the end. Raises NotFound, FhirRefusal."""
        sites = (self.sending.site.pk,)
        try:
            found = speaking(sites, asked.kind, asked.ident)
        except NotFound:
            where = asked.where("request.url") if asked.place else ""
            said = "There is nothing at this address."
            raise FhirRefusal(404, said, expression=where) from None
        hold(found.patient_id)
        found = speaking(sites, asked.kind, asked.ident)
        self._check_version(asked, found)
        return found

    def _check_version(self, asked: Asked, held: FhirVersion) -> None:
        said = asked.if_match
        where = asked.where("request.ifMatch") if asked.place else "http.If-Match"
        if said is None:
            raise FhirRefusal(
                428, "Say by If-Match which version was read.", code="required", expression=where
            )
        gone = [one for one in withdrawals(held) if one.lifted_version is None]
        now = str(gone[-1].record_version) if gone else stamps([held])[held.pk].version_id
        if not tags(said) & {now, "*"}:
            raise FhirRefusal(
                412,
                "The record has changed since that version.",
                code="conflict",
                expression=where,
                etag=weak(now),
            )

    def matched(self, asked: Asked) -> FhirVersion | None:
        """What a conditional create is for and is there already. Raises FhirRefusal: 412 for several."""
        known(asked)
        where = asked.where("request.ifNoneExist") if asked.place else "http.If-None-Exist"
        pairs = pairs_of(asked.if_none_exist or "")
        found = searched(self.sending, asked.kind, pairs, where)
        if len(found) > 1:
            said = "Several records fit this condition."
            raise FhirRefusal(412, said, code="multiple-matches", expression=where)
        return found[0] if found else None

    def create(self, asked: Asked) -> Done:
        """One resource, of a patient who is known. Raises FhirRefusal, Refused."""
        assert asked.resource is not None
        kind = known(asked)
        if "create" not in kind.interactions:
            raise not_supported(f"{kind.name} comes in Bundles.", status=405)
        if asked.if_none_exist is not None:
            lock(self.sending, [asked.kind])
            there = self.matched(asked)
            if there is not None:
                return self.found(there)
        piece = self.piece(asked)
        self.settle([asked])
        return self._kept(asked, piece, self.whose(asked, piece.place))

    def whose(self, asked: Asked, place: str) -> Patient | None:
        """The patient of a resource; None of a Patient."""
        assert asked.resource is not None
        if asked.kind == "Patient":
            return None
        tree = asked.resource
        for key in subject_keys(asked.kind):
            subject = tree.get(key)
            said = subject.get("reference") if isinstance(subject, dict) else None
            known = self.names.get(said) if isinstance(said, str) else None
            if known is not None:
                tree = {**tree, key: {"reference": known}}
        return self.sending.naming.whose(tree, place)

    def piece(self, asked: Asked) -> Piece:
        assert asked.resource is not None
        named = isinstance(asked.resource.get("id"), str)
        drawn = "" if named or asked.place else f"urn:uuid:{uuid4()}"
        url = asked.full_url or drawn  # in a Bundle what has no name stays the same, sent again
        place = f"{asked.place}.resource" if asked.place else asked.kind
        return Piece(asked.position, asked.resource, url, place)

    def _kept(self, asked: Asked, piece: Piece, patient: Patient | None) -> Done:
        kept = deliver([piece], self.sending, whole=True, names=self.names, patient=patient)
        self.check_new(asked, kept[piece.position])
        return done(kept[piece.position])

    def check_new(self, asked: Asked, kept: Kept) -> None:
        """That what was sent as new has changed no record, unless it may. Raises FhirRefusal (403)."""
        if asked.method == "POST" and kept.is_changed and not kept.is_new:
            self.sending.covered.check_changes(self.sending.site, asked.kind, asked.place or "http")

    def update(self, asked: Asked) -> Done:
        """A new version of a record of one's own; one that says the same is none. Raises FhirRefusal, Refused."""
        assert asked.resource is not None
        if "update" not in known(asked).interactions:
            raise not_supported(f"{asked.kind} comes in Bundles.", status=405)
        held = self.held(asked)
        piece, same = self._as_version(asked, held)
        if same:
            return self.found(held)
        self.settle([asked])
        made = self._kept(asked, piece, self._patient_of(asked, held, piece.place))
        if made.version is None or made.version.record != held.record or not made.version.current:
            raise _later(piece.place)
        return Done(200, made.version, made.stamp)

    def _as_version(self, asked: Asked, held: FhirVersion) -> tuple[Piece, bool]:
        assert asked.resource is not None
        place = f"{asked.place}.resource" if asked.place else asked.kind
        if asked.resource.get("id") != str(held.record):
            said = "The id of the resource is that of its address."
            raise FhirRefusal(400, said, code="invalid", expression=f"{place}.id")
        if held.source != self.sending.source:
            raise FhirRefusal(403, NOT_YOURS, code="forbidden", expression=place)
        self.reinstated(held)
        return as_version_of(held, asked, place, self.sending.covered)

    def _patient_of(self, asked: Asked, held: FhirVersion, place: str) -> Patient | None:
        """The patient of an update, who is the one of the record. Raises FhirRefusal."""
        patient = self.whose(asked, place)
        if patient is not None and patient.pk != held.patient_id:
            said = "The record is of another patient; withdraw it and send it anew."
            raise FhirRefusal(422, said, code="business-rule", expression=place)
        return patient

    def step(self, asked: Asked) -> Piece:
        """A write of a transaction as it is delivered with the others. Raises FhirRefusal."""
        assert asked.resource is not None
        if asked.method == "PUT" and self._is_ours(asked):
            held = self.held(asked)
            self.updated[asked.position] = held
            return self._as_version(asked, held)[0]
        # A name of the source's own may be left to the address; what looks like an id of ours and is none may not.
        told = asked.resource.get("id", None if uuid_or_none(asked.ident) else asked.ident)
        if asked.method == "PUT" and told != asked.ident:
            said = "The id of the resource is that of its address."
            where = f"{asked.place}.resource.id"
            raise FhirRefusal(422, said, code="invalid", expression=where)
        if asked.if_match is not None:
            where, said = asked.where("request.ifMatch"), "A version is told of by the id here."
            raise FhirRefusal(412, said, expression=where)
        return self.piece(asked)

    def _is_ours(self, asked: Asked) -> bool:
        try:
            speaking((self.sending.site.pk,), asked.kind, asked.ident)
        except NotFound:
            return False
        return True

    def check_spoken(self, asked: Asked, kept: Kept) -> None:
        """That an update of a transaction is the version that speaks now. Raises FhirRefusal."""
        held = self.updated.get(asked.position)
        version = kept.version
        if held is not None and (version is None or version.record != held.record):
            raise _later(f"{asked.place}.resource")

    def stands_for(self, asked: Asked, there: FhirVersion) -> None:
        """From here on references to an entry mean what is there already."""
        if asked.full_url:
            self.names[asked.full_url] = f"{there.type}/{there.record}"

    def found(self, there: FhirVersion) -> Done:
        return Done(200, there, stamps([there])[there.pk])

    def reinstated(self, held: FhirVersion) -> None:
        """Let a withdrawn record count again: it is sent anew."""
        try:
            reinstate(
                patient=held.patient,
                site=self.sending.site,
                source=held.source,
                ref=held.key,
                note="Sent again over FHIR.",
                by=self.sending.by,
                at=timezone.now(),
            )
        except NotWithdrawn:
            return

    def delete(self, asked: Asked) -> Done:
        """Withdraw a record as entered in error; it stays readable in its history. Raises FhirRefusal."""
        if "delete" not in known(asked).interactions:
            raise not_supported(f"{asked.kind} is not withdrawn here.", status=405)
        held = self.held(asked)
        if "#" in held.key:
            raise FhirRefusal(409, NAMELESS, code="conflict")
        try:
            withdraw(
                patient=held.patient,
                site=self.sending.site,
                source=held.source,
                ref=held.key,
                reason="entered-in-error",
                note="Deleted over FHIR.",
                by=self.sending.by,
            )
        except AlreadyWithdrawn:
            return Done(204)
        except MayNotSetAside as refusal:
            raise FhirRefusal(403, refusal.sentence, code="forbidden") from None
        return Done(204)

    def settle(self, every: Iterable[Asked]) -> None:
        """Find what conditional references stand for. Raises FhirRefusal (412) unless it is one record."""
        for asked in every:
            for one in references(asked.resource):
                kind, mark, query = one["reference"].partition("?")
                if not mark or kind not in KINDS or one["reference"] in self.names:
                    continue
                where = f"{asked.place}.resource" if asked.place else asked.kind
                found = searched(self.sending, kind, pairs_of(query), where)
                if len(found) != 1:
                    several = "Several records fit" if found else "No record fits"
                    said = f"{several} the reference {one['reference'][:100]}."
                    raise FhirRefusal(412, said, code="not-found", expression=where)
                self.names[one["reference"]] = f"{kind}/{found[0].record}"


def known(asked: Asked) -> Kind:
    """Raises FhirRefusal (404) for a type that is not here."""
    kind = KINDS.get(asked.kind)
    if kind is None:
        where = f"{asked.place}.resource" if asked.place else ""
        said = f"There is no type “{asked.kind[:60]}” here."
        raise FhirRefusal(404, said, code="not-supported", expression=where)
    return kind


def _later(place: str) -> FhirRefusal:
    said = "The version that is held was issued later than this one."
    return FhirRefusal(409, said, code="conflict", expression=place)


def done(kept: Kept) -> Done:
    version = kept.version
    if version is None:
        raise NotFound
    return Done(201 if kept.is_new else 200, version, stamps([version])[version.pk])
