"""Two records side by side, and what a page says of merges, in words."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from eligibility.models import State
from eligibility.pairs import Pair, Side, Standing
from eligibility.presenters.dates import day
from eligibility.presenters.people import born, client_in_words, full_name, sex_of
from patients import identity
from patients.models import PatientMerge

DIFFER = {
    identity.BIRTH: gettext_lazy("the day of birth"),
    identity.SEX: gettext_lazy("the sex"),
    identity.DECEASED: gettext_lazy("whether the person has died"),
}


def compared(pair: Pair) -> list[dict[str, Any]]:
    """The rows of the comparison: what, of this record, of the other one, and whether they contradict each other."""
    one, other = _said(pair.one), _said(pair.other)
    clash = {_("Born"): identity.BIRTH, _("Sex"): identity.SEX, _("Died"): identity.DECEASED}
    return [
        {
            "what": what,
            "one": one[what],
            "other": other[what],
            "clash": clash.get(what) in pair.differences,
        }
        for what in one
    ]


def differing(pair: Pair) -> list[str]:
    return [str(DIFFER[one]) for one in pair.differences]


def _said(side: Side) -> dict[str, str]:
    held: Any = side.held.patient
    numbers = [one.value for one in side.held.identifiers]
    return {
        _("Name"): full_name(side.held.given, side.held.family),
        _("Born"): born((held.birth_first, held.birth_last)),
        _("Sex"): str(sex_of(held.sex or "")),
        _("Died"): _("not on record") if side.person.deceased is None else _("yes"),
        _("Identifiers"): ", ".join(numbers) or _("None on record"),
        _("Facts in use"): str(side.facts),
        _("Deliveries"): str(side.deliveries),
    }


def standing(said: Standing, *, patient: Any) -> dict[str, Any]:
    """The notice of a merged record, and the list of who is recorded as this one."""
    site = patient.site
    return {
        "into": None if said.into is None else _line(said.into, site),
        "merged": [
            _line(one, site)
            for one in said.merges
            if one.survivor_id == patient.pk and one.reversed_at is None
        ],
        "earlier": [
            _("Screening %(number)d for %(trial)s, opened %(day)s: %(state)s")
            % {
                "number": one.number,
                "trial": one.trial.number,
                "day": day(one.opened_on),
                "state": State(one.state).label,
            }
            for one in said.earlier
        ],
    }


def _line(merge: PatientMerge, site: Any) -> dict[str, Any]:
    moment = timezone.localtime(merge.at, site.zone)
    by = merge.by.name if merge.by is not None else client_in_words(merge.client)
    return {
        "survivor": reverse("patient", args=[merge.survivor_id]),
        "merged": reverse("patient", args=[merge.merged_id]),
        "reverse": reverse("same-person-reversal", args=[merge.survivor_id, merge.pk]),
        "when": f"{day(moment.date())}, {moment:%H:%M}",
        "by": by,
        "reason": merge.reason,
    }


def comes_apart(deliveries: int) -> str:
    """What has arrived for the merged record meanwhile, and goes with it."""
    if not deliveries:
        return _("Nothing has arrived for the other record since.")
    said = ngettext(
        "%(n)d delivery that named the other record since then goes with it.",
        "%(n)d deliveries that named the other record since then go with it.",
        deliveries,
    )
    return said % {"n": deliveries}
