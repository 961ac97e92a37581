"""ORC, OBR, OBX, NTE, SPM: the orders of a message, and each result of them as a FHIR Observation."""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Final

from patients.intake.hl7v2.coded import concept, main_code
from patients.intake.hl7v2.faults import Fault, NotReadable, Remark, refuse
from patients.intake.hl7v2.sending import Sender
from patients.intake.hl7v2.syntax import Message, Segment
from patients.intake.hl7v2.times import Time, read_time
from patients.intake.hl7v2.values import range_of, value_of

STATUSES: Final = {
    "F": "final",
    "U": "final",
    "C": "corrected",
    "P": "preliminary",
    "S": "preliminary",
    "I": "preliminary",
    "R": "preliminary",
    "X": "cancelled",
    "N": "cancelled",
    "D": "entered-in-error",
    "W": "entered-in-error",
}
"""OBX-11 (HL7 table 0085) in FHIR's words."""
_OF_AN_EARLIER_ONE: Final = ("C", "D", "W")


@dataclass(slots=True)
class Result:
    """One OBX with the notes below it."""

    obx: Segment
    notes: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Order:
    """One OBR, the ORC before it, and what stands below it."""

    obr: Segment
    orc: Segment | None
    results: list[Result] = field(default_factory=list)
    specimens: list[Segment] = field(default_factory=list)


def observations(message: Message, sender: Sender, remarks: list[Remark]) -> list[dict[str, Any]]:
    """The results of a message as Observations without a subject.

    Raises:
        NotReadable: with every reason; of a message all results are applied or none.
    """
    faults: list[Fault] = []
    made: list[tuple[Segment, dict[str, Any]]] = []
    for order in _orders(message):
        for result in order.results:
            try:
                made.append((result.obx, _observation(order, result, message, sender, remarks)))
            except NotReadable as refused:
                faults += refused.faults
    faults += _twice(made)
    if faults:
        raise NotReadable(*dict.fromkeys(faults))
    if not made:
        refuse("missing-segment", "OBX", "The message holds no result.")
    return [resource for _, resource in made]


def _orders(message: Message) -> list[Order]:
    orders: list[Order] = []
    orc: Segment | None = None
    below_result = False
    for one in message.segments:
        if one.name == "ORC":
            orc = one
        elif one.name == "OBR":
            orders.append(Order(one, orc))
            orc, below_result = None, False
        elif one.name in ("OBX", "SPM"):
            if not orders or orc is not None:
                refuse("segment", f"line {one.line}", f"{one.name} stands below no OBR.")
            if one.name == "OBX":
                orders[-1].results.append(Result(one))
            else:
                orders[-1].specimens.append(one)
            below_result = one.name == "OBX"
        elif one.name == "NTE" and below_result:
            orders[-1].results[-1].notes += [
                one.parts(3, n).whole(1) for n in range(len(one.repetitions(3)))
            ]
    return orders


def _observation(
    order: Order, result: Result, message: Message, sender: Sender, remarks: list[Remark]
) -> dict[str, Any]:
    obx = result.obx
    code = concept(obx.parts(3), sender)
    if not code:
        refuse("missing-field", obx.place(3), "The result does not say what was measured.")
    said = obx.text(11)
    status = STATUSES.get(said)
    if status is None:
        missing = "The result does not say whether it is final." if not said else ""
        told = f"“{said[:10]}” is no status of a result ({', '.join(STATUSES)})."
        refuse("table-value" if said else "missing-field", obx.place(11), missing or told)
    made: dict[str, Any] = {"resourceType": "Observation", "status": status, "code": code}
    made |= _identity(order, obx, main_code(code) or code.get("text", ""), sender, remarks)
    made |= _times(order, obx, message, sender)
    if status == "entered-in-error":
        return made
    made |= value_of(obx, sender, remarks) | range_of(obx)
    return made | _beside(result, sender)


