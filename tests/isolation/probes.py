"""What is tried: every route, verb and asker, with an id of another site wherever one can stand.

Beside each foreign id goes one of the same form that nobody has: the two must be answered alike.
"""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Iterator, Mapping
from itertools import product
from typing import Any, NamedTuple
from urllib.parse import urlencode

from tests.isolation.deliveries import BUNDLES
from tests.isolation.hospitals import MRN, PLANTED, Asker, Hospital, World
from tests.isolation.routes import Route, body_of, query_names
from tests.workflow.staffed import PROTOCOL
from trialscreen.institution.sealed import sealed

VERBS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
FHIR = "application/fhir+json"
_NOWHERE, _NOBODY = "nowhere", "nobodyhas"
"""As long as the codes of the sites, and as the words planted in what they keep."""
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
_OTHER_DIGIT = str.maketrans("0123456789abcdef", "5678901234bcdefa")


def absent(theirs: str) -> str:
    """What nobody has, of the form of what another site has: as long, with a letter for each letter, a digit for each.

    So an answer that depends on the form alone, as that a word is no day, is the same for both.
    """
    if theirs.isdecimal():
        return "9" + theirs[1:]  # rows of the sites have numbers from 710001 on: `hospitals.build`
    for code, word in PLANTED.items():
        theirs = theirs.replace(code, _NOWHERE).replace(word, _NOBODY)
        theirs = theirs.replace(word.title(), _NOBODY.title())
        theirs = theirs.replace(f"{code[:3]}-".upper(), f"{_NOWHERE[:3]}-".upper())
    return _UUID.sub(_other, theirs)


def _other(found: re.Match[str]) -> str:
    one = found[0].translate(_OTHER_DIGIT)
    return f"{one[:14]}4{one[15:19]}{found[0][19]}{one[20:]}"


def put(kind: str, foreign: Hospital) -> tuple[tuple[str, str], tuple[str, str]]:
    """An id of another site and the absent one, each as it is sent and as it is meant: some are sent sealed."""
    theirs = foreign.one(kind.removeprefix("sealed "))
    sent_as = sealed if kind.startswith("sealed ") else str
    return (sent_as(theirs), theirs), (sent_as(absent(theirs)), absent(theirs))


_FIXED: Mapping[str, str] = {
    "nct_id": "NCT00514085",
    "part": "A",
    "kind": "Observation",
    "criterion": "platelets",
    "way": "result",
    "version": PROTOCOL.version,
    "earlier": PROTOCOL.version,
    "step": "review",
    "number": "1",
}
_QUERY: Mapping[str, tuple[str, ...]] = {
    "site": ("code", "site"),
    "patient": ("patient", "mrn"),
    "screening": ("screening", "label"),
    "search": ("family", "mrn", "patient"),
    "q": ("family", "mrn", "label"),
    "find": ("sealed family", "sealed mrn", "sealed label", "patient"),
    "identifier": ("identifier", "mrn"),
    "who": ("account",),
    "assignee": ("account", "username"),
    "note": ("note",),
    "id": ("patient", "screening"),
    "_id": ("fhir", "patient"),
    "subject": ("patient", "reference"),
    "include": ("patient",),
    "filter": ("family",),
    "sort": ("family",),
    "criterion": ("label",),
    "at": ("screening",),
    "saved": ("fact lab-results",),
    "record": ("fact lab-results",),
}
"""Names of parameters, with what is put under each. Those of the OpenAPI document are added."""
_FIELDS: Mapping[str, tuple[str, ...]] = {
    "patient": ("patient", "reference"),
    "screening": ("screening",),
    "site": ("code", "site"),
    "site_id": ("site",),
    "id": ("patient", "screening"),
    "assignee": ("username", "account"),
    "account": ("account",),
    "to": ("account",),
    "entries": ("entry",),
    "parent": ("note",),
    "note": ("note",),
    "record": ("fact lab-results",),
    "by": ("account", "username"),
    "created_by": ("account",),
    "previous": ("screening",),
    "identifiers": ("mrn",),
    "merged": ("patient", "mrn"),
    "into": ("patient",),
    "kept": ("patient",),
    "text": ("family",),
    "q": ("family", "mrn"),
    "find": ("sealed family",),
}
"""Fields of bodies and forms; most are none of the form's, and must then be refused or left alone."""
_NESTED: Mapping[str, Any] = {
    "identifiers": lambda value: [{"system": MRN, "value": value}],
    "records": lambda value: [value],
    "entries": lambda value: [value],
}
"""Where a field of the interface is a list: how an id stands in it."""
_FORM: Mapping[str, str] = {
    "version": "1",
    "record": "1",
    "text": "some words",
    "note": "some words",
    "reason": "some words",
    "first_day": "2026-11-20",
    "last_day": "2026-11-20",
    "opened_on": "2026-11-20",
    "ceiling": "40",
    "duty": "confirm",
    "password": "a wrong password",
}


