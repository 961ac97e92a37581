from __future__ import annotations

from trialscreen.wiring.formats.en.formats import *  # noqa: F403
