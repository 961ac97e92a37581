"""Who a patient is and who is signed in, in words."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from eligibility.presenters.dates import day, span
from eligibility.presenters.words import Words
from trialscreen.institution.models import Site

SEXES = {"female": gettext_lazy("female"), "male": gettext_lazy("male")}


def initials(given: str, family: str) -> str:
    """``A.G.``; what is not known is a question mark."""
    return "".join(f"{name[:1].upper() or '?'}." for name in (given, family))


def full_name(given: str, family: str) -> str:
    return f"{given} {family}".strip() or _("Name not on record")


def sex_of(value: str) -> Words:
    return SEXES.get(value, gettext_lazy("sex not known"))


def age_band(begin: int | None) -> str:
    """``50–59``; ``under 18``, ``90 and over``."""
    if begin is None:
        return _("not known")
    if begin == 0:
        return _("under 18")
    if begin == 90:
        return _("90 and over")
    return f"{begin}–{29 if begin == 18 else begin + 9}"


def age(birth: tuple[date | None, date | None], *, on: date) -> str:
    """Completed years: ``42 years``, ``42 or 43 years`` of an inexact date; empty if not known."""
    first, last = birth
    if first is None or last is None:
        return ""
    youngest, oldest = _years(last, on), _years(first, on)
    if youngest == oldest:
        return ngettext("%(n)d year", "%(n)d years", oldest) % {"n": oldest}
    if oldest - youngest == 1:
        return _("%(a)d or %(b)d years") % {"a": youngest, "b": oldest}
    return _("%(a)d to %(b)d years") % {"a": youngest, "b": oldest}


def _years(born: date, on: date) -> int:
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def born(birth: tuple[date | None, date | None]) -> str:
    """``17 May 1984``; of an inexact date the days it can have been."""
    first, last = birth
    if first is None or last is None:
        return _("Not on record")
    return day(first) if first == last else span(first, last)


_LISTENER = "mllp:"
"""Before the name of a sender that the listener took for whoever sent."""


def client_in_words(client: str) -> str:
    """Who sent where nobody signed in: an API client by its id, a sender of messages by its name."""
    if not client.startswith(_LISTENER):
        return client
    return _("%(name)s over MLLP") % {"name": client.removeprefix(_LISTENER)}


def place(site: Site) -> str:
    return f"{site.name}, {site.city}"
