"""SMART scopes at /fhir: a token does what its scope says with the types that it names, and learns of no other."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
from django.test import Client
from oauth2_provider.models import AccessToken

from tests.api.stored.conftest import EVERYTHING, make_client
from tests.fhir.conftest import Json, Said, Speaker, observation, person
from tests.fhir.test_together import entry, statuses, together
from tests.fhir.test_writing import NOBODY, counts
from trialscreen.institution.models import ApiGrant, Site, TrailEntry
from trialscreen.institution.rights import May
from trialscreen.institution.scope import use_sites

pytestmark = pytest.mark.django_db

TYPES = ("Patient", "Observation", "Condition", "ResearchSubject", "Encounter", "Nonsense")
WAYS = {
    "r": (("get", "/{id}"), ("get", "/{id}/_history"), ("get", "/{id}/_history/1"), ("head", "/{id}")),
    "s": (("get", ""), ("get", "?_id={id}"), ("post", "/_search"), ("options", "")),
    "c": (("post", ""),),
    "u": (("put", "/{id}"), ("patch", "/{id}")),
    "d": (("delete", "/{id}"),),
}  # fmt: skip
VERBS = {"c": "POST", "u": "PUT", "d": "DELETE", "r": "GET", "s": "GET"}


def holding(
    scope: str, *, granted: str = "", site: Site | None = None, client: str = "ehr"
) -> None:
    """From here on the client's token has this scope, and its grants hold it: one grant, or all of them."""
    AccessToken.objects.filter(application__client_id=client).update(scope=scope)
    grants = ApiGrant.objects.filter(application__client_id=client)
    (grants.filter(site=site) if site else grants).update(scopes=granted or scope)


def specimen() -> Json:
    return {
        "resourceType": "Specimen", "id": "s1", "status": "available",
        "subject": {"reference": "Patient/p1"},
    }  # fmt: skip


@pytest.fixture
def held(fhir: Speaker) -> dict[str, str]:
    """A patient with a result of a specimen; what each is here, by type."""
    linked = observation(specimen={"reference": "Specimen/s1"})
    fhir.send(person(), specimen(), linked)
    patient = fhir.patient()
    kinds = ("Observation", "Specimen")
    found = {one: fhir.get(f"{one}?patient={patient}").found[0]["id"] for one in kinds}
    return {"Patient": patient, **found}


def asked(fhir: Speaker, how: str, kind: str, ident: str) -> list[Said]:
    form = {"Content_Type": "application/x-www-form-urlencoded"}
    return [
        fhir.ask(
            verb,
            f"{kind}{tail.format(id=ident)}",
            "" if tail == "/_search" else {} if how in "cu" else None,
            **(form if tail == "/_search" else {}),
        )
        for verb, tail in WAYS[how]
    ]


@pytest.mark.requirement(14)
@pytest.mark.parametrize("letter", "cruds")
@pytest.mark.parametrize("kind", ["Patient", "Observation", "Encounter", "*"])
def test_a_token_with_one_scope_does_that_and_nothing_else(
    fhir: Speaker, held: dict[str, str], kind: str, letter: str
) -> None:
    """What is there and what is not is refused in the same words: by type alone."""
    holding(f"system/{kind}.{letter}")
    for of, how in product(TYPES, WAYS):
        covered = how == letter and kind in (of, "*")
        for ident in {NOBODY, held.get(of, NOBODY)} if not covered else {NOBODY}:
            for said in asked(fhir, how, of, ident):
                assert (said.status != 403) == covered, (of, how, said.raw)
                if not covered and said.raw:
                    assert ident not in said.raw.decode()
    whole = fhir.get(f"Patient/{held['Patient']}/$everything").status
    assert whole == (200 if letter == "r" and kind in ("Patient", "*") else 403)


@pytest.mark.requirement(14)
@pytest.mark.parametrize("letter", "cruds")
def test_entries_are_asked_one_by_one(
    fhir: Speaker, held: dict[str, str], toronto: Site, letter: str
) -> None:
    holding(f"system/Observation.{letter} system/Specimen.{letter}")
    before = counts(toronto)
    ours = {how: _entry(how, "Observation") for how in VERBS}
    theirs = {how: _entry(how, "Condition") for how in VERBS}
    for how in VERBS:
        answers = statuses(together(fhir, "batch", ours[how], theirs[how]))
        assert answers[1] == "403"
        assert (answers[0] != "403") == (how == letter), (how, answers)
        refused = together(fhir, "transaction", ours[letter], theirs[how])
        assert refused.outcome(403, "forbidden")["expression"][0].startswith("Bundle.entry[1]")
    assert counts(toronto) == before


