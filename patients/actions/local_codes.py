"""What brings a site's map of its own codes on: proposed as a whole, reviewed by somebody else, put in force.

Versions are numbered in the order of commits: whoever adds one, or a step, holds the site's row until the transaction
ends, as for reference ranges. Putting one in force touches no patient: it notes which codes are read otherwise, and
the query that looks for overtaken assessments finds whose records hold them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from patients.codes.local import NO_LOCAL_CODES, LocalCodes, concerned
from patients.codes.local_rows import Line, Row, changed, numbered
from patients.local_codes import (
    OPEN,
    Held,
    in_force,
    lines_of,
    map_of,
    open_draft,
    versions_of,
)
from patients.models import (
    LocalCodesChange,
    LocalCodesEntry,
    LocalCodesEvent,
    LocalCodesVersion,
    MapState,
)
from trialscreen.institution.actions import NotDone
from trialscreen.institution.models import Account, Role, Site, StaffRole
from trialscreen.institution.trail.acting import because

_STAFF: Final = (Role.COORDINATOR, Role.INVESTIGATOR)


def propose(
    rows: Sequence[Row], *, site: Site, reason: str, by: Account, seen: int | None = None
) -> Held:
    """The next version of the map: what is in force or, where there is one, the open draft, with `rows` in it.

    `seen` is the number of the version that who proposes had before them; None: whichever is there.

    Raises:
        Refused: with every problem of every line; nothing was kept.
        NotDone: with the reason.
    """
    why = _why(reason)
    with transaction.atomic(), because(why):
        _hold(site)
        demand_staff(by, site)
        now, onto = in_force(site.pk), open_draft(site.pk)
        start = onto or now
        if seen is not None and seen != (start.number if start else 0):
            raise _moved()
        lines = changed(lines_of(start), rows)
        last = LocalCodesVersion.objects.filter(site=site).aggregate(last=Max("number"))["last"]
        number = (last or 0) + 1
        lines = numbered(lines, before=lines_of(now), number=number)
        version = LocalCodesVersion.objects.create(
            site=site,
            number=number,
            based_on=now.number if now else 0,
            onto_id=onto.pk if onto else None,
            digest=LocalCodes(tuple(line.read for line in lines)).digest,
            reason=why,
            by=by,
            by_name=_name(by),
        )
        LocalCodesEntry.objects.bulk_create(_entry(line, version) for line in lines)
        if onto is not None:
            said = _("Version %(number)s goes on from it.") % {"number": number}
            _file(onto, MapState.SET_ASIDE, by, said)
        _file(version, MapState.PROPOSED, by, why)
    return _again(version)


def review(version: LocalCodesVersion, *, statement: str, by: Account) -> Held:
    """Say that a draft reads the codes as they are meant. Nobody who had a part in proposing it says so.

    Raises:
        NotDone: with the reason.
    """
    why = _why(statement)
    with transaction.atomic(), because(why):
        _hold(version.site)
        demand_staff(by, version.site)
        _demand(version, MapState.PROPOSED, _("Only a draft is reviewed."))
        _demand_another(version, by)
        _file(version, MapState.REVIEWED, by, why)
    return _again(version)


def put_in_force(version: LocalCodesVersion, *, reason: str, by: Account) -> Held:
    """Let a reviewed version be read by from now on, in place of the one that was in force.

    Raises:
        NotDone: with the reason.
    """
    why = _why(reason)
    with transaction.atomic(), because(why):
        _hold(version.site)
        demand_staff(by, version.site)
        _demand(
            version,
            MapState.REVIEWED,
            _("Only a version that somebody else has reviewed comes into force."),
        )
        _demand_another(version, by)
        now = in_force(version.site_id)
        if version.based_on != (now.number if now else 0):
            raise NotDone(
                "moved",
                _("Another version came into force since this one was proposed: propose it again."),
            )
        before = map_of(now) if now is not None else NO_LOCAL_CODES
        LocalCodesChange.objects.bulk_create(
            LocalCodesChange(
                site_id=version.site_id, version=version.number, system=system, code=code
            )
            for system, code in concerned(before, map_of(version))
        )
        if now is not None:
            said = _("Version %(number)s took its place.") % {"number": version.number}
            _file(now, MapState.RETIRED, by, said)
        _file(version, MapState.IN_FORCE, by, why)
    return _again(version)


def set_aside(version: LocalCodesVersion, *, reason: str, by: Account) -> Held:
    """Take back a draft, reviewed or not; what is in force stays in force.

    Raises:
        NotDone: with the reason.
    """
    why = _why(reason)
    with transaction.atomic(), because(why):
        _hold(version.site)
        demand_staff(by, version.site)
        if _again(version).state not in OPEN:
            raise NotDone("state", _("Only a draft is set aside."))
        _file(version, MapState.SET_ASIDE, by, why)
    return _again(version)


def proposers(version: LocalCodesVersion) -> frozenset[int]:
    """Accounts of those who proposed a version, or a draft that it goes on from."""
    found: set[int] = set()
    at: LocalCodesVersion | None = version
    while at is not None:
        found.add(at.by_id)
        at = at.onto
    return frozenset(found)


def _hold(site: Site) -> None:
    """Until the transaction ends nobody else brings a map of this site on."""
    Site.objects.select_for_update(no_key=True).get(pk=site.pk)


def demand_staff(by: Account, site: Site) -> None:
    """Raises NotDone unless `by` is a coordinator or an investigator of the site today."""
    today = timezone.localdate(timezone=site.zone)
    held = StaffRole.objects.on(today).filter(account=by, site=site, role__in=_STAFF)
    if not held.filter(account__is_active=True).exists():
        raise NotDone("role", _("Only coordinators and investigators of the site do this."))


def _demand_another(version: LocalCodesVersion, by: Account) -> None:
    if by.pk in proposers(version):
        raise NotDone("own", _("You had a part in proposing it: somebody else has to do this."))


def _demand(version: LocalCodesVersion, state: MapState, otherwise: str) -> None:
    if _again(version).state != state:
        raise NotDone("state", otherwise)


def _again(version: LocalCodesVersion) -> Held:
    return versions_of(version.site_id).get(pk=version.pk)


def _why(reason: str) -> str:
    said = reason.strip()
    if not said:
        raise NotDone("reason", _("Say why."))
    if len(said) > 500:
        raise NotDone("reason", _("Say it in 500 characters."))
    return said


def _moved() -> NotDone:
    return NotDone("moved", _("Somebody else has done something since: look at it again."))


def _name(by: Account) -> str:
    return by.name or by.username


def _entry(line: Line, version: LocalCodesVersion) -> LocalCodesEntry:
    return LocalCodesEntry(
        site_id=version.site_id,
        version=version,
        display=line.display,
        comment=line.comment,
        **line.read._asdict(),
    )


def _file(version: LocalCodesVersion, after: MapState, by: Account, reason: str) -> None:
    LocalCodesEvent.objects.create(
        site_id=version.site_id,
        version=version,
        after=after,
        by=by,
        by_name=_name(by),
        reason=reason,
    )
