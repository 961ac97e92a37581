"""Single records sent over FHIR: created, updated and withdrawn."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from rest_framework.request import Request

from patients.actions.repeats import Answer
from patients.actions.sources import BY_HAND
from patients.api.fhir import reading, searching
from patients.api.fhir.asked import Asked
from patients.api.fhir.delivering import Sending
from patients.api.fhir.doors import ALWAYS, FhirDoor, of_version, resource_answer
from patients.api.fhir.exchanging import Done, Exchange
from patients.api.fhir.naming import Naming
from patients.api.fhir.records import kind_or_404, speaking
from patients.api.fhir.refusals import FhirRefusal, not_supported
from patients.api.fhir.rendered import rendered
from patients.api.fhir.shelves import on_shelf
from patients.api.outcomes import MEDIA_TYPE
from patients.api.scoped import site_of
from patients.intake import strict_json
from trialscreen.institution.models import Site
from trialscreen.institution.smart_scopes import Interaction


class Writes(FhirDoor):
    """Writing one resource."""

    def sending(self, site: Site) -> Sending:
        today = timezone.localdate(timezone=site.zone)
        source = self.scope.client or BY_HAND
        return Sending(site, source, self.attribution, today, self.base, self.covered)

    def resource(self, request: Request, kind: str) -> dict[str, Any]:
        """The body. Raises Refused, FhirRefusal."""
        raw: object = request.data
        tree = strict_json.parse(raw if isinstance(raw, bytes) else b"")
        if not isinstance(tree, dict) or tree.get("resourceType") != kind:
            said = f"A resource of the type {kind} is expected here."
            raise FhirRefusal(400, said, code="structure", expression=f"{kind}.resourceType")
        return tree

    def answered(self, request: Request, done: Done, kind: str) -> Answer:
        """With the record as it is held now, for who may read it and has not asked for less."""
        if done.version is None or done.stamp is None:
            return Answer(done.status, "", {"Content-Type": MEDIA_TYPE})
        headers = of_version(done.stamp.version_id, done.stamp.at)
        place = f"{self.base}/{kind}/{done.version.record}/_history/{done.stamp.version_id}"
        headers["Location"] = place
        reads = done.version.site_id in self.covered.sites(kind, Interaction.READ)
        if "return=minimal" in request.headers.get("Prefer", "") or not reads:
            return Answer(done.status, "", {"Content-Type": MEDIA_TYPE, **headers})
        (tree,) = rendered([done.version], {done.version.pk: done.stamp}, self.covered)
        return resource_answer(tree, status=done.status, headers=headers)


class OneType(searching.OneType, Writes):
    """The records of one type: searched, and added to."""

    def post(self, request: Request, kind: str) -> HttpResponse:
        """Create one, at ``?site=CODE`` where there are several and the resource names no patient of one of them."""
        said = self.parameters(("site", *ALWAYS))
        kind_or_404(kind)
        tree = self.resource(request, kind)
        site = self._site(said.get("site"), kind, tree)
        asked = Asked(
            0, "POST", kind, resource=tree, if_none_exist=request.headers.get("If-None-Exist")
        )

        self.covered.check(site, asked)

        def create() -> Answer:
            done = Exchange(self.sending(site)).create(asked)
            return self.answered(request, done, kind)

        return self.once(site, create)

    def _site(self, code: str | None, kind: str, tree: dict[str, Any]) -> Site:
        sites = list(Site.objects.filter(pk__in=self.site_ids))
        if code is None and len(sites) > 1 and kind != "Patient":
            source = self.scope.client or BY_HAND
            names = [Naming(one, source, self.base, self.covered) for one in sites]
            named = [one.site for one in names if _is_of(one, tree, kind)]
            if len(named) == 1:
                return named[0]
        return site_of(self.site_ids, code)


def _is_of(naming: Naming, tree: dict[str, Any], kind: str) -> bool:
    try:
        naming.whose(tree, kind)
    except FhirRefusal:
        return False
    return True


class OneRecord(reading.OneRecord, Writes):
    """One record: read, updated and withdrawn."""

    def put(self, request: Request, kind: str, record: str) -> HttpResponse:
        """A new version, made of the one that ``If-Match`` names."""
        return self._change(request, kind, record, "PUT")

    def delete(self, request: Request, kind: str, record: str) -> HttpResponse:
        """Withdraw it as entered in error."""
        return self._change(request, kind, record, "DELETE")

    def _change(self, request: Request, kind: str, record: str, method: str) -> HttpResponse:
        self.parameters(ALWAYS)
        known = kind_or_404(kind)
        done_by = {"PUT": "update", "DELETE": "delete"}[method]
        if done_by not in known.interactions:
            raise not_supported(f"{kind} cannot be changed here.", status=405)
        if on_shelf(self.covered, self.site_ids, kind, record):
            raise not_supported("This was made here, and is changed by no system.", status=405)
        held = speaking(self.site_ids, kind, record)
        tree = self.resource(request, kind) if method == "PUT" else None
        match = request.headers.get("If-Match")
        asked = Asked(0, method, kind, record, resource=tree, if_match=match)
        site = held.patient.site
        self.covered.check(site, asked)

        def change() -> Answer:
            exchange = Exchange(self.sending(site))
            done = exchange.update(asked) if method == "PUT" else exchange.delete(asked)
            return self.answered(request, done, kind)

        return self.once(site, change)
