"""Reasons of results that were repeated after a failure, over HTTP: in the words and under the policies of the page."""

from __future__ import annotations

from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema, extend_schema_view

from eligibility import actions
from eligibility.api import screenings_schemas as schemas
from eligibility.api.screenings import OneAct
from eligibility.api.screenings_acts import Asked
from eligibility.models import RetestReason
from patients.api.described import ONCE, refusals


def explain(asked: Asked) -> RetestReason:
    return actions.give_reason(
        asked.held.pk,
        criterion=asked.said["criterion"],
        reason=asked.said["reason"],
        text=asked.said.get("text", ""),
        by=asked.by,
        protocol=asked.protocol,
        on=asked.on,
        seen=asked.seen,
    )


@extend_schema_view(
    post=extend_schema(
        operation_id="screenings_retests",
        summary="Say why a result was repeated after a failure, as a person",
        parameters=[ONCE, schemas.IF_UNCHANGED],
        request=schemas.RetestInput,
        responses={(200, "application/json"): schemas.WHOLE, **refusals(**schemas.REFUSED)},
    )
)
class Retests(OneAct):
    """The reason of one retest; all of them are told with the screening."""

    do: ClassVar[Any] = staticmethod(explain)
    takes = schemas.RetestInput
