"""Deviations that people record, over HTTP: in the words and under the policies of the page."""

from __future__ import annotations

from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema, extend_schema_view

from eligibility import actions
from eligibility.api import screenings_schemas as schemas
from eligibility.api.screenings import OneAct
from eligibility.api.screenings_acts import Asked
from eligibility.models import Deviation
from patients.api.described import ONCE, refusals


def record(asked: Asked) -> Deviation:
    return actions.record_deviation(
        asked.held.pk,
        by=asked.by,
        protocol=asked.protocol,
        on=asked.on,
        seen=asked.seen,
        criterion=asked.said.get("criterion", ""),
        text=asked.said["text"],
        occurred_on=asked.said["occurred_on"],
    )


@extend_schema_view(
    post=extend_schema(
        operation_id="screenings_deviations",
        summary="Record what was not as the protocol asks, as a person; it overrides nothing",
        parameters=[ONCE, schemas.IF_UNCHANGED],
        request=schemas.DeviationInput,
        responses={(200, "application/json"): schemas.WHOLE, **refusals(**schemas.REFUSED)},
    )
)
class Deviations(OneAct):
    """Record a deviation; all of them are told with the screening."""

    do: ClassVar[Any] = staticmethod(record)
    takes = schemas.DeviationInput
