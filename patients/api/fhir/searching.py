"""Searching records of one type, page by page; each page begins after a row, which an index finds."""

from __future__ import annotations

import json
from typing import Any, Final, NamedTuple
from urllib.parse import parse_qsl, urlencode

from django.http import HttpResponse
from rest_framework.request import Request

from patients.api.doors import as_response
from patients.api.fhir.bundles import bundle
from patients.api.fhir.doors import FhirDoor, resource_answer
from patients.api.fhir.parameters import (
    WHOSE,
    Asked,
    Sites,
    asked_for,
    count_of,
    patient_named,
    sites_by_zone,
)
from patients.api.fhir.records import kind_or_404, stamps, versions_of, withdrawn
from patients.api.fhir.refusals import FhirRefusal
from patients.api.fhir.registry import Kind
from patients.api.fhir.rendered import rendered
from patients.api.fhir.shelves import Made, searched_on_shelf, shelf_of
from patients.api.reading import BundleBytes
from patients.api.scoped import patients_of, site_of
from patients.models import FhirVersion
from trialscreen.institution.models import Site
from trialscreen.institution.sealed import sealed, unsealed
from trialscreen.institution.smart_scopes import Interaction
from trialscreen.institution.trail.actions import say_whom

FORM: Final = "application/x-www-form-urlencoded"
CURSOR: Final = "a page of a search over FHIR"
LONGEST: Final = 8_000
"""Of the parameters of a search, in characters."""
Pairs = list[tuple[str, str]]


class _Page(NamedTuple):
    """What is asked for, and after which row."""

    pairs: Pairs
    after: int | str
    """The key of a row of what was sent; a text is a place on a shelf, which comes before those."""


class Searches(FhirDoor):
    """Searching, for views of a type."""

    def search(self, request: Request, kind: Kind, pairs: Pairs, *, shown: bool) -> HttpResponse:
        """A searchset of the sites where the type may be searched; `shown` where what is asked stands in the address
        anyhow."""
        page = self._page(kind, pairs)
        sites = self.searched(kind, page.pairs)
        asked = asked_for(kind, page.pairs, sites)
        if asked.ignored and _is_strict(request):
            raise _unknown(asked)
        self._say_whom(asked, sites)
        count = count_of(page.pairs)
        made = self._made(kind, asked, sites, page.after, count + 1)
        found = _sent(kind, asked, sites, page.after, count + 1 - len(made))
        more = len(made) + len(found) > count
        made, found = made[:count], found[: count - len(made[:count])]
        at = f"{self.base}/{kind.name}"
        links = {"self": f"{at}?{urlencode(asked.used)}" if shown else f"{at}/_search"}
        if more:
            last = found[-1].pk if found else made[-1].place
            said = json.dumps([kind.name, page.pairs, last])
            links["next"] = f"{at}?{urlencode({'_cursor': sealed(said, within=CURSOR)})}"
        trees = [*(one.tree for one in made), *rendered(found, stamps(found), self.covered)]
        entries = [_match(self.base, tree) for tree in trees]
        total = None if more or page.after else len(entries)
        answer = bundle("searchset", entries + _remarks(asked), total=total, links=links)
        return as_response(resource_answer(answer))

    def _say_whom(self, asked: Asked, sites: Sites) -> None:
        """For the trail: whom a search is about that names one patient."""
        named = [patient_named(value, sites) for name, value in asked.used if name in WHOSE]
        if len(named) == 1 and named[0] is not None:
            held = patients_of(sites.ids).filter(pk=named[0]).first()
            if held is not None:
                say_whom(self.request, held.site_id, held.pk)

    def searched(self, kind: Kind, pairs: Pairs) -> Sites:
        """The sites that are asked about: all of who asks, or the one that ``site`` names."""
        mine = self.site_ids & self.covered.sites(kind.name, Interaction.SEARCH)
        codes = [value for name, value in pairs if name == "site"]
        if codes:
            return sites_by_zone([site_of(mine, code) for code in codes[:1]], self.base)
        return sites_by_zone(Site.objects.filter(pk__in=mine), self.base)

    def _made(
        self, kind: Kind, asked: Asked, sites: Sites, after: int | str, count: int
    ) -> list[Made]:
        """What is on a shelf of the type; it is through where a row of what was sent is the last one shown."""
        shelf = shelf_of(kind.name)
        if shelf is None or (isinstance(after, int) and after):
            return []
        mine = searched_on_shelf(self.covered, kind.name, sites)
        return shelf.page(asked.used, mine, str(after or ""), count, self.covered)

    def _page(self, kind: Kind, pairs: Pairs) -> _Page:
        if sum(len(name) + len(value) for name, value in pairs) > LONGEST:
            raise FhirRefusal(400, f"A search has at most {LONGEST} characters.", code="too-long")
        if any("\0" in name + value for name, value in pairs):
            raise FhirRefusal(400, "A parameter holds a NUL.", code="invalid")
        cursors = [value for name, value in pairs if name == "_cursor"]
        if not cursors:
            return _Page(pairs, 0)
        try:
            name, said, after = json.loads(unsealed(cursors[0], within=CURSOR))
        except ValueError:
            name, said, after = "", [], 0
        if name != kind.name:
            raise FhirRefusal(400, "This is no page of a search.", expression="http._cursor")
        return _Page([(one, value) for one, value in said], after)


