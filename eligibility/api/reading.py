"""How a request is read: the body as its bytes, a day only as ``2026-11-25``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from datetime import date
from typing import IO, Any

from django.http import QueryDict
from rest_framework.exceptions import ValidationError
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class JsonBytes(BaseParser):
    """The body untouched: a JSON parser would make floats of decimals."""

    media_type = "application/json"

    def parse(  # type: ignore[override] # bytes, on purpose
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> bytes:
        return bytes(stream.read())


class FhirBytes(JsonBytes):
    media_type = "application/fhir+json"


class AlwaysJson(BaseContentNegotiation):
    """There is one form of answer; a client that accepts only FHIR is still told something."""

    def select_parser(self, request: Request, parsers: Any) -> BaseParser | None:
        content_type = (request.content_type or "").partition(";")[0].strip().lower()
        return next((one for one in parsers if one.media_type == content_type), None)

    def select_renderer(
        self, request: Request, renderers: Any, format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        return renderers[0], renderers[0].media_type


def day_of(query: QueryDict) -> date | None:
    """The day of ``?on=``, None without one.

    Raises:
        ValidationError: for any other way of writing a day, and for two days.
    """
    values = query.getlist("on")
    if not values:
        return None
    if len(values) == 1 and _DAY.fullmatch(values[0]):
        with suppress(ValueError):
            return date.fromisoformat(values[0])
    raise ValidationError({"on": "One calendar date, written YYYY-MM-DD."}, code="not-a-date")


def switch_of(query: QueryDict, name: str) -> bool:
    """``?name=true`` or ``false``; absent is false."""
    values = query.getlist(name)
    if not values:
        return False
    if values in (["true"], ["false"]):
        return values == ["true"]
    raise ValidationError({name: "Either true or false."}, code="not-a-boolean")
