"""The OAuth scopes that a client may ask for: those of its grants."""

from __future__ import annotations

from typing import Any

from oauth2_provider.scopes import BaseScopes

from trialscreen.institution.rights import IN_WORDS


class GrantedScopes(BaseScopes):
    """A client that asks for no scope gets all it was granted; more than that is refused."""

    def get_all_scopes(self) -> dict[str, str]:
        return {str(may): words for may, words in IN_WORDS.items()}

    def get_available_scopes(
        self, application: Any = None, request: Any = None, *args: Any, **kwargs: Any
    ) -> list[str]:
        if application is None:
            return []
        return sorted({str(may) for grant in application.grants.all() for may in grant.allowed})

    def get_default_scopes(
        self, application: Any = None, request: Any = None, *args: Any, **kwargs: Any
    ) -> list[str]:
        return self.get_available_scopes(application)
