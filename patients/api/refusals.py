"""Refusals that the framework has no name for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from rest_framework import exceptions


class CannotBeUsed(exceptions.ValidationError):
    """The body is JSON, and its content cannot be used; every fault with its place."""

    status_code = 422


class Explained(exceptions.APIException):
    """A refusal whose sentence, and whose places, are said in the answer."""

    errors: tuple[Mapping[str, str], ...] = ()


class NotTheirs(Explained):
    """What the role of who asks does not allow, and why."""

    status_code = 403
    default_code = "role"


class NothingSaid(Explained):
    """A correction that names nothing."""

    status_code = 422
    default_detail = "Say what is to be corrected."


class Conflict(Explained):
    """What is asked for does not fit what is held (RFC 9110, 15.5.10)."""

    status_code = 409
    default_code = "conflict"

    def __init__(self, detail: str, errors: Iterable[Mapping[str, str]] = ()) -> None:
        super().__init__(detail)
        self.errors = tuple(errors)


class InFlight(Explained):
    """An Idempotency-Key whose first request has not been answered yet."""

    status_code = 409
    wait = 0
    """Whole seconds; the answer says one more."""
    default_detail = "A request with this Idempotency-Key is under way. Ask again in a moment."
    default_code = "idempotency-key-in-use"


class Unconditional(Explained):
    """A change must say of which version it is made (RFC 6585, 3)."""

    status_code = 428
    default_detail = "Say by If-Match which version of the record was read, as in its ETag."
    default_code = "if-match-missing"


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
