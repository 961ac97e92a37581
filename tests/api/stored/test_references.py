"""Nothing that a bundle refers to is fetched: an address in it is kept or passed over, and never asked.

Whoever may send records would else choose what a server inside a hospital's network asks for.
"""

from __future__ import annotations

import json
import re
import socket
import threading
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any
from urllib.request import urlopen
from uuid import UUID

import pytest
from django.test import Client

from eligibility.actions import assess
from tests.api.stored.conftest import Asker, patient_in
from tests.api.stored.test_fhir import bundle_of
from tests.workflow.staffed import PROTOCOL
from trialscreen.institution.models import Site
from trialscreen.institution.scope import use_sites

pytestmark = [pytest.mark.django_db, pytest.mark.requirement(59)]
DRY_RUN = "/api/v1/trials/NCT00514085/evaluate/"
PAGE = "/trials/NCT00514085/evaluate/"


class Listener:
    """A server on the loopback that notes the first line of everything it is asked."""

    def __init__(self) -> None:
        self.heard: list[bytes] = []
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.at = f"127.0.0.1:{self.socket.getsockname()[1]}"
        self.thread = threading.Thread(target=self._listen, daemon=True)
        self.thread.start()

    def _listen(self) -> None:
        while True:
            try:
                asker, _ = self.socket.accept()
            except OSError:
                return
            with asker:
                asker.settimeout(2)
                self.heard.append(_first_line(asker))

    def close(self) -> None:
        self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()
        self.thread.join(5)


def _first_line(asker: socket.socket) -> bytes:
    """Also of one who connects and says nothing, or greets for TLS."""
    try:
        said = asker.recv(200).partition(b"\r\n")[0]
        asker.sendall(b"HTTP/1.1 204 Nothing\r\nConnection: close\r\n\r\n")
    except OSError:
        return b"(nothing said)"
    return said


@pytest.fixture
def listener() -> Iterator[Listener]:
    held = Listener()
    yield held
    held.close()


def referring(bundle: dict[str, Any], at: str) -> dict[str, Any]:
    """The bundle with an address of the listener wherever FHIR has room for one, its patient's own aside."""
    person = next(
        entry["resource"]["id"]
        for entry in bundle["entry"]
        if entry["resource"]["resourceType"] == "Patient"
    )
    for scheme in ("http", "https"):
        base = f"{scheme}://{at}"
        for place, entry in enumerate(bundle["entry"]):
            resource = entry["resource"]
            meta = resource.setdefault("meta", {})
            meta.setdefault("profile", []).append(f"{base}/profile/{place}")
            meta["source"] = f"{base}/source/{place}"
            resource["text"] = _narrative(base)
            resource.setdefault("extension", []).append(
                {"url": f"{base}/extension", "valueUri": f"{base}/value"}
            )
            if resource["resourceType"] == "Patient":
                resource["photo"] = [{"contentType": "image/png", "url": f"{base}/photo.png"}]
                resource["managingOrganization"] = {"reference": f"{base}/Organization/1"}
            else:
                resource["encounter"] = {"reference": f"{base}/Encounter/{place}"}
        bundle["link"] = [{"relation": "self", "url": f"{base}/Bundle/1"}]
        bundle["entry"] += [_document(base, person), _result(base, f"Patient/{person}")]
    return bundle


def of_elsewhere(bundle: dict[str, Any], at: str) -> dict[str, Any]:
    """With rules and a patient that only the listener has: such a bundle is refused whole."""
    bundle["entry"][1]["resource"]["implicitRules"] = f"http://{at}/rules"
    bundle["entry"].append(_result(f"http://{at}", f"http://{at}/Patient/1"))
    return bundle


def _narrative(base: str) -> dict[str, str]:
    inside = (
        f"<img src='{base}/narrative.png'/><a href='{base}/link'>more</a>"
        f"<link rel='stylesheet' href='{base}/style.css'/><object data='{base}/object'></object>"
    )
    return {
        "status": "generated",
        "div": f"<div xmlns='http://www.w3.org/1999/xhtml'>{inside}</div>",
    }


