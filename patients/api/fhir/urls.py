"""Addresses below ``/fhir`` of what is held of patients."""

from __future__ import annotations

from django.urls import path, re_path, register_converter

from patients.api.fhir import capability, deliveries, made, reading, searching, writing


class TypeName:
    """The name of a resource type."""

    regex = "[A-Z][A-Za-z]{1,63}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


class FhirId(TypeName):
    """An id as FHIR writes it."""

    regex = r"[A-Za-z0-9\-.]{1,64}"


made.put_up_all()
register_converter(TypeName, "fhirtype")
register_converter(FhirId, "fhirid")

ONE = "fhir/<fhirtype:kind>/<fhirid:record>"
patterns = [
    re_path(r"^fhir/?$", deliveries.Deliveries.as_view(), name="fhir"),
    path("fhir/metadata", capability.Metadata.as_view(), name="fhir-metadata"),
    path(
        "fhir/Patient/<uuid:patient>/$everything",
        reading.Everything.as_view(),
        name="fhir-everything",
    ),
    path("fhir/<fhirtype:kind>", writing.OneType.as_view(), name="fhir-type"),
    path("fhir/<fhirtype:kind>/_search", searching.Search.as_view(), name="fhir-search"),
    path(ONE, writing.OneRecord.as_view(), name="fhir-record"),
    path(f"{ONE}/_history", reading.History.as_view(), name="fhir-history"),
    path(f"{ONE}/_history/<fhirid:version>", reading.OneVersion.as_view(), name="fhir-version"),
]
