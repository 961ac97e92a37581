"""Sites, and what is open at each."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from eligibility.actions import approving, opening
from eligibility.administration_forms.parts import OpeningForm
from eligibility.administration_forms.sites import ChangeForm, ClosingForm, NewSiteForm
from eligibility.api.administration import described
from eligibility.api.administration.doors import Document, OfficeDoor, filled, merged, tag_of, told
from eligibility.api.administration.shown import part_of, site_of
from eligibility.models import SitePart, Trial, TrialPart
from patients.api.doors import PAGING
from patients.api.pages import paged
from trialscreen.institution.administration import lists
from trialscreen.institution.administration import sites as centres
from trialscreen.institution.models import Site

TRIAL = "NCT00514085"


class SitesDoor(OfficeDoor):
    fields = {"past": "closed_on", "days": "closed_on"}

    def shown(self, site: Site) -> Document:
        return site_of(site, places_at([site]).get(site.pk, []))


class Sites(SitesDoor):
    """Every site."""

    @extend_schema(**described.SITES)
    def get(self, request: Request) -> Response:
        """A page of them by their codes, each with its parts and the places taken; ``?open=true`` today, or false."""
        asked = self.parameters(("open", *PAGING))
        rows = lists.centres()
        if "open" in asked:
            if asked["open"] not in ("true", "false"):
                raise ValidationError({"open": ["Either true or false."]})
            wanted = asked["open"] == "true"
            rows = rows.filter(pk__in=[x.pk for x in rows if _is_open(x) is wanted])
        held: dict[int, list[tuple[TrialPart, SitePart | None]]] = {}
        return paged(
            request,
            rows,
            lambda one: site_of(one, held.get(one.pk, [])),
            order=("code",),
            prepare=lambda found: held.update(places_at(found)),
        )

    @extend_schema(**described.ADD_SITE)
    def post(self, request: Request) -> HttpResponse:
        """Another centre; a part of the trial opens there only after its approvals."""

        def act(said: Document) -> Any:
            site = centres.add_site(**filled(NewSiteForm(said)), by=self.person)
            shown = self.shown(site)
            return told(shown, status=201, tag=tag_of(shown))

        return self.do(described.NEW_SITE, act)


class OneSite(SitesDoor):
    """One site."""

    @extend_schema(**described.SITE)
    def get(self, request: Request, code: str) -> Response:
        """With its version as ``ETag``."""
        self.parameters()
        shown = self.shown(self.site(code))
        return Response(shown, headers={"ETag": tag_of(shown)})

    @extend_schema(**described.CHANGE_SITE)
    def patch(self, request: Request, code: str) -> HttpResponse:
        """Another name or place of the same centre; code, time zone and first day stay."""
        site = self.site(code)
        now = {"name": site.name, "city": site.city, "postal_code": site.postal_code}

        def act(said: Document) -> Any:
            shown = self.shown(
                centres.change_site(
                    site, **filled(ChangeForm(merged(now, request.data, said))), by=self.person
                )
            )
            return told(shown, tag=tag_of(shown))

        return self.do(described.SITE_CHANGE, act, tag=tag_of(self.shown(site)))


class CloseSite(SitesDoor):
    """The day from which a site screens no longer."""

    http_method_names = ["post", "options"]

    @extend_schema(**described.CLOSE_SITE)
    def post(self, request: Request, code: str) -> HttpResponse:
        """``closed_on`` null opens it again. Screenings that are open stay with the site's staff."""
        site = self.site(code)

        def act(said: Document) -> Any:
            given = filled(ClosingForm(said))
            changed = centres.close_site(site, **given, by=self.person, at=self.now)
            shown = self.shown(changed)
            open_ones = approving.open_screenings(site)
            return told(shown | {"open_screenings": open_ones}, tag=tag_of(shown))

        return self.do(described.CLOSING, act, tag=tag_of(self.shown(site)))


class Parts(SitesDoor):
    """The parts of the trial at a site."""

    @extend_schema(**described.PARTS)
    def get(self, request: Request, code: str) -> Response:
        """All of them, also those that never opened here."""
        self.parameters()
        site = self.site(code)
        found = places_at([site]).get(site.pk, [])
        results = [part_of(part, here, site) for part, here in found]
        return Response({"next": None, "previous": None, "results": results})


class OnePart(SitesDoor):
    """One part of the trial at a site."""

    @extend_schema(**described.PART)
    def get(self, request: Request, code: str, part: str) -> Response:
        """Its ``ETag`` is the number of its last change."""
        self.parameters()
        site, held = self.site(code), self._part(part)
        return Response(
            part_of(held, _here(held, site), site), headers={"ETag": _version(held, site)}
        )

    @extend_schema(**described.CHANGE_PART)
    def patch(self, request: Request, code: str, part: str) -> HttpResponse:
        """Open, close or resize it here; what is not named stays. It opens only while an approval is on record."""
        site, held = self.site(code), self._part(part)
        now = _here(held, site) or SitePart()
        before = {"opened_on": now.opened_on, "closed_on": now.closed_on, "ceiling": now.ceiling}

        def act(said: Document) -> Any:
            form = OpeningForm(merged(before, request.data, said), at_a_site=True)
            given = filled(form)
            changed = opening.change_site_part(
                held.pk,
                site=site,
                wanted=form.wanted,
                reason=given["reason"],
                by=self.person,
                on=timezone.localdate(timezone=site.zone),
                seen=opening.last_change(held, site),
            )
            return told(part_of(held, changed, site), tag=_version(held, site))

        return self.do(described.PART_CHANGE, act, tag=_version(held, site))

    def _part(self, name: str) -> TrialPart:
        found = (one for one in _parts() if one.name == name)
        held = next(found, None)
        if held is None:
            raise NotFound
        return held


def places_at(sites: list[Site]) -> dict[int, list[tuple[TrialPart, SitePart | None]]]:
    """Of each site every part of the trial, with what is set of it there."""
    parts = _parts()
    ids = [one.pk for one in sites]
    held = {(one.site_id, one.part_id): one for one in opening.parts_at(parts, site_ids=ids)}
    return {site: [(one, held.get((site, one.pk))) for one in parts] for site in ids}


def _parts() -> list[TrialPart]:
    trial: Trial | None = opening.trial_of(TRIAL)
    return [one for one in opening.parts_of(trial) if one.name] if trial is not None else []


def _here(part: TrialPart, site: Site) -> SitePart | None:
    return next(iter(opening.parts_at([part], site_ids=[site.pk])), None)


def _version(part: TrialPart, site: Site) -> str:
    return f'"{opening.last_change(part, site)}"'


def _is_open(site: Site) -> bool:
    return site.is_open(on=timezone.localdate(timezone=site.zone))
