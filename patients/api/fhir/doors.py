"""What every address below ``/fhir`` has in common: the form of answers and of refusals."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.utils.http import http_date, parse_http_date_safe
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from patients.actions.repeats import Answer
from patients.api.doors import RecordDoor
from patients.api.fhir.covered import Covered
from patients.api.fhir.refusals import FhirRefusal
from patients.api.outcomes import MEDIA_TYPE, fhir_answer, outcome
from patients.api.reading import BundleBytes, BundleBytesAsJson
from patients.intake import strict_json
from patients.intake.problems import Issue, Refused, expression, operation_outcome
from trialscreen.institution.scope import scope_of
from trialscreen.institution.smart_scopes import Interaction, sites_for

_STATUS = {
    **dict.fromkeys(("not-utf-8", "not-json", "too-deep", "duplicate-key", "bad-character"), 400),
    **dict.fromkeys(("not-a-number", "absurd-number"), 400),
    "too-large": 413,
}
"""What is not exact JSON is a 400 here as in the rest of the interface; what it says is judged afterwards (422)."""
_IN_A_BUNDLE = re.compile(r"Bundle(?:\.entry\[[0-9]+\](?:\.resource)?)?(?=[.\[]|$)")
_AS_JSON = ("json", "application/json", "application/fhir+json", "text/json")
_ACCEPTED = ("application/fhir+json", "application/json", "application/*", "*/*", "text/json")
ALWAYS = ("_format", "_pretty")
"""Parameters that every address takes: the form of the answer is the same whatever `_pretty` says."""


@extend_schema(exclude=True)
class FhirDoor(RecordDoor):
    """An address of the FHIR interface."""

    parser_classes = [BundleBytes, BundleBytesAsJson]
    looking = Interaction.READ
    """What a GET is."""
    sending_is = Interaction.CREATE
    """What a POST is."""

    covered: Covered
    """What who asks may do with other types, and at which site."""

    def allowed_sites(self, request: Request) -> frozenset[int]:
        """Where the type of the address is covered: asked before anything is looked for."""
        methods = {"POST": self.sending_is, "PUT": Interaction.UPDATE, "PATCH": Interaction.UPDATE}
        methods["DELETE"] = Interaction.DELETE
        letter = methods.get(str(request.method), self.looking)
        return sites_for(scope_of(request), self.kwargs.get("kind", "Patient"), letter)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        self.covered = Covered(self.scope)
        accept_json(request)

    def _digest(self) -> str:
        """As ever, and of what is covered: an answer is not repeated for a token that may less than the first."""
        asked, granted = sorted(map(str, self.scope.asked)), sorted(self.scope.granted.items())
        if not asked:
            return super()._digest()
        held = [(site, sorted(one.rights), sorted(map(str, one.system))) for site, one in granted]
        said = f"{asked} {sorted(self.scope.sites)} {held} {super()._digest()}"
        return hashlib.sha256(said.encode()).hexdigest()

    @property
    def base(self) -> str:
        return self.request.build_absolute_uri("/fhir")

    def handle_exception(self, exc: Exception) -> Any:
        """A refusal in FHIR's own form, with the status and headers it would have elsewhere."""
        if isinstance(exc, Refused):
            status = _STATUS.get(exc.issues[0].code, 422)
            exc = _of_one(exc, self.kwargs["kind"]) if "kind" in self.kwargs else exc
            return fhir_answer(operation_outcome(exc), status=status)
        refused = super().handle_exception(exc)
        problem = refused.data or {}
        headers = {k: v for k, v in refused.headers.items() if k.lower() != "content-type"}
        if isinstance(exc, FhirRefusal):
            usual = outcome(refused.status_code, "")["issue"][0]["code"]
            if exc.etag:
                headers["ETag"] = exc.etag
            return fhir_answer(exc.outcome(usual), status=refused.status_code, headers=headers)
        said = outcome(
            refused.status_code, problem.get("detail", ""), errors=problem.get("errors", ())
        )
        return fhir_answer(said, status=refused.status_code, headers=headers)


def _of_one(refused: Refused, kind: str) -> Refused:
    """With the places of a resource that was sent by itself, in no Bundle."""
    issues = []
    for one in refused.issues:
        path = expression(one.place)
        place = one.place if path is None else _IN_A_BUNDLE.sub(kind, path, count=1)
        issues.append(Issue(place, one.code, one.detail))
    return Refused(tuple(issues))


def accept_json(request: Request) -> None:
    """Raises FhirRefusal (406) where who asks takes no JSON."""
    asked = request.query_params.get("_format")
    if asked is not None:
        if asked.partition(";")[0].strip().lower().replace(" ", "+") not in _AS_JSON:
            raise _no_other_form("http._format")
        return
    said = request.headers.get("Accept", "*/*")
    ranges = [one.partition(";")[0].strip().lower() for one in said.split(",")]
    if not set(ranges) & set(_ACCEPTED) and any(ranges):
        raise _no_other_form("http.Accept")


def _no_other_form(where: str) -> FhirRefusal:
    return FhirRefusal(
        406,
        f"The answer is only to be had as {MEDIA_TYPE}.",
        code="not-supported",
        expression=where,
    )


def uuid_or_none(text: str) -> UUID | None:
    """The id of a record: a UUID as we write them, and nothing else that could be read as one."""
    try:
        found = UUID(text)
    except ValueError:
        return None
    return found if str(found) == text.lower() else None


def resource_answer(
    tree: Mapping[str, Any], *, status: int = 200, headers: Mapping[str, str] | None = None
) -> Answer:
    """A resource, every decimal as it was sent."""
    return Answer(
        status, strict_json.write(tree), {"Content-Type": MEDIA_TYPE, **dict(headers or {})}
    )


def of_version(version_id: str, at: datetime) -> dict[str, str]:
    return {"ETag": weak(version_id), "Last-Modified": http_date(at.timestamp())}


def weak(version_id: str) -> str:
    return f'W/"{version_id}"'


def tags(said: str) -> set[str]:
    """The version ids that an ``If-Match`` or ``If-None-Match`` names, weak or strong."""
    return {one.strip().removeprefix("W/").strip('"') for one in said.split(",")}


def unchanged_since(request: Request, version_id: str, at: datetime) -> bool:
    """Whether who asks has this version already (RFC 9110, 13.2.2)."""
    said = request.headers.get("If-None-Match")
    if said is not None:
        return bool(tags(said) & {version_id, "*"})
    since = parse_http_date_safe(request.headers.get("If-Modified-Since", ""))
    return since is not None and int(at.timestamp()) <= since


def not_modified(headers: Mapping[str, str]) -> HttpResponse:
    return HttpResponse(status=304, headers=headers)
