"""Facts entered one by one: what a person or a program says of each, and where in it a fault lies."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Literal

from patients.codes.loader import CONTENT, enabled
from patients.intake.problems import Issue, Refused

LOINC: Final = "http://loinc.org"
UCUM: Final = "http://unitsofmeasure.org"
SNOMED: Final = "http://snomed.info/sct"
ANSWERS: Final = ("positive", "negative", "pregnant", "not-pregnant")
"""Results in words rather than numbers; the code of each is the dictionary's first."""

ICD_O: Final = "http://terminology.hl7.org/CodeSystem/icd-o-3"
CLINICAL: Final = "http://terminology.hl7.org/CodeSystem/condition-clinical"
VERIFICATION: Final = "http://terminology.hl7.org/CodeSystem/condition-ver-status"
LESION: Final = "urn:trialscreen:lesion"
"""The system under which a lesion goes by the name that it was entered with."""
METHODS: Final = (
    "ct-spiral",
    "ct-non-spiral",
    "ct-unspecified",
    "x-ray",
    "physical-exam",
    "mri",
    "ultrasound",
    "pet",
)
"""How a lesion was measured."""
INTENTS: Final = ("adjuvant", "neoadjuvant", "palliative", "curative")
"""What a course of a treatment was given for; a palliative one is for metastatic disease."""
ROUTES: Final = tuple(
    label
    for where in ("systemic", "topical")
    for label in dict.fromkeys(enabled(CONTENT["routes"][where]["snomed"]).values())
)
"""How a drug is given, by the words of the dictionary."""


@dataclass(frozen=True, slots=True)
class ResultForm:
    """One result as a person or a program enters it; a number with its unit, or an answer in words."""

    code: str
    collected: str
    """A FHIR date or date and time: ``2026-03``, ``2026-03-14``, ``2026-03-14T09:30:00-05:00``."""
    value: Decimal | None = None
    comparator: str = ""
    unit: str = ""
    """UCUM."""
    answer: str = ""
    """One of `ANSWERS`; empty where there is a number."""
    system: str = LOINC
    status: str = "final"
    laboratory: str = ""
    low: Decimal | None = None
    high: Decimal | None = None


@dataclass(frozen=True, slots=True)
class ConditionForm:
    """A diagnosis or a status."""

    code: str
    system: str
    onset: str = ""
    """FHIR dates, as precise as they are known; empty where they are not."""
    abated: str = ""
    clinical: str = ""
    verification: str = "confirmed"
    text: str = ""


@dataclass(frozen=True, slots=True)
class TherapyForm:
    """A course of a drug, an operation, or radiotherapy."""

    kind: Literal["drug", "procedure"]
    code: str
    system: str
    start: str = ""
    end: str = ""
    ongoing: bool = False
    text: str = ""
    intent: str = ""
    """One of `INTENTS`; empty where it is not stated."""
    route: str = ""
    """Of a drug: one of `ROUTES`; empty where it is not stated."""


@dataclass(frozen=True, slots=True)
class Measurement:
    """The longest dimension of a tumour on one day."""

    collected: str
    size: Decimal
    unit: str = "mm"
    """UCUM: mm or cm."""
    comparator: str = ""
    method: str = ""
    """One of `METHODS`; empty where it is not known."""
    status: str = "final"


@dataclass(frozen=True, slots=True)
class LesionForm:
    """A tumour, and how large it was found to be."""

    lesion: str
    """What it is called at the site, always by the same name; empty where `focus` says which it is."""
    measurements: tuple[Measurement, ...]
    site_code: str = ""
    site_system: str = SNOMED
    site_text: str = ""
    removed: bool = False
    """What was measured is no longer in the body."""
    focus: str = ""
    """Of a lesion that was measured before: how that record names it, ``system|value`` or ``Type/id``."""


@dataclass(frozen=True, slots=True)
class HistologyForm:
    """A morphology, as a pathologist reported it."""

    code: str
    """ICD-O-3 with its behaviour: 8720/3."""
    collected: str
    system: str = ICD_O
    status: str = "final"
    text: str = ""


@dataclass(frozen=True, slots=True)
class SpecimenForm:
    """Tissue that is kept."""

    code: str
    system: str = SNOMED
    status: str = ""
    """available, unavailable, unsatisfactory; empty where it is not known."""
    text: str = ""


@dataclass(frozen=True, slots=True)
class ParticipationForm:
    """A part in a research study."""

    study: str
    """An identifier of the study, such as its registry number."""
    status: str
    """A FHIR status of a ResearchSubject."""
    system: str = ""
    title: str = ""
    start: str = ""
    end: str = ""


Form = (
    ResultForm
    | ConditionForm
    | TherapyForm
    | LesionForm
    | HistologyForm
    | SpecimenForm
    | ParticipationForm
)


_COMES_FROM: Final = {
    "onsetDateTime": "/onset",
    "abatementDateTime": "/abated",
    "clinicalStatus": "/clinical",
    "verificationStatus": "/verification",
    "medicationCodeableConcept": "/code",
    "period.start": "/start",
    "period.end": "/end",
    "boundsPeriod.start": "/start",
    "boundsPeriod.end": "/end",
    "birthDate": "/birth_date",
    "deceasedDateTime": "/deceased_on",
    "effectivePeriod.start": "/start",
    "effectivePeriod.end": "/end",
    "performedPeriod.start": "/start",
    "performedPeriod.end": "/end",
    "code": "/code",
    "status": "/status",
    "effectiveDateTime": "/collected",
    "valueQuantity": "/value",
    "valueCodeableConcept": "/answer",
    "referenceRange": "/reference_range",
    "performer": "/laboratory",
}


def of_the_form(refused: Refused, within: str | None = None) -> Refused:
    """The same refusal with places of the form instead of the Bundle around it.

    `within` is the part of the form that became the resources: ``/measurements``, one for each; empty where there
    was a form for each.
    """
    return Refused(tuple(one._replace(place=_place(one, within)) for one in refused.issues))


def _place(issue: Issue, within: str | None) -> str:
    entry = re.match(r"Bundle\.entry\[(\d+)\]", issue.place)
    prefix = f"{within}/{int(entry[1]) - 1}" if within is not None and entry else ""
    for element, place in _COMES_FROM.items():
        if f".resource.{element}" in issue.place or issue.place.endswith(f".{element}"):
            return prefix + place
    return prefix
