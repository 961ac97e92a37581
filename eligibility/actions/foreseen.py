"""What was counted of a version's impact, and whether that is enough to publish on."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from django.utils import timezone
from django.utils.translation import gettext as _

from eligibility.models import ProtocolVersion, VersionImpact
from eligibility.policies import NotNow
from eligibility.publication import in_force

HOLDS: Final = timedelta(days=1)
"""For how long what was counted is enough to publish on."""


def latest_impact(version: ProtocolVersion) -> VersionImpact | None:
    """The last one that was asked for, counted or not."""
    held = VersionImpact.objects.filter(version=version)
    return held.select_related("against").order_by("-pk").first()


def demand_impact(version: ProtocolVersion) -> VersionImpact:
    """What publishing changes has been counted against the version in force, and lately.

    Raises:
        NotNow: it has not.
    """
    now = in_force(version.trial.number)
    counted = VersionImpact.objects.filter(
        version=version, against=now, finished_at__gte=timezone.now() - HOLDS
    )
    held = counted.order_by("-pk").first()
    if held is None:
        raise NotNow("impact", _("Have its impact counted first: what publishing would change."))
    return held
