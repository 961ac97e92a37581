"""What must hold, whatever arrives: each target takes the bytes of one arrival, and tells what became of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from patients.actions.news import news_among, pieces_of
from patients.actions.receive import names_of
from patients.codes.local import NO_LOCAL_CODES
from patients.facts import Intake
from patients.intake import hl7v2, strict_json
from patients.intake.csv.results import read_header, read_row
from patients.intake.csv.rows import Bad, rows
from patients.intake.fhir import read_bundle
from patients.intake.hl7v2 import NotReadable
from patients.intake.lines import lines, unpacked
from patients.intake.problems import Refused
from patients.models import ReceivedResource
from patients.stored import Held, read_held
from tests.hl7v2.test_reading import LABORATORY
from tests.strangers.test_damaged import ON, WHO, ZONE, explained, outcome


def fhir(raw: bytes) -> str:
    """A Bundle: read and the same when read again, or refused with its reason."""
    return outcome(raw)


def two_deliveries(raw: bytes) -> str:
    """Two Bundles of one patient (`first`, `second`): each that was taken by itself is read beside the other, and sent
    again it is no news."""
    try:
        both = strict_json.parse(raw)
    except Refused as fault:
        explained(fault)
        return "refused"
    trees = [both.get(name) for name in ("first", "second")] if isinstance(both, dict) else []
    try:
        for tree in trees:
            _read(tree)
    except Refused as fault:
        explained(fault)
        return "refused"
    if not trees or not all(isinstance(tree, dict) and names_of(tree) for tree in trees):
        return "nameless"
    held: list[ReceivedResource] = []
    for tree in trees:
        held += _kept(tree, held)
    read_held(Held(WHO, held), ZONE, local_codes=NO_LOCAL_CODES)
    assert not _kept(trees[-1], held), "sent again it is news"
    return "read"


def _kept(tree: Any, held: list[ReceivedResource]) -> list[ReceivedResource]:
    known = [(row.key, row.digest, False) for row in held]
    return [
        ReceivedResource(pk=pk, patient_id=WHO, source="s", received_on=ON, **piece._asdict())
        for pk, piece in enumerate(news_among(pieces_of(tree), known), start=len(held) + 1)
    ]


def messages(raw: bytes) -> str:
    """HL7 v2: read into what the reader of FHIR takes, or refused with its place."""
    try:
        batch = hl7v2.unpack(raw)
        for one in batch.messages:
            hl7v2.peek(one)
            message = hl7v2.parse(one, charset=LABORATORY.charset)
            _taken(hl7v2.read_message(message, LABORATORY).results)
    except NotReadable as refused:
        return "refused" if refused.faults else _unexplained(refused)
    return "read"


def table(raw: bytes) -> str:
    """CSV: each row read into what the reader of FHIR takes, or refused with its reason."""
    try:
        coming = rows(lines(unpacked([raw])))
        header = read_header(next(coming, None))
        for row in coming:
            read = row if isinstance(row, Bad) else read_row(row, header, ZONE)
            if not isinstance(read, Bad):
                _taken([read.observation])
            elif not read.faults:
                raise AssertionError(f"line {read.number} is refused without a reason")
    except Refused as refused:
        return "refused" if refused.issues else _unexplained(refused)
    return "read"


def _unexplained(refused: Exception) -> str:
    raise AssertionError("refused without a reason") from refused


def _taken(results: Any) -> None:
    """What we make of other forms is read whole."""
    of = {"subject": {"reference": "Patient/p"}}
    resources = [{"resourceType": "Patient", "id": "p"}, *({**one, **of} for one in results)]
    entry = [{"resource": one} for one in resources]
    tree = {"resourceType": "Bundle", "type": "collection", "entry": entry}
    intake = _read(strict_json.parse(strict_json.write(tree)))
    assert intake.account.received == len(resources)
    assert not intake.account.by_outcome.get("unread"), intake.account


def _read(tree: object) -> Intake:
    return read_bundle(tree, received_on=ON, zone=ZONE)


TARGETS: Mapping[str, Callable[[bytes], str]] = {
    "fhir": fhir,
    "two-deliveries": two_deliveries,
    "hl7v2": messages,
    "csv": table,
}
TREES = frozenset({"fhir", "two-deliveries"})
"""Those whose arrivals are JSON, and are changed as trees."""
