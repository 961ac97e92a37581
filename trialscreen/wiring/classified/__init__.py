"""Who may use which route: every route of the URL conf stands here, or a test fails and says which one is missing.

This table decides nothing: doors and policies do (`trialscreen.institution.access`, `eligibility.policies`).
It says what they must come to, and `tests/isolation/test_access.py` tries every cell.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final

from eligibility.api.screenings_acts import ACTS
from eligibility.views.screening_doors import DOORS
from patients.api.facts import KINDS
from patients.api.kinds import WRITTEN
from trialscreen.institution.rights import OF_ROLE, May
from trialscreen.wiring.classified import codes, fhir, hl7v2, imports, smart, telling
from trialscreen.wiring.classified.administration import OVER_API, PAGES, SETUP
from trialscreen.wiring.classified.rules import (
    ADMINS,
    EVERYBODY,
    LOGS,
    OWN,
    PEOPLE,
    PUBLIC,
    READ,
    VERDICTS,
    WAY_IN,
    WRITE,
    Right,
    Rule,
    Who,
)

_OF_ACTS: Final[Mapping[str, Who]] = {"sign": Who.INVESTIGATORS, "confirm": Who.DELEGATED}
_OF_SYSTEMS: Final = ("start", "close", "rescreen")
"""Acts that decide nothing about anybody's eligibility: a hospital system may do them too."""
_WAYS_IN: Final = (
    "account_login",
    "mfa_authenticate",
    "mfa_login_webauthn",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key",
    "account_reset_password_from_key_done",
    "openid_connect_login",
    "openid_connect_callback",
)
"""Steps of signing in, and of a forgotten password: docs/decisions/sign-in.md."""
_OF_ONES_OWN: Final = (
    "signed-in-again",
    "my-account",
    "second-factor",
    "account_reauthenticate",
    "account_change_password",
    "usersessions_list",
    "mfa_reauthenticate",
    "mfa_reauthenticate_webauthn",
    "mfa_activate_totp",
    "mfa_deactivate_totp",
    "mfa_add_webauthn",
    "mfa_remove_webauthn",
    "mfa_view_recovery_codes",
    "mfa_generate_recovery_codes",
)
"""One's own password, second factors and sessions."""


def _pages() -> Iterator[tuple[str, Rule]]:
    for name in ("home", "trial"):
        yield name, PUBLIC
    yield "evaluate", Rule(EVERYBODY, EVERYBODY)
    yield "gallery", PUBLIC
    for name in ("worklist", "patients", "patient", "screening", "my-notes", "filed-checklist"):
        yield name, Rule(READ)
    for name in (
        "treatment-calendar",
        "treatment-calendar-file",
        "key-list",
        "key-list-file",
        "downtime",
        "downtime-file",
    ):
        yield name, Rule(READ)
    for name in ("patient-history", "patient-history-file", "criterion-history"):
        yield name, Rule(READ)
    for name in ("worklist-find", "patients-find"):
        yield name, Rule(None, READ)
    for name in ("worklist-assign", "worklist-undo", "add-candidate", "enter", "enter-record"):
        yield name, Rule(None, WRITE)
    yield "entry", Rule(WRITE)
    yield "deviation", Rule(WRITE, WRITE)
    for name in ("same-person", "same-person-reversal"):
        yield name, Rule(WRITE, WRITE)
    yield "retests", Rule(WRITE, WRITE)
    yield "screening-notes", Rule(READ, READ)
    for name in ("note-answer", "note-close"):
        yield name, Rule(None, READ)
    yield "screening-act", Rule(WRITE, PEOPLE)
    for act in DOORS:
        yield f"screening-act:{act}", Rule(WRITE, _OF_ACTS.get(act, PEOPLE))
    yield "reports", Rule(EVERYBODY, patients=False)
    for name in ("screening-log", "screening-log-file", "report-consort", "report-reasons"):
        yield name, Rule(LOGS)
    yield "report-accrual", Rule(LOGS)


