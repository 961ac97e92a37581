"""A site's own policy: from a day on, in every answer about its patients, and never looser than the protocol's."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import ProgrammingError, connection, transaction

from eligibility import demonstration
from eligibility.actions import answered, assess, set_policy, still_tighter
from eligibility.models import Assessment, SitePolicy
from eligibility.overtaken import is_overtaken
from eligibility.rules.policy import PolicyFault
from eligibility.snapshots import take
from tests.eligibility.stored import ON, PROTOCOL, dry, file, found, make_site, received, stored
from trialscreen.institution.models import Account, Site
from trialscreen.institution.scope import use_sites

BUNDLE = demonstration.bundle("meets-everything", on=ON)
TIGHT = {"hematology": 3, "chemistry": 2, "ct_is_spiral": True}
LATER = ON + timedelta(days=5)

pytestmark = pytest.mark.django_db


@pytest.fixture
def site() -> Iterator[Site]:
    made = make_site()
    with use_sites([made.pk]):
        yield made


@pytest.fixture
def patient(site: Site) -> UUID:
    made = received(BUNDLE, site)
    file(made)
    return made


def set_to(values: dict[str, Any], site: Site, *, since: date = ON) -> SitePolicy:
    return set_policy(values, site=site, protocol=PROTOCOL, effective_from=since, by=None)


@pytest.mark.parametrize(
    "values",
    [
        TIGHT,
        {"imaging": 7, "ecog": 1, "pregnancy": 0},
        {"validity": {"no-active-infection": 1, "no-brain-metastases": 20}},
        {"ct_is_spiral": False, "hematology": 14},
        {},
    ],
)
def test_equal_policy_gives_equal_bytes(site: Site, patient: UUID, values: dict[str, Any]) -> None:
    set_to(values, site)
    for on in (ON, LATER):
        assert stored(patient, on=on) == dry(BUNDLE, on=on, policy=values)


@pytest.mark.parametrize("key", [one.key for one in demonstration.catalogue()][::9])
def test_every_kind_of_patient_under_a_tight_policy(site: Site, key: str) -> None:
    bundle = demonstration.bundle(key, on=ON)
    tight = {**TIGHT, "imaging": 3, "ecog": 3, "pregnancy": 1}
    set_to(tight, site)
    answer = stored(received(bundle, site))
    assert answer == dry(bundle, policy=tight)
    assert answer != dry(bundle)


def test_an_assessment_says_under_which_policy_it_was_made(site: Site, patient: UUID) -> None:
    assert Assessment.objects.get().policy is None
    row = set_to(TIGHT, site)
    filed = assess(patient, protocol=PROTOCOL, on=ON)
    assert filed.policy == row
    assert filed.answer["policy"]["hematology"] == 3
    assert Assessment.objects.count() == 2
    assert assess(patient, protocol=PROTOCOL, on=ON).pk == filed.pk


def test_a_change_overtakes_the_sites_assessments_and_no_others(site: Site, patient: UUID) -> None:
    other = make_site("montreal")
    with use_sites([other.pk]):
        there = received(BUNDLE, other)
        file(there)
    set_to(TIGHT, site)
    assert found(site) == {patient}
    assert is_overtaken(patient, digest=PROTOCOL.digest(), day=ON)
    with use_sites([other.pk]):
        assert found(other) == set()
    file(patient)
    assert found(site) == set()


def test_a_policy_comes_into_force_on_its_day(site: Site, patient: UUID) -> None:
    set_to(TIGHT, site, since=LATER)
    before = LATER - timedelta(days=1)
    assert found(site, on=ON) == set()
    file(patient, on=before)
    assert found(site, on=before) == set()
    assert stored(patient, on=before) == dry(BUNDLE, on=before)
    assert found(site, on=LATER) == {patient}
    file(patient, on=LATER)
    assert found(site, on=LATER) == set()
    assert stored(patient, on=LATER) == dry(BUNDLE, on=LATER, policy=TIGHT)


def test_the_latest_day_counts_and_of_one_day_the_last_recorded(site: Site, patient: UUID) -> None:
    set_to({"hematology": 9}, site, since=ON)
    set_to({"hematology": 5}, site, since=ON - timedelta(days=3))
    assert used(patient) == 9
    set_to({"hematology": 7}, site, since=ON)
    assert used(patient) == 7
    set_to({"hematology": 2}, site, since=LATER)
    assert used(patient) == 7
    file(patient)
    assert found(site) == set(), "the query knows the same one in force"
    set_to({}, site, since=ON)
    assert found(site) == {patient}
    assert used(patient) == 14
    assert used(patient, on=LATER) == 2


def used(patient: UUID, *, on: date = ON) -> int:
    days: int = json.loads(stored(patient, on=on))["policy"]["hematology"]
    return days


@pytest.mark.parametrize(
    ("values", "key"),
    [
        ({"hematology": 15}, "hematology"),
        ({"hematology": "3"}, "hematology"),
        ({"haematology": 3}, "haematology"),
        ({"ct_is_spiral": 1}, "ct_is_spiral"),
        ({"validity": {"no-active-infection": 9999}}, "validity/no-active-infection"),
        ({"horizon": 90}, "horizon"),
    ],
)
def test_what_is_looser_or_unknown_is_refused(site: Site, values: dict[str, Any], key: str) -> None:
    with pytest.raises(PolicyFault) as refused:
        set_to(values, site)
    assert refused.value.key == key
    assert not SitePolicy.objects.exists()


def test_a_later_protocol_version_may_be_as_tight_by_itself(site: Site, patient: UUID) -> None:
    """What a site was allowed to set is then without effect; nobody's assessment fails over it."""
    held = {"hematology": 9, "pregnancy": 3, "validity": {"no-active-infection": 3}}
    windows = tuple(
        replace(one, days=7) if one.name == "hematology" else one
        for one in PROTOCOL.policy.windows
        if one.name != "pregnancy"
    )
    later = replace(PROTOCOL, version="2", policy=replace(PROTOCOL.policy, windows=windows))
    assert still_tighter(held, PROTOCOL) == held
    assert still_tighter(held, later) == {"validity": {"no-active-infection": 3}}
    set_to({"hematology": 9}, site)
    tighter = replace(PROTOCOL.policy.windows[0], days=7)
    policy = replace(PROTOCOL.policy, windows=(tighter, *PROTOCOL.policy.windows[1:]))
    amended = replace(PROTOCOL, version="2", policy=policy)
    snapshot = take(patient, trial=PROTOCOL.trial)
    _, _, document = answered(snapshot, protocol=amended, on=ON, timeline=False)
    assert document["policy"]["hematology"] == 7


def test_who_set_it_and_why_is_kept_and_nothing_is_edited(site: Site) -> None:
    person = Account.objects.create_user("ada", "a long way round the lake", name="Ada")
    set_policy(
        TIGHT,
        site=site,
        protocol=PROTOCOL,
        effective_from=ON,
        by=person,
        reason="the laboratory asked for it",
    )
    row = SitePolicy.objects.get()
    assert (row.by, row.reason, row.values) == (person, "the laboratory asked for it", TIGHT)
    for statement in (
        "UPDATE eligibility_sitepolicy SET effective_from = now()",
        "DELETE FROM eligibility_sitepolicy",
    ):
        with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
