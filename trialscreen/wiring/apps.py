from __future__ import annotations

from django.apps import AppConfig


class WiringConfig(AppConfig):
    name = "trialscreen.wiring"
    label = "wiring"
    verbose_name = "Wiring"

    def ready(self) -> None:
        """Make our Celery application the one that ``shared_task`` means, in every process."""
        from trialscreen.wiring import celery  # noqa: F401
