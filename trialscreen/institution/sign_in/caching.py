"""Values of the cache as JSON: whoever can write to the cache server must not be able to run code here."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

PATIENCE = 2.0
"""Seconds: a cache that hangs must not hang every page with it."""


class Json:
    """A serializer for Django's Redis cache; numbers stay bare, so that the server can count with them."""

    def dumps(self, value: Any) -> bytes | int:
        return value if type(value) is int else json.dumps(value).encode()

    def loads(self, held: bytes) -> Any:
        return json.loads(held)


def cache_on(address: str) -> dict[str, Any]:
    """Django's description of a cache on a Redis or Valkey server, beside the broker's queues on the same one."""
    if not address:
        return {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}  # a command, a test
    patience = {"socket_timeout": PATIENCE}
    if address.startswith("redis+socket://"):
        named = urlsplit(address)
        database = parse_qs(named.query).get("virtual_host", ["0"])[0].lstrip("/")
        address = f"unix://{named.path}?db={database}"
    else:
        patience["socket_connect_timeout"] = PATIENCE
    return {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": address,
        "KEY_PREFIX": "trialscreen",
        "OPTIONS": {"serializer": "trialscreen.institution.sign_in.caching.Json", **patience},
    }
