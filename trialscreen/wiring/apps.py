from __future__ import annotations

from django.apps import AppConfig
from django.contrib.staticfiles.apps import StaticFilesConfig


class WiringConfig(AppConfig):
    default = True  # of the two in this file
    name = "trialscreen.wiring"
    label = "wiring"
    verbose_name = "Wiring"

    def ready(self) -> None:
        """Make our Celery application the one that ``shared_task`` means, in every process."""
        from eligibility.documentation import DOCUMENTS
        from trialscreen.wiring import celery  # noqa: F401

        DOCUMENTS["docs/access.md"] = access_document


def access_document() -> str:
    """Written of all routes, which no process but the one that writes it has to load for it."""
    from trialscreen.wiring.classified import document

    return document()


class PageFilesConfig(StaticFilesConfig):
    """Collects the files of the pages, without those of packages that no page uses."""

    ignore_patterns = [
        *StaticFilesConfig.ignore_patterns,
        "rest_framework",  # its own pages are switched off
        "drf_spectacular_sidecar/redoc",  # asks another host for fonts
    ]
