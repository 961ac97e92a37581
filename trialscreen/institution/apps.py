from __future__ import annotations

from django.apps import AppConfig


class InstitutionConfig(AppConfig):
    name = "trialscreen.institution"
    label = "institution"
    verbose_name = "Institution"

    def ready(self) -> None:
        """Have sign-ins noted (see :mod:`trialscreen.institution.sessions`)."""
        from trialscreen.institution import sessions  # noqa: F401