class Probe(NamedTuple):
    """One request with an id of another site, and the same with one that nobody has."""

    route: Route
    verb: str
    asker: Asker
    place: str
    """Where the id stands."""
    foreign: Ask
    absent: Ask
    known: bool = False
    """That the id is of what who asks may know: a monitor the names of all sites, an administrator their staff."""
    administers: bool = False
    """That it is an administrator's own page: staff, clients, ranges and their trail at every site are theirs to see
    and to change, and nothing there is a patient's."""

    def __str__(self) -> str:
        return f"{self.asker.name}: {self.verb} {self.foreign.path} ({self.place})"


_OFFICE_OVER_API = tuple(
    f"api/v1/{one}/"
    for one in ("sites", "people", "clients", "record-systems", "access-review", "webhooks")
)
ADMINISTRATION = (
    "/administration/",
    "/security/",
    "/setup/",
    *(f"/{one}" for one in _OFFICE_OVER_API),
)
_OF_THE_TRIAL = {
    "code",
    "site",
    "account",
    "username",
    "entry",
    "limit",
    "role",
    "client",
    "webhook",
    "delivery",
}
"""Kinds of ids that belong to how the trial is run, and to no patient."""


def _knows(asker: Asker, foreign: Hospital, *kinds: str) -> bool:
    return foreign.site.code in asker.knows and set(kinds) <= _OF_THE_TRIAL


class Ask(NamedTuple):
    path: str
    ids: tuple[str, ...] = ()
    """What is told apart from the absent ids in nothing but itself."""
    body: Any = None
    content: str = ""
    headers: tuple[tuple[str, str], ...] = ()


def probes(world: World, routes: list[Route]) -> Iterator[Probe]:
    for route in routes:
        for asker in world.askers.values():
            yield from probes_of(world, route, asker)


def probes_of(world: World, route: Route, asker: Asker) -> Iterator[Probe]:
    if route.name == "health-ready":
        return  # it waits for a worker that a test has not, and knows no site
    if "sign-in/new-password/" in route.pattern:
        return  # of an account and no site; what its form describes repeats the address
    administers = asker.name == "administrator" and route.at(
        **dict.fromkeys(route.parameters, "x")
    ).startswith(ADMINISTRATION)
    for probe in _probes_of(world, route, asker):
        yield probe._replace(administers=administers)


def _probes_of(world: World, route: Route, asker: Asker) -> Iterator[Probe]:
    for foreign in world.others(asker):
        yield from _in_path(world, route, asker, foreign)
        yield from _in_query(world, route, asker, foreign)
        yield from _in_body(world, route, asker, foreign)
        yield from _in_headers(world, route, asker, foreign)
        if route.name == "fhir":
            yield from _in_fhir(world, route, asker, foreign)
        if "kind" in route.parameters and route.pattern.startswith("fhir/"):
            yield from of_other_types(route, asker, foreign)


def own(world: World, route: Route, asker: Asker) -> Ask:
    """The route with ids of the asker's own site."""
    home = world.at_home(asker)
    return Ask(route.at(**{one: _value(route, one, home) for one in route.parameters}))


def _kind(route: Route, name: str) -> str:
    """Which ids stand for a parameter of a path; empty: none of a site's."""
    if name in (
        "patient",
        "screening",
        "note",
        "entry",
        "code",
        "account",
        "limit",
        "role",
        "client",
        "webhook",
        "delivery",
        "merge",
        "approval",
        "job",
        "local_codes",
        "system",
        "message",
        "sender",
    ):
        return name
    if name == "fact":
        return fact_kind(route)
    if name == "key":
        return "system key" if "record-systems" in route.pattern else "client key"
    if name == "record" and route.pattern.startswith("fhir/"):
        return "fhir"
    if name in _FIXED or name == "form":
        return ""
    converter = re.search(rf"<(?:(\w+):)?{name}>", route.pattern)
    return {"uuid": "patient", "int": "note", "slug": "code"}.get(
        (converter and converter[1]) or "", "label"
    )


def fact_kind(route: Route) -> str:
    found = re.search(r"%\(patient\)s/([a-z-]+)/", route.template)
    assert found is not None
    return f"fact {found[1]}"


def _value(route: Route, name: str, of: Hospital, index: int = 0) -> str:
    """An id of a site; of kinds of which a site has nothing, a number."""
    kind = _kind(route, name)
    if name == "form":
        return str(re.findall(r"\(\?P<form>(\w+)", route.pattern)[0])
    if not kind:
        of_a_record = name == "version" and route.pattern.startswith("fhir/")
        return "1" if of_a_record else _FIXED[name]
    return of.ids.get(kind, of.ids["fact lab-results"])[index]


