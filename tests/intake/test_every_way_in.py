"""One result by every way in - REST, FHIR, HL7 v2, a CSV file, a bulk file - is one fact, and has one verdict.

`WAYS=n` tries that many results; `SEED` says which.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from eligibility.actions import answered
from eligibility.protocols import get
from eligibility.snapshots import take
from patients.intake import strict_json
from patients.models import Patient
from tests.api.stored.conftest import Asker, ehr, toronto  # noqa: F401 - fixtures
from tests.hl7v2.conftest import code, make_sender, send
from tests.hl7v2.writing import msh, obr, obx, oru, pid
from tests.imports.files import stored
from tests.pages.stored import received
from trialscreen.institution.models import Site
from trialscreen.institution.scope import use_sites

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.requirement(57)]
WAYS = int(os.environ.get("WAYS", "12"))
SEED = os.environ.get("SEED", "1")
ON = date(2026, 11, 25)
PROTOCOL = get("NCT00514085")
UCUM = "http://unitsofmeasure.org"
LOCAL_CODE = "LAB-7"
UNITS = {
    "777-3": ("10*9/L", "10*3/uL", "/uL", "g/L", ""),
    "751-8": ("10*9/L", "10*6/mL", "10*9/L", "%"),
    "2160-0": ("umol/L", "mg/dL", "mmol/L", "U/L"),
    "1975-2": ("umol/L", "mg/dL", "mg/L", ""),
    "1920-8": ("U/L", "ukat/L", "kU/L", "mU/mL"),
    "1742-6": ("U/L", "nkat/L", "umol/L"),
    "19080-1": ("m[IU]/mL", "[IU]/L"),
    LOCAL_CODE: ("10*9/L",),
}
"""Units of UCUM alone: what else a unit may be called differs by the way in."""
COLLECTED = (
    *("2026-11-20", "2026-11-01", "2026-11", "2026", "2026-11-20T23:30:00-05:00"),
    *("2026-11-20T02:30:00+00:00", "2026-11-20T08:30:00-05:00", "2026-11-25", "2026-11-26"),
)
LOCAL = "https://laboratory.invalid"
BORN = "1984-05-17"


@dataclass(frozen=True)
class Said:
    """A result as a laboratory has it."""

    code: str
    value: str
    unit: str
    collected: str
    comparator: str = ""
    low: str = ""
    high: str = ""
    laboratory: str = ""
    status: str = "final"


def drawn(draw: random.Random) -> Said:
    loinc = draw.choice(list(UNITS))
    value = draw.choice(("0", "0.0", "1.50", "3.9", "17", "99.99999", "100", "231", "6000"))
    low, high = draw.choice((("", ""), ("1.8", "7.5"), ("0", "40.0"), ("150", "400"), ("", "106")))
    return Said(
        code=loinc,
        value=value,
        unit=draw.choice(UNITS[loinc]),
        collected=draw.choice(COLLECTED),
        comparator=draw.choice(("", "", "", "<", "<=", ">", ">=")),
        low=low,
        high=high,
        laboratory=draw.choice(("", "Central  Laboratory", "Hôpital Général")),
        status=draw.choice(("final", "final", "corrected", "preliminary")),
    )


def observation(said: Said, key: str) -> dict[str, Any]:
    def amount(value: str) -> dict[str, Any]:
        unit = {"unit": said.unit, "system": UCUM, "code": said.unit} if said.unit else {}
        return {"value": Decimal(value), **unit}

    system = LOCAL if said.code == LOCAL_CODE else "http://loinc.org"
    told: dict[str, Any] = {
        "resourceType": "Observation",
        "id": f"{key}-r",
        "status": said.status,
        "subject": {"reference": f"Patient/{key}"},
        "code": {"coding": [{"system": system, "code": said.code}]},
        "effectiveDateTime": said.collected,
        "valueQuantity": amount(said.value),
    }
    if said.comparator:
        told["valueQuantity"]["comparator"] = said.comparator
    limits = {name: amount(getattr(said, name)) for name in ("low", "high") if getattr(said, name)}
    if limits:
        told["referenceRange"] = [limits]
    if said.laboratory:
        told["performer"] = [{"display": said.laboratory}]
    return told


def somebody(key: str) -> dict[str, Any]:
    return {
        "resourceType": "Patient",
        "id": key,
        "identifier": [{"system": "urn:mrn", "value": f"MRN-{key}"}],
        "gender": "female",
        "birthDate": BORN,
    }


def bundle(*resources: dict[str, Any]) -> str:
    entry = [{"resource": one} for one in resources]
    return strict_json.write({"resourceType": "Bundle", "type": "collection", "entry": entry})


def by_rest(said: Said, key: str, asker: Asker, site: Site) -> None:
    identifiers = [{"system": "urn:mrn", "value": f"MRN-{key}"}]
    person = {"identifiers": identifiers, "birth_date": BORN, "sex": "female"}
    made = asker.post("/api/v1/patients/", person | {"family_name": "I", "given_name": "J"})
    assert made.status_code == 201, made.text
    limits = {name: getattr(said, name) for name in ("low", "high") if getattr(said, name)}
    told = ("code", "collected", "value", "status", "unit", "comparator", "laboratory")
    body: dict[str, Any] = {name: getattr(said, name) for name in told if getattr(said, name)}
    body |= {"reference_range": limits} if limits else {}
    body |= {"system": LOCAL} if said.code == LOCAL_CODE else {}
    answer = asker.post(f"/api/v1/patients/{made.json()['id']}/lab-results/", body)
    assert answer.status_code == 201, answer.text


def again_by_rest(said: Said, key: str, asker: Asker, site: Site) -> None:
    found = asker.get(f"/api/v1/patients/?identifier=MRN-{key}").json()["results"]
    every = f"/api/v1/patients/{found[0]['id']}/lab-results/"
    (row,) = [one for one in asker.get(every).json()["results"] if one["current"]]
    version = asker.get(f"{every}{row['id']}/").headers["ETag"].strip('"')
    if said.status == "entered-in-error":
        gone = {"reason": "entered-in-error"}
        answer = asker.post(f"{every}{row['id']}/withdraw/", gone, If_Match=f'"{version}"')
    else:
        told = {"value": said.value, "comparator": said.comparator or None, "status": said.status}
        answer = asker.patch(f"{every}{row['id']}/", told, version)
    assert answer.status_code == 200, answer.text


def by_fhir(said: Said, key: str, asker: Asker, site: Site) -> None:
    answer = asker.send(bundle(somebody(key), observation(said, key)))
    assert answer.status_code == 200, answer.text


def by_bulk(said: Said, key: str, asker: Asker, site: Site) -> None:
    lines = (strict_json.write(one) for one in (somebody(key), observation(said, key)))
    job = stored(site, "".join(f"{line}\n" for line in lines))
    assert (job.stored + job.unchanged, job.refused) == (2, 0)


def by_csv(said: Said, key: str, asker: Asker, site: Site) -> None:
    received(bundle(somebody(key)), site)
    named = "local_code" if said.code == LOCAL_CODE else "loinc"
    columns = ("value", "unit", "ref_low", "ref_high", "laboratory", "collected", "status")
    values = (said.unit, said.low, said.high, said.laboratory, said.collected, said.status)
    head = ",".join(("patient_id", "result_id", named, *columns))
    row = ",".join((f"MRN-{key}", "R-1", said.code, said.comparator + said.value, *values))
    job = stored(site, f"{head}\n{row}\n")
    assert (job.stored, job.refused) == (1, 0)


STATUSES = {"final": "F", "corrected": "C", "preliminary": "P", "entered-in-error": "D"}


def by_hl7v2(said: Said, key: str, asker: Asker, site: Site) -> None:
    limits = f"{said.low}-{said.high}" if said.low else f"<={said.high}" if said.high else ""
    coded = f"{said.code}^Called^{'99LAB' if said.code == 'LAB-7' else 'LN'}"
    result = obx(
        f"{said.comparator}^{said.value}" if said.comparator else said.value,
        kind="SN" if said.comparator else "NM",
        code=coded,
        unit=f"{said.unit}^^UCUM" if said.unit else "",
        limits=limits,
        status=STATUSES[said.status],
        rest=f"|||||||||||||{said.laboratory}"[1:] if said.laboratory else "",
    )
    collected = said.collected.translate({ord(one): None for one in ":T"})
    collected = collected[:10].replace("-", "") + collected[10:]
    who = pid(f"MRN-{key}^^^GENERAL^MR", born=BORN.replace("-", ""))
    control = f"{key} {STATUSES[said.status]}"
    head = msh(control=control, charset="UNICODE UTF-8")
    answer = send(asker, oru(result, head=head, person=who, order=obr(collected=collected)))
    assert code(answer.content) == "AA", answer.content


WAYS_IN: dict[str, Callable[[Said, str, Asker, Site], None]] = {
    "REST": by_rest,
    "FHIR": by_fhir,
    "bulk": by_bulk,
    "CSV": by_csv,
    "HL7 v2": by_hl7v2,
}


AGAIN = WAYS_IN | {"REST": again_by_rest}


def results() -> list[Said]:
    draw = random.Random(SEED)
    return [drawn(draw) for _ in range(WAYS)]


@pytest.mark.parametrize("said", results(), ids=lambda said: f"{said.code} {said.value}")
def test_one_result_is_one_fact(said: Said, ehr: Asker, toronto: Site) -> None:  # noqa: F811
    make_sender(toronto, laboratory="")
    found = {name: arrived(way, said, name, ehr, toronto) for name, way in WAYS_IN.items()}
    first = found.pop("REST")
    read, unread, _ = first
    assert (len(read), LOCAL_CODE in unread) == (
        (0, True) if said.code == LOCAL_CODE else (1, False)
    )
    for name, other in found.items():
        assert other == first, f"{name} is read otherwise than REST: {said}"


@pytest.mark.parametrize("said", results()[::3], ids=lambda said: f"{said.code} {said.value}")
def test_what_is_corrected_and_withdrawn_counts_alike(
    said: Said,
    ehr: Asker,  # noqa: F811
    toronto: Site,  # noqa: F811
) -> None:
    make_sender(toronto, laboratory="")
    first = replace(said, code="777-3", unit="10*9/L", status="final")
    corrected = replace(first, value="98", comparator="", status="corrected")
    withdrawn = replace(corrected, status="entered-in-error")
    for name, way in WAYS_IN.items():
        whose = came(way, first, name, ehr, toronto)
        AGAIN[name](corrected, key_of(name), ehr, toronto)
        with use_sites([toronto.pk]):
            ((_, _, status, value, *_),), _, _ = held(whose)
        assert (name, status, getattr(value, "value", None)) == (name, "corrected", Decimal(98))
        AGAIN[name](withdrawn, key_of(name), ehr, toronto)
        with use_sites([toronto.pk]):
            read, _, verdicts = held(whose)
        assert (name, read) == (name, [])
        assert [one[1:3] for one in verdicts if one[0] == "platelets"] == [("unknown", "missing")]


def key_of(name: str) -> str:
    return f"p-{name[:2].lower()}"


def came(way: Any, said: Said, name: str, asker: Asker, site: Site) -> UUID:
    """Whose it is, after it came in one way."""
    with use_sites([site.pk]):
        before = set(Patient.objects.values_list("pk", flat=True))
    way(said, key_of(name), asker, site)
    with use_sites([site.pk]):
        (whose,) = set(Patient.objects.values_list("pk", flat=True)) - before
    return whose


def arrived(way: Any, said: Said, name: str, asker: Asker, site: Site) -> Any:
    """What a result is held as, and the verdicts."""
    whose = came(way, said, name, asker, site)
    with use_sites([site.pk]):
        return held(whose)


def held(patient: UUID) -> Any:
    snapshot = take(patient, trial=PROTOCOL.trial)
    facts = snapshot.record.facts
    read = [
        (one.analyte, one.code, one.status, one.value, one.collected, one.ranges, one.laboratories)
        for one in facts.results
    ]
    unread = [one.code for one in facts.notices]
    told = answered(snapshot, protocol=PROTOCOL, on=ON, timeline=True)[2]
    verdicts = [(one["id"], one["verdict"], one["reason"], one["text"]) for one in told["criteria"]]
    return read, unread, verdicts