def _identity(
    order: Order, obx: Segment, code: str, sender: Sender, remarks: list[Remark]
) -> dict[str, Any]:
    """By what a later message names the same result: filler order (else placer order), code, sub-id."""
    for placer, segment, at in (
        (False, order.obr, 3),
        (False, order.orc, 3),
        (True, order.obr, 2),
        (True, order.orc, 2),
    ):
        parts = segment.parts(at) if segment is not None else None
        if parts is None or not (number := parts.text(1)):
            continue
        system = sender.orders_of(*(parts.text(n) for n in (2, 3, 4)), placer=placer)
        value = "|".join(one.replace("|", "||") for one in (number, code, obx.text(4)))
        digest = sha256(f"{system} {value}".encode()).hexdigest()
        return {"id": f"hl7-{digest[:40]}", "identifier": [{"system": system, "value": value}]}
    if obx.text(11) in _OF_AN_EARLIER_ONE:
        told = (
            "A correction or withdrawal needs the order number (OBR-3) of the result that it is of."
        )
        refuse("no-order", order.obr.place(3), told)
    told = "Without an order number (OBR-3) no later message can correct this result."
    remarks.append(Remark("not-identified", obx.place(3), told))
    return {}


def _times(order: Order, obx: Segment, message: Message, sender: Sender) -> dict[str, Any]:
    issued = _issued(order, message, sender)
    if issued is None and obx.text(11) in _OF_AN_EARLIER_ONE:
        told = "Neither OBR-22 nor MSH-7 says when the correction was issued."
        refuse("missing-field", order.obr.place(22), told)
    said = _collected(order, obx, sender)
    return said | ({"issued": issued.text} if issued else {})


def _collected(order: Order, obx: Segment, sender: Sender) -> dict[str, Any]:
    """SPM-17 where it is given, else OBR-7, else OBX-14."""
    spans = set()
    for spm in order.specimens:
        parts = spm.parts(17)
        begin, end = (read_time(parts.text(n), spm.place(17, n), sender.zone) for n in (1, 2))
        if begin or end:
            spans.add((begin, end))
    if len(spans) > 1:
        told = "The specimens of one order were collected at different times: which is that of the results?"
        refuse("data-type", order.specimens[-1].place(17), told)
    if spans:
        begin, end = spans.pop()
        if begin and end and begin != end:
            return {"effectivePeriod": {"start": begin.text, "end": end.text}}
        return {"effectiveDateTime": (end or begin).text}  # type: ignore[union-attr] # one of them is
    obr = order.obr
    at = read_time(obr.text(7), obr.place(7), sender.zone)
    at = at or read_time(obx.text(14), obx.place(14), sender.zone)
    return {"effectiveDateTime": at.text} if at else {}


def _issued(order: Order, message: Message, sender: Sender) -> Time | None:
    """OBR-22, else MSH-7: a day without its time of day gives way to the time of a message of that day or later.

    Versions of a result speak in the order in which they were issued, and a day begins at midnight: a correction with
    a bare day would stand before what it corrects.
    """
    own = read_time(order.obr.text(22), order.obr.place(22), sender.zone)
    sent = read_time(message.msh.text(7), "MSH[1]-7", sender.zone)
    if own is None or (
        not own.to_the_minute and sent and sent.to_the_minute and sent.day >= own.day
    ):
        return sent or own
    return own


def _beside(result: Result, sender: Sender) -> dict[str, Any]:
    """Laboratory, flags, method and notes."""
    obx = result.obx
    laboratory = obx.text(23) or obx.text(15, 2) or obx.text(15) or sender.laboratory
    said: dict[str, Any] = {"performer": [{"display": laboratory}]} if laboratory else {}
    if obx.text(8):
        flags = [
            text
            for n in range(len(obx.written(8).split(obx.signs.repetition)))
            if (text := obx.parts(8, n).text(1))
        ]
        said["interpretation"] = [{"text": ", ".join(flags)}]
    if method := concept(obx.parts(17), sender):
        said["method"] = method
    if notes := [{"text": one} for one in result.notes if one]:
        said["note"] = notes
    return said


def _twice(made: list[tuple[Segment, dict[str, Any]]]) -> list[Fault]:
    """Results with one identity: which of them would speak is not for us to say."""
    seen: dict[str, Segment] = {}
    faults = []
    for obx, resource in made:
        first = seen.setdefault(resource.get("id", f"alone {obx.number}"), obx)
        if first is not obx:
            told = f"Order, code and OBX-4 are those of {first.place(3)}: the two cannot be told apart."
            faults.append(Fault("two-results", obx.place(4), told))
    return faults
