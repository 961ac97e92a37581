"""Of the tables that grow with every result, what PostgreSQL asked twice of each row, and indexes that others begin with.

Each of these keys is kept together with the site already (`row_security.same_site`), the site by the patient's.
"""

from __future__ import annotations

from typing import Any

from django.db import migrations, models
from django.db.models.deletion import PROTECT

from trialscreen.institution.row_security import every_site

FACTS = (
    "labresult",
    "observation",
    "histology",
    "condition",
    "priortherapy",
    "lesion",
    "specimen",
    "studyparticipation",
    "recordnotice",
)
SITE = ("institution.site", "+")
PATIENT = "patients.patient"


def key(
    model: str, name: str, to: tuple[str, str], *, index: bool = False
) -> migrations.AlterField:
    """The key as it is, without a constraint of its own."""
    options: dict[str, Any] = {} if index else {"db_index": False}
    field = models.ForeignKey(
        to=to[0], related_name=to[1], on_delete=PROTECT, db_constraint=False, **options
    )
    return migrations.AlterField(model, name, field)


class Migration(migrations.Migration):
    dependencies = [
        ("institution", "0017_client_keys"),
        ("patients", "0017_fhir_versions"),
    ]
    operations = [
        # Going back, Django's keys are asked of all rows again.
        *every_site(),
        migrations.AlterField(
            "patient",
            "site",
            models.ForeignKey(
                to="institution.site", related_name="patients", on_delete=PROTECT, db_index=False
            ),
        ),
        key("delivery", "site", SITE),
        key("delivery", "patient", (PATIENT, "deliveries"), index=True),
        key("receivedresource", "site", SITE),
        key("receivedresource", "patient", (PATIENT, "resources")),
        key("receivedresource", "delivery", ("patients.delivery", "resources")),
        *(key(table, "site", SITE) for table in FACTS),
        *(key(table, "patient", (PATIENT, "%(class)s_rows"), index=True) for table in FACTS),
        key("fhirversion", "site", SITE),
        key("fhirversion", "patient", (PATIENT, "+")),
        migrations.AlterField(
            "fhirversion",
            "resource",
            models.OneToOneField(
                to="patients.receivedresource",
                related_name="as_version",
                on_delete=PROTECT,
                db_constraint=False,
            ),
        ),
        key("fhirtoken", "site", SITE),
        key("fhirtoken", "patient", (PATIENT, "+")),
        key("fhirtoken", "version", ("patients.fhirversion", "tokens")),
    ]
