"""The record version as a strong entity tag, and what a client asks of it."""

from __future__ import annotations

from rest_framework.request import Request

from patients.api.refusals import Stale, Unconditional
from patients.merged import hold
from patients.models import Patient


def entity_tag(patient: Patient) -> str:
    """Strong: the same version is the same record, byte for byte."""
    return f'"{patient.record_version}"'


def check_unchanged(request: Request, patient: Patient, *, required: bool = False) -> None:
    """Hold the patient until the end of the transaction, and compare with ``If-Match`` if it is given.

    Raises:
        Unconditional: it is `required` and was not given.
        Stale: the record is at another version; a weak tag never matches (RFC 9110, 8.8.3.2).
    """
    asked = request.headers.get("If-Match")
    if asked is None:
        if required:
            raise Unconditional
        return
    held = hold(patient.pk)[patient.pk]
    if asked.strip() != "*" and entity_tag(held) not in [tag.strip() for tag in asked.split(",")]:
        raise Stale


def is_known(request: Request, patient: Patient) -> bool:
    """Whether the client says (``If-None-Match``) that it has this version already."""
    tags = [
        tag.strip().removeprefix("W/")
        for tag in request.headers.get("If-None-Match", "").split(",")
    ]
    return entity_tag(patient) in tags