def _document(base: str, person: str) -> dict[str, Any]:
    resource = {
        "resourceType": "DocumentReference",
        "id": f"document-{base.partition(':')[0]}",
        "status": "current",
        "subject": {"reference": f"Patient/{person}"},
        "content": [{"attachment": {"contentType": "text/plain", "url": f"{base}/report.txt"}}],
    }
    return {"resource": resource, "fullUrl": f"{base}/DocumentReference/1"}


def _result(base: str, subject: str) -> dict[str, Any]:
    """Of a specimen, of people and in codes that only another server has."""
    resource = {
        "resourceType": "Observation",
        "id": f"elsewhere-{base.partition(':')[0]}",
        "status": "final",
        "subject": {"reference": subject},
        "performer": [{"reference": f"{base}/Practitioner/1"}],
        "specimen": {"reference": f"{base}/Specimen/1"},
        "code": {"coding": [{"system": f"{base}/codes", "code": "777-3"}]},
        "effectiveDateTime": "2026-11-20",
        "valueQuantity": {"value": 180, "unit": "10*3/uL", "system": f"{base}/units"},
    }
    return {"resource": resource, "fullUrl": f"{base}/Observation/1"}


@pytest.fixture
def reach_out(today: date, listener: Listener) -> dict[str, Any]:
    return referring(bundle_of("meets-everything", today), listener.at)


def test_the_listener_would_hear(listener: Listener) -> None:
    """Else its silence would show nothing."""
    with urlopen(f"http://{listener.at}/anything", timeout=5):
        pass
    with socket.create_connection(("127.0.0.1", int(listener.at.partition(":")[2])), timeout=5):
        pass
    listener.thread.join(0.2)
    assert listener.heard[0] == b"GET /anything HTTP/1.1"


def test_a_delivery_fetches_nothing(
    ehr: Asker, reach_out: dict[str, Any], listener: Listener, today: date, toronto: Site
) -> None:
    """Neither as it is taken, nor as it is assessed, nor as it is shown."""
    reach_out["type"] = "batch"
    answer = ehr.send(json.dumps(reach_out))
    assert answer.status_code == 200, answer.content[:500]
    patient = patient_in(answer)
    with use_sites([toronto.pk]):
        assess(UUID(patient), protocol=PROTOCOL, on=today)
    for at in ("", "lab-results/", "eligibility/?trial=NCT00514085"):
        assert ehr.get(f"/api/v1/patients/{patient}/{at}").status_code == 200
    assert listener.heard == []


@pytest.mark.parametrize("kind", ["transaction", "batch"])
def test_who_is_somewhere_else_is_not_fetched(
    ehr: Asker, reach_out: dict[str, Any], listener: Listener, kind: str
) -> None:
    reach_out["type"] = kind
    answer = ehr.send(json.dumps(of_elsewhere(reach_out, listener.at)))
    assert answer.status_code == 422, answer.content[:500]
    assert listener.heard == []


def by_the_interface(raw: str) -> Any:
    return Client().post(DRY_RUN, raw, content_type="application/fhir+json")


def by_the_page(raw: str) -> Any:
    return Client().post(PAGE, {"bundle": raw})


@pytest.mark.parametrize("elsewhere", [False, True])
@pytest.mark.parametrize("send", [by_the_interface, by_the_page])
def test_a_dry_run_fetches_nothing_and_leads_no_browser_there(
    reach_out: dict[str, Any],
    listener: Listener,
    send: Callable[[str], Any],
    elsewhere: bool,
) -> None:
    """Nor does the page show anything that a browser would fetch."""
    if elsewhere:
        of_elsewhere(reach_out, listener.at)
    answer = send(json.dumps(reach_out))
    assert answer.status_code == (422 if elsewhere else 200), answer.content[:500]
    leading = re.compile(rf"(?:src|href|data|srcset|action)=[\"'][^\"']*{listener.at}")
    assert not leading.search(answer.content.decode())
    assert listener.heard == []
