"""The same facts as different hospitals send them, and records that are never used."""

from __future__ import annotations

from typing import Any

import pytest

from tests.factories import (
    Resource,
    coding,
    concept,
    condition,
    dose,
    drug,
    histology,
    lab,
    order,
    patient,
    procedure,
)
from tests.factories.codes import ATC, LOINC, RXNORM
from tests.factories.courses import ROUTES
from tests.protocols.verdicts import Case, about, judge, met, never, not_met, unknown

chemo = about("no-prior-chemotherapy")
steroids = about("no-systemic-corticosteroids")
brain = about("no-brain-metastases")
sickle = about("no-sickle-cell-anemia")
platelets = about("platelets")
washout = about("adjuvant-immunotherapy-washout")
melanoma = about("histology-cutaneous-melanoma")

ABSENT = met("absence")
DACARBAZINE = concept(coding(ATC, "L01AX04"))


def by_reference(reference: str, **also: Any) -> Resource:
    """A dose of something that another resource names."""
    sent = dose("L01AX04", on="2025-02-03", medicationReference={"reference": reference}, **also)
    return {name: value for name, value in sent.items() if name != "medicationCodeableConcept"}


def medication(named: str, code: dict[str, Any] = DACARBAZINE) -> Resource:
    return {"resourceType": "Medication", "id": named, "code": code}


def instructed(*bounds: dict[str, str]) -> Resource:
    """An adjuvant order with several dosage instructions."""
    lines: list[Resource] = [{"timing": {"repeat": {"boundsPeriod": period}}} for period in bounds]
    return order("L01FF02", status="completed", intent="adjuvant", dosageInstruction=lines)


def sprayed(*routes: str) -> Resource:
    """Dexamethasone by several routes."""
    said = [{"route": concept(coding("http://snomed.info/sct", ROUTES[one]))} for one in routes]
    return drug("3264", start="2026-10-01", dosage=said)


DRUGS = [
    chemo(
        "a drug named by its own resource", never(), by_reference("Medication/m1"), medication("m1")
    ),
    chemo(
        "a drug named inside the record", never(), by_reference("#m1", contained=[medication("m1")])
    ),
    chemo(
        "a harmless drug named by its own resource",
        ABSENT,
        by_reference("Medication/m1"),
        medication("m1", concept(coding(RXNORM, "161"))),
    ),
    chemo(
        "two codings, one recognised",
        never(),
        drug("L01AX04", on="2025-02-03")
        | {
            "medicationCodeableConcept": concept(
                coding("urn:local", "D1"), coding(RXNORM, "3098"), coding(ATC, "L01AX04")
            )
        },
    ),
    chemo(
        "words only",
        ABSENT,
        drug("L01AX04", on="2025-02-03") | {"medicationCodeableConcept": {"text": "dacarbazine"}},
    ),
    washout(
        "two instructions: the latest end",
        not_met(clears_on="2026-12-01"),
        instructed(
            {"start": "2026-01-01", "end": "2026-03-01"},
            {"start": "2026-03-01", "end": "2026-09-01"},
        ),
    ),
    washout(
        "two instructions, one without end",
        unknown("partial-date"),
        instructed({"start": "2026-01-01", "end": "2026-03-01"}, {"start": "2026-03-01"}),
    ),
    washout(
        "two instructions long ago",
        met(),
        instructed(
            {"start": "2025-01-01", "end": "2025-03-01"},
            {"start": "2025-03-01", "end": "2025-09-01"},
        ),
    ),
    steroids("two routes: each applies", not_met(), sprayed("ophthalmic", "oral")),
    steroids("two routes, both topical", ABSENT, sprayed("ophthalmic", "otic")),
    steroids(
        "two routes, one unlisted", unknown("route-not-stated"), sprayed("ophthalmic", "rectal")
    ),
    steroids(
        "products of two classes without route",
        unknown("route-not-stated"),
        drug("H02AB07", start="2026-10-01")
        | {"medicationCodeableConcept": concept(coding(ATC, "H02AB07"), coding(ATC, "D07AC01"))},
    ),
]

NEVER_USED = [
    brain(
        "family history is another person's",
        ABSENT,
        {
            "resourceType": "FamilyMemberHistory",
            "status": "completed",
            "patient": {"reference": "Patient/p1"},
            "relationship": concept(text="sister"),
            "condition": [{"code": concept(coding("http://snomed.info/sct", "94225005"))}],
        },
    ),
    sickle(
        "a modifier that nobody understands",
        ABSENT,
        condition("D57.1", modifierExtension=[{"url": "urn:not", "valueBoolean": True}]),
    ),
    sickle(
        "without a subject it cannot be read",
        ABSENT,
        {name: value for name, value in condition("D57.1").items() if name != "subject"},
    ),
    platelets(
        "a modifier that nobody understands",
        unknown("missing"),
        lab("platelets", "231", modifierExtension=[{"url": "urn:not", "valueBoolean": True}]),
    ),
    platelets(
        "a narrative is never read",
        unknown("missing"),
        {
            "resourceType": "Observation",
            "status": "final",
            "subject": {"reference": "Patient/p1"},
            "code": concept(text="Platelets"),
            "effectiveDateTime": "2026-11-18",
            "text": {"status": "generated", "div": "<div>Platelets 231</div>"},
            "valueString": "231",
        },
    ),
]

CODINGS = [
    sickle(
        "a diagnosis with a local code beside it",
        never(),
        condition(coding("urn:local", "S"), "D57.1"),
    ),
    sickle("the right code of the wrong vocabulary", ABSENT, condition(coding(LOINC, "D57.1"))),
    sickle("the right code of no vocabulary", ABSENT, condition({"code": "D57.1"})),
    sickle("a SNOMED code matches as a whole", ABSENT, condition("1270400031")),
    platelets(
        "a local code beside the LOINC code",
        met(),
        lab("platelets", "231")
        | {"code": concept(coding("urn:local", "PLT"), coding(LOINC, "777-3"))},
    ),
    platelets(
        "a local code alone",
        unknown("missing"),
        lab("platelets", "231") | {"code": concept(coding("urn:local", "PLT"))},
    ),
    melanoma(
        "morphology by the number of its vocabulary",
        met(),
        condition("C43.59"),
        histology()
        | {"valueCodeableConcept": concept(coding("urn:oid:2.16.840.1.113883.6.43.1", "8720/3"))},
    ),
    platelets(
        "the subject by its full address",
        met(),
        lab("platelets", "231") | {"subject": {"reference": "https://hospital.example/Patient/p1"}},
    ),
    platelets(
        "a patient with no name or number but an id", met(), patient(), lab("platelets", "231")
    ),
    brain(
        "an operation on the brain is no metastasis", ABSENT, procedure("25353009", on="2020-01-01")
    ),
]


@pytest.mark.parametrize("case", [*DRUGS, *NEVER_USED, *CODINGS], ids=str)
def test_records_as_sent(case: Case) -> None:
    judge(case)
