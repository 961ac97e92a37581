"""The OAuth scopes that a client may ask for: those of its grants."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from oauth2_provider.scopes import BaseScopes

from trialscreen.institution.rights import IN_WORDS, May
from trialscreen.institution.smart_scopes import MOST_ASKED, narrowed


class GrantedScopes(BaseScopes):
    """A client that asks for no scope gets all it was granted; more rights of ours than that are refused."""

    def get_all_scopes(self) -> dict[str, str]:
        return {str(may): words for may, words in IN_WORDS.items()}

    def get_available_scopes(
        self, application: Any = None, request: Any = None, *args: Any, **kwargs: Any
    ) -> list[str]:
        if application is None:
            return []
        return sorted({each for grant in application.grants.all() for each in grant.scopes.split()})

    def get_default_scopes(
        self, application: Any = None, request: Any = None, *args: Any, **kwargs: Any
    ) -> list[str]:
        return self.get_available_scopes(application)


def given_scopes(application: Any, asked: Iterable[str]) -> list[str] | None:
    """What of `asked` a token is given; None: the request is refused.

    Rights of ours are granted as asked or not at all. SMART scopes are narrowed to what was granted, as their
    specification has it, and the answer says what is left; where that is nothing, it is refused as well.
    """
    words = list(dict.fromkeys(asked))
    if len(words) > MOST_ASKED:
        return None
    grants = list(application.grants.all())
    held = {str(may) for grant in grants for may in grant.allowed}
    ours = [each for each in words if not each.startswith("system/")]
    if any(each not in held for each in ours):
        return None
    smart = narrowed((each for each in words if each not in ours), (one.granted for one in grants))
    return [*ours, *smart] or None


def supported_scopes() -> list[str]:
    """For the public description: our rights, and SMART scopes by example, since any type may stand there."""
    return [
        *(str(may) for may in May),
        "system/*.rs",
        "system/*.cruds",
        "system/*.read",
        "system/Provenance.rs",
        "system/AuditEvent.rs",
    ]
