"""How the programming interface describes itself, at ``/api/schema/``; part of the settings."""

from __future__ import annotations

SPECTACULAR_SETTINGS = {
    "TITLE": "trialscreen",
    "DESCRIPTION": "A patient's record in, an explained verdict on every criterion out.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.1",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SERVE_INCLUDE_SCHEMA": False,
    # Closed lists of words stand where they are used: several go by the same name.
    "POSTPROCESSING_HOOKS": ["trialscreen.wiring.answers_of_all.said_everywhere"],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
}
