"""Leaks that are put in on purpose, each of which the sweep has to find: else its silence would show nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import pytest
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, Q
from django.http import Http404, HttpRequest, HttpResponse
from rest_framework.exceptions import NotFound

from eligibility import listing
from eligibility.api import screenings as api_screenings
from eligibility.models import Screening
from eligibility.reports import keys
from eligibility.snapshots import NoSuchPatient
from eligibility.views import histories
from patients import searching
from patients.actions import registering
from patients.api import scoped, views
from patients.api.refusals import CannotBeUsed
from patients.models import Demographics, Patient, PatientIdentifier
from tests.isolation.hospitals import World
from tests.isolation.probes import probes_of
from tests.isolation.routes import document, routes
from tests.isolation.sweeping import Outcome, Sweep, interference
from tests.isolation.switched_off import application_alone
from trialscreen.institution import access
from trialscreen.institution.models import Site
from trialscreen.institution.scope import tell_logs, tell_sites

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("isolation")]

Mutant = Callable[[pytest.MonkeyPatch], None]


def looks_everywhere(patch: pytest.MonkeyPatch) -> None:
    """A view that asks for a patient by the id alone."""
    every = Patient.objects.select_related("site")
    patch.setattr(scoped, "patients_of", lambda site_ids: every.all())


def echoes_a_name(patch: pytest.MonkeyPatch) -> None:
    """A refusal that says whose record it was."""

    def look(site_ids: Any, ident: Any) -> Patient:
        held = Patient.objects.filter(pk=ident).first()
        if held is None or held.site_id not in site_ids:
            who = Demographics.objects.filter(patient=ident).first()
            raise CannotBeUsed({"patient": [who.family_name if who else "Nobody."]})
        return held

    patch.setattr(scoped, "patient_or_404", look)


def forbids_instead_of_hiding(patch: pytest.MonkeyPatch) -> None:
    """403 for what is there and not theirs, 404 for what is not."""

    def held(door: Any, screening: Any) -> Any:
        found = Screening.objects.filter(pk=screening).first()
        if found is None:
            raise NotFound
        if found.site_id not in door.site_ids:
            raise PermissionDenied
        return found

    patch.setattr(api_screenings.ScreeningDoor, "held", held)


def takes_the_site_from_the_body(patch: pytest.MonkeyPatch) -> None:
    """A serializer's view that believes the body about the site."""
    plain = views.Patients.post

    def post(self: Any, request: Any) -> HttpResponse:
        code = request.data.pop("site", None) if isinstance(request.data, dict) else None
        site = Site.objects.filter(code=code).first()
        if site is not None:
            self.site_ids = frozenset({site.pk})
        return plain(self, request)

    patch.setattr(views.Patients, "post", post)


def takes_the_id_of_a_site_from_the_body(patch: pytest.MonkeyPatch) -> None:
    """The same, of one that looks for the number of the row."""
    plain = views.Patients.post

    def post(self: Any, request: Any) -> HttpResponse:
        number = request.data.pop("site_id", None) if isinstance(request.data, dict) else None
        if isinstance(number, int) and Site.objects.filter(pk=number).exists():
            self.site_ids = frozenset({number})
        return plain(self, request)

    patch.setattr(views.Patients, "post", post)


def filters_by_anybody(patch: pytest.MonkeyPatch) -> None:
    """A filter that forgets whose name it is: no row of another site is shown, only whether there is one."""
    patch.setattr(
        views, "_found",
        lambda text: Q(Exists(Demographics.objects.filter(family_name__icontains=text))),
    )  # fmt: skip


def says_in_an_error_who_has_a_number(patch: pytest.MonkeyPatch) -> None:
    """A number that a patient of any site has is refused, in a sentence that names nobody."""

    def register(said: Any, **also: Any) -> Any:
        for one in said["identifiers"]:
            if PatientIdentifier.objects.filter(value=one["value"]).exists():
                raise CannotBeUsed({"identifiers": ["This number is in use."]})
        return registering.register(said, **also)

    patch.setattr(views, "register", register)


def searches_everywhere(patch: pytest.MonkeyPatch) -> None:
    """A search that forgets the sites, on both ways to it."""

    def found(words: Any, whole: str, *, at_most: int) -> list[Any]:
        named = Demographics.objects.filter(family_name__icontains=whole)
        return list(named.values_list("patient", flat=True)[:at_most])

    patch.setattr(searching, "by_name_or_identifier", found)
    patch.setattr(listing, "_named", lambda sites: _named_everywhere())


def _named_everywhere() -> Any:
    from django.db.models import FilteredRelation, Q

    return Patient.objects.annotate(
        who=FilteredRelation("demographics", condition=Q(demographics__superseded_version=None))
    )


def reports_another_site(patch: pytest.MonkeyPatch) -> None:
    """A key list of every site that there is."""
    plain = keys.keys
    patch.setattr(
        keys, "keys",
        lambda trial, sites: plain(trial, list(Site.objects.values_list("pk", flat=True))),
    )  # fmt: skip


