"""What is held of a patient: everything as received, and the facts that were read from it.

Clinical rows are added, never edited: what is corrected is superseded and stays readable. Every one carries its site.
"""

from patients.models.clinical import (
    CLINICAL,
    Condition,
    DerivedRow,
    Histology,
    LabResult,
    Lesion,
    Observation,
    PriorTherapy,
    RecordNotice,
    Specimen,
    StudyParticipation,
)
from patients.models.merges import MergeReversal, PatientMerge
from patients.models.people import Demographics, Patient, PatientIdentifier
from patients.models.ranges import RangeChange, ReferenceRange
from patients.models.received import Delivery, ReceivedResource
from patients.models.repeats import IdempotencyKey
from patients.models.statements import Attestation, SetAside

__all__ = [
    "CLINICAL",
    "Attestation",
    "Condition",
    "Delivery",
    "Demographics",
    "DerivedRow",
    "Histology",
    "IdempotencyKey",
    "LabResult",
    "Lesion",
    "MergeReversal",
    "Observation",
    "Patient",
    "PatientIdentifier",
    "PatientMerge",
    "PriorTherapy",
    "RangeChange",
    "ReceivedResource",
    "RecordNotice",
    "ReferenceRange",
    "SetAside",
    "Specimen",
    "StudyParticipation",
]
