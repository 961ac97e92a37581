"""The routes of administration, all of them for administrators alone: a part of the table of `classified`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

PAGES: Final = (
    "security-recover",
    "administration-people",
    "administration-invite",
    "administration-person",
    "administration-link",
    "administration-deactivate",
    "administration-reactivate",
    "administration-give",
    "administration-end",
    "administration-sites",
    "administration-new-site",
    "administration-site",
    "administration-change-site",
    "administration-close-site",
    "administration-approval",
    "administration-withdraw",
    "administration-clients",
    "administration-new-client",
    "administration-client",
    "administration-secret",
    "administration-end-client",
    "administration-grant",
    "administration-proof",
    "administration-keys",
    "administration-end-key",
    "administration-rules",
    "administration-policy",
    "administration-range",
    "administration-correct-range",
    "administration-end-range",
    "administration-review",
)
"""Sites, people and API clients; no patient exists on these pages."""
_READ, _SENT, _BOTH = (True, False), (False, True), (True, True)
_OVER_API: Final = {
    "sites": _BOTH,
    "site-one": _BOTH,
    "close-site": _SENT,
    "parts": _READ,
    "part-one": _BOTH,
    "staff": _BOTH,
    "approvals": _BOTH,
    "withdraw-approval": _SENT,
    "ranges": _BOTH,
    "correct-range": _SENT,
    "end-range": _SENT,
    "policies": _BOTH,
    "people": _BOTH,
    "person": _READ,
    "deactivate": _SENT,
    "reactivate": _SENT,
    "invite-again": _SENT,
    "roles": _SENT,
    "end-role": _SENT,
    "clients": _BOTH,
    "client": _READ,
    "grant": _SENT,
    "rotate": _SENT,
    "proof": _SENT,
    "keys": _SENT,
    "end-key": _SENT,
    "end-client": _SENT,
    "review": _BOTH,
}
OVER_API: Final[Mapping[str, tuple[bool, bool]]] = {
    f"api-administration-{name}": takes for name, takes in _OVER_API.items()
}
"""The same over the programming interface, and whether each is read and sent to."""
SETUP: Final = (
    "index",
    *(
        f"{table}_{kind}"
        for table in (
            *("institution_site", "institution_account", "institution_staffrole"),
            *("institution_apiclient", "institution_apigrant", "oauth2_provider_application"),
            *("eligibility_trial", "eligibility_protocolversion", "eligibility_trialpart"),
            *("eligibility_sitepart", "eligibility_siteapproval", "eligibility_sitepolicy"),
            "patients_referencerange",
        )
        for kind in ("changelist", "change")
    ),
)
"""The tables of the set-up pages, each as a list and row by row: looked at and no more."""
