"""A refusal names the place as a path of what was sent: of the resource by itself, of the Bundle in one."""

from __future__ import annotations

import pytest

from patients.intake import strict_json
from tests.fhir.conftest import Speaker, observation, person
from tests.fhir.test_together import entry, together

pytestmark = pytest.mark.django_db
FAULTS = {
    '"note":[{"text":NaN}]': (400, "note[0].text"),
    '"note":[{"text":-Infinity}]': (400, "note[0].text"),
    '"note":[{"text":1e400}]': (400, "note[0].text"),
    '"note":[{"text":"\\u0000"}]': (400, "note[0].text"),
    '"note":[{"a":1,"a":2}]': (400, "note[0].a"),
    '"modifierExtension":[{"url":"urn:x"}]': (422, ""),
    '"status":[1]': (422, ""),
}


@pytest.mark.requirement(51)
@pytest.mark.parametrize("fault", FAULTS)
def test_a_refusal_names_the_place_in_what_was_sent(fhir: Speaker, fault: str) -> None:
    status, place = FAULTS[fault]
    fhir.send(person())
    sent = observation("", f"Patient/{fhir.patient()}")
    if fault.startswith('"status"'):
        del sent["status"]
    text = strict_json.write(sent)[:-1] + f",{fault}}}"
    (where,) = fhir.ask("post", "Observation", text).outcome(status)["expression"]
    assert where.startswith("Observation")
    assert where == f"Observation.{place}" or not place
    if status == 422:
        tree = strict_json.parse(text)
        assert isinstance(tree, dict)
        within = entry("POST", "Observation", tree)
        (where,) = together(fhir, "transaction", within).outcome(422)["expression"]
        assert where.startswith("Bundle.entry[0].resource")
