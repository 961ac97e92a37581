"""Everything that a page can do is to be had over the interface, or a reason stands here why not."""

from __future__ import annotations

import jsonschema_rs

from eligibility.api.screenings_acts import ACTS
from eligibility.views.screening_doors import DOORS
from tests.isolation.routes import document, routes
from trialscreen.wiring.classified import TABLE
from trialscreen.wiring.classified.rules import WAY_IN

_FACTS = ("api-lab-results", "api-prior-therapies", "api-conditions", "api-lesions")
OVER_API = {
    "worklist-find": ("api-worklist",),
    "worklist-assign": ("api-worklist-assign",),
    "worklist-undo": ("api-worklist-undo",),
    "patients-find": ("api-patients",),
    "same-person": ("api-merges",),
    "same-person-reversal": ("api-merge-reversal",),
    "screening-notes": ("api-notes",),
    "note-answer": ("api-note-answers",),
    "note-close": ("api-note-close",),
    "add-candidate": ("api-screenings",),
    "deviation": ("api-screening-deviations",),
    "retests": ("api-screening-retests",),
    "screening-act": tuple(f"api-screening-{act}" for act in ACTS),
    "enter": (*_FACTS, "api-attestations"),
    "enter-record": tuple(f"{one}-one" for one in _FACTS),
    "opening-new": ("api-administration-trial-parts",),
    "opening-part": ("api-administration-trial-part",),
    "opening-site": ("api-administration-part-one",),
    "principal": ("api-administration-principals",),
    "delegation-log": ("api-administration-delegations",),
    "delegation-end": ("api-administration-end-delegation",),
    "evaluate": ("api-evaluate",),
    "trial-version-submit": ("api-version-submit",),
    "trial-version-review": ("api-version-review",),
    "trial-version-publish": ("api-version-publish",),
    "trial-version-send-back": ("api-version-send-back",),
    "trial-version-impact": ("api-version-impact",),
    "administration-people": ("api-administration-people",),
    "administration-invite": ("api-administration-people",),
    "administration-person": ("api-administration-person",),
    "administration-link": ("api-administration-invite-again",),
    "administration-deactivate": ("api-administration-deactivate",),
    "administration-reactivate": ("api-administration-reactivate",),
    "administration-give": ("api-administration-roles",),
    "administration-end": ("api-administration-end-role",),
    "administration-sites": ("api-administration-sites",),
    "administration-new-site": ("api-administration-sites",),
    "administration-site": ("api-administration-site-one",),
    "administration-change-site": ("api-administration-site-one",),
    "administration-close-site": ("api-administration-close-site",),
    "administration-approval": ("api-administration-approvals",),
    "administration-withdraw": ("api-administration-withdraw-approval",),
    "administration-clients": ("api-administration-clients",),
    "administration-new-client": ("api-administration-clients",),
    "administration-client": ("api-administration-client",),
    "administration-secret": ("api-administration-rotate",),
    "import-new": ("api-imports",),
    "import-approve": ("api-import-approve",),
    "import-cancel": ("api-import-cancel",),
    "local-codes-add": ("api-local-codes",),
    "local-codes-upload": ("api-local-codes",),
    "local-codes-step": (
        "api-local-codes-review",
        "api-local-codes-put-in-force",
        "api-local-codes-set-aside",
    ),
    "administration-webhooks": ("api-webhooks",),
    "administration-new-webhook": ("api-webhooks",),
    "administration-webhook": ("api-webhook",),
    "administration-change-webhook": ("api-webhook",),
    "administration-end-webhook": ("api-webhook-end",),
    "administration-pause-webhook": ("api-webhook-pause",),
    "administration-resume-webhook": ("api-webhook-resume",),
    "administration-test-webhook": ("api-webhook-test",),
    "administration-webhook-secret": ("api-webhook-rotate",),
    "administration-webhook-again": ("api-webhook-replay-since",),
    "administration-delivery-again": ("api-webhook-replay",),
    "message-replay": ("api-message-replay",),
    "administration-new-sender": ("api-administration-senders",),
    "administration-end-sender": ("api-administration-end-sender",),
    "administration-proof": ("api-administration-proof",),
    "administration-keys": ("api-administration-keys",),
    "administration-end-key": ("api-administration-end-key",),
    "administration-end-client": ("api-administration-end-client",),
    "administration-grant": ("api-administration-grant",),
    "administration-rules": ("api-administration-ranges", "api-administration-policies"),
    "administration-policy": ("api-administration-policies",),
    "administration-range": ("api-administration-ranges",),
    "administration-correct-range": ("api-administration-correct-range",),
    "administration-end-range": ("api-administration-end-range",),
    "administration-review": ("api-administration-review",),
    "administration-record-systems": ("api-administration-record-systems",),
    "administration-new-record-system": ("api-administration-record-systems",),
    "administration-record-system": ("api-administration-record-system",),
    "administration-record-system-storing": ("api-administration-record-system-storing",),
    "administration-record-system-keys": ("api-administration-record-system-keys",),
    "administration-record-system-end-key": ("api-administration-record-system-end-key",),
    "administration-end-record-system": ("api-administration-end-record-system",),
}
"""By the page to which something is sent, the addresses of the interface that do the same."""
PAGES_ALONE = {
    "delegation-sign": "A signature over the log is the principal's own, with password or passkey, before the lines.",
    "security-recover": "Getting somebody back who has lost every second factor is done looking at who it is.",
    "sign-out": "Ends a session of a browser; a token is ended at /o/revoke_token/.",
}
"""And acts that are done on a page alone, with why."""
_OF_ONES_OWN = ("account_", "mfa_", "openid_", "usersessions")
"""One's own password, second factors and sessions: what signs in cannot be changed by what has signed in by token."""
READ_OTHERWISE = {
    "downtime": "The tab `open` of the worklist, on paper for the hours without the system.",
    "filed-checklist": "The eligibility answer and the episode, as a document to be filed.",
}


