"""The ways in: what each takes, who sends it, and how its answer is told in a few words."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from tests.api.stored.conftest import FHIR
from tests.hl7v2.writing import msh, obr, obx, pid, segments, written
from tests.hostile.bodies import MARK, NUMBER

CONTROL: Final = "CONTROL"
"""The control id of a message; each has its own."""
KNOWN: Final = "the-id-of-somebody-known"
_OBSERVATION: Final = {
    "resourceType": "Observation",
    "id": "o",
    "status": "final",
    "subject": {"reference": "Patient/p"},
    "code": {"coding": [{"system": "http://loinc.org", "code": "777-3", "display": MARK}]},
    "effectiveDateTime": "2026-11-20",
    "valueQuantity": {"value": float(NUMBER), "unit": "10*9/L", "code": "10*9/L"},
}
_PATIENT: Final = {"resourceType": "Patient", "id": "p", "birthDate": "1976-03-04"}
BUNDLE: Final = {
    "resourceType": "Bundle",
    "type": "collection",
    "entry": [{"resource": _PATIENT}, {"resource": _OBSERVATION}],
}


class Way(NamedTuple):
    """One way in."""

    at: str
    kind: str
    body: Any
    who: str = "ehr"

    def written(self, patient: str) -> str:
        """The body as it is sent, of the patient that is known."""
        text = self.body if isinstance(self.body, str) else json.dumps(self.body)
        return text.replace(KNOWN, patient)


WAYS: Final[Mapping[str, Way]] = {
    "REST, a result": Way(
        "/api/v1/patients/{patient}/lab-results/",
        "application/json",
        {
            "system": "http://loinc.org",
            "code": "777-3",
            "collected": "2026-11-20",
            "value": float(NUMBER),
            "unit": "10*9/L",
            "laboratory": MARK,
        },
        "coordinator",
    ),
    "REST, a trial run": Way("/api/v1/trials/NCT00514085/evaluate/", "application/json", BUNDLE),
    "REST, local codes": Way(
        "/api/v1/sites/toronto/local-codes/versions/",
        "application/json",
        {
            "reason": MARK,
            "lines": [
                {"system": "lab", "code": "X", "target_system": "loinc", "target_code": "751-8"}
            ],
        },
        "coordinator",
    ),
    "FHIR, a resource": Way(
        "/fhir/Observation", FHIR, _OBSERVATION | {"subject": {"reference": f"Patient/{KNOWN}"}}
    ),
    "FHIR, a Bundle": Way("/fhir", FHIR, BUNDLE),
    "CDS Hooks": Way(
        "/cds-services/trial-eligibility",
        "application/json",
        {
            "hook": "patient-view",
            "hookInstance": "d1577c69-dfbe-44ad-ba6d-3e05e953b2ea",
            "context": {"userId": "Practitioner/1", "patientId": "p"},
            "prefetch": {
                "patient": _PATIENT,
                "observations": {
                    "resourceType": "Bundle",
                    "type": "searchset",
                    "entry": [{"resource": _OBSERVATION}],
                },
            },
        },
        "record system",
    ),
    "HL7 v2": Way(
        "/api/v1/hl7v2/",
        "application/hl7-v2",
        written(msh(control=CONTROL), pid(name=f"{MARK}^Ada"), obr(), obx(NUMBER)).decode(),
    ),
    "an import": Way(
        "/api/v1/imports/",
        "application/x-ndjson",
        f"{json.dumps(_PATIENT)}\n{json.dumps(_OBSERVATION)}\n",
    ),
    "a token": Way(
        "/o/token/",
        "application/x-www-form-urlencoded",
        f"grant_type=client_credentials&client_id={MARK}&client_secret={NUMBER}",
        "nobody",
    ),
}


def told(answer: Any) -> str:
    """The status, and what is said of the body, as the table shows them."""
    return f"{answer.status_code} {_said(answer)}".strip()


def _said(answer: Any) -> str:
    kind = answer.headers.get("Content-Type", "")
    if "hl7" in kind:
        said = segments(answer.content)
        why = [one[4].split("^")[1] for one in said.get("ERR", [])]
        return " ".join([said["MSA"][0][0], *why[:1]])
    if "json" not in kind or answer.status_code < 300:
        return ""
    tree = answer.json()
    first: dict[str, str] = next(iter(tree.get("errors") or tree.get("issue") or ()), {})
    text = first.get("detail") or first.get("diagnostics") or tree.get("detail")
    return _LEFT_OUT.sub("", text or tree.get("error", ""))


_LEFT_OUT: Final = re.compile(r" \((?:/[^)]*|line [0-9]+, column [0-9]+)\)|(?<=is not JSON):.*")
"""Where in the body it is, and in which words of Python."""
