"""What the trial asks, what was found, and what people decided: rows are added, hardly any is ever edited."""

from __future__ import annotations

from eligibility.models.approvals import SiteApproval
from eligibility.models.assessments import Assessment, ProtocolVersion, SitePolicy, Trial
from eligibility.models.decisions import Determination, Registration, SignOff, Voiding
from eligibility.models.local_codes import LocalCodesImpact
from eligibility.models.log import LogLine
from eligibility.models.notes import Note
from eligibility.models.opening import OpeningChange, SitePart, TrialPart
from eligibility.models.record_systems import CardFeedback, RecordSystem, RecordSystemKey
from eligibility.models.retests import Repeated, Retest, RetestReason
from eligibility.models.screenings import CLOSED, OPEN, Deviation, Event, Screening, State
from eligibility.models.telling import (
    Attempt,
    Dispatch,
    Endpoint,
    EndpointHealth,
    Occurrence,
    Resending,
)
from eligibility.models.versions import Signatures, VersionEvent, VersionImpact, VersionState

__all__ = [
    "CLOSED",
    "OPEN",
    "Assessment",
    "Attempt",
    "CardFeedback",
    "Determination",
    "Deviation",
    "Dispatch",
    "Endpoint",
    "EndpointHealth",
    "Event",
    "LocalCodesImpact",
    "LogLine",
    "Note",
    "Occurrence",
    "OpeningChange",
    "ProtocolVersion",
    "RecordSystem",
    "RecordSystemKey",
    "Registration",
    "Repeated",
    "Resending",
    "Retest",
    "RetestReason",
    "Screening",
    "SignOff",
    "Signatures",
    "SiteApproval",
    "SitePart",
    "SitePolicy",
    "State",
    "Trial",
    "TrialPart",
    "VersionEvent",
    "VersionImpact",
    "VersionState",
    "Voiding",
]
