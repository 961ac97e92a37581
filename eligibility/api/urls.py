"""Addresses of the programming interface, below ``/api/v1/``."""

from __future__ import annotations

urlpatterns: list = []