def _entry(how: str, kind: str) -> Json:
    """Of nobody: what is covered fails otherwise, and changes nothing."""
    tree = {"resourceType": kind, "subject": {"reference": f"Patient/{NOBODY}"}, "status": "final"}
    at = kind if how in "cs" else f"{kind}/{NOBODY}"
    return entry(VERBS[how], at, tree if how in "cu" else None)


def test_a_delivery_is_of_covered_types_alone(
    fhir: Speaker, held: dict[str, str], toronto: Site
) -> None:
    before = counts(toronto)
    sent = [{"resource": one} for one in (person("p2"), observation("o2", "Patient/p2"))]
    delivery = {"resourceType": "Bundle", "type": "collection", "entry": sent}
    for scope in (
        "system/Patient.cu",
        "system/*.c",
        "system/*.u",
        "system/Patient.cu system/Observation.c",
    ):
        holding(scope)
        fhir.ask("post", "", delivery).outcome(403, "forbidden")
        assert counts(toronto) == before
    holding("system/Patient.cu system/Observation.cu")
    assert fhir.ask("post", "", delivery).status == 200
    assert counts(toronto) > before


@pytest.mark.requirement(14)
def test_everything_and_references_tell_of_covered_types_alone(
    fhir: Speaker, held: dict[str, str]
) -> None:
    at = f"Patient/{held['Patient']}/$everything"
    for scope, types in (
        ("system/*.r", {"Patient", "Observation", "Specimen"}),
        ("system/Patient.r system/Observation.r", {"Patient", "Observation"}),
        ("system/Patient.r system/Observation.s", {"Patient"}),
    ):
        holding(scope)
        tree = fhir.get(at).tree
        assert {one["resource"]["resourceType"] for one in tree["entry"]} == types
        assert tree["total"] == len(types)
        assert (held["Specimen"] in fhir.get(at).raw.decode()) == ("Specimen" in types)
    holding("system/Observation.rs")
    for found in (
        fhir.get(f"Observation/{held['Observation']}").tree,
        *fhir.get("Observation").found,
        *fhir.get(f"Observation/{held['Observation']}/_history").found,
    ):
        assert found["specimen"] == {"reference": "Specimen/s1"}  # as it was sent
        assert found["subject"] == {"reference": f"Patient/{held['Patient']}"}  # whose it is
    holding("system/Observation.rs system/Specimen.r")
    assert (
        fhir.get("Observation").found[0]["specimen"]["reference"] == f"Specimen/{held['Specimen']}"
    )


def test_a_narrow_token_updates_what_it_reads(fhir: Speaker, held: dict[str, str]) -> None:
    """References that it is not shown stay what they were, and what says the same is no new version."""
    holding("system/Observation.ru")
    at = f"Observation/{held['Observation']}"
    read = fhir.get(at)
    said = fhir.ask("put", at, read.tree, If_Match=read.headers["ETag"])
    assert (said.status, said.headers["ETag"]) == (200, read.headers["ETag"])
    changed = fhir.ask("put", at, {**read.tree, "status": "amended"}, If_Match=read.headers["ETag"])
    assert changed.status == 200
    assert changed.headers["ETag"] != read.headers["ETag"]
    holding(EVERYTHING)
    linked = fhir.get(at).tree
    assert linked["specimen"]["reference"] == f"Specimen/{held['Specimen']}"


@pytest.mark.parametrize("value", ["p1", "nobody"])
@pytest.mark.parametrize("way", ["reference", "identifier", "other", "none-exist"])
def test_a_condition_asks_to_be_allowed_to_search(
    fhir: Speaker, held: dict[str, str], way: str, value: str
) -> None:
    """Whom an identifier is of is not told by whether something could be sent."""
    made = observation("", f"Patient/{held['Patient']}")
    headers, needed = {}, "Patient"
    if way == "reference":
        made["subject"] = {"reference": f"Patient?identifier=urn:mrn|{value}"}
    elif way == "identifier":
        made["subject"] = {"identifier": {"system": "urn:mrn", "value": value}}
    elif way == "other":
        made["focus"] = [{"reference": f"Patient?identifier=urn:mrn|{value}"}]
    else:
        headers, needed = {"If_None_Exist": f"identifier=urn:lab|{value}"}, "Observation"
    holding("system/Observation.c")
    refused = fhir.ask("post", "Observation", made, **headers)
    assert needed in refused.outcome(403, "forbidden")["diagnostics"]
    told = {"ifNoneExist": headers["If_None_Exist"]} if headers else {}
    request = entry("POST", "Observation", made, **told)
    together(fhir, "transaction", request).outcome(403, "forbidden")
    assert statuses(together(fhir, "batch", request)) == ["403"]
    holding(f"system/Observation.c system/{needed}.s")
    assert fhir.ask("post", "Observation", made, **headers).status in (201, 412, 422)
    holding(str(May.WRITE_PATIENTS))
    assert fhir.ask("post", "Observation", made, **headers).status != 403


