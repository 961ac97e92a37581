"""Small builders of hospital records for the tests: FHIR resources and what is asked about them."""

from tests.factories.codes import coding, concept, local, who_icd
from tests.factories.courses import dose, drug, intended, order, procedure
from tests.factories.envelope import (
    TODAY,
    attested,
    body_structure,
    bundle,
    document,
    site_range,
)
from tests.factories.exact_json import Number, write
from tests.factories.fhir import Resource, condition, participation, patient, specimen, study
from tests.factories.results import (
    ecog,
    haemolysed,
    histology,
    lab,
    lesion,
    normal_range,
    pathology_report,
    pregnancy_status,
    qualitative,
    quantity,
    unreadable,
    without_value,
)

__all__ = [
    "TODAY",
    "Number",
    "Resource",
    "attested",
    "body_structure",
    "bundle",
    "coding",
    "concept",
    "condition",
    "document",
    "dose",
    "drug",
    "ecog",
    "haemolysed",
    "histology",
    "intended",
    "lab",
    "lesion",
    "local",
    "normal_range",
    "order",
    "participation",
    "pathology_report",
    "patient",
    "pregnancy_status",
    "procedure",
    "qualitative",
    "quantity",
    "site_range",
    "specimen",
    "study",
    "unreadable",
    "who_icd",
    "without_value",
    "write",
]
