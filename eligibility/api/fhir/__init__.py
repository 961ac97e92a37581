"""The trial's side of the FHIR interface: the trial, its criteria, and who is screened for it."""
