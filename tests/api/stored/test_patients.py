"""Patients and their facts: one's own sites, exact values, pages, versions, and nothing of anybody else's."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from eligibility import demonstration
from patients.api.facts import KINDS
from tests.api.conftest import problem
from tests.api.stored.conftest import Asker, patient_in
from trialscreen.institution.models import Account

pytestmark = pytest.mark.django_db
ALL = "/api/v1/patients/"
PLATELETS = {"code": "777-3", "collected": "2026-11-20", "value": "100.50", "unit": "10*9/L"}


def addresses(patient: str) -> list[str]:
    one = f"{ALL}{patient}/"
    lists = [f"{one}{kind}/" for kind in [*KINDS, "attestations"]]
    return [one, *lists, f"{one}eligibility/?trial=NCT00514085", f"{one}lab-results/1/"]


def results(answer: Any) -> list[dict[str, Any]]:
    assert answer.status_code == 200, answer.content
    found: list[dict[str, Any]] = answer.json()["results"]
    return found


@pytest.mark.requirement(15, 17)
def test_another_sites_patient_is_as_absent_as_none(
    sent: Callable[..., str], stranger: Asker
) -> None:
    theirs, none = sent(), str(uuid4())
    for real, made_up in zip(addresses(theirs), addresses(none), strict=True):
        found, absent = problem(stranger.get(real), 404), problem(stranger.get(made_up), 404)
        assert found.pop("instance") != absent.pop("instance")
        assert found == absent
    for address in ("lab-results", "observations", "attestations"):
        said = [
            problem(stranger.post(f"{ALL}{one}/{address}/", PLATELETS, If_Match='"1"'), status)
            for one, status in ((theirs, 404), (none, 404))
        ]
        assert said[0] | {"instance": ""} == said[1] | {"instance": ""}
    assert results(stranger.get(ALL)) == []
    assert results(stranger.get(f"{ALL}?search=a")) == []
    here, nowhere = (problem(stranger.get(f"{ALL}?site={s}"), 404) for s in ("toronto", "moon"))
    assert here == nowhere


def test_nobody_is_told_anything_without_a_token(sent: Callable[..., str]) -> None:
    for address in [ALL, *addresses(sent())]:
        assert problem(Client().get(address), 401)
    for kind in ("lab-results", "attestations"):
        at = f"{ALL}{uuid4()}/{kind}/"
        assert problem(Client().post(at, "{}", content_type="application/json"), 401)


def test_a_patient_is_found_by_name_and_number(
    ehr: Asker, sent: Callable[..., str], today: date
) -> None:
    patient, _ = sent(), sent(keys()[-1])
    held = ehr.get(f"{ALL}{patient}/").json()
    assert (held["id"], held["site"], held["record_version"]) == (patient, "toronto", 1)
    number = held["identifiers"][0]
    by_number = f"{number['system'] or ''}|{number['value']}"
    searches = {"identifier": by_number, "search": number["value"], "site": "toronto"}
    for name, value in searches.items():
        found = results(ehr.http.get(ALL, {name: value}, headers=ehr._headers({})))
        assert held in found
    assert results(ehr.get(f"{ALL}?identifier=urn:other|{number['value']}")) == []
    if held["family_name"]:
        assert held in results(ehr.get(f"{ALL}?search={held['family_name'][:4].upper()}"))
    for wrong in (
        "?name=x",
        "?cursor=nonsense",
        "?page_size=0",
        "?page_size=201",
        "?search=a&search=b",
        "?search=%00",
    ):
        problem(ehr.get(ALL + wrong), 400)


def test_what_is_nowhere_is_a_404(ehr: Asker, sent: Callable[..., str]) -> None:
    one = f"{ALL}{sent()}/"
    for at in (f"{ALL}x/", f"{one}lab-results/{10**30}/", f"{one}lab-results/0/", f"{one}doses/"):
        problem(ehr.get(at), 404)
    problem(ehr.get(f"{one}lab-results/?current=yes"), 400)
    problem(ehr.http.delete(one, headers=ehr._headers({})), 405)


def keys() -> list[str]:
    return [one.key for one in demonstration.catalogue()]


@pytest.mark.requirement(67)
def test_long_lists_come_in_pages(ehr: Asker, sent: Callable[..., str]) -> None:
    sent_ids = [sent(key) for key in keys()[:5]]
    first = ehr.get(f"{ALL}?page_size=2").json()
    second = ehr.get(first["next"]).json()
    third = ehr.get(second["next"]).json()
    shown = [one["id"] for page in (first, second, third) for one in page["results"]]
    assert shown == sent_ids
    assert third["next"] is None


def test_the_number_of_queries_does_not_grow(
    ehr: Asker, sent: Callable[..., str], coordinator: Asker
) -> None:
    def queries(at: str, asker: Asker) -> int:
        with CaptureQueriesContext(
            connection,
        ) as seen:
            assert asker.get(at).status_code == 200
        return len(seen)

    few = sent("meets-everything")
    counted = {at: queries(at, ehr) for at in (ALL, *addresses(few)[:-1])}
    for key in keys()[1:6]:
        many = sent(key)
    assert queries(ALL, ehr) == counted[ALL]
    for old, new in zip(addresses(few)[:-1], addresses(many)[:-1], strict=True):
        assert queries(new, ehr) == counted[old], new
    assert (
        counted[f"{ALL}{few}/eligibility/?trial=NCT00514085"] <= 12
    )  # the last three say in the trail who looked


def test_the_version_is_a_strong_tag(ehr: Asker, sent: Callable[..., str]) -> None:
    at = f"{ALL}{sent()}/"
    read = ehr.get(at)
    assert read.headers["ETag"] == '"1"'
    assert "private" in read.headers["Cache-Control"]
    assert ehr.get(at, **{"If-None-Match": '"1"'}).status_code == 304
    assert ehr.get(at, **{"If-None-Match": '"2"'}).status_code == 200


def test_a_result_is_entered_exactly_and_decides(ehr: Asker, sent: Callable[..., str]) -> None:
    patient = sent()
    at = f"{ALL}{patient}/lab-results/"
    day = "2026-01-05"
    text = f'{{"code":"777-3","collected":"{day}","value":80.50,"unit":"10*9/L"}}'
    answer = ehr.post(at, text, If_Match='"1"')
    assert answer.status_code == 201, answer.content
    assert (answer.json()["record_version"], answer.headers["ETag"]) == (2, '"2"')
    (row,) = answer.json()["facts"]["lab-results"]
    assert row["fact"]["value"]["value"] == "80.50"
    assert row["fact"]["collected"]["text"] == day
    assert (row["source"], row["current"]) == ("rest", True)
    assert ehr.get(f"{at}{row['id']}/").json() == row
    assert row in results(ehr.get(f"{at}?current=true"))
    who = ehr.get(f"{ALL}{patient}/").json()
    assert who["birth_date"] is not None
    assert len([one for one in who["identifiers"] if one["source"] == "rest"]) == 0


def test_scores_and_answers_in_words(ehr: Asker, sent: Callable[..., str]) -> None:
    at = f"{ALL}{sent()}/observations/"
    zero = {"code": "89247-1", "collected": "2026-11-01", "value": 0, "unit": "{score}"}
    (row,) = ehr.post(at, zero).json()["facts"]["observations"]
    assert row["fact"]["value"] == {"value": 0}
    negative = {"code": "5196-1", "collected": "2026-11", "answer": "negative"}
    (row,) = ehr.post(at, negative).json()["facts"]["lab-results"]
    assert row["fact"]["value"]["positive"] is False
    unknown = ehr.post(at, {"code": "0-0", "collected": "2026-11", "value": "1"}).json()
    assert list(unknown["facts"]) == ["notices"]


ICD = "http://hl7.org/fhir/sid/icd-10"


def test_conditions_and_therapies(ehr: Asker, sent: Callable[..., str]) -> None:
    one = f"{ALL}{sent()}/"
    melanoma = {"code": "C43.5", "system": ICD, "onset": "2024-03", "clinical": "active"}
    (row,) = ehr.post(f"{one}conditions/", melanoma).json()["facts"]["conditions"]
    assert row["fact"]["classes"]
    drug = {"kind": "drug", "code": "L01AX04", "system": "http://www.whocc.no/atc"}
    dates = {"start": "2025-01", "end": "2025-02-11"}
    answer = ehr.post(f"{one}prior-therapies/", drug | dates)
    assert answer.status_code == 201, answer.content
    (row,) = answer.json()["facts"]["prior-therapies"]
    assert row["fact"]["end"]["last"] == "2025-02-11"
    unknown = {"kind": "procedure", "code": "0", "system": "urn:local", "start": "2025"}
    assert list(ehr.post(f"{one}prior-therapies/", unknown).json()["facts"]) == ["notices"]
    for at, body, pointer in (
        ("conditions", melanoma | {"onset": "March"}, "/onset"),
        ("conditions", melanoma | {"clinical": "worse"}, "/clinical"),
        ("conditions", {"system": ICD}, "/code"),
        ("prior-therapies", drug | {"start": "2025-02-30"}, "/start"),
        ("prior-therapies", drug | dates | {"ongoing": True}, "/end"),
        ("prior-therapies", drug | {"ongoing": "yes"}, "/ongoing"),
        ("prior-therapies", drug | {"dose": "1"}, "/dose"),
    ):
        errors = problem(ehr.post(f"{one}{at}/", body), 422)["errors"]
        assert [each["pointer"] for each in errors] == [pointer], body
    problem(ehr.post(f"{one}notices/", {}), 405)


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"value": True}, "/value"),
        ({"value": "1e3"}, "/value"),
        ({"value": None}, "/value"),
        ({"value": "٣"}, "/value"),
        ({"answer": "negative"}, "/value"),
        ({"code": 7773}, "/code"),
        ({"code": ""}, "/code"),
        ({"unit": ["x"]}, "/unit"),
        ({"status": "entered-in-error"}, "/status"),
        ({"comparator": "="}, "/comparator"),
        ({"collected": "20.11.2026"}, "/collected"),
        ({"patient": "another"}, "/patient"),
        ({"reference_range": {"high": "x"}}, "/reference_range/high"),
        ({"reference_range": {"upper": "1"}}, "/reference_range/upper"),
    ],
)
def test_a_result_that_cannot_be_read_is_refused_with_its_place(
    ehr: Asker, sent: Callable[..., str], change: dict[str, Any], pointer: str
) -> None:
    patient = sent()
    answer = ehr.post(f"{ALL}{patient}/lab-results/", PLATELETS | change)
    assert [one["pointer"] for one in problem(answer, 422)["errors"]] == [pointer]
    assert ehr.get(f"{ALL}{patient}/").json()["record_version"] == 1


def test_what_is_no_json_or_no_object(ehr: Asker, sent: Callable[..., str]) -> None:
    at = f"{ALL}{sent()}/lab-results/"
    for body in ("{", '{"code":"a","code":"b"}', '{"value":NaN}'):
        problem(ehr.post(at, body), 400)
    for body in ("", "[]", "3", "null"):
        problem(ehr.post(at, body), 422)
    problem(ehr.post(at, "a=b", "application/x-www-form-urlencoded"), 415)


@pytest.mark.requirement(46)
def test_a_stale_reader_is_told(ehr: Asker, sent: Callable[..., str]) -> None:
    at = f"{ALL}{sent()}/lab-results/"
    assert ehr.post(at, PLATELETS).status_code == 201
    for stale in ('"1"', 'W/"2"', '"x"', "2"):
        problem(ehr.post(at, PLATELETS, If_Match=stale), 412)
    assert ehr.post(at, PLATELETS, If_Match='"1", "2"').status_code == 201
    assert ehr.post(at, PLATELETS, If_Match="*").status_code == 201


@pytest.mark.requirement(47)
def test_a_repeated_request_is_done_once(
    ehr: Asker, coordinator: Asker, sent: Callable[..., str]
) -> None:
    patient = sent()
    at = f"{ALL}{patient}/lab-results/"
    first, again = (ehr.post(at, PLATELETS, Idempotency_Key="k-1") for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.content == again.content
    assert first.headers["ETag"] == again.headers["ETag"]
    assert again.headers["Idempotency-Replayed"] == "true"
    assert ehr.get(f"{ALL}{patient}/").json()["record_version"] == 2
    problem(ehr.post(at, PLATELETS | {"value": "1"}, Idempotency_Key="k-1"), 422)
    assert coordinator.post(at, PLATELETS, Idempotency_Key="k-1").status_code == 201
    for wrong in ("", "x" * 256):
        problem(ehr.post(at, PLATELETS, Idempotency_Key=wrong), 400)


def test_a_refused_request_does_not_use_up_its_key(ehr: Asker, sent: Callable[..., str]) -> None:
    at = f"{ALL}{sent()}/lab-results/"
    problem(ehr.post(at, PLATELETS | {"value": True}, Idempotency_Key="k"), 422)
    assert ehr.post(at, PLATELETS, Idempotency_Key="k").status_code == 201


@pytest.mark.requirement(47)
def test_a_bundle_sent_again_with_its_key_is_answered_alike(ehr: Asker, today: date) -> None:
    bundle = demonstration.bundle("meets-everything", on=today)
    first, again = (ehr.send(bundle, Idempotency_Key="b") for _ in range(2))
    assert first.content == again.content
    assert "201" in json.loads(again.content)["entry"][0]["response"]["status"]
    assert patient_in(again)


def test_a_client_attests_nothing(ehr: Asker, sent: Callable[..., str], coordinator: Asker) -> None:
    said = attested("life-expectancy-12-weeks")
    at = f"{ALL}{sent()}/attestations/"
    problem(ehr.post(at, said), 403)
    problem(ehr.post(at, said, X_Acting_For="carla"), 403)


def attested(criterion: str, **also: str) -> dict[str, str]:
    return {
        "trial": "NCT00514085", "criterion": criterion, "answer": "met", "stated_on": "2026-11-20",
    } | also  # fmt: skip


def test_people_attest_what_their_role_may(
    coordinator: Asker, investigator: Asker, sent: Callable[..., str], today: date
) -> None:
    patient = sent()
    at = f"{ALL}{patient}/attestations/"
    said = attested("life-expectancy-12-weeks", stated_on=today.isoformat(), source="letter 4")
    refused = problem(coordinator.post(at, said), 403)
    assert refused["detail"] == "Only an investigator of the site answers this."
    answer = investigator.post(at, said, Idempotency_Key="a", If_Match='"1"')
    assert answer.status_code == 201, answer.content
    filed = answer.json()
    assert (filed["by"], filed["source"], filed["since_version"]) == ("Ines", "letter 4", 2)
    assert filed["wording_digest"].startswith("sha256:")
    assert filed["source_dated"] is None
    assert investigator.post(at, said, Idempotency_Key="a", If_Match='"1"').json() == filed
    assert results(coordinator.get(at)) == [filed]
    assert results(coordinator.get(f"{at}?criterion=platelets")) == []
    for wrong, pointer in (
        ({"criterion": "nothing"}, "/criterion"),
        ({"criterion": "platelets"}, "/criterion"),
        ({"answer": "yes"}, "/answer"),
        ({"stated_on": "2126-01-01"}, "/stated_on"),
        ({"stated_on": "1.2.2026"}, "/stated_on"),
        ({"source_dated": "2126-01-01"}, "/source_dated"),
        ({"source_dated": "2026-11"}, "/source_dated"),
        ({"source_dated": "2026"}, "/source_dated"),
        ({"source_dated": ""}, "/source_dated"),
        ({"source_dated": 20261101}, "/source_dated"),
        ({"source_dated": "2026-10-01", "source": ""}, "/source"),
        ({"source_dated": today.isoformat(), "stated_on": "2026-10-01"}, "/stated_on"),
        ({"by": "Dr A"}, "/by"),
    ):
        errors = problem(investigator.post(at, said | wrong), 422)["errors"]
        assert [one["pointer"] for one in errors] == [pointer], wrong
    problem(investigator.post(at, said | {"trial": "NCT00000000"}), 404)


def test_the_day_of_a_source_is_kept_and_shown_beside_it(
    investigator: Asker, sent: Callable[..., str], today: date
) -> None:
    patient = sent()
    at = f"{ALL}{patient}/attestations/"
    on = today.isoformat()
    said = attested("life-expectancy-12-weeks", stated_on=on, source="letter 4", source_dated=on)
    filed = investigator.post(at, said, If_Match='"1"').json()
    assert (filed["source"], filed["source_dated"]) == ("letter 4", on)
    assert results(investigator.get(at)) == [filed]
    asked = f"{ALL}{patient}/eligibility/?trial=NCT00514085"
    criteria = {one["id"]: one for one in investigator.get(asked).json()["criteria"]}
    [piece] = criteria["life-expectancy-12-weeks"]["evidence"]
    assert (piece["source"], piece["date"]) == (f"letter 4, {on}", on)


def test_a_monitor_and_an_ended_role_see_nothing(
    coordinator: Asker, sent: Callable[..., str], today: date
) -> None:
    at = f"{ALL}{sent()}/"
    assert coordinator.get(at).status_code == 200
    Account.objects.get(username="carla").roles.update(last_day=date(2026, 1, 2))
    problem(coordinator.get(at), 403)
