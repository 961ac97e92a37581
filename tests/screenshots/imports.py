"""Imports: one that waits for approval with refused rows, one that is done, and the pages around them."""

from __future__ import annotations

from typing import Final

from django.utils import timezone

from patients.actions import Attribution
from patients.actions.importing.deciding import approve
from patients.actions.importing.uploading import Sent, upload
from patients.actions.importing.working import work
from patients.actions.receive import FHIR_ID
from patients.models import PatientIdentifier
from tests.screenshots.scene import NOBODY, SITE, Scene
from tests.screenshots.shot import COORDINATOR, Shot
from trialscreen.institution.models import Account, Site
from trialscreen.institution.scope import use_sites
from trialscreen.wiring.demonstration import SOURCE

IMPORTS: Final = (
    Shot("imports", COORDINATOR, "/imports/"),
    Shot("import-new", COORDINATOR, "/imports/new/"),
    Shot(
        "import-not-taken",
        COORDINATOR,
        "/imports/new/",
        sent_to="/imports/new/",
        fields={"site": SITE, "source": ""},
    ),
    Shot("import-waits", COORDINATOR, "/imports/{screening}/", "import-waits"),
    Shot("import-checked", COORDINATOR, "/imports/{screening}/", "import-checked"),
    Shot("import-done", COORDINATOR, "/imports/{screening}/", "import-done"),
    Shot(
        "import-too-late",
        COORDINATOR,
        "/imports/{screening}/",
        "import-done",
        sent_to="/imports/{screening}/approve/",
    ),
    Shot(
        "import-ended",
        COORDINATOR,
        "/imports/{screening}/",
        "import-done",
        sent_to="/imports/{screening}/cancel/",
    ),
)
_HEAD = "patient_id,result_id,loinc,name,value,unit,collected,comment\n"


def made(site: Site) -> dict[str, Scene]:
    """Results of somebody who is known, beside some of which nothing can be made."""
    by = Attribution(person=Account.objects.get(username=COORDINATOR))
    with use_sites([site.pk]):
        known = PatientIdentifier.objects.filter(source=SOURCE).exclude(system=FHIR_ID)
        system, number = known.order_by("pk").values_list("system", "value")[0]
    rows = (
        f"{number},R-88001,777-3,Platelets,212,10*9/L,2026-11-18T08:30,\n",
        f'{number},R-88002,2160-0,Creatinine,"1,05",mg/dL,2026-11-18T08:30,fasting\n',
        "MRN-40404,R-88003,1975-2,Bilirubin,0.7,mg/dL,2026-13-18,\n",
    )
    found: dict[str, Scene] = {}
    for name, end in (("import-done", "\n"), ("import-checked", "\r\n"), ("import-waits", "\n\n")):
        content = (_HEAD + "".join(rows)).replace("\n", end).encode()
        with use_sites([site.pk]):
            job = upload(
                [Sent("chemistry-november.csv", [content])],
                site=site,
                source=SOURCE,
                system=system,
                by=by,
            )
        if name != "import-waits":
            work(job.pk, site=site.pk, now=timezone.now)
        if name == "import-done":
            with use_sites([site.pk]):
                job.refresh_from_db()
                approve(job, by=by, on=timezone.localdate(timezone=site.zone), at=timezone.now())
            work(job.pk, site=site.pk, now=timezone.now)
        found[name] = Scene(name, NOBODY, job.pk)
    return found
