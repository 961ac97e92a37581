"""The application as a WSGI server calls it; refuses to start with unsound settings."""

from __future__ import annotations

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "trialscreen.wiring.settings")

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from trialscreen.wiring.environment import demand_sound_environment

demand_sound_environment(settings.PROBLEMS)
application = get_wsgi_application()
