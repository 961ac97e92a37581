"""FHIR R4 at ``/fhir``: docs/fhir.md says what it does, docs/decisions/fhir.md why it does it so."""
