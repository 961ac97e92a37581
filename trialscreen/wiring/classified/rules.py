"""The words of the table of routes: to whom a route may be open, and what one line of the table says."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from trialscreen.institution.rights import May


class Who(StrEnum):
    """To whom a route is open, besides the rights of :class:`~trialscreen.institution.rights.May`."""

    EVERYBODY = "everybody"
    SIGNED_IN = "who has signed in"
    PEOPLE_WRITE = "people who may write patients"
    """Clients never: what is stated, confirmed or noted has a person's name under it."""
    INVESTIGATORS = "investigators to whom it is delegated"
    DELEGATED = "people to whom it is delegated"
    REVIEWERS = "investigators and administrators"
    STAFF = "staff of the site, monitors and administrators"
    SITE_STAFF = "staff of the site"
    ADMINISTRATORS = "administrators"
    RECORD_SYSTEMS = "record systems that sign"
    CLIENTS = "API clients, with their own secret or key"


Right = May | Who


class Rule(NamedTuple):
    """Who may read a route, and who may send something to it; None: it takes no such method."""

    reads: Right | None
    writes: Right | None = None
    patients: bool = True
    """That its answers may hold what is known of a patient: no cache keeps them."""


EVERYBODY, READ, WRITE = Who.EVERYBODY, May.READ_PATIENTS, May.WRITE_PATIENTS
VERDICTS, LOGS = May.READ_VERDICTS, May.READ_LOGS
PEOPLE, ADMINS = Who.PEOPLE_WRITE, Who.ADMINISTRATORS
PUBLIC = Rule(EVERYBODY, patients=False)
OWN = Rule(Who.SIGNED_IN, Who.SIGNED_IN, patients=False)
WAY_IN = Rule(EVERYBODY, EVERYBODY, patients=False)
