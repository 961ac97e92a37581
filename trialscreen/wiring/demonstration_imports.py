"""An invented file for the demonstration: it was imported, and two of its rows were refused."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from django.db import transaction
from django.utils import timezone

from eligibility import demonstration
from patients.actions import Attribution
from patients.actions.importing.deciding import approve
from patients.actions.importing.uploading import Sent, upload
from patients.actions.importing.working import work
from patients.models import Import
from trialscreen.institution.models import Account, Site
from trialscreen.institution.scope import use_sites

SOURCE: Final = "hl7v2"
"""That of the invented laboratory: the patient of its message is the one whom the file knows."""
HEAD: Final = "patient_id,result_id,loinc,name,value,unit,ref_low,ref_high,laboratory,collected"
ROWS: Final = (
    "INV-7001,R-9001,718-7,Hemoglobin,131,g/L,120,160,Invented laboratory,{day}",
    "INV-7001,R-9002,2160-0,Creatinine,71,umol/L,45,90,Invented laboratory,{day}",
    'INV-7001,R-9003,1975-2,Bilirubin,"9,4",umol/L,,21,Invented laboratory,{day}',
    "INV-7999,R-9004,777-3,Platelets,188,10*9/L,150,400,Invented laboratory,{day}",
)
"""The third has a decimal comma, and the fourth is of somebody whom the laboratory does not know."""


def send() -> bool:
    """Have the file imported, where nothing was imported before; whether it was."""
    site = Site.objects.get(code=demonstration.CENTRES[0].code)
    by = Attribution(person=Account.objects.get(username=f"coordinator.{site.code}"))
    # In one transaction: a worker that is told of it finds nothing left to do.
    with transaction.atomic():
        with use_sites([site.pk]):
            if Import.objects.filter(site=site).exists():
                return False
            content = [_content(site).encode()]
            file = Sent("results of the invented laboratory.csv", content)
            job = upload([file], site=site, source=SOURCE, system="", by=by)
        work(job.pk, site=site.pk, now=timezone.now)
        with use_sites([site.pk]):
            today = timezone.localdate(timezone=site.zone)
            approve(Import.objects.get(pk=job.pk), by=by, on=today, at=timezone.now())
        work(job.pk, site=site.pk, now=timezone.now)
    return True


def _content(site: Site) -> str:
    day = timezone.localdate(timezone=site.zone) - timedelta(days=1)
    return "".join(f"{row}\n" for row in (HEAD, *ROWS)).format(day=day.isoformat())
