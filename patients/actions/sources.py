"""The names of sources that are ours, which no API client may go by: a client is the source of what it sends."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError

from patients.stored import BY_FORM

BY_HAND = "upload"
"""The source of what a person sends."""
BY_COMMAND = "import"
"""The source of files, where the command names no other."""
DEMONSTRATION = "demonstration"
OURS = frozenset({BY_FORM, BY_HAND, BY_COMMAND, DEMONSTRATION})
LONGEST = 100


def refuse_our_names(client_id: str) -> None:
    """Raises ValidationError for a client's id under which it would pass for one of our own sources."""
    if client_id.strip().casefold() in OURS:
        raise ValidationError(f"“{client_id}” is the name of a source of ours; choose another.")
    if not client_id.strip() or len(client_id) > LONGEST:
        raise ValidationError(f"The id of a client has 1 to {LONGEST} characters.")


def check_client(*, instance: Any, **_: Any) -> None:
    """Before a client is saved, however that comes about."""
    try:
        refuse_our_names(instance.client_id)
    except ValidationError as fault:
        raise ValidationError({"client_id": fault.messages}) from None
