from __future__ import annotations

from django.apps import AppConfig


class InstitutionConfig(AppConfig):
    name = "trialscreen.institution"
    label = "institution"
    verbose_name = "Institution"
