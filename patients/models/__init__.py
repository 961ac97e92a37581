"""What is held of a patient: everything as received, and the facts that were read from it.

Clinical rows are added, never edited: what is corrected is superseded and stays readable. Every one carries its site.
"""

from patients.models.addressed import FhirToken, FhirVersion
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
from patients.models.imports import (
    WORKING,
    Import,
    ImportFile,
    ImportLine,
    ImportPiece,
    ImportRefusal,
)
from patients.models.local_codes import (
    LocalCodesChange,
    LocalCodesEntry,
    LocalCodesEvent,
    LocalCodesVersion,
    MapState,
)
from patients.models.merges import MergeReversal, PatientMerge
from patients.models.messages import (
    MessageAttempt,
    MessageSender,
    ReceivedMessage,
    UnplacedMessage,
)
from patients.models.people import Demographics, Patient, PatientIdentifier
from patients.models.ranges import RangeChange, ReferenceRange
from patients.models.received import Delivery, ReceivedResource
from patients.models.repeats import IdempotencyKey
from patients.models.statements import Attestation, SetAside

__all__ = [
    "CLINICAL",
    "WORKING",
    "Attestation",
    "Condition",
    "Delivery",
    "Demographics",
    "DerivedRow",
    "FhirToken",
    "FhirVersion",
    "Histology",
    "IdempotencyKey",
    "Import",
    "ImportFile",
    "ImportLine",
    "ImportPiece",
    "ImportRefusal",
    "LabResult",
    "Lesion",
    "LocalCodesChange",
    "LocalCodesEntry",
    "LocalCodesEvent",
    "LocalCodesVersion",
    "MapState",
    "MergeReversal",
    "MessageAttempt",
    "MessageSender",
    "Observation",
    "Patient",
    "PatientIdentifier",
    "PatientMerge",
    "PriorTherapy",
    "RangeChange",
    "ReceivedMessage",
    "ReceivedResource",
    "RecordNotice",
    "ReferenceRange",
    "SetAside",
    "Specimen",
    "StudyParticipation",
    "UnplacedMessage",
]
