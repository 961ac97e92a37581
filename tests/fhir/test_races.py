"""Eight clients create the same record under the same condition at the same moment: there is one, and all are told so.

`RACES=300` asks for more rounds than the usual 30.
"""

from __future__ import annotations

import os
from collections import Counter
from functools import partial

import pytest
from django.db import connection

from patients.models import FhirVersion, LabResult, Patient
from tests.api.stored.conftest import make_client, make_site
from tests.faults.racing import CLIENTS, racing
from tests.fhir.conftest import Speaker, observation, person
from trialscreen.institution.scope import use_sites

RACES = int(os.environ.get("RACES", "30"))
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("races")]


@pytest.mark.requirement(54)
def test_a_conditional_create_never_makes_two() -> None:
    site = make_site("toronto")
    speakers = [Speaker(make_client(f"ehr{number}", site)) for number in range(CLIENTS)]
    speakers[0].send(person())
    patient = speakers[0].patient()
    told: Counter[tuple[int, ...]] = Counter()
    with racing() as clients:
        for number in range(RACES):
            asked = {"If_None_Exist": f"identifier=urn:lab|{number}"}
            made = observation(
                "", f"Patient/{patient}", identifier=[{"system": "urn:lab", "value": str(number)}]
            )

            def create(one: Speaker, made: object = made, asked: dict[str, str] = asked) -> int:
                try:
                    return one.ask("post", "Observation", made, **asked).status
                finally:
                    connection.close()

            found = clients.at_once([partial(create, one) for one in speakers])
            told[tuple(sorted(found))] += 1
            with use_sites([site.pk]):
                assert FhirVersion.objects.filter(type="Observation").count() == number + 1
    assert told == {(*([200] * (CLIENTS - 1)), 201): RACES}
    with use_sites([site.pk]):
        assert LabResult.objects.filter(superseded_version=None).count() == RACES
        assert Patient.objects.count() == 1
