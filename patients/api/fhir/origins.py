"""What became of a record, and who brought it about, in the words of Provenance."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Any, Final, NamedTuple

from django.db.models import QuerySet

from patients.actions.sources import OURS
from trialscreen.institution.models import Account

Json = dict[str, Any]
OPERATION: Final = "http://terminology.hl7.org/CodeSystem/v3-DataOperation"
PART: Final = "http://terminology.hl7.org/CodeSystem/provenance-participant-type"
SENT_BY: Final = "http://hl7.org/fhir/us/core/CodeSystem/us-core-provenance-participant-type"
OURSELVES: Final = "urn:trialscreen:"


class Kept(NamedTuple):
    """One thing that became of a record: of which, when, by whom."""

    pk: int
    target: str
    ident: str
    version_id: str
    at: Any
    site: int
    patient: Any
    operation: str
    agents: list[Json]
    why: str
    entities: list[Json]


class Stream(NamedTuple):
    """Rows of one kind, by their keys. The names are those of the columns that every question is about."""

    rows: Callable[[Collection[int]], QuerySet[Any]]
    kept: Callable[[Sequence[Any]], Iterable[Kept]]
    number: str
    at: str
    part: str = ""


def agent(role: str, who: Json, *, system: str = PART, on_behalf_of: Json | None = None) -> Json:
    found: Json = {"type": {"coding": [{"system": system, "code": role}]}, "who": who}
    return found | ({"onBehalfOf": on_behalf_of} if on_behalf_of else {})


def person(account: Account) -> Json:
    identifier = {"system": f"{OURSELVES}account", "value": str(account.pk)}
    return {"identifier": identifier, "display": account.name}


def client_named(client: str) -> Json:
    return {"identifier": {"system": f"{OURSELVES}client", "value": client}, "display": client}


def agents(client: str, by: Account | None, source: str) -> list[Json]:
    """Who sent it, for whom, and whose record it is; where nobody did, the product by itself."""
    found = []
    if client:
        told = person(by) if by else None
        found.append(agent("transmitter", client_named(client), system=SENT_BY, on_behalf_of=told))
    elif by is not None:
        found.append(agent("enterer", person(by)))
    if source and source not in OURS and source != client:
        named = {"system": f"{OURSELVES}source", "value": source}
        found.append(agent("author", {"identifier": named, "display": source}))
    return found or [agent("assembler", {"display": "trialscreen"})]
