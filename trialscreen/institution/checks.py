"""What Django checks before it serves: that two roles in the database stand behind the application's own checks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.core import checks

from trialscreen.institution.database_roles import APPLICATION_ROLE

ONE_ROLE = (
    "One database role alone is configured (DATABASE_URL): whoever serves owns the tables. Row-level security is "
    "forced and keeps sites apart for an owner too, unless it is a superuser; but an owner may edit and delete what is "
    "only added to (records, signatures, deviations), and may switch row-level security and the trail off."
)
HINT = (
    f"Let DATABASE_URL name {APPLICATION_ROLE} and give the owner of the tables to `migrate` alone, as "
    "OWNER_DATABASE_URL (docs/decisions/database-roles.md). Where DATABASE_URL names another login that is a member "
    f"of {APPLICATION_ROLE} and owns nothing, name the owner wherever this is said."
)


def two_roles(
    database: Mapping[str, Any], owner: Mapping[str, Any] | None
) -> Callable[..., list[checks.CheckMessage]]:
    """A check of these settings as they are now: `migrate` works as the owner later on.

    No database is asked; a command that needs none runs without.
    """
    named = bool(database.get("NAME"))
    alone = named and one_role_alone(database, owner)

    def check(**_: Any) -> list[checks.CheckMessage]:
        return [checks.Warning(ONE_ROLE, hint=HINT, id="institution.W001")] if alone else []

    return check


def one_role_alone(database: Mapping[str, Any], owner: Mapping[str, Any] | None) -> bool:
    """Whether who serves is the owner of the tables too, as far as settings tell."""
    user = database.get("USER") or ""
    return (owner.get("USER") or "") == user if owner is not None else user != APPLICATION_ROLE
