"""The settings of a server that a test starts: the real ones, with files of pages where they lie."""

from __future__ import annotations

from trialscreen.wiring.settings import *  # noqa: F403
from trialscreen.wiring.settings import STORAGES, THROTTLES

STORAGES = STORAGES | {
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
}
WHITENOISE_AUTOREFRESH = True
WHITENOISE_USE_FINDERS = True
THROTTLES = dict.fromkeys(THROTTLES, 1_000_000)
