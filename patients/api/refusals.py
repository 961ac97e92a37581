"""Refusals that the framework has no name for."""

from __future__ import annotations

from rest_framework import exceptions


class CannotBeUsed(exceptions.ValidationError):
    """The body is JSON, and its content cannot be used; every fault with its place."""

    status_code = 422


class Stale(exceptions.APIException):
    """What the request was made for is not what is held any more (RFC 9110, 13.1.1)."""

    status_code = 412
    default_detail = "The record has changed since it was read. Read it again."
    default_code = "stale"


class OtherRequest(exceptions.APIException):
    """An Idempotency-Key was used before, for a request that said something else."""

    status_code = 422
    default_detail = "The Idempotency-Key was used before with another request."
    default_code = "idempotency-key-reused"
