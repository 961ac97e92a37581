"""A laboratory of Toronto whose messages are taken from the hospital system, and what can be asked of the record."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from patients.models import LabResult, MessageSender, ReceivedMessage
from tests.api.stored.conftest import (  # noqa: F401 - fixtures
    Asker,
    coordinator,
    ehr,
    investigator,
    make_client,
    montreal,
    stranger,
    toronto,
)
from tests.hl7v2.writing import segments
from trialscreen.institution.models import Site
from trialscreen.institution.scope import use_sites

HL7 = "application/hl7-v2"


def make_sender(site: Site, **given: Any) -> MessageSender:
    said = {
        "name": "General laboratory",
        "application": "LAB",
        "facility": "GENERAL",
        "laboratory": "General Hospital",
        "source": "hl7v2",
        "client": "ehr",
        "networks": ["127.0.0.0/8"],
    } | given
    with use_sites([site.pk]):
        return MessageSender.objects.create(site=site, **said)


@pytest.fixture
def laboratory(toronto: Site) -> MessageSender:  # noqa: F811
    return make_sender(toronto)


@pytest.fixture
def told(ehr: Asker, laboratory: MessageSender) -> Callable[[bytes], str]:  # noqa: F811
    """Send a message over HTTP; gives MSA-1."""

    def tell(raw: bytes) -> str:
        answer = send(ehr, raw)
        assert answer.status_code == 200, answer.content
        return code(answer.content)

    return tell


def send(asker: Asker, raw: bytes, at: str = "/api/v1/hl7v2/", **also: str) -> Any:
    return asker.post(at, raw, HL7, **also)


def code(ack: bytes) -> str:
    return segments(ack)["MSA"][0][0]


def faults(ack: bytes) -> list[tuple[str, str]]:
    """Place and our own code of each reason in an answer of 2.5 or later."""
    return [(one[1], one[4].split("^")[0]) for one in segments(ack).get("ERR", [])]


@contextmanager
def at_site(site: Site) -> Iterator[None]:
    with use_sites([site.pk]):
        yield


def results(site: Site) -> list[dict[str, Any]]:
    """The current results of everybody of a site."""
    with use_sites([site.pk]):
        held = LabResult.objects.filter(site=site, superseded_version=None).order_by("pk")
        return [one.fact for one in held]


def outcomes(site: Site) -> list[str]:
    with use_sites([site.pk]):
        return list(ReceivedMessage.objects.order_by("pk").values_list("outcome", flat=True))