def exports_another_site(patch: pytest.MonkeyPatch) -> None:
    """A file of a record's history for whoever knows the number of the patient; its page is as it should be."""
    every = Site.objects.values_list("pk", flat=True)

    def held(request: HttpRequest, patient: UUID) -> listing.Candidate:
        try:
            return listing.candidate(patient, sites=list(every))
        except NoSuchPatient:
            raise Http404(patient) from None

    patch.setattr(histories, "_held", held)


def counts_everybody(patch: pytest.MonkeyPatch) -> None:
    """A page that says how many patients there are, wherever they are."""
    from eligibility.presenters import patients as presenter

    plain = presenter.present

    def present(found: Any, **also: Any) -> Any:
        return plain(found._replace(counts={"eligible": Patient.objects.count()}), **also)

    patch.setattr(presenter, "present", present)


MUTANTS: dict[str, tuple[Mutant, tuple[str, ...]]] = {
    "looks everywhere": (looks_everywhere, ("api-patient", "api-patients")),
    "echoes a name": (echoes_a_name, ("api-lab-results", "api-attestations")),
    "forbids": (forbids_instead_of_hiding, ("api-screening",)),
    "believes the body": (takes_the_site_from_the_body, ("api-patients",)),
    "believes an id in the body": (takes_the_id_of_a_site_from_the_body, ("api-patients",)),
    "filters by anybody": (filters_by_anybody, ("api-patients",)),
    "an error tells": (says_in_an_error_who_has_a_number, ("api-patients",)),
    "exports another site": (exports_another_site, ("patient-history-file",)),
    "searches everywhere": (searches_everywhere, ("patients",)),
    "reports another site": (reports_another_site, ("key-list", "key-list-file")),
}


@pytest.fixture(autouse=True)
def _written_before() -> None:
    """The OpenAPI document is made once, of the views as they are: a view put in its place says nothing of its body."""
    document()


ASKERS = ("coordinator", "client", "coordinator's token")


def swept(world: World, names: tuple[str, ...]) -> Outcome:
    """The whole sweep of some routes, for those who have rights at one site."""
    found = [one for one in routes() if one.name in names]
    wanted = (
        probe for route in found for name in ASKERS for probe in probes_of(world, route, world.askers[name])
    )  # fmt: skip
    return Sweep(world).run(_a_share(wanted), stop_at=3)


def _a_share(wanted: Iterator[Any]) -> Iterator[Any]:
    for place, probe in enumerate(wanted):
        if place % 3 == 0 or probe.place.startswith(
            ("path", "body site", "body identifiers", "query search", "query q", "query find")
        ):
            yield probe


@contextmanager
def with_the_leak(mutant: Mutant) -> Iterator[None]:
    """With the leak, where the application stands alone: where row security holds, most of these leak nothing."""
    with application_alone(), pytest.MonkeyPatch.context() as patch:
        mutant(patch)
        yield


@pytest.mark.requirement(15)
@pytest.mark.parametrize("name", MUTANTS)
def test_a_seeded_leak_is_found(world: World, name: str) -> None:
    mutant, where = MUTANTS[name]
    with with_the_leak(mutant):
        outcome = swept(world, where)
    assert outcome.leaks, f"{name} was not found: {outcome}"


@pytest.mark.parametrize("name", MUTANTS)
def test_row_security_alone_holds_what_the_application_leaks(world: World, name: str) -> None:
    """The same leaks with PostgreSQL behind them tell nothing and change nothing; only a 403 for a 404 could."""
    mutant, where = MUTANTS[name]
    with pytest.MonkeyPatch.context() as patch:
        mutant(patch)
        outcome = swept(world, where)
    told = [one for one in outcome.leaks if not one.startswith("not as absent")]
    assert told == []
    assert not outcome.failures or name.startswith("believes")


def opens_every_log(patch: pytest.MonkeyPatch) -> None:
    """PostgreSQL itself is told of the logs of every site."""
    plain = tell_logs
    patch.setattr(
        access, "tell_logs", lambda _: plain(list(Site.objects.values_list("pk", flat=True)))
    )


def uses_every_site(patch: pytest.MonkeyPatch) -> None:
    """A door that tells PostgreSQL of every site, before a view that looks everywhere."""
    plain = tell_sites
    patch.setattr(
        access, "tell_sites", lambda _: plain(list(Site.objects.values_list("pk", flat=True)))
    )
    looks_everywhere(patch)


@pytest.mark.parametrize(
    ("mutant", "where"),
    [(opens_every_log, "api-screening-log"), (uses_every_site, "api-patient")],
)
def test_a_leak_past_row_security_is_found(world: World, mutant: Mutant, where: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        mutant(patch)
        outcome = swept(world, (where,))
    assert outcome.leaks, str(outcome)


def test_a_count_over_all_sites_is_found(world: World) -> None:
    with with_the_leak(counts_everybody):
        assert interference(world, ("patients",))