def test_to_create_is_not_to_change(fhir: Speaker, held: dict[str, str], toronto: Site) -> None:
    subject = f"Patient/{held['Patient']}"
    holding("system/Observation.c")
    made = fhir.ask("post", "Observation", observation("o9", subject))
    assert (made.status, made.raw) == (201, b"")  # what it may not read it is not answered
    again = fhir.ask("post", "Observation", observation("o9", subject))
    assert again.status == 200
    before = counts(toronto)
    changed = observation("o9", subject, status="amended")
    fhir.ask("post", "Observation", changed).outcome(403, "forbidden")
    together(fhir, "transaction", entry("POST", "Observation", changed)).outcome(403, "forbidden")
    assert statuses(together(fhir, "batch", entry("POST", "Observation", changed))) == ["403"]
    assert counts(toronto) == before


@pytest.mark.requirement(14, 26)
def test_two_sites_and_a_grant_that_was_taken_away(
    fhir: Speaker, other: Speaker, held: dict[str, str], toronto: Site, montreal: Site
) -> None:
    other.send(person("m1"), observation("o1", "Patient/m1"))
    both = Speaker(make_client("both", toronto, montreal, scopes="system/*.rs"))
    holding("system/*.rs", granted="system/Observation.rs", site=montreal, client="both")
    assert len(both.get("Observation").found) == 2
    assert len(both.get("Patient").found) == 1
    both.get("Patient?site=montreal").outcome(404)
    assert len(both.get("Observation?site=montreal").found) == 1
    batch = [entry("GET", "Patient"), entry("GET", "Observation"), entry("GET", "Patient")]
    said = both.ask(
        "post", "?site=toronto", {"resourceType": "Bundle", "type": "batch", "entry": batch}
    )
    assert [one["resource"]["total"] for one in said.tree["entry"]] == [1, 2, 1]
    holding("system/*.rs", granted="system/Specimen.rs", site=toronto, client="both")
    both.get("Patient").outcome(403, "forbidden")
    both.get(f"Patient/{held['Patient']}").outcome(403)
    assert len(both.get("Observation").found) == 1
    both.get(f"Observation/{held['Observation']}").outcome(404)  # as what never was
    assert both.get(f"Specimen/{held['Specimen']}").status == 200
    assert held["Patient"] not in both.get("Specimen?_id=" + NOBODY).raw.decode()


def test_an_answer_is_not_repeated_for_a_token_that_may_less(
    fhir: Speaker, held: dict[str, str]
) -> None:
    bundle = {"resourceType": "Bundle", "type": "batch", "entry": [entry("GET", "Observation")]}
    ask: Any = lambda: fhir.ask("post", "", bundle, Idempotency_Key="k1")  # noqa: E731
    holding("system/Observation.s")
    first = ask()
    assert held["Observation"] in first.raw.decode()
    assert ask().raw == first.raw
    holding("system/Specimen.s")
    again = ask()
    assert again.status == 422
    assert held["Observation"] not in again.raw.decode()


def test_rights_of_ours_hold_as_ever_and_smart_ones_are_told(
    fhir: Speaker, coordinator: Any, held: dict[str, str]
) -> None:
    assert Speaker(coordinator).get(f"Observation/{held['Observation']}").status == 200
    holding(str(May.READ_PATIENTS))
    assert fhir.get("Observation").found
    together(fhir, "batch", entry("GET", "Observation")).outcome(403)
    told = Client().get("/fhir/.well-known/smart-configuration").json()
    assert {"permission-v1", "permission-v2"} <= set(told["capabilities"])
    assert "system/*.rs" in told["scopes_supported"]


def test_a_look_stands_in_the_trail_of_the_patient(
    fhir: Speaker, held: dict[str, str], toronto: Site
) -> None:
    holding("system/Observation.r")
    assert fhir.get(f"Observation/{held['Observation']}").status == 200
    with use_sites([toronto.pk]):
        looks = TrailEntry.objects.filter(patient_id=held["Patient"], kind="viewed")
        assert looks.count() == 1
