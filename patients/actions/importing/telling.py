"""Having a worker look at an import, once it is certain that there is something to do."""

from __future__ import annotations

from django.db import transaction

from patients.models import Import
from patients.signals import import_waits


def tell_of_work(job: Import) -> None:
    """Send ``import_waits`` after commit. Who misses it finds the import by its state."""
    ident, site = job.pk, job.site_id
    transaction.on_commit(
        lambda: import_waits.send_robust(sender=Import, job_id=ident, site_id=site)
    )
