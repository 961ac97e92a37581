"""Whatever stands where in a form, the answer is a problem document or the fact, never a fault of ours."""

from __future__ import annotations

import random
from collections.abc import Callable
from copy import deepcopy
from decimal import Decimal
from typing import Any

import pytest
from django.core.management import call_command
from drf_spectacular.generators import SchemaGenerator

from patients.api.kinds import WRITTEN
from patients.intake import strict_json
from tests.api.stored.conftest import Asker
from tests.api.stored.test_kinds import GOOD
from tests.api.stored.test_odd_bundles import places
from tests.api.stored.test_registering import ANNA

ALL = "/api/v1/patients/"
ODD: list[Any] = [
    None, True, False, 0, -1, 10**39, Decimal("1.23e-40"), Decimal("9e39"), "", " ", "x" * 5000,
    "é" * 90, "\u202e", "\x07", "2026-13-45", "9999-12-31", "0000-00-00", "0001-01-01", "2026-11-25T24:00:00Z",
    "2026-02-01T00:00:00+99:00", [], {}, [[]], [None], {"": ""}, {"value": None}, "Patient/another", "<", "NaN", "-0",
]  # fmt: skip
TAKEN_OR_REFUSED = {200, 201, 409, 422}


def odd(chance: random.Random, good: dict[str, Any]) -> dict[str, Any]:
    body = deepcopy(good)
    for container, key in chance.sample(places(body), chance.choice((1, 1, 2))):
        container[key] = chance.choice(ODD)
    return body


@pytest.mark.django_db
@pytest.mark.parametrize("kind", GOOD)
def test_odd_values_in_a_form(ehr: Asker, sent: Callable[..., str], kind: str) -> None:
    chance = random.Random(f"odd {kind}")
    at = f"{ALL}{sent()}/{kind}/"
    row = ehr.post(at, GOOD[kind]).json()["facts"][kind][0]
    seen = set()
    for _ in range(25):
        body = odd(chance, GOOD[kind])
        answer = ehr.post(at, strict_json.write(body))
        assert answer.status_code in TAKEN_OR_REFUSED, (body, answer.content[:300])
        seen.add(answer.status_code)
        field = chance.choice(list(WRITTEN[kind].corrects().get_fields()))
        change = {"reason": "checked", field: chance.choice(ODD)}
        answer = ehr.patch(f"{at}{row['id']}/", strict_json.write(change), If_Match="*")
        assert answer.status_code in TAKEN_OR_REFUSED, (change, answer.content[:300])
        if answer.status_code == 200:
            row = next(iter(answer.json()["facts"].get(kind, [])), row)
    assert 422 in seen


@pytest.mark.django_db
def test_odd_values_of_who_a_patient_is(ehr: Asker) -> None:
    chance = random.Random("odd people")
    at = f"{ALL}{ehr.post(ALL, ANNA).json()['id']}/"
    for _ in range(60):
        body = odd(chance, ANNA)
        assert ehr.post(ALL, strict_json.write(body)).status_code in TAKEN_OR_REFUSED, body
        change = {"reason": "checked", chance.choice(list(ANNA)): chance.choice(ODD)}
        answer = ehr.patch(at, strict_json.write(change), If_Match="*")
        assert answer.status_code in TAKEN_OR_REFUSED, (change, answer.content[:300])
        assert ehr.get(at).status_code == 200


def test_the_interface_describes_all_of_it_without_a_warning(tmp_path: Any) -> None:
    document = str(tmp_path / "schema.json")
    call_command("spectacular", "--validate", "--fail-on-warn", "--file", document)
    paths = SchemaGenerator().get_schema(request=None, public=True)["paths"]
    for kind, written in WRITTEN.items():
        one = f"{ALL}{{patient}}/{kind}/{{fact}}/"
        entered, corrected = paths[f"{ALL}{{patient}}/{kind}/"]["post"], paths[one]["patch"]
        assert written.reads.__name__.removesuffix("Input") in str(entered["requestBody"])
        assert "Patched" in str(corrected["requestBody"])
        assert {"400", "404", "409", "412", "422"} <= entered["responses"].keys()
        assert {"200", "404", "409", "412", "422", "428"} <= corrected["responses"].keys()
        (if_match,) = (one for one in corrected["parameters"] if one["name"] == "If-Match")
        assert if_match["required"]
        assert "get" in paths[f"{one}history/"]
        assert {"post"} == paths[f"{one}withdraw/"].keys() == paths[f"{one}reinstate/"].keys()
    assert {"get", "post"} <= paths[ALL].keys()
    assert {"get", "patch"} <= paths[f"{ALL}{{patient}}/"].keys()
