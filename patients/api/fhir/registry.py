"""The resource types of the interface, with what can be done with each: the CapabilityStatement is made from this.

What lies above hangs its own types on with `register`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

from patients.intake.fhir.references import SUBJECT

READS: Final = ("read", "vread", "history-instance", "search-type")
WRITES: Final = ("create", "update", "delete")


class Parameter(NamedTuple):
    """A search parameter as the CapabilityStatement has it."""

    name: str
    type: str
    documentation: str = ""
    made: bool = False
    """It finds what is made here alone, and nothing that was sent."""


class Kind(NamedTuple):
    """A resource type."""

    name: str
    interactions: tuple[str, ...]
    parameters: tuple[Parameter, ...]
    conditional_create: bool = False
    operations: tuple[str, ...] = ()
    documentation: str = ""


ID: Final = Parameter("_id", "token")
CHANGED: Final = Parameter("_lastUpdated", "date")
IDENTIFIER: Final = Parameter("identifier", "token")
PATIENT: Final = Parameter("patient", "reference")
SUBJECT_OF: Final = Parameter("subject", "reference")
COUNT: Final = Parameter("_count", "number", "At most 200; 50 where it is not said.")

_DATES: Final[Mapping[str, str]] = {
    "Condition": "onset-date",
    "Observation": "date",
    "DiagnosticReport": "date",
    "Procedure": "date",
    "MedicationAdministration": "effective-time",
    "MedicationStatement": "effective",
    "MedicationRequest": "authoredon",
    "Specimen": "collected",
    "ResearchSubject": "date",
    "Consent": "date",
    "Immunization": "date",
    "Encounter": "date",
}
"""R4's names for the clinical date of a type."""
TOKENS: Final[Mapping[str, Mapping[str, str]]] = {
    "Specimen": {"type": "code"},
    "Condition": {"clinical-status": "clinicalStatus", "verification-status": "verificationStatus"},
}
"""R4's names for what is kept as a token under another name."""
_CODED: Final = frozenset(
    {
        *("Condition", "Observation", "DiagnosticReport", "Procedure", "Medication"),
        *("MedicationAdministration", "MedicationStatement", "MedicationRequest"),
        *("AllergyIntolerance", "FamilyMemberHistory", "Substance"),
    }
)
_WITH_CATEGORY: Final = frozenset({"Condition", "Observation", "DiagnosticReport", "Procedure"})
_WITHOUT_STATUS: Final = frozenset({"Condition"})

CLINICAL: Final = tuple(kind for kind in SUBJECT if kind != "BodyStructure")
"""What is read, found, made, changed and withdrawn one by one."""
SUPPORTING: Final = ("Medication", "BodyStructure")
_KEPT: Final = """
    Account AdverseEvent AllergyIntolerance Appointment AppointmentResponse AuditEvent Basic
    BiologicallyDerivedProduct CarePlan CareTeam ChargeItem Claim ClaimResponse ClinicalImpression
    Communication CommunicationRequest Composition Consent Coverage CoverageEligibilityRequest
    CoverageEligibilityResponse DetectedIssue Device DeviceRequest DeviceUseStatement
    DocumentManifest DocumentReference Encounter EpisodeOfCare ExplanationOfBenefit
    FamilyMemberHistory Flag Goal Group GuidanceResponse HealthcareService ImagingStudy Immunization
    ImmunizationEvaluation ImmunizationRecommendation Invoice List Location MeasureReport Media
    MedicationDispense MolecularSequence NutritionOrder Organization Person Practitioner
    PractitionerRole Provenance QuestionnaireResponse RelatedPerson RequestGroup ResearchStudy
    RiskAssessment Schedule ServiceRequest Slot Substance SupplyDelivery SupplyRequest Task
    VisionPrescription
"""
KEPT: Final = tuple(_KEPT.split())
"""What comes in Bundles, is kept as it came, and can be read and found; no criterion uses it."""

KINDS: Final[dict[str, Kind]] = {}


def register(*kinds: Kind) -> None:
    """Say what can be done with resource types; a later word on a type counts."""
    KINDS.update({kind.name: kind for kind in kinds})


def date_name(kind: str) -> str:
    return _DATES.get(kind, "")


def _parameters(kind: str) -> Iterable[Parameter]:
    yield from (ID, CHANGED, IDENTIFIER, PATIENT)
    yield SUBJECT_OF
    if kind in _CODED:
        yield Parameter("code", "token")
    for name in TOKENS.get(kind, ()):
        yield Parameter(name, "token")
    if kind in _WITH_CATEGORY:
        yield Parameter("category", "token")
    if kind not in _WITHOUT_STATUS:
        yield Parameter("status", "token")
    if date_name(kind):
        yield Parameter(date_name(kind), "date")


_BY_BUNDLE = "Comes in Bundles with the patient's records."
register(
    Kind(
        "Patient",
        (*READS, "create", "update"),
        (ID, CHANGED, IDENTIFIER, Parameter("birthdate", "date")),
        conditional_create=True,
        operations=("everything",),
    ),
    *(
        Kind(name, (*READS, *WRITES), tuple(_parameters(name)), conditional_create=True)
        for name in CLINICAL
    ),
    *(Kind(name, READS, tuple(_parameters(name)), documentation=_BY_BUNDLE) for name in SUPPORTING),
    *(
        Kind(
            name,
            READS,
            tuple(_parameters(name)),
            documentation=f"{_BY_BUNDLE} No criterion uses it.",
        )
        for name in KEPT
    ),
)
