"""What an API client may do, site by site."""

from __future__ import annotations

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models

from trialscreen.institution.models.sites import Site
from trialscreen.institution.rights import May
from trialscreen.institution.smart_scopes import Granted, read_scope

# As a grant keeps them: SMART scopes in the letters of version 2.
_WORDS = [str(may).replace(".", r"\.") for may in May]
_ONE = "(" + "|".join([*_WORDS, r"system/(\*|[A-Z][A-Za-z]{1,63})\.(?=[cruds])c?r?u?d?s?"]) + ")"
_RIGHTS = frozenset(str(may) for may in May)


def validate_scopes(given: str) -> None:
    unknown = sorted(each for each in set(given.split()) - set(May) if read_scope(each) is None)
    if unknown:
        raise ValidationError(f"unknown scope: {', '.join(unknown)}")


class ApiGrant(models.Model):
    """One client's rights at one site. A client without a grant may do nothing anywhere."""

    application = models.ForeignKey(
        settings.OAUTH2_PROVIDER_APPLICATION_MODEL, on_delete=models.CASCADE, related_name="grants"
    )
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="api_grants")
    scopes = models.CharField(max_length=2000, validators=[validate_scopes])
    """Names of :class:`~trialscreen.institution.rights.May` and SMART scopes of systems, separated by spaces."""

    class Meta:
        ordering = ["application", "site"]
        constraints = [
            models.UniqueConstraint(
                fields=["application", "site"], name="apigrant_is_one_for_client_and_site"
            ),
            models.CheckConstraint(
                condition=models.Q(scopes__regex=rf"^{_ONE}( {_ONE})*$"),
                name="apigrant_scopes_are_known",
                violation_error_message="A grant names at least one scope, and only known ones.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.application} · {self.site} · {self.scopes}"

    @property
    def allowed(self) -> frozenset[May]:
        return frozenset(May(each) for each in self.scopes.split() if each in _RIGHTS)

    @property
    def granted(self) -> Granted:
        """Rights and SMART scopes together, as they hold at ``/fhir``."""
        read = (read_scope(each) for each in self.scopes.split())
        return Granted(self.allowed, tuple(each for each in read if each is not None))
