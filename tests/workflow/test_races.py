"""Eight people at the same moment: each act is done once, nobody's is lost, and who is too late is told why.

`RACES=300` asks for more rounds than the usual 10 of each race.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest
from django.db.models import F

from eligibility.actions import Look, assess, confirm, register, rescreen, sign, start
from eligibility.actions.episodes import close
from eligibility.models import (
    Determination,
    Event,
    Registration,
    Screening,
    SignOff,
    SitePart,
    State,
    TrialPart,
)
from eligibility.policies import Moved, NotNow, Refusal
from patients.models import Patient
from tests.eligibility.stored import make_site
from tests.faults.racing import CLIENTS, Clients, racing
from tests.workflow.staffed import AT, ON, PASSWORD, PROTOCOL, Staffed, candidate, staffed
from trialscreen.institution.models import Site
from trialscreen.institution.scope import use_sites

RACES = int(os.environ.get("RACES", "10"))
Rush = Callable[[Callable[[], Any]], list[Any]]

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("races")]


@pytest.fixture
def clients() -> Iterator[Clients]:
    with racing() as eight:
        yield eight


@pytest.fixture
def site() -> Site:
    return make_site()


@pytest.fixture
def crew(site: Site) -> Staffed:
    with use_sites([site.pk]):
        return staffed(site.code)


@pytest.fixture
def rush(clients: Clients, site: Site) -> Rush:
    """Eight do the same at once; what became of each."""

    def at_the_site(act: Callable[[], Any]) -> Any:
        with use_sites([site.pk]):
            return act()

    return lambda act: clients.at_once([partial(at_the_site, act)] * CLIENTS)


def one_won(told: list[Any]) -> None:
    """One did it, and each of the others was refused in a sentence."""
    won = [one for one in told if not isinstance(one, Exception)]
    assert len(won) == 1, told
    lost = [one for one in told if isinstance(one, Exception)]
    assert all(isinstance(one, Moved | NotNow) for one in lost), lost


def wind_back(held: Screening, crew: Staffed) -> Screening:
    """The next episode of the same patient: closed, and screened again."""
    on, by = ON, crew.coordinates
    held.refresh_from_db()
    close(
        held.pk,
        by=by,
        protocol=PROTOCOL,
        on=on,
        seen=held.version,
        to=State.LOST,
        reason="moved",
    )
    held.refresh_from_db()
    return rescreen(
        held.pk, by=by, protocol=PROTOCOL, on=on, seen=held.version, note="The next round"
    )


@pytest.mark.requirement(45)
def test_started_confirmed_and_signed_once(rush: Rush, site: Site, crew: Staffed) -> None:
    with use_sites([site.pk]):
        held = candidate("meets-everything", site)
    for _round in range(RACES):
        one_won(rush(lambda held=held: start(held.pk, by=crew.coordinates, on=ON, seen=1)))  # type: ignore[misc]
        with use_sites([site.pk]):
            look = Look(2, Patient.objects.get(pk=held.patient_id).record_version)
        one_won(
            rush(
                lambda held=held, look=look: confirm(  # type: ignore[misc]
                    held.pk, by=crew.coordinates, protocol=PROTOCOL, on=ON, seen=look
                )
            )
        )
        one_won(
            rush(
                lambda held=held: sign(  # type: ignore[misc]
                    held.pk,
                    by=crew.investigates,
                    password=PASSWORD,
                    protocol=PROTOCOL,
                    at=AT,
                    on=ON,
                    seen=3,
                )
            )
        )
        with use_sites([site.pk]):
            told = list(held.events.order_by("sequence").values_list("transition", flat=True))
            assert told[1:] == ["start", "confirm", "sign"]
            held = wind_back(held, crew)
    with use_sites([site.pk]):
        assert Determination.objects.count() == SignOff.objects.count() == RACES
        assert_told_once()


def test_screened_again_once(rush: Rush, site: Site, crew: Staffed) -> None:
    with use_sites([site.pk]):
        held = candidate("meets-everything", site)
    for number in range(min(RACES, 60)):
        with use_sites([site.pk]):
            held.refresh_from_db()
            close(
                held.pk,
                by=crew.coordinates,
                protocol=PROTOCOL,
                on=ON,
                seen=held.version,
                to=State.LOST,
                reason="moved",
            )
        told = rush(
            lambda held=held: rescreen(  # type: ignore[misc]
                held.pk, by=crew.coordinates, protocol=PROTOCOL, on=ON, seen=2, note="Again"
            )
        )
        opened = {one.pk for one in told if isinstance(one, Screening)}
        assert len(opened) == 1, told
        assert all(isinstance(one, Screening | Refusal) for one in told), told
        with use_sites([site.pk]):
            assert Screening.objects.count() == number + 2
            held = Screening.objects.get(pk=opened.pop())


def test_the_last_places_go_to_one_each(clients: Clients, site: Site, crew: Staffed) -> None:
    """Eight signed patients and fewer places, of the trial, a part or the site: none taken twice, none left over."""
    signed = [ready(site, crew, number) for number in range(CLIENTS)]
    for number in range(RACES):
        trial, part, here = [(1, 40, None), (40, 3, None), (40, 40, 2)][number % 3]
        make_room(site, trial=trial, part=part, here=here)
        acts = [partial(enter, held, site, crew) for held in signed]
        told = clients.at_once(acts)
        won = [one for one in told if isinstance(one, Registration)]
        lost = [one for one in told if isinstance(one, Exception)]
        places = min(one for one in (trial, part, here) if one is not None)
        assert len(won) == places, told
        assert all(isinstance(one, NotNow) and "taken" in one.sentence for one in lost), lost
        numbers = sorted(one.subject_number for one in won)
        assert len(set(numbers)) == places
        with use_sites([site.pk]):
            taken = Registration.objects.count()
            assert sorted(Registration.objects.values_list("subject_number", flat=True)) == list(
                range(1, taken + 1)
            )
            for one in won:
                signed = [held for held in signed if held.pk != one.screening_id]
        signed += [
            ready(site, crew, 1000 * (number + 1) + place) for place in range(CLIENTS - len(signed))
        ]


def ready(site: Site, crew: Staffed, number: int) -> Screening:
    """Another patient like the invented one, signed."""
    with use_sites([site.pk]):
        held = candidate("meets-everything", site, source=f"ehr-{number}")
        start(held.pk, by=crew.coordinates, on=ON, seen=1)
        look = Look(2, Patient.objects.get(pk=held.patient_id).record_version)
        confirm(held.pk, by=crew.coordinates, protocol=PROTOCOL, on=ON, seen=look)
        sign(
            held.pk,
            by=crew.investigates,
            password=PASSWORD,
            protocol=PROTOCOL,
            at=AT,
            on=ON,
            seen=3,
        )
        return held


def make_room(site: Site, *, trial: int, part: int, here: int | None) -> None:
    """So many places from now on, whatever is taken."""
    with use_sites([site.pk]):
        TrialPart.objects.filter(name="").update(ceiling=F("registered") + trial)
        TrialPart.objects.exclude(name="").update(ceiling=F("registered") + part)
        left = None if here is None else F("registered") + here
        SitePart.objects.update(ceiling=left)


def enter(held: Screening, site: Site, crew: Staffed) -> Registration:
    with use_sites([site.pk]):
        return register(
            held.pk,
            by=crew.coordinates,
            protocol=PROTOCOL,
            on=ON,
            seen=4,
            part="A",
            consent_version="3.0",
            consent_on=ON,
        )


@pytest.mark.requirement(45)
def test_registered_once(rush: Rush, site: Site, crew: Staffed) -> None:
    for number in range(RACES):
        held = ready(site, crew, number)
        make_room(site, trial=40, part=40, here=None)
        one_won(
            rush(
                lambda held=held: register(  # type: ignore[misc]
                    held.pk,
                    by=crew.coordinates,
                    protocol=PROTOCOL,
                    on=ON,
                    seen=4,
                    part="A",
                    consent_version="3.0",
                    consent_on=ON,
                )
            )
        )
        with use_sites([site.pk]):
            assert Registration.objects.count() == number + 1
            whole = TrialPart.objects.get(name="")
            assert whole.registered == number + 1


@pytest.mark.requirement(45)
def test_confirming_while_the_same_patient_is_assessed(
    clients: Clients, site: Site, crew: Staffed
) -> None:
    """Neither waits for the other for ever: who assesses, and who confirms what is assessed."""
    with use_sites([site.pk]):
        held = candidate("meets-everything", site)
    for _round in range(RACES):
        with use_sites([site.pk]):
            start(held.pk, by=crew.coordinates, on=ON, seen=1)
            # Something new, so that the assessment is not filed yet.
            patient = Patient.objects.get(pk=held.patient_id)
            Patient.objects.filter(pk=patient.pk).update(record_version=patient.record_version + 1)
            look = Look(2, patient.record_version + 1)

        def confirms(held: Screening = held, look: Look = look) -> Any:
            with use_sites([site.pk]):
                return confirm(held.pk, by=crew.coordinates, protocol=PROTOCOL, on=ON, seen=look)

        def assesses(held: Screening = held) -> Any:
            with use_sites([site.pk]):
                return assess(held.patient_id, protocol=PROTOCOL, on=ON)

        told = clients.at_once([confirms, *[assesses] * (CLIENTS - 1)])
        assert not [one for one in told if isinstance(one, Exception)], told
        with use_sites([site.pk]):
            held = wind_back(held, crew)


def assert_told_once() -> None:
    """Every episode's events are numbered without a gap, and its version is their number."""
    for held in Screening.objects.all():
        told = list(
            Event.objects.filter(screening=held)
            .order_by("sequence")
            .values_list("sequence", flat=True)
        )
        assert told == list(range(1, held.version + 1))
