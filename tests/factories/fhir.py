"""Builders of FHIR R4 resources: the patient, conditions, tissue and research studies.

Every builder takes clinical words and keyword arguments and returns a plain dictionary; whatever
it does not know can be given, or overwritten, as a FHIR element in ``**also``. Dates are ISO 8601
text, partial ones included. Courses and results are built by the modules beside this one.
"""

from __future__ import annotations

from typing import Any

from tests.factories.codes import (
    ICD_O_3,
    LOCAL,
    SNOMED,
    Coded,
    coding,
    concept,
    diagnosis,
)

Resource = dict[str, Any]

SUBJECT = {"reference": "Patient/p1"}
US_CORE = "http://hl7.org/fhir/us/core/StructureDefinition/"
MCODE = "http://hl7.org/fhir/us/mcode/StructureDefinition/"
TERMINOLOGY = "http://terminology.hl7.org/CodeSystem/"


def given(**elements: Any) -> Resource:
    """Only the elements that have a value."""
    return {name: value for name, value in elements.items() if value is not None}


def patient(
    *,
    born: str | None = "1984-05-17",
    gender: str | None = "female",
    birthsex: str | None = None,
    sex: str | None = None,
    named: str = "p1",
    **also: Any,
) -> Resource:
    """A patient, by default a woman of 42; ``birthsex`` F, M or UNK, ``sex`` a SNOMED code."""
    extensions = []
    if birthsex is not None:
        extensions.append({"url": US_CORE + "us-core-birthsex", "valueCode": birthsex})
    if sex is not None:
        extensions.append({"url": US_CORE + "us-core-sex", "valueCode": sex})
    return {
        "resourceType": "Patient",
        "id": named,
        **given(birthDate=born, gender=gender, extension=extensions or None),
        **also,
    }


def condition(
    *codes: str | Coded,
    onset: str | None = None,
    abated: str | None = None,
    status: str | None = "active",
    verification: str | None = "confirmed",
    recorded: str | None = None,
    site: str | None = None,
    morphology: str | None = None,
    **also: Any,
) -> Resource:
    """A condition; several codes are several codings of the one concept, ``site`` a SNOMED code."""
    clinical = status and concept(coding(TERMINOLOGY + "condition-clinical", status))
    verified = verification and concept(coding(TERMINOLOGY + "condition-ver-status", verification))
    url = MCODE + "mcode-histology-morphology-behavior"
    histology = morphology and [
        {"url": url, "valueCodeableConcept": concept(coding(ICD_O_3, morphology))}
    ]
    return {
        "resourceType": "Condition",
        "subject": SUBJECT,
        "code": concept(*(diagnosis(code) for code in codes)),
        **given(
            clinicalStatus=clinical,
            verificationStatus=verified,
            onsetDateTime=onset,
            abatementDateTime=abated,
            recordedDate=recorded,
            bodySite=site and [concept(coding(SNOMED, site))],
            extension=histology,
        ),
        **also,
    }


def specimen(kind: str = "441652008", *, status: str | None = "available") -> Resource:
    """Stored tissue, by default a paraffin block."""
    v2 = TERMINOLOGY + "v2-0487"
    described = coding(SNOMED, kind) if kind.isdigit() else coding(v2, kind)
    return {
        "resourceType": "Specimen",
        "subject": SUBJECT,
        "type": concept(described),
        **given(status=status),
    }


def participation(
    status: str = "on-study-intervention",
    *,
    start: str | None = None,
    end: str | None = None,
    study: str = "ResearchStudy/another-trial",
    **also: Any,
) -> Resource:
    """The patient in a research study."""
    period = given(start=start, end=end)
    return {
        "resourceType": "ResearchSubject",
        "status": status,
        "individual": SUBJECT,
        "study": {"reference": study},
        **given(period=period or None),
        **also,
    }


def study(named: str, *identifiers: str) -> Resource:
    """A research study."""
    return {
        "resourceType": "ResearchStudy",
        "id": named,
        "status": "active",
        "identifier": [{"system": LOCAL, "value": value} for value in identifiers],
    }
