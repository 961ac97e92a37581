"""A chart in the clinic's verbs: a result, a lesion, a condition, a course, an operation.

Shapes follow US Core (problems, results) and mCODE (staging, tumour size, intent) as Canadian
hospitals fill them: SI units, ICD-10-CA beside ICD-10-CM, drugs by ATC and sometimes RxNorm.
"""

from __future__ import annotations

from typing import Final, Literal

from eligibility.demonstration.ailments import CONDITIONS, DRUGS, PROCEDURES
from eligibility.demonstration.codings import INTENTS, ROUTES, Json, concept
from eligibility.demonstration.measurements import PROFILES, TERMS, Measured, category
from eligibility.demonstration.sheet import Day

_INTENT: Final = "http://hl7.org/fhir/us/mcode/StructureDefinition/mcode-procedure-intent"


class Chart(Measured):
    """A sheet that can be written on in all the clinic's verbs; each returns the resource."""

    def condition(
        self,
        ailment: str,
        *,
        onset: Day = -400,
        status: str | None = "active",
        ended: Day = None,
        sure: str = "confirmed",
        recorded: Day = None,
        name: str | None = None,
        **elements: object,
    ) -> Json:
        """Add a problem; `sure` is the verification status, `ended` the abatement."""
        return self.put(
            "Condition",
            name or ailment,
            meta={"profile": [PROFILES + "condition-problems-health-concerns"]},
            clinicalStatus=None
            if status is None
            else {"coding": [{"system": f"{TERMS}condition-clinical", "code": status}]},
            verificationStatus={
                "coding": [{"system": f"{TERMS}condition-ver-status", "code": sure}]
            },
            category=category("condition-category", "problem-list-item"),
            code=concept(*CONDITIONS[ailment]),
            subject=self.subject,
            onsetDateTime=self.written(onset),
            abatementDateTime=self.written(ended),
            recordedDate=self.written(onset if recorded is None else recorded),
            **elements,
        )

    def course(
        self,
        drug: str,
        start: Day,
        end: Day = None,
        *,
        status: str = "completed",
        intent: str | None = None,
        route: str | None = None,
        name: str | None = None,
        source: Literal["statement", "administration", "contained"] = "statement",
    ) -> Json:
        """Add a course as a hospital lists or gives it; `end` None: no end recorded."""
        code = concept(*DRUGS[drug])
        taken: Json = {"status": status, "subject": self.subject, "extension": _intent(intent)}
        way, period = ROUTES[route] if route else None, self.span(start, end)
        if source == "administration":
            dosage = {"route": way} if way else None
            return self.put(
                "MedicationAdministration",
                name or drug,
                **taken,
                effectivePeriod=period,
                medicationCodeableConcept=code,
                dosage=dosage,
            )
        dosages = [{"text": "as listed", "route": way}] if way else None
        held: Json = {"medicationCodeableConcept": code}
        if source == "contained":
            held = {
                "contained": [{"resourceType": "Medication", "id": "drug", "code": code}],
                "medicationReference": {"reference": "#drug"},
            }
        return self.put(
            "MedicationStatement",
            name or drug,
            **taken,
            **held,
            effectivePeriod=period,
            dosage=dosages,
        )

    def order(
        self,
        drug: str,
        written: int,
        *,
        start: Day = None,
        end: Day = None,
        status: str = "active",
        intent: str | None = None,
        route: str | None = None,
        kind: str = "order",
        name: str | None = None,
    ) -> Json:
        """Add a prescription authored on day `written`, for a planned period when one is given."""
        self.put("Medication", f"{name or drug} product", code=concept(*DRUGS[drug]))
        bounds = self.span(start, end)
        dosage: Json = {"text": "as prescribed"}
        if bounds:
            dosage["timing"] = {"repeat": {"boundsPeriod": bounds}}
        if route:
            dosage["route"] = ROUTES[route]
        return self.put(
            "MedicationRequest",
            name or drug,
            status=status,
            intent=kind,
            subject=self.subject,
            medicationReference=self.reference(f"{name or drug} product"),
            extension=_intent(intent),
            authoredOn=self.day(written),
            dosageInstruction=[dosage],
        )

    def procedure(
        self,
        what: str,
        when: Day = None,
        *,
        until: Day = None,
        status: str = "completed",
        intent: str | None = None,
        name: str | None = None,
        **elements: object,
    ) -> Json:
        """Add a procedure of one day, or from `when` until `until`."""
        period = self.span(when, until) if until is not None else None
        return self.put(
            "Procedure",
            name or what,
            meta={"profile": [PROFILES + "procedure"]},
            status=status,
            code=concept(*PROCEDURES[what]),
            subject=self.subject,
            extension=_intent(intent),
            performedPeriod=period,
            performedDateTime=None if period else self.written(when),
            **elements,
        )


def _intent(intent: str | None) -> list[Json] | None:
    return None if intent is None else [{"url": _INTENT, "valueCodeableConcept": INTENTS[intent]}]
