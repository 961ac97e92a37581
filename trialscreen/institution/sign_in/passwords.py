"""What a password must be. Length and not being known count; no kinds of characters are asked for.

NIST SP 800-63B-4, 3.1.1.2: at least 15 characters where it is the only factor, 8 beside a second one; long ones and
every character are taken; nothing is cut off; commonly used ones, and those made of names around us, are refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from trialscreen.institution.models import Account, Site
from trialscreen.institution.sign_in.factors import has_second_factor

ALONE, BESIDE, MOST = 15, 8, 200
"""Characters: of a password alone, of one beside a second factor, and the most that is taken."""
SHORTEST_NAME: Final = 4
"""Shorter pieces of names stand in too many words by chance."""


class LongEnough:
    def validate(self, password: str, user: Any = None) -> None:
        least = BESIDE if user is not None and has_second_factor(user) else ALONE
        if len(password) < least:
            said = _("Use at least %(least)d characters; several words are easy to remember.")
            raise ValidationError(said % {"least": least}, code="password_too_short")
        if len(password) > MOST:
            said = _("At most %(most)d characters are taken.") % {"most": MOST}
            raise ValidationError(said, code="password_too_long")

    def get_help_text(self) -> str:
        return _(
            "At least %(alone)d characters, or %(beside)d once you sign in with a second step; spaces too."
        ) % {"alone": ALONE, "beside": BESIDE}


class NoNamesAroundUs:
    """Refuses a password that holds the name of the application, a trial, a site, or the person.

    `names` are words of the application, `patterns` expressions such as that of trial numbers.
    """

    def __init__(self, names: Iterable[str] = (), patterns: Iterable[str] = ()) -> None:
        self.names = tuple(names)
        self.patterns = tuple(re.compile(each, re.IGNORECASE) for each in patterns)

    def validate(self, password: str, user: Any = None) -> None:
        folded = _folded(password)
        names = (*self.names, *_names_of_sites(), *_names_of(user))
        if any(each.search(password) for each in self.patterns) or any(
            _folded(name) in folded for name in names if len(_folded(name)) >= SHORTEST_NAME
        ):
            raise ValidationError(
                _("Leave out the names of the application, the trial, the site and yourself."),
                code="password_holds_name",
            )

    def get_help_text(self) -> str:
        return _("No name of the application, a trial, a site, or yourself in it.")


def _folded(text: str) -> str:
    """Without what people put between the pieces of a name."""
    return re.sub(r"[\s._-]", "", text.casefold())


def _names_of_sites() -> Iterator[str]:
    for row in Site.objects.values_list("code", "city", "name"):
        yield from row


def _names_of(user: Any) -> Iterator[str]:
    if isinstance(user, Account):
        yield user.username
        yield from re.split(r"[\s._-]+", f"{user.username} {user.name}")
        yield user.name
