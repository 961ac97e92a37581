"""What can be wrong with what was sent: the closed list of codes, each with its sentence.

Two kinds share the list. *Refusals* end the whole intake (`Refused`); *reasons* stand beside a single record that is
kept and shown but not used (`patients.facts.Notice.reason`). Nothing else may be raised by intake.
"""

from __future__ import annotations

import re
from typing import NamedTuple

REFUSALS: dict[str, str] = {
    "not-utf-8": "The data is not UTF-8 text.",
    "not-json": "The data is not JSON.",
    "too-large": "The data is larger than 10 MB.",
    "too-deep": "The data is nested more than 64 levels deep.",
    "duplicate-key": "An object gives the same key twice.",
    "not-a-number": "NaN and Infinity are not numbers.",
    "absurd-number": "A number has more than 40 digits, or an exponent beyond 40.",
    "bad-character": "A text holds a NUL or half of a surrogate pair.",
    "not-a-bundle": "The data is not a FHIR Bundle.",
    "bundle-type": "The Bundle is not of type collection, batch, transaction or searchset.",
    "no-patient": "The Bundle holds no Patient.",
    "two-patients": "The Bundle holds more than one Patient.",
    "patient-unreadable": "The Patient of the Bundle could not be read.",
    "other-patient": "A resource belongs to another patient.",
    "dangling-reference": "A resource refers to a patient that is not in the Bundle.",
    "transaction-unreadable": "A transaction is taken whole or not at all, and a part of it cannot be read.",
}
"""Why a whole delivery is refused."""

REASONS: dict[str, str] = {
    # could not be read
    "malformed": "An element does not have the shape that FHIR gives it.",
    "missing-element": "A required element is missing.",
    "missing-subject": "The record does not say whose it is.",
    "modifier-extension": "An unknown modifier extension may change what the record means.",
    "implicit-rules": "The record is to be read by rules that are not known here.",
    "no-resource": "The entry carries no resource.",
    # set aside
    "entered-in-error": "The record was entered in error.",
    "refuted": "The diagnosis was refuted.",
    "not-done": "The treatment was not done.",
    "not-begun": "The treatment is in preparation.",
    "not-taken": "The drug was not taken.",
    "intended": "The drug is only intended.",
    "draft": "The order is a draft.",
    "cancelled": "The order or the test was cancelled.",
    "do-not-perform": "The order says not to give the drug.",
    "not-an-order": "The request is a proposal, a plan or an option, not an order.",
    "not-final": "The result is registered or preliminary, or its status is unknown.",
    "pre-study": "The status of the study participation does not count.",
    "about-another": "The observation is about somebody or something else than the patient.",
    "set-aside-by-coordinator": "A coordinator set the record aside.",
    "set-aside-without-effect": "The record to set aside is not among the records of the Bundle.",
    # unrecognised and not used
    "unrecognised-code": "No code of the record is in the dictionary.",
    "no-code": "The record carries no code.",
    "drug-not-found": "The record refers to a medication that is not in the Bundle.",
    "not-used": "The code is known, and no criterion uses it.",
    "type-not-used": "Records of this type are kept, and no criterion uses them.",
    "extension-not-used": "Extensions of this kind are kept, and no criterion uses them.",
    "no-measurement": "The observation carries no value that a criterion uses.",
    "no-conclusion": "The report carries no coded conclusion that confirms a melanoma.",
    # used, with a remark
    "time-zone-missing": "A time is given without its time zone; only its date is used.",
    "local-code": "The site's own map of local codes says what the code means.",
    "beside-local-code": "The code is not recognised; the record is read by another of its codes.",
    "more-pages": "The Bundle is one page of several; the other pages were not sent.",
}
"""Why a record, or a code of one, is kept and shown beside the facts."""


class Issue(NamedTuple):
    """One thing that is wrong, and where.

    `place` is a JSON pointer (``/entry/3/resource/subject``), a FHIRPath (``Bundle.entry[3].resource.subject``), a
    position (``line 3, column 7``) or empty for the whole.
    """

    place: str
    code: str
    detail: str


class Refused(Exception):
    """The delivery as a whole was refused; nothing of it was used."""

    def __init__(self, issues: tuple[Issue, ...]) -> None:
        super().__init__("; ".join(f"{i.place or 'whole'}: {i.detail}" for i in issues))
        self.issues = issues


def refuse(place: str, code: str, detail: str = "") -> Refused:
    """A refusal for one reason; `detail` defaults to the sentence of `code`."""
    return Refused((Issue(place, code, detail or REFUSALS[code]),))


_BESIDE = frozenset(
    (
        *("on", "received_on", "time_zone", "attestations", "set_aside", "policy"),
        *("reference_ranges", "local_codes"),
    )
)
"""What stands beside a Bundle in a request for a dry run: no path of the Bundle leads there."""

_INDEX = re.compile(r"^(0|[1-9][0-9]*)$")


_RESOURCE = re.compile(r"[A-Z][A-Za-z]*(?:\.|$)")
"""The beginning of a FHIRPath: ``Bundle.entry[3]``, ``Observation.status``."""


def expression(place: str) -> str | None:
    """`place` as a FHIRPath from the resource, or None where there is none (a line and column, the whole)."""
    if not place.startswith("/"):
        return place if _RESOURCE.match(place) else None
    steps = place[1:].split("/")
    if steps[0] in _BESIDE:
        return None
    path = "Bundle"
    for step in steps[1:] if steps[0] == "bundle" else steps:
        name = step.replace("~1", "/").replace("~0", "~")
        path += f"[{name}]" if _INDEX.match(name) else f".{name}"
    return path


_STEP = re.compile(r"[^.\[\]]+")


def pointer(place: str) -> str:
    """A place as a JSON pointer (RFC 6901); empty, the whole, for a line and column.

    ``Bundle.entry[3].resource.subject`` is ``/entry/3/resource/subject``.
    """
    if place.startswith("/") or not place:
        return place
    if place.startswith("line "):
        return ""
    steps = _STEP.findall(place)
    if steps[:1] == ["Bundle"]:
        steps = steps[1:]
    return "".join(f"/{step.replace('~', '~0')}" for step in steps)


_FHIR_TYPES = {
    "not-utf-8": "structure",
    "not-json": "structure",
    "too-large": "too-long",
    "too-deep": "structure",
    "duplicate-key": "structure",
    "not-a-number": "value",
    "absurd-number": "value",
    "bad-character": "value",
    "bundle-type": "not-supported",
    "no-patient": "required",
    "two-patients": "business-rule",
    "other-patient": "business-rule",
    "dangling-reference": "not-found",
}


def operation_outcome(refused: Refused) -> dict[str, object]:
    """The refusal as a FHIR R4 OperationOutcome, one issue for each fault, with its place as `expression`."""
    return {"resourceType": "OperationOutcome", "issue": [_issue(one) for one in refused.issues]}


def _issue(issue: Issue) -> dict[str, object]:
    path = expression(issue.place)
    where = "" if path is not None or not issue.place else f" ({issue.place})"
    outcome: dict[str, object] = {
        "severity": "error",
        "code": _FHIR_TYPES.get(issue.code, "invalid"),
        "details": {"text": REFUSALS.get(issue.code) or REASONS.get(issue.code) or issue.detail},
        "diagnostics": f"{issue.detail}{where}",
    }
    if path is not None:
        outcome["expression"] = [path]
    return outcome
