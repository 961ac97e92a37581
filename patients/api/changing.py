"""Facts that were wrong: corrected, withdrawn, and let count again."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.utils import timezone
from rest_framework.request import Request

from patients.actions import Attribution
from patients.actions.correcting import Correction, NotCorrectable, correct_fact, has_record
from patients.actions.reasons import NoReason, in_words
from patients.actions.repeats import Answer
from patients.actions.withdrawing import AlreadyWithdrawn, NotWithdrawn, reinstate, withdraw
from patients.api.facts import OneFact, by_field, written
from patients.api.inputs import StrictSerializer, StrictText, Word, read
from patients.api.kinds import WRITTEN
from patients.api.refusals import CannotBeUsed, Conflict, NothingSaid, NotTheirs
from patients.api.versions import check_unchanged
from patients.intake.corrections import NotHere
from patients.intake.problems import Refused
from patients.models import DerivedRow, Patient
from patients.signals import MayNotSetAside

REASONS = ("entered-in-error", "duplicate", "another-person")
"""Why a record is withdrawn. That it is true and not what a criterion means is a judgement of another kind."""
NAMELESS = "The source gave this record no id, so no version of it can be told: correct it there."


def asked_for(said: dict[str, Any], held: Patient, by: Attribution) -> Correction:
    """What a correction says. Raises `NothingSaid`, and `CannotBeUsed` where nobody says why."""
    reason = said.pop("reason", None) or ""
    if not said:
        raise NothingSaid
    try:
        reason = in_words(reason)
    except NoReason as fault:
        raise CannotBeUsed({"reason": [fault.sentence]}) from None
    now = timezone.now()
    return Correction(said, by, reason, timezone.localdate(now, held.site.zone), now)


def must_be_current(row: DerivedRow) -> None:
    """Looked at again now that the patient is held. Raises `Conflict`."""
    row.refresh_from_db(fields=["superseded_version"])
    if row.superseded_version is not None:
        raise Conflict("This fact is superseded; read the facts again and correct the current one.")


class CorrectedFact(OneFact):
    """A fact that may be corrected."""

    def patch(self, request: Request, patient: UUID, fact: int) -> HttpResponse:
        """Correct it: what is named is different from now on, and the old value stays readable."""
        self.parameters()
        held, row = self.found(patient, fact)
        return self.once(held.site, lambda: self._correct(request, held, row))

    def _correct(self, request: Request, held: Patient, row: DerivedRow) -> Answer:
        check_unchanged(request, held, required=True)
        said = read(WRITTEN[self.kind].corrects, request.data, partial=True)
        correction = asked_for(said, held, self.attribution)
        must_be_current(row)
        try:
            correct_fact(
                correction,
                patient=held,
                site=held.site,
                source=row.source,
                ref=row.ref,
                kind=self.kind,
            )
        except NotHere as fault:
            raise CannotBeUsed({fault.field: [fault.detail]}) from None
        except Refused as refused:
            raise CannotBeUsed(by_field(refused)) from None
        except NotCorrectable:
            raise Conflict(NAMELESS) from None
        except MayNotSetAside as refusal:
            raise NotTheirs(refusal.sentence) from None
        held.refresh_from_db(fields=["record_version"])
        return written(held, [row.ref], source=row.source)


class WithdrawalInput(StrictSerializer):
    """Why a record does not count."""

    reason = Word(REASONS)
    note = StrictText(max_length=2000, required=False)


class ReinstatementInput(StrictSerializer):
    """Why a record counts again."""

    note = StrictText(max_length=2000, required=False)


class Withdrawal(OneFact):
    """Lets the record of a fact count no more."""

    http_method_names = ["post", "options"]

    def post(self, request: Request, patient: UUID, fact: int) -> HttpResponse:
        """Withdraw it; every fact that was read from the same record goes with it, and stays readable."""
        self.parameters()
        held, row = self.found(patient, fact)
        return self.once(held.site, lambda: self._withdraw(request, held, row))

    def _withdraw(self, request: Request, held: Patient, row: DerivedRow) -> Answer:
        check_unchanged(request, held, required=True)
        said = read(WithdrawalInput, request.data)
        must_be_current(row)
        if not has_record(held, held.site, row.source, row.ref):
            raise Conflict(NAMELESS)
        try:
            withdraw(
                patient=held,
                site=held.site,
                source=row.source,
                ref=row.ref,
                reason=said["reason"],
                note=said.get("note", ""),
                by=self.attribution,
            )
        except AlreadyWithdrawn:
            raise Conflict("The record of this fact is withdrawn already.") from None
        except MayNotSetAside as refusal:
            raise NotTheirs(refusal.sentence) from None
        held.refresh_from_db(fields=["record_version"])
        return written(held, [row.ref], source=row.source)


class Reinstatement(OneFact):
    """Lets a withdrawn record count again."""

    http_method_names = ["post", "options"]

    def post(self, request: Request, patient: UUID, fact: int) -> HttpResponse:
        """Take the withdrawal back; the record is read again as it is held by now."""
        self.parameters()
        held, row = self.found(patient, fact)
        return self.once(held.site, lambda: self._reinstate(request, held, row))

    def _reinstate(self, request: Request, held: Patient, row: DerivedRow) -> Answer:
        check_unchanged(request, held, required=True)
        said = read(ReinstatementInput, request.data)
        try:
            reinstate(
                patient=held,
                site=held.site,
                source=row.source,
                ref=row.ref,
                note=said.get("note", ""),
                by=self.attribution,
                at=timezone.now(),
            )
        except NotWithdrawn:
            raise Conflict("The record of this fact is not withdrawn.") from None
        except NoReason as fault:
            raise CannotBeUsed({"note": [fault.sentence]}) from None
        held.refresh_from_db(fields=["record_version"])
        return written(held, [row.ref], source=row.source)