def _conduct() -> Iterator[tuple[str, Rule]]:
    yield "opening", Rule(Who.STAFF, patients=False)
    for name in ("opening-new", "opening-part", "opening-site", "principal"):
        yield name, Rule(Who.ADMINISTRATORS, Who.ADMINISTRATORS, patients=False)
    for way, asks in (("trial", True), ("api", False)):
        for one in ("s", "", "-changes"):
            yield f"{way}-version{one}", Rule(Who.STAFF, patients=False)
        reviewing = (("review", Who.REVIEWERS), ("send-back", Who.REVIEWERS))
        for one, who in (("submit", ADMINS), ("publish", ADMINS), *reviewing):
            yield f"{way}-version-{one}", Rule(who if asks else None, who, patients=False)
        yield f"{way}-version-impact", Rule(None if asks else Who.STAFF, ADMINS, patients=False)
    yield from ((f"security-trail{end}", Rule(ADMINS, patients=False)) for end in ("", "-file"))
    yield "my-delegation-log", Rule(Who.STAFF, patients=False)
    yield "delegation-log", Rule(Who.STAFF, Who.SITE_STAFF, patients=False)
    for name in ("delegation-sign", "delegation-end", "api-administration-end-delegation"):
        yield name, Rule(None, Who.SITE_STAFF, patients=False)
    yield "api-administration-delegations", Rule(Who.STAFF, Who.SITE_STAFF, patients=False)
    for name in ("principals", "trial-parts", "trial-part"):
        yield f"api-administration-{name}", Rule(Who.STAFF, ADMINS, patients=False)


def _api() -> Iterator[tuple[str, Rule]]:
    for name in ("schema", "api-docs", "api-problems", "api-trials", "api-trial", "api-criteria"):
        yield name, PUBLIC
    yield "api-evaluate", Rule(None, EVERYBODY)
    yield "^api(?:/.*)?$", PUBLIC  # "nothing here"
    yield "api-screenings", Rule(VERDICTS, WRITE)
    for name in ("api-screening", "api-screening-events"):
        yield name, Rule(VERDICTS)
    for act in ACTS:
        over_api = WRITE if act in _OF_SYSTEMS else PEOPLE
        yield f"api-screening-{act}", Rule(None, _OF_ACTS.get(act, over_api))
    yield "api-screening-deviations", Rule(None, PEOPLE)
    yield "api-screening-retests", Rule(None, PEOPLE)
    yield "api-worklist", Rule(READ)
    for name in ("api-worklist-assign", "api-worklist-undo"):
        yield name, Rule(None, PEOPLE)
    yield "api-notes", Rule(VERDICTS, PEOPLE)
    for name in ("api-note-answers", "api-note-close"):
        yield name, Rule(None, PEOPLE)
    yield "api-eligibility", Rule(VERDICTS)
    yield "api-attestations", Rule(READ, PEOPLE)
    for name in ("api-screening-log", "api-consort", "api-reasons", "api-accrual"):
        yield name, Rule(LOGS)
    yield "api-patients", Rule(READ, WRITE)
    yield "api-patient", Rule(READ, WRITE)
    yield "api-merges", Rule(READ, WRITE)
    yield "api-merge-reversal", Rule(None, WRITE)
    for kind in KINDS:
        writes = WRITE if kind in WRITTEN else None
        yield f"api-{kind}", Rule(READ, writes)
        yield f"api-{kind}-one", Rule(READ, writes)
        yield f"api-{kind}-history", Rule(READ)
        for act in ("withdraw", "reinstate"):
            yield f"api/v1/patients/<uuid:patient>/{kind}/<int:fact>/{act}/", Rule(None, WRITE)