def _in_path(world: World, route: Route, asker: Asker, foreign: Hospital) -> Iterator[Probe]:
    """Every id of the path foreign, and where there are several each by itself, the others one's own."""
    names = [one for one in route.parameters if _kind(route, one)]
    home = world.at_home(asker)
    for chosen in product((True, False), repeat=len(names)):
        if not any(chosen):
            continue
        theirs = {name for name, foreign_one in zip(names, chosen, strict=True) if foreign_one}

        def path(
            *, there_is: bool, theirs: set[str] = theirs, foreign: Hospital = foreign
        ) -> tuple[str, tuple[str, ...]]:
            values = {}
            for one in route.parameters:
                value = _value(route, one, foreign if one in theirs else home)
                values[one] = value if there_is or one not in theirs else absent(value)
            return route.at(**values), tuple(values[one] for one in names if one in theirs)

        for verb in VERBS:
            also = sent(route, verb)
            there, nowhere = path(there_is=True), path(there_is=False)
            yield Probe(
                route, verb, asker, f"path {'+'.join(sorted(theirs))}",
                Ask(there[0], there[1], *also), Ask(nowhere[0], nowhere[1], *also),
                _knows(asker, foreign, *(_kind(route, one) for one in theirs)),
            )  # fmt: skip


_MADE_HERE: Mapping[str, tuple[tuple[str, str, str], ...]] = {
    "Patient": (("_id", "{}", "patient"), ("identifier", "{}", "mrn")),
    "ResearchSubject": (
        *(("_id", "{}", "screening"), ("patient", "Patient/{}", "patient")),
        *(("individual", "{}", "patient"), ("identifier", "{}", "label")),
    ),
    "Provenance": (
        *(("_id", "{}", "fhir Provenance"), ("patient", "{}", "patient")),
        ("target", "Observation/{}", "fhir"),
    ),
    "AuditEvent": (("_id", "{}", "fhir AuditEvent"), ("patient", "Patient/{}", "patient")),
}
"""Types over FHIR, beside those that are sent, of which each site has records under ids of its own; and what of another
site they are searched by."""


def of_other_types(route: Route, asker: Asker, foreign: Hospital) -> Iterator[Probe]:
    """A record over FHIR that is made here, by its address and by what it is searched by."""
    for kind, searched in _MADE_HERE.items():
        if "record" in route.parameters:
            theirs = foreign.one(f"fhir {kind}")
            for verb in VERBS:
                also = sent(route, verb)
                beside = {"kind": kind, "version": "1"}
                there, nowhere = (
                    route.at(**beside, record=one) for one in (theirs, absent(theirs))
                )
                yield Probe(
                    route, verb, asker, f"path of a {kind}",
                    Ask(there, (theirs,), *also), Ask(nowhere, (absent(theirs),), *also),
                )  # fmt: skip
            continue
        for name, form, of in searched:
            theirs = foreign.one(of)
            asks = []
            for own_id in (theirs, absent(theirs)):
                asked = urlencode({name: form.format(own_id)})
                asks.append(Ask(f"{route.at(kind=kind)}?{asked}", (own_id,)))
            yield Probe(route, "GET", asker, f"query of {kind} {name}", asks[0], asks[1])


def sent(route: Route, verb: str) -> tuple[Any, str, tuple[tuple[str, str], ...]]:
    """Body, its type and headers, as right as they can be made without knowing the record."""
    if verb in ("GET", "HEAD", "OPTIONS", "DELETE"):
        return None, "", ()
    if route.pattern.startswith(("api/", "fhir")):
        body = body_of(route, verb)
        return json.dumps(body or {}), "application/json", (("If-Match", "*"),)
    return dict(_FORM), "", ()


def _in_query(world: World, route: Route, asker: Asker, foreign: Hospital) -> Iterator[Probe]:
    path = own(world, route, asker).path
    wanted = {**dict.fromkeys(query_names(route), ("family", "patient")), **_QUERY}
    for name, kinds in wanted.items():
        for kind in kinds:
            theirs, nobodys = put(kind, foreign)
            yield Probe(
                route, "GET", asker, f"query {name}={kind}",
                Ask(f"{path}?{urlencode({name: theirs[0]})}", theirs),
                Ask(f"{path}?{urlencode({name: nobodys[0]})}", nobodys), _knows(asker, foreign, kind),
            )  # fmt: skip


