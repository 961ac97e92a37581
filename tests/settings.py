"""The application's own settings, with what a test run has instead of an environment."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

os.environ.setdefault(
    "SECRET_KEY", "of no worth: this key is printed in a public repository, for tests"
)
os.environ.setdefault("ALLOWED_HOSTS", "testserver,localhost,127.0.0.1")
os.environ.setdefault("HTTPS", "0")
os.environ.setdefault("LOG_LEVEL", "WARNING")
# The host is filled in when the first test asks for the database; see tests/conftest.py.
os.environ.setdefault("DATABASE_URL", "postgres://trialscreen@not-started.invalid/trialscreen")

from trialscreen.wiring.settings import *  # noqa: F403
from trialscreen.wiring.settings import STORAGES, THROTTLES

# Quick, because the passwords are worth nothing.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# Most tests are of what comes after signing in; those of signing in itself ask for the second factor again.
SECOND_FACTOR_REQUIRED = False
# One process, so nothing need be shared; and what one run has counted limits no other.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
# Tests of limits set their own.
THROTTLES = dict.fromkeys(THROTTLES, 1_000_000)
# No manifest: files of the pages are served from where they lie.
STORAGES = STORAGES | {
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
}
WHITENOISE_AUTOREFRESH = True
WHITENOISE_USE_FINDERS = True
# An empty folder: what `make run` collected earlier would be served before the files as they are.
STATIC_ROOT = Path(tempfile.gettempdir()) / "trialscreen-tests-nothing-collected"
STATIC_ROOT.mkdir(exist_ok=True)
