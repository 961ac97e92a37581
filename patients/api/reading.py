"""How a request is read: the body as its bytes or exact JSON, and only the parameters there are."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import IO, Any

from django.http import QueryDict
from rest_framework.exceptions import ParseError, ValidationError
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

from patients.intake import strict_json
from patients.intake.problems import Refused


class BundleBytes(BaseParser):
    """A Bundle untouched: a JSON parser would make floats of decimals."""

    media_type = "application/fhir+json"

    def parse(  # type: ignore[override] # bytes, on purpose
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> bytes:
        return bytes(stream.read())


class BundleBytesAsJson(BundleBytes):
    media_type = "application/json"


class ExactJson(BaseParser):
    """JSON whose decimals are exact, and in which nothing doubtful is let through."""

    media_type = "application/json"

    def parse(  # type: ignore[override] # a tree, on purpose
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> object:
        try:
            return strict_json.parse(stream.read())
        except Refused as refused:
            issue = refused.issues[0]
            where = f" ({issue.place})" if issue.place else ""
            raise ParseError(f"{issue.detail}{where}") from None


class OneForm(BaseContentNegotiation):
    """There is one form of answer; a client that accepts another is still told something."""

    def select_parser(self, request: Request, parsers: Any) -> BaseParser | None:
        content_type = (request.content_type or "").partition(";")[0].strip().lower()
        return next((one for one in parsers if one.media_type == content_type), None)

    def select_renderer(
        self, request: Request, renderers: Any, format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        return renderers[0], renderers[0].media_type


def only(query: QueryDict, known: Collection[str]) -> dict[str, str]:
    """The parameters of an address by name.

    Raises:
        ValidationError: for one that is not known here, and for one that is given twice. What was
            asked must not be answered as if less had been asked.
    """
    faults = {name: "This parameter is not known here." for name in query if name not in known}
    faults |= {
        name: "Give this parameter once."
        for name, values in query.lists()
        if name in known and len(values) > 1
    }
    faults |= {name: "A text holds a NUL." for name in query if "\0" in str(query[name])}
    if faults:
        raise ValidationError({name: [said] for name, said in faults.items()})
    return {name: str(query[name]) for name in query}


def switch(text: str | None, name: str) -> bool | None:
    """``true`` or ``false``; None where it is not given. Raises ValidationError."""
    if text is None:
        return None
    if text not in ("true", "false"):
        raise ValidationError({name: ["Either true or false."]})
    return text == "true"
