"""Addresses of stored records: ``/api/v1/patients/…`` and ``/fhir``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.urls import URLPattern, path, re_path
from drf_spectacular.utils import extend_schema_view

from patients.api import (
    changing,
    described,
    facts,
    imports,
    merges,
    message_list,
    messages,
    outcomes,
    views,
)
from patients.api.fhir import urls as fhir_urls
from patients.api.kinds import WRITTEN

PATIENT = "patients/<uuid:patient>/"


def _view(base: Any, kind: str, **methods: Any) -> Any:
    """The view of one kind, with operations of its own in the schema."""
    view: Any = type(base.__name__, (base,), {"kind": kind})
    return extend_schema_view(**methods)(view).as_view()


def _of_a_kind(kind: str) -> Iterator[URLPattern]:
    every, one = f"{PATIENT}{kind}/", f"{PATIENT}{kind}/<int:fact>/"
    listed, read = described.facts_of_a_kind(kind), described.fact_of_a_kind(kind)
    if kind in WRITTEN:
        entered = _view(facts.EnteredFacts, kind, get=listed, post=described.enter(kind))
        corrected = _view(changing.CorrectedFact, kind, get=read, patch=described.correct(kind))
    else:
        entered = _view(facts.Facts, kind, get=listed)
        corrected = _view(facts.OneFact, kind, get=read)
    yield path(every, entered, name=f"api-{kind}")
    yield path(one, corrected, name=f"api-{kind}-one")
    history = _view(facts.FactHistory, kind, get=described.fact_history(kind))
    yield path(f"{one}history/", history, name=f"api-{kind}-history")
    withdraw = described.withdraw(kind, changing.WithdrawalInput)
    reinstate = described.reinstate(kind, changing.ReinstatementInput)
    yield path(f"{one}withdraw/", _view(changing.Withdrawal, kind, post=withdraw))
    yield path(f"{one}reinstate/", _view(changing.Reinstatement, kind, post=reinstate))


api = [
    path("patients/", views.Patients.as_view(), name="api-patients"),
    path(PATIENT, views.OnePatient.as_view(), name="api-patient"),
    path(f"{PATIENT}merges/", merges.Merges.as_view(), name="api-merges"),
    path(
        f"{PATIENT}merges/<int:merge>/reversal/",
        merges.Reversal.as_view(),
        name="api-merge-reversal",
    ),
    path("messages/", message_list.MessageList.as_view(), name="api-messages"),
    path("messages/<int:message>/", message_list.OneMessage.as_view(), name="api-message"),
    path(
        "messages/<int:message>/replay/",
        message_list.Replay.as_view(),
        name="api-message-replay",
    ),
    path("hl7v2/", messages.Messages.as_view(), name="api-hl7v2"),
    path("imports/", imports.Imports.as_view(), name="api-imports"),
    path("imports/<uuid:job>/", imports.OneImport.as_view(), name="api-import"),
    path("imports/<uuid:job>/rejects/", imports.Rejects.as_view(), name="api-import-rejects"),
    path("imports/<uuid:job>/approve/", imports.Approve.as_view(), name="api-import-approve"),
    path("imports/<uuid:job>/cancel/", imports.Cancel.as_view(), name="api-import-cancel"),
    *(pattern for kind in facts.KINDS for pattern in _of_a_kind(kind)),
]
fhir_patterns = [*fhir_urls.patterns, re_path(r"^fhir/.*$", outcomes.nothing_here)]
