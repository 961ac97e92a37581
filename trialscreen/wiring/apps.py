from __future__ import annotations

from django.apps import AppConfig


class WiringConfig(AppConfig):
    name = "trialscreen.wiring"
    label = "wiring"
    verbose_name = "Wiring"