def _pages_that_take_something() -> set[str]:
    own = {name for name, rule in TABLE.items() if rule is WAY_IN}
    own |= {
        "my-account",
        "second-factor",
        "signed-in-again",
        "session-state",
        "token",
        "revoke-token",
    }
    return {
        name
        for name, rule in TABLE.items()
        if rule.writes is not None
        and not name.startswith(("api", "fhir", "cds-", *_OF_ONES_OWN))
        and ":" not in name
        and name not in own
    }


def test_every_act_of_a_page_has_an_address_or_a_reason() -> None:
    named = {route.name for route in routes()}
    wanted = {name for name in _pages_that_take_something() if name in named}
    missing = wanted - OVER_API.keys() - PAGES_ALONE.keys()
    assert not missing, "a page does what the interface cannot, and no reason is given"
    over = {name for names in OVER_API.values() for name in names}
    assert over <= named, "an address of the interface that is not there"
    assert not (OVER_API.keys() | PAGES_ALONE.keys()) - named, "a page that is not there"
    assert set(DOORS) <= set(ACTS)


def test_every_operation_says_what_it_is_and_who_may() -> None:
    told = [(at, verb, one) for at, of in document()["paths"].items() for verb, one in of.items()]
    assert len({one["operationId"] for _, _, one in told}) == len(told)
    for at, verb, one in told:
        place = f"{verb} {at}"
        assert one.get("summary"), place
        assert {"400", "429", "503"} <= one["responses"].keys(), place
        good = [status for status in one["responses"] if status.startswith("2")]
        assert good, place
        for status in good:
            content = one["responses"][status].get("content", {})
            if "application/json" in content:
                schema = content["application/json"]["schema"]
                assert schema.get("properties") or schema.get("$ref"), f"{place}: a free object"


def test_every_body_has_an_example_that_its_schema_takes() -> None:
    """Copied from the document it is a request that is understood."""
    whole = document()
    held = 0
    for at, of in whole["paths"].items():
        for verb, operation in of.items():
            for kind, content in operation.get("requestBody", {}).get("content", {}).items():
                if kind not in ("application/json", "application/fhir+json"):
                    continue
                place = f"{verb} {at} {kind}"
                assert content.get("examples"), place
                schema = {**content["schema"], "components": whole["components"]}
                for example in content["examples"].values():
                    faults = list(jsonschema_rs.iter_errors(schema, example["value"]))
                    assert not faults, f"{place}: {faults[0].message}"
                    held += 1
    assert held > 80