def _in_body(world: World, route: Route, asker: Asker, foreign: Hospital) -> Iterator[Probe]:
    path, home = own(world, route, asker).path, world.at_home(asker)
    for verb in ("POST", "PATCH"):
        over_api = route.pattern.startswith("api/")
        if over_api and body_of(route, verb) is None:
            continue
        if not over_api and (verb == "PATCH" or route.pattern.startswith(("fhir", "o/"))):
            continue
        said = own_body(route, verb, home) if over_api else dict(_FORM)
        anywhere = ("family", "patient", "code", "site") if over_api else ("code", "site")
        fields = dict.fromkeys(said, anywhere) | dict(_FIELDS)
        match = unchanged(route, home) if over_api else ()
        content = "application/json" if over_api else ""
        for name, kinds in fields.items():
            for kind in kinds:
                theirs, nobodys = put(kind, foreign)
                for form, write in (
                    _ways_to_send(name, theirs[0]) if over_api else _AS_IT_IS
                ).items():

                    def body(value: str, name: str = name, write: Any = write) -> Any:
                        whole = said | {name: write(value)}  # noqa: B023
                        return json.dumps(whole) if over_api else whole  # noqa: B023

                    yield Probe(
                        route, verb, asker, f"body {name}={kind}{form}",
                        Ask(path, theirs, body(theirs[0]), content, match),
                        Ask(path, nobodys, body(nobodys[0]), content, match),
                        _knows(asker, foreign, kind),
                    )  # fmt: skip


_AS_IT_IS: Mapping[str, Any] = {"": str}


def _ways_to_send(name: str, value: str) -> Mapping[str, Any]:
    """As a word; a number also as a number, and what stands in a list also in one."""
    found = dict(_AS_IT_IS)
    if value.isdecimal():
        found[" as a number"] = int
    if name in _NESTED:
        found[" in a list"] = _NESTED[name]
    return found


def own_body(route: Route, verb: str, home: Hospital) -> dict[str, Any]:
    """A body as the document has it, of patients of the asker's own site."""
    said = dict(body_of(route, verb) or {})
    mine = {"patient": home.one("patient"), "merged": home.one("patient", 1)}
    return said | {name: value for name, value in mine.items() if name in said}


def unchanged(route: Route, home: Hospital) -> tuple[tuple[str, str], ...]:
    for name in ("screening", "patient"):
        if name in route.parameters:
            return (("If-Match", f'"{home.versions[home.one(name)]}"'),)
    return ()


def _in_headers(world: World, route: Route, asker: Asker, foreign: Hospital) -> Iterator[Probe]:
    """Clients say for whom they act, and everybody by which key a request is known."""
    path = own(world, route, asker).path
    theirs = foreign.one("username")
    nobodys = absent(theirs)
    for verb in ("GET", "POST"):
        body, content, beside = sent(route, verb)
        for name in (
            "X-Acting-For",
            "If-Match",
            "If-None-Match",
            "Idempotency-Key",
            "HX-Current-URL",
        ):
            if (name == "If-Match") != (verb == "POST") and name != "X-Acting-For":
                continue
            rest = tuple(one for one in beside if one[0] != name)
            yield Probe(
                route, verb, asker, f"header {name}",
                Ask(path, (theirs,), body, content, (*rest, (name, theirs))),
                Ask(path, (nobodys,), body, content, (*rest, (name, nobodys))),
                _knows(asker, foreign, "username"),
            )  # fmt: skip


def _in_fhir(world: World, route: Route, asker: Asker, foreign: Hospital) -> Iterator[Probe]:
    """References and identifiers of another site's patient in a delivery."""
    for kind in ("transaction", "batch"):
        for place, make in BUNDLES.items():
            for with_many in (1, 100):
                theirs, also = foreign.one("patient"), foreign.one("mrn")
                nobodys, none = absent(theirs), absent(also)

                def ask(patient: str, mrn: str, make: Any = make, many: int = with_many) -> Ask:
                    entries = make(patient, mrn, many)
                    raw = json.dumps({"resourceType": "Bundle", "type": kind, "entry": entries})  # noqa: B023
                    return Ask("/fhir", (patient, mrn), raw, FHIR)

                yield Probe(
                    route, "POST", asker, f"{kind} {place} of {with_many}",
                    ask(theirs, also), ask(nobodys, none),
                )  # fmt: skip


def chosen(found: Iterator[Probe], share: int, seed: int) -> Iterator[Probe]:
    """One of `share` probes, by the seed and the probe's place in the row: the same seed tries the same in each run."""
    for number, one in enumerate(found):
        # Paths and deliveries reach furthest: of these a larger share.
        often = one.place.startswith(("path", "transaction", "batch"))
        if zlib.crc32(f"{seed} {number}".encode()) % (max(1, share // 5) if often else share) == 0:
            yield one
