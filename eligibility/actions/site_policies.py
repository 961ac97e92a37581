"""A site's policy as administrators set it: which values hold from when, and what came before."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from eligibility.actions.assessing import set_policy
from eligibility.models import SitePolicy
from eligibility.rules.policy import PolicyFault
from eligibility.rules.protocol import Protocol
from trialscreen.institution.actions import NotDone
from trialscreen.institution.administration.rights import demand_administrator, demand_reason
from trialscreen.institution.administration.roles import at_site
from trialscreen.institution.models import Account, Site
from trialscreen.institution.trail.acting import because


def set_site_policy(
    values: Mapping[str, Any],
    *,
    site: Site,
    protocol: Protocol,
    effective_from: date,
    reason: str,
    by: Account,
    at: datetime,
) -> SitePolicy:
    """Set what a site tightens of the protocol's policy from a day on, in place of all it had set before.

    Raises:
        NotDone: with the reason.
    """
    why = demand_reason(reason)
    with transaction.atomic(), because(why):
        demand_administrator(by)
        Site.objects.select_for_update(no_key=True).get(pk=site.pk)
        if effective_from < at_site(at, site):
            raise NotDone("past", _("It holds from today or later: what was decided stands."))
        before = in_force(site, trial=protocol.trial, on=effective_from)
        if dict(values) == (before.values if before is not None else {}):
            raise NotDone("nothing", _("Nothing would change."))
        try:
            return set_policy(
                values,
                site=site,
                protocol=protocol,
                effective_from=effective_from,
                by=by,
                reason=why,
            )
        except PolicyFault as fault:
            raise NotDone(fault.key, str(fault)) from None


def policies_of(site: Site, *, trial: str) -> list[SitePolicy]:
    """Everything that a site has set, the latest first."""
    return list(set_at(site, trial=trial).order_by("-effective_from", "-pk"))


def set_at(site: Site, *, trial: str) -> QuerySet[SitePolicy]:
    """The same in no order."""
    return SitePolicy.objects.filter(site=site, trial__number=trial).select_related("by")


def in_force(site: Site, *, trial: str, on: date) -> SitePolicy | None:
    """What a site has set for a day."""
    held = SitePolicy.objects.filter(site=site, trial__number=trial, effective_from__lte=on)
    return held.order_by("-effective_from", "-pk").first()
