"""FHIR R4: a Bundle in, facts and an account of every resource out."""

from patients.intake.fhir.reader import read_bundle

__all__ = ["read_bundle"]