def _sent(
    kind: Kind, asked: Asked, sites: Sites, after: int | str, count: int
) -> list[FhirVersion]:
    rows = versions_of(sites.ids).filter(asked.where, type=kind.name, current=True)
    behind = after if isinstance(after, int) else 0
    return list(rows.filter(~withdrawn(), pk__gt=behind).order_by("pk")[: max(count, 0)])


def from_form(raw: bytes) -> Pairs:
    """The parameters of a form. Raises FhirRefusal."""
    try:
        return parse_qsl(
            raw.decode("utf-8"), keep_blank_values=True, errors="strict", max_num_fields=200
        )
    except ValueError:
        raise FhirRefusal(400, "The form cannot be read.", code="structure") from None


def from_address(request: Request) -> Pairs:
    return [(name, value) for name, values in request.query_params.lists() for value in values]


def _is_strict(request: Request) -> bool:
    said = request.headers.get("Prefer", "").replace(";", ",")
    return "handling=strict" in [one.strip().replace(" ", "") for one in said.split(",")]


def _unknown(asked: Asked) -> FhirRefusal:
    first = asked.ignored[0][:100]
    names = ", ".join(one[:100] for one in asked.ignored[:10])
    said = f"Not known here: {names}."
    return FhirRefusal(400, said, code="not-supported", expression=f"http.{first}")


def _match(base: str, tree: dict[str, Any]) -> dict[str, Any]:
    at = f"{base}/{tree['resourceType']}/{tree['id']}"
    return {"fullUrl": at, "resource": tree, "search": {"mode": "match"}}


def _remarks(asked: Asked) -> list[dict[str, Any]]:
    """What was asked and passed over, told as FHIR tells it: an outcome among the entries."""
    if not asked.ignored:
        return []
    issues = [
        {
            "severity": "warning",
            "code": "not-supported",
            "diagnostics": f"The parameter “{name[:100]}” is not known here and was ignored.",
            "expression": [f"http.{name[:100]}"],
        }
        for name in asked.ignored[:10]
    ]
    outcome = {"resourceType": "OperationOutcome", "issue": issues}
    return [{"resource": outcome, "search": {"mode": "outcome"}}]


class FormBytes(BundleBytes):
    """A form as its bytes: what it says is read strictly."""

    media_type = FORM


class OneType(Searches):
    """The records of one type."""

    looking = Interaction.SEARCH

    def get(self, request: Request, kind: str) -> HttpResponse:
        return self.search(request, kind_or_404(kind), from_address(request), shown=True)


class Search(Searches):
    """The same asked in a form, so that no address says whom it is about."""

    http_method_names = ["post", "options"]
    looking = sending_is = Interaction.SEARCH
    parser_classes = [FormBytes]

    def post(self, request: Request, kind: str) -> HttpResponse:
        said: object = request.data
        pairs = from_form(said) if isinstance(said, bytes) else []
        return self.search(request, kind_or_404(kind), pairs + from_address(request), shown=False)
