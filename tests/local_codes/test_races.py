"""Two who bring a map on at the same moment, and a record that arrives while one comes into force."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.db import transaction

from patients.actions import local_codes as acts
from patients.local_codes import in_force as version_in_force
from patients.models import LocalCodesEvent, LocalCodesVersion, Patient
from tests.eligibility.stored import file, found, make_site, stored, verdict
from tests.local_codes.build import NEUTROPHILS, PLATELETS, person, with_local_code
from tests.merging.test_races import at_once
from trialscreen.institution.actions import NotDone
from trialscreen.institution.models import Account, Role, Site
from trialscreen.institution.scope import use_sites

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("races")]


@pytest.fixture
def site() -> Site:
    return make_site()


def inside(site: Site, act: Callable[[], Any]) -> Any:
    """What it answers, or the code with which it was not done."""
    try:
        with use_sites([site.pk]), transaction.atomic():
            return act()
    except NotDone as refused:
        return refused.code


def reviewed(site: Site) -> tuple[Any, Account, Account]:
    with use_sites([site.pk]):
        by, other = person(site, "by"), person(site, "other", Role.INVESTIGATOR)
        version = acts.propose([NEUTROPHILS], site=site, reason="Ours.", by=by)
        acts.review(version, statement="Looked.", by=other)
    return version, by, other


def test_of_two_who_put_it_in_force_at_once_one_is_told(site: Site) -> None:
    version, _by, other = reviewed(site)
    with use_sites([site.pk]):
        third = person(site, "third")
    answers = at_once(
        *(
            partial(inside, site, partial(acts.put_in_force, version, reason="Now.", by=who))
            for who in (other, third)
        )
    )
    assert sorted(one if isinstance(one, str) else "done" for one in answers) == ["done", "state"]
    with use_sites([site.pk]):
        assert LocalCodesEvent.objects.filter(after="in-force").count() == 1


def test_of_two_who_propose_at_once_the_second_goes_on_from_the_first(site: Site) -> None:
    with use_sites([site.pk]):
        people = [person(site, "one"), person(site, "two")]
    rows = ([NEUTROPHILS], [PLATELETS])
    at_once(
        *(
            partial(inside, site, partial(acts.propose, row, site=site, reason="Ours.", by=who))
            for row, who in zip(rows, people, strict=True)
        )
    )
    with use_sites([site.pk]):
        first, second = LocalCodesVersion.objects.order_by("number")
        assert (first.number, second.number, second.onto_id) == (1, 2, first.pk)
        assert second.entries.count() == 2


def test_a_record_that_arrives_while_a_version_comes_into_force_is_read_by_it_in_the_end(
    site: Site,
) -> None:
    version, _by, other = reviewed(site)
    arrives = partial(inside, site, partial(with_local_code, site))
    at_once(
        partial(inside, site, partial(acts.put_in_force, version, reason="Now.", by=other)), arrives
    )
    with use_sites([site.pk]):
        assert version_in_force(site.pk) is not None
        for _ in range(2):
            file(*found(site))
        held = Patient.objects.get().pk
        assert verdict(stored(held), "granulocytes")[0] == "met"
        assert found(site) == set()
