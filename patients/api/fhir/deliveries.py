"""``POST /fhir``: a Bundle, as a delivery of one patient's records or as a batch or transaction of requests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpResponse
from rest_framework.request import Request

from patients.actions import receive_bundle
from patients.actions.repeats import Answer
from patients.api.fhir.asked import Asked, delivered, entries_of
from patients.api.fhir.covered import not_covered
from patients.api.fhir.delivering import what_became
from patients.api.fhir.doors import ALWAYS, resource_answer
from patients.api.fhir.exchanging import Exchange
from patients.api.fhir.records import check_there, kind_or_404, speaking, stamps
from patients.api.fhir.refusals import FhirRefusal
from patients.api.fhir.rendered import rendered
from patients.api.fhir.searching import Searches
from patients.api.fhir.shelves import Made, on_shelf
from patients.api.fhir.together import WORDS, Json, batch, is_delivery, of_kept, transact
from patients.api.fhir.writing import Writes
from patients.api.scoped import site_of
from patients.intake import strict_json
from trialscreen.institution.models import Site
from trialscreen.institution.rights import May
from trialscreen.institution.scope import scope_of
from trialscreen.institution.smart_scopes import Interaction, sites_for_any
from trialscreen.institution.trail.actions import Word, note

_BY_REQUEST = ("batch", "transaction")


class Deliveries(Searches, Writes):
    """Where hospital systems send what they know of a patient."""

    http_method_names = ["post", "options"]

    def allowed_sites(self, request: Request) -> frozenset[int]:
        """Where anything may be sent, or a SMART scope opens anything: each entry is asked about by itself."""
        scope = scope_of(request)
        return scope.sites_where(May.WRITE_PATIENTS) | sites_for_any(scope)

    def post(self, request: Request) -> HttpResponse:
        """A Bundle, for ``?site=CODE`` where who sends it has several sites."""
        site = site_of(self.site_ids, self.parameters(("site", *ALWAYS)).get("site"))
        body: object = request.data  # bytes; an empty dict where nothing was sent
        raw = body if isinstance(body, bytes) else b""
        tree = strict_json.parse(raw)
        if isinstance(tree, dict) and _asks(tree):
            return self._requested(raw, tree, site)
        for told in delivered(tree):
            self.covered.check(site, told)
        return self.once(site, lambda: self._received(raw, tree, Exchange(self.sending(site))))

    def _requested(self, raw: bytes, tree: Json, site: Site) -> HttpResponse:
        """A batch or transaction of requests: what is not covered is refused before any of it is done."""
        asked = [self._covered(one, site) for one in entries_of(tree)]
        every = [one for one in asked if isinstance(one, Asked)]
        exchange = Exchange(self.sending(site))
        if tree["type"] == "batch" and is_delivery(asked):
            return self.once(site, lambda: self._received(raw, tree, exchange, every))
        if tree["type"] == "batch":
            return self.once(site, lambda: _answer("batch", batch(asked, exchange, self._read)))
        for one in asked:
            if isinstance(one, FhirRefusal):
                raise one
        return self.once(
            site, lambda: _answer("transaction", transact(every, exchange, self._read))
        )

    def _covered(self, asked: Asked | FhirRefusal, site: Site) -> Asked | FhirRefusal:
        """The entry, or that it is refused; what only reads may be about any site of who asks."""
        if isinstance(asked, FhirRefusal):
            return asked
        try:
            if asked.method == "GET":
                self._readable(asked)
            else:
                self.covered.check(site, asked)
        except FhirRefusal as refusal:
            return refusal
        return asked

    def _readable(self, asked: Asked) -> frozenset[int]:
        """The sites at which a GET of a Bundle may be answered. Raises FhirRefusal (403)."""
        letter = Interaction.READ if asked.ident else Interaction.SEARCH
        mine = self.site_ids & self.covered.sites(asked.kind, letter)
        if not mine:
            raise not_covered(asked.kind, letter, asked.where("request"))
        return mine

    def _received(
        self, raw: bytes, tree: object, exchange: Exchange, asked: Sequence[Asked] = ()
    ) -> Answer:
        """A delivery: every entry says what is known, and none of them under a condition."""
        sending = exchange.sending
        receipt = receive_bundle(
            raw,
            site=sending.site,
            source=sending.source,
            by=sending.by,
            received_on=sending.received_on,
        )
        assert isinstance(tree, dict)
        kept = what_became(tree, receipt, sending)
        for one in asked:
            exchange.check_new(one, kept[one.position])
        kind = "transaction" if tree["type"] == "transaction" else "batch"
        return _answer(kind, [of_kept(kept[position]) for position in sorted(kept)])

    def _read(self, asked: Asked) -> Json:
        """A GET within a Bundle, of what who asks may read. Raises FhirRefusal, NotFound."""
        mine = self._readable(asked)
        kind = kind_or_404(asked.kind)
        page = {"page": "fhir"}
        if not asked.ident:
            names = {"filters": sorted({name for name, _ in asked.query})[:50]}
            note(Word.SEARCHED, about="fhir", site=min(mine), circumstances=page | names)
            found = self.search(self.request, kind, list(asked.query), shown=True)
            return {
                "resource": strict_json.parse(found.content),
                "response": {"status": WORDS[200]},
            }
        if made := on_shelf(self.covered, mine, asked.kind, asked.ident):
            return _of_shelf(made[0], page)
        held = speaking(mine, asked.kind, asked.ident)
        check_there(held)
        patient = held.patient_id
        note(
            Word.VIEWED,
            about="patient",
            key=str(patient),
            site=held.site_id,
            patient=patient,
            circumstances=page,
        )
        stamp = stamps([held])[held.pk]
        (tree,) = rendered([held], {held.pk: stamp}, self.covered)
        return {
            "resource": tree,
            "response": {"status": WORDS[200], "etag": f'W/"{stamp.version_id}"'},
        }


def _of_shelf(made: Made, page: dict[str, str]) -> Json:
    key = {"about": "patient", "key": str(made.patient)} if made.patient else {"about": "fhir"}
    note(Word.VIEWED, **key, site=made.site, patient=made.patient, circumstances=page)
    said = {"status": WORDS[200], "etag": f'W/"{made.version_id}"'}
    return {"resource": made.tree, "response": said}


def _asks(tree: Mapping[str, Any]) -> bool:
    """Whether a Bundle says what to do, and not only what is known."""
    held = tree.get("entry")
    if tree.get("resourceType") != "Bundle" or tree.get("type") not in _BY_REQUEST:
        return False
    if not isinstance(held, list) or "modifierExtension" in tree or "implicitRules" in tree:
        return False
    requests = [one.get("request") for one in held if isinstance(one, dict)]
    return any(isinstance(one, dict) and isinstance(one.get("url"), str) for one in requests)


def _answer(kind: str, entries: list[Json]) -> Answer:
    tree: Json = {"resourceType": "Bundle", "type": f"{kind}-response"}
    return resource_answer(tree | {"entry": entries} if entries else tree)
