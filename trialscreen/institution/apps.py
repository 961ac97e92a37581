from __future__ import annotations

from django.apps import AppConfig


class InstitutionConfig(AppConfig):
    name = "trialscreen.institution"
    label = "institution"
    verbose_name = "Institution"

    def ready(self) -> None:
        """Have sign-ins noted, the trail told who acts, and the database's roles checked."""
        from django.conf import settings
        from django.core.checks import Tags, register

        from trialscreen.institution import sessions  # noqa: F401
        from trialscreen.institution.checks import two_roles
        from trialscreen.institution.trail import acting

        roles = two_roles(settings.DATABASES["default"], settings.OWNER_DATABASE)
        register(roles, Tags.security)
        acting.begin()
