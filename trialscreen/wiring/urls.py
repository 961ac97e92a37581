"""Every address of the application."""

from __future__ import annotations

from csp.constants import NONE, SELF, UNSAFE_INLINE
from csp.decorators import csp_replace
from django.urls import URLPattern, URLResolver, include, path, re_path
from drf_spectacular.views import SpectacularJSONAPIView, SpectacularSwaggerSplitView

from patients.api import urls as records
from trialscreen.institution import smart
from trialscreen.wiring import health, metrics, refusals
from trialscreen.wiring.setup.tables import site as setup

# The documentation's own script styles inline; it shows no data and loads from nowhere else.
looser = csp_replace(
    {
        "style-src": [SELF, UNSAFE_INLINE],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
    }
)

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz/live", health.live, name="health-live"),
    path("healthz/ready", health.ready, name="health-ready"),
    path("metrics", metrics.metrics, name="metrics"),
    path("api/v1/", include("eligibility.api.urls")),
    path("api/v1/", include(records.api)),
    path("fhir/.well-known/smart-configuration", smart.configuration, name="smart-configuration"),
    path("", include(records.fhir_patterns)),
    path("api/schema/", SpectacularJSONAPIView.as_view(), name="schema"),
    path("api/docs/", looser(SpectacularSwaggerSplitView.as_view()), name="api-docs"),
    path("api/docs/problems", refusals.described, name="api-problems"),
    # Below /api/ even "nothing here" is JSON.
    re_path(r"^api(?:/.*)?$", refusals.nothing_here),
    path("", include("eligibility.api.cds.urls")),
    re_path(r"^cds-services(?:/.*)?$", refusals.nothing_here),
    path("setup/", setup.urls),
    path("", include("trialscreen.institution.urls")),
    path("", include("eligibility.urls")),
]

handler400 = refusals.bad_request
handler403 = refusals.forbidden
handler404 = refusals.not_found
handler500 = refusals.failed
