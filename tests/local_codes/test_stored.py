"""A map in force: whose record is read anew, who is left alone, and the same bytes as the dry run."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest

from eligibility import demonstration
from eligibility.actions import Look, assess, confirm, start
from eligibility.models import Assessment, Voiding
from patients.actions import local_codes as acts
from patients.codes.local_rows import Row
from patients.local_codes import in_force as version_in_force
from patients.models import Patient
from tests.eligibility.stored import (
    ON,
    PROTOCOL,
    dry,
    file,
    found,
    make_site,
    received,
    stored,
    verdict,
)
from tests.local_codes.build import (
    LAB,
    LOINC,
    NEUTROPHILS,
    PLATELETS,
    bundle,
    in_force,
    observation,
    person,
    with_local_code,
)
from tests.workflow.staffed import candidate, staffed
from trialscreen.institution.actions import NotDone
from trialscreen.institution.models import Site
from trialscreen.institution.scope import use_sites

pytestmark = pytest.mark.django_db
ANC = "granulocytes"


@pytest.fixture
def site() -> Iterator[Site]:
    made = make_site()
    with use_sites([made.pk]):
        yield made


def version(patient: UUID) -> int:
    return Patient.objects.get(pk=patient).record_version


def test_a_map_in_force_overtakes_whose_record_holds_its_codes_and_nobody_else(site: Site) -> None:
    held, other = with_local_code(site), with_local_code(site, "q", "LAB-OTHER")
    file(held, other)
    assert verdict(stored(held), ANC)[0] == "unknown"
    assert found(site) == set()
    in_force(site, NEUTROPHILS)
    assert found(site) == {held}
    before = version(held), version(other)
    file(held)
    assert verdict(stored(held), ANC)[0] == "met"
    assert (version(held), version(other)) == (before[0] + 1, before[1])
    assert found(site) == set()
    assert Assessment.objects.filter(patient=held).latest("pk").local_codes_version == 1


def test_a_later_version_leaves_alone_what_it_reads_as_before(site: Site) -> None:
    in_force(site, NEUTROPHILS)
    held = with_local_code(site)
    file(held)
    was, answer = version(held), stored(held)
    in_force(site, PLATELETS)
    assert found(site) == set()
    assert (version(held), stored(held)) == (was, answer)
    assert "version 1 of this site" in str(
        Patient.objects.get(pk=held).recordnotice_rows.get().fact
    )


def test_a_code_that_is_taken_out_is_unrecognised_again(site: Site) -> None:
    held = with_local_code(site)
    file(held)
    bare = stored(held)
    in_force(site, NEUTROPHILS)
    file(held)
    in_force(site, Row(1, LAB, "LAB-NEUT"))
    assert found(site) == {held}
    file(held)
    assert stored(held) == bare
    assert found(site) == set()


def test_what_arrives_later_is_read_by_the_map_in_force(site: Site) -> None:
    in_force(site, NEUTROPHILS)
    held = with_local_code(site)
    assert verdict(stored(held), ANC)[0] == "met"
    assert Patient.objects.get(pk=held).local_codes_version == 1


def test_a_record_that_is_read_to_the_same_facts_is_no_other_version(site: Site) -> None:
    cancelled = observation("o", (LAB, "LAB-NEUT"), status="entered-in-error")
    held = received(bundle(cancelled), site)
    file(held)
    was = version(held)
    in_force(site, NEUTROPHILS)
    assert found(site) == {held}
    file(held)
    assert (version(held), found(site)) == (was, set())


def test_stored_answers_as_the_dry_run_with_the_same_map(site: Site) -> None:
    in_force(site, NEUTROPHILS, PLATELETS)
    sent = bundle(
        observation("o", (LAB, "LAB-NEUT"), ("", "N")), observation("t", (LAB, "LAB-PLT"))
    )
    held = received(sent, site)
    lines = [
        {
            "system": one.system,
            "code": one.code,
            "target_system": one.target_system,
            "target_code": one.target_code,
            "version": 1,
        }
        for one in (NEUTROPHILS, PLATELETS)
    ]
    assert stored(held) == dry(sent, local_codes=lines)
    assert stored(held) != dry(sent)


def test_another_sites_map_has_no_effect(site: Site) -> None:
    held = with_local_code(site)
    file(held)
    answer = stored(held)
    other = make_site("kingston")
    with use_sites([other.pk]):
        in_force(other, NEUTROPHILS)
    assert found(site) == set()
    assert version_in_force(other.pk) is None
    assess(held, protocol=PROTOCOL, on=ON)
    assert stored(held) == answer


def test_whoever_had_a_part_in_proposing_reviews_nothing(site: Site) -> None:
    one, other, third = (person(site, name) for name in ("one", "other", "third"))
    first = acts.propose([NEUTROPHILS], site=site, reason="Ours.", by=one)
    second = acts.propose([PLATELETS], site=site, reason="More.", by=other)
    assert (second.onto_id, first.number, second.number) == (first.pk, 1, 2)
    for who in (one, other):
        with pytest.raises(NotDone, match="had a part"):
            acts.review(second, statement="Fine.", by=who)
    with pytest.raises(NotDone, match="Only a draft"):
        acts.review(first, statement="Fine.", by=third)
    with pytest.raises(NotDone, match="somebody else has reviewed"):
        acts.put_in_force(second, reason="Now.", by=third)
    acts.review(second, statement="Fine.", by=third)
    assert acts.put_in_force(second, reason="Now.", by=third).state == "in-force"
    assert f"751-8 ({LOINC})" in stored(with_local_code(site))


def test_a_signature_that_rests_on_a_code_that_is_taken_out_is_void() -> None:
    """The platelets of somebody who is signed come under a local code; then nobody reads it any more."""
    site = make_site()
    with use_sites([site.pk]):
        in_force(site, PLATELETS)
        team = staffed("toronto")
        held = candidate("meets-everything", site)
        sent: Any = demonstration.bundle("meets-everything", on=ON)
        for entry in sent["entry"]:
            codings = (entry["resource"].get("code") or {}).get("coding", ())
            if any(one["code"] == "777-3" for one in codings):
                entry["resource"]["code"] = {"coding": [{"system": LAB, "code": "LAB-PLT"}]}
        received(sent, site)
        file(held.patient_id)
        held.refresh_from_db()
        assert (held.status, held.state) == ("eligible", "candidate")
        by: dict[str, Any] = {"by": team.coordinates, "on": ON}
        start(held.pk, seen=held.version, **by)
        held.refresh_from_db()
        look = Look(held.version, version(held.patient_id))
        confirm(held.pk, seen=look, protocol=PROTOCOL, **by)
        in_force(site, Row(1, LAB, "LAB-PLT"))
        assert found(site) == {held.patient_id}
        file(held.patient_id)
        held.refresh_from_db()
        assert (held.state, held.status) == ("in_screening", "undetermined")
        assert "withdrawn" in str(Voiding.objects.get().changes)
