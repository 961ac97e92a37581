"""Sites: opened, changed, closed and opened again."""

from __future__ import annotations

from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from trialscreen.institution.actions import NotDone
from trialscreen.institution.administration.rights import demand_administrator, demand_reason
from trialscreen.institution.administration.roles import at_site
from trialscreen.institution.models import Account, Site
from trialscreen.institution.trail.acting import because


def add_site(
    *,
    code: str,
    name: str,
    city: str,
    postal_code: str = "",
    time_zone: str,
    opened_on: date,
    by: Account,
) -> Site:
    """A centre that screens from a day on. Its code is fixed from now on.

    Raises:
        NotDone: with the reason.
    """
    site = Site(
        code=code,
        name=name.strip(),
        city=city.strip(),
        postal_code=postal_code.strip(),
        time_zone=time_zone,
        opened_on=opened_on,
    )
    taken = NotDone("code", _("Another site has this code."))
    with transaction.atomic():
        demand_administrator(by)
        if code == "new":
            raise NotDone("code", _("This word stands in addresses for something else."))
        if Site.objects.filter(code=code).exists():
            raise taken
        try:
            site.full_clean()
            with transaction.atomic():
                site.save()
        except IntegrityError:
            raise taken from None
        except ValidationError as fault:
            raise NotDone("site", " ".join(fault.messages)) from None
    return site


def change_site(
    site: Site, *, name: str, city: str, postal_code: str, reason: str, by: Account
) -> Site:
    """Another name or place of the same centre. Code, time zone and first day stay: days on record are theirs.

    Raises:
        NotDone: with the reason.
    """
    why = demand_reason(reason)
    with transaction.atomic(), because(why):
        demand_administrator(by)
        held = Site.objects.select_for_update(no_key=True).get(pk=site.pk)
        wanted = {"name": name.strip(), "city": city.strip(), "postal_code": postal_code.strip()}
        if all(getattr(held, key) == value for key, value in wanted.items()):
            raise NotDone("nothing", _("Nothing would change."))
        Site.objects.filter(pk=held.pk).update(**wanted)
        held.refresh_from_db()
    return held


def close_site(
    site: Site, *, closed_on: date | None, reason: str, by: Account, at: datetime
) -> Site:
    """Close a centre for new candidates and registrations from a day on; without a day it is open again.

    Screenings that are open then stay with the site's staff, who end each of them with its reason.

    Raises:
        NotDone: with the reason.
    """
    why = demand_reason(reason)
    with transaction.atomic(), because(why):
        demand_administrator(by)
        held = Site.objects.select_for_update(no_key=True).get(pk=site.pk)
        if held.closed_on == closed_on:
            raise NotDone("nothing", _("Nothing would change."))
        if closed_on is not None and closed_on < at_site(at, held):
            raise NotDone("past", _("It closes today or later: what was open has been open."))
        if closed_on is not None and closed_on <= held.opened_on:
            raise NotDone("days", _("A site closes after it has opened."))
        Site.objects.filter(pk=held.pk).update(closed_on=closed_on)
        held.refresh_from_db()
    return held
