"""The settings of a history's server: the real ones, without limits, and with passwords that are quick to check."""

from __future__ import annotations

from tests.hardening.served import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
SECOND_FACTOR_REQUIRED = False
