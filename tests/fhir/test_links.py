"""Patients who are recorded as one person say so of each other, each merge and its reversal in a version of its own."""

from __future__ import annotations

from uuid import UUID

import pytest
from django.utils import timezone

from patients.actions import Attribution
from patients.actions.merging import Merging, merge, reverse_merge
from patients.models import PatientMerge
from tests.fhir.conftest import Json, Speaker, person
from trialscreen.institution.models import Site
from trialscreen.institution.scope import use_sites

pytestmark = pytest.mark.django_db
BY = Attribution(client="register")


def merged(fhir: Speaker, site: Site) -> tuple[str, str]:
    """Whom the other is recorded as, and the other."""
    elsewhere = {"other": {"reference": "Patient/elsewhere"}, "type": "seealso"}
    fhir.send(person(link=[elsewhere]))
    fhir.send(person("p2"))
    stays, goes = fhir.patient(), fhir.patient("p2")
    with use_sites([site.pk]):
        merge(Merging(UUID(stays), UUID(goes), "The same person"), site=site, by=BY)
    return stays, goes


def link(other: str, kind: str) -> Json:
    return {"other": {"reference": f"Patient/{other}"}, "type": kind}


def test_both_say_so(fhir: Speaker, toronto: Site) -> None:
    stays, goes = merged(fhir, toronto)
    kept, gone = fhir.get(f"Patient/{stays}"), fhir.get(f"Patient/{goes}")
    assert kept.tree["link"][1:] == [link(goes, "replaces")]
    assert gone.tree["link"] == [link(stays, "replaced-by")]
    assert gone.tree["birthDate"] == "1984-05-17"
    for one in (kept, gone):
        tree = one.tree
        at = f"Patient/{tree['id']}"
        history = fhir.get(f"{at}/_history").found
        assert [held.get("link", [])[-1:] for held in history][1] != tree["link"][-1:]
        assert history[0] == tree
        assert fhir.get(f"{at}/_history/{tree['meta']['versionId']}").tree == tree
        assert fhir.get(at, If_None_Match=one.headers["ETag"]).status == 304
        assert fhir.get(f"Patient?_id={tree['id']}").found == [tree]


def test_a_reversal_takes_it_back(fhir: Speaker, toronto: Site) -> None:
    stays, goes = merged(fhir, toronto)
    before = fhir.get(f"Patient/{goes}").tree
    with use_sites([toronto.pk]):
        held = PatientMerge.objects.get()
        reverse_merge(held, reason="Two people", site=toronto, by=BY, at=timezone.now())
    after = fhir.get(f"Patient/{goes}").tree
    assert "link" not in after
    assert len(fhir.get(f"Patient/{stays}").tree["link"]) == 1
    at = f"Patient/{goes}/_history"
    assert fhir.get(f"{at}/{before['meta']['versionId']}").tree == before
    assert [("link" in one) for one in fhir.get(at).found] == [False, True, False]


def test_an_update_does_not_make_it_what_the_source_says(fhir: Speaker, toronto: Site) -> None:
    stays, goes = merged(fhir, toronto)
    for ident in (stays, goes):
        read = fhir.get(f"Patient/{ident}")
        same = fhir.ask("put", f"Patient/{ident}", read.tree, If_Match=read.headers["ETag"])
        assert (same.status, same.headers["ETag"]) == (200, read.headers["ETag"])
        changed = read.tree | {"birthDate": "1984-05-18"}
        said = fhir.ask("put", f"Patient/{ident}", changed, If_Match=read.headers["ETag"])
        assert said.status == 200, said.raw
        assert said.tree["link"] == read.tree["link"]
    with use_sites([toronto.pk]):
        held = PatientMerge.objects.get()
        reverse_merge(held, reason="Two people", site=toronto, by=BY, at=timezone.now())
    assert "link" not in fhir.get(f"Patient/{goes}").tree
