"""HL7 v2 messages (2.3 to 2.6): bytes to a message, a message to FHIR resources. Plain Python.

What a message says becomes what the same hospital would have sent as FHIR, so that storage, versions and facts are the
same whatever way a result has taken. Nothing is guessed: what cannot be read refuses the message with its place.
"""

from patients.intake.hl7v2.acknowledging import UNNAMED, Answered, acknowledgement
from patients.intake.hl7v2.batches import Batch, is_hl7, unpack
from patients.intake.hl7v2.faults import CODES, NOTICES, Fault, NotReadable, Remark
from patients.intake.hl7v2.headers import Header, peek, read_header
from patients.intake.hl7v2.person import PersonSaid, patient_resource
from patients.intake.hl7v2.reading import Content, Kind, read_message
from patients.intake.hl7v2.sending import Sender
from patients.intake.hl7v2.syntax import LARGEST, Message, parse

__all__ = [
    "CODES",
    "LARGEST",
    "NOTICES",
    "UNNAMED",
    "Answered",
    "Batch",
    "Content",
    "Fault",
    "Header",
    "Kind",
    "Message",
    "NotReadable",
    "PersonSaid",
    "Remark",
    "Sender",
    "acknowledgement",
    "is_hl7",
    "parse",
    "patient_resource",
    "peek",
    "read_header",
    "read_message",
    "unpack",
]