def _institution() -> Iterator[tuple[str, Rule]]:
    for name in ("health-live", "health-ready", "metrics"):
        yield name, PUBLIC
    yield "sign-in", WAY_IN
    yield "sign-out", Rule(None, EVERYBODY, patients=False)
    for name in _WAYS_IN:
        yield name, WAY_IN
    for name in ("mfa_index", "mfa_list_webauthn"):
        yield name, PUBLIC  # lead to `my-account`
    for name in _OF_ONES_OWN:
        yield name, OWN
    yield "session-state", WAY_IN  # that nobody is signed in is an answer too
    yield "invitation", WAY_IN  # who has the link
    yield "security-events", Rule(Who.ADMINISTRATORS, patients=False)
    for name in PAGES:
        yield name, Rule(ADMINS, ADMINS, patients=False)
    yield from ((name, Rule(ADMINS, patients=False)) for name in SETUP)
    for name, (reads, writes) in OVER_API.items():
        yield name, Rule(ADMINS if reads else None, ADMINS if writes else None, patients=False)
    for name in ("token", "revoke-token"):
        yield name, Rule(None, Who.CLIENTS, patients=False)


def _systems() -> Iterator[tuple[str, Rule]]:
    """What hospital systems and those who connect them use, a module for each way."""
    for way in (fhir, smart, hl7v2, imports, codes, telling):
        yield from way.ROUTES.items()


TABLE: Final[Mapping[str, Rule]] = MappingProxyType(
    dict((*_pages(), *_conduct(), *_api(), *_institution(), *_systems()))
)
"""By the name of a route, or of one without a name by its pattern."""

ROLES: Final = (*OF_ROLE, "anonymous")


def may(role: str, right: Right | None) -> bool:
    """Whether a role comes through the door: at its own site, before any policy is asked."""
    if right is None:
        return False
    if isinstance(right, May):
        return right in OF_ROLE.get(role, frozenset())
    return role in _ROLES_OF[right]


def client_may(scope: str, right: Right | None) -> bool:
    """The same of an API client that was granted one scope."""
    return right is Who.EVERYBODY or (isinstance(right, May) and right == scope)


_STAFF = frozenset({"coordinator", "investigator"})
_ROLES_OF: Final[Mapping[Who, frozenset[str]]] = {
    Who.EVERYBODY: frozenset(ROLES),
    Who.SIGNED_IN: frozenset(OF_ROLE),
    Who.PEOPLE_WRITE: _STAFF,
    Who.DELEGATED: _STAFF,
    Who.INVESTIGATORS: frozenset({"investigator"}),
    Who.REVIEWERS: frozenset({"investigator", "administrator"}),
    Who.STAFF: frozenset(OF_ROLE),
    Who.SITE_STAFF: _STAFF,
    Who.ADMINISTRATORS: frozenset({"administrator"}),
    Who.CLIENTS: frozenset(),
    Who.RECORD_SYSTEMS: frozenset(),
}


def document() -> str:
    """``docs/access.md``."""
    heads = ("route", "reads", "writes", *OF_ROLE, "clients with")
    rows = [heads, tuple("---" for _ in heads)]
    rows += [_row(name, rule) for name, rule in TABLE.items()]
    table = "\n".join("| " + " | ".join(row) + " |" for row in rows)
    return f"{_ABOVE}\n{table}\n"


def _row(name: str, rule: Rule) -> tuple[str, ...]:
    roles = (
        "".join(
            letter for letter, right in (("r", rule.reads), ("w", rule.writes)) if may(role, right)
        )
        for role in OF_ROLE
    )
    scopes = sorted(
        {
            str(one)
            for one in (rule.reads, rule.writes)
            if isinstance(one, May) and name.startswith(("api", "fhir"))
        }
        | ({"their secret or key"} if Who.CLIENTS in (rule.reads, rule.writes) else set())
    )
    shown = name.replace("|", "\\|")
    return (f"`{shown}`", rule.reads or "", rule.writes or "", *roles, ", ".join(scopes))


_ABOVE = """<!-- Generated by `manage.py generate_docs` from trialscreen/wiring/classified. Do not edit. -->
# Who may use which route

Every route of the application is in this table, by its name, or by its pattern where it has none. A route that is
not makes `make test` fail. `r` reads, `w` sends; `everybody` needs no sign-in. A right holds at the sites of who has
it: the patients, screenings and notes of another site are answered exactly as those that do not exist. Behind the door
stand the policies of the workflow (who signs, and when; [workflow.md](workflow.md)), which say no in a sentence.
`tests/isolation/test_access.py` tries every cell.
"""
