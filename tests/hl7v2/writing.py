"""Messages of invented people, as a laboratory and a register of patients would write them."""

from __future__ import annotations

from collections.abc import Iterable

PLATELETS = "777-3^Platelets^LN"


def msh(
    kind: str = "ORU^R01^ORU_R01",
    control: str = "M1",
    *,
    version: str = "2.5.1",
    application: str = "LAB",
    facility: str = "GENERAL",
    at: str = "20261120101500",
    charset: str = "",
    processing: str = "P",
) -> str:
    return (
        f"MSH|^~\\&|{application}|{facility}|trialscreen|toronto|{at}||{kind}|{control}|{processing}|{version}"
        f"||||||{charset}"
    )


def pid(
    mrn: str = "INV-1^^^GENERAL^MR",
    name: str = "Invented^Ada",
    born: str = "19700102",
    sex: str = "F",
    rest: str = "",
) -> str:
    return f"PID|1||{mrn}||{name}||{born}|{sex}{rest}"


def obr(filler: str = "F-1", *, collected: str = "20261120083000", issued: str = "") -> str:
    return f"OBR|1||{filler}|58410-2^CBC^LN|||{collected}|||||||||||||||{issued}"


def obx(
    value: str = "231",
    *,
    kind: str = "NM",
    code: str = PLATELETS,
    sub: str = "",
    unit: str = "10*9/L^^UCUM",
    limits: str = "150-400",
    status: str = "F",
    rest: str = "",
) -> str:
    return f"OBX|1|{kind}|{code}|{sub}|{value}|{unit}|{limits}||||{status}{rest}"


def written(*segments: str, charset: str = "utf-8") -> bytes:
    return "".join(f"{one}\r" for one in segments).encode(charset)


def oru(
    *results: str,
    control: str = "M1",
    person: str | None = None,
    order: str | None = None,
    head: str | None = None,
) -> bytes:
    """A result message; a platelet count of 231 where nothing else is said."""
    return written(
        head or msh(control=control), person or pid(), order or obr(), *(results or (obx(),))
    )


def adt(event: str, *segments: str, control: str = "A1", version: str = "2.5.1") -> bytes:
    head = msh(f"ADT^{event}", control, version=version)
    return written(head, f"EVN|{event}|20261120101500", *segments)


def segments(ack: bytes) -> dict[str, list[list[str]]]:
    """The segments of an answer by name, each as its fields."""
    found: dict[str, list[list[str]]] = {}
    for line in lines(ack):
        name, *fields = line.split("|")
        found.setdefault(name, []).append(fields)
    return found


def lines(ack: bytes) -> Iterable[str]:
    return [one for one in ack.decode().split("\r") if one]
