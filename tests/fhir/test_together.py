"""Bundles of requests: a transaction is done as a whole or not at all, a batch each by itself."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from tests.api.stored.conftest import make_client
from tests.fhir.conftest import Json, Said, Speaker, observation, person
from tests.fhir.test_writing import NOBODY, counts
from trialscreen.institution.models import Site

pytestmark = pytest.mark.django_db


def entry(method: str, url: str, resource: Json | None = None, **more: Any) -> Json:
    full_url = more.pop("full_url", "")
    held: Json = {"request": {"method": method, "url": url, **more}}
    if resource is not None:
        held["resource"] = resource
    return {"fullUrl": full_url, **held} if full_url else held


def together(fhir: Speaker, kind: str, *entries: Json) -> Said:
    return fhir.ask("post", "", {"resourceType": "Bundle", "type": kind, "entry": list(entries)})


def statuses(said: Said) -> list[str]:
    assert said.status == 200, said.raw
    return [one["response"]["status"][:3] for one in said.tree["entry"]]


def result(number: int, subject: str = "urn:uuid:p") -> Json:
    url = f"urn:uuid:o{number}"
    made = observation("", subject, identifier=[{"system": "urn:lab", "value": str(number)}])
    return entry("POST", "Observation", made, full_url=url)


def forty() -> list[Json]:
    """A patient and 39 results, as a system sends them that lets the server give the ids."""
    somebody = {name: value for name, value in person().items() if name != "id"}
    return [
        entry("POST", "Patient", somebody, full_url="urn:uuid:p"),
        *(result(number) for number in range(39)),
    ]


def spoiled(made: Json, how: int) -> Json:
    """An entry that fails, in one of several ways."""
    found = copy.deepcopy(made)
    resource = found["resource"]
    if how == 0:
        resource["modifierExtension"] = [{"url": "urn:not-known", "valueBoolean": True}]
    elif how == 1:
        resource["subject"] = resource["link"] = {"reference": f"Patient/{NOBODY}"}
        resource["birthDate"] = 3
    elif how == 2:
        found["request"] |= {"method": "PUT", "url": f"Observation/{NOBODY}"}
    else:
        found["request"]["ifNoneExist"] = "colour=red"
    return found


@pytest.mark.requirement(53)
@pytest.mark.parametrize("how", range(4))
def test_a_transaction_fails_as_a_whole_at_every_entry(
    fhir: Speaker, toronto: Site, how: int
) -> None:
    entries = forty()
    for k in range(40):
        spoilt = [spoiled(one, how) if place == k else one for place, one in enumerate(entries)]
        said = together(fhir, "transaction", *spoilt)
        issue = said.outcome(said.status)
        assert 400 <= said.status < 500, (k, said.status)
        assert issue["expression"][0].startswith("Bundle.entry"), (k, issue)
        assert counts(toronto) == (0, 0, 0, 0, 0), k
    assert set(statuses(together(fhir, "transaction", *entries))) == {"201"}
    assert counts(toronto)[0] == 1


def test_a_transaction_links_what_it_makes(fhir: Speaker) -> None:
    drug = {"resourceType": "Medication", "code": {"text": "temozolomide"}}
    course = {
        "resourceType": "MedicationStatement", "status": "active", "subject": {"reference": "urn:uuid:p"},
        "medicationReference": {"reference": "urn:uuid:m"}, "effectiveDateTime": "2026-01",
    }  # fmt: skip
    said = together(
        fhir, "transaction", forty()[0],
        entry("POST", "Medication", drug, full_url="urn:uuid:m"),
        entry("POST", "MedicationStatement", course, full_url="urn:uuid:c"),
    )  # fmt: skip
    assert statuses(said) == ["201"] * 3
    places = [one["response"]["location"] for one in said.tree["entry"]]
    held = fhir.get(places[2]).tree
    assert held["medicationReference"]["reference"] == places[1].partition("/_history")[0]
    assert held["subject"]["reference"] == places[0].partition("/_history")[0]


@pytest.mark.requirement(54)
def test_conditions_within_a_transaction(fhir: Speaker, toronto: Site) -> None:
    first = [dict(one) for one in forty()[:4]]
    for number, one in enumerate(first):
        token = "urn:mrn|p1" if not number else f"urn:lab|{number - 1}"
        one["request"] = one["request"] | {"ifNoneExist": f"identifier={token}"}
    assert statuses(together(fhir, "transaction", *first)) == ["201"] * 4
    before = counts(toronto)
    again = together(fhir, "transaction", *first)
    assert statuses(again) == ["200"] * 4
    assert counts(toronto) == before
    more = together(fhir, "transaction", *first, result(77))
    assert statuses(more) == ["200"] * 4 + ["201"]
    assert len(fhir.get(f"Observation?patient={fhir.patient()}").found) == 4
    by_query = result(78, "Patient?identifier=urn:mrn|p1")
    assert statuses(together(fhir, "transaction", by_query)) == ["201"]
    together(fhir, "transaction", result(79, "Patient?identifier=urn:mrn|p9")).outcome(412)


@pytest.mark.requirement(55)
def test_versions_within_a_transaction(fhir: Speaker, toronto: Site) -> None:
    fhir.send(person(), observation("o1"), observation("o2"))
    one, two = fhir.get("Observation").found
    version = f'W/"{one["meta"]["versionId"]}"'

    def update(tree: Json, **more: str) -> Json:
        return entry("PUT", f"Observation/{tree['id']}", tree | {"status": "corrected"}, **more)

    before = counts(toronto)
    stale = [update(one, ifMatch=version), update(two, ifMatch='W/"0"')]
    issue = together(fhir, "transaction", *stale).outcome(412)
    assert issue["expression"] == ["Bundle.entry[1].request.ifMatch"]
    together(fhir, "transaction", update(one)).outcome(428)
    assert counts(toronto) == before
    good = [update(one, ifMatch=version), entry("DELETE", f"Observation/{two['id']}", ifMatch=version),
            entry("GET", f"Observation/{one['id']}")]  # fmt: skip
    said = together(fhir, "transaction", *good)
    assert statuses(said) == ["200", "204", "200"]
    assert said.tree["entry"][2]["resource"]["status"] == "corrected"
    fhir.get(f"Observation/{two['id']}").outcome(410)


@pytest.mark.requirement(26)
def test_another_site_s_record_fails_the_whole(
    fhir: Speaker, other: Speaker, toronto: Site, montreal: Site
) -> None:
    fhir.send(person(), observation())
    (held,) = fhir.get("Observation").found
    answers = []
    for ident in (held["id"], NOBODY):
        gone = entry("DELETE", f"Observation/{ident}", ifMatch="*")
        said = together(other, "transaction", *forty(), gone)
        said.outcome(404)
        answers.append(said.raw)
        assert counts(montreal) == (0, 0, 0, 0, 0)
    assert answers[0] == answers[1]
    assert fhir.get(f"Observation/{held['id']}").status == 200


def test_a_batch_does_each_by_itself(fhir: Speaker, toronto: Site) -> None:
    fhir.send(person(), observation())
    (held,) = fhir.get("Observation").found
    patient = fhir.patient()
    said = together(
        fhir, "batch",
        entry("GET", f"Observation/{held['id']}"),
        entry("GET", f"Observation?patient={patient}&status=final"),
        entry("POST", "Observation", observation("o2", f"Patient/{patient}")),
        entry("POST", "Observation", observation("o3", "Patient/nobody")),
        entry("PUT", f"Observation/{held['id']}", held | {"status": "amended"}),
        entry("PUT", f"Observation/{held['id']}", held | {"status": "amended"}, ifMatch="*"),
        entry("PATCH", f"Observation/{held['id']}"),
        entry("GET", "Nonsense/1"),
        {"request": {"method": "SING", "url": "Observation"}},
        entry("POST", "Observation?code=1", observation("o4", f"Patient/{patient}")),
    )  # fmt: skip
    assert statuses(said) == ["200", "200", "201", "422", "428", "200", "405", "404", "422", "412"]
    assert said.tree["type"] == "batch-response"
    assert said.tree["entry"][1]["resource"]["type"] == "searchset"
    assert fhir.get(f"Observation/{held['id']}").tree["status"] == "amended"


@pytest.mark.parametrize(
    "odd",
    [
        {}, {"fullUrl": 3}, {"resource": {}}, {"resource": {"resourceType": "Foo"}}, {"resource": {"resourceType": 3}},
        entry("POST", "Foo", {"resourceType": "Foo"}), entry("PUT", "Foo/1", {"resourceType": "Foo", "id": "1"}),
        entry("POST", "Foo", {"resourceType": "Foo"}, ifNoneExist="identifier=1"), entry("DELETE", "Foo/1"),
        entry("GET", "http://[", None), entry("GET", "Observation?site=%00"), entry("GET", "Observation?code=%00"),
        entry("GET", "Observation?site=nowhere"), entry("POST", "Observation", {"resourceType": "Observation"}),
        entry("DELETE", "Observation/x"), entry("PUT", "Observation", observation()), {"request": {"url": "x"}},
        entry("POST", "Patient", {"resourceType": "Patient"}), entry("GET", "x" * 5000), "nothing", None,
    ],
)  # fmt: skip
@pytest.mark.parametrize("kind", ["batch", "transaction"])
def test_odd_entries_are_refused_and_nothing_breaks(
    fhir: Speaker, toronto: Site, kind: str, odd: Any
) -> None:
    said = together(fhir, kind, entry("GET", "Observation"), odd)
    assert said.status < 500
    if kind == "batch":
        assert statuses(said)[0] == "200"
        assert statuses(said)[1] >= "400"
        assert said.tree["entry"][1]["response"]["outcome"]["issue"][0]["diagnostics"]
    else:
        said.outcome(said.status)
    assert counts(toronto) == (0, 0, 0, 0, 0)


@pytest.mark.parametrize("reference", [[], {}, 3, None, [{"reference": "Patient/p1"}]])
def test_a_reference_that_is_no_text_is_refused_alone(fhir: Speaker, reference: Any) -> None:
    """It once ended a batch in a failure of ours."""
    odd = observation("o2", subject={"reference": reference})
    said = together(
        fhir, "batch",
        entry("POST", "Patient", person()),
        entry("POST", "Observation", observation()),
        entry("POST", "Observation", odd),
    )  # fmt: skip
    assert statuses(said)[:2] == ["201", "201"]
    assert statuses(said)[2].startswith("4")


def test_a_batch_of_several_patients(fhir: Speaker, toronto: Site) -> None:
    entries = []
    for number in (1, 2, 3):
        somebody = person(f"p{number}")
        if number == 2:
            somebody["birthDate"] = 3
        entries += [
            entry("PUT", f"Patient/p{number}", somebody),
            entry("PUT", f"Observation/o{number}", observation(f"o{number}", f"Patient/p{number}")),
        ]
    said = together(fhir, "batch", *entries)
    assert statuses(said) == ["201", "201", "422", "422", "201", "201"]
    assert counts(toronto)[0] == 2
    together(fhir, "transaction", *entries[:2], *entries[4:]).outcome(422)


def test_who_only_writes_reads_nothing_in_a_bundle(fhir: Speaker, toronto: Site) -> None:
    fhir.send(person(), observation())
    (held,) = fhir.get("Observation").found
    feed = Speaker(make_client("feed", toronto, scopes="patients.write"))
    said = together(
        feed, "batch", entry("GET", f"Observation/{held['id']}"), entry("GET", "Observation")
    )
    assert statuses(said) == ["403", "403"]


@pytest.mark.requirement(56)
@pytest.mark.parametrize("seed", range(50))
def test_the_same_bundle_three_times_is_the_same_rows(
    fhir: Speaker, toronto: Site, seed: int
) -> None:
    """Bundles of many shapes: with ids, with conditions, by full URL alone, in every order and of every type."""
    kind = ("transaction", "batch", "collection")[seed % 3]
    count = 1 + seed % 7
    entries: list[Json] = [{"fullUrl": "urn:uuid:p", "resource": person()}]
    for number in range(count):
        named = (seed + number) % 3 > 0
        made = observation(f"o{number}" if named else "", "urn:uuid:p")
        made |= {"effectiveDateTime": f"2026-10-{1 + number:02}", "issued": "2026-11-01T00:00:00Z"}
        entries.append({"resource": made} | ({} if named else {"fullUrl": f"urn:uuid:x{number}"}))
    if seed % 2:
        for one in entries:
            resource = one["resource"]
            ident = resource.get("id")
            url = f"{resource['resourceType']}/{ident}" if ident else resource["resourceType"]
            one["request"] = {"method": "PUT" if ident else "POST", "url": url}
    bundle = {
        "resourceType": "Bundle",
        "type": kind,
        "entry": entries[::-1] if seed % 5 == 0 else entries,
    }
    found = []
    for _ in range(3):
        said = fhir.ask("post", "", bundle)
        assert said.status == 200, said.raw
        found.append((counts(toronto), fhir.get("Observation?_count=200").raw))
    assert found[0] == found[1] == found[2]
